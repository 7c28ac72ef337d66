"""Positions: what trackers deliver, from top to bottom in `_accept`.

Is its time sane · is it plausible · whose phone is it · was it here before · was its owner on duty, and do they agree
· which areas does its disc touch · store it · did it cross an edge · move the last place · count what was set aside.
All that is asked of the database travels in one trip, all that is kept in one more (`express`).

No step compares a fix with the one before it in the order of arrival: a batch may be shuffled, split, repeated, or
interleaved with another phone's, and leaves the same rows.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from server import clock, meters
from server.config import Settings
from server.errors import Busy, PasswordMustChange, Problem, SessionEnded, TrackerUnknown
from server.express import Line, OnFoot, express
from server.gather import Gatherer
from server.held import held
from server.queries import positions as reads
from server.queries.areas import Snapshot, Snapshots
from server.queries.positions import Duties, Earlier, Known, OnDuty, Sender, Span
from server.rules import positions as rules
from server.services import batch as batches
from server.services import crossings, keeping, set_aside
from server.services.batch import MICROS, Aside, Batch, Delivery
from server.services.crossings import Follower, Told, Whose
from server.services.keeping import Row, Sheet
from server.transaction import verb

Array = NDArray[np.float64]

DAY_S = 86_400.0
GATHER_MOST = 32
"""So many deliveries are taken in together at the most."""

PAUSE_S = 0.008
"""A few fixes wait so long for others: no phone's owner sees it, and two together cost little more than one."""

BATCH_PAUSE_S = 0.004
"""A batch waits so long: it is worth a trip to the database by itself, and its phone sends the next one after it."""

FEW = 10
"""So many fixes at the most are a few: what a phone sends as it goes. More is what it had kept back."""

LARGE = 200
"""A delivery of more fixes than this is taken in alone: it fills a transaction by itself."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of a delivery: how many of its fixes are kept (now or since before), and why others are not."""

    kept: int
    set_aside: dict[str, int]


class Gathered:
    """What phones deliver at one instant to one process, taken in together: few fixes with few, batches with such."""

    def __init__(self) -> None:
        self._few, self._batches = (
            Gatherer[Delivery, Accepted](_accept_together, _accept_one, most=GATHER_MOST, pause_s=pause_s)
            for pause_s in (PAUSE_S, BATCH_PAUSE_S)
        )

    def take(self, delivery: Delivery) -> Accepted:
        """Take in one delivery with others of its size; a large one alone."""
        count = len(delivery.fixes)
        if count > LARGE:
            return _accept_one(delivery)
        return (self._few if count <= FEW else self._batches).do(delivery)


def deliver(delivery: Delivery) -> Accepted:
    """Take in one delivery, together with whatever others come now; back once it is committed.

    Raises `TrackerUnknown` for a phone that may not send, `SessionEnded` for one whose session is over meanwhile,
    `Busy` when it should come back.
    """
    end, fixes = held(Gathered).take(delivery), delivery.fixes
    meters.took_in(fixes.source, end.kept, end.set_aside, unknown_keys=fixes.unknown_keys.total())
    return end


@verb
def accept(deliveries: Sequence[Delivery]) -> list[Accepted | Problem]:
    """Take in deliveries of any phones, committed whole; each has its own answer, in their order.

    One of a phone that is not known, or not any more, is answered with `TrackerUnknown` and leaves nothing; so is one
    whose session is over, with `SessionEnded`.
    """
    return _accept(OnFoot(), deliveries, patient=True)


def _accept_together(deliveries: Sequence[Delivery]) -> list[Accepted | Problem]:
    """Take in what came at one instant; fails at once where another process writes the track of one of these people."""
    if held(Settings).on_sqlite:
        return accept(deliveries)
    with express() as line:
        line.plan_once()
        became = _accept(line, deliveries, patient=False)
        line.commit()
    return became


def _accept_one(delivery: Delivery) -> Accepted:
    """One delivery alone, however long it takes to come by the locks."""
    (became,) = accept([delivery])
    if isinstance(became, Problem):
        raise became
    return became


# ── from top to bottom ──────────────────────────────────────────────────────────────────────────────────


