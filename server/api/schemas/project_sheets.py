"""Shapes of sheets of projects: the spreadsheet that comes in, and what would become, or became, of each row."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields

from server.api.schemas.fields import Shape, Switch, one_of
from server.rules import amounts, sheets


class SheetIn(Shape):
    """Whether to take the sheet in for good, and the unit of amounts that do not say theirs."""

    keep = Switch(load_default=False)
    amount_unit = one_of(amounts.UNITS, load_default="万元")
    csrf_token = fields.String(load_only=True, metadata={"description": "网页表单自带 · sent by pages"})

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """Without what the gate has read."""
        told.pop("csrf_token", None)
        return told


class SheetFile(Shape):
    """The spreadsheet: .xlsx, or .csv in UTF-8 or GBK."""

    file = Upload(required=True, error_messages={"required": "请选择文件 / Choose a file"})


class SheetRowOut(ma.Schema):
    """What becomes of one row."""

    row = fields.Integer()
    name = fields.String()
    outcome = one_of(tuple(sheets.OUTCOMES))
    zh = fields.String()
    en = fields.String()


class SheetOut(ma.Schema):
    """What a sheet would do, or did: nothing is done where any row is refused. `unread` are heads nobody knows."""

    done = fields.Boolean()
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())
    rows = fields.List(fields.Nested(SheetRowOut))
    unread = fields.List(fields.String())
