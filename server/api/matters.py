"""Matters 事项: complain or suggest, read what was said, answer it."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.matters import MatterAnswerIn, MatterIn, MatterOut, MattersAsked, MattersOut
from server.gate import guard
from server.queries import matters as reads
from server.services import matters

doors = Doors("matters", __name__, description="投诉建议 · Complaints and suggestions")


@doors.post("/matters")
@guard("matter.report")
@doors.arguments(MatterIn)
@doors.response(201, MatterOut)
def report(told: dict[str, str]) -> Response:
    """投诉或建议 · Complain or suggest; it goes to the county and nobody can delete it."""
    return answer(matters.report(gate.actor(), **told), 201)


@doors.get("/matters")
@guard("matter.read")
@doors.arguments(MattersAsked, location="query")
@doors.response(200, MattersOut)
def listed(asked: dict[str, Any]) -> Response:
    """投诉建议列表 · One's own; suggestions for county-wide roles, complaints for those of them that watch nobody."""
    return answer(reads.listed(gate.actor(), **asked))


@doors.get("/matters/mine")
@guard("matter.report")
@doors.arguments(MattersAsked, location="query")
@doors.response(200, MattersOut)
def mine(asked: dict[str, Any]) -> Response:
    """本人的投诉建议 · What the reader reported."""
    return answer(reads.listed(gate.actor(), mine=True, **asked))


@doors.post("/matters/<int:matter_id>/answers")
@guard("matter.answer")
@doors.arguments(MatterAnswerIn)
@doors.response(201, MatterOut)
def answered(told: dict[str, str], matter_id: int) -> Response:
    """答复 · Answer whoever complained or suggested."""
    return answer(matters.answer(gate.actor(), matter_id, **told), 201)
