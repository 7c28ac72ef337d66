"""Shapes of households: one that is taken on, a visit, and the list with what is due."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Day, Id, Shape, Text, Uuid, whole
from server.api.schemas.looks import WhoOut
from server.api.schemas.trips import NamedOut
from server.rules.households import EVERY_DAYS
from server.rules.looks import LEAST, MOST
from server.services.households import Told


class HouseholdIn(Shape):
    """A household to look after."""

    door = Text(120, least=1, required=True)
    name = Text(60, load_default="")
    concern = Text(500, load_default="")
    every_days = whole(*EVERY_DAYS, load_default=30)

    @ma.post_load
    def told(self, told: dict[str, str | int], **_: object) -> Told:
        """The household as the service takes it."""
        return Told(**told)  # type: ignore[arg-type]  # each field was read by its own


class HouseholdVisitIn(Shape):
    """A visit; `told_as` is the phone's own number for it, so that it may be sent again."""

    told_as = Uuid(required=True)
    visited_on = Day(required=True)
    note = Text(1000, load_default="")


class HouseholdLookOut(ma.Schema):
    """Who opened a household, when and why."""

    id = Id()
    at = fields.AwareDateTime()
    by = fields.Nested(WhoOut)
    reason = fields.String()


class HouseholdOut(ma.Schema):
    """A household, when it was last visited and when the next visit is due.

    `name`, `concern` and `looks` are told to who looks after it alone; others open it.
    """

    id = Id()
    unit = fields.Nested(NamedOut)
    door = fields.String()
    name = fields.String()
    concern = fields.String()
    every_days = fields.Integer()
    last_on = fields.Date(allow_none=True)
    due_on = fields.Date()
    looks = fields.List(fields.Nested(HouseholdLookOut))


class HouseholdVisitOut(ma.Schema):
    """A visit, as it is read with its household."""

    visited_on = fields.Date()
    note = fields.String()


class HouseholdInFullOut(HouseholdOut):
    """A household that was opened, with the last visits to it."""

    visits = fields.List(fields.Nested(HouseholdVisitOut))


class OpenIn(Shape):
    """Why it is opened: a ready-made reason's code, or words. Said once a sitting for one household."""

    reason = Text(MOST, least=LEAST, load_default=None)


class WholeHouseholdLookOut(HouseholdLookOut):
    """A look at a household as an auditor reads it: the household by its number and unit."""

    household_id = Id()
    unit = fields.Nested(NamedOut)


class HouseholdLooksOut(ma.Schema):
    """A page of the record of looks at households."""

    items = fields.List(fields.Nested(WholeHouseholdLookOut))
    next = fields.String(allow_none=True)


class HouseholdsOut(ma.Schema):
    """Households."""

    today = fields.Date()
    most = fields.Integer(
        metadata={"description": "每人最多几户 · how many one member looks after at the most"}
    )
    items = fields.List(fields.Nested(HouseholdOut))
    cut = fields.Boolean()
    may_open = fields.Boolean()


class HouseholdsAsked(ma.Schema):
    """Of which units."""

    unit_id = Id()
