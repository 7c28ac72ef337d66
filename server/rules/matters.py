"""Matters as tables: where they come from, which step leads where, who may take it and what it asks for."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from operator import attrgetter
from typing import NoReturn

from server import clock
from server.errors import MatterRefused, MatterStepNotAllowed
from server.rules import access
from server.rules.access import PERMISSIONS, Actor, Grant, Scope
from server.rules.working_calendar import Span, Term, WorkingCalendar, due_at

CONFIDENTIAL = ("complaint", "suggestion")
"""What is said about this system or its use: the county reads and answers it, and nobody below. No steps are taken."""
TO_SOLVE = ("patrol", "visit", "enterprise", "leader", "other")
"""Where what must be solved comes from."""
KINDS = (*CONFIDENTIAL, *TO_SOLVE)
STATES = ("reported", "refused", "accepted", "assigned", "handled", "verified", "closed", "merged")
OPEN = ("reported", "accepted", "assigned", "handled", "verified")

STATE_WORDS = {
    "reported": ("已登记", "reported"),
    "refused": ("不予受理", "refused"),
    "accepted": ("已受理", "accepted"),
    "assigned": ("已交办", "assigned"),
    "handled": ("已办理", "handled"),
    "verified": ("已核实", "verified"),
    "closed": ("已办结", "closed"),
    "merged": ("已并案", "merged"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step: from these states to that one (None: the same), with whose permission, and what must be told.

    `asks` are among `note`, `unit_id` (another unit), `until` (a day) and `into_id` (another matter).
    """

    name: str
    sources: tuple[str, ...]
    target: str | None
    permission: str
    asks: tuple[str, ...]
    zh: str
    en: str


STEPS = {
    name: Step(name, sources, target, f"matter.{permission}", asks, zh, en)
    for name, sources, target, permission, asks, zh, en in (
        ("accept", ("reported",), "accepted", "route", (), "受理", "accept"),
        ("refuse", ("reported",), "refused", "route", ("note",), "不予受理", "refuse"),
        ("assign", ("accepted",), "assigned", "route", ("unit_id",), "交办", "assign"),
        ("transfer", ("reported", "accepted"), "reported", "route", ("unit_id", "note"), "转办", "transfer"),
        (
            "escalate",
            ("reported", "accepted", "assigned"),
            "reported",
            "route",
            ("note",),
            "提请上级",
            "escalate",
        ),
        ("merge", ("reported", "accepted"), "merged", "route", ("into_id",), "并案", "merge"),
        ("hold", ("accepted", "assigned"), None, "route", ("note", "until"), "暂缓", "put on hold"),
        ("resume", ("accepted", "assigned"), None, "route", (), "恢复办理", "resume"),
        ("return", ("assigned",), "accepted", "handle", ("note",), "退回", "return"),
        ("plan", ("assigned",), None, "handle", ("note", "until"), "制定计划", "plan"),
        ("progress", ("assigned",), None, "handle", ("note",), "报告进展", "report progress"),
        ("handle", ("assigned",), "handled", "handle", ("note",), "办理完毕", "report as handled"),
        ("rework", ("handled",), "assigned", "verify", ("note",), "退回重办", "send back"),
        ("verify", ("handled",), "verified", "verify", (), "核实", "verify"),
        ("close", ("verified",), "closed", "verify", ("note",), "办结", "close"),
        ("reopen", ("closed",), "assigned", "verify", ("note",), "重新办理", "reopen"),
        ("urge", ("reported", "accepted", "assigned"), None, "urge", ("note",), "督办", "urge"),
    )
}


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: its name, when, and (for a hold) the instant up to which it was meant to last."""

    step: str
    at: datetime
    until: datetime | None = None


def to_solve(actor: Actor) -> Scope:
    """Whose matters, other than complaints and suggestions, the actor may read: not by keeping accounts."""
    return _reading(actor, lambda grant: grant.role != "administrator")


def suggestions(actor: Actor) -> Scope:
    """Whose suggestions the actor may read: by a role of the county's."""
    return _reading(actor, lambda grant: access.is_root(grant.path))


def complaints(actor: Actor) -> Scope:
    """Whose complaints the actor may read: by a role of the county's that opens no tracks, since one may be about
    being watched.
    """
    watching = PERMISSIONS["track.read"].roles
    return _reading(actor, lambda grant: access.is_root(grant.path) and grant.role not in watching)


def _reading(actor: Actor, counts: Callable[[Grant], bool]) -> Scope:
    """What some of the actor's roles let them read."""
    return access.scope(replace(actor, grants=tuple(filter(counts, actor.grants))), "matter.read")


def allowed(state: str, *, held: bool) -> list[str]:
    """The names of the steps that lead on from a state; a matter on hold is resumed first, or urged or handed up."""
    return [name for name, step in STEPS.items() if state in step.sources and _fits(name, held=held)]


NOT_ONES_OWN = ("verify", "close")
"""What is done by another than who reported the matter as handled: nobody verifies what they did themselves."""


def step(name: str, state: str, *, held: bool) -> str:
    """The state a step leads to; `MatterStepNotAllowed` where it leads nowhere."""
    if name not in allowed(state, held=held):
        zh, en = STATE_WORDS[state]
        if held:
            zh, en = f"{zh}（暂缓中）", f"{en} and on hold"
        raise MatterStepNotAllowed(state_zh=zh, state_en=en, step_zh=STEPS[name].zh, step_en=STEPS[name].en)
    return STEPS[name].target or state


