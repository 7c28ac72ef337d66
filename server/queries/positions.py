"""What the pipeline of positions reads: whose phones these are, their duties, where their tracks stand, what is kept.

Unscoped: only `services.positions` and `services.crossings` ask here, for the people whose phones have just spoken.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any
from uuid import UUID

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server.db import UtcDateTime, db, json_rows, one_of
from server.express import Line
from server.geo import fence
from server.models.areas import AreaGeneration
from server.models.people import Person
from server.models.positions import Crossing, Fix, Standing
from server.models.trackers import Tracker
from server.models.trips import Consent, Trip, TripMember
from server.queries import sessions
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


@dataclass(frozen=True, slots=True)
class OnDuty:
    """A person's duty, whether it is under way now, of which unit they are on it, and where their track stands."""

    duty: Duty
    unit_id: int
    under_way: bool
    standing: fence.Standing | None


@dataclass(frozen=True, slots=True)
class Duties:
    """The duties of people, by person, and which generation of areas was published when they were read."""

    of: dict[int, list[OnDuty]]
    generation: int


@dataclass(frozen=True, slots=True)
class Span:
    """Between which instants (seconds since the epoch) the fixes of the delivery at a place may have been kept before.

    The tracker is named as the delivery names it. `every` fix is asked for, or only those whose clock was corrected.
    """

    place: int
    tracker_id: int | None
    secret_hash: str | None
    from_s: float
    to_s: float
    every: bool


@dataclass(frozen=True, slots=True)
class Earlier:
    """A fix that is kept of the tracker of the delivery at a place: when on our clock and by the phone, in microseconds
    since the epoch, and the fingerprint of its content.
    """

    place: int
    at_us: int
    fixed_us: int
    fingerprint: int


@dataclass(frozen=True, slots=True)
class Known:
    """All that is known of some deliveries: who sent them, on what duties, and what of them was kept before.

    `sessions` are those that stand, and whether their person must set another password first.
    """

    senders: list[Sender]
    sessions: dict[UUID, bool]
    duties: Duties
    earlier: list[Earlier]


def gather(
    line: Line,
    tracker_ids: list[int],
    secret_hashes: list[str],
    session_ids: list[UUID],
    *,
    since: datetime,
    spans: Sequence[Span],
    patient: bool,
) -> Known:
    """What is known of the trackers with these ids or these secrets' SHA-256; duties that had not ended by `since`.

    Trackers and people are held first (see `people_held`), so all else stays as it is until the verb is over. Both: a
    tracker read before its person was waited for would be as it was before it was revoked. Without patience it is a
    database error when one of them is held by somebody else.
    """
    dialect, who = db.engine.dialect.name, {"ids": tracker_ids, "hashes": secret_hashes}
    named = bool(tracker_ids), bool(secret_hashes)
    standing = [sessions.standing_of(session_ids)] if session_ids else []
    senders, duties, *rest = line.ask_all(
        (_senders(dialect, *named, patient=patient), who),
        (_duties_of_senders(dialect, *named), who | {"since": since}),
        *standing,
        *_earlier(dialect, spans),
    )
    stand, earlier = rest[: len(standing)], rest[len(standing) :]
    return Known(
        [Sender(row[0], row[1], row[2], bool(row[3]), row[4]) for row in senders],
        sessions.standing([row for rows in stand for row in rows]),
        _duties(duties),
        [Earlier(row[0], _micros(row[1]), _micros(row[2]), row[3]) for rows in earlier for row in rows],
    )


def duties(person_ids: Collection[int], since: datetime) -> Duties:
    """The duties of people that had not ended by `since`. Ask once the people are held."""
    asked = {"people": list(person_ids), "since": since}
    return _duties(db.session.connection().execute(_DUTIES_OF_PEOPLE, asked))


def _duties(rows: Iterable[Any]) -> Duties:
    """The duties in rows, by person."""
    found: dict[int, list[OnDuty]] = {}
    generation = 0
    for row in rows:
        found.setdefault(row.person_id, []).append(_on_duty(row))
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


