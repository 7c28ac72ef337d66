"""Outcomes of matters: whether a unit answered and closed them in time, and for good, told from their events alone.

Each matter is followed event by event. A term is missed at the instant it runs out while its clock runs, once; it is
kept by the step that was due. So each counts once, for the unit that had it then, in the month that instant lies in.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

ANSWERS = frozenset({"matter.accepted", "matter.refused"})
BEGIN_ANSWER = frozenset({"matter.reported", "matter.transferred", "matter.escalated"})
BEGIN_SOLVE = frozenset({"matter.accepted", "matter.reopened"})
ENDS = frozenset({"matter.refused", "matter.merged", "matter.closed"})


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a matter: who answers for the matter from then on, and when the term ends that then runs."""

    number: int
    at: datetime
    kind: str
    matter_id: int
    unit_id: int
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a matter at an instant: `answered` or `solved` in time or not, `closed` or `reopened`."""

    what: str
    unit_id: int
    matter_id: int
    at: datetime
    due_at: datetime | None
    kept: bool


@dataclass(slots=True)
class _Term:
    """The term that runs on a matter: whose it is, what for, until when, and whether it was missed already."""

    what: str = ""
    unit_id: int = 0
    due_at: datetime | None = None
    last_due_at: datetime | None = None
    missed: bool = False


def of_matters(happenings: Iterable[Happening], *, until: datetime) -> list[Outcome]:
    """The outcomes of matters up to an instant (not included), in whatever order their events are told."""
    by_matter: dict[int, list[Happening]] = {}
    for each in sorted(happenings, key=lambda each: each.number):
        if each.at < until:
            by_matter.setdefault(each.matter_id, []).append(each)
    return [outcome for told in by_matter.values() for outcome in _of_one(told, until)]


def _of_one(happenings: list[Happening], until: datetime) -> Iterator[Outcome]:
    """The outcomes of one matter, its events in order."""
    term, matter_id = _Term(), happenings[0].matter_id
    for each in happenings:
        yield from _missed(term, matter_id, each.at)
        yield from _kept(term, each)
        _go_on(term, each)
    yield from _missed(term, matter_id, until)


def _missed(term: _Term, matter_id: int, by: datetime) -> Iterator[Outcome]:
    """That the term ran out before an instant, unless that was said."""
    if term.due_at is not None and term.due_at < by and not term.missed:
        term.missed = True
        yield Outcome(term.what, term.unit_id, matter_id, term.due_at, term.due_at, kept=False)


def _kept(term: _Term, each: Happening) -> Iterator[Outcome]:
    """What a step brings about for the unit that had the matter before it."""
    if each.kind in ANSWERS and term.what == "answered" and not term.missed:
        yield Outcome("answered", term.unit_id, each.matter_id, each.at, term.due_at, kept=True)
    if each.kind == "matter.closed":
        if term.what == "solved" and not term.missed:
            yield Outcome("solved", term.unit_id, each.matter_id, each.at, term.last_due_at, kept=True)
        yield Outcome("closed", term.unit_id, each.matter_id, each.at, term.last_due_at, kept=True)
    if each.kind == "matter.reopened":
        yield Outcome("reopened", term.unit_id, each.matter_id, each.at, term.last_due_at, kept=False)


def _go_on(term: _Term, each: Happening) -> None:
    """The term as it runs after a step."""
    if each.kind in BEGIN_ANSWER:
        term.what, term.missed = "answered", False
    elif each.kind in BEGIN_SOLVE:
        term.what, term.missed = "solved", False
    elif each.kind in ENDS:
        term.what = ""
    term.unit_id, term.due_at = each.unit_id, each.due_at
    term.last_due_at = each.due_at or term.last_due_at


def lasting(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Each matter that was closed or reopened among these outcomes, once for each unit: kept if never reopened."""
    last: dict[tuple[int, int], Outcome] = {}
    for each in outcomes:
        if each.what not in {"closed", "reopened"}:
            continue
        before = last.get((each.unit_id, each.matter_id))
        if before is None or not (before.what == "reopened" and each.what == "closed"):
            last[each.unit_id, each.matter_id] = each
    return [
        Outcome("lasting", each.unit_id, each.matter_id, each.at, each.due_at, each.kept)
        for each in last.values()
    ]


def once(found: Iterable[Outcome], homes: Mapping[int, int]) -> list[tuple[int, Outcome]]:
    """Outcomes with the unit they count for, each matter once for each such unit and what it is about, by its instant.

    Handed up from village to township, a matter may keep or miss a term of each: missed by one, it is not kept.
    """
    counted: dict[tuple[int, str, int], Outcome] = {}
    for each in sorted(found, key=lambda each: (each.at, each.matter_id)):
        if each.unit_id in homes:
            of = homes[each.unit_id], each.what, each.matter_id
            if of not in counted or counted[of].kept:
                counted[of] = each
    return [(home, each) for (home, _, _), each in counted.items()]
