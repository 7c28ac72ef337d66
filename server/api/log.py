"""The visit log 走访日志: pages of it, a map of it, and all of it as CSV, XLSX, GeoJSON or GPX."""

from collections.abc import Callable, Iterator
from typing import Any

from flask import Response, stream_with_context

from server import clock, gate
from server.api.doors import Doors, answer
from server.api.schemas.log import LogAsked, LogMapAsked, LogMapOut, LogOut, LogSorted
from server.exports import csv, geojson, gpx, sheets
from server.gate import guard
from server.queries import checkins, log, log_map
from server.services import exports, looks
from server.services.exports import Pages

doors = Doors("log", __name__, description="走访日志 · The visit log")

TITLE = "走访日志"


@doors.get("/log")
@guard("checkin.read")
@doors.arguments(LogAsked, location="query")
@doors.response(200, LogOut)
def page(asked: dict[str, Any]) -> Response:
    """走访日志 · Check-ins and visits, newest first unless another order is asked for, in pages both ways."""
    actor, through = gate.actor(), asked.pop("through")
    found = log.page(actor, **asked)
    door = through if asked["wanted"].trip_id is None else "trip"
    looks.opened(actor, checkins.subjects(found["items"]), door=door)
    return answer(found)


@doors.get("/log/map")
@guard("checkin.read")
@doors.arguments(LogMapAsked, location="query")
@doors.response(200, LogMapOut)
def drawn(asked: dict[str, Any]) -> Response:
    """日志地图 · Where the filtered check-ins are, gathered in cells where there are many: asks for a reason first."""
    actor = gate.actor()
    found, subjects = log_map.drawn(actor, **asked)
    looks.opened(actor, subjects, door="log")
    return answer(found)


@doors.get("/log.csv")
@guard("checkin.export")
@doors.arguments(LogSorted, location="query")
@doors.response(200, content_type="text/csv")
def as_csv(asked: dict[str, Any]) -> Response:
    """导出 CSV · The filtered log as CSV, without coordinates."""
    return _file(asked, exports.without_positions, csv.write, "csv", "text/csv")


@doors.get("/log.xlsx")
@guard("checkin.export")
@doors.arguments(LogSorted, location="query")
@doors.response(200, content_type=sheets.MIMETYPE)
def as_xlsx(asked: dict[str, Any]) -> Response:
    """导出 Excel · The filtered log as a workbook, without coordinates."""
    return _file(asked, exports.without_positions, _workbook, "xlsx", sheets.MIMETYPE)


@doors.get("/log.geojson")
@guard("checkin.export")
@doors.arguments(LogSorted, location="query")
@doors.response(200, content_type="application/geo+json")
def as_geojson(asked: dict[str, Any]) -> Response:
    """导出地图数据 · The filtered log as GeoJSON, with coordinates: asks for a reason first."""
    return _file(asked, exports.pages, geojson.write, "geojson", "application/geo+json")


@doors.get("/log.gpx")
@guard("checkin.export")
@doors.arguments(LogSorted, location="query")
@doors.response(200, content_type="application/gpx+xml")
def as_gpx(asked: dict[str, Any]) -> Response:
    """导出 GPX · The filtered log as waypoints, with coordinates: asks for a reason first."""
    return _file(asked, exports.pages, _waypoints, "gpx", "application/gpx+xml")


def _workbook(pages: Pages) -> Iterator[bytes]:
    """The columns of the CSV, as a workbook."""
    return sheets.write(pages, csv.COLUMNS, title=TITLE)


def _waypoints(pages: Pages) -> Iterator[bytes]:
    """The check-ins as waypoints."""
    return gpx.write_checkins(pages, title=TITLE)


def _file(
    asked: dict[str, Any],
    read: Callable[..., Pages],
    write: Callable[[Pages], Iterator[bytes]],
    form: str,
    mimetype: str,
) -> Response:
    """A streamed download named by the day; `Guatu-Rows` says how many rows it will have, for its progress."""
    actor, wanted, order = gate.actor(), asked["wanted"], asked["order"]
    exports.begin(actor, wanted, form=form)
    rows = exports.rows(actor, wanted)
    chunks = write(read(actor, wanted, order=order))
    response = Response(stream_with_context(chunks), mimetype=mimetype)
    name = f"guatu-{clock.day_of(clock.now()).isoformat()}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    if rows is not None:
        response.headers["Guatu-Rows"] = str(rows)
    return response
