"""Positions: what trackers deliver, from top to bottom in `_accept`.

Whose phone is it · is its time sane · was it here before · was its owner on duty, and do they agree · is it plausible
· which areas does its disc touch · store it · did it cross an edge · move the last place · count what was set aside.

No step compares a fix with the one before it in the order of arrival, so that order does not matter: a batch may
be shuffled, split, repeated, or interleaved with another phone's, and leaves the same rows.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server import columns
from server.columns import Kind
from server.config import Settings
from server.db import UtcDateTime, db
from server.errors import Problem, TrackerUnknown
from server.gather import Gatherer
from server.geo import fence
from server.held import held
from server.queries import positions as reads
from server.queries.areas import Snapshot, Snapshots
from server.queries.positions import Duties, Sender
from server.rules import positions as rules
from server.services import batch as batches
from server.services import crossings, places, set_aside
from server.services.batch import MICROS, Aside, Batch, Delivery
from server.services.crossings import Told, Whose
from server.transaction import transaction

DAY_S = 86_400.0

GATHER_MOST = 32
"""So many deliveries are taken in together at the most."""

LARGE = 200
"""A delivery of more fixes than this is taken in alone: it fills a transaction by itself."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a delivery: how many of its fixes are kept (now or since before), and why others are not."""

    kept: int
    set_aside: dict[str, int]


class Gathered(Gatherer[Delivery, Accepted]):
    """What phones deliver at one instant to one process, taken in together."""

    def __init__(self) -> None:
        super().__init__(partial(accept, patient=False), _accept_one, most=GATHER_MOST)


def deliver(delivery: Delivery) -> Accepted:
    """Take in one delivery, together with whatever others come now; back once it is committed.

    Raises `TrackerUnknown` for a phone that may not send, `Busy` when it should come back.
    """
    if len(delivery.fixes) > LARGE:
        return _accept_one(delivery)
    return held(Gathered).do(delivery)


def accept(deliveries: Sequence[Delivery], *, patient: bool = True) -> list[Accepted | Problem]:
    """Take in deliveries of any phones together, committed whole; each has its own answer, in their order.

    One of a phone that is not known, or not any more, is answered with `TrackerUnknown` and leaves nothing. Without
    patience it fails at once where another process writes the track of one of these people.
    """
    with transaction():
        return _accept(deliveries, patient=patient)


def _accept_one(delivery: Delivery) -> Accepted:
    """One delivery alone."""
    (became,) = accept([delivery])
    if isinstance(became, Problem):
        raise became
    return became


# ── from top to bottom ──────────────────────────────────────────────────────────────────────────────────


def _accept(deliveries: Sequence[Delivery], *, patient: bool) -> list[Accepted | Problem]:
    """Every step of a batch, in order."""
    aside: Aside = Counter()
    senders = _whose(deliveries, patient=patient)
    batch = batches.gather(deliveries, senders, aside)
    batch = _sane_time(batch, aside)
    batch = _plausible(batch, aside)
    batch = _once(_as_known(batch))
    duties = _duties(batch)
    batch = _on_duty(batch, duties, aside)
    if len(batch):
        snapshot = held(Snapshots).current(duties.generation)
        touched = _match(batch, snapshot)
        _store(batch, touched)
        _cross(batch, touched, duties, snapshot)
        _move(batch, duties)
    _seen(deliveries, senders)
    _count(aside, senders)
    return _answers(deliveries, senders, batch, aside)


def _whose(deliveries: Sequence[Delivery], *, patient: bool) -> list[Sender | None]:
    """Who sent each delivery, their person's track held; None for a phone that may not send."""
    ids = {each.tracker_id for each in deliveries if each.tracker_id is not None}
    hashes = {each.secret_hash for each in deliveries if each.secret_hash is not None}
    found = [sender for sender in reads.senders_held(ids, hashes, patient=patient) if sender.live]
    by_id = {sender.id: sender for sender in found}
    by_hash: dict[str | None, Sender] = {each.secret_hash: each for each in found if each.secret_hash}
    return [by_id.get(each.tracker_id or 0) or by_hash.get(each.secret_hash) for each in deliveries]


def _sane_time(batch: Batch, aside: Aside) -> Batch:
    """Without what lies in the future, and what is older than positions are kept."""
    keep_s = held(Settings).position_days * DAY_S
    future, old = rules.untimely(batch.at_s, now_s=batch["received_us"] / MICROS, keep_s=keep_s)
    batch = batch.without(future, "in_the_future", aside)
    return batch.without(old[~future], "too_old", aside)


