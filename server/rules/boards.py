"""Boards 榜: what units are measured by in a month, how the measures are weighed, who stands ahead and who behind.

A unit is measured by what came of its matters and projects, never by what its people did. Who had nothing due, or is
too small to be compared without pointing at somebody, stands in no order. What is shown is what is compared: scores are
rounded first, and equal ones share a rank.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NoReturn

from server.errors import BoardRefused


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing units are measured by: its words, what is counted of what, its weight while nobody set another, and the
    unit of what is not counted one by one.
    """

    name: str
    zh: str
    en: str
    means_zh: str
    means_en: str
    weight: int
    unit: str = ""


MEASURES = {
    each.name: each
    for each in (
        Measure(
            "milestones",
            "项目节点按期完成",
            "Milestones met in time",
            "本月计划节点（以月初的计划为准）中按期完成并在月末前上报的",
            "of the milestones planned for this month when it began, those met in time and told by its end",
            30,
        ),
        Measure(
            "progress",
            "投资完成进度",
            "Investment against plan",
            "本年已完成投资占计划投资的比例，当期半年计划按月折算，外币项目不计",
            "what was invested this year of what was planned, the present half-year's plan by months; yuan only",
            10,
            "万元",
        ),
        Measure(
            "signed",
            "签约金额",
            "Amount signed",
            "本年签约项目总投资占签约目标的比例，年度目标按月折算，外币项目不计",
            "the amount of projects signed this year of the unit's target, by months; yuan only",
            10,
            "万元",
        ),
        Measure(
            "landed",
            "落地金额",
            "Amount landed",
            "本年开工项目总投资占落地目标的比例，年度目标按月折算，外币项目不计",
            "the amount of projects started this year of the unit's target, by months; yuan only",
            10,
            "万元",
        ),
        Measure(
            "landing_rate",
            "项目落地率",
            "Landing rate",
            "上年以来签约的项目中已经开工的",
            "of the projects signed since the beginning of last year, those that have started",
            10,
        ),
        Measure(
            "solved",
            "事项按期办结",
            "Matters closed in time",
            "本月办结且办理期限内办完的事项，占其与本月到期未办完事项之和；一件事项在一个单位及其下级只计一次",
            "matters closed this month and handled within their term, of those and the ones whose term ran out; "
            "each once, however many below the unit had it",
            15,
        ),
        Measure(
            "answered",
            "事项按时答复",
            "Matters answered in time",
            "本月在期限内受理或答复不予受理的事项，占其与本月到期未答复事项之和；一件事项在一个单位及其下级只计一次",
            "matters accepted or refused within their term, of those and the ones whose term ran out unanswered; "
            "each once, however many below the unit had it",
            5,
        ),
        Measure(
            "lasting",
            "办结未返工",
            "Matters closed for good",
            "本月办结或被重新办理的事项中，本月未被重新办理的",
            "of the matters closed or reopened this month, those that were not reopened",
            10,
        ),
    )
}
"""Results only. What people do, and what reviews or signals say of them, is no measure and feeds none."""

MOST_WEIGHT, MOST_LISTED, MOST_PEOPLE = 100, 20, 100
LEAST_PEOPLE = 3
"""No rule may compare units of fewer people than this: it would point at somebody."""

FEWEST_COMPARED = 3
"""Fewer units than this make no list: somebody would be behind for being compared at all."""

FULL = Decimal(100)
_TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Rule:
    """By what a month's board is made: weights, the least number of people of a unit that is compared, and how many
    units each list names at most.
    """

    weights: Mapping[str, int] = field(
        default_factory=lambda: {name: m.weight for name, m in MEASURES.items()}
    )
    least_people: int = 5
    listed: int = 3


@dataclass(frozen=True, slots=True)
class Share:
    """So much of so much; of nothing where nothing was due."""

    got: Fraction = Fraction(0)
    of: Fraction = Fraction(0)

    @property
    def part(self) -> Fraction | None:
        """The share, at most the whole; None where nothing was due."""
        return min(self.got / self.of, Fraction(1)) if self.of > 0 else None


