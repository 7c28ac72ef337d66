"""What the pipeline of positions reads: whose phones these are, their duties, where their tracks stand, what is kept.

Unscoped: only `services.positions` and `services.crossings` ask here, for the people whose phones have just spoken.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server.db import UtcDateTime, db
from server.geo import fence
from server.models.areas import AreaGeneration
from server.models.people import Person
from server.models.positions import Crossing, Fix, Standing
from server.models.trackers import Tracker
from server.models.trips import Consent, Trip, TripMember
from server.rules.positions import Duty

Array = NDArray[np.float64]

NEVER_S = float("inf")


def people_held(person_ids: Collection[int]) -> None:
    """Hold these people's tracks until the verb is over: whoever writes, ends or withdraws them goes one by one.

    Always taken in the order of their ids, and never before a trip that the same verb also holds.
    """
    statement = sa.select(Person.id).where(Person.id.in_(person_ids)).order_by(Person.id)
    db.session.execute(statement.with_for_update(key_share=True)).all()


@dataclass(frozen=True, slots=True)
class Sender:
    """A tracker whose person's track is held; `live` is whether it may still send."""

    id: int
    person_id: int
    secret_hash: str | None
    live: bool
    last_seen_at: datetime | None


# Asked with every delivery of every phone: built once, plain columns, one statement each.
_trackers, _people, _trips = Tracker.__table__, Person.__table__, Trip.__table__
_members, _consents, _standings = TripMember.__table__, Consent.__table__, Standing.__table__

_SENDERS = (
    sa.select(
        _trackers.c.id,
        _trackers.c.person_id,
        _trackers.c.secret_hash,
        (_trackers.c.revoked_at.is_(None) & _people.c.left_at.is_(None)).label("live"),
        _trackers.c.last_seen_at,
    )
    .select_from(_trackers.join(_people, _people.c.id == _trackers.c.person_id))
    .order_by(_people.c.id)
)
_BY_ID = _trackers.c.id.in_(sa.bindparam("ids", expanding=True))
_BY_SECRET = _trackers.c.secret_hash.in_(sa.bindparam("hashes", expanding=True))
_SENDERS_HELD = {
    patient: [
        _SENDERS.where(by).with_for_update(key_share=True, of=[_people, _trackers], nowait=not patient)
        for by in (_BY_ID, _BY_SECRET, _BY_ID | _BY_SECRET)
    ]
    for patient in (True, False)
}


def senders_held(
    tracker_ids: Collection[int], secret_hashes: Collection[str], *, patient: bool
) -> list[Sender]:
    """The trackers with these ids or these secrets' SHA-256, held after their people (see `people_held`).

    Both are held: a tracker read before its person was waited for would be as it was before it was revoked. Without
    patience it is a database error when one of them is held by somebody else.
    """
    by_id, by_secret, by_either = _SENDERS_HELD[patient]
    statement = by_id if not secret_hashes else by_either if tracker_ids else by_secret
    asked = {"ids": list(tracker_ids), "hashes": list(secret_hashes)}
    rows = db.session.connection().execute(statement, asked)
    return [Sender(row[0], row[1], row[2], bool(row[3]), row[4]) for row in rows]


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A person's duty, whether it is under way now, of which unit they are on it, and where their track stands."""

    duty: Duty
    unit_id: int
    under_way: bool
    standing: fence.Standing | None


