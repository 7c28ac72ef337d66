"""Stops of a trip as places on the ground: which of them somebody's stays may have been at."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from server.db import db
from server.geo import stay
from server.geo.stay import Circle, Place, Stay
from server.geo.verdict import Outcome, Verdict
from server.held import held
from server.models.trips import TripStop
from server.queries.areas import Snapshot, Snapshots
from server.queries.evidence import Stop


@dataclass(frozen=True, slots=True)
class Reached:
    """A planned stop that a stay may have been at, and the verdict on it: inside or uncertain."""

    stop: Stop
    stay: Stay
    verdict: Verdict


def planned(trip_id: int) -> list[Stop]:
    """The stops of a trip's plan, in its order."""
    columns = [getattr(TripStop, name) for name in Stop.__dataclass_fields__]
    statement = (
        sa.select(*columns)
        .where(TripStop.trip_id == trip_id, TripStop.dropped_at.is_(None))
        .order_by(TripStop.position, TripStop.id)
    )
    return [Stop(*row) for row in db.session.execute(statement)]


def reached(stays: Sequence[Stay], stops: Sequence[Stop]) -> list[Reached]:
    """Which of these stops were reached, by time: each by its first stay inside, or else its first uncertain one.

    An area stop is judged by the boundary in force when the stay began.
    """
    snapshot = held(Snapshots).current()
    found = (_first(stays, stop, snapshot) for stop in stops)
    return sorted((each for each in found if each is not None), key=lambda each: each.stay.from_s)


def _first(stays: Sequence[Stay], stop: Stop, snapshot: Snapshot) -> Reached | None:
    """The stay that a stop was reached by; None where there is none."""
    candidates = [found for each in stays for found in _judged(each, stop, snapshot)]
    return min(candidates, key=_inside_first, default=None)


def _inside_first(found: Reached) -> tuple[bool, float]:
    return found.verdict.outcome is not Outcome.INSIDE, found.stay.from_s


def _judged(made: Stay, stop: Stop, snapshot: Snapshot) -> Iterator[Reached]:
    """One stay against one stop: nothing when it lies outside, or the stop had no boundary then."""
    place = _place(stop, snapshot, datetime.fromtimestamp(made.from_s, UTC))
    for arrival in [] if place is None else stay.arrivals([made], [place]):
        yield Reached(stop, made, arrival.verdict)


def _place(stop: Stop, snapshot: Snapshot, at: datetime) -> Place | None:
    """A stop as it lay at an instant; None for an area that had no boundary then."""
    if stop.area_id is None:
        circle = Circle(stop.lng or 0.0, stop.lat or 0.0, stop.radius_m or 0.0)
        return Place(stop.id, circle, stop.tolerance_m)
    boundary = snapshot.boundary(stop.area_id, at=at)
    return None if boundary is None else Place(stop.id, boundary.edges, stop.tolerance_m)
