"""Conversions against the vendors' own values, against themselves and back, and at the edge of the box."""

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.geo import datum, measure
from server.geo.datum import Array, Datum

DISGUISED = [Datum.GCJ02, Datum.BD09]
NAMES = {"WGS84": Datum.WGS84, "GCJ02": Datum.GCJ02, "BD09": Datum.BD09}
HANGZHOU = {"lng": 120.155070, "lat": 30.274085}


@pytest.fixture(scope="module")
def vectors(shared_data: Path) -> list[dict[str, Any]]:
    """Values published by map vendors and by independent implementations, with a tolerance each."""
    read: list[dict[str, Any]] = json.loads((shared_data / "datum_vectors.json").read_text(encoding="utf-8"))
    return read


def test_every_published_value_is_met_within_its_tolerance(vectors: list[dict[str, Any]]) -> None:
    assert vectors
    for vector in vectors:
        source, target = NAMES[vector["from"]], NAMES[vector["to"]]
        lng, lat = datum.convert_point(lng=vector["lon"], lat=vector["lat"], source=source, target=target)
        off_m = measure.distance_m(lng=lng, lat=lat, to_lng=vector["exp_lon"], to_lat=vector["exp_lat"])
        assert off_m <= vector["tol_m"], vector


@pytest.mark.parametrize(("disguise", "count"), [(Datum.GCJ02, 1_000_000), (Datum.BD09, 200_000)])
def test_a_million_points_come_back_within_a_micrometre(disguise: Datum, count: int) -> None:
    somewhere = np.random.default_rng(20261121).uniform((72.004, 0.8293), (137.8347, 55.8271), (count, 2))
    there = datum.convert(somewhere, source=Datum.WGS84, target=disguise)
    assert _largest_gap_m(somewhere, datum.convert(there, source=disguise, target=Datum.WGS84)) <= 1e-6


@pytest.mark.parametrize("disguise", DISGUISED)
def test_points_beside_the_meridian_where_the_shift_is_steep_come_back(disguise: Datum) -> None:
    near = 10.0 ** np.random.default_rng(1).uniform(-15.0, -3.0, 20_000)
    points = np.column_stack((105.0 + near * np.tile((-1.0, 1.0), 10_000), np.linspace(18.0, 53.0, 20_000)))
    there = datum.convert(points, source=Datum.WGS84, target=disguise)
    assert _largest_gap_m(points, datum.convert(there, source=disguise, target=Datum.WGS84)) <= 1e-6


def test_the_gap_to_gcj02_is_hundreds_of_metres_and_to_bd09_more_than_a_thousand() -> None:
    gaps = [_gap_from_wgs84_m(disguise) for disguise in DISGUISED]
    assert 300.0 < gaps[0] < 700.0
    assert 1_000.0 < gaps[1] < 1_500.0


def test_cgcs2000_is_wgs84() -> None:
    for source, target in ((Datum.CGCS2000, Datum.WGS84), (Datum.WGS84, Datum.CGCS2000)):
        assert datum.convert_point(**HANGZHOU, source=source, target=target) == tuple(HANGZHOU.values())


@pytest.mark.parametrize("source", Datum)
@pytest.mark.parametrize("target", Datum)
@given(lng=st.floats(-180.0, 180.0), lat=st.floats(-90.0, 90.0))
@settings(max_examples=25, deadline=None)
def test_one_point_and_an_array_agree(source: Datum, target: Datum, lng: float, lat: float) -> None:
    one = datum.convert_point(lng=lng, lat=lat, source=source, target=target)
    many = datum.convert(np.array([[lng, lat]]), source=source, target=target)[0]
    assert np.abs(many - one).max() < 1e-11


@pytest.mark.parametrize("disguise", DISGUISED)
@given(lng=st.floats(72.004, 137.8347), lat=st.floats(0.8293, 55.8271))
@settings(max_examples=200, deadline=None)
def test_whatever_was_shifted_inside_the_box_comes_back_even_from_outside_it(
    disguise: Datum, lng: float, lat: float
) -> None:
    there = datum.convert_point(lng=lng, lat=lat, source=Datum.WGS84, target=disguise)
    back = datum.convert_point(lng=there[0], lat=there[1], source=disguise, target=Datum.WGS84)
    assert measure.distance_m(lng=back[0], lat=back[1], to_lng=lng, to_lat=lat) <= 1e-6


