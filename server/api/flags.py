"""Flags 两旗一牌: those of a day, one with the rows that made it, answers, decisions, rules."""

from typing import Any

from flask import Response

from server import clock, gate
from server.api.doors import Doors, answer
from server.api.schemas.flags import (
    FlagAnswerIn,
    FlagDecisionIn,
    FlagInFullOut,
    FlagsAsked,
    FlagsOut,
    RulesOut,
    ThresholdIn,
)
from server.gate import guard
from server.queries import flag_pages as pages
from server.queries import flags as reads
from server.services import flags

doors = Doors("flags", __name__, description="两旗一牌 · Flags")


@doors.get("/flags")
@guard("flag.read")
@doors.arguments(FlagsAsked, location="query")
@doors.response(200, FlagsOut)
def listed(told: dict[str, Any]) -> Response:
    """旗牌列表 · The flags of the projects the reader may see, of a day (today), or those that wait for a decision."""
    return answer(pages.listed(gate.actor(), **told))


@doors.get("/flags/<int:flag_id>")
@guard("flag.read")
@doors.response(200, FlagInFullOut)
def one(flag_id: int) -> Response:
    """一面旗牌 · One flag, with the rows that made it and what was said of it."""
    return answer(pages.one(gate.actor(), flag_id))


@doors.post("/flags/<int:flag_id>/answers")
@guard("flag.answer")
@doors.arguments(FlagAnswerIn)
@doors.response(201, FlagInFullOut)
def answered(told: dict[str, Any], flag_id: int) -> Response:
    """申诉 · Answer a flag, for a unit of its project."""
    return answer(flags.answer(gate.actor(), flag_id, **told), 201)


@doors.post("/flags/<int:flag_id>/decision")
@guard("flag.decide")
@doors.arguments(FlagDecisionIn)
@doors.response(200, FlagInFullOut)
def decide(told: dict[str, Any], flag_id: int) -> Response:
    """裁定 · Uphold or lift a flag that was answered."""
    return answer(flags.decide(gate.actor(), flag_id, **told))


@doors.get("/flags/rules")
@guard("flag.read")
@doors.response(200, RulesOut)
def rules() -> Response:
    """旗牌规则 · The rules, today's thresholds, and all that were ever set."""
    return answer(reads.rules(clock.day_of(clock.now())))


@doors.post("/flags/rules")
@guard("flag.set")
@doors.arguments(ThresholdIn)
@doors.response(201, RulesOut)
def set_threshold(told: dict[str, Any]) -> Response:
    """设定规则 · Set a threshold from a day to come on."""
    return answer(flags.set_threshold(gate.actor(), told.pop("rule"), told.pop("value"), **told), 201)
