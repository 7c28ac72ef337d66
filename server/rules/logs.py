"""Logs 日志: the days, weeks and months they are of (all Shanghai's), days away, and until when a day's log is open."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from server import clock
from server.errors import LogRefused, NotFound

KINDS = ("day", "week", "month")

_NAMES = re.compile(
    r"(?P<year>20[0-9]{2})-"
    r"(?:W(?P<week>[0-9]{2})|(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2}))?)"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A day, an ISO week (Monday to Sunday) or a month: its ISO 8601 name, its first and its last day."""

    kind: str
    name: str
    first: date
    last: date

    @property
    def begins_at(self) -> datetime:
        """Its first instant, in UTC."""
        return clock.day_starts_at(self.first)

    @property
    def ends_at(self) -> datetime:
        """The first instant after it, in UTC."""
        return clock.day_ends_at(self.last)

    @property
    def previous(self) -> "Period":
        """The one before."""
        return around(self.kind, self.first - timedelta(days=1))

    @property
    def next(self) -> "Period":
        """The one after."""
        return around(self.kind, self.last + timedelta(days=1))


def named(name: str) -> Period:
    """The period of an ISO 8601 name, `2026-11-25`, `2026-W48` or `2026-11`; `NotFound` where there is none."""
    told = _NAMES.fullmatch(name)
    if told is None:
        raise NotFound
    year, week, month, day = (int(part or 0) for part in told.group("year", "week", "month", "day"))
    try:
        if told["week"] is not None:
            return around("week", date.fromisocalendar(year, week, 1))
        return around(
            "month" if told["day"] is None else "day", date(year, month, 1 if told["day"] is None else day)
        )
    except ValueError as error:
        raise NotFound from error


def around(kind: str, day: date) -> Period:
    """The day, week or month that a day lies in."""
    if kind == "day":
        return Period(kind, day.isoformat(), day, day)
    if kind == "week":
        monday = clock.monday_of(day)
        year, week, _ = monday.isocalendar()
        return Period(kind, f"{year}-W{week:02}", monday, monday + timedelta(days=6))
    first = day.replace(day=1)
    return Period(kind, f"{first:%Y-%m}", first, clock.month_after(first) - timedelta(days=1))


# ── days away ───────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Journey:
    """When somebody left and when they were back; `ended_at` is None while they are under way."""

    started_at: datetime
    ended_at: datetime | None


def journey(
    started_at: datetime, ended_at: datetime | None, *, ends_on: date, lapsed_at: datetime | None
) -> Journey:
    """The journey of a trip. Where the system ended it because nobody had, it counts until its planned last day is
    over and not until the system noticed.
    """
    if lapsed_at is not None and ended_at is not None:
        ended_at = max(started_at, min(ended_at, clock.day_ends_at(ends_on)))
    return Journey(started_at, ended_at)


def days_away(journeys: Iterable[Journey], period: Period, *, now: datetime) -> int:
    """On how many days of a period somebody was away: a day that a journey touches counts as one, and once.

    Who is back at midnight sharp was not away on the day that begins then. Who is under way is away up to `now`.
    """
    days: set[date] = set()
    for each in journeys:
        first, last = touched(each, now)
        first, last = max(first, period.first), min(last, period.last)
        days |= {first + timedelta(days=n) for n in range((last - first).days + 1)}
    return len(days)


def touched(each: Journey, now: datetime) -> tuple[date, date]:
    """The first and the last day (Shanghai) that a journey touches, up to `now` for one under way."""
    ended_at = max(each.started_at, now) if each.ended_at is None else each.ended_at
    first = clock.day_of(each.started_at)
    if ended_at <= each.started_at:
        return first, first
    return first, clock.day_of(ended_at - timedelta(microseconds=1))


# ── what one writes oneself ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Saving:
    """One saving of something: its id (the phone's, new each time), the saving its writer had before them (`after`;
    None: none), so that nothing is overwritten unseen, and when it was written and sent, by the phone's clock.
    """

    id: UUID
    after: UUID | None
    made_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class DayTold:
    """What its person writes into the log of a day: a remark, and the plan for the day after."""

    saving: Saving
    remark: str = ""
    plan: str = ""


@dataclass(frozen=True, slots=True)
class SupplementTold:
    """What its person adds to a check-in afterwards 补记: whom they met, what came of it, what is next, a remark."""

    saving: Saving
    enterprise: str = ""
    contact: str = ""
    contact_post: str = ""
    outcome: str = ""
    next_step: str = ""
    remark: str = ""


DAY_TEXTS = ("remark", "plan")
MET_TEXTS = ("enterprise", "contact", "contact_post", "outcome", "next_step")
"""What is told of whom was met, with a check-in and afterwards."""

SUPPLEMENT_TEXTS = (*MET_TEXTS, "remark")


def closes_at(day: date, open_days: int) -> datetime:
    """When the log of a day closes: so many days after the day is over."""
    return clock.day_ends_at(day + timedelta(days=open_days))


def is_open(day: date, at: datetime, open_days: int) -> bool:
    """Whether one may write into the log of a day at an instant: from that day on, until it closes."""
    return day <= clock.day_of(at) and at < closes_at(day, open_days)


def ensure_open(day: date, at: datetime, open_days: int) -> None:
    """`LogRefused` unless the log of a day is open at the instant somebody wrote into it."""
    if day > clock.day_of(at):
        raise LogRefused(why_zh="那一天还没有到", why_en="that day has not come yet")
    if not is_open(day, at, open_days):
        raise LogRefused(
            why_zh=f"当天过后 {open_days} 天内可补记，现已过期",
            why_en=f"it stays open for {open_days} days after its day, which are over",
        )


def both(told: str, added: str) -> str:
    """What was told with a check-in and what was added afterwards, as one text; the same is not said twice."""
    if not added or added in told:
        return told
    return f"{told}；{added}" if told else added
