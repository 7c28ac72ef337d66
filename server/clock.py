"""The one clock: instants in UTC, days and months in Asia/Shanghai, and a way to set it."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")

_set_to: ContextVar[datetime | None] = ContextVar("clock_set_to", default=None)


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return _set_to.get() or datetime.now(UTC)


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Within this context the clock stands at `instant` (aware); for tests and for making a past."""
    token = _set_to.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _set_to.reset(token)


def day_of(instant: datetime) -> date:
    """The day in Asia/Shanghai that holds `instant`."""
    return instant.astimezone(SHANGHAI).date()


def day_starts_at(day: date) -> datetime:
    """The first instant of a Shanghai day, in UTC."""
    return datetime.combine(day, time.min, SHANGHAI).astimezone(UTC)


def day_ends_at(day: date) -> datetime:
    """The first instant after a Shanghai day, in UTC."""
    return day_starts_at(day + timedelta(days=1))


def monday_of(day: date) -> date:
    """The Monday of the week that a day lies in."""
    return day - timedelta(days=day.weekday())


def month_of(instant: datetime) -> date:
    """The first day of the month in Asia/Shanghai that holds `instant`."""
    return day_of(instant).replace(day=1)


def month_after(month: date) -> date:
    """The first day of the month after the one that a day lies in."""
    return (month.replace(day=1) + timedelta(days=31)).replace(day=1)


def local(instant: datetime) -> str:
    """An instant as people in Shanghai read it, to the second: `2026-03-01 08:00:00`."""
    return instant.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def iso(instant: datetime) -> str:
    """An instant as ISO 8601 in UTC with `Z`, microseconds only where there are any."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")