def _plausible(batch: Batch, aside: Aside) -> Batch:
    """Without what no phone measured; a speed that no phone has is not known."""
    batch = batch.without(rules.implausible(batch.lnglat, batch["accuracy_m"]), "implausible", aside)
    absurd = batch["speed_mps"] > rules.ABSURD_SPEED_MPS
    return batch.having(speed_mps=np.where(absurd, np.nan, batch["speed_mps"]))


def _as_known(batch: Batch) -> Batch:
    """Give a fix that was here before the very instant it was kept under, where that hangs on the delivery.

    So it is with a clock that is corrected anew each time, told by the phone's own time, also where this time it seems
    right; and with a fix without any time, told by its content.
    """
    at_us, untimed = batch["at_us"].copy(), batch["untimed"]
    corrected = at_us != batch["fixed_us"]
    right = np.flatnonzero(~untimed & ~corrected & batch["clocked"])
    if right.size:
        at_us[right] = _corrected_before(batch.take(right))
    for mask, by in ((untimed, "fingerprint"), (~untimed & corrected, "fixed_us")):
        for tracker_id in np.unique(batch["tracker_id"][mask]).tolist():
            rows = np.flatnonzero(mask & (batch["tracker_id"] == tracker_id))
            at_us[rows] = _kept_under(batch.take(rows), tracker_id, by)
    return batch.having(at_us=at_us)


def _corrected_before(batch: Batch) -> list[int]:
    """The instants of fixes whose phone's clock seems right; of those corrected when they came before, that of then."""
    from_s, to_s = float(batch.at_s.min()) - rules.AGAIN_S, float(batch.at_s.max()) + rules.AGAIN_S
    kept = reads.corrected(np.unique(batch["tracker_id"]).tolist(), from_s=from_s, to_s=to_s)
    told = zip(batch["tracker_id"].tolist(), batch["fixed_us"].tolist(), strict=True)
    return [kept.get(each, each[1]) for each in told]


def _kept_under(batch: Batch, tracker_id: int, by: str) -> list[int]:
    """The instants of one phone's fixes, those that are kept already told by a column, in microseconds."""
    from_s, to_s = float(batch.at_s.min()) - rules.AGAIN_S, float(batch.at_s.max()) + rules.AGAIN_S
    known = reads.known(tracker_id, from_s=from_s, to_s=to_s)
    kept: dict[int, int] = dict(zip(getattr(known, by).tolist(), known.at_us.tolist(), strict=True))
    told = zip(batch[by].tolist(), batch["at_us"].tolist(), strict=True)
    return [kept.setdefault(content, at_us) for content, at_us in told]


def _once(batch: Batch) -> Batch:
    """One fix of a phone an instant: of two contents the one with the smaller fingerprint."""
    order = np.lexsort((batch["fingerprint"], batch["at_us"], batch["tracker_id"]))
    batch = batch.take(order)
    again = (np.diff(batch["tracker_id"]) == 0) & (np.diff(batch["at_us"]) == 0)
    return batch.take(np.concatenate(([True], ~again))[: len(batch)])


def _duties(batch: Batch) -> Duties:
    """The duties of everybody in the batch that its fixes may be of."""
    if not len(batch):
        return Duties({}, 0)
    since = datetime.fromtimestamp(float(batch.at_s.min()), UTC)
    return reads.duties(np.unique(batch["person_id"]).tolist(), since)


def _on_duty(batch: Batch, duties: Duties, aside: Aside) -> Batch:
    """Only what was measured on a duty that keeps a track, with its owner's consent; from here on with its trip."""
    trip = np.full(len(batch), rules.NO_DUTY, dtype=np.int64)
    for person_id, theirs in duties.of.items():
        rows = np.flatnonzero(batch["person_id"] == person_id)
        trip[rows], why = rules.assign(batch.at_s[rows], [each.duty for each in theirs])
        for row, reason in zip(rows.tolist(), why, strict=True):
            if reason:
                aside[int(batch["delivery"][row]), reason] += 1
    return batch.having(trip_id=trip).take(trip != rules.NO_DUTY)


@dataclass(frozen=True, slots=True, eq=False)
class Touched:
    """m pairs of a row and an area that its disc touches, by version; `inside` is whether it lies wholly in."""

    row: NDArray[np.intp]
    area: NDArray[np.int64]
    version: NDArray[np.int64]
    inside: NDArray[np.bool_]

    def packed(self, n: int) -> list[bytes]:
        """The areas of each of the n rows, as they are kept."""
        return rules.packed(np.bincount(self.row, minlength=n), self.version, self.inside)

    def of(self, rows: NDArray[np.intp], n: int) -> "Touched":
        """The pairs of some of the n rows, numbered anew."""
        place = np.full(n, -1, dtype=np.intp)
        place[rows] = np.arange(len(rows))
        mine = place[self.row] >= 0
        return Touched(place[self.row[mine]], self.area[mine], self.version[mine], self.inside[mine])