_CONSENTED_AT = (
    sa.select(sa.func.max(_consents.c.given_at))
    .where(
        _consents.c.trip_id == _members.c.trip_id,
        _consents.c.person_id == _members.c.person_id,
        _consents.c.withdrawn_at.is_(None),
        _consents.c.level == "track",
    )
    .scalar_subquery()
)
_DUTIES = (
    sa.select(
        _members.c.person_id,
        _members.c.unit_id,
        _trips.c.id,
        _trips.c.tracking,
        _trips.c.state,
        _trips.c.started_at,
        _trips.c.start_known_at,
        _trips.c.ended_at,
        _CONSENTED_AT.label("consented_at"),
        _standings.c.until,
        _standings.c.state.label("standing"),
        sa.select(AreaGeneration.number).scalar_subquery().label("generation"),
    )
    .select_from(
        _members.join(_trips, _trips.c.id == _members.c.trip_id).outerjoin(
            _standings,
            (_standings.c.trip_id == _trips.c.id) & (_standings.c.person_id == _members.c.person_id),
        )
    )
    .where(
        _members.c.person_id.in_(sa.bindparam("people", expanding=True)),
        _trips.c.started_at.is_not(None),
        _trips.c.ended_at.is_(None) | (_trips.c.ended_at >= sa.bindparam("since", type_=UtcDateTime())),
    )
)


@dataclass(frozen=True, slots=True)
class Duties:
    """The duties of people, by person, and which generation of areas was published when they were read."""

    of: dict[int, list[OnDuty]]
    generation: int


def duties(person_ids: Collection[int], since: datetime) -> Duties:
    """The duties of people that had not ended by `since`. Ask once the people are held."""
    found: dict[int, list[OnDuty]] = {person_id: [] for person_id in person_ids}
    generation = 0
    for row in db.session.connection().execute(_DUTIES, {"people": list(person_ids), "since": since}):
        found[row.person_id].append(_on_duty(row))
        generation = row.generation
    return Duties(found, generation)


def _on_duty(row: Any) -> OnDuty:
    duty = Duty(
        trip_id=row.id,
        started_s=row.started_at.timestamp(),
        known_s=_seconds(row.start_known_at),
        ended_s=_seconds(row.ended_at),
        tracked=row.tracking == "track",
        consented_s=_seconds(row.consented_at),
    )
    standing = None if row.standing is None else standing_of(row.until, row.standing)
    return OnDuty(duty, row.unit_id, row.state == "under_way", standing)


def _seconds(instant: datetime | None) -> float:
    """Seconds since the epoch; infinity for what has not happened."""
    return NEVER_S if instant is None else instant.timestamp()


def standing_of(until: datetime, state: dict[str, Any]) -> fence.Standing:
    """Where a track stands, out of its row."""
    begun = tuple(fence.Beginning(area, since_s, last_s) for area, since_s, last_s in state["begun"])
    return fence.Standing(until.timestamp(), frozenset(state["inside"]), begun)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """n kept fixes of one person in columns, (n,): seconds since the epoch, WGS-84 degrees (n, 2), metres (NaN: not
    known), and the packed areas of each.
    """

    at_s: Array
    lnglat: Array
    accuracy_m: Array
    areas: list[bytes]


def kept(person_id: int, trip_id: int, *, from_s: float, to_s: float) -> Kept:
    """The fixes of a person on a duty between two instants, both included."""
    rows = db.session.execute(of_duty(person_id, trip_id, from_s=from_s, to_s=to_s)).all()
    numbers = np.array([(row[0].timestamp(), row[1], row[2], row[3]) for row in rows], dtype=np.float64)
    numbers = numbers.reshape(-1, 4)
    return Kept(numbers[:, 0], numbers[:, 1:3], numbers[:, 3], [row[4] for row in rows])


def of_duty(person_id: int, trip_id: int, *, from_s: float, to_s: float) -> sa.Select[*tuple[Any, ...]]:
    """The statement that reads fixes of a person on a duty, by time; the history bench asks for its plan."""
    return (
        sa.select(Fix.at, Fix.lng, Fix.lat, Fix.accuracy_m, Fix.areas)
        .where(Fix.person_id == person_id, Fix.trip_id == trip_id, Fix.at.between(*_between(from_s, to_s)))
        .order_by(Fix.at)
    )


