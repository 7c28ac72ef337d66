"""To which projects and campaigns a matter or a trip belongs, as far as the reader may read those."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.models.campaigns import Campaign, CampaignLink
from server.models.checkins import Checkin
from server.models.patrols import Patrol
from server.models.projects import Project, ProjectCheckin, ProjectMatter
from server.queries import campaigns, projects, scopes
from server.rules import access
from server.rules.access import Actor


def of_matter(actor: Actor, matter_id: int) -> dict[str, Any]:
    """Those a matter is linked to: `{projects, campaigns}`, each by id and name. For who may read the matter."""
    linked = sa.select(ProjectMatter.project_id).where(ProjectMatter.matter_id == matter_id)
    grouped = sa.select(CampaignLink.campaign_id).where(CampaignLink.matter_id == matter_id)
    return _told(actor, linked, grouped)


def of_trip(actor: Actor, trip_id: int) -> dict[str, Any]:
    """The same of a trip: by its check-ins that the actor may read, and by the plan of its patrol."""
    seen = scopes.visible(
        access.scope(actor, "checkin.read"),
        unit_id=Checkin.unit_id.expression,
        mine=Checkin.person_id == actor.person_id,
    )
    made = sa.select(Checkin.id).where(Checkin.trip_id == trip_id, seen)
    linked = sa.select(ProjectCheckin.project_id).where(ProjectCheckin.checkin_id.in_(made))
    plans = sa.select(Patrol.plan_id).where(Patrol.trip_id == trip_id)
    grouped = sa.select(CampaignLink.campaign_id).where(CampaignLink.plan_id.in_(plans))
    return _told(actor, linked, grouped)


def _told(actor: Actor, linked: sa.Select[Any], grouped: sa.Select[Any]) -> dict[str, Any]:
    """Those of these projects and campaigns that the actor may read, by name."""
    read = {
        "project": _named(Project, Project.id.in_(linked), projects.readable(actor)),
        "campaign": _named(Campaign, Campaign.id.in_(grouped), campaigns.readable(actor)),
    }
    return {
        f"{noun}s": [dict(row._mapping) for row in db.session.execute(statement)]
        if access.holds(actor, f"{noun}.read")
        else []
        for noun, statement in read.items()
    }


def _named(table: type[Project | Campaign], *which: ColumnElement[bool]) -> sa.Select[int, str]:
    """Ids and names, by name."""
    return sa.select(table.id, table.name).where(*which).order_by(table.name, table.id)
