"""Tracks 轨迹 as their readers may see them: one person's way on one duty, cleaned and thinned, and what came of it.

What lies in a gap was not measured: it is never counted as covered, and never called missed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.config import Settings
from server.db import db
from server.errors import NotFound
from server.express import OnFoot
from server.geo import stay, track
from server.geo.stay import Stay
from server.geo.track import Track
from server.held import held
from server.models.areas import Area
from server.models.people import Person
from server.models.positions import Crossing, Fix, Standing
from server.models.trips import TripMember
from server.models.units import Unit
from server.queries import looks, positions, scopes, stops, trips
from server.rules import access
from server.rules.access import Actor

GAP_S = 900.0
"""A longer silence is a gap: the line is broken there, and what lies between is not measured."""

_LATEST = datetime(9999, 1, 1, tzinfo=UTC)

PAGE = 2_000
"""So many fixes of an export are read at a time."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A person on a duty whose track the reader may see: their name, the unit they are on it of, the trip's title.

    The duty lasts from `started_at` to `ended_at` (None: not yet); there are no fixes of it outside.
    """

    person_id: int
    trip_id: int
    unit_id: int
    name: str
    title: str
    started_at: datetime | None
    ended_at: datetime | None

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Between which instants its fixes lie: what a table of many months is read by."""
        return self.started_at or _LATEST, self.ended_at or _LATEST


def people(actor: Actor, trip_id: int) -> list[dict[str, Any]]:
    """The members of a trip of whom a track is kept and may be opened by the actor, by unit, then id: no figures."""
    trip = trips.get(actor, trip_id)
    mine = TripMember.person_id == actor.person_id
    seen = scopes.visible(access.scope(actor, "track.read"), unit_id=TripMember.unit_id.expression, mine=mine)
    tracked = sa.and_(Standing.trip_id == TripMember.trip_id, Standing.person_id == TripMember.person_id)
    statement = (
        sa.select(Person.id, Person.name, Unit.id.label("unit_id"), Unit.name.label("unit"))
        .join(TripMember, TripMember.person_id == Person.id)
        .join(Unit, Unit.id == TripMember.unit_id)
        .join(Standing, tracked)
        .where(TripMember.trip_id == trip.id, seen)
        .order_by(Unit.id, Person.id)
    )
    return [
        {"person": {"id": row.id, "name": row.name}, "unit": {"id": row.unit_id, "name": row.unit}}
        for row in db.session.execute(statement)
    ]


def reason(actor: Actor, trip_id: int) -> str | None:
    """Why this sitting opens the positions of a trip, in the words that are kept; None where it has not said."""
    if actor.session_id is None:
        return None
    return looks.reasons(actor.session_id, {trip_id}).get(trip_id)


def whose(actor: Actor, permission: str, trip_id: int, person_id: int | None) -> Whose:
    """The member of a trip (the actor themself where none is named) whose track the actor may see.

    By the unit they are on the trip of. `NotFound` for anybody else.
    """
    trip = trips.get(actor, trip_id)
    member = person_id or actor.person_id
    row = db.session.execute(_member(trip.id, member)).one_or_none()
    if row is None:
        raise NotFound
    access.ensure_seen(actor, permission, path=row.path, own=member == actor.person_id)
    return Whose(member, trip.id, row.id, row.name, trip.title, trip.started_at, trip.ended_at)


def _member(trip_id: int, person_id: int) -> sa.Select[*tuple[Any, ...]]:
    """A member of a trip, with the unit they are on it of."""
    return (
        sa.select(Unit.id, Unit.path, Person.name)
        .join(TripMember, TripMember.unit_id == Unit.id)
        .join(Person, Person.id == TripMember.person_id)
        .where(TripMember.trip_id == trip_id, TripMember.person_id == person_id)
    )


# ── for drawing ─────────────────────────────────────────────────────────────────────────────────────────


def drawn(theirs: Whose, *, zoom: float) -> dict[str, Any]:
    """A track for a map at a zoom, with its stays, moves and gaps; the caller keeps the look.

    `pieces` are thinned lines of `[lng, lat, epoch seconds]` in WGS-84, broken at gaps longer than `GAP_S`. `length_m`
    is what is surely covered, gaps left out; `unmeasured_s` is how long they last together.
    """
    found = track.clean(of(theirs))
    pieces = track.split(found, GAP_S)
    made = stay.stays(found)
    return {
        "person": {"id": theirs.person_id, "name": theirs.name},
        "fixes": len(found),
        "from": _instant(found.at_s[0]) if len(found) else None,
        "to": _instant(found.at_s[-1]) if len(found) else None,
        **_measured(found),
        "pieces": [_line(piece, zoom) for piece in pieces],
        "gaps": [_gap(before, after) for before, after in pairwise(pieces)],
        "stays": _stays(found, made, theirs.trip_id),
        "moves": [_move(each) for each in stay.moves(found, made)],
    }


def of(theirs: Whose) -> Track:
    """All fixes of a person on a duty, of all their phones, as one track."""
    from_s, to_s = (each.timestamp() for each in theirs.span)
    kept = positions.kept(OnFoot(), theirs.person_id, theirs.trip_id, from_s=from_s, to_s=to_s)
    default_m = float(held(Settings).default_accuracy_m)
    return Track.of(kept.lnglat, kept.at_s, np.where(np.isnan(kept.accuracy_m), default_m, kept.accuracy_m))


