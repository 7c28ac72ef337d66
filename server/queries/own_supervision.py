"""Patrols, campaigns and notices of one person, for the copy of all that is held about them."""

import sqlalchemy as sa

from server.models.campaigns import Campaign, CampaignEntry, CampaignReview
from server.models.matters import Matter
from server.models.notices import Notice
from server.models.patrols import Patrol, PatrolFinding, PatrolPlan, PatrolWalker
from server.models.trips import TripMember
from server.queries.rows import Pages, mine_of
from server.rules.access import Actor


def patrol_plans(actor: Actor) -> Pages:
    """The patrol plans they made or walk."""
    walked = sa.select(PatrolWalker.plan_id).where(PatrolWalker.person_id == actor.person_id)
    mine = sa.or_(PatrolPlan.made_by == actor.person_id, PatrolPlan.id.in_(walked))
    return mine_of(PatrolPlan, PatrolPlan.id, mine, leave={"made_by"})


def patrols(actor: Actor) -> Pages:
    """The patrols they walk, walked or called out; the duty of each is among the trips."""
    walked = sa.select(TripMember.trip_id).where(TripMember.person_id == actor.person_id)
    mine = sa.or_(Patrol.made_by == actor.person_id, Patrol.trip_id.in_(walked))
    return mine_of(Patrol, Patrol.id, mine, leave={"made_by"})


def turns(actor: Actor) -> Pages:
    """Their places in rotas."""
    mine = PatrolWalker.person_id == actor.person_id
    return mine_of(PatrolWalker, PatrolWalker.plan_id, mine, leave={"person_id"})


def findings(actor: Actor) -> Pages:
    """On which patrol they found which of the matters they reported."""
    reported = sa.select(Matter.id).where(Matter.by_id == actor.person_id)
    return mine_of(PatrolFinding, PatrolFinding.matter_id, PatrolFinding.matter_id.in_(reported))


def campaigns(actor: Actor) -> Pages:
    """The campaigns they lead or opened."""
    mine = sa.or_(Campaign.lead_id == actor.person_id, Campaign.created_by == actor.person_id)
    return mine_of(Campaign, Campaign.id, mine, leave={"lead_id", "created_by"})


def campaign_entries(actor: Actor) -> Pages:
    """What they told of tasks."""
    return mine_of(CampaignEntry, CampaignEntry.id, CampaignEntry.by_id == actor.person_id, leave={"by_id"})


def campaign_reviews(actor: Actor) -> Pages:
    """The reviews they wrote."""
    mine = CampaignReview.by_id == actor.person_id
    return mine_of(CampaignReview, CampaignReview.id, mine, leave={"by_id"})


def notices(actor: Actor) -> Pages:
    """What they were told."""
    return mine_of(Notice, Notice.id, Notice.person_id == actor.person_id, leave={"person_id"})
