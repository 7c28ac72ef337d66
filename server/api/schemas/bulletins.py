"""Shapes of bulletins: what is asked for, words and steps in, the bulletin out."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.boards import CoveredOut
from server.api.schemas.fields import Id, Shape, Text, one_of
from server.api.schemas.looks import PageAsked
from server.rules.bulletins import KINDS, STATES


class BulletinIn(Shape):
    """Of what and which period the server shall draft one; a correction says why."""

    kind = one_of(KINDS, required=True)
    period = Text(8, least=4, required=True)
    reason = Text(500)


class BulletinWordsIn(Shape):
    """The words of a draft."""

    title = Text(120, least=2)
    number = Text(60)
    opening = Text(4000)
    note = Text(4000)
    revision = Id(allow_none=True)


class BulletinStepIn(Shape):
    """A step on a bulletin: the revision its reader last read, and why where that is asked."""

    revision = Id(allow_none=True)
    note = Text(500)


class BulletinsAsked(PageAsked):
    """Which bulletins."""

    kind = one_of(KINDS)


class OtherBulletinOut(ma.Schema):
    """Another bulletin by its number."""

    id = Id()
    number = fields.String()


class BulletinOut(ma.Schema):
    """A bulletin as a list tells it."""

    id = Id()
    kind = one_of(KINDS)
    period = fields.Nested(CoveredOut)
    edition = fields.Integer()
    state = one_of(STATES)
    revision = fields.Integer()
    title = fields.String()
    number = fields.String()
    published_at = fields.AwareDateTime(allow_none=True)
    corrects = fields.Nested(OtherBulletinOut, allow_none=True)
    corrected_by = fields.Nested(OtherBulletinOut, allow_none=True)


class BulletinInFullOut(BulletinOut):
    """A bulletin whole. `seal` is the SHA-256 of what it says, `whole` whether it still says that; `may` are steps."""

    opening = fields.String()
    note = fields.String()
    reason = fields.String()
    data = fields.Dict()
    returned_because = fields.String()
    drawn_at = fields.AwareDateTime()
    seal = fields.String(allow_none=True)
    whole = fields.Boolean(allow_none=True)
    county = fields.String()
    may = fields.List(fields.String())


class BulletinsOut(ma.Schema):
    """A page of bulletins."""

    items = fields.List(fields.Nested(BulletinOut))
    next = fields.String(allow_none=True)
