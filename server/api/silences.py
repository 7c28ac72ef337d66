"""Silences 手机失联: phones not heard on safety and emergency duties; nothing of positions, so no reason is asked."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.silences import SilencesAsked, SilencesOut
from server.gate import guard
from server.queries import silences as reads

doors = Doors("silences", __name__, description="手机失联 · Phones not heard on safety and emergency duties")


@doors.get("/silences")
@guard("silence.read")
@doors.arguments(SilencesAsked, location="query")
@doors.response(200, SilencesOut)
def under_way(asked: dict[str, Any]) -> Response:
    """正在失联的手机 · Phones that are silent now."""
    return answer({"items": reads.under_way(gate.actor(), **asked)})


@doors.get("/trips/<int:trip_id>/silences")
@guard("silence.read")
@doors.response(200, SilencesOut)
def on_trip(trip_id: int) -> Response:
    """一次行程中的失联 · All silences on one trip."""
    return answer({"items": reads.on_trip(gate.actor(), trip_id)})
