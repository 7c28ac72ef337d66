"""Shapes of patrols: plans, the patrols made of them, calls, and when grids were walked."""

from dataclasses import replace
from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import (
    Day,
    Hour,
    Id,
    Shape,
    Switch,
    Text,
    Uuid,
    at_most,
    datum,
    ensure_on_the_globe,
    lat,
    lng,
    one_of,
    whole,
)
from server.api.schemas.looks import PageAsked
from server.api.schemas.matters import MatterIn
from server.api.schemas.planned_places import PlannedPlaceIn
from server.api.schemas.trips import NamedOut
from server.geo.datum import Datum
from server.queries.patrols import Asked
from server.rules.patrols import (
    DAYS_OFF,
    MAX_CHECKPOINTS,
    MAX_ROUTE,
    MAX_WALKERS,
    MAX_WINDOW_DAYS,
    MOST_GRIDS,
    PURPOSES,
    STATES,
    WHO,
    Checkpoint,
    Plan,
)
from server.rules.trips import TRACKINGS
from server.services.patrols import Call


class CheckpointIn(PlannedPlaceIn):
    """A checkpoint of a patrol plan."""

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Checkpoint:
        """The checkpoint as the service takes it."""
        return Checkpoint(**told)


class RoutePointIn(Shape):
    """A vertex of the line to walk, in the plan's datum."""

    lng = lng(required=True)
    lat = lat(required=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> tuple[float, float]:
        """The vertex as the service takes it."""
        return told["lng"], told["lat"]


class PatrolPlanIn(Shape):
    """A patrol plan. `rule` is an RRULE without COUNT or UNTIL; `walker_ids` one person, or a rota in its order."""

    title = Text(120, least=1, required=True)
    unit_id = Id(allow_none=True)
    area_id = Id(allow_none=True)
    purpose = one_of(PURPOSES, load_default="routine")
    basis = Text(500, load_default="")
    tracking = one_of(TRACKINGS, load_default="checkins")
    photos_required = Switch(load_default=False)
    who = one_of(WHO, required=True)
    walker_ids = fields.List(Id(), load_default=list, validate=at_most(MAX_WALKERS))
    rule = Text(120, least=1, required=True)
    days_off = one_of(DAYS_OFF, load_default="walk")
    starts_on = Day(required=True)
    until_on = Day(allow_none=True)
    opens = Hour(required=True)
    closes = Hour(required=True)
    window_days = whole(1, MAX_WINDOW_DAYS, load_default=1)
    in_order = Switch(load_default=False)
    checkpoints = fields.List(
        fields.Nested(CheckpointIn), load_default=list, validate=at_most(MAX_CHECKPOINTS)
    )
    route = fields.List(fields.Nested(RoutePointIn), load_default=list, validate=at_most(MAX_ROUTE))
    datum = datum(load_default=Datum.WGS84.value)
    revision = Id(allow_none=True)

    @ma.validates_schema
    def lies_somewhere(self, told: dict[str, Any], **_: Any) -> None:
        """The whole line lies on the globe."""
        for vertex_lng, vertex_lat in told.get("route", ()):
            ensure_on_the_globe({"lng": vertex_lng, "lat": vertex_lat, "datum": told["datum"]})

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Plan:
        """The plan as the service takes it."""
        return Plan(**told)


class PlanCheckpointOut(ma.Schema):
    """A checkpoint of a plan."""

    position = fields.Integer()
    name = fields.String()
    area_id = Id(allow_none=True)
    area_name = fields.String(allow_none=True)
    lng = fields.Float(allow_none=True)
    lat = fields.Float(allow_none=True)
    radius_m = fields.Float(allow_none=True)
    tolerance_m = fields.Float()


class PatrolPlanOut(ma.Schema):
    """A patrol plan in full."""

    id = Id()
    title = fields.String()
    unit = fields.Nested(NamedOut)
    area = fields.Nested(NamedOut, allow_none=True)
    made_by = fields.Nested(NamedOut)
    purpose = one_of(PURPOSES)
    basis = fields.String()
    tracking = one_of(TRACKINGS)
    photos_required = fields.Boolean()
    who = one_of(WHO)
    walkers = fields.List(fields.Nested(NamedOut))
    rule = fields.String()
    days_off = one_of(DAYS_OFF)
    starts_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    opens = fields.Time()
    closes = fields.Time()
    window_days = fields.Integer()
    in_order = fields.Boolean()
    checkpoints = fields.List(fields.Nested(PlanCheckpointOut))
    route = fields.List(fields.List(fields.Float()))
    revision = fields.Integer()
    created_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    may = fields.List(fields.String())


class PatrolPlansOut(ma.Schema):
    """A page of plans."""

    items = fields.List(fields.Nested(PatrolPlanOut(exclude=("checkpoints", "may"))))
    next = fields.String(allow_none=True)


class PatrolPlansAsked(PageAsked):
    """Which plans."""

    ended = Switch(load_default=False)
    q = Text(60, load_default="")
    unit_id = Id()


class PointOut(PlanCheckpointOut):
    """A checkpoint of a patrol and what became of it."""

    id = Id(allow_none=True)
    state = fields.String(metadata={"description": "open | reached | told | out_of_order | outside"})
    at = fields.AwareDateTime(allow_none=True)
    by = fields.String(metadata={"description": "checkin | track"})


class FindingOut(ma.Schema):
    """A matter found on a patrol."""

    id = Id()
    text = fields.String()
    state = fields.String()
    reported_at = fields.AwareDateTime()


class PatrolOut(ma.Schema):
    """A patrol in full. `trip_id` is the duty of those who walk it."""

    id = Id()
    plan_id = Id(allow_none=True)
    trip_id = Id(allow_none=True)
    called_out = fields.Boolean()
    title = fields.String()
    unit = fields.Nested(NamedOut)
    area = fields.Nested(NamedOut, allow_none=True)
    purpose = one_of(PURPOSES)
    basis = fields.String()
    day = fields.Date()
    opens_at = fields.AwareDateTime()
    closes_at = fields.AwareDateTime()
    state = one_of(STATES)
    walkers = fields.List(fields.Nested(NamedOut))
    started_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    checkpoints = fields.Integer()
    reached = fields.Integer()
    walked_at = fields.AwareDateTime(allow_none=True)
    missed_at = fields.AwareDateTime(allow_none=True)
    in_order = fields.Boolean()
    points = fields.List(fields.Nested(PointOut))
    route = fields.List(fields.List(fields.Float()))
    share = fields.Float(
        allow_none=True,
        metadata={
            "description": "路线走到的比例，未测得为空 · share of the route that was walked, none where not measured"
        },
    )
    findings = fields.List(fields.Nested(FindingOut))
    may = fields.List(fields.String())


_IN_FULL = ("in_order", "points", "route", "share", "findings", "may")


class PatrolsOut(ma.Schema):
    """A page of patrols."""

    items = fields.List(fields.Nested(PatrolOut(exclude=_IN_FULL)))
    next = fields.String(allow_none=True)


class PatrolsAsked(PageAsked):
    """Which patrols."""

    state = fields.String(metadata={"description": "逗号分隔 · comma-separated"})
    purpose = one_of(PURPOSES)
    first = Day()
    last = Day()
    unit_id = Id()
    area_id = Id()
    plan_id = Id()
    call_of = Id()
    mine = Switch()
    q = Text(60)

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The conditions as the query takes them, beside the page."""
        page = {name: told.pop(name) for name in ("cursor", "limit") if name in told}
        states = tuple(word for word in told.pop("state", "").split(",") if word)
        if unknown := [word for word in states if word not in STATES]:
            raise ma.ValidationError(f"没有这种状态：{unknown[0]} / No such state: {unknown[0]}", "state")
        return {"asked": replace(Asked(**told), states=states)} | page


class CallIn(Shape):
    """A patrol for many grids at once; `id` is the caller's own, so that it may be sent again."""

    id = Uuid(required=True)
    title = Text(120, least=1, required=True)
    purpose = one_of(PURPOSES[1:], required=True)
    basis = Text(500, least=2, required=True)
    hours = whole(1, 72, required=True)
    area_ids = fields.List(Id(), load_default=list, validate=at_most(MOST_GRIDS))
    tracking = one_of(TRACKINGS, load_default="checkins")
    photos_required = Switch(load_default=False)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Call:
        """The call as the service takes it."""
        return Call(**told)


class CallOut(ma.Schema):
    """The patrols that were called out; `unmanned` the grids for which nobody could be told."""

    call_id = Uuid()
    patrols = fields.List(Id())
    unmanned = fields.List(fields.Nested(NamedOut))


class FindingIn(MatterIn):
    """What was found on a patrol."""

    kind = one_of(("patrol",), load_default="patrol")


class NextOut(ma.Schema):
    """The patrol that comes next."""

    id = Id()
    opens_at = fields.AwareDateTime()
    state = one_of(STATES)


class GridOut(ma.Schema):
    """A grid, the unit that walks it, and when it was last walked."""

    area = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    last_walked_at = fields.AwareDateTime(allow_none=True)
    walked = fields.Boolean()
    next = fields.Nested(NextOut, allow_none=True)


class GridsOut(ma.Schema):
    """All grids in the reader's scope."""

    now = fields.AwareDateTime()
    since = fields.Date()
    grids = fields.List(fields.Nested(GridOut))
    not_walked = fields.Integer()


class GridsAsked(ma.Schema):
    """Since which day, and of which units."""

    since = Day()
    unit_id = Id()
