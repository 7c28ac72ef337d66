"""Projects as tables and arithmetic: stages in their order, the days between them, money done against money planned."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, NoReturn

from server.errors import ProjectRefused, ProjectStepNotAllowed

STAGES: Final = ("lead", "talks", "signed", "land", "started", "completed", "producing")
"""The stages of a project in their order."""

MILESTONES: Final = STAGES[2:]
"""The stages that are promised with a day, and measured."""

STAGE_WORDS: Final = {
    "lead": ("线索", "lead"),
    "talks": ("在谈", "in talks"),
    "signed": ("签约", "signed"),
    "land": ("供地", "land granted"),
    "started": ("开工", "started"),
    "completed": ("竣工", "completed"),
    "producing": ("投产", "producing"),
}

HALVES: Final = (1, 2)

PARTS: Final = ("firm", "department", "township")
PART_WORDS: Final = {
    "firm": ("国企", "state firm"),
    "department": ("部门", "department"),
    "township": ("属地", "township"),
}
"""What a unit is to a project beside the leader: the "1+3"."""

STEPS: Final = {
    "register": ("登记项目", "registered"),
    "plan": ("定计划日期", "planned a stage"),
    "budget": ("定投资计划", "planned the investment"),
    "reach": ("进入阶段", "reached a stage"),
    "retract": ("撤回阶段", "took a stage back"),
    "invest": ("报完成投资", "told what was invested"),
    "amount": ("调整总投资", "changed the amount"),
    "stop": ("终止", "stopped"),
    "resume": ("恢复", "resumed"),
}
"""The changes that are kept one by one."""

FINISHES: Final = ("completed", "producing")
"""The stages that finish a project."""


@dataclass(frozen=True, slots=True, order=True)
class Half:
    """A half-year: `half` 1 is January to June, 2 July to December."""

    year: int
    half: int

    @classmethod
    def of(cls, day: date) -> "Half":
        """The half-year that a day lies in."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    @classmethod
    def named(cls, name: str) -> "Half":
        """The half-year of a name like `2026H1`."""
        year, half = name.split("H")
        return cls(int(year), int(half))

    @property
    def before(self) -> "Half":
        """The half-year before it."""
        return Half(self.year, 1) if self.half == 2 else Half(self.year - 1, 2)

    @property
    def starts_on(self) -> date:
        """Its first day."""
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def ends_on(self) -> date:
        """Its last day."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def name(self) -> str:
        """As it is written: `2026H1`."""
        return f"{self.year}H{self.half}"

    @property
    def words(self) -> tuple[str, str]:
        """As people read it: `2026 年上半年`, `first half of 2026`."""
        zh, en = ("上半年", "first half") if self.half == 1 else ("下半年", "second half")
        return f"{self.year} 年{zh}", f"{en} of {self.year}"


@dataclass(frozen=True, slots=True)
class Milestone:
    """A stage with the day it is planned for and the day it was reached."""

    stage: str
    planned_on: date | None = None
    actual_on: date | None = None


@dataclass(frozen=True, slots=True)
class Interval:
    """From one stage to the next: the days planned and the days it took; None where a day is not known."""

    source: str
    target: str
    planned_days: int | None
    actual_days: int | None


def next_stages(stage: str, *, needs_land: bool) -> list[str]:
    """The stages that may follow: the next one; talks may be passed over, and land where none is needed."""
    place = STAGES.index(stage)
    if stage == "lead":
        return ["talks", "signed"]
    after = list(STAGES[place + 1 :])
    if not needs_land and "land" in after:
        after.remove("land")
    return after[:1]


def reach(stage: str, target: str, *, needs_land: bool, stopped: bool = False) -> str:
    """The stage that is reached; `ProjectStepNotAllowed` where it does not follow, or the project is stopped."""
    follow = next_stages(stage, needs_land=needs_land)
    if stopped or target not in follow:
        zh, en = STAGE_WORDS[target]
        not_allowed(stage, f"进入“{zh}”", f"reach {en}", stopped=stopped, follow=follow)
    return target


def retract(stage: str, reached: Iterable[str], *, stopped: bool = False) -> str:
    """The stage before: the latest reached that lies before it, else the lead, which is never taken back."""
    if stopped or stage == STAGES[0]:
        not_allowed(stage, "撤回阶段", "take its stage back", stopped=stopped)
    before = [each for each in STAGES[: STAGES.index(stage)] if each in set(reached)]
    return before[-1] if before else STAGES[0]


def not_allowed(
    stage: str, step_zh: str, step_en: str, *, stopped: bool, follow: Sequence[str] = ()
) -> NoReturn:
    """Raise `ProjectStepNotAllowed` for a project at a stage, or stopped; `follow` are the stages it may enter."""
    zh, en = ("已终止", "stopped") if stopped else STAGE_WORDS[stage]
    next_zh, next_en = ("", "") if stopped or not follow else _next_words(follow)
    raise ProjectStepNotAllowed(
        state_zh=zh, state_en=en, step_zh=step_zh, step_en=step_en, next_zh=next_zh, next_en=next_en
    )


def _next_words(follow: Sequence[str]) -> tuple[str, str]:
    """Which stages follow, as a sentence of each language."""
    zh = "或".join(f"“{STAGE_WORDS[each][0]}”" for each in follow)
    return f"下一步是{zh}。", f" The next stage is {' or '.join(STAGE_WORDS[each][1] for each in follow)}."


def check_actual(milestones: Iterable[Milestone], stage: str, on: date, *, today: date) -> None:
    """`ProjectRefused` for a stage reached on a day to come, or before one that it follows."""
    if on > today:
        refuse("不能早报：日期在今天之后", "that day has not come yet")
    for each in milestones:
        if each.actual_on is not None and each.stage != stage and each.actual_on > on:
            zh, en = STAGE_WORDS[each.stage]
            refuse(
                f"日期早于“{zh}”的日期 {each.actual_on}",
                f"it lies before the day it was {en}, {each.actual_on}",
            )


def check_planned(milestones: Iterable[Milestone]) -> None:
    """`ProjectRefused` where the planned days do not follow each other as the stages do."""
    planned = [each for each in in_order(milestones) if each.planned_on is not None]
    for one, other in pairwise(planned):
        if one.planned_on is not None and other.planned_on is not None and other.planned_on < one.planned_on:
            (zh, en), (after_zh, after_en) = STAGE_WORDS[one.stage], STAGE_WORDS[other.stage]
            refuse(
                f"“{after_zh}”的计划日期早于“{zh}”的计划日期",
                f"the day planned for {after_en} lies before the one for {en}",
            )


def in_order(milestones: Iterable[Milestone]) -> list[Milestone]:
    """Milestones in the order of their stages."""
    return sorted(milestones, key=lambda each: STAGES.index(each.stage))


def intervals(milestones: Iterable[Milestone]) -> list[Interval]:
    """The days between each two neighbouring stages of which anything is known."""
    return [
        Interval(
            one.stage,
            other.stage,
            _days_between(one.planned_on, other.planned_on),
            _days_between(one.actual_on, other.actual_on),
        )
        for one, other in pairwise(in_order(milestones))
    ]


def days_late(milestone: Milestone, today: date) -> int | None:
    """Days a milestone was, or is by now, behind its plan (below zero: ahead); None without a plan."""
    if milestone.planned_on is None:
        return None
    return ((milestone.actual_on or today) - milestone.planned_on).days


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `ProjectRefused` with its reason in both languages."""
    raise ProjectRefused(why_zh=zh, why_en=en)


def _days_between(one: date | None, other: date | None) -> int | None:
    """Days from one day to the other, where both are known."""
    return None if one is None or other is None else (other - one).days


def standing(due_on: date, settled_on: date | None, kept: bool | None, today: date) -> str:
    """How a commitment stands: `open`, `overdue`, `kept`, `kept_late` or `broken`."""
    if kept is None or settled_on is None:
        return "overdue" if due_on < today else "open"
    if not kept:
        return "broken"
    return "kept" if settled_on <= due_on else "kept_late"


def step_words(
    step: str, stage: str | None, half: Half | None, was: str, now: str, amount_unit: str
) -> tuple[str, str]:
    """A change in words, in both languages: `定计划日期：开工，2026-03-01 → 2026-04-01`."""
    zh, en = STEPS[step]
    about_zh, about_en = STAGE_WORDS[stage] if stage is not None else half.words if half else ("", "")
    unit = f" {amount_unit}" if half is not None else ""
    value = " → ".join(f"{each}{unit}" for each in (was, now) if each) or "—"
    return f"{zh}：{about_zh}，{value}" if about_zh else f"{zh}：{value}", f"{en}: {about_en}, {value}"
