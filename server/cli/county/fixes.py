"""Where a phone says it is at a stop: well inside, on the edge, or somewhere else. Pure."""

import math
import random
from dataclasses import dataclass

import shapely
from shapely.geometry import MultiPolygon, Polygon

from server.cli.county.land import METRES_PER_DEGREE
from server.cli.county.trips import Spot

GOOD_M = (6.0, 25.0)
POOR_M = (60.0, 140.0)
AWAY_M = 650.0
TRIES = 100
CORNERS = 32


@dataclass(frozen=True, slots=True)
class Fix:
    """A WGS-84 position and the accuracy that the phone claims, in metres."""

    lng: float
    lat: float
    accuracy_m: float


def at_stop(shape: Polygon | MultiPolygon, how: str, chance: random.Random) -> Fix:
    """A fix at a stop of this shape (degrees): outside, uncertain (on its edge), or well inside."""
    accuracy_m = round(chance.uniform(*(POOR_M if how == "uncertain" else GOOD_M)), 1)
    if how == "outside":
        return Fix(*_beyond(shape, chance), accuracy_m)
    if how == "uncertain":
        place = shapely.boundary(shape).interpolate(chance.random(), normalized=True)
        return Fix(place.x, place.y, accuracy_m)
    return Fix(*_within(shape, accuracy_m, chance), accuracy_m)


def disc(middle: tuple[float, float], radius_m: float) -> Polygon:
    """A round place of degrees around (lng, lat)."""
    angles = [2 * math.pi * corner / CORNERS for corner in range(CORNERS)]
    return Polygon([moved(middle, radius_m * math.cos(turn), radius_m * math.sin(turn)) for turn in angles])


def middle(area: MultiPolygon, spot: Spot) -> tuple[float, float]:
    """The middle of a spot in an area, (lng, lat)."""
    whole = area.centroid
    return moved((whole.x, whole.y), spot.east_m, spot.north_m)


def moved(place: tuple[float, float], east_m: float, north_m: float) -> tuple[float, float]:
    """The (lng, lat) some metres east and north of another."""
    lng, lat = place
    east = east_m / METRES_PER_DEGREE / math.cos(math.radians(lat))
    return lng + east, lat + north_m / METRES_PER_DEGREE


def _beyond(shape: Polygon | MultiPolygon, chance: random.Random) -> tuple[float, float]:
    """A place clearly outside, in any direction."""
    west, south, east, north = shape.bounds
    reach_m = math.hypot(east - west, north - south) / 2 * METRES_PER_DEGREE + AWAY_M
    turn = chance.uniform(0, 2 * math.pi)
    whole = shape.centroid
    return moved((whole.x, whole.y), reach_m * math.cos(turn), reach_m * math.sin(turn))


def _within(shape: Polygon | MultiPolygon, margin_m: float, chance: random.Random) -> tuple[float, float]:
    """A place inside, at least `margin_m` from the edge where one is found; else the innermost place."""
    inner = shape.buffer(-1.2 * margin_m / METRES_PER_DEGREE / math.cos(math.radians(shape.centroid.y)))
    west, south, east, north = inner.bounds if not inner.is_empty else shape.bounds
    for _ in range(TRIES):
        lng, lat = chance.uniform(west, east), chance.uniform(south, north)
        if shapely.intersects_xy(inner, lng, lat):
            return lng, lat
    innermost = shape.representative_point()
    return innermost.x, innermost.y
