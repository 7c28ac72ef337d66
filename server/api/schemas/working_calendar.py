"""Shapes of the working calendar."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Shape, Switch, Text
from server.api.schemas.logs import WordsOut
from server.api.schemas.trips import NamedOut


class CalendarDayIn(Shape):
    """Whether the county works on a day (None: as the notice says), and why."""

    works = Switch(required=True, allow_none=True)
    reason = Text(120, load_default="")

    @ma.validates_schema
    def says_why(self, told: dict[str, object], **_: object) -> None:
        """A day that differs says why."""
        if told.get("works") is not None and not told.get("reason"):
            raise ma.ValidationError("请写明依据 / Say why", "reason")


class CalendarDayOut(ma.Schema):
    """A day: whether it is worked, and by the notice alone; the holiday's name; what the county says, and who."""

    day = fields.Date()
    works = fields.Boolean()
    notice = fields.Boolean()
    holiday = fields.Nested(WordsOut)
    own = fields.Boolean()
    reason = fields.String()
    by = fields.Nested(NamedOut, allow_none=True)
    changed_at = fields.AwareDateTime(allow_none=True)


class CalendarOut(ma.Schema):
    """A year; `announced` is whether its make-up days are known."""

    year = fields.Integer()
    announced = fields.Boolean()
    days = fields.List(fields.Nested(CalendarDayOut))