@dataclass(frozen=True, slots=True)
class Measured:
    """A unit in a month: how many people it has, and its share of each measure."""

    unit_id: int
    people: int
    shares: Mapping[str, Share]


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a unit stands: its score of 100 and rank, on which list (`ahead`, `behind` or none); or why in no order.

    `why` is `small`, `nothing_due` or empty.
    """

    unit_id: int
    score: Decimal | None = None
    rank: int | None = None
    listed: str = ""
    why: str = ""


def check(rule: Rule, *, valid_from: date) -> None:
    """`BoardRefused` for a rule that cannot make a board, or does not begin with a month."""
    if valid_from.day != 1:
        refuse("规则从某月 1 日起生效", "a rule begins on the first of a month")
    if set(rule.weights) - set(MEASURES):
        refuse("没有这项指标", "there is no such measure")
    if not any(rule.weights.values()):
        refuse("至少一项指标要有权重", "at least one measure must weigh something")


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `BoardRefused` with its reason in both languages."""
    raise BoardRefused(why_zh=zh, why_en=en)


def rounded(share: Fraction) -> Decimal:
    """A share as per cent with one decimal, halves up: what is printed, and what is compared."""
    exact = Decimal(share.numerator * 100) / Decimal(share.denominator)
    return exact.quantize(_TENTH, ROUND_HALF_UP)


def score(shares: Mapping[str, Share], weights: Mapping[str, int]) -> Decimal | None:
    """The weighted mean of a unit's shares, of 100; what was not due weighs nothing. None where nothing was due."""
    parts = {name: share.part for name, share in shares.items() if weights.get(name)}
    due = {name: part for name, part in parts.items() if part is not None}
    whole = sum(weights[name] for name in due)
    if not whole:
        return None
    return rounded(sum((part * weights[name] for name, part in due.items()), Fraction(0)) / whole)


def standings(units: Iterable[Measured], rule: Rule) -> list[Standing]:
    """Where each unit stands, in the order the units came in."""
    units = list(units)
    scores = {each.unit_id: score(each.shares, rule.weights) for each in units}
    reasons = {each.unit_id: _why(each, scores[each.unit_id], rule) for each in units}
    return ranked({unit_id: (scores[unit_id], why) for unit_id, why in reasons.items()}, listed=rule.listed)


def ranked(units: Mapping[int, tuple[Decimal | None, str]], *, listed: int) -> list[Standing]:
    """Ranks and lists for scored units, each with why it is in no order (empty: it is)."""
    compared = {unit_id: told for unit_id, (told, why) in units.items() if told is not None and not why}
    ranks = _ranks(compared)
    lists = _lists(compared, listed)
    return [
        Standing(
            unit_id, compared.get(unit_id), ranks.get(unit_id), lists.get(unit_id, ""), units[unit_id][1]
        )
        for unit_id in units
    ]


def _why(unit: Measured, told: Decimal | None, rule: Rule) -> str:
    """Why a unit is in no order."""
    if unit.people < rule.least_people:
        return "small"
    return "nothing_due" if told is None else ""


def _ranks(scores: Mapping[int, Decimal]) -> dict[int, int]:
    """One more than the number of units with a better score: equal scores share a rank."""
    return {unit_id: 1 + sum(other > own for other in scores.values()) for unit_id, own in scores.items()}


def _lists(scores: Mapping[int, Decimal], most: int) -> dict[int, str]:
    """Who is on which list: the best so many, with all who share the last one's score; and the last so many, without
    those whose equals would not all fit. Full marks are behind nobody; who would be on both lists is on neither; where
    all are equal there is none.
    """
    if len(scores) < FEWEST_COMPARED or len(set(scores.values())) == 1:
        return {}
    ahead = {own for own in scores.values() if sum(other > own for other in scores.values()) < most}
    behind = {own for own in scores.values() if sum(other <= own for other in scores.values()) <= most} - {
        FULL
    }
    named = dict.fromkeys(ahead - behind, "ahead") | dict.fromkeys(behind - ahead, "behind")
    return {unit_id: named[own] for unit_id, own in scores.items() if own in named}
