"""Shapes of silences: whose phone, on which trip, since when; never where."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id
from server.api.schemas.trips import NamedOut


class SilencesAsked(ma.Schema):
    """Of which unit's subtree."""

    unit_id = Id()


class OnTripOut(ma.Schema):
    """A trip by id and title."""

    id = Id()
    title = fields.String()


class SilenceOut(ma.Schema):
    """A phone that was expected to speak and did not; `heard` (once ended) is whether it spoke again."""

    id = Id()
    person = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    trip = fields.Nested(OnTripOut)
    since = fields.AwareDateTime()
    raised_at = fields.AwareDateTime()
    ended_at = fields.AwareDateTime(allow_none=True)
    heard = fields.Boolean(allow_none=True)


class SilencesOut(ma.Schema):
    """Silences."""

    items = fields.List(fields.Nested(SilenceOut))
