"""My log 我的日志: a day, a week or a month as the server wrote it, as a page or a file; what one adds; erasure."""

from typing import Any
from uuid import UUID

from flask import Response

from server import clock, gate
from server.api.doors import Doors, answer, download
from server.api.schemas.logs import LogDayIn, LogOut, SupplementIn
from server.errors import NotFound
from server.exports import docx, sheets, xlsx
from server.exports import logs as papers
from server.gate import guard
from server.queries import logs as reads
from server.rules.logs import DayTold, Period, SupplementTold, named
from server.services import logs

doors = Doors("logs", __name__, description="我的日志 · One's own log")


@doors.get("/me/logs/<period>")
@guard("log.read")
@doors.response(200, LogOut)
def one(period: str) -> Response:
    """我的日志 · One's own log of a day `2026-11-25`, an ISO week `2026-W48` or a month `2026-11`."""
    return answer(reads.read(gate.actor(), named(period)))


@doors.get("/me/logs/<period>.docx")
@guard("log.export")
@doors.response(200, content_type=docx.MIMETYPE)
def as_docx(period: str) -> Response:
    """导出 Word · The same as a Word document."""
    return _word(logs.export(gate.actor(), named(period), form="docx"))


@doors.get("/me/logs/<period>.xlsx")
@guard("log.export")
@doors.response(200, content_type=sheets.MIMETYPE)
def as_xlsx(period: str) -> Response:
    """导出 Excel · The same as an Excel workbook."""
    return _excel(logs.export(gate.actor(), named(period), form="xlsx"))


@doors.get("/trips/<int:trip_id>/log.docx")
@guard("log.export")
@doors.response(200, content_type=docx.MIMETYPE)
def trip_as_docx(trip_id: int) -> Response:
    """行程日志 Word · One's own log of a trip, as a Word document."""
    return _word(logs.export_trip(gate.actor(), trip_id, form="docx"))


@doors.get("/trips/<int:trip_id>/log.xlsx")
@guard("log.export")
@doors.response(200, content_type=sheets.MIMETYPE)
def trip_as_xlsx(trip_id: int) -> Response:
    """行程日志 Excel · The same as an Excel workbook."""
    return _excel(logs.export_trip(gate.actor(), trip_id, form="xlsx"))


@doors.put("/me/logs/<period>")
@guard("log.write")
@doors.arguments(LogDayIn)
@doors.response(200, LogOut)
def write(told: DayTold, period: str) -> Response:
    """补充当天日志 · Write a remark and tomorrow's plan into the log of a day; the same again changes nothing."""
    return answer(logs.write(gate.actor(), _day(period).first, told))


@doors.delete("/me/logs/<period>")
@guard("log.erase")
@doors.response(200, LogOut)
def erase(period: str) -> Response:
    """删除本人所写 · Erase what one wrote into the log of a day, earlier savings too; what happened stays."""
    return answer(logs.erase(gate.actor(), _day(period).first))


@doors.put("/checkins/<uuid:checkin_id>/supplement")
@guard("log.write")
@doors.arguments(SupplementIn)
@doors.response(200, LogOut)
def supplement(told: SupplementTold, checkin_id: UUID) -> Response:
    """补记签到 · Add to a check-in of one's own; the check-in stays as it was. The log of its day."""
    return answer(logs.supplement(gate.actor(), checkin_id, told))


def _word(log: dict[str, Any]) -> Response:
    """A log as a Word document."""
    content = docx.write(papers.paper(log, clock.now()))
    return download(content, docx.MIMETYPE, f"{papers.name(log['period'])}.docx")


def _excel(log: dict[str, Any]) -> Response:
    """A log as an Excel workbook."""
    content = xlsx.write(papers.paper(log, clock.now()))
    return download(content, sheets.MIMETYPE, f"{papers.name(log['period'])}.xlsx")


def _day(name: str) -> Period:
    """A day by its name; `NotFound` for a week or a month, into which nobody writes."""
    period = named(name)
    if period.kind != "day":
        raise NotFound
    return period
