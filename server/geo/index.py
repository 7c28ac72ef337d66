"""Which areas a point lies in or a disc touches: an immutable snapshot of areas, asked for one or for many at once.

**Many discs.** To say exactly how far a point lies from an edge costs some twenty microseconds, and a batch of a
hundred fixes meets five areas each. But the distance to an edge changes by no more than one has moved. So for each
area one disc is measured, and whichever of the others that settles is not; the next of the rest is measured, and so
on. Whoever walks through a county costs one measurement for the county, and a few for the grid they stand in.
"""

import math
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Generic, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Point

from server.geo import measure, polygon
from server.geo.cells import Cells
from server.geo.verdict import Edges, signed_edge_m

Array = NDArray[np.float64]
Positions = NDArray[np.intp]
Key = TypeVar("Key", bound=Hashable)

_LARGE: Final = 1_000  # vertices from which preparing pays for its memory
_EDGES_HELD: Final = 1_000
_DEGREE_M: Final = 110_500.0  # no degree of latitude is shorter
_SLACK: Final = 1.002  # the edge is known to a thousandth and 0.1 m, a distance as well
_SLACK_M: Final = 0.3
_CELL_DEG: Final = 0.02
_LARGE_M: Final = 1_000.0


@dataclass(frozen=True, slots=True, eq=False)
class AreaIndex(Generic[Key]):
    """Areas in WGS-84 with a key and an interval of validity each. A change is a new snapshot; threads may
    share one.

    All arrays are (n,), in the order given to `build`; answers are positions in them, and `keys[i]` is
    whose area it was. A point on the edge is in.
    """

    keys: tuple[Key, ...]
    areas: NDArray[np.object_]
    valid_from_s: Array
    valid_until_s: Array
    edges: Callable[[int], Edges]
    _tree: shapely.STRtree
    _bounds: Array
    _cells: Cells

    @classmethod
    def build(
        cls,
        areas: Sequence[MultiPolygon] | NDArray[np.object_],
        keys: Sequence[Key],
        *,
        valid_from_s: Array | None = None,
        valid_until_s: Array | None = None,
    ) -> "AreaIndex[Key]":
        """Index n areas. `valid_from_s` and `valid_until_s` are (n,) seconds since the epoch; none means
        for ever.

        Raises `ValueError` when the lengths differ.
        """
        shapes: list[MultiPolygon] = list(areas)
        held = np.empty(len(shapes), dtype=object)
        held[:] = shapes
        since = np.full(len(held), -math.inf) if valid_from_s is None else np.asarray(valid_from_s, float)
        until = np.full(len(held), math.inf) if valid_until_s is None else np.asarray(valid_until_s, float)
        if not len(held) == len(keys) == len(since) == len(until):
            raise ValueError("areas, keys and intervals must be equally many")
        for large in held[shapely.get_num_coordinates(held) > _LARGE]:
            polygon.prepare(large)
        tree = shapely.STRtree(held)
        tree.query(Point(0.0, 0.0))  # the first query builds the tree; from here on it is only read
        edges = lru_cache(maxsize=_EDGES_HELD)(lambda position: Edges.of(shapes[position]))
        bounds = shapely.bounds(held).reshape(-1, 4).T
        return cls(tuple(keys), held, since, until, edges, tree, bounds, Cells.of(bounds))

    def __len__(self) -> int:
        return len(self.keys)

    def is_in_force(self, position: int, at_s: float | None) -> bool:
        """Whether an area is in force at an instant, in seconds since the epoch; always where none is named."""
        return at_s is None or bool(self.valid_from_s[position] <= at_s < self.valid_until_s[position])

    def at(self, *, lng: float, lat: float, at_s: float | None = None) -> list[int]:
        """The positions, ascending, of the areas a WGS-84 point lies in; with `at_s`, of those in force
        then.
        """
        near = self._cells.at(lng=lng, lat=lat)
        return sorted(i for i in near if self.is_in_force(i, at_s) and self._holds(i, lng, lat))

    def at_many(self, lnglat: Array, *, at_s: Array | None = None) -> tuple[Positions, Positions]:
        """All pairs (row of `lnglat`, position of an area it lies in), as two arrays, for (n, 2) WGS-84
        points.

        With `at_s`, (n,) seconds since the epoch, only areas in force at each point's own time. Rows
        ascend.
        """
        point, area = self._tree.query(shapely.points(lnglat))
        inside = shapely.intersects_xy(self.areas[area], lnglat[point, 0], lnglat[point, 1])
        if at_s is not None:
            then = at_s[point]
            inside &= (self.valid_from_s[area] <= then) & (then < self.valid_until_s[area])
        return point[inside], area[inside]

    def touching(self, *, lng: float, lat: float, radius_m: float, at_s: float | None = None) -> list[int]:
        """The positions, ascending, of the areas that a disc around a WGS-84 point touches or lies in."""
        up = radius_m / _DEGREE_M
        across = up / max(math.cos(math.radians(min(abs(lat) + up, 90.0))), 1e-6)
        near = self._tree.query(shapely.box(lng - across, lat - up, lng + across, lat + up))
        candidates = sorted(self._in_force(near, at_s).tolist())
        return [i for i in candidates if signed_edge_m(self.edges(i), lng=lng, lat=lat) >= -radius_m]

    def discs_many(
        self, lnglat: Array, radius_m: Array, *, at_s: Array
    ) -> tuple[Positions, Positions, NDArray[np.bool_]]:
        """All pairs (row, position of an area its disc touches), and whether the disc lies wholly in it, by row.

        n discs around (n, 2) WGS-84 points, radii (n,) in metres, each by the areas in force at its own time, (n,)
        seconds since the epoch. The same answers as `verdict.judge` gives one by one.
        """
        row, area = self._near(_boxes(lnglat, radius_m), _together(lnglat, radius_m))
        then = at_s[row]
        near = (self.valid_from_s[area] <= then) & (then < self.valid_until_s[area])
        row, area = row[near], area[near]
        code = np.empty(len(row), dtype=np.int8)
        for position in np.unique(area):
            pairs = np.flatnonzero(area == position)
            code[pairs] = self._codes(int(position), lnglat[row[pairs]], radius_m[row[pairs]])
        touched = np.flatnonzero(code >= 0)
        order = touched[np.lexsort((area[touched], row[touched]))]
        return row[order], area[order], code[order] > 0

    def _near(self, boxes: Array, begins: Positions) -> tuple[Positions, Positions]:
        """All pairs of n boxes, (4, n), and areas whose own boxes they meet; those that begin at `begins` lie together
        and are asked for at once.
        """
        low, high = (
            np.minimum.reduceat(boxes[:2], begins, axis=1),
            np.maximum.reduceat(boxes[2:], begins, axis=1),
        )
        whole, area = self._tree.query(shapely.box(*low, *high))
        sizes = np.diff(begins, append=boxes.shape[1])[whole]
        first = np.repeat(begins[whole] - np.cumsum(sizes) + sizes, sizes)
        row, area = np.arange(len(first)) + first, np.repeat(area, sizes)
        west, south, east, north = boxes[:, row]
        w, s, e, n = self._bounds[:, area]
        meet = (west <= e) & (w <= east) & (south <= n) & (s <= north)
        return row[meet], area[meet]

    def _codes(self, position: int, lnglat: Array, radius_m: Array) -> NDArray[np.int8]:
        """What n discs are to one area: 1 inside, 0 across its edge, −1 outside."""
        edges, code = self.edges(position), np.zeros(len(lnglat), dtype=np.int8)
        open_ = np.arange(len(lnglat))
        while len(open_):
            lng, lat = lnglat[open_[0]].tolist()
            edge_m, radius = signed_edge_m(edges, lng=lng, lat=lat), float(radius_m[open_[0]])
            code[open_[0]] = 1 if edge_m >= radius else -1 if edge_m < -radius else 0
            open_ = open_[1:]
            moved_m = _SLACK * (measure.apart_m(lnglat[open_], lng=lng, lat=lat) + abs(edge_m)) - abs(edge_m)
            lowest, highest = edge_m - moved_m - _SLACK_M, edge_m + moved_m + _SLACK_M
            inside, outside = lowest >= radius_m[open_], highest < -radius_m[open_]
            across = (lowest >= -radius_m[open_]) & (highest < radius_m[open_])
            code[open_] = inside.astype(np.int8) - outside.astype(np.int8)
            open_ = open_[~(inside | outside | across)]
        return code

    def _holds(self, position: int, lng: float, lat: float) -> bool:
        """Whether a point lies in an area."""
        return bool(shapely.intersects_xy(self.areas[position], lng, lat))

    def _in_force(self, positions: Positions, at_s: float | None) -> Positions:
        if at_s is None:
            return positions
        return positions[(self.valid_from_s[positions] <= at_s) & (at_s < self.valid_until_s[positions])]


def _boxes(lnglat: Array, radius_m: Array) -> Array:
    """Boxes that hold the discs around (n, 2) points: west, south, east and north, (4, n)."""
    up = radius_m / _DEGREE_M
    lat = np.minimum(np.abs(lnglat[:, 1]) + up, 90.0)
    across = up / np.maximum(np.cos(np.radians(lat)), 1e-6)
    lng, lat = lnglat.T
    return np.stack((lng - across, lat - up, lng + across, lat + up))


def _together(lnglat: Array, radius_m: Array) -> Positions:
    """Where in n discs each stretch begins that stays within one cell of a grid; a large disc stands alone."""
    cell, large = np.floor(lnglat / _CELL_DEG), radius_m > _LARGE_M
    other = np.ones(len(lnglat), dtype=np.bool_)
    other[1:] = (np.diff(cell, axis=0) != 0.0).any(axis=1) | large[1:] | large[:-1]
    return np.flatnonzero(other)
