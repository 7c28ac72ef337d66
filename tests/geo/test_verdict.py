"""Verdicts against a slow computation that shares no code, and where one outcome turns into the next."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from server.geo import measure, verdict
from server.geo.verdict import Edges, Outcome
from tests.geo import slow

LNG, LAT = 120.0, 30.0
SQUARE = MultiPolygon([box(119.99, 29.99, 120.01, 30.01)])
PIERCED = MultiPolygon([Polygon(SQUARE.geoms[0].exterior, [box(119.999, 29.999, 120.001, 30.001).exterior])])
TO_SIDE_M = measure.distance_m(lng=LNG, lat=LAT, to_lng=120.01, to_lat=LAT)

latitudes = st.floats(-85.0, 85.0)
radii = st.lists(st.floats(0.2, 1.0), min_size=3, max_size=12)
sizes_m = st.floats(1.5, 4.7).map(lambda power: 10.0**power)
ways_m = st.floats(-1.0, 5.3).map(lambda power: 10.0**power)


def judged(area: MultiPolygon | Edges, lng: float, lat: float, accuracy_m: float, **more: float) -> Outcome:
    return verdict.judge(area, lng=lng, lat=lat, accuracy_m=accuracy_m, **more).outcome


def test_a_fix_whose_disc_lies_in_the_area_is_inside() -> None:
    assert judged(SQUARE, LNG, LAT, 900.0) == "inside"


def test_a_fix_whose_disc_crosses_the_edge_is_uncertain_from_either_side() -> None:
    assert judged(SQUARE, LNG, LAT, 1_000.0) == "uncertain"
    assert judged(SQUARE, 120.0105, LAT, 100.0) == "uncertain"


def test_a_fix_whose_disc_stays_clear_of_the_area_is_outside() -> None:
    assert judged(SQUARE, 120.0105, LAT, 40.0) == "outside"


def test_a_disc_around_the_whole_area_is_uncertain() -> None:
    assert judged(SQUARE, LNG, LAT, 50_000.0) == "uncertain"


def test_a_disc_that_touches_the_edge_from_within_is_inside() -> None:
    edge_m = verdict.signed_edge_m(SQUARE, lng=LNG, lat=LAT)
    assert judged(SQUARE, LNG, LAT, edge_m) == "inside"
    assert judged(SQUARE, LNG, LAT, math.nextafter(edge_m, math.inf)) == "uncertain"


def test_a_disc_that_touches_the_edge_from_without_is_uncertain() -> None:
    away_m = -verdict.signed_edge_m(SQUARE, lng=120.02, lat=LAT)
    assert judged(SQUARE, 120.02, LAT, away_m) == "uncertain"
    assert judged(SQUARE, 120.02, LAT, math.nextafter(away_m, 0.0)) == "outside"


def test_a_fix_on_the_edge_is_uncertain_however_good_it_is() -> None:
    edge = (120.01, LAT)
    assert abs(verdict.signed_edge_m(SQUARE, lng=edge[0], lat=edge[1])) < 0.1
    assert judged(SQUARE, *edge, 0.5) == "uncertain"


def test_a_fix_on_a_vertex_is_uncertain() -> None:
    assert verdict.signed_edge_m(SQUARE, lng=120.01, lat=30.01) == pytest.approx(0.0, abs=1e-6)
    assert judged(SQUARE, 120.01, 30.01, 0.001) == "uncertain"


def test_the_evidence_is_kept_with_the_outcome() -> None:
    made = verdict.judge(SQUARE, lng=LNG, lat=LAT, accuracy_m=30.0, tolerance_m=15.0)
    assert made == verdict.Verdict(Outcome.INSIDE, made.edge_m, 30.0, 15.0)
    assert made.edge_m == pytest.approx(TO_SIDE_M, abs=0.1)


def test_in_a_hole_is_outside_and_its_rim_is_an_edge() -> None:
    in_hole, beside_hole = (LNG, LAT), (120.0015, LAT)
    assert judged(PIERCED, *in_hole, 50.0) == "outside"
    assert judged(PIERCED, *in_hole, 100.0) == "uncertain"
    assert verdict.signed_edge_m(PIERCED, lng=beside_hole[0], lat=beside_hole[1]) == pytest.approx(
        48.2, abs=0.2
    )
    assert judged(PIERCED, *beside_hole, 40.0) == "inside"
    assert judged(PIERCED, *beside_hole, 50.0) == "uncertain"


def test_between_the_parts_of_an_area_the_nearer_part_counts() -> None:
    parts = MultiPolygon([SQUARE.geoms[0], box(120.03, 29.99, 120.05, 30.01)])
    assert verdict.signed_edge_m(parts, lng=120.012, lat=LAT) == pytest.approx(-193.0, abs=0.5)
    assert verdict.signed_edge_m(parts, lng=120.028, lat=LAT) == pytest.approx(-193.0, abs=0.5)
    assert verdict.signed_edge_m(parts, lng=120.04, lat=LAT) == pytest.approx(TO_SIDE_M, abs=0.1)


def test_the_way_from_one_ring_to_the_next_is_no_edge() -> None:
    parts = MultiPolygon([box(119.9, 30.0, 119.91, 30.01), box(120.1, 30.0, 120.11, 30.01)])
    between = verdict.signed_edge_m(parts, lng=LNG, lat=30.005)
    assert between == pytest.approx(
        -measure.distance_m(lng=LNG, lat=30.005, to_lng=119.91, to_lat=30.005), abs=0.1
    )


def test_a_tolerance_lets_an_honest_fix_into_a_small_place() -> None:
    hall = MultiPolygon([box(119.9998, 29.9998, 120.0002, 30.0002)])
    assert judged(hall, LNG, LAT, 40.0) == "uncertain"
    assert judged(hall, LNG, LAT, 40.0, tolerance_m=25.0) == "inside"


def test_a_tolerance_that_reaches_the_disc_from_without_makes_it_uncertain() -> None:
    assert judged(SQUARE, 120.0105, LAT, 40.0, tolerance_m=5.0) == "outside"
    assert judged(SQUARE, 120.0105, LAT, 40.0, tolerance_m=9.0) == "uncertain"
    assert judged(SQUARE, 120.0105, LAT, 40.0, tolerance_m=89.0) == "inside"


def test_the_tolerance_does_not_change_the_metres_that_are_kept() -> None:
    metres = {
        verdict.judge(SQUARE, lng=120.0105, lat=LAT, accuracy_m=40.0, tolerance_m=tolerance_m).edge_m
        for tolerance_m in (0.0, 9.0, 500.0)
    }
    assert len(metres) == 1


@pytest.mark.parametrize("accuracy_m", [0.0, -5.0, math.nan])
def test_an_accuracy_that_is_no_length_is_not_judged(accuracy_m: float) -> None:
    with pytest.raises(ValueError, match="accuracy"):
        verdict.judge(SQUARE, lng=LNG, lat=LAT, accuracy_m=accuracy_m)


def test_an_empty_area_has_no_edge() -> None:
    with pytest.raises(ValueError, match="empty"):
        Edges.of(MultiPolygon())


@pytest.mark.parametrize(
    ("away_m", "accuracy_m", "tolerance_m", "outcome"),
    [
        (0.0, 100.0, 0.0, "inside"),
        (60.0, 39.0, 0.0, "inside"),
        (60.0, 41.0, 0.0, "uncertain"),
        (60.0, 41.0, 2.0, "inside"),
        (150.0, 51.0, 0.0, "uncertain"),
        (150.0, 49.0, 0.0, "outside"),
        (150.0, 49.0, 2.0, "uncertain"),
        (0.0, 101.0, 0.0, "uncertain"),
    ],
)
def test_a_round_place_is_judged_like_an_area(
    away_m: float, accuracy_m: float, tolerance_m: float, outcome: str
) -> None:
    lng, lat = slow.beside(LNG, LAT, 77.0, away_m)
    made = verdict.judge_circle(
        centre_lng=LNG,
        centre_lat=LAT,
        radius_m=100.0,
        lng=lng,
        lat=lat,
        accuracy_m=accuracy_m,
        tolerance_m=tolerance_m,
    )
    assert (made.outcome, made.accuracy_m, made.tolerance_m) == (outcome, accuracy_m, tolerance_m)
    assert made.edge_m == pytest.approx(100.0 - away_m, abs=1e-6)


def test_a_long_edge_is_the_line_on_the_map_and_not_the_shortest_way() -> None:
    wide = MultiPolygon([box(110.0, 50.0, 120.0, 51.0)])  # geodesics bow kilometres north of these edges
    assert verdict.signed_edge_m(wide, lng=115.0, lat=50.001) == pytest.approx(111.2, abs=0.3)
    assert verdict.signed_edge_m(wide, lng=115.0, lat=51.001) == pytest.approx(-111.3, abs=0.3)


@pytest.mark.parametrize(
    ("corners", "lng", "lat"),
    [
        ([(110.0, 45.0), (120.0, 55.0), (110.0, 55.0)], 115.3, 50.1),  # oblique edges bend most
        ([(110.0, 20.0), (120.0, 20.0), (120.0, 40.0), (110.0, 40.0)], 121.0, 33.0),  # along a meridian
        ([(100.0, -5.0), (120.0, -5.0), (120.0, 0.0), (100.0, 0.0)], 110.0, 1.0),  # along the equator
    ],
)
def test_edges_of_a_thousand_kilometres_are_measured_as_well_as_short_ones(
    corners: list[tuple[float, float]], lng: float, lat: float
) -> None:
    area = MultiPolygon([Polygon(corners)])
    expected_m = slow.edge_m(area, lng, lat)
    assert -verdict.signed_edge_m(area, lng=lng, lat=lat) == pytest.approx(expected_m, rel=1e-5)


@pytest.mark.parametrize("share", [0.013, 0.31, 0.5, 0.777])
@pytest.mark.parametrize("across", [0.5, 3.0, 10.0])
def test_beside_a_long_oblique_edge_the_metres_are_right_to_ten_centimetres(
    share: float, across: float
) -> None:
    area = MultiPolygon([Polygon([(110.0, 45.0), (110.0 + across, 55.0), (110.0, 55.0)])])
    lng, lat = 110.0 + share * across + 0.0001, 45.0 + share * 10.0
    found_m = verdict.signed_edge_m(area, lng=lng, lat=lat)
    assert -found_m == pytest.approx(slow.edge_m(area, lng, lat), abs=0.1)


def test_two_thousand_kilometres_away_is_two_thousand_kilometres_away() -> None:
    there = slow.beside(120.01, 30.01, 60.0, 2_000_000.0)
    expected_m = slow.edge_m(SQUARE, *there)
    assert -verdict.signed_edge_m(SQUARE, lng=there[0], lat=there[1]) == pytest.approx(expected_m, rel=1e-4)


def test_a_far_side_of_the_globe_is_far_and_not_a_mirror_image() -> None:
    antipode = MultiPolygon([box(-60.01, -30.01, -59.99, -29.99)])
    assert verdict.signed_edge_m(antipode, lng=LNG, lat=LAT) < -19_000_000.0


def test_repeated_vertices_do_no_harm() -> None:
    corners = [(119.99, 29.99), (120.01, 29.99), (120.01, 29.99), (120.01, 30.01), (119.99, 30.01)]
    stuttering = MultiPolygon([Polygon(corners)])
    assert verdict.signed_edge_m(stuttering, lng=LNG, lat=LAT) == verdict.signed_edge_m(
        SQUARE, lng=LNG, lat=LAT
    )


def test_a_held_area_and_a_fresh_one_give_the_same() -> None:
    held = Edges.of(PIERCED)
    for lng in np.linspace(119.98, 120.02, 9):
        assert verdict.signed_edge_m(held, lng=lng, lat=LAT) == verdict.signed_edge_m(
            PIERCED, lng=lng, lat=LAT
        )


@given(latitudes, radii, sizes_m, ways_m, st.floats(0.0, 360.0), st.sampled_from([None, 0.3, 0.9]))
@settings(max_examples=100, deadline=None)
def test_the_metres_to_the_edge_are_those_of_the_slow_way(
    lat: float, shares: list[float], size_m: float, way_m: float, towards_deg: float, hole: float | None
) -> None:
    lng, fix_lat = slow.beside(105.0, lat, towards_deg, way_m)
    assume(abs(fix_lat) <= 85.0)
    area = slow.area_around(105.0, lat, [size_m * share for share in shares], hole=hole, phase_deg=13.0)
    assume(area.is_valid and max(abs(area.bounds[1]), abs(area.bounds[3])) <= 86.0)
    expected_m = slow.edge_m(area, lng, fix_lat)
    found_m = verdict.signed_edge_m(area, lng=lng, lat=fix_lat)
    assert abs(abs(found_m) - expected_m) <= max(0.1, 1e-4 * expected_m)
    assert (found_m >= 0.0) == area.covers(shapely.Point(lng, fix_lat)) or expected_m < 1e-6


@given(st.floats(-500.0, 500.0), st.floats(0.1, 1_000.0), st.floats(0.0, 300.0))
@settings(max_examples=100, deadline=None)
def test_the_outcome_is_what_the_disc_does_to_the_grown_area(
    depth_m: float, accuracy_m: float, tolerance_m: float
) -> None:
    """On a round place all three are discs, so the outcome can be said from the distance of the centres alone."""
    lng, lat = slow.beside(LNG, LAT, 200.0, 600.0 - depth_m)
    apart_m = measure.distance_m(lng=LNG, lat=LAT, to_lng=lng, to_lat=lat)
    grown_m = 600.0 + tolerance_m
    assume(min(abs(apart_m + accuracy_m - grown_m), abs(apart_m - accuracy_m - grown_m)) > 1e-6)
    contained, apart = apart_m + accuracy_m <= grown_m, apart_m > grown_m + accuracy_m
    expected = Outcome.INSIDE if contained else Outcome.OUTSIDE if apart else Outcome.UNCERTAIN
    made = verdict.judge_circle(
        centre_lng=LNG,
        centre_lat=LAT,
        radius_m=600.0,
        lng=lng,
        lat=lat,
        accuracy_m=accuracy_m,
        tolerance_m=tolerance_m,
    )
    assert made.outcome is expected


@given(st.floats(0.5, 2_000.0), st.floats(0.5, 2_000.0), st.floats(119.97, 120.03), st.floats(29.97, 30.03))
@settings(max_examples=100, deadline=None)
def test_a_worse_accuracy_never_makes_a_fix_surer(one: float, other: float, lng: float, lat: float) -> None:
    held, better, worse = Edges.of(PIERCED), min(one, other), max(one, other)
    if judged(held, lng, lat, worse) != "uncertain":
        assert judged(held, lng, lat, better) == judged(held, lng, lat, worse)
