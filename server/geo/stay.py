"""Where somebody stopped and for how long, the moves between, and which planned stops they may have reached.

A stop begins with `least_s` in which every fix can be a measurement of one place no wider than twice `radius_m`:
their discs lie so close together, in each of four directions. It goes on as long as fixes come from within
`radius_m` of its centre, their discs taken into account; to be away for less than `least_s` does not end it. These
are stay points (Li et al. 2008, "Mining user similarity based on location history") with three changes. Each fix
is given its accuracy; the place is not tied to the first fix, which would let a bad one hide a stop or shift it;
and a bad one in between, or a walk round the house, does not cut a stop in two.

A gap between two fixes at one place is part of a stay: phones at rest send little. To break stops at gaps,
`track.split` first. Everything is a function of the track, so of the set of its fixes; clean it first. Tracks of
several hundred kilometres lie on one plane here, which stretches their ends by up to a twentieth.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from server.geo import track, verdict
from server.geo.track import Track
from server.geo.verdict import Edges, Outcome, Verdict

Array = NDArray[np.float64]
Positions = NDArray[np.intp]

_TURNS: Final = np.arange(4) * np.pi / 4.0
_DIRECTIONS: Final = np.vstack((np.cos(_TURNS), np.sin(_TURNS)))
_MOST: Final = 0.95
_ROUNDS: Final = 2  # a first window's centre lies towards where somebody came from, its stop's does not


@dataclass(frozen=True, slots=True)
class Stay:
    """A stop: its centre in WGS-84, weighted by accuracy; from its first fix to its last in seconds since the
    epoch.

    Within `radius_m` of the centre lie 95 % of its `fixes`. `accuracy_m` is the median of theirs: errors at
    one place are alike, so many fixes are not better than one.
    """

    lng: float
    lat: float
    from_s: float
    to_s: float
    fixes: int
    radius_m: float
    accuracy_m: float


@dataclass(frozen=True, slots=True)
class Circle:
    """A round place: centre in WGS-84 and radius in metres."""

    lng: float
    lat: float
    radius_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A planned stop, by its id: an area or a circle, grown by a tolerance in metres."""

    key: int
    shape: Circle | Edges
    tolerance_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """A planned stop, by its id, that a stay may have been at, with the verdict on it: inside or
    uncertain.
    """

    place: int
    stay: Stay
    verdict: Verdict


def stays(fixes: Track, *, radius_m: float = 100.0, least_s: float = 300.0) -> list[Stay]:
    """The stops of a track, by time.

    Fixes vaguer than `radius_m` say nothing about such a place and are left out.
    """
    sharp = fixes.take(fixes.accuracy_m <= radius_m)
    if len(sharp) < 2:
        return []
    search = _Search(sharp, track.plane_m(sharp.lnglat), radius_m, least_s)
    return [search.stay(rows) for rows in search.joined(search.found())]


def moves(fixes: Track, stops: Sequence[Stay]) -> list[Track]:
    """What is between the stops of a track, by time: pieces of two fixes or more, from the last fix of a
    stop to the first of the next.
    """
    starts = [0, *np.searchsorted(fixes.at_s, [each.to_s for each in stops]).tolist()]
    ends = [*np.searchsorted(fixes.at_s, [each.from_s for each in stops]).tolist(), len(fixes) - 1]
    between = zip(starts, ends, strict=True)
    return [fixes.take(slice(first, last + 1)) for first, last in between if first < last]


def arrivals(stops: Iterable[Stay], places: Iterable[Place]) -> list[Arrival]:
    """Which planned stops were reached, and by which stay, by time: to be proposed, never taken for granted.

    For each place the first stay inside; where there is none, the first that is uncertain.
    """
    by_time = sorted(stops, key=lambda each: each.from_s)
    found = [arrival for place in places if (arrival := _arrival(by_time, place)) is not None]
    return sorted(found, key=lambda each: (each.stay.from_s, each.place))


def _arrival(stops: Sequence[Stay], place: Place) -> Arrival | None:
    judged = [Arrival(place.key, stay, _judged(stay, place)) for stay in stops]
    reached = [each for each in judged if each.verdict.outcome is not Outcome.OUTSIDE]
    return min(reached, key=lambda each: each.verdict.outcome is not Outcome.INSIDE, default=None)


def _judged(stay: Stay, place: Place) -> Verdict:
    """The disc of a stay against a place."""
    fix = {"lng": stay.lng, "lat": stay.lat, "accuracy_m": stay.accuracy_m, "tolerance_m": place.tolerance_m}
    if isinstance(place.shape, Edges):
        return verdict.judge(place.shape, **fix)
    centre = {"centre_lng": place.shape.lng, "centre_lat": place.shape.lat, "radius_m": place.shape.radius_m}
    return verdict.judge_circle(**centre, **fix)


