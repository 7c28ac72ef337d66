"""The distance to an edge computed the slow way, sharing nothing with the code under test but pyproj.

Every edge is sampled along the straight line in longitude and latitude, the geodesic to each sample is
measured, and around the best samples the minimum is closed in on by thirds.
"""

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon

Array = NDArray[np.float64]
GEOD = pyproj.Geod(ellps="WGS84")
SAMPLES = np.linspace(0.0, 1.0, 65)


def edge_m(area: MultiPolygon, lng: float, lat: float) -> float:
    """Unsigned metres from a position to the nearest edge of any ring."""
    starts, ends = edges(area)
    sampled = starts[:, None, :] + SAMPLES[None, :, None] * (ends - starts)[:, None, :]
    lengths = from_point_m(lng, lat, sampled.reshape(-1, 2)).reshape(len(starts), -1)
    likely = np.argsort(lengths.min(axis=1))[:6]
    middle = SAMPLES[lengths[likely].argmin(axis=1)]
    return closed_in(lng, lat, starts[likely], ends[likely], middle)


def closed_in(lng: float, lat: float, starts: Array, ends: Array, middle: Array) -> float:
    """The least distance to the edges near the shares `middle` of them."""
    low, high = np.maximum(middle - 1 / 64, 0.0), np.minimum(middle + 1 / 64, 1.0)
    for _ in range(45):
        left, right = low + (high - low) / 3.0, high - (high - low) / 3.0
        nearer_left = along_m(lng, lat, starts, ends, left) < along_m(lng, lat, starts, ends, right)
        high, low = np.where(nearer_left, right, high), np.where(nearer_left, low, left)
    return float(along_m(lng, lat, starts, ends, (low + high) / 2.0).min())


def along_m(lng: float, lat: float, starts: Array, ends: Array, share: Array) -> Array:
    """Metres from a position to the points that far along each edge."""
    return from_point_m(lng, lat, starts + share[:, None] * (ends - starts))


def from_point_m(lng: float, lat: float, lnglat: Array) -> Array:
    """Geodesic metres from a position to each row."""
    here = np.full(len(lnglat), lng), np.full(len(lnglat), lat)
    lengths: Array = GEOD.inv(*here, lnglat[:, 0], lnglat[:, 1])[2]
    return lengths


def edges(area: MultiPolygon) -> tuple[Array, Array]:
    """Starts and ends of all edges of all rings."""
    rings = [np.asarray(ring.coords) for part in area.geoms for ring in (part.exterior, *part.interiors)]
    return np.vstack([ring[:-1] for ring in rings]), np.vstack([ring[1:] for ring in rings])


def area_around(
    lng: float, lat: float, radii_m: list[float], *, hole: float | None = None, phase_deg: float = 0.0
) -> MultiPolygon:
    """A star-shaped area, a vertex at each radius, evenly around a place; `hole` is a share of its size."""
    outer = _ring(lng, lat, np.asarray(radii_m), phase_deg)
    holes = [] if hole is None else [_ring(lng, lat, np.asarray(radii_m) * hole, phase_deg)]
    return MultiPolygon([shapely.orient_polygons(Polygon(outer, holes))])


def _ring(lng: float, lat: float, radii_m: Array, phase_deg: float) -> Array:
    towards = phase_deg + np.linspace(0.0, 360.0, len(radii_m), endpoint=False)
    here = np.full(len(radii_m), lng), np.full(len(radii_m), lat)
    lngs, lats, _ = GEOD.fwd(*here, towards, radii_m)
    return np.column_stack((lngs, lats))


def beside(lng: float, lat: float, towards_deg: float, length_m: float) -> tuple[float, float]:
    """The position that far in that direction."""
    to_lng, to_lat, _ = GEOD.fwd(lng, lat, towards_deg, length_m)
    return float(to_lng), float(to_lat)
