"""Matters 事项: report, complain or suggest; read them; take them from step to step."""

from dataclasses import replace
from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.belonging import BelongingOut
from server.api.schemas.matters import (
    AlikeOut,
    AroundOut,
    EraseIn,
    HandleIn,
    KnownAsked,
    KnownOut,
    MatterAnswerIn,
    MatterIn,
    MatterInFullOut,
    MattersAsked,
    MattersOut,
    PlacedAsked,
    PlacedOut,
    RouteIn,
    UrgeIn,
    VerifyIn,
)
from server.gate import guard
from server.queries import belonging, nearby
from server.queries import matters as reads
from server.queries.matters import Asked
from server.services import erasures, matters
from server.services.matters import Report
from server.services.steps import Told

doors = Doors("matters", __name__, description="事项与投诉建议 · Matters, complaints and suggestions")


@doors.post("/matters")
@guard("matter.report")
@doors.arguments(MatterIn)
@doors.response(201, MatterInFullOut)
def report(told: Report) -> Response:
    """上报事项、投诉或建议 · Report a matter; a complaint or suggestion goes to the county. Nobody can delete it."""
    return answer(matters.report(gate.actor(), told), 201)


@doors.get("/matters")
@guard("matter.read")
@doors.arguments(MattersAsked, location="query")
@doors.response(200, MattersOut)
def listed(told: dict[str, Any]) -> Response:
    """事项列表 · The matters the reader may see, newest first."""
    return answer(reads.listed(gate.actor(), **told))


@doors.get("/matters/mine")
@guard("matter.report")
@doors.arguments(MattersAsked, location="query")
@doors.response(200, MattersOut)
def mine(told: dict[str, Any]) -> Response:
    """本人上报的事项 · What the reader reported."""
    asked: Asked = told.pop("asked")
    return answer(reads.listed(gate.actor(), replace(asked, mine=True), **told))


@doors.get("/matters/<int:matter_id>")
@guard("matter.read")
@doors.response(200, MatterInFullOut)
def one(matter_id: int) -> Response:
    """一件事项 · One matter, every step taken on it, and what may be done now."""
    actor = gate.actor()
    return answer(reads.document(actor, reads.get(actor, matter_id).id))


@doors.get("/matters/<int:matter_id>/belonging")
@guard("matter.read")
@doors.response(200, BelongingOut)
def belongs(matter_id: int) -> Response:
    """所属项目和专项行动 · The projects and campaigns it is linked to, as far as the reader may read those."""
    actor = gate.actor()
    return answer(belonging.of_matter(actor, reads.get(actor, matter_id).id))


@doors.post("/matters/<int:matter_id>/answers")
@guard("matter.answer")
@doors.arguments(MatterAnswerIn)
@doors.response(201, MatterInFullOut)
def answered(told: dict[str, str], matter_id: int) -> Response:
    """答复 · Answer whoever complained or suggested."""
    return answer(matters.answer(gate.actor(), matter_id, **told), 201)


@doors.post("/matters/<int:matter_id>/erase")
@guard("matter.erase")
@doors.arguments(EraseIn)
@doors.response(200, MatterInFullOut)
def erase(told: dict[str, str], matter_id: int) -> Response:
    """删除内容 · Erase for good what a matter tells: words, place, notes, answers, photos. That there was one stays."""
    return answer(erasures.erase(gate.actor(), matter_id, **told))


@doors.get("/matters/<int:matter_id>/alike")
@guard("matter.route")
@doors.response(200, AlikeOut)
def alike(matter_id: int) -> Response:
    """相似事项 · Open matters that may be the same: of its category, near it in place and time."""
    return answer(nearby.alike(gate.actor(), matter_id))


@doors.get("/matters/<int:matter_id>/around")
@guard("matter.read")
@doors.response(200, AroundOut)
def around(matter_id: int) -> Response:
    """附近事项 · Open matters within a kilometre, and which of them may be the same."""
    return answer(nearby.around(gate.actor(), matter_id))


@doors.get("/matters/known")
@guard("matter.report")
@doors.arguments(KnownAsked, location="query")
@doors.response(200, KnownOut)
def known(asked: nearby.Asked) -> Response:
    """上报前查重 · What may be the same as that which one is about to report, of one's own unit."""
    return answer(nearby.known(gate.actor(), asked))


@doors.get("/matters/placed")
@guard("matter.read")
@doors.arguments(PlacedAsked, location="query")
@doors.response(200, PlacedOut)
def placed(asked: dict[str, Any]) -> Response:
    """地图上的事项 · Open matters that have a place, the newest of many."""
    return answer(nearby.placed(gate.actor(), **asked))


@doors.post("/matters/<int:matter_id>/route")
@guard("matter.route")
@doors.arguments(RouteIn)
@doors.response(200, MatterInFullOut)
def route(told: tuple[str, Told], matter_id: int) -> Response:
    """受理与流转 · Accept, refuse, assign, transfer, hand up, merge, hold or resume a matter."""
    return answer(matters.take(gate.actor(), matter_id, *told))


@doors.post("/matters/<int:matter_id>/handle")
@guard("matter.handle")
@doors.arguments(HandleIn)
@doors.response(200, MatterInFullOut)
def handle(told: tuple[str, Told], matter_id: int) -> Response:
    """办理 · Plan, report progress, report as handled, or return a matter."""
    return answer(matters.take(gate.actor(), matter_id, *told))


@doors.post("/matters/<int:matter_id>/verify")
@guard("matter.verify")
@doors.arguments(VerifyIn)
@doors.response(200, MatterInFullOut)
def verify(told: tuple[str, Told], matter_id: int) -> Response:
    """核实与办结 · Verify, send back, close or reopen a matter."""
    return answer(matters.take(gate.actor(), matter_id, *told))


@doors.post("/matters/<int:matter_id>/urge")
@guard("matter.urge")
@doors.arguments(UrgeIn)
@doors.response(200, MatterInFullOut)
def urge(told: tuple[str, Told], matter_id: int) -> Response:
    """督办 · Urge a matter."""
    return answer(matters.take(gate.actor(), matter_id, *told))
