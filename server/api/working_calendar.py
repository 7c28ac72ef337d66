"""The working calendar 工作日历: which days count, by the State Council's notice and the county's own word."""

from datetime import date
from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.working_calendar import CalendarDayIn, CalendarOut
from server.errors import NotFound
from server.gate import guard
from server.queries import working_calendar as reads
from server.services import working_calendar

doors = Doors("working_calendar", __name__, description="工作日历 · The working calendar")

FIRST_YEAR, LAST_YEAR = 2005, 2099


@doors.get("/calendar/<int:year>")
@guard("calendar.read")
@doors.response(200, CalendarOut)
def one(year: int) -> Response:
    """一年的工作日 · The days of a year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise NotFound
    return answer(reads.year(year))


@doors.put("/calendar/days/<day>")
@guard("calendar.change")
@doors.arguments(CalendarDayIn)
@doors.response(200, CalendarOut)
def change(told: dict[str, Any], day: str) -> Response:
    """调整一天 · Say that the county works on a day, does not, or goes by the notice."""
    return answer(working_calendar.change(gate.actor(), _day(day), **told))


def _day(text: str) -> date:
    """A day out of the address; `NotFound` for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise NotFound from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise NotFound
    return day
