"""The demo county's land: whole, without gaps or overlaps, and the same for the same seed."""

import numpy as np
import pytest
import shapely

from server.cli.county import land
from server.cli.county.land import Cut, Land

SEED = 163


@pytest.fixture(scope="module")
def laid_out() -> Land:
    return land.lay_out(SEED)


def test_every_area_is_one_valid_piece_of_land(laid_out: Land) -> None:
    areas = [laid_out.county, *laid_out.townships, *laid_out.villages, *laid_out.grids, *laid_out.parks]
    assert all(shapely.is_valid(areas))
    assert [len(area.geoms) for area in areas] == [1] * len(areas)


def test_neighbours_share_their_boundaries_vertex_by_vertex(laid_out: Land) -> None:
    for level in (laid_out.townships, laid_out.villages, laid_out.grids):
        assert shapely.coverage_is_valid(np.array(level))


@pytest.mark.parametrize("level", ["townships", "villages"])
def test_a_level_covers_the_county_without_gap_or_overlap(laid_out: Land, level: str) -> None:
    parts = np.array(getattr(laid_out, level))
    whole = laid_out.county.area
    assert shapely.area(parts).sum() == pytest.approx(whole, rel=1e-9)
    assert shapely.union_all(parts).symmetric_difference(laid_out.county).area < 1e-9 * whole


def test_villages_make_up_their_township_and_grids_their_village(laid_out: Land) -> None:
    made_up(np.array(laid_out.villages), laid_out.township_of, np.array(laid_out.townships))
    made_up(np.array(laid_out.grids), laid_out.village_of, np.array(laid_out.villages))


def made_up(parts: np.ndarray, whole_of: tuple[int, ...], wholes: np.ndarray) -> None:
    for number in set(whole_of):
        mine = parts[np.array(whole_of) == number]
        assert shapely.union_all(mine).symmetric_difference(wholes[number]).area < 1e-9 * wholes[number].area


def test_the_county_has_the_parts_that_were_asked_for(laid_out: Land) -> None:
    assert (len(laid_out.townships), len(laid_out.villages), len(laid_out.parks)) == (12, 60, 2)
    assert {laid_out.township_of[village] for village in laid_out.village_of} == {0, 1, 2}
    assert len(laid_out.grids) == 9 * len(set(laid_out.village_of)) >= 140


def test_villages_are_numbered_township_by_township(laid_out: Land) -> None:
    assert list(laid_out.township_of) == sorted(laid_out.township_of)


def test_the_county_is_of_a_countys_size_and_where_it_should_be(laid_out: Land) -> None:
    west, south, east, north = laid_out.county.bounds
    assert 118.2 < west < east < 118.85
    assert 29.4 < south < north < 29.9
    assert 0.3 < (east - west) * (north - south) / 0.1 < 1.5


def test_the_same_seed_gives_the_same_land_and_another_gives_another() -> None:
    small = Cut(townships=3, villages=9, gridded=1, grids=2)
    assert land.lay_out(5, small) == land.lay_out(5, small)
    assert land.lay_out(5, small).county != land.lay_out(6, small).county
