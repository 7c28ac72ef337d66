"""Just enough geometry for a phone to know where it is: metres, small moves, and 'am I at the stop?'."""

import math
from dataclasses import dataclass

EARTH_RADIUS_M = 6_371_008.8

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Circle:
    """A stop given as a point (WGS-84 degrees) and a radius in metres."""

    lng: float
    lat: float
    radius_m: float


@dataclass(frozen=True)
class Polygons:
    """A stop given as an area: every ring of it, shells and holes alike, WGS-84 degrees."""

    rings: tuple[Ring, ...]


Shape = Circle | Polygons


def metres(*, lng: float, lat: float, to_lng: float, to_lat: float) -> float:
    """Great-circle distance in metres between two places given in degrees."""
    up, down = math.radians(lat), math.radians(to_lat)
    half_lat, half_lng = (down - up) / 2, math.radians(to_lng - lng) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(up) * math.cos(down) * math.sin(half_lng) ** 2
    return 2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(chord)))


def moved(*, lng: float, lat: float, east_m: float, north_m: float) -> tuple[float, float]:
    """The (lng, lat) some metres east and north of a place; good for moves of a few kilometres."""
    north = math.degrees(north_m / EARTH_RADIUS_M)
    east = math.degrees(east_m / (EARTH_RADIUS_M * math.cos(math.radians(lat))))
    return lng + east, lat + north


def covers(shape: Shape, *, lng: float, lat: float) -> bool:
    """Whether a place (degrees) lies in the shape; holes count as outside."""
    if isinstance(shape, Circle):
        return metres(lng=lng, lat=lat, to_lng=shape.lng, to_lat=shape.lat) <= shape.radius_m
    crossings = sum(_crossings(ring, lng, lat) for ring in shape.rings)
    return crossings % 2 == 1


def polygons(geometry: dict[str, object]) -> Polygons:
    """Read a GeoJSON Polygon or MultiPolygon; raises ValueError for any other geometry."""
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind == "Polygon":
        coordinates = [coordinates]
    elif kind != "MultiPolygon":
        raise ValueError(f"an area must be a Polygon or MultiPolygon, not {kind}")
    if not isinstance(coordinates, list):
        raise ValueError("an area must have coordinates")
    return Polygons(tuple(_ring(ring) for polygon in coordinates for ring in polygon))


def _ring(positions: list[list[float]]) -> Ring:
    return tuple((position[0], position[1]) for position in positions)


def _crossings(ring: Ring, lng: float, lat: float) -> int:
    """How often a ray going east from the place crosses the ring."""
    count = 0
    for (west, south), (east, north) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (south > lat) != (north > lat):
            count += lng < west + (lat - south) / (north - south) * (east - west)
    return count