# ── the statements: asked with every delivery of every phone, so built once, of plain columns ──────────────────────

_trackers, _people, _trips = Tracker.__table__, Person.__table__, Trip.__table__
_members, _consents, _standings = TripMember.__table__, Consent.__table__, Standing.__table__
_fixes = Fix.__table__


def _is_sender(dialect: str, by_id: bool, by_secret: bool) -> sa.ColumnElement[bool]:
    """Whether a tracker is one of `ids`, or its secret's SHA-256 one of `hashes`."""
    asked = []
    if by_id or not by_secret:
        asked.append(one_of(dialect, _trackers.c.id, "ids"))
    if by_secret:
        asked.append(one_of(dialect, _trackers.c.secret_hash, "hashes"))
    return sa.or_(*asked)


@cache
def _senders(dialect: str, by_id: bool, by_secret: bool, *, patient: bool) -> sa.Executable:
    """The trackers, held after their people."""
    return (
        sa.select(
            _trackers.c.id,
            _trackers.c.person_id,
            _trackers.c.secret_hash,
            (_trackers.c.revoked_at.is_(None) & _people.c.left_at.is_(None)).label("live"),
            _trackers.c.last_seen_at,
        )
        .select_from(_trackers.join(_people, _people.c.id == _trackers.c.person_id))
        .where(_is_sender(dialect, by_id, by_secret))
        .order_by(_people.c.id)
        .with_for_update(key_share=True, of=[_people, _trackers], nowait=not patient)
    )


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
        _trips.c.started_at.is_not(None),
        _trips.c.ended_at.is_(None) | (_trips.c.ended_at >= sa.bindparam("since", type_=UtcDateTime())),
    )
)
_DUTIES_OF_PEOPLE = _DUTIES.where(_members.c.person_id.in_(sa.bindparam("people", expanding=True)))


@cache
def _duties_of_senders(dialect: str, by_id: bool, by_secret: bool) -> sa.Executable:
    """The duties of whoever the trackers are of."""
    theirs = sa.select(_trackers.c.person_id).where(_is_sender(dialect, by_id, by_secret))
    return _DUTIES.where(_members.c.person_id.in_(theirs))


_SPAN: tuple[sa.ColumnClause[Any], ...] = (
    sa.column("place", sa.Integer()),
    sa.column("tracker_id", sa.Integer()),
    sa.column("secret_hash", sa.String()),
    sa.column("from_at", UtcDateTime()),
    sa.column("to_at", UtcDateTime()),
    sa.column("every", sa.Boolean()),
)


def _earlier(dialect: str, spans: Sequence[Span]) -> list[tuple[sa.Executable, dict[str, Any]]]:
    """What to ask to know what was kept of fixes before: on PostgreSQL all in one."""
    told = [
        {
            "place": each.place,
            "tracker_id": each.tracker_id,
            "secret_hash": each.secret_hash,
            "from_at": _instant(each.from_s),
            "to_at": _instant(each.to_s),
            "every": each.every,
        }
        for each in spans
    ]
    if dialect == "sqlite":
        return [(_kept_in_span(), span) for span in told]
    return [(_kept_in_spans(), {"spans": told})] if told else []


@cache
def _kept_in_span() -> sa.Executable:
    """What is kept in one span, whose columns are parameters."""
    return _kept_before({column.name: sa.bindparam(column.name, type_=column.type) for column in _SPAN})


@cache
def _kept_in_spans() -> sa.Executable:
    """What is kept in each of several spans: each is found by its keys, whatever the planner believes of them."""
    asked = {column.name: sa.literal_column(f"spans.{column.name}", column.type) for column in _SPAN}
    kept, each = _kept_before(asked).lateral("kept"), json_rows("spans", _SPAN)
    return sa.select(*kept.c).select_from(each.join(kept, sa.true()))


