"""Notices 提醒: at what hours anybody is told of what, and what is an emergency; the kinds are in `notice_kinds`.

A notice is made of what the record says (`rules.events.KINDS`), or of a term that has passed, and told once. Nothing is
told in quiet hours unless it is an emergency; groups are told in digests, at set times of working days.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Final

from server import clock
from server.readers import Hours
from server.rules.working_calendar import Term, WorkingCalendar

URGENT_PURPOSE: Final = "emergency"
PRESSING: Final = timedelta(hours=2)
"""A matter that must be answered as soon as this is an emergency."""

SOON_DAYS: Final = 7
"""A commitment that ends within so many days is soon due."""


def is_pressing(term: Term) -> bool:
    """Whether a matter with this term to answer is an emergency."""
    return term.unit == "hours" and timedelta(hours=term.amount) <= PRESSING


# ── hours ───────────────────────────────────────────────────────────────────────────────────────────────


def is_quiet(hours: Hours, instant: datetime) -> bool:
    """Whether an instant lies in the quiet hours; never where they begin as they end."""
    now = instant.astimezone(clock.SHANGHAI).time()
    if hours.begins <= hours.ends:
        return hours.begins <= now < hours.ends
    return now >= hours.begins or now < hours.ends


def shows_at(hours: Hours, instant: datetime) -> datetime:
    """When what came up at an instant is told: at once, or when the quiet hours are over."""
    if not is_quiet(hours, instant):
        return instant
    there = instant.astimezone(clock.SHANGHAI)
    day = there.date() if there.time() < hours.ends else there.date() + timedelta(days=1)
    return datetime.combine(day, hours.ends, clock.SHANGHAI).astimezone(UTC)


def digest_due(
    now: datetime, last: datetime, times: Sequence[time], quiet: Hours, calendar: WorkingCalendar
) -> bool:
    """Whether a digest is to go out now, the last one having gone at `last`: one of the times has passed since.

    Never in quiet hours, and on working days only: what came together meanwhile waits for the next one.
    """
    today = clock.day_of(now)
    if is_quiet(quiet, now) or not calendar.works(today):
        return False
    passed = [at for at in (datetime.combine(today, each, clock.SHANGHAI) for each in times) if at <= now]
    return bool(passed) and last < passed[-1]
