"""Campaigns as their readers may see them: a list, and the wall chart of one.

A campaign is read by who watches its headquarters' unit, by who watches or works for a unit that has a task in it, and
by its lead. Its projects are shown to all of them; of its matters each reader sees those they may read anyway.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.campaigns import Campaign, CampaignEntry, CampaignLink, CampaignReview, CampaignTask
from server.models.matters import Matter
from server.models.patrols import Patrol, PatrolPlan
from server.models.people import Person
from server.models.projects import Project, ProjectMilestone
from server.models.units import Unit
from server.queries import matters, projects, scopes
from server.rules import access, campaigns
from server.rules.access import Actor
from server.rules.campaigns import Task

_Lead = aliased(Person)


def get(actor: Actor, campaign_id: int, *, to_change: bool = False) -> Campaign:
    """A campaign the actor may read; `NotFound` otherwise. `to_change` locks its row until the verb is over."""
    statement = sa.select(Campaign).where(Campaign.id == campaign_id, readable(actor))
    if to_change:
        statement = statement.with_for_update(of=Campaign).execution_options(populate_existing=True)
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found


def task(campaign: Campaign, task_id: int) -> CampaignTask:
    """A task of a campaign; `NotFound` otherwise."""
    found = db.session.get(CampaignTask, task_id)
    if found is None or found.campaign_id != campaign.id:
        raise NotFound
    return found


def readable(actor: Actor) -> ColumnElement[bool]:
    """The campaigns the actor may read."""
    scope = access.scope(actor, "campaign.read")
    below = scopes.units_within(scope.paths)
    own_unit = CampaignTask.unit_id == actor.unit_id
    tasked = sa.select(CampaignTask.campaign_id).where(sa.or_(CampaignTask.unit_id.in_(below), own_unit))
    return sa.or_(Campaign.unit_id.in_(below), Campaign.lead_id == actor.person_id, Campaign.id.in_(tasked))


def listed(actor: Actor) -> dict[str, Any]:
    """Every campaign the actor may read, those under way first, by name: `{items}`."""
    statement = _rows().where(readable(actor)).order_by(Campaign.state.desc(), Campaign.name)
    rows = db.session.execute(statement).all()
    tasks = _tasks_of([row.Campaign.id for row in rows])
    linked = _linked([row.Campaign.id for row in rows])
    return {
        "items": [
            _summary(row, tasks.get(row.Campaign.id, [])) | linked.get(row.Campaign.id, _NOTHING)
            for row in rows
        ]
    }


_NOTHING = {"projects": 0, "matters": 0}


MOST_FOUND = 20


def candidates(actor: Actor, campaign_id: int, words: str) -> dict[str, Any]:
    """Projects the actor may read that are not linked yet, by name: `{items}`."""
    campaign = get(actor, campaign_id)
    linked = sa.select(CampaignLink.project_id).where(
        CampaignLink.campaign_id == campaign.id, CampaignLink.project_id.is_not(None)
    )
    statement = (
        sa.select(Project.id, Project.name, Unit.name.label("unit"))
        .join(Unit, Unit.id == Project.unit_id)
        .where(projects.readable(actor), Project.id.not_in(linked))
        .where(Project.name.contains(words, autoescape=True))
        .order_by(Project.name)
        .limit(MOST_FOUND)
    )
    return {"items": [dict(row._mapping) for row in db.session.execute(statement)]}


def document(actor: Actor, campaign_id: int) -> dict[str, Any]:
    """One campaign with all its chart shows: tasks, projects, matters, reviews, and what the actor may do."""
    row = db.session.execute(_rows().where(Campaign.id == campaign_id)).one()
    tasks = _tasks_of([campaign_id]).get(campaign_id, [])
    shown, hidden = _matters(actor, campaign_id)
    return _summary(row, tasks) | {
        "tasks": _tasks(actor, row, tasks),
        "projects": _projects(actor, campaign_id),
        "matters": shown,
        "matters_hidden": hidden,
        "patrols": _patrols(row.Campaign),
        "reviews": _reviews(campaign_id),
        "may": [
            name
            for name in ("campaign.change", "campaign.review")
            if access.allows(actor, name, path=row.path, own=row.Campaign.lead_id == actor.person_id)
        ],
    }


def facts(campaign: Campaign, asked: campaigns.Period) -> dict[str, Any]:
    """What a review freezes: how the tasks due in a period ended, the stages of projects, how its matters stand."""
    tasks = [_counted(one) for one, _ in _tasks_of([campaign.id]).get(campaign.id, [])]
    today = clock.day_of(clock.now())
    stages: sa.Select[*tuple[Any, ...]] = (
        sa.select(Project.stage, sa.func.count())
        .join(CampaignLink, CampaignLink.project_id == Project.id)
        .where(CampaignLink.campaign_id == campaign.id)
        .group_by(Project.stage)
    )
    states: sa.Select[*tuple[Any, ...]] = (
        sa.select(Matter.state, sa.func.count())
        .join(CampaignLink, CampaignLink.matter_id == Matter.id)
        .where(CampaignLink.campaign_id == campaign.id)
        .group_by(Matter.state)
    )
    return {
        "on": today.isoformat(),
        "tasks": campaigns.within(tasks, asked, today),
        "stands": campaigns.counts(tasks, today),
        "stages": {row[0]: row[1] for row in db.session.execute(stages)},
        "matters": {row[0]: row[1] for row in db.session.execute(states)},
    }


# ── how they are told ───────────────────────────────────────────────────────────────────────────────────


def _rows() -> sa.Select[*tuple[Any, ...]]:
    """Campaigns with the names around them."""
    return (
        sa.select(Campaign, Unit.name.label("unit"), Unit.path, _Lead.name.label("lead"))
        .join(Unit, Unit.id == Campaign.unit_id)
        .join(_Lead, _Lead.id == Campaign.lead_id)
    )


_Told = tuple[CampaignTask, str]
"""A task with its unit's name."""


