"""The visit log's orders, columns and periods: by what it may be sorted, and what a row may show.

A row is one check-in. Nothing here adds up, sorts or groups by person: there is no such order to ask for.
"""

from datetime import date, timedelta

SORTS = ("happened", "received", "enterprise")
"""By when it happened, by when we heard of it, or by the company visited (visits only)."""

DIRECTIONS = ("down", "up")

COLUMNS = (
    "time",
    "received",
    "person",
    "unit",
    "trip",
    "stop",
    "areas",
    "verdict",
    "signals",
    "window",
    "enterprise",
    "contact",
    "outcome",
    "note",
    "review",
)
"""Every column of the page, in the order in which they stand."""

DUTIES = ("none", "ordinary", "safety", "emergency")
"""A check-in outside any duty, or on one of this purpose."""

THROUGH = ("log", "map")
"""The pages that open the log: what the record of looks calls the door."""

PERIODS = ("today", "week", "month", "last_month")


def days(period: str, today: date) -> tuple[date, date]:
    """The first and the last day of a period, as of today; weeks begin on Monday."""
    if period == "today":
        return today, today
    if period == "week":
        return today - timedelta(days=today.weekday()), today
    first = today.replace(day=1)
    if period == "month":
        return first, today
    last = first - timedelta(days=1)
    return last.replace(day=1), last
