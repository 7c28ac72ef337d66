"""The visit log 走访日志: pages of it, and all of it as CSV or GeoJSON."""

from collections.abc import Iterator
from typing import Any

from flask import Response, stream_with_context

from server import clock, gate
from server.api.doors import Doors, answer
from server.api.schemas.checkins import CheckinsOut, LogAsked, LogFilter
from server.exports import csv, geojson
from server.gate import guard
from server.queries import checkins, log
from server.queries.log import Filter
from server.services import exports, looks

doors = Doors("log", __name__, description="走访日志 · The visit log")


@doors.get("/log")
@guard("checkin.read")
@doors.arguments(LogAsked, location="query")
@doors.response(200, CheckinsOut)
def page(asked: dict[str, Any]) -> Response:
    """走访日志 · Check-ins and visits, newest first."""
    actor = gate.actor()
    cursor, limit = asked.pop("cursor", None), asked.pop("limit")
    found = log.page(actor, Filter(**asked), cursor=cursor, limit=limit)
    looks.opened(actor, checkins.subjects(found["items"]), door="trip" if "trip_id" in asked else "log")
    return answer(found)


@doors.get("/log.csv")
@guard("checkin.export")
@doors.arguments(LogFilter, location="query")
@doors.response(200, content_type="text/csv")
def as_csv(asked: dict[str, Any]) -> Response:
    """导出表格 · The filtered log as CSV, without coordinates."""
    actor, wanted = gate.actor(), Filter(**asked)
    exports.begin(actor, wanted, form="csv")
    return _file(csv.write(exports.without_positions(actor, wanted)), "text/csv", "csv")


@doors.get("/log.geojson")
@guard("checkin.export")
@doors.arguments(LogFilter, location="query")
@doors.response(200, content_type="application/geo+json")
def as_geojson(asked: dict[str, Any]) -> Response:
    """导出地图数据 · The filtered log as GeoJSON, with coordinates: asks for a reason first."""
    actor, wanted = gate.actor(), Filter(**asked)
    exports.begin(actor, wanted, form="geojson")
    return _file(geojson.write(exports.pages(actor, wanted)), "application/geo+json", "geojson")


def _file(chunks: Iterator[bytes], mimetype: str, ending: str) -> Response:
    """A streamed download named by the day."""
    name = f"guatu-{clock.day_of(clock.now()).isoformat()}.{ending}"
    response = Response(stream_with_context(chunks), mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
