"""What is mended, what is refused, and that both say so."""

import math
import struct
import time

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box
from shapely.geometry.base import BaseGeometry

from server.geo import datum, measure, polygon
from server.geo.datum import Datum
from server.geo.polygon import GeometryError, Mend

SQUARE = box(120.0, 30.0, 120.1, 30.1)


def mended(wkt: str) -> polygon.Mended:
    return polygon.to_multipolygon(shapely.from_wkt(wkt))


def refused(geometry: BaseGeometry | bytes | None, max_vertices: int = polygon.MAX_VERTICES) -> str:
    with pytest.raises(GeometryError) as caught:
        polygon.to_multipolygon(geometry, max_vertices=max_vertices)
    assert caught.value.zh.endswith("。")
    assert caught.value.en
    return caught.value.code


def test_a_good_polygon_comes_back_as_it_was() -> None:
    made = polygon.to_multipolygon(SQUARE)
    assert made.multipolygon.equals_exact(MultiPolygon([SQUARE]))
    assert made.repairs == ()


def test_a_hole_stays_a_hole() -> None:
    made = mended(
        "POLYGON ((120 30, 121 30, 121 31, 120 31, 120 30), (120.2 30.2, 120.2 30.4, 120.4 30.4, 120.2 30.2))"
    )
    assert made.repairs == ()
    assert len(made.multipolygon.geoms[0].interiors) == 1
    assert not made.multipolygon.covers(Point(120.25, 30.3))


def test_a_bow_tie_becomes_two_triangles_and_says_so() -> None:
    made = mended("POLYGON ((120 30, 121 31, 121 30, 120 31, 120 30))")
    assert made.repairs == (Mend.SELF_INTERSECTION,)
    assert made.multipolygon.area == pytest.approx(0.5)


def test_parts_that_overlap_are_joined_and_not_cut_out_of_each_other() -> None:
    made = polygon.to_multipolygon(MultiPolygon([SQUARE, box(120.05, 30.05, 120.15, 30.15)]))
    assert made.repairs == (Mend.OVERLAP,)
    assert made.multipolygon.area == pytest.approx(0.0175)


def test_a_part_inside_another_is_swallowed_and_makes_no_hole() -> None:
    made = polygon.to_multipolygon(MultiPolygon([SQUARE, box(120.04, 30.04, 120.06, 30.06)]))
    assert made.repairs == (Mend.OVERLAP,)
    assert made.multipolygon.covers(Point(120.05, 30.05))


def test_a_hole_that_lies_outside_is_mended() -> None:
    made = mended("POLYGON ((120 30, 121 30, 121 31, 120 31, 120 30), (125 30, 126 30, 126 31, 125 30))")
    assert made.repairs == (Mend.HOLES,)


def test_a_spike_is_cut_off() -> None:
    made = mended("POLYGON ((120 30, 121 30, 121 31, 121 32, 121 31, 120 31, 120 30))")
    assert made.repairs == (Mend.SELF_INTERSECTION,)
    assert made.multipolygon.bounds == (120.0, 30.0, 121.0, 31.0)


def test_a_part_without_area_is_dropped_beside_a_good_one() -> None:
    made = mended("MULTIPOLYGON (((120 30, 121 30, 121 31, 120 30)), ((125 30, 126 30, 125 30, 125 30)))")
    assert made.repairs == (Mend.REPEATED_POINTS_DROPPED, Mend.COLLAPSED_DROPPED)
    assert len(made.multipolygon.geoms) == 1


def test_splinters_that_mending_leaves_are_dropped_but_small_islands_stay() -> None:
    overshot = [(120.0, 30.0), (120.1, 30.0), (120.1, 30.1), (119.9999999, 30.1), (120.0, 30.1000001)]
    made = polygon.to_multipolygon(Polygon(overshot))
    assert made.repairs == (Mend.SELF_INTERSECTION, Mend.SLIVERS_DROPPED)
    assert len(made.multipolygon.geoms) == 1
    rock = box(121.0, 30.0, 121.000001, 30.000001)
    assert len(polygon.to_multipolygon(MultiPolygon([SQUARE, rock])).multipolygon.geoms) == 2


