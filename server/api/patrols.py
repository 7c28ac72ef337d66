"""Patrols 巡查: plans, the patrols made of them, calls for many grids at once, and when grids were last walked."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.matters import MatterInFullOut
from server.api.schemas.patrols import (
    CallIn,
    CallOut,
    FindingIn,
    GridsAsked,
    GridsOut,
    PatrolOut,
    PatrolPlanIn,
    PatrolPlanOut,
    PatrolPlansAsked,
    PatrolPlansOut,
    PatrolsAsked,
    PatrolsOut,
)
from server.api.schemas.trips import ReasonIn
from server.gate import guard
from server.queries import grids
from server.queries import patrol_plans as plan_reads
from server.queries import patrols as reads
from server.rules.patrols import Plan
from server.services import patrol_plans, patrols
from server.services.matters import Report
from server.services.patrols import Call

doors = Doors("patrols", __name__, description="巡查 · Patrols")


@doors.get("/patrol-plans")
@guard("patrol.read")
@doors.arguments(PatrolPlansAsked, location="query")
@doors.response(200, PatrolPlansOut)
def plans(asked: dict[str, Any]) -> Response:
    """巡查计划列表 · The patrol plans the reader may see, newest first."""
    return answer(plan_reads.listed(gate.actor(), **asked))


@doors.post("/patrol-plans")
@guard("patrol.plan")
@doors.arguments(PatrolPlanIn)
@doors.response(201, PatrolPlanOut)
def plan(told: Plan) -> Response:
    """制定巡查计划 · Plan patrols."""
    return answer(patrol_plans.plan(gate.actor(), told), 201)


@doors.get("/patrol-plans/<int:plan_id>")
@guard("patrol.read")
@doors.response(200, PatrolPlanOut)
def one_plan(plan_id: int) -> Response:
    """一个巡查计划 · One patrol plan."""
    actor = gate.actor()
    return answer(plan_reads.document(actor, plan_reads.get(actor, plan_id)))


@doors.put("/patrol-plans/<int:plan_id>")
@guard("patrol.edit")
@doors.arguments(PatrolPlanIn)
@doors.response(200, PatrolPlanOut)
def edit(told: Plan, plan_id: int) -> Response:
    """修改巡查计划 · Change a patrol plan; patrols that nobody has begun are made anew."""
    return answer(patrol_plans.edit(gate.actor(), plan_id, told))


@doors.post("/patrol-plans/<int:plan_id>/end")
@guard("patrol.end")
@doors.response(200, PatrolPlanOut)
def end(plan_id: int) -> Response:
    """停止巡查计划 · End a patrol plan; patrols that nobody has begun are called off."""
    return answer(patrol_plans.end(gate.actor(), plan_id))


@doors.get("/patrols")
@guard("patrol.read")
@doors.arguments(PatrolsAsked, location="query")
@doors.response(200, PatrolsOut)
def listed(told: dict[str, Any]) -> Response:
    """巡查列表 · The patrols the reader may see, the latest day first."""
    return answer(reads.listed(gate.actor(), **told))


@doors.get("/patrols/<int:patrol_id>")
@guard("patrol.read")
@doors.response(200, PatrolOut)
def one(patrol_id: int) -> Response:
    """一次巡查 · One patrol, its checkpoints and what became of each."""
    actor = gate.actor()
    return answer(reads.document(actor, reads.get(actor, patrol_id)))


@doors.post("/patrol-calls")
@guard("patrol.call")
@doors.arguments(CallIn)
@doors.response(201, CallOut)
def call_out(told: Call) -> Response:
    """发起临时巡查 · Call out a flood, fire or other emergency patrol for many grids at once."""
    return answer(patrols.call_out(gate.actor(), told), 201)


@doors.post("/patrols/<int:patrol_id>/take")
@guard("patrol.take")
@doors.response(200, PatrolOut)
def take(patrol_id: int) -> Response:
    """认领巡查 · Take a patrol of one's own unit, or go along on it."""
    return answer(patrols.take(gate.actor(), patrol_id))


@doors.post("/patrols/<int:patrol_id>/cancel")
@guard("patrol.cancel")
@doors.arguments(ReasonIn)
@doors.response(200, PatrolOut)
def cancel(told: dict[str, str], patrol_id: int) -> Response:
    """撤销巡查 · Call off one patrol that nobody has begun, with a reason."""
    return answer(patrols.cancel(gate.actor(), patrol_id, **told))


@doors.post("/patrols/<int:patrol_id>/findings")
@guard("patrol.find")
@doors.arguments(FindingIn)
@doors.response(201, MatterInFullOut)
def find(told: Report, patrol_id: int) -> Response:
    """上报巡查发现 · Report what was found on one's patrol; it becomes a matter."""
    return answer(patrols.find(gate.actor(), patrol_id, told), 201)


@doors.get("/grids/walked")
@guard("patrol.read")
@doors.arguments(GridsAsked, location="query")
@doors.response(200, GridsOut)
def walked(asked: dict[str, Any]) -> Response:
    """网格最近巡查时间 · When each grid in the reader's scope was last walked, and which not since a day."""
    return answer(grids.last_walked(gate.actor(), **asked))