def _accept(line: Line, deliveries: Sequence[Delivery], *, patient: bool) -> list[Accepted | Problem]:
    """Every step of a batch, in order."""
    aside: Aside = Counter()
    sheet = Sheet()
    batch = batches.gather(deliveries, aside)
    batch = _sane_time(batch, aside)
    batch = _plausible(batch, aside)
    known = _known(line, deliveries, batch, patient=patient)
    senders = _by_our_clock(deliveries, _whose(deliveries, known), aside)
    batch = _sent(batch, senders)
    batch = _once(_as_known(batch, known.earlier))
    batch = _on_duty(batch, known.duties, aside)
    if len(batch):
        snapshot = held(Snapshots).current(known.duties.generation)
        touched = _match(batch, snapshot)
        batch = _store(line, batch, touched)
        stretches, by = _stretches(batch, known.duties), Follower(line, snapshot, sheet)
        _cross(by, batch, touched, stretches)
        _move(by, batch, stretches)
    _seen(deliveries, senders, sheet)
    _count(aside, senders, sheet)
    keeping.keep(line, sheet)
    return _answers(deliveries, senders, batch, aside)


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


def _known(line: Line, deliveries: Sequence[Delivery], batch: Batch, *, patient: bool) -> Known:
    """All that is known of who sent these, and of what they sent; their people's tracks held."""
    since = deliveries[0].received_at
    if len(batch):
        since = datetime.fromtimestamp(float(batch.at_s.min()) - rules.AGAIN_S, UTC)
    return reads.gather(
        line,
        sorted({each.tracker_id for each in deliveries if each.tracker_id is not None}),
        sorted({each.secret_hash for each in deliveries if each.secret_hash is not None}),
        [each.session_id for each in deliveries if each.session_id is not None],
        since=since,
        spans=_spans(deliveries, batch),
        patient=patient,
    )


def _spans(deliveries: Sequence[Delivery], batch: Batch) -> list[Span]:
    """Where to look for fixes that were here before and are kept under an instant that hung on the delivery.

    So it is with a clock that is corrected anew each time, told by the phone's own time, also where this time it seems
    right; and with a fix without any time, told by its content.
    """
    every = batch["untimed"] | (batch["at_us"] != batch["fixed_us"])
    found = []
    for mask, whole in ((every, True), (~every & batch["clocked"], False)):
        for place in np.unique(batch["delivery"][mask]).tolist():
            sent, at_s = deliveries[place], np.sort(batch.at_s[mask & (batch["delivery"] == place)])
            for near in np.split(at_s, np.flatnonzero(np.diff(at_s) > 2 * rules.AGAIN_S) + 1):
                between = float(near[0]) - rules.AGAIN_S, float(near[-1]) + rules.AGAIN_S
                found.append(Span(place, sent.tracker_id, sent.secret_hash, *between, every=whole))
    return found


def _whose(deliveries: Sequence[Delivery], known: Known) -> list[Sender | Problem]:
    """Who sent each delivery; a problem for a phone that may not send."""
    live = [sender for sender in known.senders if sender.live]
    by_id = {sender.id: sender for sender in live}
    by_hash: dict[str | None, Sender] = {each.secret_hash: each for each in live if each.secret_hash}
    return [
        _refusal(each, known.sessions)
        or by_id.get(each.tracker_id or 0)
        or by_hash.get(each.secret_hash)
        or TrackerUnknown()
        for each in deliveries
    ]


def _by_our_clock(
    deliveries: Sequence[Delivery], senders: Sequence[Sender | Problem], aside: Aside
) -> list[Sender | Problem]:
    """Let a phone come again whose fixes lie in the future because our clock was put back: we heard it later than now.

    Told that they were taken, it would let go of fixes that are right.
    """
    return [
        Busy(retry_after_s=rules.PUT_BACK_S)
        if isinstance(sender, Sender)
        and (place, "in_the_future") in aside
        and rules.was_put_back(sender.last_seen_at, now=deliveries[place].received_at)
        else sender
        for place, sender in enumerate(senders)
    ]