def _kept_before(asked: Mapping[str, sa.ColumnElement[Any]]) -> sa.Select[*tuple[Any, ...]]:
    """The fixes of a span, by time."""
    of_secret = sa.select(_trackers.c.id).where(_trackers.c.secret_hash == asked["secret_hash"])
    return (
        sa.select(asked["place"].label("place"), _fixes.c.at, _fixes.c.fixed_at, _fixes.c.fingerprint)
        .where(
            _fixes.c.tracker_id == sa.func.coalesce(asked["tracker_id"], of_secret.scalar_subquery()),
            _fixes.c.at.between(asked["from_at"], asked["to_at"]),
            asked["every"] | (_fixes.c.at != _fixes.c.fixed_at),
        )
        .order_by(_fixes.c.at)
    )


# ── late ones ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """n kept fixes of one person in columns, (n,): seconds since the epoch, WGS-84 degrees (n, 2), metres (NaN: not
    known), and the packed areas of each.
    """

    at_s: Array
    lnglat: Array
    accuracy_m: Array
    areas: list[bytes]


_OF_DUTY = (
    sa.select(_fixes.c.at, _fixes.c.lng, _fixes.c.lat, _fixes.c.accuracy_m, _fixes.c.areas)
    .where(
        _fixes.c.person_id == sa.bindparam("person_id", type_=sa.Integer()),
        _fixes.c.trip_id == sa.bindparam("trip_id", type_=sa.Integer()),
        _fixes.c.at.between(
            sa.bindparam("from_at", type_=UtcDateTime()), sa.bindparam("to_at", type_=UtcDateTime())
        ),
    )
    .order_by(_fixes.c.at)
)


def kept(line: Line, person_id: int, trip_id: int, *, from_s: float, to_s: float) -> Kept:
    """The fixes of a person on a duty between two instants, both included."""
    asked = {"person_id": person_id, "trip_id": trip_id, "from_at": _instant(from_s), "to_at": _instant(to_s)}
    rows = line.ask(_OF_DUTY, asked)
    numbers = np.array([(row[0].timestamp(), row[1], row[2], row[3]) for row in rows], dtype=np.float64)
    numbers = numbers.reshape(-1, 4)
    return Kept(numbers[:, 0], numbers[:, 1:3], numbers[:, 3], [row[4] for row in rows])


def of_duty(person_id: int, trip_id: int, *, from_s: float, to_s: float) -> sa.Select[*tuple[Any, ...]]:
    """The statement that reads fixes of a person on a duty, by time; the history bench asks for its plan."""
    return _OF_DUTY.params(
        person_id=person_id, trip_id=trip_id, from_at=_instant(from_s), to_at=_instant(to_s)
    )


_CROSSINGS = sa.select(Crossing.id, Crossing.at, Crossing.area_id, Crossing.entered).where(
    Crossing.person_id == sa.bindparam("person_id"), Crossing.trip_id == sa.bindparam("trip_id")
)


def crossings(line: Line, person_id: int, trip_id: int) -> dict[fence.Crossing, int]:
    """The crossings of a person on a duty, each with its row's id."""
    rows = line.ask(_CROSSINGS, {"person_id": person_id, "trip_id": trip_id})
    return {fence.Crossing(row.at.timestamp(), row.area_id, bool(row.entered)): row.id for row in rows}


_STANDING = sa.select(_standings.c.until, _standings.c.state).where(
    _standings.c.person_id == sa.bindparam("person_id"), _standings.c.trip_id == sa.bindparam("trip_id")
)


def standing(line: Line, person_id: int, trip_id: int) -> fence.Standing | None:
    """Where the track of a person on a duty stands; None where there is none."""
    rows = line.ask(_STANDING, {"person_id": person_id, "trip_id": trip_id})
    return standing_of(rows[0].until, rows[0].state) if rows else None


def _instant(at_s: float) -> datetime:
    """An instant out of seconds since the epoch, which may be infinite."""
    return datetime.fromtimestamp(min(max(at_s, 0.0), 253_402_300_799.0), UTC)


def _micros(instant: datetime) -> int:
    """Microseconds since the epoch, exactly."""
    since = instant - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


# ── of a duty ───────────────────────────────────────────────────────────────────────────────────────────


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