def _tasks_of(campaign_ids: Sequence[int]) -> dict[int, list[_Told]]:
    """The tasks of campaigns, by the day they begin and are due."""
    statement = (
        sa.select(CampaignTask, Unit.name)
        .join(Unit, Unit.id == CampaignTask.unit_id)
        .where(CampaignTask.campaign_id.in_(campaign_ids))
        .order_by(CampaignTask.starts_on, CampaignTask.due_on, CampaignTask.id)
    )
    found: dict[int, list[_Told]] = {}
    for one, unit in db.session.execute(statement):
        found.setdefault(one.campaign_id, []).append((one, unit))
    return found


def _linked(campaign_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many projects and matters campaigns have."""
    statement = (
        sa.select(
            CampaignLink.campaign_id,
            sa.func.count(CampaignLink.project_id).label("projects"),
            sa.func.count(CampaignLink.matter_id).label("matters"),
        )
        .where(CampaignLink.campaign_id.in_(campaign_ids))
        .group_by(CampaignLink.campaign_id)
    )
    rows = db.session.execute(statement)
    return {row.campaign_id: {"projects": row.projects, "matters": row.matters} for row in rows}


def _summary(row: Any, tasks: Sequence[_Told]) -> dict[str, Any]:
    """One campaign as a list shows it, with how many of its tasks stand where."""
    campaign: Campaign = row.Campaign
    today = clock.day_of(clock.now())
    return {
        "id": campaign.id,
        "name": campaign.name,
        "aim": campaign.aim,
        "unit": {"id": campaign.unit_id, "name": row.unit},
        "lead": {"id": campaign.lead_id, "name": row.lead},
        "starts_on": campaign.starts_on,
        "ends_on": campaign.ends_on,
        "state": campaign.state,
        "closed_on": campaign.closed_on,
        "revision": campaign.revision,
        "stands": campaigns.counts((_counted(one) for one, _ in tasks), today),
    }


def _counted(one: CampaignTask) -> Task:
    """What counting needs of a task."""
    return Task(one.state, one.starts_on, one.due_on, one.done_on)


def _tasks(actor: Actor, row: Any, tasks: Sequence[_Told]) -> list[dict[str, Any]]:
    """The task list with what was told of each, and whether the actor may tell more."""
    entries = _entries([one.id for one, _ in tasks])
    paths = _paths({one.unit_id for one, _ in tasks})
    leads = row.Campaign.lead_id == actor.person_id
    return [
        _task(one, unit)
        | {
            "entries": entries.get(one.id, []),
            "may_report": may_report(actor, headquarters=row.path, unit=paths[one.unit_id], leads=leads),
        }
        for one, unit in tasks
    ]


def may_report(actor: Actor, *, headquarters: str, unit: str, leads: bool) -> bool:
    """Whether the actor may tell of a task: by a role over its unit or the headquarters, or as the lead."""
    scope = access.scope(actor, "campaign.report")
    return leads or scope.covers(unit) or scope.covers(headquarters)


def _task(one: CampaignTask, unit: str) -> dict[str, Any]:
    """One task and where it stands today."""
    today = clock.day_of(clock.now())
    return {
        "id": one.id,
        "title": one.title,
        "standard": one.standard,
        "unit": {"id": one.unit_id, "name": unit},
        "starts_on": one.starts_on,
        "due_on": one.due_on,
        "done_on": one.done_on,
        "state": one.state,
        "stand": campaigns.stand(
            one.state, starts_on=one.starts_on, due_on=one.due_on, done_on=one.done_on, today=today
        ),
    }


def _paths(unit_ids: set[int]) -> dict[int, str]:
    """The paths of units."""
    rows = db.session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_(unit_ids)))
    return {row.id: row.path for row in rows}


def _entries(task_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What was told of tasks, oldest first."""
    statement = (
        sa.select(CampaignEntry, Person.name)
        .join(Person, Person.id == CampaignEntry.by_id)
        .where(CampaignEntry.task_id.in_(task_ids))
        .order_by(CampaignEntry.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for one, name in db.session.execute(statement):
        told = {"step": one.step, "text": one.text, "by": {"id": one.by_id, "name": name}, "at": one.at}
        found.setdefault(one.task_id, []).append(told)
    return found


def _projects(actor: Actor, campaign_id: int) -> list[dict[str, Any]]:
    """The campaign's projects with their stages, planned and reached, and whether the actor may read more of them."""
    statement = (
        sa.select(Project, Unit.name, projects.readable(actor).label("readable"))
        .join(CampaignLink, CampaignLink.project_id == Project.id)
        .join(Unit, Unit.id == Project.unit_id)
        .where(CampaignLink.campaign_id == campaign_id)
        .order_by(Project.name)
    )
    rows = db.session.execute(statement).all()
    reached = _milestones([row.Project.id for row in rows])
    return [
        {
            "id": row.Project.id,
            "name": row.Project.name,
            "readable": bool(row.readable),
            "unit": {"id": row.Project.unit_id, "name": row.name},
            "stage": row.Project.stage,
            "stopped_on": row.Project.stopped_on,
            "area_id": row.Project.area_id,
            "milestones": reached.get(row.Project.id, []),
        }
        for row in rows
    ]


def _milestones(project_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The stages of projects that have a planned or an actual day."""
    statement = sa.select(ProjectMilestone).where(ProjectMilestone.project_id.in_(project_ids))
    statement = statement.order_by(ProjectMilestone.project_id, ProjectMilestone.planned_on)
    found: dict[int, list[dict[str, Any]]] = {}
    for one in db.session.scalars(statement):
        told = {"stage": one.stage, "planned_on": one.planned_on, "actual_on": one.actual_on}
        found.setdefault(one.project_id, []).append(told)
    return found


def _matters(actor: Actor, campaign_id: int) -> tuple[list[dict[str, Any]], int]:
    """The campaign's matters that the actor may read, and how many others there are."""
    ids = sa.select(CampaignLink.matter_id).where(CampaignLink.campaign_id == campaign_id)
    wanted = [matter_id for matter_id in db.session.scalars(ids) if matter_id is not None]
    shown = matters.among(actor, wanted)
    told = ("id", "kind", "category", "text", "place", "lng", "lat", "state", "overdue", "due_at")
    return [{name: one[name] for name in told} for one in shown], len(wanted) - len(shown)


def _patrols(campaign: Campaign) -> list[dict[str, Any]]:
    """The campaign's plans of patrols, with how many walks within its days ended how."""
    counted = sa.func.count(Patrol.id)
    within = Patrol.day.between(campaign.starts_on, campaign.ends_on)
    statement: sa.Select[*tuple[Any, ...]] = (
        sa.select(PatrolPlan.id, PatrolPlan.title, Unit.name, Patrol.state, counted)
        .join(CampaignLink, CampaignLink.plan_id == PatrolPlan.id)
        .join(Unit, Unit.id == PatrolPlan.unit_id)
        .outerjoin(Patrol, sa.and_(Patrol.plan_id == PatrolPlan.id, within))
        .where(CampaignLink.campaign_id == campaign.id)
        .group_by(PatrolPlan.id, PatrolPlan.title, Unit.name, Patrol.state)
        .order_by(PatrolPlan.title, PatrolPlan.id, Patrol.state)
    )
    found: dict[int, dict[str, Any]] = {}
    for id_, title, unit, state, count in db.session.execute(statement):
        plan = found.setdefault(id_, {"id": id_, "title": title, "unit": {"name": unit}, "walks": {}})
        plan["walks"] |= {state: count} if state else {}
    return list(found.values())


def _reviews(campaign_id: int) -> list[dict[str, Any]]:
    """Every review, the newest first."""
    statement = (
        sa.select(CampaignReview, Person.name)
        .join(Person, Person.id == CampaignReview.by_id)
        .where(CampaignReview.campaign_id == campaign_id)
        .order_by(CampaignReview.id.desc())
    )
    return [_review(one, name) for one, name in db.session.execute(statement)]


def _review(one: CampaignReview, name: str) -> dict[str, Any]:
    """One review with its period in words."""
    zh, en = campaigns.period(one.period).words
    return {
        "id": one.id,
        "period": {"name": one.period, "zh": zh, "en": en},
        "text": one.text,
        "trouble": one.trouble,
        "next_step": one.next_step,
        "facts": one.facts,
        "by": {"id": one.by_id, "name": name},
        "at": one.at,
    }
