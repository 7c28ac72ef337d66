"""Shapes of views: filters as they stand in the address, the columns, a name."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Shape, Text, at_most, one_of
from server.api.schemas.log import LogTold
from server.rules.log import COLUMNS


class ColumnsIn(Shape):
    """The columns to show, each once; none for the usual ones."""

    columns = fields.List(
        one_of(COLUMNS),
        required=True,
        validate=at_most(len(COLUMNS)),
        error_messages={
            "required": "必填 / Required",
            "null": "不能为空 / Must not be null",
            "invalid": "应为列表 / Must be a list",
        },
    )

    @ma.validates_schema
    def each_once(self, told: dict[str, Any], **_: Any) -> None:
        """A column stands in one place."""
        if len(set(told["columns"])) < len(told["columns"]):
            raise ma.ValidationError("栏目重复 / A column is named twice", "columns")


class FiltersIn(LogTold):
    """The filters and the order, told as in an address; kept as they were told."""

    class Meta:
        """What the log does not know is a mistake."""

        unknown = ma.RAISE

    error_messages = Shape.error_messages

    @ma.post_load(pass_original=True)
    def as_told(self, told: dict[str, Any], original: dict[str, Any], **_: Any) -> dict[str, str]:
        """What was told, as text; what says nothing is left out."""
        return {name: str(value) for name, value in original.items() if value not in ("", None)}


class ViewIn(ColumnsIn):
    """A view to keep."""

    name = Text(40, least=1, required=True)
    filters = fields.Nested(
        FiltersIn,
        required=True,
        error_messages={"required": "必填 / Required", "null": "不能为空 / Must not be null"},
    )


class ColumnsOut(ma.Schema):
    """The columns that are kept."""

    columns = fields.List(fields.String())


class ViewOut(ma.Schema):
    """A view."""

    id = fields.UUID()
    name = fields.String()
    filters = fields.Dict()
    columns = fields.List(fields.String())
    mine = fields.Boolean()
    saved_at = fields.AwareDateTime()


class ViewsOut(ColumnsOut):
    """One's own views, and the columns one chose."""

    items = fields.List(fields.Nested(ViewOut))
