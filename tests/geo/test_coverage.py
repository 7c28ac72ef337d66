"""The share of a route that was walked: of what was measured, never of what was not."""

import numpy as np
import pytest

from server.geo import coverage, track
from server.geo.track import Track

ROUTE = np.array([[118.500, 29.6], [118.510, 29.6]])
"""Some 970 m to the east."""


def walk(*eastings: float, north: float = 29.6, start_s: float = 0.0) -> Track:
    lnglat = np.array([[118.5 + each, north] for each in eastings])
    return Track(
        lnglat, start_s + 60.0 * np.arange(len(eastings), dtype=np.float64), np.full(len(eastings), 5.0)
    )


def test_a_route_walked_from_end_to_end_is_whole() -> None:
    assert coverage.share(ROUTE, [walk(0, 0.005, 0.010)]) == pytest.approx(1.0)


def test_half_of_a_route_is_half() -> None:
    assert coverage.share(ROUTE, [walk(0, 0.005)]) == pytest.approx(0.53, abs=0.01)  # and 30 m ahead


def test_another_street_is_not_the_route() -> None:
    assert coverage.share(ROUTE, [walk(0, 0.010, north=29.601)]) == 0.0  # 111 m to the north


def test_what_lies_in_a_gap_is_not_counted() -> None:
    whole = walk(0, 0.002, 0.008, 0.010)
    gone = Track(whole.lnglat, whole.at_s + np.array([0.0, 0.0, 3600.0, 3600.0]), whole.accuracy_m)
    pieces = track.split(gone, 900.0)
    assert coverage.share(ROUTE, pieces) == pytest.approx(0.46, abs=0.01)
    assert coverage.share(ROUTE, list(reversed(pieces))) == coverage.share(ROUTE, pieces)


def test_without_a_track_nothing_is_measured() -> None:
    assert coverage.share(ROUTE, []) is None
    assert coverage.share(ROUTE[:1], [walk(0, 0.01)]) is None
    assert coverage.share(ROUTE[[0, 0]], [walk(0, 0.01)]) is None


def test_a_single_fix_covers_what_is_near_it() -> None:
    assert coverage.share(ROUTE, [walk(0.005)]) == pytest.approx(60 / 968, abs=0.003)