def _match(batch: Batch, snapshot: Snapshot) -> Touched:
    """Which areas the disc of each fix touches, by the versions in force at its time that are published by now."""
    accuracy_m = crossings.used_m(batch["accuracy_m"])
    row, position, inside = snapshot.discs_many(batch.lnglat, accuracy_m, batch.at_s)
    hits = [snapshot.hits[each] for each in position.tolist()]
    area = np.array([hit.area_id for hit in hits], dtype=np.int64)
    version = np.array([hit.version_id for hit in hits], dtype=np.int64)
    return Touched(row, area, version, inside)


# ── storing ─────────────────────────────────────────────────────────────────────────────────────────────

_COLUMNS: dict[str, tuple[str, Kind, str]] = {
    "tracker_id": ("tracker_id", columns.INTEGER, "int[]"),
    "at": ("at_us", columns.INSTANT, "timestamptz[]"),
    "person_id": ("person_id", columns.INTEGER, "int[]"),
    "trip_id": ("trip_id", columns.INTEGER, "int[]"),
    "fixed_at": ("fixed_us", columns.INSTANT, "timestamptz[]"),
    "received_at": ("received_us", columns.INSTANT, "timestamptz[]"),
    "lng": ("lng", columns.DOUBLE, "float8[]"),
    "lat": ("lat", columns.DOUBLE, "float8[]"),
    "datum": ("datum", columns.TEXT, "text[]"),
    "accuracy_m": ("accuracy_m", columns.REAL, "real[]"),
    "altitude_m": ("altitude_m", columns.REAL, "real[]"),
    "speed_mps": ("speed_mps", columns.REAL, "real[]"),
    "heading_deg": ("heading_deg", columns.REAL, "real[]"),
    "battery": ("battery", columns.REAL, "real[]"),
    "charging": ("charging", columns.SMALLINT, "smallint[]"),
    "mock": ("mock", columns.BOOLEAN, "bool[]"),
    "note": ("note", columns.TEXT, "text[]"),
    "areas": ("areas", columns.BYTES, "bytea[]"),
    "fingerprint": ("fingerprint", columns.BIGINT, "int8[]"),
}
"""The table's columns: from which of the batch's, and how each is written."""

_NAMES = ", ".join(_COLUMNS)
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in {"tracker_id", "at"})
_CONFLICT = (
    f"ON CONFLICT (tracker_id, at) DO UPDATE SET {_SET} WHERE excluded.fingerprint < fixes.fingerprint"
)
_ARRAYS = ", ".join(f"%s::{array}" for _, _, array in _COLUMNS.values())
_MARKS = ", ".join("?" * len(_COLUMNS))
_INSERT_ARRAYS = f"INSERT INTO fixes ({_NAMES}) SELECT * FROM unnest({_ARRAYS}) {_CONFLICT}"  # noqa: S608 - of constants
_INSERT_ROW = f"INSERT INTO fixes ({_NAMES}) VALUES ({_MARKS}) {_CONFLICT}"  # noqa: S608 - of constants


def _store(batch: Batch, touched: Touched) -> None:
    """Keep the whole batch in one statement. What is there already stays; of two contents the smaller fingerprint's."""
    areas = np.array([*touched.packed(len(batch)), None], dtype=object)[:-1]
    batch = batch.having(areas=areas)
    told = [(batch[source], kind) for source, kind, _ in _COLUMNS.values()]
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_INSERT_ARRAYS, tuple(columns.encoded(*each) for each in told))
    else:
        rows = zip(*(columns.listed(*each) for each in told), strict=True)
        connection.exec_driver_sql(_INSERT_ROW, list(rows))


# ── what comes of it ────────────────────────────────────────────────────────────────────────────────────


def _cross(batch: Batch, touched: Touched, duties: Duties, snapshot: Snapshot) -> None:
    """Follow everybody's track over the edges of areas."""
    accuracy_m, standings = crossings.used_m(batch["accuracy_m"]), []
    for whose, standing in _tracks(duties):
        rows = np.flatnonzero((batch["person_id"] == whose.person_id) & (batch["trip_id"] == whose.trip_id))
        if rows.size:
            pairs = touched.of(rows, len(batch))
            discs = batch.at_s[rows], batch.lnglat[rows], accuracy_m[rows]
            told = Told(*discs, pairs.row, pairs.area, pairs.inside)
            standings.append(crossings.follow(whose, standing, told, snapshot))
    crossings.stand(standings)


