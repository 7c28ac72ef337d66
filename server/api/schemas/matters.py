"""Shapes of matters: a report in, a step in, the matter out."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.checkins import PhotoOfOut, photo_range
from server.api.schemas.fields import (
    Day,
    Id,
    Shape,
    Switch,
    Text,
    Uuid,
    datum,
    ensure_on_the_globe,
    lat,
    lng,
    one_of,
)
from server.api.schemas.looks import PageAsked
from server.api.schemas.trips import NamedOut
from server.geo.datum import Datum
from server.queries import nearby
from server.queries.matters import Asked
from server.rules.matters import KINDS, STATES, STEPS
from server.rules.working_calendar import UNITS
from server.services.matters import Report
from server.services.steps import Told


class _Placed(Shape):
    """What may lie somewhere."""

    lng = lng(allow_none=True)
    lat = lat(allow_none=True)
    datum = datum(load_default=Datum.WGS84.value)

    @ma.validates_schema
    def lies_somewhere(self, told: dict[str, Any], **_: Any) -> None:
        """A place is a longitude and a latitude, and lies on the globe."""
        if (told.get("lng") is None) != (told.get("lat") is None):
            raise ma.ValidationError("经纬度须一起填写 / Longitude and latitude go together", "lat")
        ensure_on_the_globe(told)


class MatterIn(_Placed):
    """What somebody found, complains of or suggests; where it is, and the page they said it on."""

    kind = one_of(KINDS, required=True)
    text = Text(4000, least=2, required=True)
    page = Text(200)
    category_id = Id(allow_none=True)
    place = Text(120)
    told_as = Uuid(allow_none=True)
    photo_count = fields.Integer(load_default=0, strict=True, validate=photo_range)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Report:
        """The report as the service takes it."""
        return Report(**told)


class StepIn(Shape):
    """A step on a matter; what it asks for stands in the matter's own `may`."""

    note = Text(2000)
    unit_id = Id(allow_none=True)
    person_id = Id(allow_none=True)
    until = Day(allow_none=True)
    into_id = Id(allow_none=True)
    category_id = Id(allow_none=True)
    revision = Id(allow_none=True)
    told_as = Uuid(allow_none=True)
    photo_count = fields.Integer(load_default=0, strict=True, validate=photo_range)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> tuple[str, Told]:
        """The step's name, and what is told with it."""
        return told.pop("step"), Told(**told)


def _steps(door: str) -> tuple[str, ...]:
    """The steps that one door takes."""
    return tuple(name for name, step in STEPS.items() if step.permission == f"matter.{door}")


class RouteIn(StepIn):
    """A step of the unit that holds a matter."""

    step = one_of(_steps("route"), required=True)


class HandleIn(StepIn):
    """A step of the unit that a matter is assigned to."""

    step = one_of(_steps("handle"), required=True)


class VerifyIn(StepIn):
    """A step of who looks whether a matter is solved."""

    step = one_of(_steps("verify"), required=True)


class UrgeIn(StepIn):
    """A word of who waits."""

    step = one_of(_steps("urge"), load_default="urge")


class EraseIn(Shape):
    """Why what a matter tells is erased, and who asks for it; not needed for one's own."""

    why = Text(200, load_default="")


class MatterAnswerIn(Shape):
    """What is answered."""

    text = Text(4000, least=2, required=True)


class MatterAnswerOut(ma.Schema):
    """One answer."""

    by = fields.Nested(NamedOut)
    text = fields.String()
    at = fields.AwareDateTime()


class AssignedOut(ma.Schema):
    """Who handles a matter."""

    unit = fields.Nested(NamedOut, allow_none=True)
    person = fields.Nested(NamedOut, allow_none=True)


class LeftOut(ma.Schema):
    """How much of a term is left, or by how much it is over."""

    amount = fields.Integer()
    unit = one_of(UNITS)
    over = fields.Boolean()


