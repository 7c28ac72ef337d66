"""Closings 每日存证: the closed days of the record, and whether one still says what it said."""

from datetime import date
from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.closings import CheckedOut, ClosingsOut, DayAsked
from server.api.schemas.looks import PageAsked
from server.gate import guard
from server.queries import closings as reads
from server.services import closings

doors = Doors("closings", __name__, description="每日存证 · The closed days of the record")


@doors.get("/closings")
@guard("event.read")
@doors.arguments(PageAsked, location="query")
@doors.response(200, ClosingsOut)
def listed(asked: dict[str, Any]) -> Response:
    """每日存证 · The closed days of the record, newest first."""
    return answer(reads.listed(**asked))


@doors.get("/closings/check")
@guard("event.read")
@doors.arguments(DayAsked, location="query")
@doors.response(200, CheckedOut)
def check(asked: dict[str, date]) -> Response:
    """核对一天 · Count and hash one closed day anew, and say what does not agree."""
    found = closings.check(gate.actor(), asked["day"])
    return answer({"day": asked["day"], "findings": [{"zh": each.zh, "en": each.en} for each in found]})