def _tracks(duties: Duties) -> list[tuple[Whose, fence.Standing | None]]:
    """Whose track may go on, on which duty, and where each stands; in the order of people."""
    return [
        (Whose(person_id, each.duty.trip_id, each.unit_id), each.standing)
        for person_id, theirs in sorted(duties.of.items())
        for each in theirs
    ]


def _move(batch: Batch, duties: Duties) -> None:
    """Move the last places of people whose duty is under way."""
    under_way = {
        (person_id, each.duty.trip_id): each
        for person_id, theirs in duties.of.items()
        for each in theirs
        if each.under_way
    }
    accuracy_m = crossings.used_m(batch["accuracy_m"])
    order = np.lexsort((batch["lat"], batch["lng"], accuracy_m, -batch["at_us"], batch["person_id"]))
    moved: dict[int, dict[str, Any]] = {}
    for row in order.tolist():
        person_id, trip_id = int(batch["person_id"][row]), int(batch["trip_id"][row])
        on_duty = under_way.get((person_id, trip_id))
        if person_id in moved or on_duty is None:
            continue
        at_s = float(batch.at_s[row])
        told = (round(float(accuracy_m[row]), 2), float(batch["lng"][row]), float(batch["lat"][row]))
        if on_duty.standing is not None and at_s <= on_duty.standing.until_s:
            told = _kept_at(person_id, trip_id, at_s)
        moved[person_id] = {"person_id": person_id, "trip_id": trip_id, "unit_id": on_duty.unit_id}
        moved[person_id] |= dict(zip(("accuracy_m", "lng", "lat"), told, strict=True))
        moved[person_id]["at"] = datetime.fromtimestamp(at_s, UTC)
    places.move(list(moved.values()))


def _kept_at(person_id: int, trip_id: int, at_s: float) -> tuple[float, float, float]:
    """What stands for a person at an instant where several fixes were told, however they came: accuracy in
    metres to the centimetre, lng, lat.
    """
    kept = reads.kept(person_id, trip_id, from_s=at_s, to_s=at_s)
    accuracy_m = crossings.used_m(kept.accuracy_m).tolist()
    return min((round(accuracy_m[n], 2), *place) for n, place in enumerate(kept.lnglat.tolist()))


_HEARD = sa.text(
    "UPDATE trackers SET last_seen_at = :heard_at, battery = coalesce(:battery, battery), "
    "charging = coalesce(:charging, charging) WHERE id = :id"
).bindparams(
    sa.bindparam("heard_at", type_=UtcDateTime()),
    sa.bindparam("battery", type_=sa.Double()),
    sa.bindparam("charging", type_=sa.Boolean()),
)


def _seen(deliveries: Sequence[Delivery], senders: Sequence[Sender | None]) -> None:
    """Note when each phone was last heard, and its battery where that is news."""
    told = zip(deliveries, senders, strict=True)
    rows = {sender.id: _state(delivery, sender) for delivery, sender in told if sender is not None}
    if rows:
        db.session.connection().execute(_HEARD, [rows[tracker_id] for tracker_id in sorted(rows)])


def _state(delivery: Delivery, sender: Sender) -> dict[str, Any]:
    """When a phone was heard, and how full its battery is by a fix that is newer than all before; None: no news."""
    fixes, heard = delivery.fixes, sender.last_seen_at
    newest = int(np.argmax(fixes.fixed_at_s)) if len(fixes) else -1
    news = newest >= 0 and (heard is None or fixes.fixed_at_s[newest] > heard.timestamp())
    battery = float(fixes.battery[newest]) if news else np.nan
    charging = int(fixes.charging[newest]) if news else -1
    return {
        "id": sender.id,
        "heard_at": delivery.received_at,
        "battery": None if np.isnan(battery) else battery,
        "charging": None if charging < 0 else bool(charging),
    }


def _count(aside: Aside, senders: Sequence[Sender | None]) -> None:
    """Count what was set aside by tracker and reason."""
    counted: Counter[tuple[int, str]] = Counter()
    for (place, reason), n in aside.items():
        sender = senders[place]
        if sender is not None:
            counted[sender.id, reason] += n
    set_aside.count(counted)


def _answers(
    deliveries: Sequence[Delivery], senders: Sequence[Sender | None], batch: Batch, aside: Aside
) -> list[Accepted | Problem]:
    """What to tell each phone."""
    kept = np.bincount(batch["delivery"], minlength=len(deliveries)).tolist()
    why: list[dict[str, int]] = [{} for _ in deliveries]
    for (place, reason), n in aside.items():
        why[place][reason] = n
    return [
        TrackerUnknown() if sender is None else Accepted(kept[place], why[place])
        for place, sender in enumerate(senders)
    ]
