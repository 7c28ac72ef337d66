"""When somebody entered and left areas: no chatter along an edge, and the same whatever order fixes come in.

**Evidence.** Each fix is a disc. Wholly inside an area it is evidence for inside, wholly outside for outside; a
disc across the edge is neither, and changes nothing. The verdict is that of each fix's own time, so an area may
have another shape from one fix to the next.

**Runs and holds.** A run is evidence of one kind about one area, uncontradicted, no two of it in sequence more
than `lapse_s` apart. A run that spans `dwell_s` from its first to its last evidence is a hold. The state of an
area is that of its last hold, outside before the first. Where a hold changes it there is a crossing, dated at the
hold's first evidence. (A Schmitt trigger in space, whose two thresholds are the fix's own accuracy, with a
debounce in time.) So between two crossings of one area lie at least `dwell_s`, whatever the noise.

**Order.** Runs and holds are functions of the set of fixes, so crossings are. Fixes that come in order are folded
into a `Standing` (`advance`). For late ones a `window` is recomputed (`amend`). That this is enough:

* A run that began before `late_from − dwell − lapse` and goes on past `late_from` had, by its last evidence before
  `late_from`, spanned `dwell_s` already: each evidence comes at most `lapse_s` after the one before. It is a hold
  whatever comes late, and any other run that began so early has ended. Crossings dated earlier stand.
* A run that begins after `late_to + lapse` follows evidence that did not come late, or a lapse without any. It
  begins there, late fixes or not. Whether it is a crossing hangs on nothing but the state before it.
* A hold has spanned `dwell_s` less than `dwell + lapse` after it began, so to know those that begin in the window,
  fixes are read for so long past its end.

Where the state at the end of the window comes out as it was, nothing later changes; else the window takes in all
that follows.
"""

import math
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Positions = NDArray[np.intp]
Codes = NDArray[np.int8]
Areas = Set[int]

INSIDE: Final = 1
UNCERTAIN: Final = 0
OUTSIDE: Final = -1


@dataclass(frozen=True, slots=True)
class Crossing:
    """An area, by its id, entered or left, dated in seconds since the epoch at the first evidence of it."""

    at_s: float
    area: int
    entered: bool


