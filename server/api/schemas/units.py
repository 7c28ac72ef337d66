"""Shapes of units."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import Id, Shape, Switch, Text, one_of
from server.models.units import KINDS
from server.services.units import NewUnit

_position = validate.Range(0, 9999, error="应在 0 到 9999 之间 / Must be between 0 and 9999")


class UnitsAsked(ma.Schema):
    """Whether to show the retired ones too."""

    retired = Switch()


class UnitIn(Shape):
    """A unit to be made below another."""

    parent_id = Id(required=True)
    code = Text(64, least=1, required=True)
    name = Text(120, least=1, required=True)
    kind = one_of(KINDS, required=True)
    position = fields.Integer(strict=True, load_default=0, validate=_position)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> NewUnit:
        """The unit as the service takes it."""
        return NewUnit(**told)


class UnitChanges(Shape):
    """What is to change; what is not named stays."""

    parent_id = Id()
    code = Text(64, least=1)
    name = Text(120, least=1)
    kind = one_of(KINDS)
    position = fields.Integer(strict=True, validate=_position)
    retired = Switch()


class UnitTreeOut(ma.Schema):
    """A unit in its tree."""

    id = Id()
    parent_id = Id(allow_none=True)
    code = fields.String()
    name = fields.String()
    kind = one_of(KINDS)
    path = fields.String()
    depth = fields.Integer()
    position = fields.Integer()
    retired_at = fields.AwareDateTime(allow_none=True)


class UnitsOut(ma.Schema):
    """The tree, each unit before those below it."""

    items = fields.List(fields.Nested(UnitTreeOut))
