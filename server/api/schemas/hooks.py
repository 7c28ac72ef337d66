"""Shapes of robots of groups: an address and a secret come in and never go out."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Shape, Switch, Text, one_of
from server.api.schemas.trips import NamedOut
from server.rules.hooks import KINDS, LANGUAGES, STATES
from server.services.hooks import Told

MOST_ADDRESS, MOST_SECRET = 500, 200


class HookChangeIn(Shape):
    """What is changed of a robot; an empty `secret` takes it away."""

    name = Text(60, least=1)
    kind = one_of(KINDS)
    lang = one_of(LANGUAGES)
    unit_id = Id()
    address = Text(MOST_ADDRESS, least=1)
    secret = Text(MOST_SECRET)
    enabled = Switch()

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Told:
        """As the service takes it."""
        return Told(**told)


class HookIn(HookChangeIn):
    """A robot of a group."""

    name = Text(60, least=1, required=True)
    kind = one_of(KINDS, required=True)
    lang = one_of(LANGUAGES, load_default="zh")
    unit_id = Id(required=True)
    address = Text(MOST_ADDRESS, least=1, required=True)
    enabled = Switch(load_default=False)


class HookMessageOut(ma.Schema):
    """A message and what became of it."""

    id = Id()
    text = fields.String()
    urgent = fields.Boolean()
    state = one_of(STATES)
    tries = fields.Integer()
    made_at = fields.AwareDateTime()
    next_at = fields.AwareDateTime(allow_none=True)
    ended_at = fields.AwareDateTime(allow_none=True)
    said = fields.String()


class HookOut(ma.Schema):
    """A robot with its last messages; `signed`: it has a secret."""

    id = Id()
    name = fields.String()
    kind = one_of(KINDS)
    lang = one_of(LANGUAGES)
    unit = fields.Nested(NamedOut)
    signed = fields.Boolean()
    enabled = fields.Boolean()
    messages = fields.List(fields.Nested(HookMessageOut))


class HooksOut(ma.Schema):
    """All robots; `on`: whether the server hands anything over at all, to which origins, and when."""

    on = fields.Boolean()
    origins = fields.List(fields.String())
    digest_times = fields.List(fields.String())
    quiet_hours = fields.String()
    items = fields.List(fields.Nested(HookOut))


class TriedOut(ma.Schema):
    """What a test came to."""

    state = fields.String()
    said = fields.String()
