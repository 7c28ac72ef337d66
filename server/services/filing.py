"""Filing check-ins: the rows of a group into their tables at once, and of those alone whose id was free.

PostgreSQL does it in one statement, which is handed the rows of each table as one JSON parameter. SQLite has one
writer, who saw that the ids are free, and inserts table by table.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server.config import Settings
from server.db import Ask, Base, Insert, ask_in_session, db, json_rows
from server.held import held
from server.models.checkins import Checkin, CheckinArea, CheckinDetail, LastPlace, Visit
from server.models.events import Event
from server.models.reviews import Waiting
from server.queries import checkins as reads
from server.queries.areas import AreaHit
from server.queries.evidence import Evidence, Stop
from server.rules import checkins as rules
from server.rules import reviews
from server.rules.access import Actor
from server.rules.checkins import Times, Told
from server.services import events, places
from server.services.places import Position

Row = dict[str, Any]
Rows = list[Row]

_CHECKINS, _EVENTS = cast(sa.Table, Checkin.__table__), cast(sa.Table, Event.__table__)


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as it is stored; `why` says what kept it from being given.

    `size_m` is not stored: the radius of a disc as large as what an uncertain one was judged against, with tolerance.
    """

    outcome: str
    why: str = ""
    edge_m: float | None = None
    version: int | None = None
    size_m: float | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found out about a check-in before it is stored."""

    actor: Actor
    told: Told
    known: Evidence
    times: Times
    position: Position | None
    withheld: str
    judged: Judged
    areas: list[AreaHit]
    odd: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A check-in as it is written down: the row of the fact, of the personal part, of whom they met."""

    fact: Row
    detail: Row
    visit: Row | None


def file(found: Sequence[Found], *, tell: Ask = ask_in_session) -> dict[UUID, dict[str, Any]]:
    """Insert all that belongs to these check-ins; the documents of those whose id was free, by id."""
    sheets = [sheet(each) for each in found]
    kept = _insert_all(
        {
            "checkins": sorted((each.fact for each in sheets), key=itemgetter("id")),
            "details": [each.detail for each in sheets],
            "areas": [row for each in found for row in _area_rows(each)],
            "visits": [each.visit for each in sheets if each.visit is not None],
            "events": [_event(each) for each in found],
            "waiting": list(filter(None, map(_waiting, found))),
            "places": sorted(filter(None, map(_place, found)), key=itemgetter("person_id")),
        },
        tell,
    )
    return {
        each.told.id: document(each, written)
        for each, written in zip(found, sheets, strict=True)
        if each.told.id in kept
    }


def sheet(found: Found) -> Sheet:
    """A check-in, written down."""
    told = found.told
    return Sheet(_fact(found), _detail(told, found.position), _visit(found))


def document(found: Found, written: Sheet) -> dict[str, Any]:
    """What was written down just now, told as it would be read."""
    visit = {f"visit_{name}": value for name, value in (written.visit or {"kind": None}).items()}
    return reads.document(written.fact | written.detail | visit | found.known.names)


# ── the rows ────────────────────────────────────────────────────────────────────────────────────────────


def _fact(found: Found) -> dict[str, Any]:
    """The row of the fact: ids, times, verdict, areas, signals; nothing personal."""
    told, actor, times, judged = found.told, found.actor, found.times, found.judged
    return {
        "id": told.id,
        "person_id": actor.person_id,
        "unit_id": found.known.unit_id,
        "session_id": actor.session_id,
        "trip_id": told.trip_id,
        "stop_id": told.stop_id,
        "kind": told.kind,
        "fixed_at": _utc(told.fixed_at),
        "made_at": _utc(told.made_at),
        "sent_at": _utc(told.sent_at),
        "received_at": times.received_at,
        "happened_at": times.happened_at,
        "skew_s": times.skew_s,
        "withheld": found.withheld,
        "outcome": judged.outcome,
        "why": judged.why,
        "edge_m": judged.edge_m,
        "against_version": judged.version,
        "areas": [_area(hit) for hit in found.areas],
        "signals": found.odd,
        "photo_count": told.photo_count,
        **_accuracy(found.position),
        **_timing(times, found.known.stop),
    }


def _utc(instant: datetime | None) -> datetime | None:
    """An instant as it is read back."""
    return None if instant is None else instant.astimezone(UTC)


def _accuracy(position: Position | None) -> dict[str, Any]:
    """Whether there is a position, and the accuracy in metres it was judged with."""
    if position is None:
        return {"has_position": False, "accuracy_used_m": None, "accuracy_assumed": False}
    return {
        "has_position": True,
        "accuracy_used_m": position.accuracy.used_m,
        "accuracy_assumed": position.accuracy.assumed,
    }


def _timing(times: Times, stop: Stop | None) -> dict[str, Any]:
    """Early, on time or late against the stop's window."""
    if stop is None:
        return {"timing": None, "timing_s": None}
    grace_s = held(Settings).window_grace_minutes * 60.0
    timing = rules.timing(times.happened_at, stop.planned_from, stop.planned_to, grace_s=grace_s)
    return {
        "timing": None if timing is None else timing.word,
        "timing_s": None if timing is None else timing.by_s,
    }


def _area(hit: AreaHit) -> dict[str, Any]:
    """An area as a check-in remembers it: by name and version, as of then."""
    return {"id": hit.area_id, "code": hit.code, "name": hit.name, "kind": hit.kind, "version": hit.version}


def _area_rows(found: Found) -> list[dict[str, Any]]:
    """The rows of the areas it lies in."""
    return [
        {"checkin_id": found.told.id, "area_id": hit.area_id, "version": hit.version} for hit in found.areas
    ]


