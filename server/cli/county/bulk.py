"""Writing a month of a whole county: every table at once, and the fixes by the database itself where it is PostgreSQL.

Beside the demo county that was lived through: its units, areas and accounts are there already.
"""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, TypeVar, cast

import sqlalchemy as sa

from server import clock
from server.cli.county import month, places
from server.cli.county.month import Journey, Pair, Size, Spot
from server.db import Base, UtcDateTime, db
from server.models.areas import Area
from server.models.checkins import Checkin, CheckinArea, CheckinDetail, LastPlace, Visit
from server.models.events import Event
from server.models.people import Person, RoleGrant
from server.models.positions import Fix, Standing
from server.models.trackers import Tracker
from server.models.trips import Consent, Trip, TripMember, TripStop
from server.models.units import Unit
from server.rules.consents import CURRENT_WORDS
from server.rules.people import first_password
from server.services import events, partitions, passwords
from server.transaction import transaction

ROWS = 2_000
SPAN = timedelta(days=month.DAYS + 1)
"""All that is written lies within so long before now."""

Say = Callable[[str], None]
Rows = list[dict[str, Any]]
T = TypeVar("T")


def fill(now: datetime, size: Size, say: Say) -> None:
    """Put the month before `now` into the county."""
    _make_months(now)
    with transaction():
        pairs = _people(now, size.people)
        told = list(month.journeys(pairs, _spots(), now, size.trips))
        first = _trips(told)
    say(f"人员 {size.people} 名，行程 {size.trips} 次 / {size.people} people, {size.trips} trips")
    begun = time.monotonic()
    with transaction():
        _tracks(first, size.per_track)
    took_s = time.monotonic() - begun
    count = size.per_track * size.trips * month.TEAM
    say(f"定位点 {count} 个，用时 {took_s:.0f} 秒 / {count} fixes in {took_s:.0f} s")
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def usual() -> Size:
    """The size that suits the database: fewer fixes where it is one file."""
    return Size(fixes=month.FEW_FIXES) if db.engine.dialect.name == "sqlite" else Size()


def _cut(rows: Iterable[T], size: int) -> Iterator[tuple[T, ...]]:
    """Rows in pieces of so many."""
    left = iter(rows)
    while piece := tuple(islice(left, size)):
        yield piece


def _make_months(now: datetime) -> None:
    """The partitions of the month's days."""
    with clock.at(now - SPAN):
        partitions.make_ahead()


def _insert(model: type[Base], rows: Rows) -> None:
    """Rows into a table, some thousands at a time."""
    for some in _cut(rows, ROWS):
        db.session.execute(sa.insert(cast(sa.Table, model.__table__)), list(some))


def _insert_for_ids(model: type[Base], rows: Rows) -> list[int]:
    """The same for rows that are given their ids, in the order of the rows."""
    table = cast(sa.Table, model.__table__)
    statement = sa.insert(table).returning(table.c.id, sort_by_parameter_order=True)
    return [row.id for some in _cut(rows, ROWS) for row in db.session.execute(statement, list(some))]


# ── people and places ───────────────────────────────────────────────────────────────────────────────────


