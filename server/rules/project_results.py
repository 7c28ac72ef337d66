"""Results of projects for boards: milestones met, money invested, amounts signed and landed, told from events alone.

A milestone is measured by its plan as it stood when the month began: whoever moves the mark in the month moves nothing.
Amounts in another currency are shown and count for nothing, for nothing is ever converted.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from server.rules import amounts
from server.rules.projects import MILESTONES, Half

T = TypeVar("T")
WAN = Decimal(10**4)


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a project, as the rules follow it: `days` and `money` what was planned, `stage` and `on` what was
    reached (`on` None: taken back), `half` and `done` what was invested.
    """

    number: int
    at: datetime
    kind: str
    project_id: int
    unit_id: int
    amount: tuple[Decimal, str] | None = None
    days: Mapping[str, date | None] = field(default_factory=dict)
    money: Mapping[str, Decimal | None] = field(default_factory=dict)
    stage: str = ""
    on: date | None = None
    half: str = ""
    done: Decimal | None = None


@dataclass(frozen=True, slots=True)
class State:
    """A project at an instant."""

    project_id: int
    unit_id: int
    amount: tuple[Decimal, str] = (Decimal(0), "万元")
    planned: Mapping[str, date] = field(default_factory=dict)
    reached: Mapping[str, date] = field(default_factory=dict)
    budget: Mapping[str, Decimal] = field(default_factory=dict)
    invested: Mapping[str, Decimal] = field(default_factory=dict)
    stopped: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """What a project adds to a measure of its unit: so much of so much; `on` and `due_on` are days."""

    measure: str
    unit_id: int
    project_id: int
    got: Fraction
    of: Fraction
    on: date | None = None
    due_on: date | None = None
    stage: str = ""
    amount: str = ""


def states(events: Iterable[Told], *, before: datetime) -> dict[int, State]:
    """How projects stood just before an instant, in whatever order their events are told."""
    found: dict[int, State] = {}
    for each in sorted(events, key=lambda each: each.number):
        if each.at < before:
            state = found.get(each.project_id) or State(each.project_id, each.unit_id)
            found[each.project_id] = _after(state, each)
    return found


def _after(state: State, each: Told) -> State:
    """A project after an event."""
    return replace(
        state,
        unit_id=each.unit_id,
        amount=each.amount or state.amount,
        planned=_merged(state.planned, each.days),
        budget=_merged(state.budget, each.money),
        reached=_merged(state.reached, {each.stage: each.on} if each.stage else {}),
        invested=_merged(state.invested, {each.half: each.done} if each.half else {}),
        stopped={"project.stopped": True, "project.resumed": False}.get(each.kind, state.stopped),
    )


def _merged(before: Mapping[str, T], told: Mapping[str, T | None]) -> dict[str, T]:
    """What was known with what was told; None takes away."""
    return {name: value for name, value in {**before, **told}.items() if value is not None}


def in_month(
    events: Iterable[Told], *, first: date, begins_at: datetime, until: datetime, today: date, over: bool
) -> list[Result]:
    """What projects add to the measures of the month that begins on `first`; `today` is its last day, or the present
    one where it is not `over`.
    """
    events = list(events)
    opened, now = states(events, before=begins_at), states(events, before=until)
    found: list[Result] = []
    for project_id, state in now.items():
        found += _milestones(opened.get(project_id), state, first, today, over=over)
        found += _investment(state, today)
        found += _amounts(state, today)
        found += _landing(state, today)
    return found


def _milestones(
    opened: State | None, now: State, first: date, today: date, *, over: bool
) -> Iterator[Result]:
    """The milestones that were planned for the month when it began, once they are due or reached."""
    if opened is None or opened.stopped:
        return
    for stage in MILESTONES:
        due_on = opened.planned.get(stage)
        if due_on is None or (due_on.year, due_on.month) != (first.year, first.month):
            continue
        on = now.reached.get(stage)
        if on is not None or over or due_on < today:
            kept = on is not None and on <= due_on
            yield Result(
                "milestones", opened.unit_id, now.project_id, Fraction(kept), Fraction(1), on, due_on, stage
            )


def _investment(now: State, today: date) -> Iterator[Result]:
    """What was invested in the year of what was planned, the present half-year's plan by the months that have begun."""
    if now.stopped or amounts.in_yuan(Decimal(1), now.amount[1]) is None:
        return
    of = got = Fraction(0)
    for half in (Half(today.year, 1), Half(today.year, 2)):
        planned = _wan(now.budget.get(half.name, Decimal(0)), now.amount[1])
        if half.starts_on > today or not planned:
            continue
        months = Fraction(min(6, today.month - half.starts_on.month + 1), 6)
        of += planned * months
        got += _wan(now.invested.get(half.name, Decimal(0)), now.amount[1])
    if of:
        yield Result("progress", now.unit_id, now.project_id, got, of, amount=_said(got))


def _amounts(now: State, today: date) -> Iterator[Result]:
    """The amount of a project signed or started this year; the target it is measured against is its unit's."""
    amount, unit = now.amount
    counts = amounts.in_yuan(amount, unit) is not None
    for measure, stage in (("signed", "signed"), ("landed", "started")):
        on = now.reached.get(stage)
        if on is not None and on.year == today.year and on <= today:
            got = _wan(amount, unit) if counts else Fraction(0)
            yield Result(
                measure,
                now.unit_id,
                now.project_id,
                got,
                Fraction(0),
                on,
                None,
                stage,
                f"{amounts.plain(amount)} {unit}",
            )


def _landing(now: State, today: date) -> Iterator[Result]:
    """A project signed since last year began: whether it has started; one that was stopped before has not."""
    signed, started = now.reached.get("signed"), now.reached.get("started")
    if signed is not None and today.year - 1 <= signed.year and signed <= today:
        landed = started is not None and started <= today
        yield Result(
            "landing_rate",
            now.unit_id,
            now.project_id,
            Fraction(landed),
            Fraction(1),
            started,
            None,
            "started",
        )


def _wan(amount: Decimal, unit: str) -> Fraction:
    """An amount in 万元, exact; nothing in another currency."""
    yuan = amounts.in_yuan(amount, unit)
    return Fraction(0) if yuan is None else Fraction(yuan) / Fraction(WAN)


def _said(wan: Fraction) -> str:
    """An amount in 万元 as it is said."""
    return f"{amounts.plain(Decimal(wan.numerator) / Decimal(wan.denominator))} 万元"


def target(yearly: Decimal, month: int) -> Fraction:
    """What of a year's target is due by the end of a month."""
    return Fraction(yearly) * Fraction(month, 12)
