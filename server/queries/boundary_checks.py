"""Boundaries looked at for what is wrong with them: overlaps, gaps, and what a version changed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon
from shapely.geometry.base import BaseGeometry

from server.errors import AreaRefused, NotFound
from server.geo import joints, measure, polygon
from server.geo.joints import Joint
from server.geo.polygon import GeometryError
from server.queries import boundaries
from server.rules import access
from server.rules.access import Actor
from server.rules.areas import PARENT_KINDS

MOST_TOLD = 300
"""So many of the largest are told; how many there are is told too."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """An area in force now."""

    id: int
    name: str
    parent_id: int | None
    shape: BaseGeometry


def joints_of(actor: Actor, kind: str) -> dict[str, Any]:
    """Overlaps and gaps among the areas of a kind in force now, the largest first: `{items, overlaps, gaps}`.

    A gap is what areas of the kind leave of a parent, whether they are entered below it or merely lie there; where
    there is no parent, what they enclose and leave out.
    """
    access.ensure_holds(actor, "area.read")
    drawn = _in_force(kind)
    twice = [(joint, [drawn[place] for place in joint.members]) for joint in _overlaps(drawn)]
    nobodys = [(joint, [above] if above else []) for joint, above in _gaps(kind, drawn)]
    items = [_told("overlap", *each) for each in twice] + [_told("gap", *each) for each in nobodys]
    items.sort(key=lambda item: -item["area_m2"])
    return {"items": items[:MOST_TOLD], "overlaps": len(twice), "gaps": len(nobodys)}


def difference(actor: Actor, area_id: int, old: int, new: int) -> dict[str, Any]:
    """What one version of an area gained and lost against another, in square metres and as GeoJSON; `NotFound`."""
    access.ensure_holds(actor, "area.read")
    before, after = (boundaries.shape_of(area_id, number) for number in (old, new))
    if before is None or after is None:
        raise NotFound
    gained, lost = joints.changed(before, after)
    return {"gained": _part(gained), "lost": _part(lost)}


def pieces(actor: Actor, shape: dict[str, Any], line: list[list[float]]) -> dict[str, Any]:
    """The pieces into which a line cuts a drawn shape, the largest first; `AreaRefused` where it does not cut it."""
    access.ensure_holds(actor, "area.import")
    try:
        whole = polygon.to_multipolygon(shapely.geometry.shape(shape)).multipolygon
        cut = joints.cut(whole, LineString(line))
    except (
        GeometryError,
        shapely.errors.ShapelyError,
        ValueError,
        TypeError,
        LookupError,
        AttributeError,
    ) as error:
        raise AreaRefused(
            why_zh="图形或切分线无法读取", why_en="the shape or the line cannot be read"
        ) from error
    if len(cut) < 2:
        raise AreaRefused(
            why_zh="切分线没有穿过区域，请从边界外画到边界外",
            why_en="the line does not cross the area; draw it from outside to outside",
        )
    return {"items": [_part(piece) for piece in cut]}


def _in_force(kind: str) -> list[Drawn]:
    """The areas of a kind in force now, those of one parent beside each other."""
    rows = [Drawn(row.id, row.name, row.parent_id, shape) for row, shape in boundaries.in_force(kind)]
    return sorted(rows, key=lambda each: (each.parent_id or 0, each.id))


def _overlaps(drawn: Sequence[Drawn]) -> list[Joint]:
    """What two of them claim."""
    return joints.overlaps([each.shape for each in drawn]) if drawn else []


def _gaps(kind: str, drawn: Sequence[Drawn]) -> Iterator[tuple[Joint, Drawn | None]]:
    """What none claims, with the area above that it is a part of."""
    above = {each.id: each for each in _in_force(PARENT_KINDS[kind])} if kind in PARENT_KINDS else {}
    tree = shapely.STRtree([each.shape for each in drawn])
    for parent_id, siblings in groupby(drawn, key=lambda each: each.parent_id):
        parent = above.get(parent_id or 0)
        shapes = [each.shape for each in siblings]
        within = parent.shape if parent else None
        around = shapely.union_all(shapes).convex_hull if within is None else within
        beside = [drawn[place].shape for place in tree.query(around, predicate="intersects")]
        yield from ((joint, parent) for joint in joints.gaps(shapes, within, beside=beside))


def _told(kind: str, joint: Joint, areas: Sequence[Drawn]) -> dict[str, Any]:
    """One overlap or gap: the areas that claim it, or the one that it is a gap of."""
    named = [{"id": each.id, "name": each.name} for each in areas]
    return {"kind": kind, "areas": named, **_part(joint.shape), "area_m2": round(joint.area_m2, 1)}


def _part(shape: MultiPolygon) -> dict[str, Any]:
    """A part of the ground: how large, and where."""
    rounded = shapely.transform(shape, lambda lnglat: np.round(lnglat, boundaries.MAP_DIGITS))
    area_m2 = 0.0 if shape.is_empty else measure.area_m2(shape)
    return {"area_m2": round(area_m2, 1), "geometry": shapely.geometry.mapping(rounded)}