class MatterOut(ma.Schema):
    """A matter."""

    id = Id()
    kind = one_of(KINDS)
    category = fields.Nested(NamedOut, allow_none=True)
    text = fields.String()
    page = fields.String()
    place = fields.String()
    lng = fields.Float(allow_none=True)
    lat = fields.Float(allow_none=True)
    by = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    holder = fields.Nested(NamedOut, allow_none=True)
    assigned = fields.Nested(AssignedOut)
    state = one_of(STATES)
    revision = fields.Integer()
    reported_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)
    due_at = fields.AwareDateTime(allow_none=True)
    overdue = fields.Boolean()
    left = fields.Nested(LeftOut, allow_none=True)
    held_until = fields.Date(allow_none=True)
    report_due_at = fields.AwareDateTime(allow_none=True)
    merged_into = Id(allow_none=True)
    erased_at = fields.AwareDateTime(allow_none=True)
    answers = fields.List(fields.Nested(MatterAnswerOut))


class StepOut(ma.Schema):
    """A step that was taken; one that the system took has nobody."""

    id = Id()
    step = fields.String()
    state = one_of(STATES)
    at = fields.AwareDateTime()
    by = fields.Nested(NamedOut, allow_none=True)
    note = fields.String()
    unit = fields.Nested(NamedOut, allow_none=True)
    person = fields.Nested(NamedOut, allow_none=True)
    into = Id(allow_none=True)
    until = fields.Date(allow_none=True)
    photo_count = fields.Integer()
    photos = fields.List(fields.Nested(PhotoOfOut))


class MayOut(ma.Schema):
    """A step that may be taken now: its door, and what must be told with it."""

    step = fields.String()
    door = fields.String()
    asks = fields.List(fields.String())


class PlanOut(ma.Schema):
    """What somebody means to do, and by which day."""

    note = fields.String()
    until = fields.Date(allow_none=True)
    at = fields.AwareDateTime()


class MatterInFullOut(MatterOut):
    """A matter with all that became of it, and what the reader may do with it now."""

    photo_count = fields.Integer()
    photos = fields.List(fields.Nested(PhotoOfOut))
    plan = fields.Nested(PlanOut, allow_none=True)
    steps = fields.List(fields.Nested(StepOut))
    may = fields.List(fields.Nested(MayOut))
    may_erase = fields.Boolean()
    merged = fields.List(Id())


class MattersOut(ma.Schema):
    """A page of matters."""

    items = fields.List(fields.Nested(MatterOut))
    next = fields.String(allow_none=True)


class AlikeOut(ma.Schema):
    """Matters that may be the same."""

    items = fields.List(fields.Nested(MatterOut))


class AroundMatterOut(MatterOut):
    """A matter near another: how far, and whether it may be the same."""

    metres = fields.Float(allow_none=True)
    alike = fields.Boolean()


class AroundOut(ma.Schema):
    """Matters near another."""

    items = fields.List(fields.Nested(AroundMatterOut))


class PlacedAsked(ma.Schema):
    """Of which unit and those below it."""

    unit_id = Id()


class PlacedOut(ma.Schema):
    """Open matters that have a place; `cut` where there are more."""

    items = fields.List(fields.Nested(MatterOut))
    cut = fields.Boolean()


class KnownMatterOut(ma.Schema):
    """A matter that may be what one is about to report; its words only to who may read it."""

    id = Id()
    state = one_of(STATES)
    reported_at = fields.AwareDateTime()
    metres = fields.Float(allow_none=True)
    readable = fields.Boolean()
    text = fields.String(allow_none=True)
    place = fields.String(allow_none=True)


class KnownOut(ma.Schema):
    """Matters that may be what one is about to report."""

    items = fields.List(fields.Nested(KnownMatterOut))


class KnownAsked(_Placed):
    """What one is about to report: its category and its place."""

    category_id = Id(required=True)
    place = Text(120)
    lng = lng(in_address=True)
    lat = lat(in_address=True)

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> nearby.Asked:
        """It as the query takes it."""
        return nearby.Asked(**told)


class MattersAsked(PageAsked):
    """Which matters."""

    kind = one_of(KINDS)
    state = one_of(STATES)
    open = Switch()
    overdue = Switch()
    to_me = Switch()
    unit_id = Id()
    q = Text(60)

    @ma.post_load
    def asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The conditions as the query takes them, beside the page."""
        page = {name: told.pop(name) for name in ("cursor", "limit") if name in told}
        return {"asked": Asked(**told)} | page
