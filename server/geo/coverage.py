"""How much of a route was walked: the share of a line that lies near a track.

What lies in a gap of the track was not measured: it counts neither for nor against, so the share is a lower bound.
"""

from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from server.geo import track
from server.geo.track import Track

Array = NDArray[np.float64]

NEAR_M = 30.0
"""So near a route somebody walks on it: a village street with its verges, and a phone's usual error."""


def share(route: Array, pieces: Sequence[Track], *, near_m: float = NEAR_M) -> float | None:
    """The share (0 to 1) of a route, (n, 2) in WGS-84, within `near_m` of the pieces of a track; None without any.

    A piece of one fix is a point; a route of no length has none either.
    """
    if not pieces or len(route) < 2:
        return None
    plane = track.plane_m(np.concatenate([route, *(piece.lnglat for piece in pieces)]))
    line = LineString(plane[: len(route)])
    if line.length == 0.0:
        return None
    near = shapely.union_all([_around(part, near_m) for part in _parts(plane[len(route) :], pieces)])
    return float(min(1.0, line.intersection(near).length / line.length))


def _parts(plane: Array, pieces: Sequence[Track]) -> list[Array]:
    """The pieces on the plane."""
    return np.split(plane, np.cumsum([len(piece) for piece in pieces])[:-1])


def _around(part: Array, near_m: float) -> shapely.Geometry:
    """All that lies near a piece."""
    shape = shapely.Point(part[0]) if len(part) == 1 else LineString(part)
    return shape.buffer(near_m)