def _refusal(delivery: Delivery, sessions: Mapping[UUID, bool]) -> Problem | None:
    """What is wrong with the session of a delivery that has one."""
    if delivery.session_id is None:
        return None
    if delivery.session_id not in sessions:
        return SessionEnded()
    return PasswordMustChange() if sessions[delivery.session_id] else None


def _sent(batch: Batch, senders: Sequence[Sender | Problem]) -> Batch:
    """Only what phones sent that may; from here on with tracker and person."""
    ids = [(0, 0) if isinstance(sender, Problem) else (sender.id, sender.person_id) for sender in senders]
    tracker, person = np.array(ids)[batch["delivery"]].T
    return batch.having(tracker_id=tracker, person_id=person).take(tracker > 0)


def _as_known(batch: Batch, earlier: Sequence[Earlier]) -> Batch:
    """Give each fix that was here before the very instant it was kept under, where that hangs on the delivery.

    One that comes twice at once, in a delivery that waited and in one that did not, is kept as the latter tells it.
    """
    untimed, at_us = batch["untimed"], batch["at_us"].copy()
    corrected = ~untimed & (at_us != batch["fixed_us"])
    trackers = dict(zip(batch["delivery"].tolist(), batch["tracker_id"].tolist(), strict=True))
    told = [(trackers.get(each.place), each) for each in earlier]
    by_content = {(tracker, each.fingerprint): each.at_us for tracker, each in told}
    by_time = {(tracker, each.fixed_us): each.at_us for tracker, each in told}
    moved = {(tracker, each.fixed_us): each.at_us for tracker, each in told if each.at_us != each.fixed_us}
    _settle(batch, at_us, untimed, "fingerprint", by_content)
    if moved or corrected.any():
        _settle(batch, at_us, batch["clocked"] & ~untimed & ~corrected, "fixed_us", moved)
    _settle(batch, at_us, corrected, "fixed_us", moved | by_time)
    return batch.having(at_us=at_us)


def _settle(
    batch: Batch, at_us: NDArray[np.int64], mask: NDArray[np.bool_], by: str, kept: dict[tuple[Any, int], int]
) -> None:
    """Put the rows of a mask at the instant that is `kept` under their tracker and content; what is new joins it."""
    rows = np.flatnonzero(mask)
    content = zip(batch["tracker_id"][rows].tolist(), batch[by][rows].tolist(), strict=True)
    at_us[rows] = [kept.setdefault(each, at) for each, at in zip(content, at_us[rows].tolist(), strict=True)]


def _once(batch: Batch) -> Batch:
    """One fix of a phone an instant: of two contents the one with the smaller fingerprint."""
    order = np.lexsort((batch["fingerprint"], batch["at_us"], batch["tracker_id"]))
    if (np.diff(order) != 1).any():
        batch = batch.take(order)
    again = (np.diff(batch["tracker_id"]) == 0) & (np.diff(batch["at_us"]) == 0)
    return batch.take(np.concatenate(([True], ~again))[: len(batch)])


def _on_duty(batch: Batch, duties: Duties, aside: Aside) -> Batch:
    """Only what was measured on a duty that keeps a track, with its owner's consent; from here on with its trip."""
    trip = np.full(len(batch), rules.NO_DUTY, dtype=np.int64)
    for person_id in np.unique(batch["person_id"]).tolist():
        rows = np.flatnonzero(batch["person_id"] == person_id)
        theirs = [each.duty for each in duties.of.get(person_id, ())]
        trip[rows], why = rules.assign(batch.at_s[rows], theirs)
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


# ── what comes of it ────────────────────────────────────────────────────────────────────────────────────


def _store(line: Line, batch: Batch, touched: Touched) -> Batch:
    """Keep the fixes; from here on with the areas each touches."""
    areas = np.array([*touched.packed(len(batch)), None], dtype=object)[:-1]
    batch = batch.having(areas=areas)
    keeping.store(line, batch)
    return batch


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """What is new of a person's track on a duty: the rows of the batch, by time within each tracker."""

    whose: Whose
    on_duty: OnDuty
    rows: NDArray[np.intp]


