"""Shapes of campaigns."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Day, Id, Shape, Switch, Text, one_of
from server.api.schemas.trips import NamedOut
from server.rules.campaigns import ENTRIES, NOUNS, STANDS, STATES, TASK_STATES
from server.services.campaigns import ReviewTold, TaskTold, Told

MOST_TEXT = 4000


class CampaignIn(Shape):
    """A campaign as its headquarters tell it; `revision` is the one last read."""

    name = Text(60, least=2, required=True)
    aim = Text(MOST_TEXT, load_default="")
    unit_id = Id(required=True)
    lead_id = Id(required=True)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    closed = Switch(load_default=False)
    revision = Id(allow_none=True, load_default=None)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Told:
        """As the service takes it."""
        return Told(**told)


class TaskIn(Shape):
    """A task: what a unit does, by which standard, from when until when."""

    title = Text(120, least=2, required=True)
    standard = Text(MOST_TEXT, load_default="")
    unit_id = Id(required=True)
    starts_on = Day(required=True)
    due_on = Day(required=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> TaskTold:
        """As the service takes it."""
        return TaskTold(**told)


class EntryIn(Shape):
    """What is told of a task."""

    step = one_of(tuple(ENTRIES), required=True)
    text = Text(MOST_TEXT, least=2, required=True)


class LinkIn(Shape):
    """What belongs to a campaign."""

    noun = one_of(NOUNS, required=True)
    id = Id(required=True)


class CandidatesAsked(ma.Schema):
    """Words of a project's name."""

    q = Text(60, load_default="")


class CandidateOut(NamedOut):
    """A project that may be linked."""

    unit = fields.String()


class CandidatesOut(ma.Schema):
    """Projects that may be linked."""

    items = fields.List(fields.Nested(CandidateOut))


class CampaignReviewIn(Shape):
    """A review of a month (`2026-11`), a quarter (`2026-Q4`) or a year (`2026`)."""

    period = Text(8, least=4, required=True)
    text = Text(MOST_TEXT, least=2, required=True)
    trouble = Text(MOST_TEXT, load_default="")
    next_step = Text(MOST_TEXT, load_default="")

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> ReviewTold:
        """As the service takes it."""
        return ReviewTold(**told)


class EntryOut(ma.Schema):
    """What was told of a task."""

    step = one_of(tuple(ENTRIES))
    text = fields.String()
    by = fields.Nested(NamedOut)
    at = fields.AwareDateTime()


class TaskOut(ma.Schema):
    """A task and where it stands today."""

    id = Id()
    title = fields.String()
    standard = fields.String()
    unit = fields.Nested(NamedOut)
    starts_on = fields.Date()
    due_on = fields.Date()
    done_on = fields.Date(allow_none=True)
    state = one_of(TASK_STATES)
    stand = one_of(STANDS)
    entries = fields.List(fields.Nested(EntryOut))
    may_report = fields.Boolean()


class CampaignBriefOut(ma.Schema):
    """A campaign; `stands`: how many of its tasks stand where."""

    id = Id()
    name = fields.String()
    aim = fields.String()
    unit = fields.Nested(NamedOut)
    lead = fields.Nested(NamedOut)
    starts_on = fields.Date()
    ends_on = fields.Date()
    state = one_of(STATES)
    closed_on = fields.Date(allow_none=True)
    revision = fields.Integer()
    stands = fields.Dict(keys=fields.String(), values=fields.Integer())


class ListedCampaignOut(CampaignBriefOut):
    """A campaign in the list, with how many projects and matters it has."""

    projects = fields.Integer()
    matters = fields.Integer()


class CampaignsOut(ma.Schema):
    """The campaigns the reader may read."""

    items = fields.List(fields.Nested(ListedCampaignOut))


class CampaignOut(CampaignBriefOut):
    """A campaign with all its chart shows."""

    tasks = fields.List(fields.Nested(TaskOut))
    projects = fields.List(fields.Dict(), metadata={"description": "name, unit, stage, milestones, area_id"})
    matters = fields.List(fields.Dict(), metadata={"description": "the matters the reader may read"})
    matters_hidden = fields.Integer()
    patrols = fields.List(fields.Dict(), metadata={"description": "plan, unit, and its walks by state"})
    reviews = fields.List(fields.Dict(), metadata={"description": "period, text, trouble, next_step, facts"})
    may = fields.List(fields.String())
