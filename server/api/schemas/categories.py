"""Shapes of the categories of matters."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import Id, Shape, Switch, Text, one_of
from server.rules.matters import TO_SOLVE
from server.rules.working_calendar import MOST, UNITS, Term
from server.services.categories import CategoryTold

_amount = validate.Range(
    1, max(MOST.values()), error=f"应为 1–{max(MOST.values())} / Must be 1 to {max(MOST.values())}"
)
_position = validate.Range(0, 9999, error="应在 0 到 9999 之间 / Must be between 0 and 9999")


class TermIn(Shape):
    """So many of a unit."""

    amount = fields.Integer(strict=True, required=True, validate=_amount)
    unit = one_of(UNITS, required=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Term:
        """The term."""
        return Term(**told)


class CategoryIn(Shape):
    """A category as an administrator tells it."""

    name = Text(60, least=1, required=True)
    parent_id = Id(allow_none=True)
    position = fields.Integer(strict=True, load_default=0, validate=_position)
    answer = fields.Nested(TermIn, required=True)
    solve = fields.Nested(TermIn, required=True)
    escalate = fields.Nested(TermIn, allow_none=True)
    planned = Switch(load_default=False)
    kind = one_of(TO_SOLVE, allow_none=True)
    retired = Switch(load_default=False)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> CategoryTold:
        """The category as the service takes it."""
        return CategoryTold(**told)


class TermOut(ma.Schema):
    """So many of a unit."""

    amount = fields.Integer()
    unit = one_of(UNITS)


class CategoryOut(ma.Schema):
    """A category with its terms."""

    id = Id()
    parent_id = Id(allow_none=True)
    name = fields.String()
    position = fields.Integer()
    planned = fields.Boolean()
    kind = fields.String(allow_none=True)
    retired = fields.Boolean()
    answer = fields.Nested(TermOut)
    solve = fields.Nested(TermOut)
    escalate = fields.Nested(TermOut, allow_none=True)


class CategoriesOut(ma.Schema):
    """All categories."""

    items = fields.List(fields.Nested(CategoryOut))


class CategoriesAsked(ma.Schema):
    """Whether to show those no longer used."""

    retired = Switch()
