"""Flags 两旗一牌: one table of rules, and which of them a project's dates and money meet on a day.

Nothing but dates promised and kept, and money planned and invested, makes a flag.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from server.rules import amounts, projects
from server.rules.projects import Half, Milestone

COLOURS: Final = ("medal", "red", "yellow")
COLOUR_WORDS: Final = {
    "medal": ("奖牌", "medal"),
    "red": ("红旗", "red flag"),
    "yellow": ("黄旗", "yellow flag"),
}

UNITS: Final = ("days", "percent")


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: which flag it gives, in what its threshold is told, its first value, and the least and the most of it.

    A rule without a colour is a term that the others use.
    """

    name: str
    colour: str | None
    unit: str
    first: int
    least: int
    most: int
    zh: str
    en: str

    def words(self, threshold: int) -> tuple[str, str]:
        """The rule with a threshold in it, in Chinese and in English, where a day is `{days}`."""
        return self.zh.format(n=threshold), self.en.format(n=threshold, days=_days_of(threshold))


RULES: Final = {
    rule.name: rule
    for rule in (
        Rule(
            "finished_early",
            "medal",
            "days",
            1,
            1,
            1000,
            "竣工或投产比计划提前至少 {n} 天",
            "completed or producing at least {days} before its plan",
        ),
        Rule(
            "stage_ahead",
            "red",
            "days",
            15,
            1,
            1000,
            "最近进入的节点比计划提前至少 {n} 天，且没有逾期节点",
            "its latest milestone at least {days} before its plan, and none overdue",
        ),
        Rule(
            "money_ahead",
            "red",
            "percent",
            120,
            101,
            1000,
            "本半年已完成投资达到计划的 {n}% 以上",
            "at least {n} % of this half-year's planned investment done",
        ),
        Rule(
            "stage_behind",
            "yellow",
            "days",
            1,
            1,
            1000,
            "有节点逾期至少 {n} 天",
            "a milestone at least {days} overdue",
        ),
        Rule(
            "money_behind",
            "yellow",
            "percent",
            80,
            1,
            100,
            "上一个半年完成投资不足计划的 {n}%",
            "less than {n} % of the last half-year's planned investment done",
        ),
        Rule(
            "money_grace",
            None,
            "days",
            10,
            0,
            90,
            "半年结束 {n} 天后才判断其投资",
            "a half-year's investment is judged {days} after its end",
        ),
    )
}
"""All of it. A threshold is a whole number of the rule's unit; the administrator sets it from a day on."""

FIRST: Final = {rule.name: rule.first for rule in RULES.values()}


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is met: by which stage or which half-year, and the numbers that make it so.

    `days` before (+) or after (-) the plan; `planned` and `done` are money, `share` the percent done, rounded down.
    """

    rule: str
    stage: str | None = None
    half: Half | None = None
    planned_on: date | None = None
    actual_on: date | None = None
    days: int | None = None
    planned: Decimal | None = None
    done: Decimal | None = None
    share: int | None = None

    @property
    def colour(self) -> str:
        """The flag it gives."""
        colour = RULES[self.rule].colour
        assert colour is not None
        return colour

    @property
    def key(self) -> tuple[str, str | None, Half | None]:
        """What makes it the same finding on another day."""
        return self.rule, self.stage, self.half


def as_given(thresholds: Mapping[str, int], given: Iterable[tuple[str, str, int]]) -> dict[str, int]:
    """Thresholds for judging whether flags still stand, of those given as (colour, rule, threshold).

    A medal stays by the rule it was earned by; everything else goes by today's.
    """
    return dict(thresholds) | {rule: threshold for colour, rule, threshold in given if colour == "medal"}


def judge(facts: "Facts", thresholds: Mapping[str, int], on: date) -> list[Finding]:
    """Every rule that a project meets on a day: at most one of each. A stopped project meets none."""
    if facts.stopped:
        return []
    behind = _stage_behind(facts, thresholds, on)
    found = [_finished_early(facts, thresholds, on), behind, _money_behind(facts, thresholds, on)]
    if _overdue(facts, on) is None:
        found.append(_stage_ahead(facts, thresholds, on))
    found.append(_money_ahead(facts, thresholds, on))
    return [each for each in found if each is not None]


@dataclass(frozen=True, slots=True)
class Money:
    """What was planned and done in a half-year."""

    half: Half
    planned: Decimal | None
    done: Decimal | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What flags are judged by: the milestones, the money, and whether the project is stopped."""

    milestones: tuple[Milestone, ...]
    money: tuple[Money, ...] = ()
    needs_land: bool = True
    stopped: bool = False


def _finished_early(facts: Facts, thresholds: Mapping[str, int], on: date) -> Finding | None:
    """The last of completed and producing that was reached early enough."""
    early = [
        each
        for each in _reached(facts, on)
        if each.stage in projects.FINISHES and _days(each) >= thresholds["finished_early"]
    ]
    return _by_stage("finished_early", early[-1]) if early else None


def _stage_ahead(facts: Facts, thresholds: Mapping[str, int], on: date) -> Finding | None:
    """The latest milestone that had a plan, if it was reached early enough; at the end there is the medal instead."""
    reached = list(_reached(facts, on))
    if (
        not reached
        or reached[-1].stage in projects.FINISHES
        or _days(reached[-1]) < thresholds["stage_ahead"]
    ):
        return None
    return _by_stage("stage_ahead", reached[-1])


