"""Events 操作记录: what was done, for an auditor."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer, csv_file
from server.api.schemas.events import EventsAsked, EventsFilter, EventsOut
from server.exports import record
from server.gate import guard
from server.queries import events
from server.queries.events import Filter
from server.services import exports

doors = Doors("events", __name__, description="操作记录 · The record of what was done")


@doors.get("/events")
@guard("event.read")
@doors.arguments(EventsAsked, location="query")
@doors.response(200, EventsOut)
def listed(asked: dict[str, Any]) -> Response:
    """操作记录 · What was done, newest first."""
    cursor, limit = asked.pop("cursor", None), asked.pop("limit")
    return answer(events.listed(gate.actor(), Filter(**asked), cursor=cursor, limit=limit))


@doors.get("/events.csv")
@guard("event.export")
@doors.arguments(EventsFilter, location="query")
@doors.response(200, content_type="text/csv")
def as_csv(asked: dict[str, Any]) -> Response:
    """导出操作记录 · What was done as CSV."""
    actor, wanted = gate.actor(), Filter(**asked)
    exports.begin_events(actor, wanted)
    return csv_file("events", record.events(exports.events_of(actor, wanted)))
