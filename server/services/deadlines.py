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
from server.services import events
from server.transaction import verb


def reckon(matter: Matter, calendar: WorkingCalendar) -> None:
    """Say when the term that runs now ends: to answer until it is accepted, to solve from then on."""
    stopped = matters.is_stopped(matter.state) or matter.kind in matters.CONFIDENTIAL
    matter.due_at = None if stopped else _ends_at(matter, calendar)
    owed = None if stopped else owes(matter, calendar)
    matter.report_due_at = None if owed is None else owed[1]


def owes(matter: Matter, calendar: WorkingCalendar) -> tuple[str, datetime] | None:
    """What a matter that is handled by a plan owes next, `plan` or `report`, and by when."""
    category = db.session.get_one(MatterCategory, matter.category_id)
    within = categories.term(category, "answer")
    if matter.state != "assigned" or not category.planned or within is None:
        return None
    return matters.report_due(reads.taken(matter.id), plan_within=within, calendar=calendar)


@verb
def remind(matter_id: int) -> int:
    """Remind who answers for a matter that its term, or a plan or report it owes, is soon due; each once. How many."""
    matter = db.session.get_one(Matter, matter_id, populate_existing=True, with_for_update=True)
    if reads.is_held(matter) or matter.state not in matters.OPEN:
        return 0
    calendar, category = calendars.current(), db.session.get_one(MatterCategory, matter.category_id)
    unit = category.answer_unit if matter.state == "reported" else category.solve_unit
    reminded = 0
    if _is_time(matter.due_at, matter.reminded_for, unit, calendar):
        matter.reminded_for, reminded = matter.due_at, reminded + 1
        _record(matter, "due")
    if _is_time(matter.report_due_at, matter.reminded_report_for, "days", calendar):
        matter.reminded_report_for, reminded = matter.report_due_at, reminded + 1
        _record(matter, (owes(matter, calendar) or ("report",))[0])
    return reminded


def _is_time(
    due: datetime | None, reminded_for: datetime | None, unit: str, calendar: WorkingCalendar
) -> bool:
    """Whether a reminder is due, and was not given for this end before."""
    return due is not None and due != reminded_for and clock.now() >= matters.remind_at(due, unit, calendar)


def _record(matter: Matter, of: str) -> None:
    """Record a reminder: of what, for the unit and person who answer for it now."""
    events.record(
        "matter.reminded",
        actor_id=None,
        unit_id=matter.assigned_unit_id or matter.holder_id,
        person_id=matter.assigned_to_id,
        subject=matter.id,
        of=of,
    )


def _ends_at(matter: Matter, calendar: WorkingCalendar) -> datetime:
    """When the matter's present term ends."""
    term = _term(matter, "answer" if matter.state == "reported" else "solve")
    assert term is not None
    return matters.due(term, reads.taken(matter.id), reported_at=matter.reported_at, calendar=calendar)


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
