"""Campaigns 专项行动: a list, the wall chart of one, its tasks, what belongs to it, its reviews."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.campaigns import (
    CampaignIn,
    CampaignOut,
    CampaignReviewIn,
    CampaignsOut,
    CandidatesAsked,
    CandidatesOut,
    EntryIn,
    LinkIn,
    TaskIn,
)
from server.gate import guard
from server.queries import campaigns as reads
from server.services import campaigns
from server.services.campaigns import ReviewTold, TaskTold, Told

doors = Doors("campaigns", __name__, description="专项行动 · Campaigns")


@doors.get("/campaigns")
@guard("campaign.read")
@doors.response(200, CampaignsOut)
def listed() -> Response:
    """专项行动 · The campaigns the reader may read."""
    return answer(reads.listed(gate.actor()))


@doors.post("/campaigns")
@guard("campaign.open")
@doors.arguments(CampaignIn)
@doors.response(201, CampaignOut)
def open_(told: Told) -> Response:
    """发起专项行动 · Open a campaign."""
    return answer(campaigns.open_(gate.actor(), told), 201)


@doors.get("/campaigns/<int:campaign_id>")
@guard("campaign.read")
@doors.response(200, CampaignOut)
def one(campaign_id: int) -> Response:
    """一个专项行动 · One campaign with all its chart shows."""
    actor = gate.actor()
    return answer(reads.document(actor, reads.get(actor, campaign_id).id))


@doors.put("/campaigns/<int:campaign_id>")
@guard("campaign.change")
@doors.arguments(CampaignIn)
@doors.response(200, CampaignOut)
def change(told: Told, campaign_id: int) -> Response:
    """修改、结束专项行动 · Change, close or reopen a campaign."""
    return answer(campaigns.change(gate.actor(), campaign_id, told))


@doors.post("/campaigns/<int:campaign_id>/tasks")
@guard("campaign.change")
@doors.arguments(TaskIn)
@doors.response(201, CampaignOut)
def add_task(told: TaskTold, campaign_id: int) -> Response:
    """添加任务 · Put a task on the list."""
    return answer(campaigns.add_task(gate.actor(), campaign_id, told), 201)


@doors.put("/campaigns/<int:campaign_id>/tasks/<int:task_id>")
@guard("campaign.change")
@doors.arguments(TaskIn)
@doors.response(200, CampaignOut)
def change_task(told: TaskTold, campaign_id: int, task_id: int) -> Response:
    """修改任务 · Change what a task says."""
    return answer(campaigns.change_task(gate.actor(), campaign_id, task_id, told))


@doors.post("/campaigns/<int:campaign_id>/tasks/<int:task_id>/entries")
@guard("campaign.report")
@doors.arguments(EntryIn)
@doors.response(201, CampaignOut)
def report(told: dict[str, Any], campaign_id: int, task_id: int) -> Response:
    """报任务进展 · Tell of a task: progress, finished, dropped, or opened again."""
    return answer(campaigns.report(gate.actor(), campaign_id, task_id, told["step"], told["text"]), 201)


@doors.get("/campaigns/<int:campaign_id>/candidates")
@guard("campaign.change")
@doors.arguments(CandidatesAsked, location="query")
@doors.response(200, CandidatesOut)
def candidates(asked: dict[str, Any], campaign_id: int) -> Response:
    """可关联的项目 · Projects that may be linked, by name."""
    return answer(reads.candidates(gate.actor(), campaign_id, asked["q"]))


@doors.post("/campaigns/<int:campaign_id>/links")
@guard("campaign.change")
@doors.arguments(LinkIn)
@doors.response(201, CampaignOut)
def link(told: dict[str, Any], campaign_id: int) -> Response:
    """关联项目、事项 · Let a project or a matter belong to it."""
    return answer(campaigns.link(gate.actor(), campaign_id, told["noun"], told["id"]), 201)


@doors.delete("/campaigns/<int:campaign_id>/projects/<int:project_id>")
@guard("campaign.change")
@doors.response(200, CampaignOut)
def unlink_project(campaign_id: int, project_id: int) -> Response:
    """取消关联项目 · Let a project belong to it no longer."""
    return answer(campaigns.unlink(gate.actor(), campaign_id, "project", project_id))


@doors.delete("/campaigns/<int:campaign_id>/matters/<int:matter_id>")
@guard("campaign.change")
@doors.response(200, CampaignOut)
def unlink_matter(campaign_id: int, matter_id: int) -> Response:
    """取消关联事项 · Let a matter belong to it no longer."""
    return answer(campaigns.unlink(gate.actor(), campaign_id, "matter", matter_id))


@doors.delete("/campaigns/<int:campaign_id>/plans/<int:plan_id>")
@guard("campaign.change")
@doors.response(200, CampaignOut)
def unlink_plan(campaign_id: int, plan_id: int) -> Response:
    """取消关联巡查 · Let the patrols of a plan belong to it no longer."""
    return answer(campaigns.unlink(gate.actor(), campaign_id, "plan", plan_id))


@doors.post("/campaigns/<int:campaign_id>/reviews")
@guard("campaign.review")
@doors.arguments(CampaignReviewIn)
@doors.response(201, CampaignOut)
def review(told: ReviewTold, campaign_id: int) -> Response:
    """评议 · Review a month, a quarter or a year."""
    return answer(campaigns.review(gate.actor(), campaign_id, told), 201)
