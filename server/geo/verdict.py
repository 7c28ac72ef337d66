"""A disc against an area: inside, uncertain or outside, with the signed metres to the edge.

A fix is a disc: a position and an accuracy. Both disc and area are closed sets, so

* **inside**, the disc lies in the area: edge ≥ accuracy; a disc that touches the edge from within lies in it;
* **outside**, the disc does not touch the area: edge < −accuracy; touching it from without is to touch;
* **uncertain**, everything else.

`edge_m` is the distance to the nearest edge of any ring, positive inside and negative outside; in a hole is
outside. A tolerance grows the area: `edge_m + tolerance_m` is compared in its place, while `edge_m` itself
is kept as measured. That is exact for the outside, and for the inside but for a hole or a notch narrower
than twice the tolerance, which the grown area would swallow: there the answer stays uncertain, which is the
cautious side.

An edge is the straight line between its vertices in longitude and latitude (RFC 7946, 3.1.1), the same line
that decides which side a point is on. Distances are ellipsoidal: vertices are held as points of the
ellipsoid in space (metres from the earth's centre), long edges cut until a plane may stand for the line,
and a query turns them into the equal-area plane around the fix, where the distance from the centre is a
function of the geodesic distance alone. No trigonometry is left but for the fix itself. The result is
within 0.1 m, or 0.01 % beyond a kilometre, at any latitude to 85° and any distance a county knows.
"""

import math
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

from server.geo import measure, polygon

Array = NDArray[np.float64]

_A_M: Final = 6378137.0
_E2: Final = 0.0066943799901413165
_BEND_M: Final = 0.02  # how far a piece of an edge may bend away from its chord
_PIECE_M: Final = 20_000.0  # and how long it may be


class Outcome(StrEnum):
    """What a disc is to an area."""

    INSIDE = "inside"
    UNCERTAIN = "uncertain"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its evidence: metres to the edge (positive inside), and what it was judged with."""

    outcome: Outcome
    edge_m: float
    accuracy_m: float
    tolerance_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """An area made ready to be judged against many times; about 30 bytes a vertex, immutable, safe to
    share.

    `area` is the geometry. `nodes` is (3, m): the vertices of all rings one after the other, cut where an
    edge is long, in metres from the earth's centre. `gaps` holds the positions i at which i → i + 1 is no
    edge but the step from one ring to the next.
    """

    area: MultiPolygon
    nodes: Array
    gaps: NDArray[np.intp]

    @classmethod
    def of(cls, area: MultiPolygon) -> "Edges":
        """Prepare a valid WGS-84 MultiPolygon. Raises `ValueError` for an empty one."""
        if area.is_empty:
            raise ValueError("an empty area has no edge")
        polygon.prepare(area)
        rings = shapely.get_rings(shapely.get_parts(area))
        lnglat, ring = shapely.get_coordinates(rings, return_index=True)
        last = np.append(ring[1:] != ring[:-1], True)
        pieces = np.where(last, 1, _pieces(lnglat, np.roll(lnglat, -1, axis=0)))
        gaps = np.cumsum(pieces)[last][:-1] - 1
        return cls(area, _in_space(_cut(lnglat, pieces)), gaps)


def judge(
    area: Edges | MultiPolygon, *, lng: float, lat: float, accuracy_m: float, tolerance_m: float = 0.0
) -> Verdict:
    """Judge the disc around a WGS-84 position against an area, grown by `tolerance_m`.

    Hold `Edges.of(area)` where an area is judged more than once. Raises `ValueError` for an accuracy that
    is not a positive number: what to take in its place is not decided here.
    """
    return _verdict(signed_edge_m(area, lng=lng, lat=lat), accuracy_m, tolerance_m)


def judge_circle(
    *,
    centre_lng: float,
    centre_lat: float,
    radius_m: float,
    lng: float,
    lat: float,
    accuracy_m: float,
    tolerance_m: float = 0.0,
) -> Verdict:
    """Judge the disc around a WGS-84 position against the circle of `radius_m` around a place, as `judge`
    does.
    """
    from_centre_m = measure.distance_m(lng=lng, lat=lat, to_lng=centre_lng, to_lat=centre_lat)
    return _verdict(radius_m - from_centre_m, accuracy_m, tolerance_m)


def signed_edge_m(area: Edges | MultiPolygon, *, lng: float, lat: float) -> float:
    """Metres from a WGS-84 position to the nearest edge of an area: positive inside, negative outside."""
    edges = area if isinstance(area, Edges) else Edges.of(area)
    inside = shapely.intersects_xy(edges.area, lng, lat)
    return math.copysign(_edge_m(edges, lng, lat), 1.0 if inside else -1.0)


def _verdict(edge_m: float, accuracy_m: float, tolerance_m: float) -> Verdict:
    if not accuracy_m > 0.0:
        raise ValueError(f"an accuracy is a positive number of metres, not {accuracy_m}")
    depth_m = edge_m + tolerance_m
    if depth_m >= accuracy_m:
        return Verdict(Outcome.INSIDE, edge_m, accuracy_m, tolerance_m)
    outcome = Outcome.OUTSIDE if depth_m < -accuracy_m else Outcome.UNCERTAIN
    return Verdict(outcome, edge_m, accuracy_m, tolerance_m)


# ── making edges ready ──────────────────────────────────────────────────────────────────────────────────


def _pieces(starts: Array, ends: Array) -> NDArray[np.intp]:
    """Into how many pieces each edge between (n, 2) vertices is cut, so that each is as good as a straight
    line.

    A line straight in longitude and latitude leaves the geodesic by at most an eighth of its acceleration
    along the surface, which on the sphere is sin φ·λ′·(2φ′, cos φ·λ′); cut in n, it leaves by an n²-th of
    that.
    """
    lat = np.radians(np.maximum(np.abs(starts[:, 1]), np.abs(ends[:, 1])))
    across, up = np.radians(ends - starts).T
    bend_m = _A_M / 8.0 * np.sin(lat) * np.abs(across) * np.hypot(2.0 * up, np.cos(lat) * across)
    length_m = _A_M * np.hypot(up, across * np.cos(lat))
    pieces: Array = np.ceil(np.maximum(np.sqrt(bend_m / _BEND_M), length_m / _PIECE_M))
    return np.maximum(pieces, 1.0).astype(np.intp)


def _cut(lnglat: Array, pieces: NDArray[np.intp]) -> Array:
    """The (m, 2) vertices with the points between them that cut the edge after each into its `pieces`."""
    edge = np.repeat(np.arange(len(lnglat)), pieces)
    nth = np.arange(len(edge)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    step = (np.roll(lnglat, -1, axis=0) - lnglat) / pieces[:, np.newaxis]
    cut: Array = lnglat[edge] + step[edge] * nth[:, np.newaxis]
    return cut


def _in_space(lnglat: Array) -> Array:
    """Positions (m, 2) on the ellipsoid as (3, m) metres from the earth's centre."""
    lng, lat = np.radians(lnglat).T
    sin_lat, cos_lat = np.sin(lat), np.cos(lat)
    normal = _A_M / np.sqrt(1.0 - _E2 * sin_lat * sin_lat)
    return np.vstack(
        (normal * cos_lat * np.cos(lng), normal * cos_lat * np.sin(lng), normal * (1.0 - _E2) * sin_lat)
    )


