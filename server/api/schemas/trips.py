"""Shapes of trips: the plan that comes in, the trip that goes out, steps and consent."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import (
    Day,
    Id,
    Instant,
    Shape,
    Switch,
    Text,
    Uuid,
    at_most,
    limit,
    one_of,
)
from server.api.schemas.planned_places import PlannedPlaceIn
from server.rules.consents import LEVELS
from server.rules.trips import MAX_MEMBERS, MAX_STOPS, PURPOSES, STATES, TRACKINGS
from server.services.trips import Plan, StopPlan


class NamedOut(ma.Schema):
    """A thing by id and name."""

    id = Id()
    name = fields.String()


class StopIn(PlannedPlaceIn):
    """A stop of a plan: a place with its planned window and the enterprise that receives."""

    planned_from = Instant(allow_none=True)
    planned_to = Instant(allow_none=True)
    host_enterprise = Text(120, load_default="")

    @ma.post_load
    def planned(self, told: dict[str, Any], **_: Any) -> StopPlan:
        """The stop as the service takes it."""
        return StopPlan(**told)


class PlanIn(Shape):
    """A trip's plan."""

    title = Text(120, least=1, required=True)
    aim = Text(2000, least=1, required=True)
    purpose = one_of(PURPOSES, load_default="ordinary")
    basis = Text(500, load_default="")
    chain = Text(60, load_default="")
    destination = Text(120, least=1, required=True)
    destination_area_id = Id(allow_none=True)
    tracking = one_of(TRACKINGS, load_default="checkins")
    photos_required = Switch(load_default=False)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    unit_id = Id(allow_none=True)
    leader_id = Id(allow_none=True)
    member_ids = fields.List(Id(), load_default=list, validate=at_most(MAX_MEMBERS))
    stops = fields.List(fields.Nested(StopIn), load_default=list, validate=at_most(MAX_STOPS))
    revision = Id(allow_none=True)

    @ma.post_load
    def planned(self, told: dict[str, Any], **_: Any) -> Any:
        """The plan as the service takes it."""
        return Plan(**told)


class NewPlanIn(PlanIn):
    """A new trip's plan; `id` is the phone's own number for it, so that it may be sent again."""

    id = Uuid()

    @ma.post_load
    def planned(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The plan as the service takes it, and its number where it has one."""
        return {"told_id": told.pop("id", None), "told": Plan(**told)}


class StepIn(Shape):
    """When a phone says a step was taken, and when it sent that."""

    at = Instant(allow_none=True)
    sent_at = Instant(allow_none=True)


class CompleteIn(StepIn):
    """The end of a trip, with what came of it."""

    outcome = Text(4000, load_default="")


class RevisionAsked(ma.Schema):
    """The revision that was read; what is another by now is not approved."""

    revision = Id()


class ReasonIn(Shape):
    """A reason in words."""

    reason = Text(500, least=2, required=True)


class ConsentIn(Shape):
    """What a person agrees to."""

    level = one_of(LEVELS, required=True)


class ConsentOut(ma.Schema):
    """How a consent stands, with its words."""

    asks = fields.String(allow_none=True)
    level = fields.String(allow_none=True)
    given_at = fields.AwareDateTime(allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    words_zh = fields.String()
    words_en = fields.String()


class StopOut(ma.Schema):
    """A stop of a plan."""

    id = Id()
    position = fields.Integer()
    name = fields.String()
    area_id = Id(allow_none=True)
    area_name = fields.String(allow_none=True)
    lng = fields.Float(allow_none=True)
    lat = fields.Float(allow_none=True)
    radius_m = fields.Float(allow_none=True)
    tolerance_m = fields.Float()
    planned_from = fields.AwareDateTime(allow_none=True)
    planned_to = fields.AwareDateTime(allow_none=True)
    host_enterprise = fields.String()


class MemberOut(NamedOut):
    """A member of a trip, the unit they were of, and their latest consent."""

    unit = fields.Nested(NamedOut)
    leading = fields.Boolean()
    consent = fields.Nested(ConsentOut(only=("level", "given_at", "withdrawn_at")), allow_none=True)


class PatrolOfTripOut(ma.Schema):
    """The patrol whose duty a trip is: its window, and how it stands."""

    id = Id()
    state = fields.String(
        metadata={"description": "due | under_way | done | partly_done | missed | called_off"}
    )
    opens_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()


class TripOut(ma.Schema):
    """A trip in full."""

    id = Id()
    title = fields.String()
    aim = fields.String()
    patrol_id = Id(allow_none=True, metadata={"description": "所属巡查 · the patrol whose duty it is"})
    patrol = fields.Nested(PatrolOfTripOut, allow_none=True)
    purpose = one_of(PURPOSES)
    basis = fields.String()
    chain = fields.String()
    destination = fields.String()
    destination_area_id = Id(allow_none=True)
    tracking = one_of(TRACKINGS)
    photos_required = fields.Boolean()
    state = one_of(STATES)
    revision = Id()
    unit = fields.Nested(NamedOut)
    leader = fields.Nested(NamedOut)
    planner = fields.Nested(NamedOut)
    members = fields.List(fields.Nested(MemberOut))
    starts_on = fields.Date()
    ends_on = fields.Date()
    stops = fields.List(fields.Nested(StopOut))
    started_at = fields.AwareDateTime(allow_none=True)
    start_known_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "位置由此时起记录 · positions are kept from then on"}
    )
    ended_at = fields.AwareDateTime(allow_none=True)
    lapsed_at = fields.AwareDateTime(
        allow_none=True,
        metadata={
            "description": "系统自动结束的时刻 · when the system ended it; it counts as ended at `ended_at`"
        },
    )
    overran_h = fields.Integer(
        allow_none=True,
        metadata={
            "description": "超过计划结束时间的小时数 · hours past its planned end, where the system ended it"
        },
    )
    days_away = fields.Integer(
        allow_none=True,
        metadata={"description": "在外天数，未出发为空 · days away so far, none before the start"},
    )
    returned_because = fields.String()
    cancelled_because = fields.String()
    approved_by = fields.Nested(NamedOut, allow_none=True)
    approved_at = fields.AwareDateTime(allow_none=True)
    outcome = fields.String()
    may = fields.List(fields.String())


class TripsOut(ma.Schema):
    """A page of trips."""

    items = fields.List(fields.Nested(TripOut(exclude=("stops", "may"))))
    next = fields.String(allow_none=True)


class TripsAsked(ma.Schema):
    """Which trips."""

    state = fields.String(metadata={"description": "逗号分隔 · comma-separated"})
    mine = Switch(load_default=False)
    unit_id = Id()
    q = Text(60, load_default="")
    cursor = Text(200)
    limit = limit(load_default=50)

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The states as a list of those there are."""
        states = [word for word in told.pop("state", "").split(",") if word]
        if unknown := [word for word in states if word not in STATES]:
            raise ma.ValidationError(f"没有这种状态：{unknown[0]} / No such state: {unknown[0]}", "state")
        return told | {"states": states}


class WhoseTrackAsked(ma.Schema):
    """Whose track is in a review; nobody's where nobody is named."""

    person_id = Id()
