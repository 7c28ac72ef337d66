"""Shapes of closings: the list of closed days, and what checking one found."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Day, Id


class DayAsked(ma.Schema):
    """Which day."""

    day = Day(required=True)


class ClosingOut(ma.Schema):
    """One closed day."""

    day = fields.Date()
    upto = Id(metadata={"description": "最后一条的编号 · the number of the last event in it"})
    count = fields.Integer()
    late = fields.Integer(metadata={"description": "晚到的条数 · of an earlier day, committed late"})
    head = fields.String(metadata={"description": "SHA-256"})
    kid = fields.String()
    closed_at = fields.AwareDateTime()


class ClosingsOut(ma.Schema):
    """A page of closed days; `due` is the first day that should be closed and is not."""

    items = fields.List(fields.Nested(ClosingOut))
    next = fields.String(allow_none=True)
    due = fields.Date(allow_none=True)


class FindingOut(ma.Schema):
    """What does not agree."""

    zh = fields.String()
    en = fields.String()


class CheckedOut(ma.Schema):
    """One day, checked: nothing in `findings` where all agrees."""

    day = fields.Date()
    findings = fields.List(fields.Nested(FindingOut))
