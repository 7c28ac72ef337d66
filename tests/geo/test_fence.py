"""Crossings: the rule against a slow reading of it, every order of arrival, and real ways along an edge."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon, Polygon, box

from mobile_stub.pretend import tracks
from server.geo import fence, track, verdict
from server.geo.fence import INSIDE, OUTSIDE, UNCERTAIN, Beginning, Crossing, Evidence, Hysteresis, Standing
from server.geo.index import AreaIndex
from server.geo.track import Track
from server.geo.verdict import Edges

Array = NDArray[np.float64]
MINUTE = Hysteresis(dwell_s=60.0, lapse_s=600.0)
SIGNS = {"i": INSIDE, "?": UNCERTAIN, "o": OUTSIDE}


def told(said: dict[int, str], *, every_s: float = 30.0, from_s: float = 0.0) -> Evidence:
    """What fixes say of areas, a letter a fix: i inside, ? uncertain, o outside."""
    table = np.array([[SIGNS[letter] for letter in letters] for letters in said.values()], dtype=np.int8)
    at_s = from_s + every_s * np.arange(table.shape[1], dtype=np.float64)
    return of_table(at_s, list(said), table)


def of_table(at_s: Array, areas: Sequence[int], table: fence.Codes) -> Evidence:
    row, fix = np.nonzero(table != OUTSIDE)
    return Evidence(at_s, fix, np.array(areas, dtype=np.intp)[row], table[row, fix])


def crossed(letters: str, rule: Hysteresis = MINUTE, every_s: float = 30.0) -> list[tuple[float, bool]]:
    made = fence.crossings(told({7: letters}, every_s=every_s), rule)
    return [(each.at_s, each.entered) for each in made]


# ── the rule ────────────────────────────────────────────────────────────────────────────────────────────


def test_entering_and_leaving_are_dated_at_the_first_evidence() -> None:
    assert crossed("ooiiiiooo") == [(60.0, True), (180.0, False)]


def test_who_begins_inside_has_entered_with_the_first_evidence_of_it() -> None:
    assert crossed("?iiii") == [(30.0, True)]


def test_who_was_never_inside_has_never_left() -> None:
    assert crossed("oooooo") == crossed("??????") == []


def test_a_state_must_hold_before_it_counts() -> None:
    assert crossed("oiio") == []
    assert crossed("oiiio") == [(30.0, True)]


def test_a_single_fix_is_no_hold_however_long_it_stands_alone() -> None:
    assert crossed("oi???????") == []


def test_uncertain_fixes_change_nothing() -> None:
    assert crossed("o?i??i?o??o??") == crossed("o?i??i?o?oo??") == [(60.0, True), (210.0, False)]
    assert crossed("oiii?????????iiii") == [(30.0, True)]


def test_contrary_evidence_begins_the_dwell_anew() -> None:
    assert crossed("iioiioiioiii") == [(270.0, True)]


def test_an_outlier_far_away_takes_nobody_out_of_an_area() -> None:
    assert crossed("iiiioiiii") == [(0.0, True)]


def test_without_a_dwell_every_change_of_evidence_counts() -> None:
    assert len(crossed("oioio?oi", Hysteresis(0.0, 600.0))) == 5


def test_evidence_that_lies_too_far_apart_is_no_hold() -> None:
    assert crossed("ii", every_s=600.0) == [(0.0, True)]
    assert crossed("ii", every_s=601.0) == []


def test_areas_are_crossed_each_by_itself_and_left_before_entered() -> None:
    made = fence.crossings(told({1: "iiiiiiiii", 9: "iiiiooooo", 4: "ooooiiiii"}), MINUTE)
    assert made == [
        Crossing(0.0, 1, True),
        Crossing(0.0, 9, True),
        Crossing(120.0, 9, False),
        Crossing(120.0, 4, True),
    ]


def test_of_two_codes_for_one_fix_and_area_the_surer_one_for_it_holds() -> None:
    at_s = np.arange(0.0, 90.0, 30.0)
    fix, area = np.tile(np.arange(3), 2), np.full(6, 7)
    for codes in ([INSIDE] * 3 + [UNCERTAIN] * 3, [OUTSIDE] * 3 + [INSIDE] * 3):
        evidence = Evidence(at_s, fix, area, np.array(codes, dtype=np.int8))
        assert fence.crossings(evidence, MINUTE) == [Crossing(0.0, 7, True)]


def test_no_fixes_and_no_areas_make_no_crossings() -> None:
    nobody = told({7: ""})
    assert fence.crossings(nobody, MINUTE) == []
    assert fence.advance(Standing(5.0), nobody, MINUTE) == (Standing(5.0), [])
    assert fence.crossings(told({7: "ooo"}), MINUTE) == []


@pytest.mark.parametrize(("dwell_s", "lapse_s"), [(-1.0, 5.0), (6.0, 5.0), (math.nan, 5.0), (1.0, math.inf)])
def test_a_rule_that_makes_no_sense_is_refused(dwell_s: float, lapse_s: float) -> None:
    with pytest.raises(ValueError, match="dwell"):
        Hysteresis(dwell_s, lapse_s)


def test_evidence_out_of_order_is_refused() -> None:
    with pytest.raises(ValueError, match="ascend"):
        Evidence(np.array([2.0, 2.0]), *(np.empty(0, dtype=np.intp),) * 2, np.empty(0, dtype=np.int8))


@given(st.floats(-300.0, 300.0), st.floats(0.5, 300.0))
@settings(max_examples=100, deadline=None)
def test_codes_are_the_verdicts(edge_m: float, accuracy_m: float) -> None:
    code = fence.codes(np.array([edge_m]), np.array([accuracy_m]))[0]
    inside, outside = edge_m >= accuracy_m, edge_m < -accuracy_m
    assert code == (INSIDE if inside else OUTSIDE if outside else UNCERTAIN)


# ── every order ─────────────────────────────────────────────────────────────────────────────────────────


def read_slowly(at_s: Array, areas: Sequence[int], table: fence.Codes, rule: Hysteresis) -> list[Crossing]:
    """The rule, fix by fix."""
    made = []
    for area, letters in zip(areas, table.tolist(), strict=True):
        state, run, since_s, last_s = OUTSIDE, UNCERTAIN, 0.0, 0.0
        for at, code in zip(at_s.tolist(), letters, strict=True):
            if code != UNCERTAIN:
                since_s = since_s if code == run and at - last_s <= rule.lapse_s else at
                run, last_s = code, at
                if code != state and at - since_s >= rule.dwell_s:
                    state = code
                    made.append(Crossing(since_s, area, code == INSIDE))
    return by_time(made)


def by_time(made: Sequence[Crossing]) -> list[Crossing]:
    return sorted(made, key=lambda each: (each.at_s, each.entered, each.area))


@dataclass
class Keeper:
    """What a server does: folds what comes in order, amends with what comes late, and keeps no more than it
    must.
    """

    at_s: Array
    areas: Sequence[int]
    table: fence.Codes
    rule: Hysteresis
    standing: Standing = field(default_factory=Standing)
    kept: tuple[Crossing, ...] = ()

    def __post_init__(self) -> None:
        self.has = np.zeros(len(self.at_s), dtype=bool)

    def evidence(self, rows: NDArray[np.bool_]) -> Evidence:
        return of_table(self.at_s[rows], self.areas, self.table[:, rows])

    def take(self, rows: NDArray[np.bool_]) -> None:
        self.has |= rows
        times = self.at_s[rows]
        if times[0] > self.standing.until_s:
            self.standing, found = fence.advance(self.standing, self.evidence(rows), self.rule)
            self.kept += tuple(found)
        else:
            self._amend(fence.window(self.standing, times[0], times[-1], self.rule))

    def _amend(self, span: fence.Window) -> None:
        held = self.has & (span.from_s <= self.at_s) & (self.at_s <= span.read_to_s)
        made = fence.amend(self.standing, self.kept, self.evidence(held), span, self.rule)
        if made is None:
            return self._amend(span.rest())
        self.kept = tuple(each for each in self.kept if each not in made.dropped) + made.added
        self.standing = made.standing
        return None


gaps = st.sampled_from([1.0, 1.0, 2.0, 5.0, 9.0, 11.0, 30.0, 60.0])
stretches = st.tuples(st.sampled_from([INSIDE, UNCERTAIN, OUTSIDE]), st.integers(1, 6))
letters = st.lists(stretches, min_size=1, max_size=9).map(
    lambda runs: [code for code, n in runs for _ in range(n)]
)
rules = st.tuples(*(st.sampled_from([0.0, 2.0, 5.0, 10.0, 20.0]),) * 2).map(
    lambda two: Hysteresis(*sorted(two))
)


@st.composite
def days(draw: Any) -> tuple[Array, list[int], fence.Codes, Hysteresis, list[list[int]]]:
    """Fixes, what they say of up to three areas, a rule, and batches of rows in the order of arrival."""
    every = draw(st.lists(letters, min_size=1, max_size=3))
    n = max(map(len, every))
    table = np.array([(each * n)[:n] for each in every], dtype=np.int8)
    at_s = np.cumsum(draw(st.lists(gaps, min_size=n, max_size=n)))
    cuts = sorted(draw(st.sets(st.integers(1, max(n - 1, 1)), max_size=5)))
    pieces = [list(each) for each in np.split(np.arange(n), cuts) if len(each)]
    if draw(st.booleans()):  # or scattered: two phones, each with its own holes
        pieces = [list(range(start, n, len(pieces))) for start in range(len(pieces))]
    return at_s, [7, 3, 12][: len(every)], table, draw(rules), draw(st.permutations(pieces))


@given(days())
@settings(max_examples=150, deadline=None)
def test_batches_in_any_order_come_to_what_reading_fix_by_fix_gives(day: Any) -> None:
    at_s, areas, table, rule, batches = day
    keeper = Keeper(at_s, areas, table, rule)
    for batch in [*batches, batches[0]]:  # and one of them again
        keeper.take(np.isin(np.arange(len(at_s)), batch))
        whole = read_slowly(at_s[keeper.has], areas, table[:, keeper.has], rule)
        standing, made = fence.advance(Standing(), keeper.evidence(keeper.has), rule)
        assert by_time(keeper.kept) == made == whole
        assert keeper.standing == standing


@given(days())
@settings(max_examples=30, deadline=None)
def test_between_two_crossings_of_an_area_lies_at_least_the_dwell(day: Any) -> None:
    at_s, areas, table, rule, _ = day
    made = fence.crossings(of_table(at_s, areas, table), rule)
    for area in areas:
        times = [each.at_s for each in made if each.area == area]
        assert all(np.diff(times) >= rule.dwell_s)


@given(days(), st.integers(0, 20), st.sampled_from([1.0, 30.0, 400.0]))
@settings(max_examples=300, deadline=None)
def test_fixes_that_say_nothing_new_take_a_standing_where_folding_them_takes_it(
    day: Any, first: int, pace: float
) -> None:
    at_s, areas, table, rule, _ = day
    at_s = at_s / pace
    begun, _ = fence.advance(Standing(), of_table(at_s[:first], areas, table[:, :first]), rule)
    for end in range(first + 1, len(at_s) + 1):
        later, codes = at_s[first:end], table[:, first:end]
        said = [
            (set(np.array(areas)[each == INSIDE]), set(np.array(areas)[each != OUTSIDE])) for each in codes.T
        ]
        after = fence.further(begun, float(later[0]), float(later[-1]), said, rule)
        folded, made = fence.advance(begun, of_table(later, areas, codes), rule)
        assert after is None or (after, []) == (folded, made)


def test_who_stays_where_they_are_or_goes_on_with_what_has_begun_says_nothing_new() -> None:
    home, entering = Standing(0.0, frozenset({7})), Standing(0.0, frozenset({7}), (Beginning(8, 0.0, 0.0),))
    assert fence.further(home, 30.0, 9000.0, [({7}, {7}), (set(), {7, 8})], MINUTE) == replace(
        home, until_s=9000.0
    )
    gone_on = fence.further(entering, 30.0, 50.0, [({7, 8}, {7, 8})], MINUTE)
    assert gone_on == Standing(50.0, frozenset({7}), (Beginning(8, 0.0, 50.0),))
    for to_s, said in ((60.0, ({7, 8}, {7, 8})), (50.0, ({7}, {7, 8})), (50.0, ({8}, {8}))):
        assert fence.further(entering, 30.0, to_s, [said], MINUTE) is None


def test_late_fixes_that_settle_soon_are_amended_within_their_window() -> None:
    rule = Hysteresis(60.0, 60.0)
    every = told({7: "o" * 40 + "i" * 20 + "o" * 140})
    late = (every.at_s >= 1_200.0) & (every.at_s < 1_800.0)
    early = of_table(every.at_s[~late], [7], np.full((1, (~late).sum()), OUTSIDE, dtype=np.int8))
    standing, made = fence.advance(Standing(), early, rule)
    span = fence.window(standing, 1_200.0, 1_770.0, rule)
    assert (made, span) == ([], fence.Window(1_080.0, 1_830.0, 1_950.0))
    amended = fence.amend(standing, made, every, span, rule)
    assert amended is not None
    assert amended.added == (Crossing(1_200.0, 7, True), Crossing(1_800.0, 7, False))
    assert (amended.dropped, amended.standing) == ((), standing)


def test_late_fixes_whose_trace_goes_on_ask_for_the_rest() -> None:
    rule, rows = Hysteresis(60.0, 60.0), np.arange(200)
    keeper = keeper_of("o" * 40 + "i" * 20 + "?" * 100 + "i" * 40, rule)
    keeper.take((rows < 40) | (rows >= 60))
    assert list(keeper.kept) == [Crossing(4_800.0, 7, True)]
    span = fence.window(keeper.standing, 1_200.0, 1_770.0, rule)
    every = keeper.evidence(rows >= 0)
    assert fence.amend(keeper.standing, keeper.kept, every, span, rule) is None
    keeper.take((rows >= 40) & (rows < 60))
    assert list(keeper.kept) == [Crossing(1_200.0, 7, True)]


def test_where_the_oldest_crossings_have_expired_nobody_enters_where_they_were() -> None:
    day = told({7: "oooiiiiiiiiiiiii?iii", 8: "oooooiiiiiiooooooooo"})
    standing, made = fence.advance(Standing(), day, MINUTE)
    left = [each for each in made if each.at_s >= 240.0]
    assert fence.outset(standing, made) == frozenset()
    assert fence.outset(standing, left) == {7, 8}
    rest = day.between(240.0, math.inf)
    assert fence.advance(Standing(inside=fence.outset(standing, left)), rest, MINUTE) == (standing, left)
    span = fence.Window(300.0, math.inf, math.inf)
    amended = fence.amend(standing, left, rest, span, MINUTE)
    assert amended is not None
    assert (amended.dropped, amended.added) == ((), ())


def test_evidence_in_parts_is_the_same_evidence() -> None:
    apart = of_table(np.array([0.0, 10.0, 500.0, 510.0, 2000.0]), [7], np.ones((1, 5), dtype=np.int8))
    parts = apart.parts(100.0, 8)
    assert [each.at_s.tolist() for each in parts] == [[0.0, 10.0], [500.0, 510.0], [2000.0]]
    assert [each.fix.tolist() for each in parts] == [[0, 1], [0, 1], [0]]
    assert len(apart.parts(100.0, 2)) == 1
    assert apart.between(3000.0, 4000.0).parts(100.0, 8) == []


def test_late_fixes_can_take_a_crossing_back() -> None:
    said = "oooioioiooooo"
    keeper = keeper_of(said, MINUTE)
    inside = np.array([letter == "i" for letter in said])
    keeper.take(inside)
    assert list(keeper.kept) == [Crossing(90.0, 7, True)]
    keeper.take(~inside)
    assert list(keeper.kept) == []


def keeper_of(said: str, rule: Hysteresis) -> Keeper:
    at_s = np.arange(0.0, 30.0 * len(said), 30.0)
    return Keeper(at_s, [7], np.array([[SIGNS[letter] for letter in said]], dtype=np.int8), rule)


def test_a_standing_remembers_what_has_begun_and_forgets_what_has_lapsed() -> None:
    standing, made = fence.advance(Standing(), told({7: "oii"}), MINUTE)
    assert (standing, made) == (Standing(60.0, frozenset(), (Beginning(7, 30.0, 60.0),)), [])
    later, made = fence.advance(standing, told({7: "i"}, from_s=500.0), MINUTE)
    assert (later, made) == (Standing(500.0, frozenset({7}), ()), [Crossing(30.0, 7, True)])
    assert fence.advance(standing, told({7: "?"}, from_s=661.0), MINUTE)[0].begun == ()


def test_fixes_no_later_than_those_known_are_not_folded() -> None:
    with pytest.raises(ValueError, match="amend"):
        fence.advance(Standing(60.0), told({7: "i"}, from_s=60.0), MINUTE)


# ── real ways ───────────────────────────────────────────────────────────────────────────────────────────


def real(data: Path, name: str) -> Track:
    points = tracks.read(data / "tracks" / f"{name}.plt")
    at_s = np.array([point.at.timestamp() for point in points if point.at])
    lnglat = np.array([(point.lng, point.lat) for point in points])
    return track.clean(Track.of(lnglat, at_s, np.full(len(at_s), 5.0)))


def heard(way: Track, sigma_m: float, memory_s: float) -> Track:
    """The way with normal errors that forget themselves in `memory_s` (Gauss and Markov), as GNSS has
    them.
    """
    fresh = np.random.default_rng(3).normal(0.0, sigma_m, (len(way), 2))
    error = fresh.copy()
    keeps = np.exp(-np.diff(way.at_s) / memory_s)
    for row, keep in enumerate(keeps, start=1):
        error[row] = keep * error[row - 1] + math.sqrt(1.0 - keep * keep) * fresh[row]
    accuracy_m = np.full(len(way), 1.51 * sigma_m)
    return Track(way.lnglat + error / track.degree_m(way.lnglat[:, 1]), way.at_s, accuracy_m)


def against(fixes: Track, area: MultiPolygon) -> tuple[Array, Evidence]:
    edges = Edges.of(area)
    edge_m = np.array([verdict.signed_edge_m(edges, lng=lng, lat=lat) for lng, lat in fixes.lnglat])
    rows = np.arange(len(fixes))
    areas = np.full(len(fixes), 7)
    return edge_m, Evidence.of(fixes.at_s, fixes.accuracy_m, fix=rows, area=areas, edge_m=edge_m)


@pytest.mark.parametrize("memory_s", [0.001, 120.0])
@pytest.mark.parametrize(
    "name",
    [
        "geolife_000_20081023025304",
        "geolife_000_20081026134407",
        "geolife_001_20081023055305",
        "geolife_001_20081023234104",
    ],
)
def test_hours_along_an_edge_make_no_chatter(shared_data: Path, name: str, memory_s: float) -> None:
    """The way itself is the edge, which is the worst there is: there is no right answer, only few or many.

    A disc of 68 % on an edge lies wholly on one side in 13 % of fixes. Every two of those differ as often as
    not, and to span 120 s at 5 s a fix takes four alike: 0.13 / 2 / 8 / 2, one crossing in 250 fixes. Errors
    that last come to less, for the discs know of them. The bound is one in 100; point in polygon changes
    every few fixes.
    """
    way = real(shared_data, name)
    line = shapely.linestrings(track.thin(way, 5.0).lnglat)
    beside = shapely.get_parts(shapely.make_valid(shapely.buffer(line, 0.004, single_sided=True)))
    area = MultiPolygon([part for part in beside if isinstance(part, Polygon)])
    edge_m, evidence = against(heard(way, 10.0, memory_s), area)
    changes = np.count_nonzero(np.diff(edge_m >= 0.0))
    made = fence.crossings(evidence, Hysteresis())
    assert changes > len(way) / 14
    assert len(made) <= len(way) / 100
    assert len(made) <= changes / 12


def test_a_way_through_an_area_enters_it_once_and_leaves_it_once(shared_data: Path) -> None:
    way = real(shared_data, "geolife_000_20081026134407")
    west, south, east, north = shapely.total_bounds(shapely.points(way.lnglat[200:400]))
    area = MultiPolygon([box(west, south, east, north)])
    plain = fence.crossings(against(way, area)[1], Hysteresis())
    for sigma_m in (5.0, 15.0):
        made = fence.crossings(against(heard(way, sigma_m, 60.0), area)[1], Hysteresis())
        assert [each.entered for each in made] == [each.entered for each in plain] == [True, False]
        assert [each.at_s for each in made] == pytest.approx([each.at_s for each in plain], abs=180.0)


def test_an_area_that_changes_is_crossed_by_its_shape_at_each_fixs_own_time() -> None:
    small, large = (MultiPolygon([box(120.0, 30.0, 120.0 + size, 30.1)]) for size in (0.1, 0.2))
    index = AreaIndex.build(
        [small, large],
        [(7, 1), (7, 2)],
        valid_from_s=np.array([-math.inf, 600.0]),
        valid_until_s=np.array([600.0, math.inf]),
    )
    at_s = np.arange(0.0, 1_200.0, 30.0)
    lnglat = np.tile((120.15, 30.05), (len(at_s), 1))
    fix, position = index.at_many(lnglat, at_s=at_s)
    edge_m = np.array([verdict.signed_edge_m(index.edges(each), lng=120.15, lat=30.05) for each in position])
    area = np.array([index.keys[each][0] for each in position], dtype=np.intp)
    evidence = Evidence.of(at_s, np.full(len(at_s), 10.0), fix=fix, area=area, edge_m=edge_m)
    assert fence.crossings(evidence, MINUTE) == [Crossing(600.0, 7, True)]
