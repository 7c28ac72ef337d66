"""Monthly trip reports 行程月报 of units, as a page or a file."""

from typing import Any

from flask import Response

from server import clock, gate
from server.api.doors import Doors, answer, download
from server.api.schemas.logs import ReportAsked, ReportOut
from server.errors import NotFound
from server.exports import docx, sheets, xlsx
from server.exports import logs as papers
from server.gate import guard
from server.queries import reports as reads
from server.rules.logs import Period, named
from server.services import reports

doors = Doors("reports", __name__, description="行程月报 · Monthly trip reports")


@doors.get("/reports/<month>")
@guard("report.read")
@doors.arguments(ReportAsked, location="query")
@doors.response(200, ReportOut)
def one(asked: dict[str, Any], month: str) -> Response:
    """行程月报 · The trips of a unit and those below it in a month `2026-11`, in unit order."""
    return answer(reads.read(gate.actor(), _month(month), asked["unit_id"]))


@doors.get("/reports/<month>.docx")
@guard("report.export")
@doors.arguments(ReportAsked, location="query")
@doors.response(200, content_type=docx.MIMETYPE)
def as_docx(asked: dict[str, Any], month: str) -> Response:
    """导出 Word · The same as a Word document."""
    report = reports.export(gate.actor(), _month(month), asked["unit_id"], form="docx")
    return download(docx.write(papers.monthly(report, clock.now())), docx.MIMETYPE, f"行程月报-{month}.docx")


@doors.get("/reports/<month>.xlsx")
@guard("report.export")
@doors.arguments(ReportAsked, location="query")
@doors.response(200, content_type=sheets.MIMETYPE)
def as_xlsx(asked: dict[str, Any], month: str) -> Response:
    """导出 Excel · The same as an Excel workbook."""
    report = reports.export(gate.actor(), _month(month), asked["unit_id"], form="xlsx")
    return download(
        xlsx.write(papers.monthly(report, clock.now())), sheets.MIMETYPE, f"行程月报-{month}.xlsx"
    )


def _month(name: str) -> Period:
    """A month by its name; `NotFound` for anything else."""
    period = named(name)
    if period.kind != "month":
        raise NotFound
    return period
