"""The county's own working days: a day that is worked though the notice says otherwise, or is not."""

from datetime import date
from typing import Any

from server import clock
from server.db import db
from server.errors import Busy
from server.models.working_calendar import CalendarDay
from server.queries import working_calendar as reads
from server.rules import access
from server.rules.access import Actor
from server.services import events, matters
from server.transaction import unique_or, verb


@verb
def change(actor: Actor, day: date, *, works: bool | None, reason: str) -> dict[str, Any]:
    """Say that a day is worked or not, or (None) that the notice holds again; what is open is reckoned anew."""
    access.ensure_holds(actor, "calendar.change")
    row = db.session.get(CalendarDay, day)
    if works is None:
        if row is not None:
            db.session.delete(row)
    else:
        row = row or CalendarDay(day=day)
        row.works, row.reason = works, reason
        row.by_id, row.changed_at = actor.person_id, clock.now()
        with unique_or(Busy(retry_after_s=1)):
            db.session.add(row)
    db.session.flush()
    events.record("calendar.changed", actor_id=actor.person_id, subject=day.isoformat(), works=works)
    matters.reckon()
    return reads.year(day.year)