def crossings(person_id: int, trip_id: int, *, to_s: float) -> dict[fence.Crossing, int]:
    """The crossings of a person on a duty up to an instant, each with its row's id."""
    statement = sa.select(Crossing.id, Crossing.at, Crossing.area_id, Crossing.entered).where(
        Crossing.person_id == person_id, Crossing.trip_id == trip_id, Crossing.at <= _instant(to_s)
    )
    rows = db.session.execute(statement)
    return {fence.Crossing(row.at.timestamp(), row.area_id, row.entered): row.id for row in rows}


@dataclass(frozen=True, slots=True)
class Known:
    """What is kept of a tracker near some instants, in columns: when on our clock and by the phone, in microseconds
    since the epoch, and the fingerprint of the content.
    """

    at_us: NDArray[np.int64]
    fixed_us: NDArray[np.int64]
    fingerprint: NDArray[np.int64]


def known(tracker_id: int, *, from_s: float, to_s: float) -> Known:
    """What is kept of a tracker between two instants."""
    statement = sa.select(Fix.at, Fix.fixed_at, Fix.fingerprint).where(
        Fix.tracker_id == tracker_id, Fix.at.between(*_between(from_s, to_s))
    )
    rows = db.session.execute(statement).all()
    columns = [[_micros(row.at), _micros(row.fixed_at), row.fingerprint] for row in rows]
    at_us, fixed_us, fingerprint = np.array(columns, dtype=np.int64).reshape(-1, 3).T
    return Known(at_us, fixed_us, fingerprint)


def corrected(tracker_ids: Collection[int], *, from_s: float, to_s: float) -> dict[tuple[int, int], int]:
    """What is kept of trackers between two instants on a corrected clock: by tracker and the phone's own time, the
    instant it is kept under; both in microseconds since the epoch.
    """
    statement = sa.select(Fix.tracker_id, Fix.fixed_at, Fix.at).where(
        Fix.tracker_id.in_(tracker_ids), Fix.at.between(*_between(from_s, to_s)), Fix.at != Fix.fixed_at
    )
    rows = db.session.execute(statement)
    return {(row.tracker_id, _micros(row.fixed_at)): _micros(row.at) for row in rows}


def _between(from_s: float, to_s: float) -> tuple[datetime, datetime]:
    return _instant(from_s), _instant(to_s)


def _instant(at_s: float) -> datetime:
    """An instant out of seconds since the epoch, which may be infinite."""
    return datetime.fromtimestamp(min(max(at_s, 0.0), 253_402_300_799.0), UTC)


def _micros(instant: datetime) -> int:
    """Microseconds since the epoch, exactly."""
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def tracked(trip_id: int) -> Sequence[int]:
    """The people of whom a duty keeps any position."""
    statement = sa.select(Standing.person_id).where(Standing.trip_id == trip_id).order_by(Standing.person_id)
    return db.session.execute(statement).scalars().all()


def nth(person_id: int, trip_id: int, n: int, *, before: datetime | None) -> datetime | None:
    """The instant of the n-th oldest fix of a person on a duty (before an instant); None where there are fewer."""
    statement = sa.select(Fix.at).where(Fix.person_id == person_id, Fix.trip_id == trip_id)
    if before is not None:
        statement = statement.where(Fix.at < before)
    return db.session.execute(statement.order_by(Fix.at).offset(n - 1).limit(1)).scalar_one_or_none()


def expired(before: datetime) -> list[tuple[int, int]]:
    """The people and duties (person, trip) of whose tracks something is older than an instant."""
    older = sa.exists().where(
        Fix.person_id == Standing.person_id, Fix.trip_id == Standing.trip_id, Fix.at < before
    )
    statement = (
        sa.select(Standing.person_id, Standing.trip_id)
        .join(Trip, Trip.id == Standing.trip_id)
        .where(Trip.started_at < before, sa.or_(Standing.until < before, older))
        .order_by(Standing.person_id, Standing.trip_id)
    )
    return [(row.person_id, row.trip_id) for row in db.session.execute(statement)]
