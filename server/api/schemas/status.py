"""Shapes of how the installation stands."""

import marshmallow as ma
from marshmallow import fields

from server.rules.status import GOOD, WATCH, WRONG


class ItemOut(ma.Schema):
    """One thing, how it stands, and what to do."""

    name = fields.String()
    state = fields.String(metadata={"enum": [GOOD, WATCH, WRONG]})
    zh = fields.String()
    en = fields.String()
    do_zh = fields.String()
    do_en = fields.String()


class SetAsideOut(ma.Schema):
    """How many positions were set aside today for one reason."""

    reason = fields.String()
    zh = fields.String()
    en = fields.String()
    count = fields.Integer()


class StatusOut(ma.Schema):
    """Everything, in the order of the page."""

    items = fields.List(fields.Nested(ItemOut))
    migration = fields.String()
    set_aside = fields.List(fields.Nested(SetAsideOut))
    at = fields.AwareDateTime()
