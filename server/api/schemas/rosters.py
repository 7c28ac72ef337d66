"""Shapes of rosters: the spreadsheet that comes in, and what would become, or became, of each row."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields

from server.api.schemas.fields import Shape, Switch, one_of
from server.rules.rosters import OUTCOMES


class RosterIn(Shape):
    """Whether to take the roster in for good; otherwise it is only gone through."""

    keep = Switch(load_default=False)
    csrf_token = fields.String(load_only=True, metadata={"description": "网页表单自带 · sent by pages"})

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Without what the gate has read."""
        told.pop("csrf_token", None)
        return told


class RosterFile(Shape):
    """The spreadsheet: .xlsx, or .csv in UTF-8 or GBK."""

    file = Upload(required=True, error_messages={"required": "请选择文件 / Choose a file"})


class RowOut(ma.Schema):
    """What becomes of one row; the first password of a new account, once."""

    row = fields.Integer()
    username = fields.String()
    name = fields.String()
    unit = fields.String()
    outcome = one_of(tuple(OUTCOMES))
    zh = fields.String()
    en = fields.String()
    password = fields.String(allow_none=True)


class RosterOut(ma.Schema):
    """What a roster would do, or did: nothing is done where any row is refused."""

    done = fields.Boolean()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    rows = fields.List(fields.Nested(RowOut))