def _stretches(batch: Batch, duties: Duties) -> list[Stretch]:
    """Whose tracks go on, on which duty; in the order of people."""
    found = [
        Stretch(
            Whose(person_id, each.duty.trip_id, each.unit_id),
            each,
            np.flatnonzero((batch["person_id"] == person_id) & (batch["trip_id"] == each.duty.trip_id)),
        )
        for person_id, theirs in sorted(duties.of.items())
        for each in theirs
    ]
    return [stretch for stretch in found if len(stretch.rows)]


def _cross(by: Follower, batch: Batch, touched: Touched, stretches: Sequence[Stretch]) -> None:
    """Follow everybody's track over the edges of areas."""
    accuracy_m = crossings.used_m(batch["accuracy_m"])
    for each in stretches:
        theirs, at_s = (each.whose, each.on_duty.standing), batch.at_s[each.rows]
        if not crossings.further(by, *theirs, at_s, batch["areas"][each.rows].tolist()):
            pairs = touched.of(each.rows, len(batch))
            discs = at_s, batch.lnglat[each.rows], accuracy_m[each.rows]
            crossings.follow(by, *theirs, Told(*discs, pairs.row, pairs.area, pairs.inside))


def _move(by: Follower, batch: Batch, stretches: Sequence[Stretch]) -> None:
    """Move the last places of people whose duty is under way."""
    moved: dict[int, Row] = {}
    for each in stretches:
        if each.on_duty.under_way:
            place = _last(by.line, batch, each)
            before = moved.get(each.whose.person_id)
            if before is None or before["at"] < place["at"]:
                moved[each.whose.person_id] = place
    by.sheet.places += moved.values()


def _last(line: Line, batch: Batch, stretch: Stretch) -> Row:
    """Where a person was last by these fixes; where several were told of that instant, however they came, the first by
    accuracy in metres to the centimetre, lng, lat.
    """
    at_us, standing = batch["at_us"][stretch.rows], stretch.on_duty.standing
    at_s = int(at_us.max()) / MICROS
    if standing is None or at_s > standing.until_s:
        rows = stretch.rows[at_us == at_us.max()]
        told = _places(batch["accuracy_m"][rows], batch.lnglat[rows])
    else:
        whose = stretch.whose
        kept = reads.kept(line, whose.person_id, whose.trip_id, from_s=at_s, to_s=at_s)
        told = _places(kept.accuracy_m, kept.lnglat)
    place = dict(zip(("accuracy_m", "lng", "lat"), min(told), strict=True))
    return asdict(stretch.whose) | place | {"at": datetime.fromtimestamp(at_s, UTC), "moved_at": clock.now()}


def _places(accuracy_m: Array, lnglat: Array) -> list[tuple[float, float, float]]:
    """Fixes as accuracy, lng, lat; an accuracy is the same before it was kept, and after."""
    used_m = crossings.used_m(accuracy_m).astype(np.float32).tolist()
    return [(round(used, 2), *place) for used, place in zip(used_m, lnglat.tolist(), strict=True)]


def _seen(deliveries: Sequence[Delivery], senders: Sequence[Sender | Problem], sheet: Sheet) -> None:
    """Note when each phone was last heard, and its battery where that is news."""
    told = zip(deliveries, senders, strict=True)
    heard = {
        sender.id: keeping.heard(delivery, sender) for delivery, sender in told if isinstance(sender, Sender)
    }
    sheet.heard += heard.values()


def _count(aside: Aside, senders: Sequence[Sender | Problem], sheet: Sheet) -> None:
    """Count what was set aside by tracker and reason."""
    counted: Counter[tuple[int, str]] = Counter()
    for (place, reason), n in aside.items():
        sender = senders[place]
        if isinstance(sender, Sender):
            counted[sender.id, reason] += n
    sheet.set_aside += set_aside.rows(counted)


def _answers(
    deliveries: Sequence[Delivery], senders: Sequence[Sender | Problem], batch: Batch, aside: Aside
) -> list[Accepted | Problem]:
    """What to tell each phone."""
    kept = np.bincount(batch["delivery"], minlength=len(deliveries)).tolist()
    why: list[dict[str, int]] = [{} for _ in deliveries]
    for (place, reason), n in aside.items():
        why[place][reason] = n
    return [
        sender if isinstance(sender, Problem) else Accepted(kept[place], why[place])
        for place, sender in enumerate(senders)
    ]
