"""Tracks 轨迹 as their readers may see them: one person's way on one duty, cleaned and thinned, and what came of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from server.config import Settings
from server.db import db
from server.errors import NotFound
from server.geo import stay, track
from server.geo.stay import Stay
from server.geo.track import Track
from server.held import held
from server.models.areas import Area
from server.models.positions import Crossing
from server.models.trips import TripMember
from server.models.units import Unit
from server.queries import positions, trips
from server.rules import access
from server.rules.access import Actor

GAP_S = 900.0
"""A longer silence is a gap: the line is broken there, and what lies between is not measured."""


@dataclass(frozen=True, slots=True)
class Whose:
    """A person on a duty whose track the reader may see."""

    person_id: int
    trip_id: int


def whose(actor: Actor, permission: str, trip_id: int, person_id: int | None) -> Whose:
    """The member of a trip (the actor themself where none is named) whose track the actor may see.

    By the unit they are on the trip of. `NotFound` for anybody else.
    """
    trip = trips.get(actor, trip_id)
    member = person_id or actor.person_id
    statement = (
        sa.select(Unit.path)
        .join(TripMember, TripMember.unit_id == Unit.id)
        .where(TripMember.trip_id == trip.id, TripMember.person_id == member)
    )
    path = db.session.execute(statement).scalar_one_or_none()
    if path is None:
        raise NotFound
    access.ensure_seen(actor, permission, path=path, own=member == actor.person_id)
    return Whose(member, trip.id)


def drawn(theirs: Whose, *, zoom: float) -> dict[str, Any]:
    """A track for a map at a zoom: pieces of a thinned line, stops, length and duration; the caller keeps the look.

    `pieces` are lists of `[lng, lat, epoch seconds]` in WGS-84, broken at gaps longer than `GAP_S`. `length_m` is what
    is surely covered.
    """
    found = track.clean(of(theirs))
    pieces = track.split(found, GAP_S)
    return {
        "fixes": len(found),
        "from": _instant(found.at_s[0]) if len(found) else None,
        "to": _instant(found.at_s[-1]) if len(found) else None,
        "length_m": round(sum(map(track.length_m, pieces))),
        "duration_s": round(track.duration_s(found)),
        "pieces": [_line(piece, zoom) for piece in pieces],
        "stays": [_stay(each) for each in stay.stays(found)],
    }


def of(theirs: Whose) -> Track:
    """All fixes of a person on a duty, of all their phones, as one track."""
    kept = positions.kept(theirs.person_id, theirs.trip_id, from_s=-math.inf, to_s=math.inf)
    default_m = float(held(Settings).default_accuracy_m)
    return Track.of(kept.lnglat, kept.at_s, np.where(np.isnan(kept.accuracy_m), default_m, kept.accuracy_m))


def crossings(theirs: Whose) -> Sequence[dict[str, Any]]:
    """When a person on a duty entered and left areas, by time."""
    statement = (
        sa.select(Crossing, Area.name, Area.kind)
        .join(Area, Area.id == Crossing.area_id)
        .where(Crossing.person_id == theirs.person_id, Crossing.trip_id == theirs.trip_id)
        .order_by(Crossing.at, Crossing.entered, Crossing.id)
    )
    return [_crossing(*row) for row in db.session.execute(statement)]


def _line(piece: Track, zoom: float) -> list[list[float]]:
    """A piece of a track as a map at this zoom needs it."""
    tolerance_m = track.metres_per_pixel(zoom, lat=float(piece.lnglat[0, 1]))
    thinned = track.thin(piece, tolerance_m)
    line: list[list[float]] = np.column_stack((thinned.lnglat.round(6), thinned.at_s)).tolist()
    return line


def _stay(found: Stay) -> dict[str, Any]:
    """A stop as it was made."""
    return {
        "lng": round(found.lng, 6),
        "lat": round(found.lat, 6),
        "radius_m": round(found.radius_m),
        "accuracy_m": round(found.accuracy_m),
        "from": _instant(found.from_s),
        "to": _instant(found.to_s),
    }


def _crossing(crossing: Crossing, name: str, kind: str) -> dict[str, Any]:
    """One crossing."""
    return {
        "id": crossing.id,
        "at": crossing.at,
        "entered": crossing.entered,
        "area": {"id": crossing.area_id, "name": name, "kind": kind, "version": crossing.version},
    }


def _instant(at_s: float) -> datetime:
    return datetime.fromtimestamp(float(at_s), UTC)
