"""Finding by words: check-ins by company, contact or note; from any page trips, people, companies, projects, areas."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.models.areas import Area
from server.models.checkins import Checkin, CheckinDetail, Visit
from server.models.logs import Supplement
from server.models.people import Person
from server.models.projects import Project
from server.models.trips import Trip, TripMember, TripStop
from server.models.units import Unit
from server.queries import projects, scopes, supplements, trips
from server.rules import access
from server.rules.access import Actor
from server.rules.logs import MET_TEXTS

MOST_WORDS = 5
MOST_OF_A_KIND = 6
AMONG = 20
"""Of so many of the newest trips that have the words, the few are chosen."""
FIRST = ("under_way", "completed")
LATELY = timedelta(days=180)
NEWEST_VISITS = 400
"""Companies are looked for among the newest so many visits of late that name one with these words."""


def words(q: str) -> list[str]:
    """The words of a search, five at the most; each of them has to be found."""
    return q.split()[:MOST_WORDS]


def told_with(word: str) -> sa.CompoundSelect[Any]:
    """The ids of check-ins whose company, contact or note holds a word, or what was added to them since. Unscoped."""
    met = sa.or_(_holds(Visit.enterprise, word), _holds(Visit.contact, word))
    noted = _holds(CheckinDetail.note, word)
    added = sa.or_(*(_holds(getattr(Supplement, name), word) for name in MET_TEXTS))
    return sa.union_all(
        sa.select(Visit.checkin_id).where(met),
        sa.select(CheckinDetail.checkin_id).where(noted),
        sa.select(Supplement.checkin_id).where(added, supplements.newest()),
    )


def everything(actor: Actor, q: str) -> dict[str, Any]:
    """What the actor may see that a text names: `{trips, people, companies, projects, areas}`, a few of each."""
    said = words(q)
    if not said:
        return {"trips": [], "people": [], "companies": [], "projects": [], "areas": []}
    return {
        "trips": _trips(actor, q),
        "people": _people(actor, said),
        "companies": _companies(actor, said),
        "projects": _projects(actor, said),
        "areas": _areas(said),
    }


def _holds(column: Any, word: str) -> ColumnElement[bool]:
    """Whether a text holds a word, large and small letters alike; words without either are found faster."""
    caseless = word.lower() == word.upper()
    found: ColumnElement[bool] = (
        column.contains(word, autoescape=True) if caseless else column.icontains(word, autoescape=True)
    )
    return found


# ── trips ───────────────────────────────────────────────────────────────────────────────────────────────


def _trips(actor: Actor, q: str) -> list[dict[str, Any]]:
    """Trips by their number, or by title, destination or chain; each with how many of its stops were reached.

    First those under way, then those that were made: a plan has nothing to tell yet.
    """
    found = _numbered(actor, q) or _made_first(trips.listed(actor, q=q.strip(), limit=AMONG)["items"])
    stops = _stops([trip["id"] for trip in found])
    names = ("id", "title", "destination", "state", "starts_on", "ends_on", "leader")
    return [
        {name: trip[name] for name in names} | stops.get(trip["id"], {"stops": 0, "reached": 0})
        for trip in found
    ]


def _made_first(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A few of the newest trips: those under way, then those that were made, then all others."""
    made = [trip for state in FIRST for trip in found if trip["state"] == state]
    return [*made, *(trip for trip in found if trip["state"] not in FIRST)][:MOST_OF_A_KIND]


def _numbered(actor: Actor, q: str) -> list[dict[str, Any]]:
    """The trip of a number such as `17`, `#17` or `行程17`, where the actor may read it."""
    digits = q.strip().removeprefix("行程").removeprefix("trip").removeprefix("#").strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) < 10):
        return []
    return trips.listed(actor, trip_id=int(digits), limit=1)["items"]  # type: ignore[no-any-return]  # a document


def _stops(trip_ids: list[int]) -> dict[int, dict[str, int]]:
    """How many stops each trip has, and at how many somebody checked in inside."""
    reached = sa.exists().where(
        Checkin.trip_id == TripStop.trip_id, Checkin.stop_id == TripStop.id, Checkin.outcome == "inside"
    )
    statement = (
        sa.select(TripStop.trip_id, sa.func.count(), sa.func.count(sa.case((reached, 1))))
        .where(TripStop.trip_id.in_(trip_ids), TripStop.dropped_at.is_(None))
        .group_by(TripStop.trip_id)
    )
    return {row[0]: {"stops": row[1], "reached": row[2]} for row in db.session.execute(statement)}


# ── people ──────────────────────────────────────────────────────────────────────────────────────────────


