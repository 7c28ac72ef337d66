"""Shapes of matters: a complaint, a suggestion or an answer in, the matter out."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Shape, Text, one_of
from server.api.schemas.looks import PageAsked
from server.api.schemas.trips import NamedOut
from server.models.matters import KINDS


class MatterIn(Shape):
    """What somebody complains of or suggests, and the page they said it on."""

    kind = one_of(KINDS, required=True)
    text = Text(4000, least=2, required=True)
    page = Text(200, load_default="")


class MatterAnswerIn(Shape):
    """What is answered."""

    text = Text(4000, least=2, required=True)


class MatterAnswerOut(ma.Schema):
    """One answer."""

    by = fields.Nested(NamedOut)
    text = fields.String()
    at = fields.AwareDateTime()


class MatterOut(ma.Schema):
    """A matter."""

    id = Id()
    kind = one_of(KINDS)
    text = fields.String()
    page = fields.String()
    by = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    state = fields.String()
    reported_at = fields.AwareDateTime()
    answers = fields.List(fields.Nested(MatterAnswerOut))


class MattersOut(ma.Schema):
    """A page of matters."""

    items = fields.List(fields.Nested(MatterOut))
    next = fields.String(allow_none=True)


class MattersAsked(PageAsked):
    """Which matters."""

    kind = one_of(KINDS)
