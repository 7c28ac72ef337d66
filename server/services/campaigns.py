"""Campaigns 专项行动: opened, changed and closed by headquarters; tasks told of by their units; reviewed by period."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import CampaignChanged, CampaignRefused, NotFound
from server.models.campaigns import Campaign, CampaignEntry, CampaignLink, CampaignReview, CampaignTask
from server.models.matters import Matter
from server.models.patrols import PatrolPlan
from server.models.people import Person
from server.models.projects import Project
from server.models.units import Unit
from server.queries import campaigns as reads
from server.queries import matters, patrol_plans, projects
from server.rules import access, campaigns
from server.rules.access import Actor
from server.services import events
from server.transaction import unique_or, verb


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a campaign; `revision` is the one last read, None for a new one."""

    name: str
    unit_id: int
    lead_id: int
    starts_on: date
    ends_on: date
    aim: str = ""
    closed: bool = False
    revision: int | None = None


@dataclass(frozen=True, slots=True)
class TaskTold:
    """What is told of a task."""

    title: str
    unit_id: int
    starts_on: date
    due_on: date
    standard: str = ""


@dataclass(frozen=True, slots=True)
class ReviewTold:
    """What a review says of a period."""

    period: str
    text: str
    trouble: str = ""
    next_step: str = ""


@verb
def open_(actor: Actor, told: Told) -> dict[str, Any]:
    """Open a campaign of a unit the actor's role covers. `CampaignRefused` for a name in use."""
    access.ensure(actor, "campaign.open", path=_unit(told.unit_id).path)
    campaign = Campaign(created_at=clock.now(), created_by=actor.person_id, state="open", revision=1)
    _lay_out(campaign, told)
    return _done(actor, campaign, "campaign.opened")


@verb
def change(actor: Actor, campaign_id: int, told: Told) -> dict[str, Any]:
    """Change, close or reopen a campaign. `CampaignChanged` where somebody was faster."""
    campaign = _led(actor, campaign_id, "campaign.change")
    if told.revision not in {None, campaign.revision}:
        raise CampaignChanged
    if told.unit_id != campaign.unit_id:
        access.ensure(actor, "campaign.open", path=_unit(told.unit_id).path)
    _lay_out(campaign, told)
    if told.closed != (campaign.state == "closed"):
        campaign.state = "closed" if told.closed else "open"
        campaign.closed_on = clock.day_of(clock.now()) if told.closed else None
    return _done(actor, campaign, "campaign.changed", units=_taking_part(campaign))


@verb
def add_task(actor: Actor, campaign_id: int, told: TaskTold) -> dict[str, Any]:
    """Put a task on the list."""
    campaign = _led(actor, campaign_id, "campaign.change")
    _ensure_open(campaign)
    task = CampaignTask(campaign_id=campaign.id, state="open")
    _lay_out_task(task, told)
    db.session.add(task)
    db.session.flush()
    return _done(actor, campaign, "campaign.tasked", task=task.id, units=[task.unit_id])


@verb
def change_task(actor: Actor, campaign_id: int, task_id: int, told: TaskTold) -> dict[str, Any]:
    """Change what a task says; where it stands is told by entries."""
    campaign = _led(actor, campaign_id, "campaign.change")
    _ensure_open(campaign)
    task = reads.task(campaign, task_id)
    before = task.unit_id
    _lay_out_task(task, told)
    units = sorted({before, task.unit_id})
    return _done(actor, campaign, "campaign.tasked", task=task.id, units=units)


@verb
def report(actor: Actor, campaign_id: int, task_id: int, step: str, text: str) -> dict[str, Any]:
    """Tell of a task: progress, that it is finished or dropped, or goes on. `Forbidden` to who has no say in it.

    Only headquarters drop a task or open it again.
    """
    campaign = reads.get(actor, campaign_id, to_change=True)
    _ensure_open(campaign)
    task = reads.task(campaign, task_id)
    _ensure_may_report(actor, campaign, task, step)
    task.state = campaigns.entry(step, task.state)
    task.done_on = clock.day_of(clock.now()) if task.state == "done" else None
    db.session.add(
        CampaignEntry(task_id=task.id, step=step, text=text, by_id=actor.person_id, at=clock.now())
    )
    return _done(actor, campaign, "campaign.reported", task=task.id, step=step, units=[task.unit_id])


@verb
def link(actor: Actor, campaign_id: int, noun: str, other_id: int) -> dict[str, Any]:
    """Let a project or a matter belong to a campaign; done again, it stays. `NotFound` where there is none."""
    campaign = _led(actor, campaign_id, "campaign.change")
    unit_id = _unit_of(actor, noun, other_id)
    column = _COLUMNS[noun]
    if db.session.scalar(_links(campaign.id, noun, other_id)) is not None:
        return reads.document(actor, campaign.id)
    db.session.add(CampaignLink(campaign_id=campaign.id, **{column: other_id}))
    return _done(actor, campaign, "campaign.linked", units=[unit_id], **{noun: other_id})


@verb
def unlink(actor: Actor, campaign_id: int, noun: str, other_id: int) -> dict[str, Any]:
    """Let a project or a matter belong to a campaign no longer."""
    campaign = _led(actor, campaign_id, "campaign.change")
    found = db.session.scalars(_links(campaign.id, noun, other_id)).first()
    if found is None:
        raise NotFound
    db.session.delete(found)
    unit_id = db.session.scalar(sa.select(_TABLES[noun].unit_id).where(_TABLES[noun].id == other_id))
    return _done(actor, campaign, "campaign.unlinked", units=[unit_id], **{noun: other_id})


