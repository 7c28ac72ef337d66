"""Boards 榜: a month's board of the county's units, and the rules and targets it is made by."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.boards import (
    BoardOut,
    BoardRuleIn,
    BoardRuleOut,
    BoardRulesOut,
    BoardTargetIn,
    BoardTargetOut,
)
from server.gate import guard
from server.queries import boards as reads
from server.services import boards

doors = Doors("boards", __name__, description="奋斗榜与锤炼榜 · Boards of units")


@doors.get("/boards/<month>")
@guard("board.read")
@doors.response(200, BoardOut)
def one(month: str) -> Response:
    """一个月的榜 · The board of a month `2026-10`: units by results, each number with the rows that made it."""
    return answer(reads.read(gate.actor(), month))


@doors.get("/boards/rules")
@guard("board.read")
@doors.response(200, BoardRulesOut)
def rules() -> Response:
    """榜单规则 · Every rule there was, and the measures."""
    return answer(reads.rules())


@doors.post("/boards/rules")
@guard("board.change")
@doors.arguments(BoardRuleIn)
@doors.response(201, BoardRuleOut)
def change(told: dict[str, Any]) -> Response:
    """设定规则 · Make a rule from a month on; what is published stays as it is."""
    return answer(boards.change(gate.actor(), told.pop("rule"), **told), 201)


@doors.post("/boards/targets")
@guard("board.change")
@doors.arguments(BoardTargetIn)
@doors.response(201, BoardTargetOut)
def aim(told: dict[str, Any]) -> Response:
    """设定目标 · Say what a unit means to sign and to see landed in a year."""
    return answer(boards.aim(gate.actor(), **told), 201)