def _people(now: datetime, count: int) -> list[Pair]:
    """Everybody who is still missing, two by two in the units; nobody was told their password."""
    taken = set(db.session.scalars(sa.select(Person.username)))
    kinds = ("department", "township", "street", "village", "community")
    units = list(db.session.scalars(sa.select(Unit.id).where(Unit.kind.in_(kinds)).order_by(Unit.id)))
    closed, long_ago = passwords.checked_hash(first_password(), ""), now - timedelta(days=60)
    told = list(month.people(count - len(taken), taken))
    rows: Rows = [
        {
            "unit_id": units[number // month.TEAM % len(units)],
            "username": username,
            "name": name,
            "post": "干部",
            "password_hash": closed,
            "password_set_at": long_ago,
            "must_change_password": True,
            "created_at": long_ago,
        }
        for number, (name, username) in enumerate(told)
    ]
    ids = _insert_for_ids(Person, rows)
    of: list[tuple[int, int]] = [
        (person_id, row["unit_id"]) for person_id, row in zip(ids, rows, strict=True)
    ]
    _insert(RoleGrant, [{"person_id": one, "role": "cadre", "unit_id": unit_id} for one, unit_id in of])
    _insert(Tracker, [_tracker(person_id, long_ago) for person_id in ids])
    teams = list(_cut(of, month.TEAM))
    return [Pair(team[0][1], (team[0][0], team[1][0])) for team in teams if len(team) == month.TEAM]


def _tracker(person_id: int, at: datetime) -> dict[str, Any]:
    """A phone that told the month's positions; it has no secret, so nobody can send by it."""
    return {"person_id": person_id, "kind": "traccar", "name": "Traccar Client", "created_at": at}


def _spots() -> list[Spot]:
    """The middle of each village, with its areas from the county down."""
    areas = {row.id: row for row in db.session.scalars(sa.select(Area))}
    shapes = places.by_name(places.everywhere())
    found = []
    for area in areas.values():
        if area.kind == "village":
            middle = shapes[area.name].shape.representative_point()
            chain = [(one.id, one.code, one.name, one.kind) for one in _above(area, areas)]
            found.append(Spot(area.name, round(middle.x, 6), round(middle.y, 6), month.areas_of(chain)))
    return sorted(found, key=lambda spot: spot.name)


def _above(area: Area, areas: dict[int, Area]) -> list[Area]:
    """An area and those around it, the widest first."""
    around = [] if area.parent_id is None else _above(areas[area.parent_id], areas)
    return [*around, area]


# ── trips and check-ins ─────────────────────────────────────────────────────────────────────────────────


def _trips(told: Sequence[Journey]) -> int:
    """Trips with all that belongs to them; the number of the first."""
    trip_ids = _insert_for_ids(Trip, [month.trip(each) for each in told])
    stops = [stop for each, one in zip(told, trip_ids, strict=True) for stop in month.stops(each, one)]
    stop_ids = list(_cut(_insert_for_ids(TripStop, stops), 2))
    both = list(zip(told, trip_ids, strict=True))
    _insert(TripMember, [row for each, one in both for row in _members(each, one)])
    _insert(Consent, [row for each, one in both for row in _consents(each, one)])
    sheets = [month.checkins(each, one, ids) for (each, one), ids in zip(both, stop_ids, strict=True)]
    facts = [row for sheet in sheets for row in sheet.facts]
    _insert(Checkin, facts)
    _insert(CheckinDetail, [row for sheet in sheets for row in sheet.details])
    _insert(CheckinArea, [row for sheet in sheets for row in sheet.areas])
    _insert(Visit, [row for sheet in sheets for row in sheet.visits])
    _insert(Event, [_event(fact) for fact in facts])
    _insert(LastPlace, [row for each, one in both if each.under_way for row in _last_places(each, one)])
    return trip_ids[0]


def _members(journey: Journey, trip_id: int) -> Iterator[dict[str, Any]]:
    """Who is on it."""
    for person_id in journey.pair.people:
        yield {"trip_id": trip_id, "person_id": person_id, "unit_id": journey.pair.unit_id}


def _consents(journey: Journey, trip_id: int) -> Iterator[dict[str, Any]]:
    """Everybody consented the evening before."""
    at = journey.begins_at - timedelta(hours=12)
    for person_id in journey.pair.people:
        yield {
            "trip_id": trip_id,
            "person_id": person_id,
            "level": "track",
            "words": CURRENT_WORDS,
            "given_at": at,
        }


def _event(fact: dict[str, Any]) -> dict[str, Any]:
    """The event of a check-in, at its own instant."""
    facts = {
        "kind_of": fact["kind"],
        "outcome": fact["outcome"],
        "signals": [one["code"] for one in fact["signals"]],
    }
    with clock.at(fact["received_at"]):
        return events.row(
            "checkin.made",
            fact["person_id"],
            fact["unit_id"],
            fact["person_id"],
            fact["trip_id"],
            fact["id"],
            facts,
        )


def _last_places(journey: Journey, trip_id: int) -> Iterator[dict[str, Any]]:
    """Where those under way were last: at their second stop, a little apart."""
    at, spot = journey.begins_at + month.LASTS, journey.spots[1]
    for number, person_id in enumerate(journey.pair.people):
        yield {
            "person_id": person_id,
            "trip_id": trip_id,
            "unit_id": journey.pair.unit_id,
            "lng": spot.lng + number * 2e-4,
            "lat": spot.lat,
            "accuracy_m": 12.0,
            "at": at,
            "moved_at": at,
        }


# ── tracks ──────────────────────────────────────────────────────────────────────────────────────────────

_DUTIES = """
SELECT k.id AS tracker_id, m.person_id, m.trip_id, t.started_at AS begins_at,
  a.lng AS lng_a, a.lat AS lat_a, b.lng - a.lng AS east, b.lat - a.lat AS north
FROM trip_members AS m JOIN trips AS t ON t.id = m.trip_id JOIN trackers AS k ON k.person_id = m.person_id
JOIN trip_stops AS a ON a.trip_id = t.id AND a.position = 0 JOIN trip_stops AS b ON b.trip_id = t.id AND b.position = 1
WHERE t.id >= :first ORDER BY k.id, t.started_at
"""

_BY_DATABASE = """
INSERT INTO fixes (tracker_id, at, person_id, trip_id, fixed_at, received_at, lng, lat, datum, accuracy_m, speed_mps,
  battery, charging, mock, areas, fingerprint)
SELECT tracker_id, at, person_id, trip_id, at, at + interval '2 s',
  lng_a + east * way + 0.0006 * sin(tick * 0.05 + person_id),
  lat_a + north * way + 0.0006 * cos(tick * 0.031 + person_id),
  'WGS-84', 6 + tick % 20, 1.1, 1 - 0.6 * tick / :n, 0, false, '', tick::bigint * 7919 + person_id
FROM (DUTIES) AS duty CROSS JOIN generate_series(0, :n - 1) AS tick
CROSS JOIN LATERAL (SELECT begins_at + tick * :every_s * interval '1 s' AS at,
  least(1, greatest(0, (tick::float / :n - 0.4) * 5)) AS way) AS there
""".replace("DUTIES", _DUTIES)


def _tracks(first: int, each: int) -> None:
    """So many fixes for each member of the trips from `first` on: at one stop, on the way, at the other."""
    every_s = month.LASTS.total_seconds() / each
    duties = db.session.execute(_duties(), {"first": first}).all()
    if db.engine.dialect.name != "sqlite":
        db.session.execute(sa.text("SET LOCAL synchronous_commit = off"))
        db.session.execute(sa.text(_BY_DATABASE), {"first": first, "n": each, "every_s": every_s})
    else:
        for duty in duties:
            _insert(Fix, [_fix(duty, tick, each, every_s) for tick in range(each)])
    lasts = timedelta(seconds=(each - 1) * every_s)
    _insert(Standing, [_standing(duty, duty.begins_at + lasts) for duty in duties])


def _standing(duty: Any, until: datetime) -> dict[str, Any]:
    """Until when a track goes, in no area: what it is opened by, and deleted by when it expires."""
    nowhere: dict[str, list[Any]] = {"inside": [], "begun": []}
    return {"person_id": duty.person_id, "trip_id": duty.trip_id, "until": until, "state": nowhere}


def _duties() -> sa.TextualSelect:
    """Whose tracks there are, with where they lead."""
    kinds = {"begins_at": UtcDateTime(), "lng_a": sa.Double(), "lat_a": sa.Double()}
    whole = {name: sa.Integer() for name in ("tracker_id", "person_id", "trip_id")}
    return sa.text(_DUTIES).columns(**whole, **kinds, east=sa.Double(), north=sa.Double())


def _fix(duty: Any, tick: int, each: int, every_s: float) -> dict[str, Any]:
    """One fix by the same formula."""
    at = duty.begins_at + timedelta(seconds=tick * every_s)
    way = min(1.0, max(0.0, (tick / each - 0.4) * 5))
    return {
        "tracker_id": duty.tracker_id,
        "at": at,
        "person_id": duty.person_id,
        "trip_id": duty.trip_id,
        "fixed_at": at,
        "received_at": at + timedelta(seconds=2),
        "lng": duty.lng_a + duty.east * way + 0.0006 * math.sin(tick * 0.05 + duty.person_id),
        "lat": duty.lat_a + duty.north * way + 0.0006 * math.cos(tick * 0.031 + duty.person_id),
        "datum": "WGS-84",
        "accuracy_m": 6.0 + tick % 20,
        "speed_mps": 1.1,
        "battery": 1 - 0.6 * tick / each,
        "charging": 0,
        "mock": False,
        "areas": b"",
        "fingerprint": tick * 7919 + duty.person_id,
    }
