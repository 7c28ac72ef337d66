"""What a patrol came to: at which checkpoints it was and when, and how much of its route was walked.

Judged from the check-ins on its duty and, where its walkers agreed to a track, from the fixes that are kept of them.
Nothing of it is kept but the outcome: when a track is erased, what only the track said is gone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
import sqlalchemy as sa

from server.db import db
from server.geo import coverage, measure, track, verdict
from server.geo.track import Track
from server.geo.verdict import Edges, Outcome
from server.held import held
from server.models.areas import Area
from server.models.checkins import Checkin
from server.models.patrols import Patrol
from server.models.positions import Standing
from server.models.trips import Trip
from server.queries import patrol_plans, stops, tracks
from server.queries.areas import Snapshots
from server.queries.evidence import Stop
from server.queries.tracks import Whose
from server.rules import patrols
from server.rules.patrols import Reached, Sighting

Document = dict[str, Any]


def came_to(patrol: Patrol, *, own: bool) -> Document:
    """What became of each checkpoint, and how much of the route was walked: `{points, route, share, in_order}`.

    The share is None where it is not measured. Who does not walk it themself (`own`) learns nothing from a track while
    it is walked, and afterwards never when it came by: a track is opened on the duty's page, with a reason. Where they
    checked in they are told by that.
    """
    route = patrol.route
    told = {"in_order": patrol.in_order, "route": route}
    if patrol.trip_id is None:
        return told | {"points": _planned(patrol), "share": None}
    points, fixes = stops.planned(patrol.trip_id), _tracks(patrol.trip_id)
    found = _judged(patrol, points, fixes, in_order=patrol.in_order)
    pieces = [piece for each in fixes for piece in track.split(each, tracks.GAP_S)]
    shown = found if own else _as_checked_in(patrol, points, found, tracked=bool(fixes))
    measured = bool(route) and (own or patrol.judged_at is not None)
    return told | {
        "points": [_point(stop, each) for stop, each in zip(points, shown, strict=True)],
        "share": coverage.share(np.asarray(route, dtype=np.float64), pieces) if measured else None,
    }


def _as_checked_in(
    patrol: Patrol, points: Sequence[Stop], found: Sequence[Reached], *, tracked: bool
) -> list[Reached]:
    """What became of each checkpoint, as told to others: by a check-in where there is one that counts.

    While a track is kept, the order is judged when it is over: whether what came before was passed, the track may say.
    """
    over = patrol.judged_at is not None
    by_hand = _judged(patrol, points, [], in_order=patrol.in_order and (over or not tracked))
    return [
        told if told.state == "reached" or (told.counts and not over) else _without_track(each, over=over)
        for told, each in zip(by_hand, found, strict=True)
    ]


def _without_track(found: Reached, *, over: bool) -> Reached:
    """What became of a checkpoint, as told to others: what a track alone says comes when it is over, without a time."""
    if found.by != "track":
        return found
    return replace(found, at=None) if over else Reached(found.checkpoint, "open")


def reached(patrol: Patrol) -> list[Reached]:
    """What became of each checkpoint of a patrol that somebody is to walk, in the order of the plan."""
    assert patrol.trip_id is not None, "somebody is on it"
    points = stops.planned(patrol.trip_id)
    return _judged(patrol, points, _tracks(patrol.trip_id), in_order=patrol.in_order)


def _judged(
    patrol: Patrol, points: Sequence[Stop], fixes: Sequence[Track], *, in_order: bool
) -> list[Reached]:
    """What check-ins and tracks say of the checkpoints."""
    seen = [*_told(patrol.trip_id), *_walked(points, fixes)]
    return patrols.reached([stop.id for stop in points], seen, in_order=in_order)


def _planned(patrol: Patrol) -> list[Document]:
    """The checkpoints of a patrol that nobody has taken; where there are none, the area itself is the one."""
    points = [] if patrol.plan_id is None else patrol_plans.checkpoints(patrol.plan_id)
    if not points and patrol.area_id is not None:
        area = db.session.get_one(Area, patrol.area_id)
        points = [_BARE | {"name": area.name, "area_id": area.id}]
    return [{"id": None, "state": "open", "at": None, "by": "", **point} for point in points]


_BARE: Document = {"lng": None, "lat": None, "radius_m": None, "tolerance_m": 0.0}


def _point(stop: Stop, found: Reached) -> Document:
    """A checkpoint, and what became of it."""
    names = ("id", "name", "area_id", "lng", "lat", "radius_m", "tolerance_m")
    told = {name: getattr(stop, name) for name in names}
    return told | {"state": found.state, "at": found.at, "by": found.by}


def _told(trip_id: int | None) -> Iterator[Sighting]:
    """What the check-ins of a duty say of its checkpoints."""
    statement = sa.select(Checkin.stop_id, Checkin.happened_at, Checkin.outcome).where(
        Checkin.trip_id == trip_id
    )
    for stop_id, at, outcome in db.session.execute(statement.order_by(Checkin.happened_at, Checkin.id)):
        if stop_id is not None:
            yield Sighting(stop_id, at, outcome, "checkin")


def _tracks(trip_id: int) -> list[Track]:
    """The tracks that are kept of those on a duty, cleaned."""
    trip = db.session.get_one(Trip, trip_id)
    kept = sa.select(Standing.person_id).where(Standing.trip_id == trip_id).order_by(Standing.person_id)
    whose = (
        Whose(person_id, trip_id, trip.unit_id, "", trip.title, trip.started_at, trip.ended_at)
        for person_id in db.session.scalars(kept).all()
    )
    return [track.clean(tracks.of(each)) for each in whose]


def _walked(points: Sequence[Stop], fixes: Sequence[Track]) -> Iterator[Sighting]:
    """When each track was first inside each checkpoint, as far as it was."""
    for stop in points:
        for each in fixes:
            yield from _first_inside(each, stop)


def _first_inside(fixes: Track, stop: Stop) -> Iterator[Sighting]:
    """The first fix whose whole disc lies in a checkpoint, or else the first that lies in it at all."""
    unsure = None
    for row in np.flatnonzero(_near(fixes, stop)):
        at = datetime.fromtimestamp(float(fixes.at_s[row]), UTC)
        outcome = _outcome(fixes, int(row), stop, at)
        if outcome is Outcome.INSIDE:
            yield Sighting(stop.id, at, outcome.value, "track")
            return
        if outcome is Outcome.UNCERTAIN and unsure is None:
            unsure = Sighting(stop.id, at, outcome.value, "track")
    if unsure is not None:
        yield unsure


def _near(fixes: Track, stop: Stop) -> Any:
    """Which fixes may lie in a checkpoint, (n,)."""
    if stop.area_id is None:
        apart = measure.apart_m(fixes.lnglat, lng=stop.lng or 0.0, lat=stop.lat or 0.0)
        return apart <= (stop.radius_m or 0.0) + stop.tolerance_m
    edges = _edges(stop, datetime.fromtimestamp(float(fixes.at_s[0]), UTC)) if len(fixes) else None
    if edges is None:
        return np.zeros(len(fixes), dtype=np.bool_)
    return shapely.intersects_xy(edges.area, fixes.lnglat)


def _edges(stop: Stop, at: datetime) -> Edges | None:
    """The boundary of an area checkpoint at an instant."""
    boundary = None if stop.area_id is None else held(Snapshots).current().boundary(stop.area_id, at=at)
    return None if boundary is None else boundary.edges


def _outcome(fixes: Track, row: int, stop: Stop, at: datetime) -> Outcome | None:
    """The verdict on a fix against a checkpoint."""
    lng, lat = (float(each) for each in fixes.lnglat[row])
    disc = {"lng": lng, "lat": lat, "accuracy_m": float(fixes.accuracy_m[row])}
    if stop.area_id is not None:
        edges = _edges(stop, at)
        return None if edges is None else verdict.judge(edges, **disc, tolerance_m=stop.tolerance_m).outcome
    centre = {"centre_lng": stop.lng or 0.0, "centre_lat": stop.lat or 0.0, "radius_m": stop.radius_m or 0.0}
    return verdict.judge_circle(**centre, **disc, tolerance_m=stop.tolerance_m).outcome
