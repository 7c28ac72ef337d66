"""Households 住户: those one looks after, what is due next, and each visit."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.households import (
    HouseholdIn,
    HouseholdInFullOut,
    HouseholdLooksOut,
    HouseholdOut,
    HouseholdsAsked,
    HouseholdsOut,
    HouseholdVisitIn,
    OpenIn,
)
from server.api.schemas.looks import PageAsked
from server.gate import guard
from server.queries import households as reads
from server.services import households
from server.services.households import Told

doors = Doors("households", __name__, description="入户走访 · Households and the visits to them")


@doors.get("/households")
@guard("household.read")
@doors.arguments(HouseholdsAsked, location="query")
@doors.response(200, HouseholdsOut)
def listed(asked: dict[str, Any]) -> Response:
    """住户列表 · The households in the reader's scope, in unit order."""
    return answer(reads.listed(gate.actor(), **asked))


@doors.get("/households/mine")
@guard("household.visit")
@doors.response(200, HouseholdsOut)
def mine() -> Response:
    """本人联系的住户 · The reader's own households, what is due first at the head."""
    return answer(reads.mine(gate.actor()))


@doors.post("/households")
@guard("household.add")
@doors.arguments(HouseholdIn)
@doors.response(201, HouseholdOut)
def add(told: Told) -> Response:
    """新增联系户 · Take a household on; ten at the most."""
    return answer(households.add(gate.actor(), told), 201)


@doors.post("/households/<int:household_id>/visits")
@guard("household.visit")
@doors.arguments(HouseholdVisitIn)
@doors.response(201, HouseholdOut)
def visit(told: dict[str, Any], household_id: int) -> Response:
    """入户走访 · Tell of a visit to a household of one's own; the same told again is the same visit."""
    return answer(households.visit(gate.actor(), household_id, **told), 201)


@doors.post("/households/<int:household_id>/open")
@guard("household.open")
@doors.arguments(OpenIn)
@doors.response(200, HouseholdInFullOut)
def open_(told: dict[str, Any], household_id: int) -> Response:
    """打开住户详情 · What is told of a household: another's opens once this sitting has said why, and is recorded."""
    return answer(households.open_(gate.actor(), household_id, told["reason"]))


@doors.get("/looks/households")
@guard("look.read")
@doors.arguments(PageAsked, location="query")
@doors.response(200, HouseholdLooksOut)
def looks(asked: dict[str, Any]) -> Response:
    """住户查看记录 · The record of looks at households, for an auditor."""
    return answer(reads.looks(gate.actor(), **asked))


@doors.post("/households/<int:household_id>/release")
@guard("household.release")
@doors.response(200, HouseholdOut)
def release(household_id: int) -> Response:
    """不再联系 · Let a household go."""
    return answer(households.release(gate.actor(), household_id))


@doors.delete("/households/<int:household_id>")
@guard("household.erase")
@doors.response(204)
def erase(household_id: int) -> Response:
    """删除住户信息 · Forget a household, as its people may ask."""
    households.erase(gate.actor(), household_id)
    return Response(status=204)
