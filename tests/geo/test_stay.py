"""Stops and moves: where somebody stood, for how long, whatever the noise; and which planned stops that was."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, box

from mobile_stub.pretend import tracks
from server.geo import measure, stay, track
from server.geo.stay import Circle, Place, Stay
from server.geo.track import Track
from server.geo.verdict import Edges

Array = NDArray[np.float64]
LNG, LAT = 120.0, 30.0
PER_DEGREE_M = track.degree_m(np.array([LAT]))[0]
WALK_M = 7.0  # in five seconds


def way(*legs: tuple[float, float], accuracy_m: float = 8.0) -> Track:
    """From metre to metre east, each then stood at for so many seconds; a fix every five seconds, walking
    between.
    """
    east: list[float] = []
    for to_m, seconds in legs:
        if east:
            east.extend(np.arange(east[-1], to_m, WALK_M if to_m > east[-1] else -WALK_M)[1:].tolist())
        east.extend([to_m] * (int(seconds) // 5 + 1))
    metres = np.column_stack((east, np.zeros(len(east))))
    at_s = 5.0 * np.arange(len(east), dtype=np.float64)
    return Track((LNG, LAT) + metres / PER_DEGREE_M, at_s, np.full(len(east), accuracy_m))


def jittered(fixes: Track, sigma_m: float, seed: int = 2) -> Track:
    error = np.random.default_rng(seed).normal(0.0, sigma_m, (len(fixes), 2)) / PER_DEGREE_M
    return Track(fixes.lnglat + error, fixes.at_s, fixes.accuracy_m)


def east_m(found: Stay) -> float:
    return float((found.lng - LNG) * PER_DEGREE_M[0])


def minutes(found: list[Stay]) -> list[int]:
    return [round((each.to_s - each.from_s) / 60.0) for each in found]


MORNING = way((0.0, 600.0), (1_500.0, 1_200.0), (2_100.0, 60.0), (3_000.0, 900.0))


# ── stops ───────────────────────────────────────────────────────────────────────────────────────────────


def test_stops_are_where_and_as_long_as_somebody_stood() -> None:
    found = stay.stays(MORNING)
    assert [east_m(each) for each in found] == pytest.approx([0.0, 1_500.0, 3_000.0], abs=25.0)
    # walking up to the radius and a disc on either side belongs to a stop: 77 s a side
    assert [each.to_s - each.from_s for each in found] == pytest.approx([600, 1_200, 900], abs=2 * 85.0)
    assert all(each.fixes > 100 and each.radius_m < 110.0 and each.accuracy_m == 8.0 for each in found)


def test_noise_moves_a_stop_by_metres_and_makes_none() -> None:
    plain, heard = stay.stays(MORNING), stay.stays(jittered(MORNING, 8.0 / 1.51))
    assert len(heard) == len(plain)
    for one, other in zip(plain, heard, strict=True):
        apart_m = measure.distance_m(lng=one.lng, lat=one.lat, to_lng=other.lng, to_lat=other.lat)
        assert apart_m < 10.0
        assert (other.from_s, other.to_s) == pytest.approx((one.from_s, one.to_s), abs=30.0)


def test_who_walks_on_has_not_stopped() -> None:
    assert stay.stays(way((0.0, 0.0), (5_000.0, 0.0))) == []


@pytest.mark.parametrize(
    "fixes", [way((0.0, 0.0)), way((0.0, 0.0)).take(slice(0, 0)), way((0.0, 290.0))], ids=len
)
def test_too_short_is_no_stop(fixes: Track) -> None:
    assert stay.stays(fixes) == []


def test_a_silent_phone_that_speaks_again_at_the_same_place_was_there() -> None:
    two = way((0.0, 5.0))
    apart = Track(two.lnglat, np.array([0.0, 7_200.0]), two.accuracy_m)
    assert minutes(stay.stays(apart)) == [120]
    assert [minutes(stay.stays(piece)) for piece in track.split(apart, 3_600.0)] == [[], []]


def test_one_bad_fix_does_not_cut_a_stop_in_two() -> None:
    stood = way((0.0, 1_800.0))
    lnglat = stood.lnglat.copy()
    lnglat[180] += 400.0 / PER_DEGREE_M
    assert minutes(stay.stays(Track(lnglat, stood.at_s, stood.accuracy_m))) == [30]


def test_a_bad_first_fix_does_not_hide_a_stop() -> None:
    stood = way((0.0, 600.0))
    lnglat = stood.lnglat.copy()
    lnglat[0] += (150.0, 0.0) / PER_DEGREE_M
    assert minutes(stay.stays(Track(lnglat, stood.at_s, stood.accuracy_m))) == [10]


def test_a_vague_fix_neither_makes_nor_breaks_a_stop() -> None:
    accuracy_m = np.where(np.arange(121) % 7 == 3, 2_000.0, 8.0)
    stood = way((0.0, 600.0))
    lnglat = stood.lnglat + np.where(accuracy_m > 8.0, 1_500.0, 0.0)[:, None] / PER_DEGREE_M
    assert minutes(stay.stays(Track(lnglat, stood.at_s, accuracy_m))) == [10]
    walked = way((0.0, 0.0), (5_000.0, 0.0))
    assert stay.stays(Track(walked.lnglat, walked.at_s, np.full(len(walked), 2_000.0))) == []


def test_a_better_fix_counts_for_more() -> None:
    two = way((0.0, 5.0))
    fixes = Track(
        two.lnglat + np.array([[0.0, 0.0], [90.0, 0.0]]) / PER_DEGREE_M, two.at_s * 100, np.array([5.0, 10.0])
    )
    (found,) = stay.stays(fixes)
    assert east_m(found) == pytest.approx(90.0 / 5.0)
    assert (found.fixes, found.accuracy_m) == (2, 7.5)


def test_a_short_way_off_and_back_is_one_stop_and_a_long_one_two() -> None:
    assert minutes(stay.stays(way((0.0, 900.0), (250.0, 0.0), (0.0, 900.0)))) == [36]
    assert minutes(stay.stays(way((0.0, 900.0), (900.0, 0.0), (0.0, 900.0)), radius_m=50.0)) == [16, 16]


def test_stops_do_not_overlap_and_moves_are_what_lies_between() -> None:
    found = stay.stays(MORNING)
    assert all(one.to_s < other.from_s for one, other in pairwise(found))
    between = stay.moves(MORNING, found)
    assert [(each.at_s[0], each.at_s[-1]) for each in between] == [
        (found[0].to_s, found[1].from_s),
        (found[1].to_s, found[2].from_s),
    ]
    assert sum(map(track.length_m, between)) == pytest.approx(3_000.0 - 4 * 110.0, abs=120.0)


def test_without_a_stop_all_is_one_move() -> None:
    walked = way((0.0, 0.0), (5_000.0, 0.0))
    assert [len(each) for each in stay.moves(walked, [])] == [len(walked)]
    assert stay.moves(walked.take(slice(0, 1)), []) == stay.moves(walked.take(slice(0, 0)), []) == []


# ── every order, real ways ──────────────────────────────────────────────────────────────────────────────

legs = st.lists(
    st.tuples(st.sampled_from([0.0, 60.0, 300.0, 900.0]), st.sampled_from([0.0, 200.0, 400.0])),
    min_size=1,
    max_size=6,
)


@given(legs, st.integers(0, 5), st.sampled_from([0.0, 6.0, 40.0]))
@settings(max_examples=60, deadline=None)
def test_stops_are_one_place_each_long_enough_and_the_same_in_every_order(
    parts: list[tuple[float, float]], seed: int, sigma_m: float
) -> None:
    fixes = jittered(way(*parts), sigma_m, seed)
    order = np.random.default_rng(seed).permutation(np.tile(np.arange(len(fixes)), 2))
    columns = fixes.lnglat, fixes.at_s, fixes.accuracy_m
    halves = [Track.of(*(each[rows] for each in columns)) for rows in (order[::2], order[1::2])]
    found = stay.stays(fixes)
    assert stay.stays(track.merge([*halves, fixes])) == found
    for each in found:
        assert each.to_s - each.from_s >= 300.0
        assert each.radius_m <= 2.0 * (100.0 + 8.0)


legs_apart = st.lists(
    st.tuples(st.integers(1, 8), st.sampled_from([0.0, 60.0, 400.0, 900.0])), min_size=1, max_size=6
)


@given(legs_apart, st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_no_stop_is_missed_be_the_next_but_two_radii_away(parts: list[tuple[int, float]], seed: int) -> None:
    places = np.cumsum([225.0 * (1 + step % 3) for step, _ in parts])
    fixes = way(*zip(places.tolist(), [seconds for _, seconds in parts], strict=True))
    found = stay.stays(jittered(fixes, 4.0, seed))
    for place, (_, seconds) in zip(places, parts, strict=True):
        if seconds >= 400.0:
            (there,) = [each for each in found if abs(east_m(each) - place) < 60.0]
            assert there.to_s - there.from_s >= seconds - 30.0


def real(data: Path) -> Track:
    points = tracks.read(data / "tracks" / "geolife_001_20081023234104.plt")
    at_s = np.array([point.at.timestamp() for point in points if point.at])
    lnglat = np.array([(point.lng, point.lat) for point in points])
    return track.clean(Track.of(lnglat, at_s, np.full(len(at_s), 10.0)))


LONG = {116.3263: 96, 116.3135: 24, 116.3262: 95, 116.3106: 45}
"""Where (degrees east) and for how many minutes the second real day stood, as its map shows."""


@pytest.mark.parametrize("sigma_m", [0.0, 3.0, 6.0])
def test_a_real_day_has_its_long_stops_with_and_without_noise(shared_data: Path, sigma_m: float) -> None:
    found = stay.stays(track.clean(jittered(real(shared_data), sigma_m)))
    for (lng, lasted), since_h in zip(LONG.items(), (0.5, 3.75, 4.2, 5.95), strict=True):
        began_s = found[0].from_s + (since_h - 0.5) * 3_600.0
        (there,) = [
            each for each in found if abs(each.from_s - began_s) < 200.0 and each.to_s > began_s + 1_200.0
        ]
        assert minutes([there])[0] == pytest.approx(lasted, abs=2)
        assert there.lng == pytest.approx(lng, abs=0.0004)


# ── planned stops ───────────────────────────────────────────────────────────────────────────────────────


def square(from_m: float, to_m: float) -> Edges:
    west, east = LNG + np.array([from_m, to_m]) / PER_DEGREE_M[0]
    half = (to_m - from_m) / 2.0 / PER_DEGREE_M[1]
    return Edges.of(MultiPolygon([box(west, LAT - half, east, LAT + half)]))


def circle(at_m: float, radius_m: float) -> Circle:
    return Circle(LNG + at_m / float(PER_DEGREE_M[0]), LAT, radius_m)


def reached(*places: Place) -> list[tuple[int, int, str]]:
    found = stay.stays(MORNING)
    return [
        (each.place, found.index(each.stay), each.verdict.outcome)
        for each in stay.arrivals(found[::-1], places)
    ]


def test_planned_stops_are_reached_by_the_stays_within_them() -> None:
    far, park, works = (
        Place(1, circle(9_000.0, 500.0)),
        Place(2, square(2_800.0, 3_200.0)),
        Place(3, circle(1_500.0, 60.0)),
    )
    assert reached(far, park, works) == [(3, 1, "inside"), (2, 2, "inside")]


def test_passing_a_planned_stop_is_not_reaching_it() -> None:
    assert reached(Place(1, circle(700.0, 100.0)), Place(2, circle(2_100.0, 100.0))) == []


def test_a_place_whose_edge_lies_in_the_disc_is_proposed_as_uncertain() -> None:
    beside_m = east_m(stay.stays(MORNING)[1]) + 45.0
    assert reached(Place(4, circle(beside_m, 40.0))) == [(4, 1, "uncertain")]
    assert reached(Place(4, circle(beside_m, 40.0), tolerance_m=30.0)) == [(4, 1, "inside")]


def test_a_stay_inside_goes_before_an_earlier_one_that_is_uncertain() -> None:
    first_m = east_m(stay.stays(MORNING)[0])
    assert reached(Place(6, square(first_m - 3.0, 1_000.0))) == [(6, 0, "uncertain")]
    assert reached(Place(6, square(first_m - 3.0, 9_000.0))) == [(6, 1, "inside")]


def test_nothing_planned_or_nowhere_stopped_is_no_arrival() -> None:
    assert stay.arrivals(stay.stays(MORNING), []) == stay.arrivals([], [Place(1, circle(0.0, 100.0))]) == []
