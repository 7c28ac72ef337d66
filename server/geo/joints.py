"""Where areas of one kind meet: parts that two of them claim, and parts that none does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from shapely.ops import split

from server.geo import measure

LEAST_M2: Final = 100.0
"""Less than that is how two people draw one line, not a mistake."""


@dataclass(frozen=True, slots=True)
class Joint:
    """A part claimed twice (two `members`, by their place in what was given) or by nobody (none), in square metres."""

    members: tuple[int, ...]
    shape: MultiPolygon
    area_m2: float


def overlaps(shapes: Sequence[BaseGeometry], *, least_m2: float = LEAST_M2) -> list[Joint]:
    """What each two of the shapes (WGS-84, valid) have in common, from `least_m2` on."""
    tree = shapely.STRtree(shapes)
    ones, others = tree.query(shapes, predicate="intersects")
    pairs = [(int(one), int(other)) for one, other in zip(ones, others, strict=True) if one < other]
    made = shapely.intersection([shapes[one] for one, _ in pairs], [shapes[other] for _, other in pairs])
    return [joint for pair, part in zip(pairs, made, strict=True) if (joint := _joint(pair, part, least_m2))]


def gaps(
    shapes: Sequence[BaseGeometry],
    within: BaseGeometry | None,
    *,
    beside: Sequence[BaseGeometry] = (),
    least_m2: float = LEAST_M2,
) -> list[Joint]:
    """What none of the shapes covers of `within`; without one, what they enclose and leave out. Each part by itself.

    What lies `beside` them covers as well, but encloses nothing.
    """
    if not len(shapes):
        return []
    covered = shapely.union_all(shapes)
    whole = _filled(covered) if within is None else within
    parts = shapely.get_parts(shapely.difference(whole, shapely.union_all([covered, *beside])))
    return [joint for part in parts if (joint := _joint((), part, least_m2))]


def changed(old: BaseGeometry, new: BaseGeometry) -> tuple[MultiPolygon, MultiPolygon]:
    """What a boundary gained, and what it lost."""
    return _areas(shapely.difference(new, old)), _areas(shapely.difference(old, new))


def _joint(members: tuple[int, ...], part: BaseGeometry, least_m2: float) -> Joint | None:
    """A part as a joint; None for one that is a line, or too small to speak of."""
    shape = _areas(part)
    area_m2 = 0.0 if shape.is_empty else measure.area_m2(shape)
    return Joint(members, shape, area_m2) if area_m2 >= least_m2 else None


def _areas(shape: BaseGeometry) -> MultiPolygon:
    """The areas of a shape, without the points and lines where neighbours merely touch."""
    parts = np.atleast_1d(shapely.get_parts(shapely.get_parts(shape)))
    return MultiPolygon([part for part in parts if isinstance(part, Polygon) and part.area > 0.0])


def _filled(shape: BaseGeometry) -> BaseGeometry:
    """A shape without its holes."""
    return shapely.union_all([Polygon(part.exterior) for part in shapely.get_parts(shape)])


def cut(shape: BaseGeometry, line: LineString) -> list[MultiPolygon]:
    """The pieces into which a line cuts a shape, the largest first; one where it does not go right through."""
    found = [piece for part in shapely.get_parts(shape) for piece in split(part, line).geoms]
    parts = [part for part in found if isinstance(part, Polygon)]
    return [MultiPolygon([part]) for part in sorted(parts, key=lambda part: -part.area)]