@verb
def review(actor: Actor, campaign_id: int, told: ReviewTold) -> dict[str, Any]:
    """Review a month, a quarter or a year; the facts of today are frozen with it. Said again, it is a correction."""
    campaign = _led(actor, campaign_id, "campaign.review")
    asked = campaigns.period(told.period)
    campaigns.check_period(asked, starts_on=campaign.starts_on, today=clock.day_of(clock.now()))
    db.session.add(
        CampaignReview(
            campaign_id=campaign.id,
            period=asked.name,
            text=told.text,
            trouble=told.trouble,
            next_step=told.next_step,
            facts=reads.facts(campaign, asked),
            by_id=actor.person_id,
            at=clock.now(),
        )
    )
    return _done(actor, campaign, "campaign.reviewed", period=asked.name, units=_taking_part(campaign))


# ── parts of verbs ──────────────────────────────────────────────────────────────────────────────────────

_COLUMNS = {"project": "project_id", "matter": "matter_id", "plan": "plan_id"}
_TABLES: dict[str, type[Project | Matter | PatrolPlan]] = {
    "project": Project,
    "matter": Matter,
    "plan": PatrolPlan,
}


def _taking_part(campaign: Campaign) -> list[int]:
    """The headquarters' unit and those that have a task which is not over."""
    tasked = sa.select(CampaignTask.unit_id).where(
        CampaignTask.campaign_id == campaign.id, CampaignTask.state == "open"
    )
    return sorted({campaign.unit_id, *db.session.scalars(tasked)})


def _links(campaign_id: int, noun: str, other_id: int) -> sa.Select[CampaignLink]:
    """The link of a campaign to a thing."""
    column = getattr(CampaignLink, _COLUMNS[noun])
    return sa.select(CampaignLink).where(CampaignLink.campaign_id == campaign_id, column == other_id)


def _unit_of(actor: Actor, noun: str, other_id: int) -> int:
    """Whose a thing is that the actor may read; `NotFound` for another, and for a matter that takes no steps."""
    if noun == "project":
        return projects.get(actor, other_id).unit_id
    if noun == "plan":
        return patrol_plans.get(actor, other_id).unit_id
    if not matters.among(actor, [other_id]):
        raise NotFound
    return db.session.get_one(Matter, other_id).holder_id


def _led(actor: Actor, campaign_id: int, permission: str) -> Campaign:
    """A campaign that the actor leads, or whose headquarters their role covers, locked."""
    campaign = reads.get(actor, campaign_id, to_change=True)
    own = campaign.lead_id == actor.person_id
    access.ensure(actor, permission, path=_unit(campaign.unit_id).path, own=own)
    return campaign


def _ensure_open(campaign: Campaign) -> None:
    """`CampaignRefused` for a campaign that is over."""
    if campaign.state == "closed":
        campaigns.refuse("专项行动已结束", "the campaign is over")


def _ensure_may_report(actor: Actor, campaign: Campaign, task: CampaignTask, step: str) -> None:
    """`Forbidden` unless the actor may tell this of a task."""
    headquarters, leads = _unit(campaign.unit_id).path, campaign.lead_id == actor.person_id
    unit = headquarters if step in {"drop", "reopen"} else _unit(task.unit_id).path
    if not reads.may_report(actor, headquarters=headquarters, unit=unit, leads=leads):
        raise access.forbidden("campaign.report")


def _lay_out(campaign: Campaign, told: Told) -> None:
    """Write what is told onto a campaign, once all of it is found good."""
    campaigns.check_dates(told.starts_on, told.ends_on)
    lead = db.session.get(Person, told.lead_id)
    if lead is None or lead.left_at is not None:
        campaigns.refuse("没有这个人，或已离开", "there is no such person, or they have left")
    same = sa.select(Campaign.id).where(
        Campaign.name == told.name,
        Campaign.unit_id == told.unit_id,
        Campaign.id.is_distinct_from(campaign.id),
    )
    if db.session.scalar(same.limit(1)) is not None:
        raise _taken()
    unit = _open_unit(told.unit_id)
    with unique_or(_taken()):
        campaign.name, campaign.aim = told.name, told.aim
        campaign.unit_id, campaign.lead_id = unit.id, told.lead_id
        campaign.starts_on, campaign.ends_on = told.starts_on, told.ends_on
        db.session.add(campaign)


def _taken() -> CampaignRefused:
    """The refusal of a name that is in use in the unit: of others' campaigns it tells nothing."""
    return CampaignRefused(why_zh="该单位已有同名行动", why_en="the unit has a campaign of that name")


def _lay_out_task(task: CampaignTask, told: TaskTold) -> None:
    """Write what is told onto a task."""
    campaigns.check_dates(told.starts_on, told.due_on)
    task.title, task.standard = told.title, told.standard
    task.unit_id = _open_unit(told.unit_id).id
    task.starts_on, task.due_on = told.starts_on, told.due_on


def _unit(unit_id: int) -> Unit:
    """A unit; `CampaignRefused` where there is none."""
    found = db.session.get(Unit, unit_id)
    if found is None:
        campaigns.refuse("没有这个单位", "there is no such unit")
    return found


def _open_unit(unit_id: int) -> Unit:
    """A unit that is not retired."""
    found = _unit(unit_id)
    if found.retired_at is not None:
        campaigns.refuse("单位已停用", "that unit is retired")
    return found


def _done(actor: Actor, campaign: Campaign, kind: str, **facts: Any) -> dict[str, Any]:
    """Count the change, record it, and say how the campaign stands now."""
    if kind != "campaign.opened":
        campaign.revision += 1
    db.session.flush()
    events.record(kind, actor_id=actor.person_id, unit_id=campaign.unit_id, subject=campaign.id, **facts)
    return reads.document(actor, campaign.id)