def test_heights_are_dropped_and_said() -> None:
    made = mended("POLYGON Z ((120 30 5, 121 30 5, 121 31 5, 120 30 5))")
    assert made.repairs == (Mend.HEIGHT_DROPPED,)
    assert not made.multipolygon.has_z


def test_measures_are_dropped_and_said() -> None:
    made = mended("POLYGON M ((120 30 5, 121 30 5, 121 31 5, 120 30 5))")
    assert made.repairs == (Mend.HEIGHT_DROPPED,)
    assert not made.multipolygon.has_m


def test_repeated_vertices_are_dropped_and_said() -> None:
    made = mended("POLYGON ((120 30, 121 30, 121 30, 121 31, 120 30))")
    assert made.repairs == (Mend.REPEATED_POINTS_DROPPED,)
    assert shapely.get_num_coordinates(made.multipolygon) == 4


def test_a_ring_that_runs_the_wrong_way_is_turned_and_said() -> None:
    made = polygon.to_multipolygon(box(120.0, 30.0, 120.1, 30.1, ccw=False))
    assert made.repairs == (Mend.ORIENTATION,)
    assert made.multipolygon.geoms[0].exterior.is_ccw


def test_an_open_ring_is_closed_and_said() -> None:
    made = polygon.to_multipolygon(_open_ring([(120.0, 30.0), (121.0, 30.0), (121.0, 31.0)]))
    assert made.repairs == (Mend.RING_CLOSED,)
    assert made.multipolygon.area == pytest.approx(0.5)


def test_the_polygons_of_a_collection_are_taken_and_its_label_is_dropped() -> None:
    nested = GeometryCollection([Point(120.0, 30.0), GeometryCollection([SQUARE, MultiPolygon([_far()])])])
    made = polygon.to_multipolygon(nested)
    assert made.repairs == (Mend.NOT_AREA_DROPPED,)
    assert len(made.multipolygon.geoms) == 2


@pytest.mark.parametrize("mend", Mend)
def test_every_mend_is_a_sentence_in_both_languages(mend: Mend) -> None:
    assert mend.zh.endswith("。")
    assert mend.en.endswith(".")


@pytest.mark.parametrize("shape", [None, Polygon(), MultiPolygon(), GeometryCollection(), Point()])
def test_nothing_is_refused(shape: BaseGeometry | None) -> None:
    assert refused(shape) == "empty"


@pytest.mark.parametrize(
    "shape",
    [
        Point(120.0, 30.0),
        LineString([(120.0, 30.0), (121.0, 30.0)]),
        GeometryCollection([Point(120.0, 30.0), LineString([(120.0, 30.0), (121.0, 30.0)])]),
    ],
)
def test_points_and_lines_are_refused(shape: BaseGeometry) -> None:
    assert refused(shape) == "not_polygon"


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_coordinates_that_are_no_numbers_are_refused(bad: float) -> None:
    rows = [(120.0, 30.0), (121.0, bad), (121.0, 31.0), (120.0, 30.0)]
    assert refused(_open_ring(rows)) == "not_finite"


@pytest.mark.parametrize("shape", [box(30.0, 120.0, 31.0, 121.0), box(500_000.0, 0.0, 500_100.0, 80.0)])
def test_swapped_and_projected_coordinates_are_refused(shape: Polygon) -> None:
    assert refused(shape) == "absurd_coordinates"


@pytest.mark.parametrize("line", [[(120, 30), (121, 30), (122, 30)], [(120, 30), (121, 30), (120, 30)]])
def test_what_has_no_area_is_refused(line: list[tuple[float, float]]) -> None:
    assert refused(Polygon(line)) == "no_area"


def test_damaged_bytes_are_refused() -> None:
    assert refused(SQUARE.wkb[:40]) == "unreadable"