def test_the_very_edge_of_the_box_comes_back_to_the_very_edge() -> None:
    edge = np.linspace(0.0, 1.0, 400)[:, np.newaxis]
    corners = np.array([(72.004, 0.8293), (137.8347, 0.8293), (137.8347, 55.8271), (72.004, 55.8271)])
    rim = np.vstack([a + edge * (b - a) for a, b in zip(corners, np.roll(corners, -1, axis=0), strict=True)])
    rim = np.clip(rim, corners[0], corners[2])
    there = datum.convert(rim, source=Datum.WGS84, target=Datum.GCJ02)
    back = datum.convert(there, source=Datum.GCJ02, target=Datum.WGS84)
    assert _largest_gap_m(rim, back) <= 1e-6
    again = datum.convert(back, source=Datum.WGS84, target=Datum.GCJ02)
    assert _largest_gap_m(there, again) <= 1e-6


@pytest.mark.parametrize(
    ("lng", "lat"), [(71.9, 30.0), (137.9, 30.0), (100.0, 0.7), (100.0, 55.9), (-122.4, 37.8), (183.0, 45.0)]
)
def test_outside_the_box_gcj02_is_wgs84_both_ways(lng: float, lat: float) -> None:
    for source, target in ((Datum.WGS84, Datum.GCJ02), (Datum.GCJ02, Datum.WGS84)):
        assert datum.convert_point(lng=lng, lat=lat, source=source, target=target) == (lng, lat)
        assert datum.convert(np.array([[lng, lat]]), source=source, target=target).tolist() == [[lng, lat]]


def test_what_no_shift_can_have_made_is_left_as_it_is() -> None:
    just_inside = (72.00401, 30.0)  # the shift there is eastwards, so nothing inside the box lands on it
    lng, lat = just_inside
    assert datum.convert_point(lng=lng, lat=lat, source=Datum.WGS84, target=Datum.GCJ02)[0] > lng
    assert datum.convert_point(lng=lng, lat=lat, source=Datum.GCJ02, target=Datum.WGS84) == just_inside


@pytest.mark.parametrize("bad", [(math.nan, 30.0), (120.0, math.inf), (-math.inf, math.nan)])
@pytest.mark.parametrize("target", Datum)
def test_what_is_no_number_stays_what_it_is_and_disturbs_nobody(
    bad: tuple[float, float], target: Datum
) -> None:
    lng, lat = bad
    for source in Datum:
        both = datum.convert(np.array([bad, (120.15507, 30.274085)]), source=source, target=target)
        np.testing.assert_array_equal(both[0], bad)
        alone = datum.convert_point(**HANGZHOU, source=source, target=target)
        np.testing.assert_allclose(both[1], alone, atol=1e-11)
        same = datum.convert_point(lng=lng, lat=lat, source=source, target=target)
        np.testing.assert_array_equal(same, bad)


def test_the_origin_of_the_grid_has_a_bd09_too() -> None:
    lng, lat = datum.convert_point(lng=0.0, lat=0.0, source=Datum.GCJ02, target=Datum.BD09)
    assert (lng, lat) == pytest.approx((0.0065, 0.006), abs=1e-4)


def test_the_callers_array_is_left_alone() -> None:
    given_points = np.array([[120.0, 30.0]])
    datum.convert(given_points, source=Datum.GCJ02, target=Datum.WGS84)
    assert given_points.tolist() == [[120.0, 30.0]]


def test_whole_degrees_are_positions_too() -> None:
    moved = datum.convert(np.array([[120, 30]]), source=Datum.WGS84, target=Datum.GCJ02)
    one = datum.convert_point(lng=120.0, lat=30.0, source=Datum.WGS84, target=Datum.GCJ02)
    np.testing.assert_allclose(moved[0], one, atol=1e-11)


def test_no_points_are_no_points() -> None:
    assert datum.convert(np.empty((0, 2)), source=Datum.BD09, target=Datum.WGS84).shape == (0, 2)


@pytest.mark.parametrize("shape", [(2,), (2, 3), (1, 2, 2)])
def test_an_array_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="must be an"):
        datum.convert(np.zeros(shape), source=Datum.WGS84, target=Datum.GCJ02)


def _gap_from_wgs84_m(disguise: Datum) -> float:
    lng, lat = datum.convert_point(**HANGZHOU, source=Datum.WGS84, target=disguise)
    return measure.distance_m(**HANGZHOU, to_lng=lng, to_lat=lat)


def _largest_gap_m(these: Array, those: Array) -> float:
    """An upper bound: no degree is longer than 111.7 km."""
    return float(np.abs(these - those).sum(axis=1).max()) * 111_700.0