def _stage_behind(facts: Facts, thresholds: Mapping[str, int], on: date) -> Finding | None:
    """The first milestone that is overdue by long enough."""
    late = _overdue(facts, on)
    if late is None or late.planned_on is None or (on - late.planned_on).days < thresholds["stage_behind"]:
        return None
    return Finding("stage_behind", late.stage, planned_on=late.planned_on, days=(late.planned_on - on).days)


def _money_ahead(facts: Facts, thresholds: Mapping[str, int], on: date) -> Finding | None:
    """The half-year that runs, if enough of its plan is done."""
    money = _planned_for(facts, Half.of(on))
    if money is None or money.done is None or money.planned is None:
        return None
    if money.done * 100 < money.planned * thresholds["money_ahead"]:
        return None
    return _by_money("money_ahead", money.half, money.planned, money.done)


def _money_behind(facts: Facts, thresholds: Mapping[str, int], on: date) -> Finding | None:
    """The half-year before, once its grace is over, if too little of its plan is done; nothing told is nothing done."""
    money = _planned_for(facts, Half.of(on).before)
    if money is None or money.planned is None:
        return None
    if (on - money.half.ends_on).days <= thresholds["money_grace"]:
        return None
    done = money.done or Decimal(0)
    if done * 100 >= money.planned * thresholds["money_behind"]:
        return None
    return _by_money("money_behind", money.half, money.planned, done)


def _reached(facts: Facts, on: date) -> Iterator[Milestone]:
    """The milestones that had a plan and were reached by a day, in their order."""
    for each in _in_order(facts.milestones):
        if each.planned_on is not None and each.actual_on is not None and each.actual_on <= on:
            yield each


def _overdue(facts: Facts, on: date) -> Milestone | None:
    """The first milestone whose day is over and that is not reached, nor made pointless by a later one."""
    waiting: Milestone | None = None
    for each in _in_order(facts.milestones):
        if each.actual_on is not None and each.actual_on <= on:
            waiting = None
        elif waiting is None and each.planned_on is not None and each.planned_on < on:
            waiting = each if each.stage != "land" or facts.needs_land else None
    return waiting


def _in_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Milestones in the order of their stages, those that are measured only."""
    return projects.in_order(each for each in milestones if each.stage in projects.MILESTONES)


def _days(milestone: Milestone) -> int:
    """Days that a milestone was reached before its plan; both are there."""
    assert milestone.planned_on is not None
    assert milestone.actual_on is not None
    return (milestone.planned_on - milestone.actual_on).days


def _planned_for(facts: Facts, half: Half) -> Money | None:
    """The money of a half-year that has a plan above nothing."""
    return next((each for each in facts.money if each.half == half and each.planned), None)


def _by_stage(rule: str, milestone: Milestone) -> Finding:
    """A finding made by a milestone that was reached."""
    return Finding(
        rule,
        milestone.stage,
        planned_on=milestone.planned_on,
        actual_on=milestone.actual_on,
        days=_days(milestone),
    )


def _by_money(rule: str, half: Half, planned: Decimal, done: Decimal) -> Finding:
    """A finding made by the money of a half-year."""
    return Finding(rule, half=half, planned=planned, done=done, share=amounts.share(done, planned))


def why(found: Finding, threshold: int, amount_unit: str) -> tuple[str, str]:
    """The sentence, in both languages, that says which numbers made a flag."""
    if found.stage is not None:
        return _why_by_stage(found, threshold)
    assert found.half is not None
    zh, en = found.half.words
    money_zh = f"计划 {found.planned:f} {amount_unit}，完成 {found.done:f} {amount_unit}（{found.share}%）"
    money_en = (
        f"{found.done:f} of {found.planned:f} {_CURRENCY.get(amount_unit, amount_unit)} ({found.share} %)"
    )
    limit_zh, limit_en = ("不低于", "at least") if found.rule == "money_ahead" else ("低于", "less than")
    return (
        f"{zh}{money_zh}，{limit_zh} {threshold}%",
        f"{_begun(en)}: {money_en} done, {limit_en} {threshold} %",
    )


def _why_by_stage(found: Finding, threshold: int) -> tuple[str, str]:
    """The same for a milestone."""
    assert found.stage is not None
    assert found.days is not None
    zh, en = projects.STAGE_WORDS[found.stage]
    if found.actual_on is None:
        return (
            f"“{zh}”计划 {found.planned_on}，授旗时已逾期 {-found.days} 天（满 {threshold} 天授旗）",
            f"{_begun(en)} was planned for {found.planned_on}: {_days_of(-found.days)} overdue when the flag was given"
            f" (given from {threshold})",
        )
    return (
        f"“{zh}”计划 {found.planned_on}，实际 {found.actual_on}，提前 {found.days} 天（满 {threshold} 天授予）",
        f"{_begun(en)} planned for {found.planned_on}, reached {found.actual_on}: {_days_of(found.days)} early"
        f" (given from {threshold})",
    )


def _begun(words: str) -> str:
    """Words at the beginning of a sentence."""
    return words[0].upper() + words[1:]


def _days_of(count: int) -> str:
    """So many days in English."""
    return "1 day" if count == 1 else f"{count} days"


_CURRENCY: Final = {"亿元": "hundred million yuan", "万元": "ten thousand yuan", "元": "yuan"}
