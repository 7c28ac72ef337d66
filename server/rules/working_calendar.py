"""The working calendar 工作日历: which days and hours count as work, and when a term that began then is over.

A day is a working day by the State Council office's yearly notice of holidays and make-up days (as the `holidays`
package keeps it) unless the county says otherwise. How terms are counted follows the Civil Code, articles 200 to
204: the day on which a term begins does not count; a term in days that would end on a day off ends on the next
working day; where there are working hours it ends when they do.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple

import holidays

from server import clock

UNITS = ("hours", "working_hours", "working_days", "days", "months")
UNIT_WORDS = {
    "hours": ("小时", "hours"),
    "working_hours": ("个工作小时", "working hours"),
    "working_days": ("个工作日", "working days"),
    "days": ("天", "days"),
    "months": ("个月", "months"),
}
MOST = {"hours": 2400, "working_hours": 800, "working_days": 250, "days": 366, "months": 12}
"""The longest term in each unit: a year or so."""

HOURS: Sequence[tuple[time, time]] = ((time(8, 30), time(12)), (time(14, 30), time(18)))
"""The office hours of a county, by the Shanghai clock."""


class Span(NamedTuple):
    """A stretch of time, its end not included."""

    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Term:
    """How long something may take: so many of a unit of `UNITS`."""

    amount: int
    unit: str

    @property
    def words(self) -> tuple[str, str]:
        """The term in Chinese and in English: `7 天`, `7 days`."""
        zh, en = UNIT_WORDS[self.unit]
        return f"{self.amount} {zh}", f"{self.amount} {en.removesuffix('s') if self.amount == 1 else en}"


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """China's working days and the county's own (`own`: day → whether it is worked), with the office hours of each."""

    own: Mapping[date, bool] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """Whether a Shanghai day is a working day."""
        told = self.own.get(day)
        return is_worked(day) if told is None else told

    def spans(self, day: date) -> Sequence[Span]:
        """The office hours of a day, in UTC; none on a day off."""
        if not self.works(day):
            return ()
        return [Span(_at(day, opens), _at(day, closes)) for opens, closes in HOURS]


def is_announced(year: int) -> bool:
    """Whether the holidays of a year are known with their make-up days; before that only the statutory ones are."""
    return any(day.year == year for day in _china(year).weekend_workdays)


def is_worked(day: date) -> bool:
    """Whether a day is a working day by the notice for its year."""
    return _china(day.year).is_working_day(day)


def holiday(day: date) -> tuple[str, str]:
    """What the notice calls a day that is no ordinary one, in Chinese and in English; empty for any other."""
    zh, en = (str(_china(day.year, tongue).get(day, "")) for tongue in ("zh_CN", "en_US"))
    if zh.startswith("休息日"):
        return "调休", "day off in exchange"
    return zh.partition("（")[0], en.partition(" (")[0]


def due_at(
    term: Term, *, begins_at: datetime, calendar: WorkingCalendar, pauses: Iterable[Span] = ()
) -> datetime:
    """When a term is over that began at an instant and did not run during the pauses, in whatever order they are told.

    A pause never makes it shorter. Days end with the office hours.
    """
    stops = _merged(pauses)
    if term.unit == "hours":
        return _after(timedelta(hours=term.amount), _always(begins_at), stops)
    if term.unit == "working_hours":
        return _after(timedelta(hours=term.amount), _working(begins_at, calendar), stops)
    if term.unit == "working_days":
        return _nth_close(term.amount, begins_at, stops, calendar, working=True)
    return _nth_close(_days(term, clock.day_of(begins_at)), begins_at, stops, calendar, working=False)


def between(unit: str, begins: datetime, ends: datetime, calendar: WorkingCalendar) -> Term:
    """How much of a unit lies between two instants, whole ones only and never less than none; months are told in days.

    Days are counted as terms count them: that on which it begins does not count, that on which it ends does.
    """
    if unit == "hours":
        return Term(max(0, (ends - begins) // _HOUR), unit)
    if unit == "working_hours":
        return Term(_worked(begins, ends, calendar) // _HOUR, unit)
    days = max(0, (clock.day_of(ends) - clock.day_of(begins)).days)
    if unit != "working_days":
        return Term(days, "days")
    after = (clock.day_of(begins) + timedelta(days=n) for n in range(1, days + 1))
    return Term(sum(calendar.works(day) for day in after), unit)


def _worked(begins: datetime, ends: datetime, calendar: WorkingCalendar) -> timedelta:
    """The office hours between two instants."""
    worked = timedelta()
    for span in _working(begins, calendar):
        if span.begins >= ends:
            break
        worked += min(span.ends, ends) - span.begins
    return worked


_HOUR = timedelta(hours=1)


def closes_at(day: date) -> datetime:
    """When the office hours of a Shanghai day end, in UTC."""
    return _at(day, HOURS[-1][1])


def _days(term: Term, first: date) -> int:
    """How many calendar days a term in days or months counts; a month ends on the day of the same number."""
    if term.unit == "days":
        return term.amount
    months = first.month - 1 + term.amount
    year, month = first.year + months // 12, months % 12 + 1
    return (date(year, month, min(first.day, monthrange(year, month)[1])) - first).days


def _nth_close(
    n: int, begins_at: datetime, stops: Sequence[Span], calendar: WorkingCalendar, *, working: bool
) -> datetime:
    """The close of the n-th day that counts after the first; the last one is always a working day.

    A day whose close lies in a pause does not count; nor is a pause over the first day's close given away.
    """
    first = clock.day_of(begins_at)
    counted = -(
        closes_at(first) >= begins_at and _is_stopped(first, stops) and (calendar.works(first) or not working)
    )
    for day in _days_from(first + timedelta(days=1)):
        if _is_stopped(day, stops):
            continue
        works = calendar.works(day)
        counted += works or not working
        if counted >= n and works:
            return closes_at(day)
    raise AssertionError("the days do not end")


def _is_stopped(day: date, stops: Sequence[Span]) -> bool:
    """Whether the clock does not run when a day closes."""
    return any(stop.begins <= closes_at(day) < stop.ends for stop in stops)


def _after(lasts: timedelta, running: Iterable[Span], stops: Sequence[Span]) -> datetime:
    """The instant by which so much of the running time is over, without what lies in the stops."""
    for span in running:
        for begins, ends in _without(span, stops):
            if lasts <= ends - begins:
                return begins + lasts
            lasts -= ends - begins
    raise AssertionError("the running time does not end")


def _always(begins_at: datetime) -> Iterator[Span]:
    """All time from an instant on, by Shanghai days."""
    for day in _days_from(clock.day_of(begins_at)):
        yield Span(max(begins_at, clock.day_starts_at(day)), clock.day_ends_at(day))


def _working(begins_at: datetime, calendar: WorkingCalendar) -> Iterator[Span]:
    """The office hours from an instant on."""
    for day in _days_from(clock.day_of(begins_at)):
        for begins, ends in calendar.spans(day):
            if ends > begins_at:
                yield Span(max(begins, begins_at), ends)


def _without(span: Span, stops: Sequence[Span]) -> Iterator[Span]:
    """What is left of a span beside the stops, which are in order and apart."""
    begins = span.begins
    for stop in stops:
        if stop.ends <= begins or stop.begins >= span.ends:
            continue
        if stop.begins > begins:
            yield Span(begins, stop.begins)
        begins = stop.ends
    if begins < span.ends:
        yield Span(begins, span.ends)


def _merged(spans: Iterable[Span]) -> Sequence[Span]:
    """The spans in order, those that touch as one, empty ones left out."""
    merged: list[Span] = []
    for span in sorted(span for span in spans if span.begins < span.ends):
        if merged and span.begins <= merged[-1].ends:
            merged[-1] = Span(merged[-1].begins, max(merged[-1].ends, span.ends))
        else:
            merged.append(span)
    return merged


def _days_from(day: date) -> Iterator[date]:
    """One day after the other."""
    while True:
        yield day
        day += timedelta(days=1)


def _at(day: date, hour: time) -> datetime:
    """An instant by the Shanghai clock, in UTC."""
    return datetime.combine(day, hour, clock.SHANGHAI).astimezone(UTC)


@lru_cache(maxsize=16)
def _china(year: int, tongue: str = "zh_CN") -> holidays.HolidayBase:
    """The holidays of one year, named in a language."""
    return holidays.country_holidays("CN", years=year, language=tongue)