def _measured(part: Track) -> dict[str, int]:
    """How long a part of a track lasts, how much of that lies in gaps, and how far it surely went outside them."""
    pieces = track.split(part, GAP_S)
    lasts_s = track.duration_s(part)
    return {
        "length_m": round(sum(map(track.length_m, pieces))),
        "duration_s": round(lasts_s),
        "unmeasured_s": round(lasts_s - sum(map(track.duration_s, pieces))),
    }


def _line(piece: Track, zoom: float) -> list[list[float]]:
    """A piece of a track as a map at this zoom needs it."""
    tolerance_m = track.metres_per_pixel(zoom, lat=float(piece.lnglat[0, 1]))
    thinned = track.thin(piece, tolerance_m)
    line: list[list[float]] = np.column_stack((thinned.lnglat.round(6), thinned.at_s)).tolist()
    return line


def _gap(before: Track, after: Track) -> dict[str, Any]:
    """What lies between two pieces: from where and when to where and when nothing was measured."""
    from_s, to_s = before.at_s[-1], after.at_s[0]
    return {
        "from": _instant(from_s),
        "to": _instant(to_s),
        "duration_s": round(to_s - from_s),
        "line": [before.lnglat[-1].round(6).tolist(), after.lnglat[0].round(6).tolist()],
    }


def _stays(found: Track, made: Sequence[Stay], trip_id: int) -> list[dict[str, Any]]:
    """The stays of a track, each with the planned stop it may have been the arrival at."""
    reached = {each.stay: each for each in stops.reached(made, stops.planned(trip_id))}
    return [_stay(found, each, reached.get(each)) for each in made]


def _stay(found: Track, made: Stay, at: stops.Reached | None) -> dict[str, Any]:
    """One stay: the middle and size of its place, how long, and how much of that was not measured."""
    during = found.take((found.at_s >= made.from_s) & (found.at_s <= made.to_s))
    outcome = None if at is None else at.verdict.outcome.value
    return {
        "lng": round(made.lng, 6),
        "lat": round(made.lat, 6),
        "radius_m": round(made.radius_m),
        "accuracy_m": round(made.accuracy_m),
        "from": _instant(made.from_s),
        "to": _instant(made.to_s),
        "duration_s": round(made.to_s - made.from_s),
        "unmeasured_s": _measured(during)["unmeasured_s"],
        "stop": None if at is None else {"id": at.stop.id, "name": at.stop.name, "outcome": outcome},
    }


def _move(part: Track) -> dict[str, Any]:
    """One move from a stay to the next."""
    return {"from": _instant(part.at_s[0]), "to": _instant(part.at_s[-1]), **_measured(part)}


def _instant(at_s: float) -> datetime:
    return datetime.fromtimestamp(float(at_s), UTC)


# ── crossings ───────────────────────────────────────────────────────────────────────────────────────────


def crossings(theirs: Whose) -> Sequence[dict[str, Any]]:
    """When a person on a duty entered and left areas, by time."""
    statement = (
        sa.select(Crossing, Area.name, Area.kind)
        .join(Area, Area.id == Crossing.area_id)
        .where(Crossing.person_id == theirs.person_id, Crossing.trip_id == theirs.trip_id)
        .order_by(Crossing.at, Crossing.entered, Crossing.id)
    )
    return [_crossing(*row) for row in db.session.execute(statement)]


def _crossing(crossing: Crossing, name: str, kind: str) -> dict[str, Any]:
    """One crossing."""
    return {
        "id": crossing.id,
        "at": crossing.at,
        "entered": crossing.entered,
        "area": {"id": crossing.area_id, "name": name, "kind": kind, "version": crossing.version},
    }


# ── in full ─────────────────────────────────────────────────────────────────────────────────────────────

_TOLD = (
    *("at", "lng", "lat", "accuracy_m", "altitude_m", "speed_mps", "heading_deg", "battery", "mock"),
    *("fixed_at", "received_at", "datum", "note"),
)


def pages(theirs: Whose) -> Iterator[list[dict[str, Any]]]:
    """Every kept fix of a person on a duty as it was told, phone by phone, by time, a page at a time.

    `phone` counts their phones from 1. However slowly it is taken, no database connection is held meanwhile.
    """
    for phone, tracker_id in enumerate(_trackers(theirs), start=1):
        for page in _pages_of(theirs, tracker_id):
            yield [{"phone": phone, **row._mapping} for row in page]


def _trackers(theirs: Whose) -> list[int]:
    """The trackers that have told anything of a person on a duty."""
    statement = sa.select(Fix.tracker_id).where(_theirs(theirs)).distinct().order_by(Fix.tracker_id)
    found = list(db.session.execute(statement).scalars())
    db.session.rollback()
    return found


def _theirs(theirs: Whose) -> ColumnElement[bool]:
    """The fixes of a person on a duty."""
    return sa.and_(
        Fix.person_id == theirs.person_id, Fix.trip_id == theirs.trip_id, Fix.at.between(*theirs.span)
    )


def _pages_of(theirs: Whose, tracker_id: int) -> Iterator[Sequence[sa.Row[*tuple[Any, ...]]]]:
    """The fixes of one tracker, by time, read on from the last one each time."""
    wanted = (
        sa.select(*(getattr(Fix, name) for name in _TOLD))
        .where(Fix.tracker_id == tracker_id, _theirs(theirs))
        .order_by(Fix.at)
        .limit(PAGE)
    )
    page = db.session.execute(wanted).all()
    while page:
        db.session.rollback()
        yield page
        page = db.session.execute(wanted.where(Fix.at > page[-1].at)).all()
