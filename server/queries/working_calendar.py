"""The working calendar as it stands: China's days with the county's own."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.people import Person
from server.models.working_calendar import CalendarDay
from server.rules.working_calendar import WorkingCalendar, holiday, is_announced, is_worked


def current() -> WorkingCalendar:
    """The calendar that terms are counted by now."""
    rows = db.session.execute(sa.select(CalendarDay.day, CalendarDay.works))
    return WorkingCalendar({row.day: row.works for row in rows})


def year(number: int) -> dict[str, Any]:
    """Every day of a year, whether it is worked, what the notice calls it, and who says otherwise and why:
    `{year, announced, days}`.
    """
    calendar, own = current(), _own(number)
    first = date(number, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]
    told = [
        {"works": calendar.works(day), **_by_the_notice(day), **_by_the_county(own.get(day))} for day in days
    ]
    return {"year": number, "announced": is_announced(number), "days": told}


def _by_the_notice(day: date) -> dict[str, Any]:
    """A day as it is without the county's word."""
    zh, en = holiday(day)
    return {"day": day.isoformat(), "notice": is_worked(day), "holiday": {"zh": zh, "en": en}}


def _by_the_county(own: Any) -> dict[str, Any]:
    """What the county says of a day: why, by whom and when."""
    if own is None:
        return {"own": False, "reason": "", "by": None, "changed_at": None}
    row, name = own
    by = None if row.by_id is None else {"id": row.by_id, "name": name}
    return {"own": True, "reason": row.reason, "by": by, "changed_at": row.changed_at}


def _own(number: int) -> dict[date, Any]:
    """The county's own days of a year, each with the name of who said so."""
    within = CalendarDay.day.between(date(number, 1, 1), date(number, 12, 31))
    statement = sa.select(CalendarDay, Person.name).outerjoin(Person, Person.id == CalendarDay.by_id)
    return {row.CalendarDay.day: row for row in db.session.execute(statement.where(within))}
