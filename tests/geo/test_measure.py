"""Lengths, directions and areas against values that can be known without pyproj."""

import math

import numpy as np
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from server.geo import measure

QUARTER_MERIDIAN_M = 10_001_965.729
EQUATOR_M = 2.0 * math.pi * 6_378_137.0


def test_a_quarter_of_the_meridian_is_as_long_as_the_tables_say() -> None:
    assert measure.distance_m(lng=0.0, lat=0.0, to_lng=0.0, to_lat=90.0) == pytest.approx(
        QUARTER_MERIDIAN_M, abs=0.001
    )


def test_a_degree_of_the_equator_is_a_360th_of_it() -> None:
    assert measure.distance_m(lng=100.0, lat=0.0, to_lng=101.0, to_lat=0.0) == pytest.approx(EQUATOR_M / 360)


def test_many_distances_are_the_single_ones() -> None:
    starts, ends = np.array([[120.0, 30.0], [121.0, 31.0]]), np.array([[120.5, 30.5], [90.0, 45.0]])
    singles = [
        measure.distance_m(lng=a[0], lat=a[1], to_lng=b[0], to_lat=b[1])
        for a, b in zip(starts, ends, strict=True)
    ]
    assert measure.distances_m(starts, ends).tolist() == singles


def test_many_places_are_measured_from_one() -> None:
    ring = np.array([[120.0, 30.1], [120.0, 29.9]])
    assert measure.distances_m(np.array([120.0, 30.0]), ring) == pytest.approx(11_085.0, abs=5.0)


def test_bearings_run_from_north_over_east() -> None:
    around = np.array([[120.0, 31.0], [121.0, 30.0], [120.0, 29.0], [119.0, 30.0]])
    bearings = measure.bearings_deg(np.array([120.0, 30.0]), around)
    assert bearings == pytest.approx([0.0, 90.0, 180.0, 270.0], abs=0.3)


def test_speed_is_length_by_time_whichever_way_time_runs() -> None:
    walk = np.array([[120.0, 30.0], [120.001, 30.0], [120.0, 30.0]])
    length_m = measure.distance_m(lng=120.0, lat=30.0, to_lng=120.001, to_lat=30.0)
    speeds = measure.speeds_mps(walk, np.array([100.0, 150.0, 130.0]))
    assert speeds == pytest.approx([length_m / 50.0, length_m / 20.0])


def test_two_places_at_one_instant_are_infinitely_fast_and_one_place_is_still() -> None:
    walk = np.array([[120.0, 30.0], [120.001, 30.0], [120.001, 30.0]])
    assert measure.speeds_mps(walk, np.array([5.0, 5.0, 5.0])).tolist() == [math.inf, 0.0]


def test_a_single_fix_has_no_speed() -> None:
    assert measure.speeds_mps(np.array([[120.0, 30.0]]), np.array([5.0])).shape == (0,)


def test_a_hole_is_taken_out_whichever_way_the_rings_run() -> None:
    whole, hole = box(120.0, 30.0, 120.1, 30.1, ccw=False), box(120.02, 30.02, 120.04, 30.04, ccw=False)
    pierced = Polygon(whole.exterior.coords, [hole.exterior.coords])
    assert measure.area_m2(pierced) == pytest.approx(measure.area_m2(whole) - measure.area_m2(hole))


def test_the_parts_of_an_area_add_up() -> None:
    one, two = box(120.0, 30.0, 120.1, 30.1), box(121.0, 30.0, 121.1, 30.1, ccw=False)
    together = measure.area_m2(MultiPolygon([one, two]))
    assert together == pytest.approx(2.0 * measure.area_m2(one))


def test_an_eighth_of_the_globe_is_an_eighth_of_its_surface() -> None:
    octant = box(0.0, 0.0, 90.0, 90.0)
    assert measure.area_m2(octant) == pytest.approx(510_065_621_724_088.0 / 8.0, rel=1e-9)


@pytest.mark.parametrize(
    ("lng", "lat", "valid"),
    [
        (120.0, 30.0, True),
        (-180.0, -90.0, True),
        (180.0, 90.0, True),
        (0.0, 948.0, False),
        (180.1, 0.0, False),
        (math.nan, 0.0, False),
        (0.0, math.inf, False),
    ],
)
def test_a_position_is_on_the_globe_or_it_is_none(lng: float, lat: float, valid: bool) -> None:
    assert measure.valid_position(lng=lng, lat=lat) is valid
    assert measure.valid_positions(np.array([[lng, lat], [1.0, 1.0]])).tolist() == [valid, True]


@pytest.mark.parametrize("lat", [3.0, 30.0, 53.0])
def test_metres_apart_are_nearly_the_geodesics(lat: float) -> None:
    around = np.random.default_rng(5).uniform(-0.4, 0.4, (500, 2)) + np.array([110.0, lat])
    exact = measure.distances_m(around, np.array([110.0, lat]))
    assert measure.apart_m(around, lng=110.0, lat=lat) == pytest.approx(exact, rel=1e-4)
