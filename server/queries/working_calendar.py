"""The working calendar as it stands: China's days with the county's own."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.working_calendar import CalendarDay
from server.rules.working_calendar import WorkingCalendar, is_announced


def current() -> WorkingCalendar:
    """The calendar that terms are counted by now."""
    rows = db.session.execute(sa.select(CalendarDay.day, CalendarDay.works))
    return WorkingCalendar({row.day: row.works for row in rows})


def year(number: int) -> dict[str, Any]:
    """Every day of a year, whether it is worked and why it differs: `{year, announced, days}`."""
    calendar, own = current(), _own(number)
    first = date(number, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(number + 1, 1, 1) - first).days)]
    told = [
        {
            "day": day.isoformat(),
            "works": calendar.works(day),
            "own": day in own,
            "reason": own[day].reason if day in own else "",
        }
        for day in days
    ]
    return {"year": number, "announced": is_announced(number), "days": told}


def _own(number: int) -> dict[date, CalendarDay]:
    """The county's own days of a year."""
    within = CalendarDay.day.between(date(number, 1, 1), date(number, 12, 31))
    return {row.day: row for row in db.session.scalars(sa.select(CalendarDay).where(within))}
