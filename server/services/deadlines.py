"""Deadlines of matters: when the term that runs on one now ends, and when it is handed up."""

from datetime import datetime
from typing import Any

from server import clock
from server.db import db
from server.models.matters import Matter, MatterCategory
from server.models.units import Unit
from server.queries import categories
from server.queries import matters as reads
from server.queries import working_calendar as calendars
from server.rules import matters
from server.rules.working_calendar import Term, WorkingCalendar, due_at


def reckon(matter: Matter, calendar: WorkingCalendar) -> None:
    """Say when the term that runs now ends: to answer until it is accepted, to solve from then on."""
    stopped = matters.is_stopped(matter.state) or matter.kind in matters.CONFIDENTIAL
    matter.due_at = None if stopped else _ends_at(matter, calendar)


def _ends_at(matter: Matter, calendar: WorkingCalendar) -> datetime:
    """When the matter's present term ends."""
    steps = reads.taken(matter.id)
    term = _term(matter, "answer" if matter.state == "reported" else "solve")
    assert term is not None
    since = matters.runs_since(steps, reported_at=matter.reported_at)
    return due_at(term, begins_at=since, calendar=calendar, pauses=matters.pauses(steps))


def _term(matter: Matter, name: str) -> Term | None:
    """A term of a matter's category: to `answer`, to `solve`, or after which it is handed up (`escalate`)."""
    return categories.term(db.session.get_one(MatterCategory, matter.category_id), name)


def facts(matter: Matter) -> dict[str, Any]:
    """What an event says of a matter: the unit that holds it, the one that handles it, and when the term that runs now
    ends. Nothing of a complaint or suggestion, which has no term.
    """
    if matter.kind in matters.CONFIDENTIAL:
        return {}
    return {
        "holder": matter.holder_id,
        "assigned": matter.assigned_unit_id,
        "due_at": matter.due_at and clock.iso(matter.due_at),
    }


def is_to_be_handed_up(matter: Matter) -> bool:
    """Whether it has been overdue for so long that it goes to the unit above."""
    term = _term(matter, "escalate")
    if term is None or matter.due_at is None or db.session.get_one(Unit, matter.holder_id).parent_id is None:
        return False
    return due_at(term, begins_at=matter.due_at, calendar=calendars.current()) < clock.now()