def _waiting(found: Found) -> dict[str, Any] | None:
    """Its row in the review queue; None where there is nothing to look at twice."""
    judged, accuracy_m = found.judged, _accuracy(found.position)["accuracy_used_m"]
    if not reviews.worth_a_look(
        outcome=judged.outcome, odd=bool(found.odd), accuracy_m=accuracy_m, size_m=judged.size_m
    ):
        return None
    return {
        "checkin_id": found.told.id,
        "person_id": found.actor.person_id,
        "unit_id": found.known.unit_id,
        "trip_id": found.told.trip_id,
        "happened_at": found.times.happened_at,
        "stand": "look",
        "since": found.times.received_at,
    }


def _place(found: Found) -> dict[str, Any] | None:
    """The row of the person's last place; None where they are on no duty now, or their position is not kept."""
    if found.position is None or found.told.trip_id is None or not found.known.under_way:
        return None
    trip_id, unit_id = found.told.trip_id, found.known.unit_id
    return places.row(found.actor.person_id, found.told.id, found.position, trip_id=trip_id, unit_id=unit_id)


def _visit(found: Found) -> dict[str, Any] | None:
    """The row of whom they met; None where they met nobody."""
    if found.told.visit is None:
        return None
    of = {
        "checkin_id": found.told.id,
        "unit_id": found.known.unit_id,
        "happened_at": found.times.happened_at,
    }
    return of | asdict(found.told.visit)


def _detail(told: Told, position: Position | None) -> dict[str, Any]:
    """The row of the personal part; a position that may not be kept leaves no trace in it, not even a digest."""
    return {
        "checkin_id": told.id,
        "digest": rules.digest(told, with_position=position is not None),
        "lng": None if position is None else position.lng,
        "lat": None if position is None else position.lat,
        "at": None if position is None else position.at,
        "raw_lng": None if position is None else told.lng,
        "raw_lat": None if position is None else told.lat,
        "datum": None if position is None else told.datum,
        "accuracy_m": None if position is None else told.accuracy_m,
        "accuracy_source": None if position is None else told.accuracy_source,
        "note": told.note,
        "erased_at": None,
    }


def _event(found: Found) -> dict[str, Any]:
    """The row of its event: ids and plain facts, no coordinate and no word of the person's."""
    told, actor = found.told, found.actor
    facts = {
        "kind_of": told.kind,
        "outcome": found.judged.outcome,
        "signals": [signal["code"] for signal in found.odd],
    }
    return events.row(
        "checkin.made", actor.person_id, found.known.unit_id, actor.person_id, told.trip_id, told.id, facts
    )


# ── the tables ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Where some of the rows go, by which column they belong to a check-in, and what else the INSERT says."""

    model: type[Base]
    of: str
    clause: Callable[[Insert], Insert] = lambda insert: insert

    @property
    def table(self) -> sa.Table:
        """The table."""
        return cast(sa.Table, self.model.__table__)


_DRAWERS = {
    "checkins": _Drawer(Checkin, "id"),
    "details": _Drawer(CheckinDetail, "checkin_id"),
    "areas": _Drawer(CheckinArea, "checkin_id"),
    "visits": _Drawer(Visit, "checkin_id"),
    "events": _Drawer(Event, "subject"),
    "waiting": _Drawer(Waiting, "checkin_id"),
    "places": _Drawer(LastPlace, "checkin_id", places.where_newer),
}


def _insert_all(rows: dict[str, Rows], tell: Ask) -> set[UUID]:
    """Insert the rows of each drawer; the ids of the check-ins that are kept: all but those somebody took."""
    rows = {name: some for name, some in rows.items() if some}
    if db.engine.dialect.name != "sqlite":
        return {row.id for row in tell(_at_once(tuple(rows)), rows)}
    connection = db.session.connection()
    for name, some in rows.items():
        connection.execute(_one_by_one(name), some)
    return {row["id"] for row in rows["checkins"]}


@cache
def _one_by_one(name: str) -> Insert:
    """The INSERT of a row into a drawer, for SQLite."""
    return _DRAWERS[name].clause(sqlite.insert(_DRAWERS[name].table))


@cache
def _at_once(named: Sequence[str]) -> sa.Select[UUID]:
    """One statement that inserts rows into these tables and answers with the ids of the check-ins it kept."""
    insert = _insert(_CHECKINS, _told("checkins"))
    kept = insert.on_conflict_do_nothing(index_elements=["id"]).returning(_CHECKINS.c.id).cte("kept")
    others = [_of_kept(name, kept).cte(f"filed_{name}") for name in named if name != "checkins"]
    return sa.select(kept.c.id).add_cte(*others)


def _of_kept(name: str, kept: sa.CTE) -> Insert:
    """The INSERT of rows that belong to check-ins kept by the same statement."""
    drawer, told = _DRAWERS[name], _told(name)
    of_kept = sa.cast(told.c[drawer.of], sa.Uuid()).in_(sa.select(kept.c.id))
    return drawer.clause(_insert(drawer.table, told, of_kept))


def _insert(table: sa.Table, told: sa.FromClause, *where: sa.ColumnElement[bool]) -> postgresql.Insert:
    """The INSERT of rows that are told as JSON."""
    names = told.c.keys()
    return postgresql.insert(table).from_select(names, sa.select(*told.c).where(*where))


def _told(name: str) -> sa.FromClause:
    """The rows of a table as they are told; what the database numbers itself is left out."""
    columns = [column for column in _DRAWERS[name].table.c if column is not _EVENTS.c.number]
    return json_rows(name, [sa.column(column.name, column.type) for column in columns])
