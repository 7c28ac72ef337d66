"""Shapes of notices."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Shape, Switch
from server.api.schemas.looks import PageAsked
from server.rules.notice_kinds import KINDS

NOUNS = tuple(sorted({kind.about for kind in KINDS.values()}))


class NoticesAsked(PageAsked):
    """A page of notices; `unread` alone where asked."""

    unread = Switch(load_default=False)


class ReadUptoIn(Shape):
    """The newest notice that was seen: all up to it were read."""

    upto = Id(required=True)


class WordsOut(ma.Schema):
    """A sentence in both languages."""

    zh = fields.String()
    en = fields.String()


class AboutOut(ma.Schema):
    """What a notice leads to."""

    noun = fields.String(metadata={"enum": list(NOUNS)})
    id = fields.String()
    trip_id = Id(allow_none=True)


class NoticeOut(ma.Schema):
    """One notice; `at` is when it was told, which is never at night unless it is urgent."""

    id = Id()
    kind = fields.String(metadata={"enum": sorted(KINDS)})
    at = fields.AwareDateTime()
    words = fields.Nested(WordsOut)
    about = fields.Nested(AboutOut)
    urgent = fields.Boolean()
    read = fields.Boolean()


class NoticesOut(ma.Schema):
    """A page of notices."""

    items = fields.List(fields.Nested(NoticeOut))
    next = fields.String(allow_none=True)


class UnreadOut(ma.Schema):
    """How many were not read, how many of them are urgent, and the newest of all."""

    unread = fields.Integer()
    urgent = fields.Integer()
    newest = fields.Integer()
