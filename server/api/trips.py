"""Trips 行程: plan, decide, travel; and each traveller's consent."""

from typing import Any

from flask import Response

from server import clock, gate
from server.api.doors import Doors, answer
from server.api.schemas.belonging import BelongingOut
from server.api.schemas.trips import (
    CompleteIn,
    ConsentIn,
    ConsentOut,
    NewPlanIn,
    PlanIn,
    ReasonIn,
    RevisionAsked,
    StepIn,
    TripOut,
    TripsAsked,
    TripsOut,
    WhoseTrackAsked,
)
from server.exports import docx
from server.exports import trips as papers
from server.gate import guard
from server.queries import belonging
from server.queries import trips as reads
from server.services import consents, exports, plans, trips
from server.services.trips import Plan

doors = Doors("trips", __name__, description="行程 · Trips")


@doors.get("/trips")
@guard("trip.read")
@doors.arguments(TripsAsked, location="query")
@doors.response(200, TripsOut)
def listed(asked: dict[str, Any]) -> Response:
    """行程列表 · The trips the reader may see."""
    return answer(reads.listed(gate.actor(), **asked))


@doors.post("/trips")
@guard("trip.plan")
@doors.arguments(NewPlanIn)
@doors.response(201, TripOut)
@doors.alt_response(200, schema=TripOut, description="已保存过 · kept before")
def plan(told: dict[str, Any]) -> Response:
    """计划行程 · Plan a trip; the same plan again under its `id` is answered with its trip."""
    if told["told_id"] is None:
        return answer(trips.plan(gate.actor(), told["told"]), 201)
    planned = plans.keep(gate.actor(), **told)
    return answer(planned.document, 201 if planned.fresh else 200)


@doors.get("/trips/<int:trip_id>")
@guard("trip.read")
@doors.response(200, TripOut)
def one(trip_id: int) -> Response:
    """一次行程 · One trip."""
    actor = gate.actor()
    return answer(reads.document(actor, reads.get(actor, trip_id)))


@doors.get("/trips/<int:trip_id>/belonging")
@guard("trip.read")
@doors.response(200, BelongingOut)
def belongs(trip_id: int) -> Response:
    """所属项目和专项行动 · The projects and campaigns it is linked to, as far as the reader may read those."""
    actor = gate.actor()
    return answer(belonging.of_trip(actor, reads.get(actor, trip_id).id))


@doors.get("/trips/<int:trip_id>/review.docx")
@guard("trip.export")
@doors.arguments(WhoseTrackAsked, location="query")
@doors.response(200, content_type=docx.MIMETYPE)
def review(asked: dict[str, Any], trip_id: int) -> Response:
    """导出行程复核 · A trip's review for Word; with `person_id` what their track says, once the sitting said why."""
    found = exports.begin_review(gate.actor(), trip_id, asked.get("person_id"))
    response = Response(docx.write(papers.paper(found, clock.now())), mimetype=docx.MIMETYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="guatu-trip-{trip_id}-review.docx"'
    response.headers["Cache-Control"] = "no-store"
    return response


@doors.put("/trips/<int:trip_id>")
@guard("trip.edit")
@doors.arguments(PlanIn)
@doors.response(200, TripOut)
def edit(told: Plan, trip_id: int) -> Response:
    """修改行程 · Edit a trip; it goes through approval again."""
    return answer(trips.edit(gate.actor(), trip_id, told))


@doors.post("/trips/<int:trip_id>/submit")
@guard("trip.submit")
@doors.arguments(StepIn)
@doors.response(200, TripOut)
def submit(told: dict[str, Any], trip_id: int) -> Response:
    """提交行程 · Submit a trip."""
    return answer(trips.submit(gate.actor(), trip_id, **told))


@doors.post("/trips/<int:trip_id>/approve")
@guard("trip.approve")
@doors.arguments(RevisionAsked, location="query")
@doors.response(200, TripOut)
def approve(asked: dict[str, Any], trip_id: int) -> Response:
    """批准行程 · Approve a trip; with the revision that was read, only that one."""
    return answer(trips.approve(gate.actor(), trip_id, **asked))


@doors.post("/trips/<int:trip_id>/return")
@guard("trip.return")
@doors.arguments(ReasonIn)
@doors.response(200, TripOut)
def send_back(told: dict[str, str], trip_id: int) -> Response:
    """退回行程 · Return a trip with a reason."""
    return answer(trips.send_back(gate.actor(), trip_id, told["reason"]))


@doors.post("/trips/<int:trip_id>/start")
@guard("trip.start")
@doors.arguments(StepIn)
@doors.response(200, TripOut)
def start(told: dict[str, Any], trip_id: int) -> Response:
    """开始行程 · Start a trip."""
    return answer(trips.start(gate.actor(), trip_id, **told))


@doors.post("/trips/<int:trip_id>/complete")
@guard("trip.complete")
@doors.arguments(CompleteIn)
@doors.response(200, TripOut)
def complete(told: dict[str, Any], trip_id: int) -> Response:
    """完成行程 · Complete a trip."""
    return answer(trips.complete(gate.actor(), trip_id, **told))


@doors.post("/trips/<int:trip_id>/cancel")
@guard("trip.cancel")
@doors.arguments(ReasonIn)
@doors.response(200, TripOut)
def cancel(told: dict[str, str], trip_id: int) -> Response:
    """取消行程 · Cancel a trip with a reason."""
    return answer(trips.cancel(gate.actor(), trip_id, told["reason"]))


@doors.get("/trips/<int:trip_id>/consent")
@guard("consent.read")
@doors.response(200, ConsentOut)
def consent(trip_id: int) -> Response:
    """本人的同意 · One's own consent for a trip, with its words."""
    return answer(consents.read(gate.actor(), trip_id))


@doors.put("/trips/<int:trip_id>/consent")
@guard("consent.give")
@doors.arguments(ConsentIn)
@doors.response(200, ConsentOut)
def give_consent(told: dict[str, str], trip_id: int) -> Response:
    """同意记录位置 · Consent to positions."""
    return answer(consents.give(gate.actor(), trip_id, told["level"]))


@doors.delete("/trips/<int:trip_id>/consent")
@guard("consent.withdraw")
@doors.response(200, ConsentOut)
def withdraw_consent(trip_id: int) -> Response:
    """撤回同意 · Withdraw consent."""
    return answer(consents.withdraw(gate.actor(), trip_id))
