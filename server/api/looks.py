"""Looks 查看记录: say why, read who looked at me, read the whole record."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer, csv_file
from server.api.schemas.looks import (
    LooksAsked,
    LooksFilter,
    LooksOut,
    PageAsked,
    ReadyReasonsOut,
    ReasonIn,
    ReasonOut,
    WholeLooksOut,
)
from server.exports import record
from server.gate import guard
from server.queries import looks as reads
from server.rules.looks import REASONS
from server.services import exports, looks

doors = Doors("looks", __name__, description="查看记录 · Who looked at whose positions, and why")


@doors.get("/looks/reasons")
@guard("look.give_reason")
@doors.response(200, ReadyReasonsOut)
def reasons() -> Response:
    """常用理由 · Ready-made reasons."""
    return answer({"items": [{"code": each.code, "zh": each.zh, "en": each.en} for each in REASONS.values()]})


@doors.post("/looks")
@guard("look.give_reason")
@doors.arguments(ReasonIn)
@doors.response(201, ReasonOut)
def give_reason(told: dict[str, Any]) -> Response:
    """说明查看理由 · Say why, for one trip or for the live map, once a sitting."""
    return answer(looks.give_reason(gate.actor(), told["reason"], told["trip_id"]), 201)


@doors.get("/looks/mine")
@guard("look.read_self")
@doors.arguments(PageAsked, location="query")
@doors.response(200, LooksOut)
def mine(asked: dict[str, Any]) -> Response:
    """谁看过我 · Who looked at the reader's own positions."""
    return answer(reads.at_me(gate.actor(), **asked))


@doors.get("/looks")
@guard("look.read")
@doors.arguments(LooksAsked, location="query")
@doors.response(200, WholeLooksOut)
def listed(asked: dict[str, Any]) -> Response:
    """查看记录 · The record of looks, for an auditor."""
    cursor, limit = asked.pop("cursor", None), asked.pop("limit")
    return answer(reads.listed(gate.actor(), reads.Filter(**asked), cursor=cursor, limit=limit))


@doors.get("/looks.csv")
@guard("look.export")
@doors.arguments(LooksFilter, location="query")
@doors.response(200, content_type="text/csv")
def as_csv(asked: dict[str, Any]) -> Response:
    """导出查看记录 · The record of looks as CSV."""
    actor, wanted = gate.actor(), reads.Filter(**asked)
    exports.begin_looks(actor, wanted)
    return csv_file("looks", record.looks(exports.looks_of(actor, wanted)))
