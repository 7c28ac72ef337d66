"""A person's way as it was measured: several phones merged, what cannot be dropped, split, thinned, measured.

A `Track` is always in the order of time with one fix an instant, so that whatever is computed from it is a
function of the set of fixes, in whichever order and from however many phones they came. All functions are
pure; those that leave out fixes never move one.

Distances between fixes use the metres a degree has at both (the mid-latitude formula on the ellipsoid):
within 0.01 % below 100 km, and no trigonometry but once for each fix. Tracks across the antimeridian are
not handled: there are none in China.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from server.geo import measure

Array = NDArray[np.float64]
Rows = NDArray[np.intp] | NDArray[np.bool_] | slice

_A_M: Final = 6378137.0
_E2: Final = 0.0066943799901413165

# How much faster than the pace before and after one can have been on the mean: speeding up and braking by turns,
# as a car does; then no faster than a race, and over the quarters of an hour that it takes to climb, a flight.
_FASTER_MPS2: Final = 1.25  # a quarter of 5 m/s², half of the time each way
_SPURT_MPS: Final = 60.0
_CLIMB_MPS2: Final = 0.2
_FASTEST_MPS: Final = 340.0  # an airliner with the wind behind it
_BACK: Final = 16  # so many fixes back the chain is looked for; beyond, only its longest is tried
_PACE_BACK: Final = 4
_PACE_WINDOW: Final = 9
_VAGUE_M: Final = 200.0  # masts and distant access points; GNSS is better by a factor of ten
_ALONE_S: Final = 300.0
_SURE: Final = 2.0  # 68 % lie within the accuracy (Android), 99 % within twice as much


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """n fixes: `lnglat` (n, 2) in WGS-84 degrees, `at_s` (n,) seconds since the epoch, strictly ascending,
    `accuracy_m` (n,) the radius of each disc in metres.

    Raises `ValueError` for unequal lengths, positions off the globe, accuracies that are no positive number
    and times that do not ascend; `Track.of` takes fixes in any order.
    """

    lnglat: Array
    at_s: Array
    accuracy_m: Array

    def __post_init__(self) -> None:
        """Hold what the class promises."""
        n = len(self.at_s)
        if not (self.lnglat.shape == (n, 2) and self.at_s.shape == self.accuracy_m.shape == (n,)):
            raise ValueError("positions, times and accuracies must be equally many")
        if not measure.valid_positions(self.lnglat).all():
            raise ValueError("a position is off the globe")
        if not ((self.accuracy_m > 0.0) & np.isfinite(self.accuracy_m)).all():
            raise ValueError("an accuracy is a positive number of metres")
        if not (np.isfinite(self.at_s).all() and (np.diff(self.at_s) > 0.0).all()):
            raise ValueError("times must be finite and ascend")

    @classmethod
    def of(cls, lnglat: Array, at_s: Array, accuracy_m: Array) -> "Track":
        """A track of fixes in any order, the same for every order.

        Of several at one instant the most accurate stays; of those, the one furthest west, then south.
        """
        order = np.lexsort((lnglat[:, 1], lnglat[:, 0], accuracy_m, at_s))
        new = np.diff(at_s[order], prepend=math.nan) != 0.0
        kept = order[new]
        return cls(lnglat[kept], at_s[kept], accuracy_m[kept])

    def __len__(self) -> int:
        return len(self.at_s)

    def take(self, rows: Rows) -> "Track":
        """The track of these rows, given ascending or as a mask."""
        return Track(self.lnglat[rows], self.at_s[rows], self.accuracy_m[rows])


def merge(tracks: Iterable[Track]) -> Track:
    """One track of all fixes of several phones, whatever the order of the phones; one an instant, as
    `Track.of` chooses.
    """
    every = [Track(np.empty((0, 2)), np.empty(0), np.empty(0)), *tracks]
    return Track.of(
        np.concatenate([each.lnglat for each in every]),
        np.concatenate([each.at_s for each in every]),
        np.concatenate([each.accuracy_m for each in every]),
    )


def clean(track: Track) -> Track:
    """The track without the fixes that cannot be: its longest chain in which each can be reached from the
    one before.

    A later fix can be reached when its disc, of twice the accuracy, touches what lies within reach of the
    earlier disc: as far as one comes in the time from the pace of those minutes by speeding up and braking,
    and never faster than an airliner. A chain needs no trust in any one fix, so an outlier, a cluster of
    them, a cold start at yesterday's place and a second phone lying elsewhere are all outvoted. Fixes
    vaguer than 200 m go first, but where nothing better was measured within five minutes.
    """
    sharp = _without_vague(track)
    return sharp.take(_longest_chain(_Reach.of(sharp))) if len(sharp) > 1 else sharp


def split(track: Track, gap_s: float) -> list[Track]:
    """The pieces of a track between gaps longer than `gap_s` seconds; none for an empty one."""
    cuts = np.flatnonzero(np.diff(track.at_s) > gap_s) + 1
    starts, ends = [0, *cuts.tolist()], [*cuts.tolist(), len(track)]
    return [track.take(slice(*piece)) for piece in zip(starts, ends, strict=True) if piece[0] < piece[1]]


def thin(track: Track, tolerance_m: float) -> Track:
    """The fixes that tell to within `tolerance_m` metres where somebody was at each instant (Meratnia and de By 2004,
    top-down time-ratio).

    Who goes along the straight lines between them, evenly in time, is never further from a fix at its instant: right
    for a line and for playing it back. First and last stay, and what stays keeps its time. For drawing,
    `metres_per_pixel` is a good tolerance.
    """
    if len(track) < 3:
        return track
    kept = np.zeros(len(track), dtype=bool)
    kept[[0, -1]] = True
    plane, open_ = plane_m(track.lnglat), [(0, len(track) - 1)]
    while open_:
        first, last = open_.pop()
        away_m = _away_in_time_m(plane[first : last + 1], track.at_s[first : last + 1])
        worst = int(np.argmax(away_m))
        if away_m[worst] > tolerance_m:
            kept[first + worst] = True
            open_ += [(first, first + worst), (first + worst, last)]
    return track.take(kept)


def _away_in_time_m(plane: Array, at_s: Array) -> Array:
    """How far places, (n, 2) in metres, lie from where one would be who goes evenly from the first to the last."""
    share = (at_s - at_s[0]) / max(at_s[-1] - at_s[0], 1e-9)
    away: Array = np.hypot(*(plane - plane[0] - share[:, None] * (plane[-1] - plane[0])).T)
    return away


def length_m(track: Track) -> float:
    """The metres surely covered: how far a point is dragged that every disc in turn pulls in by its nearest
    side.

    Within a disc of twice the accuracy the point is let be, so jitter while standing and vague fixes add
    next to nothing, and an outlier adds what it sticks out. Each turning back loses at most a disc's
    diameter. The way starts at the most accurate fix and is followed both ways from there. Straight across
    gaps; `split` first to leave them out.
    """
    if len(track) < 2:
        return 0.0
    best = int(np.argmin(track.accuracy_m))
    return _dragged_m(track, slice(best, None)) + _dragged_m(track, slice(best, None, -1))


def duration_s(track: Track) -> float:
    """Seconds from the first fix to the last."""
    return float(track.at_s[-1] - track.at_s[0]) if len(track) else 0.0


def metres_per_pixel(zoom: float, *, lat: float) -> float:
    """How many metres a pixel of a Web Mercator map of 256-pixel tiles covers at a latitude in degrees."""
    return 2.0 * math.pi * _A_M * math.cos(math.radians(lat)) / (256.0 * math.pow(2.0, zoom))


def degree_m(lat: Array) -> Array:
    """How many metres a degree of longitude and one of latitude have, (n, 2), at latitudes (n,)."""
    sin_lat = np.sin(np.radians(lat))
    w2 = 1.0 - _E2 * sin_lat * sin_lat
    normal_m = _A_M / np.sqrt(w2)
    along = normal_m * np.sqrt(1.0 - sin_lat * sin_lat), normal_m * (1.0 - _E2) / w2
    return np.radians(np.column_stack(along))


def plane_m(lnglat: Array) -> Array:
    """Positions (n, 2) on a plane in metres, true to scale at their mean latitude; n is at least one."""
    middle = lnglat.mean(axis=0)
    plane: Array = (lnglat - middle) * degree_m(middle[1:])
    return plane


# ── cleaning ────────────────────────────────────────────────────────────────────────────────────────────


def _without_vague(track: Track) -> Track:
    """The track without vague fixes for which there is a sharp one within `_ALONE_S`."""
    sharp = track.accuracy_m <= _VAGUE_M
    if sharp.all():
        return track
    times = np.concatenate(([-math.inf], track.at_s[sharp], [math.inf]))
    after = np.searchsorted(times, track.at_s)
    from_sharp_s = np.minimum(track.at_s - times[after - 1], times[after] - track.at_s)
    return track.take(sharp | (from_sharp_s > _ALONE_S))


@dataclass(frozen=True, slots=True, eq=False)
class _Reach:
    """A track of n ≥ 2 fixes with what is needed to say which can be reached from which: `degrees` (n, 2)
    metres a degree, `pace` (n,) metres a second.
    """

    track: Track
    degrees: Array
    pace: Array

    @classmethod
    def of(cls, track: Track) -> "_Reach":
        bare = cls(track, degree_m(track.lnglat[:, 1]), np.zeros(len(track)))
        return cls(track, bare.degrees, bare._paces())

    def between(self, earlier: slice, later: slice) -> NDArray[np.bool_]:
        """Whether each of the later rows can be reached from the earlier row in the same place."""
        apart_m, seconds = self._apart(earlier, later)
        discs_m = _SURE * (self.track.accuracy_m[later] + self.track.accuracy_m[earlier])
        faster = np.minimum(_FASTER_MPS2 * seconds, _SPURT_MPS + _CLIMB_MPS2 * seconds)
        fastest = np.minimum(np.maximum(self.pace[later], self.pace[earlier]) + faster, _FASTEST_MPS)
        reachable: NDArray[np.bool_] = apart_m - discs_m <= fastest * seconds
        return reachable

    def one(self, earlier: int, later: int) -> bool:
        """Whether one row can be reached from another."""
        return bool(self.between(slice(earlier, earlier + 1), slice(later, later + 1))[0])

    def back(self) -> NDArray[np.bool_]:
        """(n, _BACK): whether each row can be reached from the row 1, 2, … before it."""
        reachable = np.zeros((len(self.track), _BACK), dtype=bool)
        for lag in range(1, min(_BACK, len(self.track) - 1) + 1):
            reachable[lag:, lag - 1] = self.between(slice(-lag), slice(lag, None))
        return reachable

    def _apart(self, earlier: slice, later: slice) -> tuple[Array, Array]:
        """The metres and the seconds between rows in the same place."""
        mean = 0.5 * (self.degrees[later] + self.degrees[earlier])
        across, up = ((self.track.lnglat[later] - self.track.lnglat[earlier]) * mean).T
        return np.hypot(across, up), self.track.at_s[later] - self.track.at_s[earlier]

    def _paces(self) -> Array:
        """The pace around each fix: the median, over nine fixes, of the least at which each can have come
        from any of the four before it.

        The least, because two phones in turn jump between two places; the median, because outliers do too.
        """
        least = np.full(len(self.track), math.inf)
        for lag in range(1, min(_PACE_BACK, len(least) - 1) + 1):
            metres, seconds = self._apart(slice(-lag), slice(lag, None))
            least[lag:] = np.minimum(least[lag:], metres / seconds)
        least[0] = least[1]
        around = sliding_window_view(np.pad(least, _PACE_WINDOW // 2, mode="edge"), _PACE_WINDOW)
        return np.asarray(np.median(around, axis=1))


def _longest_chain(reach: _Reach) -> NDArray[np.intp]:
    """The rows of the longest chain, ascending; of equal ones, the one that ends last."""
    n = len(reach.track)
    if reach.between(slice(-1), slice(1, None)).all():
        return np.arange(n)
    back, lengths, links, longest = reach.back(), [1], [-1], 0
    from_last = back[:, 0].tolist()
    for row in range(1, n):
        link = longest if longest == row - 1 and from_last[row] else _link(reach, back, lengths, longest)
        links.append(link)
        lengths.append(1 if link < 0 else lengths[link] + 1)
        longest = row if lengths[row] >= lengths[longest] else longest
    return _followed(links, longest)


def _link(reach: _Reach, back: NDArray[np.bool_], lengths: list[int], longest: int) -> int:
    """The end of the longest chain from which the next row can be reached, the latest of equal ones; −1 for
    none.
    """
    row = len(lengths)
    ends = (row - 1 - back[row].nonzero()[0]).tolist()
    if longest < row - _BACK and reach.one(longest, row):
        ends.append(longest)
    return max(ends, key=lengths.__getitem__, default=-1)  # the first of equal ones, and they descend


def _followed(links: list[int], row: int) -> NDArray[np.intp]:
    """The rows from which `row` was reached, and itself, ascending."""
    rows = []
    while row >= 0:
        rows.append(row)
        row = links[row]
    return np.array(rows[::-1], dtype=np.intp)


# ── measuring ───────────────────────────────────────────────────────────────────────────────────────────


def _dragged_m(track: Track, rows: slice) -> float:
    """How far the discs of these rows, in their order, drag a point that starts in the middle of the
    first.
    """
    lnglat = track.lnglat[rows]
    degrees = degree_m(lnglat[:, 1]).tolist()
    lng, lat = lnglat[0].tolist()
    dragged_m = 0.0
    fixes = zip(lnglat.tolist(), degrees, (_SURE * track.accuracy_m[rows]).tolist(), strict=True)
    for (to_lng, to_lat), (per_lng, per_lat), radius_m in fixes:
        away_m = math.hypot((to_lng - lng) * per_lng, (to_lat - lat) * per_lat)
        if away_m > radius_m:
            share = 1.0 - radius_m / away_m
            lng, lat = lng + share * (to_lng - lng), lat + share * (to_lat - lat)
            dragged_m += away_m - radius_m
    return dragged_m
