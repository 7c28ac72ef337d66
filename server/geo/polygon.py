"""A boundary in, as people have drawn it; a valid MultiPolygon with its holes out, or the reason why not.

What can be mended without guessing is mended, and every mend is named: who publishes a boundary reads what
was done to it. What is not an area, or not on the earth, is refused with a `GeometryError`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from server.geo import datum, measure
from server.geo.datum import Array, Datum

MAX_VERTICES: Final = 200_000
_SLIVER_M2: Final = 1.0
_MAX_CROSSINGS: Final = 10_000
_MANY: Final = 20_000  # vertices from which even asking whether a tangle is valid takes long


class Mend(StrEnum):
    """What was done to a boundary to make it whole; the value is the stable code, `zh` and `en` say it."""

    RING_CLOSED = "ring_closed"
    HEIGHT_DROPPED = "height_dropped"
    NOT_AREA_DROPPED = "not_area_dropped"
    REPEATED_POINTS_DROPPED = "repeated_points_dropped"
    SELF_INTERSECTION = "self_intersection"
    HOLES = "holes"
    OVERLAP = "overlap"
    COLLAPSED_DROPPED = "collapsed_dropped"
    SLIVERS_DROPPED = "slivers_dropped"
    ORIENTATION = "orientation"

    @property
    def zh(self) -> str:
        """The mend as a Chinese sentence."""
        return _MEND_SENTENCES[self][0]

    @property
    def en(self) -> str:
        """The mend as an English sentence."""
        return _MEND_SENTENCES[self][1]


_MEND_SENTENCES: Final = {
    Mend.RING_CLOSED: (
        "边界线没有首尾相接，已闭合。",
        "A boundary line did not end where it began; it was closed.",
    ),
    Mend.HEIGHT_DROPPED: (
        "已去掉高程，只保留平面位置。",
        "Heights were dropped; only the position in the plane is kept.",
    ),
    Mend.NOT_AREA_DROPPED: (
        "已去掉不是面的部分（点、线）。",
        "Parts that are not areas (points, lines) were dropped.",
    ),
    Mend.REPEATED_POINTS_DROPPED: ("已去掉重复的顶点。", "Repeated vertices were dropped."),
    Mend.SELF_INTERSECTION: (
        "边界线自相交，已在交点处拆开。",
        "The boundary crossed itself; it was taken apart there.",
    ),
    Mend.HOLES: (
        "内部空洞的位置有误，已修正。",
        "A hole lay outside its area or inside another hole; it was mended.",
    ),
    Mend.OVERLAP: ("有部分互相重叠，已合并。", "Parts lay over each other; they were joined."),
    Mend.COLLAPSED_DROPPED: ("已去掉没有面积的部分。", "Parts without any area were dropped."),
    Mend.SLIVERS_DROPPED: (
        "已去掉修正后不足 1 平方米的碎片。",
        "Splinters under 1 m² that mending had left were dropped.",
    ),
    Mend.ORIENTATION: (
        "边界线的绕向已按标准调整。",
        "The direction in which the boundary runs was put right.",
    ),
}


class GeometryError(ValueError):
    """A geometry that cannot become an area: `code` is stable, `zh` and `en` are sentences."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        """Keep the code and both sentences."""
        super().__init__(en)
        self.code = code
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Mended:
    """A valid MultiPolygon, two-dimensional, outer rings counter-clockwise, and what was done to it."""

    multipolygon: MultiPolygon
    repairs: tuple[Mend, ...]


def to_multipolygon(
    geometry: BaseGeometry | bytes | None,
    *,
    max_vertices: int = MAX_VERTICES,
    unproject: Callable[[Array], Array] | None = None,
) -> Mended:
    """Make a valid MultiPolygon, in longitude and latitude, of a geometry or of its WKB.

    Polygons, multipolygons and collections with at least one of them are taken. `unproject` turns (n, 2)
    plane coordinates into longitudes and latitudes where the shape is not in them already. Raises
    `GeometryError` with the code `empty`, `unreadable`, `not_polygon`, `too_many_vertices`, `not_finite`,
    `absurd_coordinates`, `too_tangled` or `no_area`. What is too large is refused before any other work.
    """
    shape, closed = _parsed(geometry)
    _ensure_size(shape, max_vertices)
    if unproject is not None:
        shape = shapely.transform(shape, unproject)
    _ensure_on_earth(shape)
    flat, flattened = _flattened(shape)
    whole, mended = _made_valid(flat)
    if not whole.area > 0.0:
        raise GeometryError("no_area", "这个图形没有面积。", "This shape has no area.")
    oriented, turned = _oriented(whole)
    return Mended(oriented, (*closed, *flattened, *mended, *(() if mended else turned)))


def convert_datum(multipolygon: MultiPolygon, *, source: Datum) -> Mended:
    """Move every vertex of a valid MultiPolygon from `source` to WGS-84.

    Vertices move by some metres more or less than the edges between others, so what was thinner than that
    may fold; it is mended and named.
    """
    moved = shapely.transform(
        multipolygon, lambda lnglat: datum.convert(lnglat, source=source, target=Datum.WGS84)
    )
    if moved.is_valid:
        return Mended(moved, ())
    return to_multipolygon(moved, max_vertices=int(shapely.get_num_coordinates(moved)))


def prepare(area: MultiPolygon) -> None:
    """Make asking whether a point is in fast, for some 40 bytes a vertex.

    GEOS builds what it prepares at the first question, and not safely between threads: it is asked here.
    """
    shapely.prepare(area)
    lng, lat = shapely.get_coordinates(area)[0]
    shapely.intersects_xy(area, lng, lat)


def _parsed(geometry: BaseGeometry | bytes | None) -> tuple[BaseGeometry, tuple[Mend, ...]]:
    """The geometry, read from WKB if it is WKB, with open rings closed."""
    if geometry is None:
        raise GeometryError("empty", "没有图形。", "There is no shape.")
    if isinstance(geometry, BaseGeometry):
        return geometry, ()
    with np.errstate(invalid="ignore"):  # a NaN is found and named further down
        try:
            return shapely.from_wkb(geometry), ()
        except shapely.GEOSException:
            return _parsed_leniently(geometry), (Mend.RING_CLOSED,)


def _parsed_leniently(wkb: bytes) -> BaseGeometry:
    fixed = shapely.from_wkb(wkb, on_invalid="fix")
    if fixed is None:
        raise GeometryError("unreadable", "图形数据已损坏，无法读取。", "The shape is damaged.")
    return fixed


def _ensure_size(shape: BaseGeometry, max_vertices: int) -> None:
    vertices = shapely.get_num_coordinates(shape)
    if vertices == 0:
        raise GeometryError("empty", "没有图形。", "There is no shape.")
    ensure_count(int(vertices), max_vertices)


def ensure_count(vertices: int, max_vertices: int) -> None:
    """`GeometryError` for more vertices than are taken; for whoever can count them before making a shape."""
    if vertices > max_vertices:
        raise GeometryError(
            "too_many_vertices",
            f"顶点太多：{vertices} 个，最多 {max_vertices} 个；请先简化。",
            f"Too many vertices: {vertices}, at most {max_vertices}; simplify the shape first.",
        )


def _flattened(shape: BaseGeometry) -> tuple[MultiPolygon, tuple[Mend, ...]]:
    """All polygons of a shape in one MultiPolygon in two dimensions, without repeats of a vertex."""
    leaves = _leaves(shape)
    polygons = [leaf for leaf in leaves if isinstance(leaf, Polygon)]
    if not polygons:
        raise GeometryError(
            "not_polygon",
            "这不是面（是点或线），不能作为区域。",
            "This is not an area but a point or a line.",
        )
    flat = shapely.force_2d(MultiPolygon(polygons))
    tidy = _without_repeats(flat)
    mends = {
        Mend.NOT_AREA_DROPPED: len(polygons) < len(leaves),
        Mend.HEIGHT_DROPPED: bool(shapely.has_z(shape) or shapely.has_m(shape)),
        Mend.REPEATED_POINTS_DROPPED: shapely.get_num_coordinates(tidy) < shapely.get_num_coordinates(flat),
    }
    return tidy, tuple(mend for mend, done in mends.items() if done)


def _without_repeats(flat: MultiPolygon) -> MultiPolygon:
    try:
        return shapely.remove_repeated_points(flat)
    except shapely.GEOSException:  # a ring is one point over and over; mending drops it
        return flat


def _leaves(shape: BaseGeometry) -> list[BaseGeometry]:
    """The non-empty simple parts of a shape, at whatever depth of collections."""
    parts = list(shapely.get_parts(shape))
    while any(hasattr(part, "geoms") for part in parts):
        parts = list(shapely.get_parts(parts))
    return [part for part in parts if not part.is_empty]


def _ensure_on_earth(shape: BaseGeometry) -> None:
    lnglat = shapely.get_coordinates(shape)
    if not np.isfinite(lnglat).all():
        raise GeometryError(
            "not_finite",
            "有的坐标不是数字（NaN 或无穷大）。",
            "A coordinate is not a number (NaN or infinite).",
        )
    if not measure.valid_positions(lnglat).all():
        raise GeometryError(
            "absurd_coordinates",
            "有的坐标不在地球上：经纬度可能颠倒，或是未标明的平面坐标。",
            "A coordinate is not on the earth: longitude and latitude swapped, or an undeclared projection?",
        )


# ── mending ─────────────────────────────────────────────────────────────────────────────────────────────


def _made_valid(flat: MultiPolygon) -> tuple[MultiPolygon, tuple[Mend, ...]]:
    """The same area as a valid MultiPolygon, and what was wrong."""
    if shapely.get_num_coordinates(flat) > _MANY or not flat.is_valid:
        _ensure_not_tangled(flat)
    if flat.is_valid:
        return flat, ()
    reasons = _reasons(flat)
    polygons = [
        part
        for part in _leaves(shapely.make_valid(flat, method="structure", keep_collapsed=False))
        if isinstance(part, Polygon)
    ]
    large = _without_slivers(polygons)
    slivers = (Mend.SLIVERS_DROPPED,) if len(large) < len(polygons) else ()
    return MultiPolygon(large), (*reasons, *slivers)


_REASONS: Final = {
    "Self-intersection": Mend.SELF_INTERSECTION,
    "Ring Self-intersection": Mend.SELF_INTERSECTION,
    "Interior is disconnected": Mend.SELF_INTERSECTION,
    "Hole lies outside shell": Mend.HOLES,
    "Holes are nested": Mend.HOLES,
    "Too few points in geometry component": Mend.COLLAPSED_DROPPED,
}


def _reasons(flat: MultiPolygon) -> tuple[Mend, ...]:
    """What is wrong with each part of an invalid MultiPolygon; if nothing is, they lie over each other."""
    parts = shapely.get_parts(flat)
    said = shapely.is_valid_reason(parts[~shapely.is_valid(parts)])
    found = {_REASONS.get(reason.partition("[")[0], Mend.SELF_INTERSECTION) for reason in said}
    return tuple(sorted(found or {Mend.OVERLAP}))


def _without_slivers(polygons: list[Polygon]) -> list[Polygon]:
    """The polygons of a square metre and more, or the largest if none is."""
    largest = max(polygons, key=lambda polygon: polygon.area, default=None)
    return [part for part in polygons if part is largest or measure.area_m2(part) >= _SLIVER_M2]


def _ensure_not_tangled(flat: MultiPolygon) -> None:
    """Refuse what would take minutes to mend: shapes that meet themselves more often than `_MAX_CROSSINGS`.

    An edge meets itself and its two neighbours; what it meets beyond these counts, a few edges at a time,
    so that the worst shapes are refused first.
    """
    edges = _edges(flat)
    tree, meetings = shapely.STRtree(edges), 0
    for start in range(0, len(edges), 16):
        few = edges[start : start + 16]
        meetings += tree.query(few, predicate="intersects").shape[1] - 3 * len(few)
        if meetings > 2 * _MAX_CROSSINGS:
            raise GeometryError(
                "too_tangled",
                "边界线自相交太多，无法修正；请检查原文件。",
                "The boundary crosses itself too often to be mended; look at the original.",
            )


def _edges(flat: MultiPolygon) -> NDArray[np.object_]:
    """Every edge of every ring as a line of its own."""
    lnglat, ring = shapely.get_coordinates(shapely.get_rings(shapely.get_parts(flat)), return_index=True)
    joined = ring[1:] == ring[:-1]
    edges: NDArray[np.object_] = shapely.linestrings(np.stack((lnglat[:-1], lnglat[1:]), axis=1)[joined])
    return edges


def _oriented(whole: MultiPolygon) -> tuple[MultiPolygon, tuple[Mend, ...]]:
    """Outer rings counter-clockwise, holes clockwise (RFC 7946, 3.1.6)."""
    oriented = shapely.orient_polygons(whole)
    same = shapely.equals_identical(oriented, whole)
    return oriented, () if same else (Mend.ORIENTATION,)
