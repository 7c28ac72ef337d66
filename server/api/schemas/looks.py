"""Shapes of looks: the reason that comes in, the ready-made ones, the record that goes out."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Instant, Shape, Text, limit, one_of
from server.api.schemas.trips import NamedOut
from server.models.looks import DOORS
from server.rules.looks import LEAST, MOST


class ReasonIn(Shape):
    """Why this sitting looks: at one trip, or (without `trip_id`) at the live map. A ready-made code or words."""

    reason = Text(MOST, least=LEAST, required=True)
    trip_id = Id(allow_none=True, load_default=None)


class ReasonOut(ma.Schema):
    """The reason as it is kept."""

    reason = fields.String()
    trip_id = Id(allow_none=True)


class ReadyReasonOut(ma.Schema):
    """A ready-made reason."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class ReadyReasonsOut(ma.Schema):
    """The ready-made reasons."""

    items = fields.List(fields.Nested(ReadyReasonOut))


class WhoOut(NamedOut):
    """Somebody, with their unit."""

    unit = fields.Nested(NamedOut)


class LookOut(ma.Schema):
    """One look, as the person looked at reads it."""

    id = Id()
    at = fields.AwareDateTime()
    by = fields.Nested(WhoOut)
    trip = fields.Dict(allow_none=True, metadata={"description": "{id, title}"})
    reason = fields.String()
    door = one_of(DOORS)


class WholeLookOut(LookOut):
    """One look, as an auditor reads it."""

    of = fields.Nested(WhoOut)


class LooksOut(ma.Schema):
    """A page of looks at oneself."""

    items = fields.List(fields.Nested(LookOut))
    next = fields.String(allow_none=True)


class WholeLooksOut(ma.Schema):
    """A page of the record."""

    items = fields.List(fields.Nested(WholeLookOut))
    next = fields.String(allow_none=True)


class PageAsked(ma.Schema):
    """Which page."""

    cursor = Text(200)
    limit = limit(load_default=50)


class LooksFilter(ma.Schema):
    """Which looks of the record: from an instant to before another, by whom, at whom, on which trip."""

    from_ = Instant(data_key="from")
    to = Instant()
    reader_id = Id()
    subject_id = Id()
    trip_id = Id()


class LooksAsked(LooksFilter, PageAsked):
    """A page of which looks."""