# ── asking ──────────────────────────────────────────────────────────────────────────────────────────────


def _edge_m(edges: Edges, lng: float, lat: float) -> float:
    """Metres from a position to the nearest edge."""
    axes, origin, radius_m = _frame(lng, lat)
    east, north, up = axes @ edges.nodes - origin
    stretch = 1.0 / np.sqrt(np.maximum(1.0 + up / (2.0 * radius_m), 1e-9))
    nearest_m = _from_origin(east * stretch, north * stretch, edges.gaps)
    return 2.0 * radius_m * math.asin(min(nearest_m / (2.0 * radius_m), 1.0))


def _frame(lng: float, lat: float) -> tuple[Array, Array, float]:
    """East, north and up at a position as rows of (3, 3), the position along them (3, 1), and the mean
    radius there.
    """
    sin_lng, cos_lng = math.sin(math.radians(lng)), math.cos(math.radians(lng))
    sin_lat, cos_lat = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    w2 = 1.0 - _E2 * sin_lat * sin_lat
    normal_m = _A_M / math.sqrt(w2)
    axes = np.array(
        (
            (-sin_lng, cos_lng, 0.0),
            (-sin_lat * cos_lng, -sin_lat * sin_lng, cos_lat),
            (cos_lat * cos_lng, cos_lat * sin_lng, sin_lat),
        )
    )
    origin = np.array(((0.0,), (-normal_m * _E2 * sin_lat * cos_lat,), (normal_m * w2,)))
    return axes, origin, normal_m * math.sqrt((1.0 - _E2) / w2)


def _from_origin(x: Array, y: Array, gaps: NDArray[np.intp]) -> float:
    """The distance from (0, 0) to the nearest of the lines from each point (x, y) to the next, gaps left
    out.
    """
    from_x, from_y = x[:-1], y[:-1]
    dx, dy = np.diff(x), np.diff(y)
    along = -(from_x * dx + from_y * dy) / np.maximum(dx * dx + dy * dy, 1e-12)
    along = np.minimum(np.maximum(along, 0.0), 1.0)
    squares = (from_x + along * dx) ** 2 + (from_y + along * dy) ** 2
    squares[gaps] = math.inf
    return math.sqrt(squares.min())