def _fits(name: str, *, held: bool) -> bool:
    """Whether a step may be taken on a matter that is on hold, or is not."""
    if name == "urge":
        return True
    return name in {"resume", "escalate"} if held else name != "resume"


def check_told(step_name: str, told: Iterable[str]) -> None:
    """`MatterRefused` unless everything the step asks for was told."""
    missing = [what for what in STEPS[step_name].asks if what not in set(told)]
    if missing:
        zh, en = _ASKED[missing[0]]
        refuse(f"“{STEPS[step_name].zh}”须写明{zh}", f"to {STEPS[step_name].en} it, give {en}")


def ensure_erasable(kind: str, state: str, *, own: bool, answered: bool, why: str) -> None:
    """`MatterRefused` unless what a matter tells may be erased.

    What must be solved is solved first. One's own complaint or suggestion goes at any time; the county's people erase
    only what they have answered, so that none disappears unread. Whoever erases another's says why.
    """
    if kind not in CONFIDENTIAL and state in OPEN:
        refuse(
            "未办结的事项还要靠它办理，办结后才能删除",
            "it is still to be solved; it can be erased once it is closed",
        )
    if kind in CONFIDENTIAL and not own and not answered:
        refuse("投诉建议答复之后才能删除", "a complaint or suggestion is answered before it is erased")
    if not own and not why.strip():
        refuse("请写明是谁要求、为何删除", "say who asks for it, and why")


def refuse(zh: str, en: str) -> NoReturn:
    """Raise `MatterRefused` with its reason in both languages."""
    raise MatterRefused(why_zh=zh, why_en=en)


_ASKED = {
    "note": ("说明", "a note"),
    "unit_id": ("单位", "a unit"),
    "until": ("日期", "a day"),
    "into_id": ("并入的事项", "the matter it goes into"),
}


def due(term: Term, steps: Iterable[Taken], *, reported_at: datetime, calendar: WorkingCalendar) -> datetime:
    """When the term that runs on a matter ends, by the steps taken on it, in whatever order they are told."""
    in_order = sorted(steps, key=attrgetter("at"))
    since = runs_since(in_order, reported_at=reported_at)
    return due_at(term, begins_at=since, calendar=calendar, pauses=pauses(in_order))


def pauses(steps: Iterable[Taken]) -> list[Span]:
    """When the clock of the one who handles did not run: on hold, and while what they did waited to be verified.

    Steps in order. A hold ends when it is ended, or at the day it was meant to, and one that goes on counts up to that
    day; of two, one begun within the other, the later day holds. What waits to be verified now has no clock that runs
    (`is_stopped`), and no span here.
    """
    found: list[Span] = []
    paused: Taken | None = None
    for one in steps:
        before = paused
        if paused is not None and (one.step in _ENDINGS or one.step in _ENDINGS[paused.step]):
            found.append(Span(paused.at, min(one.at, paused.until or one.at)))
            paused = None
        if one.step in _ENDINGS:
            paused = _prolonged(one, before)
    if paused is not None and paused.until is not None:
        found.append(Span(paused.at, paused.until))
    return found


def _prolonged(pause: Taken, before: Taken | None) -> Taken:
    """A pause as it lasts: a hold begun while another ran goes on to the later day of both."""
    if before is None or before.until is None or pause.until is None:
        return pause
    return replace(pause, until=max(pause.until, before.until))


_ENDINGS = {"hold": ("resume", "escalate"), "handle": ("rework", "reopen")}
"""What stops the clock, and which steps let it run again."""


def report_due(
    steps: Iterable[Taken], *, plan_within: Term, calendar: WorkingCalendar
) -> tuple[str, datetime] | None:
    """What a planned matter that is assigned owes next, and by when: its `plan`, then a `report` each month.

    None before it was assigned. A hold moves it as it moves the term.
    """
    in_order = sorted(steps, key=attrgetter("at"))
    begun = max((at for at, one in enumerate(in_order) if one.step in {"assign", "reopen"}), default=None)
    if begun is None:
        return None
    told = [one for one in in_order[begun:] if one.step in {"plan", "progress", "rework"}]
    planned = any(one.step == "plan" for one in told) or in_order[begun].step == "reopen"
    since = told[-1].at if planned and told else in_order[begun].at
    term = MONTHLY if planned else plan_within
    return "report" if planned else "plan", due_at(
        term, begins_at=since, calendar=calendar, pauses=pauses(in_order)
    )


def remind_at(due: datetime, unit: str, calendar: WorkingCalendar) -> datetime:
    """When who answers for a matter is reminded: two hours before, where its term is in hours; else when the office
    opens on the last working day before the day it is due.
    """
    if unit in {"hours", "working_hours"}:
        return due - timedelta(hours=2)
    day = clock.day_of(due) - timedelta(days=1)
    while not calendar.works(day):
        day -= timedelta(days=1)
    return calendar.spans(day)[0].begins


MONTHLY = Term(1, "months")


def is_stopped(state: str) -> bool:
    """Whether no deadline runs in this state: what waits for somebody else's eyes, or is over."""
    return state not in {"reported", "accepted", "assigned"}


def runs_since(steps: Iterable[Taken], *, reported_at: datetime) -> datetime:
    """When the present clock began: at the report, the last hand-over to another unit, acceptance or reopening."""
    since = reported_at
    for one in steps:
        if one.step in {"transfer", "escalate", "accept", "reopen"}:
            since = one.at
    return since
