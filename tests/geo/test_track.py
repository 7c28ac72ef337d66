"""Tracks: one way for every order of arrival, no fix that cannot be, and metres that noise does not make."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from mobile_stub.pretend import tracks
from server.geo import measure, track
from server.geo.track import Track
from tests.geo import slow

Array = NDArray[np.float64]
NAMES = (
    "geolife_000_20081023025304",
    "geolife_000_20081026134407",
    "geolife_001_20081023055305",
    "geolife_001_20081023234104",
)
LNG, LAT = 120.0, 30.0
PER_DEGREE_M = track.degree_m(np.array([LAT]))[0]
R68 = 1.51  # of a normal error in the plane, 68 % lie within so many standard deviations of one axis


def real(data: Path, name: str, accuracy_m: float = 5.0) -> Track:
    points = tracks.read(data / "tracks" / f"{name}.plt")
    at_s = np.array([point.at.timestamp() for point in points if point.at])
    return Track.of(
        np.array([(point.lng, point.lat) for point in points]), at_s, np.full(len(at_s), accuracy_m)
    )


def walk(
    east_m: Any, north_m: Any = 0.0, *, every_s: float = 5.0, from_s: float = 0.0, accuracy_m: Any = 5.0
) -> Track:
    """Fixes at these metres east and north of a place, so many seconds apart."""
    metres = np.column_stack(np.broadcast_arrays(np.asarray(east_m, float), north_m))
    at_s = from_s + every_s * np.arange(len(metres), dtype=np.float64)
    accuracies = np.broadcast_to(np.asarray(accuracy_m, float), at_s.shape)
    lnglat = (LNG, LAT) + metres / PER_DEGREE_M
    return Track(lnglat, at_s, accuracies)


def moved(fixes: Track, rows: Any, east_m: float, north_m: float = 0.0) -> Track:
    """The same fixes, but those of `rows` so far off."""
    lnglat = fixes.lnglat.copy()
    lnglat[rows] += np.array([east_m, north_m]) / PER_DEGREE_M
    return Track(lnglat, fixes.at_s, fixes.accuracy_m)


def noisy(fixes: Track, sigma_m: float, seed: int = 1) -> Track:
    """The same fixes with a normal error in both directions, and an accuracy that says so."""
    error = np.random.default_rng(seed).normal(0.0, sigma_m, (len(fixes), 2))
    accuracy_m: Array = np.hypot(fixes.accuracy_m, R68 * sigma_m)
    return Track(fixes.lnglat + error / track.degree_m(fixes.lnglat[:, 1]), fixes.at_s, accuracy_m)


def plain_m(fixes: Track) -> float:
    """What adding up the distances between fixes gives."""
    return float(measure.distances_m(fixes.lnglat[:-1], fixes.lnglat[1:]).sum())


def rows(fixes: Track) -> list[tuple[float, ...]]:
    return list(map(tuple, np.column_stack((fixes.at_s, fixes.lnglat, fixes.accuracy_m)).tolist()))


def shuffled(fixes: Track, seed: int) -> Track:
    order = np.random.default_rng(seed).permutation(np.tile(np.arange(len(fixes)), 2))
    return Track.of(fixes.lnglat[order], fixes.at_s[order], fixes.accuracy_m[order])


NOTHING = walk([])


# ── what a track is ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lnglat", "at_s", "accuracy_m", "why"),
    [
        ([[120.0, 30.0]], [1.0, 2.0], [5.0, 5.0], "equally many"),
        ([[120.0, 30.0]], [1.0], [5.0, 5.0], "equally many"),
        ([[120.0, 948.0]], [1.0], [5.0], "globe"),
        ([[math.nan, 30.0]], [1.0], [5.0], "globe"),
        ([[120.0, 30.0]], [1.0], [0.0], "accuracy"),
        ([[120.0, 30.0]], [1.0], [math.nan], "accuracy"),
        ([[120.0, 30.0]], [1.0], [math.inf], "accuracy"),
        ([[120.0, 30.0]], [math.nan], [5.0], "times"),
        ([[120.0, 30.0], [120.0, 30.0]], [2.0, 2.0], [5.0, 5.0], "times"),
        ([[120.0, 30.0], [120.0, 30.0]], [2.0, 1.0], [5.0, 5.0], "times"),
    ],
)
def test_what_is_no_track_is_refused(lnglat: Any, at_s: Any, accuracy_m: Any, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        Track(np.array(lnglat), np.array(at_s), np.array(accuracy_m))


def test_a_time_that_is_no_number_is_refused_in_any_order() -> None:
    with pytest.raises(ValueError, match="times"):
        Track.of(np.full((2, 2), 1.0), np.array([math.nan, 1.0]), np.array([5.0, 5.0]))


def test_fixes_in_any_order_make_a_track_in_the_order_of_time() -> None:
    ahead = walk([0.0, 10.0, 20.0])
    back = Track.of(ahead.lnglat[::-1], ahead.at_s[::-1], ahead.accuracy_m[::-1])
    assert rows(back) == rows(ahead)


def test_of_two_fixes_at_one_instant_the_more_accurate_stays() -> None:
    here, there = walk([0.0], accuracy_m=20.0), walk([30.0], accuracy_m=8.0)
    assert rows(track.merge([here, there])) == rows(track.merge([there, here])) == rows(there)


def test_two_phones_interleave() -> None:
    one, other = walk([0.0, 20.0], every_s=10.0), walk([10.0, 30.0], every_s=10.0, from_s=5.0)
    assert rows(track.merge([other, one])) == rows(walk([0.0, 10.0, 20.0, 30.0]))


def test_nothing_merged_is_nothing() -> None:
    assert len(track.merge([])) == len(track.merge([NOTHING, NOTHING])) == 0


fixes_anywhere = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from([0.0, 10.0, 4e4]), st.sampled_from([5.0, 9.0, 900.0])),
    max_size=30,
)


@given(fixes_anywhere, st.randoms(use_true_random=False), st.integers(0, 30))
@settings(max_examples=150, deadline=None)
def test_a_merged_track_is_the_same_shuffled_split_repeated_and_interleaved(
    fixes: list[tuple[int, float, float]], random: Any, cut: int
) -> None:
    singles = [walk([east], from_s=float(at), accuracy_m=accuracy) for at, east, accuracy in fixes]
    whole = track.merge(singles)
    random.shuffle(singles)
    parts = [track.merge(singles[:cut]), track.merge(singles[cut:]), *singles[:3]]
    assert rows(track.merge(parts)) == rows(whole)
    assert rows(track.clean(track.merge(parts))) == rows(track.clean(whole))


# ── what cannot be ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fixes", [NOTHING, walk([0.0]), walk([0.0, 5.0])], ids=len)
def test_a_track_too_short_to_doubt_stays(fixes: Track) -> None:
    assert rows(track.clean(fixes)) == rows(fixes)


def test_one_outlier_is_dropped_and_nothing_else() -> None:
    way = walk(np.arange(100) * 7.0)
    cleaned = track.clean(moved(way, 40, 900.0, -800.0))
    assert rows(cleaned) == rows(way.take(np.arange(100) != 40))


def test_an_outlier_as_far_as_a_car_could_have_come_is_dropped_when_one_stood() -> None:
    stood = walk(np.zeros(50))
    assert len(track.clean(moved(stood, 20, 150.0))) == 49
    assert len(track.clean(moved(stood, 20, 45.0))) == 50, "within reach, given both discs"


def test_a_vague_outlier_is_no_outlier() -> None:
    stood = walk(np.zeros(50), accuracy_m=np.where(np.arange(50) == 20, 120.0, 5.0))
    assert len(track.clean(moved(stood, 20, 150.0))) == 50


@pytest.mark.parametrize("many", [2, 7, 30])
@pytest.mark.parametrize("at", [0, 60, 200])
def test_a_cluster_of_outliers_is_outvoted_wherever_it_lies(many: int, at: int) -> None:
    way = walk(np.arange(230) * 7.0)
    cluster = np.arange(at, min(at + many, 230))
    cleaned = track.clean(moved(way, cluster, 30_000.0, 9_000.0))
    assert rows(cleaned) == rows(way.take(np.setdiff1d(np.arange(230), cluster)))


def test_a_cluster_longer_than_the_chain_looks_back_is_outvoted_too() -> None:
    way = walk(np.arange(600) * 7.0)
    cleaned = track.clean(moved(way, slice(250, 350), 900_000.0))
    assert rows(cleaned) == rows(way.take(np.r_[:250, 350:600]))


def test_two_clusters_at_two_places_are_outvoted() -> None:
    way = walk(np.arange(300) * 7.0)
    cleaned = track.clean(moved(moved(way, slice(100, 110), 30_000.0), slice(110, 120), -30_000.0))
    assert rows(cleaned) == rows(way.take(np.r_[:100, 120:300]))


def test_a_second_phone_left_at_home_does_not_tangle_the_way() -> None:
    way = walk(8_000.0 + np.arange(400) * 1.4)
    at_home = walk(np.zeros(250), from_s=2.5, every_s=8.0)
    assert rows(track.clean(track.merge([at_home, way]))) == rows(way)


def test_a_clock_set_back_does_not_tangle_the_way() -> None:
    """Ten minutes of a drive come again with the times of the ten before: only one of both can be."""
    ahead = walk(np.arange(240) * 75.0)
    late = walk(9_000.0 + np.arange(100) * 75.0, from_s=2.0)
    cleaned = track.clean(track.merge([ahead, late]))
    assert rows(cleaned) == rows(ahead)


def test_a_tunnel_a_train_and_a_flight_can_be() -> None:
    tunnel = track.merge([walk(np.arange(50) * 150.0), walk(25_000.0 + np.arange(50) * 150.0, from_s=900.0)])
    train = walk(np.arange(200) * 5 * 97.0)
    flight = track.merge([walk(np.zeros(20)), walk(1_200_000.0 + np.zeros(20), from_s=6_000.0)])
    aloft = walk(np.arange(100) * 250.0, every_s=1.0)
    for fixes in (tunnel, train, flight, aloft):
        assert rows(track.clean(fixes)) == rows(fixes)


def test_speeding_up_and_braking_are_no_outliers() -> None:
    speeds = np.concatenate(
        (np.zeros(20), np.arange(0.0, 34.0, 3.0), np.full(30, 34.0), np.arange(34, 0, -6))
    )
    drive = walk(np.cumsum(speeds), every_s=1.0, accuracy_m=3.0)
    assert rows(track.clean(drive)) == rows(drive)


def test_a_vague_fix_is_kept_only_where_nothing_better_was_measured() -> None:
    sharp = track.merge([walk(np.zeros(20)), walk(np.zeros(20), from_s=2_000.0)])
    mast = walk([1_500.0, 1_500.0], every_s=950.0, from_s=101.0, accuracy_m=2_000.0)
    cleaned = track.clean(track.merge([sharp, mast]))
    assert [at for at, *_, accuracy in rows(cleaned) if accuracy > 200.0] == [1051.0]


@pytest.mark.parametrize("name", NAMES)
def test_real_tracks_keep_nearly_all_their_fixes_and_lose_every_spike(shared_data: Path, name: str) -> None:
    way = track.clean(real(shared_data, name))
    assert len(way) > 0.98 * len(real(shared_data, name))
    spikes = np.random.default_rng(5).choice(np.arange(10, len(way)), len(way) // 20, replace=False)
    cleaned = track.clean(moved(way, spikes, 60_000.0, 60_000.0))
    assert not np.isin(way.at_s[spikes], cleaned.at_s).any()
    assert len(cleaned) > 0.98 * (len(way) - len(spikes))


jumps = st.lists(st.tuples(st.sampled_from([1.0, 5.0, 60.0]), st.integers(-3, 3)), min_size=2, max_size=80)


@given(jumps, st.sampled_from([5.0, 150.0]))
@settings(max_examples=100, deadline=None)
def test_what_is_left_can_be_and_was_measured(steps: list[tuple[float, int]], accuracy_m: float) -> None:
    every_s, jumped = np.array(steps).T
    fixes = walk(jumped * 2_000.0, accuracy_m=accuracy_m)
    fixes = Track(fixes.lnglat, np.cumsum(every_s), fixes.accuracy_m)
    cleaned = track.clean(fixes)
    assert set(rows(cleaned)) <= set(rows(fixes))
    apart_m = measure.distances_m(cleaned.lnglat[:-1], cleaned.lnglat[1:]) - 4.0 * accuracy_m
    assert (apart_m <= 340.0 * np.diff(cleaned.at_s) + 0.1).all()


# ── pieces and lines ────────────────────────────────────────────────────────────────────────────────────


def test_a_track_is_split_at_gaps_and_nothing_is_lost() -> None:
    pieces = [walk([0.0, 5.0]), walk([90.0], from_s=400.0), walk([95.0, 99.0], from_s=800.0)]
    assert [rows(each) for each in track.split(track.merge(pieces), 300.0)] == [rows(each) for each in pieces]
    assert track.split(NOTHING, 300.0) == []


def test_a_gap_of_just_the_length_is_none() -> None:
    assert len(track.split(walk([0.0, 1.0, 2.0], every_s=60.0), 60.0)) == 1


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tolerance_m", [3.0, 30.0])
def test_a_thinned_track_keeps_its_ends_its_times_and_its_line(
    shared_data: Path, name: str, tolerance_m: float
) -> None:
    way = track.clean(real(shared_data, name))
    thinned = track.thin(way, tolerance_m)
    assert rows(thinned)[0] == rows(way)[0]
    assert rows(thinned)[-1] == rows(way)[-1]
    assert set(rows(thinned)) <= set(rows(way))
    assert len(thinned) < len(way) / 2
    plane = track.plane_m(way.lnglat)
    line = shapely.linestrings(plane[np.isin(way.at_s, thinned.at_s)])
    assert shapely.distance(shapely.points(plane), line).max() <= tolerance_m


def test_who_plays_a_thinned_track_is_at_each_instant_near_where_the_fix_was(shared_data: Path) -> None:
    waits = walk([0.0, *[500.0] * 30, 1000.0], every_s=60.0)
    for way in (waits, track.clean(real(shared_data, NAMES[0]))):
        thinned = track.thin(way, 10.0)
        plane = track.plane_m(way.lnglat)
        kept = plane[np.isin(way.at_s, thinned.at_s)]
        played = np.column_stack([np.interp(way.at_s, thinned.at_s, kept[:, axis]) for axis in (0, 1)])
        assert np.hypot(*(plane - played).T).max() <= 10.0
    assert len(track.thin(waits, 10.0)) == 4


@pytest.mark.parametrize("fixes", [NOTHING, walk([0.0]), walk([0.0, 0.0])], ids=len)
def test_a_track_of_two_cannot_be_thinned(fixes: Track) -> None:
    assert rows(track.thin(fixes, 10.0)) == rows(fixes)


def test_a_round_that_ends_where_it_began_is_not_thinned_to_a_point() -> None:
    thinned = track.thin(walk([0.0, 500.0, 500.0, 0.0, 0.0], [0.0, 0.0, 500.0, 500.0, 0.0]), 10.0)
    assert len(thinned) == 5


def test_a_pixel_is_as_wide_as_the_maps_say() -> None:
    assert track.metres_per_pixel(0, lat=0.0) == pytest.approx(156_543.034, abs=0.001)
    assert track.metres_per_pixel(15, lat=60.0) == pytest.approx(2.3887, abs=0.0001)


def test_duration_is_from_the_first_fix_to_the_last() -> None:
    assert [track.duration_s(each) for each in (NOTHING, walk([0.0]), walk([0.0, 1.0, 2.0]))] == [0, 0, 10]


@given(st.floats(-80.0, 80.0), st.floats(0.0, 360.0), st.floats(1.0, 5_000.0))
@settings(max_examples=60, deadline=None)
def test_metres_a_degree_are_those_of_the_ellipsoid(lat: float, towards_deg: float, length_m: float) -> None:
    there = slow.beside(LNG, lat, towards_deg, length_m)
    plane = track.plane_m(np.array([(LNG, lat), there]))
    assert math.dist(*plane.tolist()) == pytest.approx(length_m, rel=1e-5)


# ── metres ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("fixes", [NOTHING, walk([0.0]), walk(np.zeros(9))], ids=len)
def test_who_does_not_move_covers_nothing(fixes: Track) -> None:
    assert track.length_m(fixes) == 0.0


def test_a_straight_way_is_as_long_as_it_is_but_for_the_last_disc() -> None:
    assert track.length_m(walk(np.arange(101) * 100.0)) == pytest.approx(10_000.0 - 2 * 5.0, abs=0.5)


def test_eight_hours_of_standing_are_not_a_hundred_kilometres() -> None:
    stood = noisy(walk(np.zeros(5_760), accuracy_m=1e-3), sigma_m=10.0)
    assert plain_m(stood) > 95_000.0
    assert track.length_m(stood) < 500.0


def test_a_vague_fix_adds_nothing_wherever_it_stands() -> None:
    for row in (0, 50, 99):
        accuracy_m = np.where(np.arange(100) == row, 3_000.0, 5.0)
        way = moved(walk(np.arange(100) * 7.0, accuracy_m=accuracy_m), row, 0.0, 2_500.0)
        assert track.length_m(way) == pytest.approx(99 * 7.0, abs=30.0)


def test_a_tunnel_is_as_long_as_the_straight_way_through_it() -> None:
    tunnel = track.merge([walk(np.arange(10) * 100.0), walk(5_000.0 + np.arange(10) * 100.0, from_s=600.0)])
    assert track.length_m(tunnel) == pytest.approx(5_900.0, abs=11.0)
    assert sum(map(track.length_m, track.split(tunnel, 300.0))) == pytest.approx(1_800.0, abs=21.0)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("sigma_m", [5.0, 20.0])
def test_noise_on_a_real_way_takes_metres_rather_than_making_kilometres(
    shared_data: Path, name: str, sigma_m: float
) -> None:
    way = track.clean(real(shared_data, name))
    heard = track.clean(noisy(way, sigma_m))
    assert plain_m(heard) > (1.15 if sigma_m == 5.0 else 2.0) * plain_m(way)
    assert 0.75 * plain_m(way) < track.length_m(heard) < plain_m(way)


@pytest.mark.parametrize("name", NAMES)
def test_two_phones_in_one_pocket_walk_no_further_than_one(shared_data: Path, name: str) -> None:
    way = track.clean(real(shared_data, name))
    other = noisy(Track(way.lnglat, way.at_s + 0.7, way.accuracy_m), 8.0, seed=9)
    both = track.clean(track.merge([noisy(way, 8.0), other]))
    assert len(both) > 1.95 * len(way)
    assert track.length_m(both) == pytest.approx(track.length_m(noisy(way, 8.0)), rel=0.05)


def test_everything_is_the_same_for_every_order_of_arrival(shared_data: Path) -> None:
    way = moved(real(shared_data, NAMES[0]), slice(300, 320), 5_000.0)
    for seed in range(3):
        again = shuffled(way, seed)
        assert rows(track.clean(again)) == rows(track.clean(way))
        assert rows(track.thin(again, 10.0)) == rows(track.thin(way, 10.0))
        assert track.length_m(again) == track.length_m(way)
