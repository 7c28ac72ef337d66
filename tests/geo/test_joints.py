"""Where areas meet: what two claim, and what none does."""

import pytest
import shapely
from shapely.geometry import LineString

from server.geo import joints

M = 1e-5
"""About a metre, in degrees."""


def square(west: float, south: float, size: float = 1000.0) -> shapely.Polygon:
    """A square of so many metres, its corner so many metres from a place in the county."""
    lng, lat = 118.5 + west * M, 29.6 + south * M
    return shapely.box(lng, lat, lng + size * M, lat + size * M)


def test_neighbours_that_touch_neither_overlap_nor_leave_a_gap() -> None:
    side_by_side = [square(0, 0), square(1000, 0), square(0, 1000)]
    assert joints.overlaps(side_by_side) == []
    assert joints.gaps(side_by_side, None) == []


def test_what_two_claim_is_found_with_both_and_its_size() -> None:
    [found] = joints.overlaps([square(0, 0), square(5000, 0), square(900, 0)])
    assert found.members == (0, 2)
    assert found.area_m2 == pytest.approx(100 * 1000, rel=0.2)


def test_what_nobody_claims_of_the_area_above_is_found_each_part_by_itself() -> None:
    whole, inner = square(0, 0, 3000), [square(0, 0), square(1000, 0), square(2000, 0), square(0, 2000)]
    found = joints.gaps(inner, whole)
    assert [each.members for each in found] == [()]
    apart = joints.gaps([square(1000, 0, 1000), square(1000, 1000, 1000), square(1000, 2000, 1000)], whole)
    assert len(apart) == 2


def test_without_an_area_above_what_is_enclosed_counts_and_the_outside_does_not() -> None:
    ring = [square(x, y) for x in (0, 1000, 2000) for y in (0, 1000, 2000) if (x, y) != (1000, 1000)]
    [found] = joints.gaps(ring, None)
    assert found.area_m2 == pytest.approx(1e6, rel=0.2)
    assert joints.gaps([], None) == []


def test_slivers_below_what_is_asked_for_are_no_fault() -> None:
    almost = [square(0, 0), square(999.95, 0)]
    assert joints.overlaps(almost) == []
    assert len(joints.overlaps(almost, least_m2=1.0)) == 1


def test_what_a_version_gained_and_lost_is_told_apart() -> None:
    gained, lost = joints.changed(square(0, 0), square(200, 0))
    assert gained.bounds[0] == pytest.approx(118.51)
    assert lost.bounds[2] == pytest.approx(118.502)
    assert joints.changed(square(0, 0), square(0, 0))[0].is_empty


def test_a_line_right_through_cuts_and_one_that_ends_inside_does_not() -> None:
    whole = square(0, 0)
    middle, south, north = 118.5 + 300 * M, 29.6 - 10 * M, 29.6 + 1010 * M
    pieces = joints.cut(whole, LineString([(middle, south), (middle, north)]))
    assert [round(piece.area / whole.area, 3) for piece in pieces] == [0.7, 0.3]
    assert len(joints.cut(whole, LineString([(middle, south), (middle, 29.6 + 500 * M)]))) == 1