# ── finding stops ───────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, eq=False)
class _Search:
    """A search for stops among n fixes, whose places are (n, 2) metres on a plane."""

    fixes: Track
    plane: Array
    radius_m: float
    least_s: float

    def found(self) -> Iterator[Positions]:
        """The rows, ascending, of each stop, by time, before those at one place are joined."""
        free = 0
        for first, last in self._windows():
            if first < free:
                continue
            rows = self._around(first, last)
            if len(rows) and self.fixes.at_s[rows[-1]] - self.fixes.at_s[rows[0]] >= self.least_s:
                yield rows
                free = rows[-1] + 1

    def joined(self, found: Iterable[Positions]) -> list[Positions]:
        """The same, but of two in sequence, at one place and shortly after one another, one is made."""
        joined: list[Positions] = []
        for rows in found:
            again = bool(joined) and self._same(joined[-1], rows)
            joined[-1:] = [np.concatenate((joined[-1], rows))] if again else [*joined[-1:], rows]
        return joined

    def stay(self, rows: Positions) -> Stay:
        """The stop that these fixes make."""
        accuracy_m, at_s = self.fixes.accuracy_m[rows], self.fixes.at_s[rows]
        lng, lat = _mean(self.fixes.lnglat[rows], accuracy_m).tolist()
        away_m = np.sort(np.hypot(*(self.plane[rows] - self._centre(rows)).T))
        radius_m = float(away_m[math.ceil(_MOST * len(rows)) - 1])
        middle_m = float(np.median(accuracy_m))
        return Stay(lng, lat, float(at_s[0]), float(at_s[-1]), len(rows), radius_m, middle_m)

    def _windows(self) -> Iterator[tuple[int, int]]:
        """First and last row of each shortest span of `least_s` whose discs lie close enough together."""
        last = np.searchsorted(self.fixes.at_s, self.fixes.at_s + self.least_s)
        first = np.flatnonzero(last < len(self.fixes))
        first = first[self._close(first, last[first])]
        return zip(first.tolist(), last[first].tolist(), strict=True)

    def _around(self, first: int, last: int) -> Positions:
        """The rows of a stop that begins with a window; none when nothing lies around its centre."""
        rows = np.arange(first, last + 1)
        for _ in range(_ROUNDS):
            rows = self._while_near(first, last, self._centre(rows))
            if not len(rows):
                break
        return rows

    def _while_near(self, first: int, last: int, centre: Array) -> Positions:
        """The rows from `first` on near a centre, until all are away for `least_s`; none unless one is in
        the window.
        """
        at_s, size = self.fixes.at_s, 2 * (last - first + 1)
        while True:
            end = min(first + size, len(at_s))
            near = first + self._near(centre, slice(first, end))
            if not len(near) or near[0] > last:
                return near[:0]
            marks = np.append(near, end)
            away_s = np.diff(at_s[np.minimum(marks, end - 1)])
            away = (np.diff(marks) > 1) & (away_s >= self.least_s)
            if away.any():
                return near[: int(np.argmax(away)) + 1]
            if end == len(at_s):
                return near
            size *= 2

    def _near(self, centre: Array, part: slice) -> Positions:
        """The rows, counted from the part's first, whose discs come within the radius of a centre."""
        away_m = np.hypot(*(self.plane[part] - centre).T)
        return np.flatnonzero(away_m <= self.radius_m + self.fixes.accuracy_m[part])

    def _same(self, before: Positions, after: Positions) -> bool:
        """Whether two stops in sequence are one, cut in two by a centre that was none."""
        soon = self.fixes.at_s[after[0]] - self.fixes.at_s[before[-1]] < self.least_s
        return bool(soon and np.hypot(*(self._centre(after) - self._centre(before))) <= self.radius_m)

    def _centre(self, rows: Positions) -> Array:
        return _mean(self.plane[rows], self.fixes.accuracy_m[rows])

    def _close(self, first: Positions, last: Positions) -> NDArray[np.bool_]:
        """Whether the discs of each span of rows, both ends included, fit between lines twice the radius
        apart, in four directions.

        By a sparse table: a span is covered by two of the next lower power of two, whose extremes are made
        by doubling.
        """
        close, rows = np.zeros(len(first), dtype=bool), last - first + 1
        along, reach_m = self.plane @ _DIRECTIONS, self.fixes.accuracy_m[:, np.newaxis]
        lower, upper, size = along - reach_m, along + reach_m, 1
        while size <= rows.max(initial=0):
            now = np.flatnonzero((size <= rows) & (rows < 2 * size))
            one, other = first[now], last[now] - size + 1
            highest, lowest = np.maximum(lower[one], lower[other]), np.minimum(upper[one], upper[other])
            close[now] = (highest - lowest <= 2.0 * self.radius_m).all(axis=1)
            lower, upper = np.maximum(lower[:-size], lower[size:]), np.minimum(upper[:-size], upper[size:])
            size *= 2
        return close


def _mean(points: Array, accuracy_m: Array) -> Array:
    """The mean of points (n, 2), each weighted by the inverse square of its accuracy."""
    weights = accuracy_m[:, np.newaxis] ** -2.0
    mean: Array = (weights * points).sum(axis=0) / weights.sum()
    return mean