def _people(actor: Actor, said: list[str]) -> list[dict[str, Any]]:
    """People by name, each with the trip they are on now where the actor may read trips there."""
    scope = access.scope(actor, "person.read")
    statement = (
        sa.select(Person.id, Person.name, Person.post, Unit.id.label("unit_id"), Unit.name.label("unit"))
        .join(Unit, Unit.id == Person.unit_id)
        .where(
            scopes.within(scope.paths),
            Person.left_at.is_(None),
            *(_holds(Person.name, word) for word in said),
        )
        .order_by(Unit.path, Person.id)
        .limit(MOST_OF_A_KIND)
    )
    rows = list(db.session.execute(statement))
    away = _under_way(actor, [row.id for row in rows])
    return [
        {
            "id": row.id,
            "name": row.name,
            "post": row.post,
            "unit": {"id": row.unit_id, "name": row.unit},
            "trip": away.get(row.id),
        }
        for row in rows
    ]


def _under_way(actor: Actor, person_ids: list[int]) -> dict[int, dict[str, Any]]:
    """The trip that each of these people is on now, as far as the actor may read it."""
    scope = access.scope(actor, "trip.read")
    seen = scopes.visible(
        scope, unit_id=Trip.unit_id.expression, mine=TripMember.person_id == actor.person_id
    )
    statement = (
        sa.select(TripMember.person_id, Trip.id, Trip.title)
        .join(Trip, Trip.id == TripMember.trip_id)
        .where(TripMember.person_id.in_(person_ids), Trip.state == "under_way", seen)
        .order_by(Trip.id)
    )
    return {row.person_id: {"id": row.id, "title": row.title} for row in db.session.execute(statement)}


# ── companies, projects and areas ─────────────────────────────────────────────────────────────────────────────────


def _companies(actor: Actor, said: list[str]) -> list[dict[str, Any]]:
    """Companies that somebody in scope met, the last met first, with the day of that."""
    since = clock.now() - LATELY
    rows = [
        row
        for found in (_told(actor, said, since), _added(actor, said, since))
        for row in db.session.execute(found.limit(NEWEST_VISITS))
    ]
    last: dict[str, datetime] = {}
    for row in sorted(rows, key=lambda row: row.happened_at, reverse=True):
        last.setdefault(row.enterprise, row.happened_at)
    return [{"name": name, "last_met_at": at} for name, at in list(last.items())[:MOST_OF_A_KIND]]


def _told(actor: Actor, said: list[str], since: datetime) -> sa.Select[str, datetime]:
    """The visits since then whose company has these words, the newest first: read from their own table alone."""
    own = sa.select(Checkin.id).where(Checkin.person_id == actor.person_id, Checkin.happened_at > since)
    seen = scopes.visible(
        access.scope(actor, "checkin.read"),
        unit_id=Visit.unit_id.expression,
        mine=Visit.checkin_id.in_(own),
    )
    return (
        sa.select(Visit.enterprise, Visit.happened_at)
        .where(seen, Visit.happened_at > since, *(_holds(Visit.enterprise, word) for word in said))
        .order_by(Visit.happened_at.desc())
    )


def _added(actor: Actor, said: list[str], since: datetime) -> sa.Select[str, datetime]:
    """The same for companies that were named afterwards."""
    seen = scopes.visible(
        access.scope(actor, "checkin.read"),
        unit_id=Checkin.unit_id.expression,
        mine=Checkin.person_id == actor.person_id,
    )
    return (
        sa.select(Supplement.enterprise, Checkin.happened_at)
        .join(Checkin, Checkin.id == Supplement.checkin_id)
        .where(seen, Checkin.happened_at > since, supplements.newest())
        .where(*(_holds(Supplement.enterprise, word) for word in said))
        .order_by(Checkin.happened_at.desc())
    )


def _projects(actor: Actor, said: list[str]) -> list[dict[str, Any]]:
    """Projects the actor may read, by name or investor, the newest first."""
    if not access.holds(actor, "project.read"):
        return []
    named = (sa.or_(_holds(Project.name, word), _holds(Project.investor, word)) for word in said)
    statement = (
        sa.select(Project.id, Project.name, Project.investor, Project.stage)
        .where(projects.readable(actor), *named)
        .order_by(Project.id.desc())
        .limit(MOST_OF_A_KIND)
    )
    return [dict(row._mapping) for row in db.session.execute(statement)]


def _areas(said: list[str]) -> list[dict[str, Any]]:
    """Areas in use by name, larger kinds first as their ids come."""
    statement = (
        sa.select(Area.id, Area.name, Area.kind)
        .where(Area.retired_from.is_(None), *(_holds(Area.name, word) for word in said))
        .order_by(Area.id)
        .limit(MOST_OF_A_KIND)
    )
    return [{"id": row.id, "name": row.name, "kind": row.kind} for row in db.session.execute(statement)]