@dataclass(frozen=True, slots=True)
class Hysteresis:
    """How long a state must hold before it counts, and after how long without evidence a run lapses.

    Raises `ValueError` unless 0 ≤ `dwell_s` ≤ `lapse_s`.
    """

    dwell_s: float = 120.0
    lapse_s: float = 3600.0

    def __post_init__(self) -> None:
        """Hold what the class promises."""
        if not 0.0 <= self.dwell_s <= self.lapse_s < math.inf:
            raise ValueError(f"a dwell of {self.dwell_s} s does not fit a lapse of {self.lapse_s} s")

    @property
    def memory_s(self) -> float:
        """How long evidence matters: within this time of its beginning a run is a hold or never will be."""
        return self.dwell_s + self.lapse_s


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What n fixes say of areas: `at_s` (n,), strictly ascending, and m pairs of a fix (`fix`, rows of
    `at_s`), an area (`area`, ids) and a code (`code`: INSIDE, UNCERTAIN or OUTSIDE), each (m,).

    A pair that is not given is OUTSIDE, so give every area that a fix's disc touches. Of several codes for
    one pair the greatest holds. Raises `ValueError` for times that do not ascend.
    """

    at_s: Array
    fix: Positions
    area: Positions
    code: Codes

    def __post_init__(self) -> None:
        """Hold what the class promises."""
        if not (np.diff(self.at_s) > 0.0).all():
            raise ValueError("times must ascend")

    @classmethod
    def of(
        cls, at_s: Array, accuracy_m: Array, *, fix: Positions, area: Positions, edge_m: Array
    ) -> "Evidence":
        """Evidence from signed metres to the edge, (m,), positive inside, and accuracies of fixes, (n,)."""
        return cls(at_s, fix, area, codes(edge_m, accuracy_m[fix]))

    def parts(self, apart_s: float, most: int) -> "list[Evidence]":
        """The same in parts that lie further apart than this; in one where there would be more than `most`."""
        cuts = np.flatnonzero(np.diff(self.at_s) > apart_s) + 1
        parts = [self.at_s] if len(cuts) >= most else np.split(self.at_s, cuts)
        return [self.between(float(part[0]), float(part[-1])) for part in parts if len(part)]

    def between(self, from_s: float, to_s: float) -> "Evidence":
        """What the fixes from one instant to another, both included, say."""
        first, end = np.searchsorted(self.at_s, from_s), np.searchsorted(self.at_s, to_s, side="right")
        kept = (first <= self.fix) & (self.fix < end)
        return Evidence(self.at_s[first:end], self.fix[kept] - first, self.area[kept], self.code[kept])


@dataclass(frozen=True, slots=True)
class Beginning:
    """A run against the state of an area that is no hold yet: its first and its last evidence."""

    area: int
    since_s: float
    last_s: float


@dataclass(frozen=True, slots=True)
class Standing:
    """All that later fixes need to know of those up to `until_s`: the areas inside of, and what has begun."""

    until_s: float = -math.inf
    inside: frozenset[int] = frozenset()
    begun: tuple[Beginning, ...] = ()


@dataclass(frozen=True, slots=True)
class Window:
    """Crossings dated from `from_s` to `to_s`, both included, may change; to know them anew, fixes from
    `from_s` to `read_to_s` are read.
    """

    from_s: float
    to_s: float
    read_to_s: float

    def rest(self) -> "Window":
        """The same, and all that follows."""
        return Window(self.from_s, math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class Amendment:
    """What late fixes change: crossings that were none, crossings that had not been seen, the standing
    now.
    """

    dropped: tuple[Crossing, ...]
    added: tuple[Crossing, ...]
    standing: Standing


def codes(edge_m: Array, accuracy_m: Array) -> Codes:
    """What discs are to areas, (m,), from signed metres to the edge and radii: the outcomes of `verdict`,
    for arrays.
    """
    return (edge_m >= accuracy_m).astype(np.int8) - (edge_m < -accuracy_m).astype(np.int8)


def crossings(evidence: Evidence, rule: Hysteresis) -> list[Crossing]:
    """All crossings of somebody who began outside of everything, by time; at one instant left before
    entered.
    """
    return advance(Standing(), evidence, rule)[1]


def advance(standing: Standing, evidence: Evidence, rule: Hysteresis) -> tuple[Standing, list[Crossing]]:
    """Fold later fixes into a standing: the new one, and the crossings now certain, by time.

    A crossing is dated at its first evidence, which may lie before the fixes given. Raises `ValueError`
    when a fix is not later than `standing.until_s`: that is for `amend`.
    """
    if len(evidence.at_s) == 0:
        return standing, []
    if evidence.at_s[0] <= standing.until_s:
        raise ValueError("these fixes are not later than those known; amend instead")
    areas = _concerned(standing, evidence)
    runs = _Runs.of(*_table(areas, standing, evidence), rule)
    before = _state(areas, standing)
    after, until_s = _last_held(before, runs), float(evidence.at_s[-1])
    begun = _begun(areas, after, runs, until_s - rule.lapse_s)
    now = Standing(until_s, frozenset(areas[after == INSIDE].tolist()), begun)
    return now, _changes(areas, before, runs)


def further(
    standing: Standing, from_s: float, to_s: float, said: Iterable[tuple[Areas, Areas]], rule: Hysteresis
) -> Standing | None:
    """The standing after later fixes that say nothing new: what `advance` gives, at a fraction of the cost.

    They lie between two instants, both included; `said` is what each says: the areas its disc lies wholly in, and
    those it touches, these among them. None where one is not later than `standing`, speaks against where it stands,
    or leaves off what has begun; and where that may be a hold by now.
    """
    began_s = min((each.since_s for each in standing.begun), default=math.inf)
    if from_s <= standing.until_s or to_s - began_s >= rule.dwell_s:
        return None
    begun = {each.area for each in standing.begun}
    staying, entering, leaving = standing.inside - begun, begun - standing.inside, begun & standing.inside
    for within, touched in said:
        goes_on = entering <= within and leaving.isdisjoint(touched)
        if not (goes_on and staying <= touched and within <= staying | entering):
            return None
    return Standing(to_s, standing.inside, tuple(replace(each, last_s=to_s) for each in standing.begun))


def window(standing: Standing, late_from_s: float, late_to_s: float, rule: Hysteresis) -> Window:
    """The window to recompute when fixes from one instant to another, both included, come after later
    ones.
    """
    to_s = late_to_s + rule.lapse_s
    bounded = Window(late_from_s - rule.memory_s, to_s, to_s + rule.memory_s)
    return bounded if bounded.read_to_s < standing.until_s else bounded.rest()


def amend(
    standing: Standing, kept: Sequence[Crossing], evidence: Evidence, span: Window, rule: Hysteresis
) -> Amendment | None:
    """Recompute a window, late fixes included; nothing when it must be done again with `span.rest()`.

    `kept` are the crossings known so far, all that led to `standing`, but for the oldest where they have expired;
    `evidence` is that of all fixes from `span.from_s` to `span.read_to_s`, at least.
    """
    before = inside_of((each for each in kept if each.at_s < span.from_s), outset(standing, kept))
    known = [each for each in kept if span.from_s <= each.at_s <= span.to_s]
    told = evidence.between(span.from_s, span.read_to_s)
    now, found = advance(Standing(inside=before), told, rule)
    found = [each for each in found if each.at_s <= span.to_s]
    if span.to_s < math.inf and inside_of(known, before) != inside_of(found, before):
        return None
    dropped = tuple(each for each in known if each not in found)
    added = tuple(each for each in found if each not in known)
    return Amendment(dropped, added, now if span.to_s == math.inf else standing)


def outset(standing: Standing, kept: Iterable[Crossing]) -> frozenset[int]:
    """The areas somebody was in before all crossings that are kept: none, unless older ones have expired."""
    inside = set(standing.inside)
    for crossing in sorted(kept, key=_by_time, reverse=True):
        (inside.discard if crossing.entered else inside.add)(crossing.area)
    return frozenset(inside)


def inside_of(made: Iterable[Crossing], before: frozenset[int] = frozenset()) -> frozenset[int]:
    """The areas somebody is in after these crossings, in whatever order given, having been in `before`."""
    inside = set(before)
    for crossing in sorted(made, key=_by_time):
        (inside.add if crossing.entered else inside.discard)(crossing.area)
    return frozenset(inside)


# ── runs ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, eq=False)
class _Runs:
    """Runs of evidence, by area and then by time: `row` is whose, `code` of which kind, `held` whether a
    hold.
    """

    row: Positions
    code: Codes
    since_s: Array
    last_s: Array
    held: NDArray[np.bool_]

    @classmethod
    def of(cls, at_s: Array, table: Codes, rule: Hysteresis) -> "_Runs":
        """The runs in a table of codes (areas, instants)."""
        row, column = np.nonzero(table)
        code, at = table[row, column], at_s[column]
        new = np.ones(len(row), dtype=bool)
        new[1:] = (np.diff(row) != 0) | (np.diff(code) != 0) | (np.diff(at) > rule.lapse_s)
        first, last = np.flatnonzero(new), np.flatnonzero(np.roll(new, -1))
        return cls(row[first], code[first], at[first], at[last], at[last] - at[first] >= rule.dwell_s)


def _concerned(standing: Standing, evidence: Evidence) -> Positions:
    """The ids, ascending, of areas that were or now are more than outside."""
    known = [*standing.inside, *(each.area for each in standing.begun)]
    return np.union1d(np.array(known, dtype=np.intp), evidence.area)


def _state(areas: Positions, standing: Standing) -> Positions:
    """Whether inside or outside of each area."""
    state = [INSIDE if area in standing.inside else OUTSIDE for area in areas.tolist()]
    return np.array(state, dtype=np.intp)


def _table(areas: Positions, standing: Standing, evidence: Evidence) -> tuple[Array, Codes]:
    """The codes (areas, instants) of the evidence, and before it, of each beginning the first and the last.

    With those two instants for columns a run goes on as if all of it were there.
    """
    begun = standing.begun
    earlier = [at_s for each in begun for at_s in (each.since_s, each.last_s)]
    table = np.full((len(areas), len(earlier) + len(evidence.at_s)), OUTSIDE, dtype=np.int8)
    table[:, : len(earlier)] = UNCERTAIN
    for nth, each in enumerate(begun):
        against = OUTSIDE if each.area in standing.inside else INSIDE
        table[np.searchsorted(areas, each.area), 2 * nth : 2 * nth + 2] = against
    given = np.searchsorted(areas, evidence.area), evidence.fix + len(earlier)
    np.maximum.at(table, given, evidence.code)
    return np.concatenate((earlier, evidence.at_s)), table


def _changes(areas: Positions, state: Positions, runs: _Runs) -> list[Crossing]:
    """The crossings, by time, where a hold differs from the one before it, or from the state at first."""
    row, code, since_s = runs.row[runs.held], runs.code[runs.held], runs.since_s[runs.held]
    before = state[row]
    same = np.flatnonzero(np.diff(row) == 0)
    before[same + 1] = code[same]
    changed = code != before
    columns = since_s[changed].tolist(), areas[row[changed]].tolist(), (code[changed] == INSIDE).tolist()
    return sorted((Crossing(*each) for each in zip(*columns, strict=True)), key=_by_time)


def _last_held(state: Positions, runs: _Runs) -> Positions:
    """The state of each area after its runs."""
    after = state.copy()
    after[runs.row[runs.held]] = runs.code[runs.held]  # rows repeat; the last assignment stays
    return after


def _begun(areas: Positions, state: Positions, runs: _Runs, alive_s: float) -> tuple[Beginning, ...]:
    """The last run of each area, where it speaks against the state and can still go on."""
    last = np.append(np.diff(runs.row) != 0, True)[: len(runs.row)]
    open_ = last & ~runs.held & (runs.code != state[runs.row]) & (runs.last_s >= alive_s)
    columns = areas[runs.row[open_]].tolist(), runs.since_s[open_].tolist(), runs.last_s[open_].tolist()
    return tuple(Beginning(*each) for each in zip(*columns, strict=True))


def _by_time(crossing: Crossing) -> tuple[float, bool, int]:
    return crossing.at_s, crossing.entered, crossing.area
