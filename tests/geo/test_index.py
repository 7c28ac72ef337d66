"""The index against asking every area in turn."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from server.geo import verdict
from server.geo.index import AreaIndex

COUNTY = MultiPolygon([box(120.0, 30.0, 120.4, 30.4)])
TOWN = MultiPolygon([box(120.0, 30.0, 120.2, 30.2)])
PIERCED = MultiPolygon(
    [Polygon(box(120.2, 30.2, 120.4, 30.4).exterior, [box(120.28, 30.28, 120.32, 30.32).exterior])]
)
AREAS = [COUNTY, TOWN, PIERCED]
KEYS = ["county", "town", "pierced"]


@pytest.fixture
def index() -> AreaIndex[str]:
    return AreaIndex.build(AREAS, KEYS)


def names(index: AreaIndex[str], positions: Sequence[int]) -> list[str]:
    return [index.keys[position] for position in positions]


def test_a_point_lies_in_every_area_around_it(index: AreaIndex[str]) -> None:
    assert names(index, index.at(lng=120.1, lat=30.1)) == ["county", "town"]
    assert names(index, index.at(lng=120.25, lat=30.25)) == ["county", "pierced"]
    assert index.at(lng=121.0, lat=30.1) == []


def test_a_hole_is_not_in_its_area(index: AreaIndex[str]) -> None:
    assert names(index, index.at(lng=120.3, lat=30.3)) == ["county"]


def test_a_point_on_the_edge_is_in(index: AreaIndex[str]) -> None:
    assert names(index, index.at(lng=120.2, lat=30.1)) == ["county", "town"]


def test_many_points_are_matched_as_each_would_be(index: AreaIndex[str]) -> None:
    points = np.random.default_rng(3).uniform((119.9, 29.9), (120.5, 30.5), (500, 2))
    rows, positions = index.at_many(points)
    found = list(zip(rows.tolist(), positions.tolist(), strict=True))
    each = [(row, i) for row, (lng, lat) in enumerate(points) for i in index.at(lng=lng, lat=lat)]
    assert sorted(found) == each
    assert np.all(np.diff(rows) >= 0)


def test_one_point_is_matched_as_many_are_among_areas_of_all_sizes() -> None:
    chance = np.random.default_rng(5)
    low = chance.uniform((119.9, -0.1), (120.4, 0.4), (200, 2))
    high = low + chance.choice((0.001, 0.01, 0.05, 0.3, 2.0), (200, 2))
    areas = [MultiPolygon([box(*edges)]) for edges in np.hstack((low, high)).tolist()] + [MultiPolygon()]
    index = AreaIndex.build(areas, range(len(areas)))
    points = np.concatenate((chance.uniform((119.9, -0.1), (120.5, 0.5), (300, 2)), low[:100], high[:100]))
    rows, positions = index.at_many(points)
    each = [(row, i) for row, (lng, lat) in enumerate(points.tolist()) for i in index.at(lng=lng, lat=lat)]
    assert sorted(zip(rows.tolist(), positions.tolist(), strict=True)) == each


def test_an_area_is_in_force_from_its_first_instant_until_before_its_last() -> None:
    index = AreaIndex.build(
        [TOWN, TOWN],
        ["old", "new"],
        valid_from_s=np.array([-math.inf, 100.0]),
        valid_until_s=np.array([100.0, math.inf]),
    )
    in_force = {at_s: names(index, index.at(lng=120.1, lat=30.1, at_s=at_s)) for at_s in (99.9, 100.0)}
    assert in_force == {99.9: ["old"], 100.0: ["new"]}
    assert names(index, index.at(lng=120.1, lat=30.1)) == ["old", "new"]
    here = np.array([[120.1, 30.1], [120.1, 30.1], [121.0, 30.1]])
    rows, positions = index.at_many(here, at_s=np.array([50.0, 100.0, 50.0]))
    assert (rows.tolist(), positions.tolist()) == ([0, 1], [0, 1])


def test_a_disc_touches_what_it_reaches(index: AreaIndex[str]) -> None:
    to_town_m = -verdict.signed_edge_m(TOWN, lng=119.999, lat=30.1)
    assert names(index, index.touching(lng=119.999, lat=30.1, radius_m=to_town_m)) == ["county", "town"]
    assert index.touching(lng=119.999, lat=30.1, radius_m=to_town_m - 0.01) == []
    assert names(index, index.touching(lng=120.3, lat=30.3, radius_m=10.0)) == ["county"]
    assert names(index, index.touching(lng=120.3, lat=30.3, radius_m=2_500.0)) == ["county", "pierced"]


def test_a_disc_touches_only_what_is_in_force() -> None:
    index = AreaIndex.build([TOWN], ["town"], valid_until_s=np.array([100.0]))
    assert index.touching(lng=119.999, lat=30.1, radius_m=500.0, at_s=99.0) == [0]
    assert index.touching(lng=119.999, lat=30.1, radius_m=500.0, at_s=100.0) == []


def test_an_index_of_nothing_finds_nothing() -> None:
    empty: AreaIndex[str] = AreaIndex.build([], [])
    assert len(empty) == 0
    assert empty.at(lng=120.0, lat=30.0) == []
    assert empty.touching(lng=120.0, lat=30.0, radius_m=100.0) == []
    assert [found.size for found in empty.at_many(np.array([[120.0, 30.0]]))] == [0, 0]


def test_no_points_lie_nowhere(index: AreaIndex[str]) -> None:
    assert [found.size for found in index.at_many(np.empty((0, 2)))] == [0, 0]


def test_areas_straight_from_the_database_are_indexed() -> None:
    index = AreaIndex.build(shapely.from_wkb(shapely.to_wkb(np.array(AREAS))), KEYS)
    assert len(index) == 3
    assert names(index, index.at(lng=120.1, lat=30.1)) == ["county", "town"]


def test_an_areas_edges_are_made_once(index: AreaIndex[str]) -> None:
    assert index.edges(1) is index.edges(1)
    assert index.edges(1).area is TOWN


def test_a_key_too_few_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="equally many"):
        AreaIndex.build(AREAS, KEYS[:2])


@given(st.floats(119.9, 120.5), st.floats(29.9, 30.5), st.floats(0.0, 60_000.0))
@settings(max_examples=100, deadline=None)
def test_touching_finds_what_asking_every_area_finds(lng: float, lat: float, radius_m: float) -> None:
    index = AreaIndex.build(AREAS, KEYS)
    every = [i for i, area in enumerate(AREAS) if verdict.signed_edge_m(area, lng=lng, lat=lat) >= -radius_m]
    assert index.touching(lng=lng, lat=lat, radius_m=radius_m) == every


def test_a_large_area_is_prepared_and_answers_as_before() -> None:
    turns = np.linspace(0.0, 2.0 * math.pi, 5_000, endpoint=False)
    large = MultiPolygon(
        [Polygon(np.column_stack((120.0 + 0.2 * np.cos(turns), 30.0 + 0.1 * np.sin(turns))))]
    )
    small = MultiPolygon([box(120.0, 30.0, 120.2, 30.2)])
    index = AreaIndex.build([large, small], ["large", "town"])
    assert shapely.is_prepared(index.areas).tolist() == [True, False]
    assert names(index, index.at(lng=120.1, lat=30.05)) == ["large", "town"]
    assert names(index, index.at(lng=120.19, lat=30.09)) == ["town"]


@given(
    seed=st.integers(0, 2**32 - 1),
    spread_m=st.sampled_from([3.0, 300.0, 30_000.0]),
    radius_m=st.sampled_from([1.0, 40.0, 3_000.0]),
)
@settings(max_examples=60, deadline=None)
def test_many_discs_are_judged_as_each_would_be(seed: int, spread_m: float, radius_m: float) -> None:
    index, random = AreaIndex.build(AREAS, KEYS), np.random.default_rng(seed)
    corner = random.choice([(120.2, 30.2), (120.4, 30.05), (120.28, 30.3), (120.1, 30.1)])
    points = corner + random.normal(0.0, spread_m / 100_000.0, (60, 2))
    radii = radius_m * random.uniform(0.2, 2.0, 60)
    rows, positions, inside = index.discs_many(points, radii, at_s=np.zeros(60))
    found = list(zip(rows.tolist(), positions.tolist(), inside.tolist(), strict=True))
    assert found == [
        (row, position, judged.outcome is verdict.Outcome.INSIDE)
        for row, (lng, lat) in enumerate(points.tolist())
        for position, area in enumerate(AREAS)
        if (judged := verdict.judge(area, lng=lng, lat=lat, accuracy_m=radii[row])).outcome
        is not verdict.Outcome.OUTSIDE
    ]


def test_many_discs_are_judged_by_the_areas_of_their_own_time() -> None:
    index = AreaIndex.build(
        [TOWN, TOWN],
        ["old", "new"],
        valid_from_s=np.array([0.0, 100.0]),
        valid_until_s=np.array([100.0, math.inf]),
    )
    here = np.tile((120.1, 30.1), (3, 1))
    rows, positions, inside = index.discs_many(here, np.full(3, 10.0), at_s=np.array([-1.0, 99.0, 100.0]))
    assert (rows.tolist(), positions.tolist(), inside.tolist()) == ([1, 2], [0, 1], [True, True])