def test_too_many_vertices_are_refused_by_the_given_limit() -> None:
    assert refused(SQUARE, max_vertices=4) == "too_many_vertices"
    assert polygon.to_multipolygon(SQUARE, max_vertices=5).repairs == ()


def test_a_polygon_of_a_million_vertices_is_refused_before_any_work() -> None:
    turns = np.linspace(0.0, 2.0 * math.pi, 1_000_000, endpoint=False)
    round_place = Polygon(np.column_stack((120.0 + np.cos(turns), 30.0 + np.sin(turns))))
    began = time.perf_counter()
    assert refused(round_place) == "too_many_vertices"
    assert time.perf_counter() - began < 0.2


def test_a_tangle_is_refused_before_mending_it_takes_minutes() -> None:
    tangle = Polygon(np.random.default_rng(7).uniform((120.0, 30.0), (121.0, 31.0), (3_000, 2)))
    began = time.perf_counter()
    assert refused(tangle) == "too_tangled"
    assert time.perf_counter() - began < 2.0


def test_every_vertex_is_moved_by_the_datum_and_none_is_added() -> None:
    disguised = polygon.to_multipolygon(SQUARE.difference(box(120.04, 30.04, 120.06, 30.06))).multipolygon
    moved = polygon.convert_datum(disguised, source=Datum.GCJ02).multipolygon
    expected = datum.convert(shapely.get_coordinates(disguised), source=Datum.GCJ02, target=Datum.WGS84)
    np.testing.assert_array_equal(shapely.get_coordinates(moved), expected)
    assert len(moved.geoms[0].interiors) == 1


def test_a_shape_that_the_datum_folds_is_mended_and_says_so() -> None:
    dented = Polygon([(120.0, 30.0), (120.2, 30.0), (120.2, 30.2), (120.1, 30.000001), (120.0, 30.2)])
    dented_below = shapely.transform(dented, lambda lnglat: lnglat * (1.0, -1.0) + (0.0, 60.0))
    moved = [
        polygon.convert_datum(MultiPolygon([shape]), source=Datum.GCJ02) for shape in (dented, dented_below)
    ]
    assert sorted(each.repairs for each in moved) == [(), (Mend.SELF_INTERSECTION,)]
    assert all(each.multipolygon.is_valid for each in moved)


def test_plane_coordinates_are_placed_on_the_earth_first() -> None:
    plane = shapely.transform(SQUARE, lambda lnglat: lnglat * 100_000.0)
    made = polygon.to_multipolygon(plane, unproject=lambda xy: xy / 100_000.0)
    assert made.multipolygon.bounds == pytest.approx(SQUARE.bounds)


@given(
    st.lists(
        st.tuples(st.integers(0, 8), st.integers(0, 8)).map(lambda at: (120.0 + at[0] / 8, 30.0 + at[1] / 8)),
        min_size=3,
        max_size=14,
    )
)
@settings(max_examples=100, deadline=None)
def test_whatever_is_drawn_becomes_valid_or_is_refused(corners: list[tuple[float, float]]) -> None:
    made = _made_or_code(Polygon(corners))
    if isinstance(made, str):
        assert made == "no_area"
        assert not Polygon(corners).is_valid
        return
    assert made.multipolygon.is_valid
    assert measure.area_m2(made.multipolygon) > 0.0
    assert (made.repairs == ()) == MultiPolygon([Polygon(corners)]).equals_exact(made.multipolygon)


def _open_ring(rows: list[tuple[float, float]]) -> bytes:
    """WKB of a polygon whose ring is just these rows, closed or not."""
    flat = [number for row in rows for number in row]
    return struct.pack(f"<BIII{len(flat)}d", 1, 3, 1, len(rows), *flat)


def _made_or_code(shape: Polygon) -> polygon.Mended | str:
    try:
        return polygon.to_multipolygon(shape)
    except GeometryError as failure:
        return failure.code


def _far() -> Polygon:
    return box(121.0, 30.0, 121.1, 30.1)
