"""Trips as a table: which step leads from which state to which, and what a plan must say."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server import clock
from server.errors import StepNotAllowed, TripRefused

PURPOSES = ("ordinary", "safety", "emergency")
TRACKINGS = ("none", "checkins", "track")
STATES = ("draft", "submitted", "returned", "approved", "under_way", "completed", "cancelled")
SUBMITTED = frozenset({"submitted", "approved", "under_way", "completed"})
"""The states of a trip whose plan was handed in and not given back."""

STATE_WORDS = {
    "draft": ("草稿", "a draft"),
    "submitted": ("待审批", "awaiting approval"),
    "returned": ("已退回", "returned"),
    "approved": ("已批准", "approved"),
    "under_way": ("进行中", "under way"),
    "completed": ("已完成", "completed"),
    "cancelled": ("已取消", "cancelled"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from these states to that one, with its words."""

    name: str
    sources: tuple[str, ...]
    target: str
    zh: str
    en: str


STEPS = {
    step.name: step
    for step in (
        Step("edit", ("draft", "returned"), "draft", "修改", "edited"),
        Step("edit_again", ("submitted", "approved"), "draft", "修改", "edited"),
        Step("submit", ("draft", "returned"), "submitted", "提交", "submitted"),
        Step("approve", ("submitted",), "approved", "批准", "approved"),
        Step("return", ("submitted",), "returned", "退回", "returned"),
        Step("start", ("approved",), "under_way", "开始", "started"),
        Step("complete", ("under_way",), "completed", "完成", "completed"),
        Step("lapse", ("under_way",), "completed", "自动结束", "ended by itself"),
        Step(
            "cancel",
            ("draft", "submitted", "returned", "approved", "under_way"),
            "cancelled",
            "取消",
            "cancelled",
        ),
    )
}

MAX_STOPS = 60
MAX_MEMBERS = 60
MAX_DAYS = 92


def may_step(name: str, state: str) -> bool:
    """Whether the step leads anywhere from `state`."""
    return state in STEPS[name].sources


def step(name: str, state: str) -> str:
    """The state the step leads to; `StepNotAllowed` where it leads nowhere."""
    if not may_step(name, state):
        zh, en = STATE_WORDS[state]
        raise StepNotAllowed(state_zh=zh, state_en=en, step_zh=STEPS[name].zh, step_en=STEPS[name].en)
    return STEPS[name].target


def edited(state: str) -> str:
    """The state after an edit: always a draft again, so that what was approved is what was read."""
    return step("edit_again" if may_step("edit_again", state) else "edit", state)


def lapses_at(*, ends_on: date, known_at: datetime, hours: int) -> datetime:
    """When a trip that nobody ends ends by itself: so many hours after its planned last day (Shanghai) is over, or
    after its start was known, where that came later.
    """
    return max(clock.day_ends_at(ends_on), known_at) + timedelta(hours=hours)


def overran_h(*, ends_on: date, ended_at: datetime) -> int:
    """For how many whole hours a trip went on after its planned last day (Shanghai)."""
    return max(0, int((ended_at - clock.day_ends_at(ends_on)).total_seconds() // 3600))


def check_plan(
    *,
    purpose: str,
    basis: str,
    photos_required: bool,
    starts_on: date,
    ends_on: date,
    stops: int,
    members: int,
) -> None:
    """`TripRefused` unless the plan holds together: dates in order, a basis where the purpose asks for one.

    Only a safety or emergency trip, with its basis, may ask for photos: the rule of January 2026 on government apps.
    """
    if ends_on < starts_on:
        _refuse("结束日期早于开始日期", "it ends before it starts")
    if (ends_on - starts_on).days >= MAX_DAYS:
        _refuse(f"行程不能超过 {MAX_DAYS} 天", f"a trip lasts at most {MAX_DAYS} days")
    if purpose != "ordinary" and not basis.strip():
        _refuse("安全或应急任务必须写明依据", "a safety or emergency trip must name its basis")
    if photos_required and purpose == "ordinary":
        _refuse("普通任务的照片只能自愿，不能要求", "photos are voluntary on an ordinary trip")
    if stops > MAX_STOPS:
        _refuse(f"行程点不能超过 {MAX_STOPS} 个", f"a trip has at most {MAX_STOPS} stops")
    if members > MAX_MEMBERS:
        _refuse(f"成员不能超过 {MAX_MEMBERS} 人", f"a trip has at most {MAX_MEMBERS} members")


def _refuse(zh: str, en: str) -> None:
    """Raise `TripRefused` with its reason in both languages."""
    raise TripRefused(why_zh=zh, why_en=en)
