"""Shapes of boards: rules and targets in, a month's board out."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import Amount, Day, Id, Shape, Text
from server.rules.boards import LEAST_PEOPLE, MEASURES, MOST_LISTED, MOST_PEOPLE, MOST_WEIGHT, Rule


def _whole(low: int, high: int, **kwargs: Any) -> fields.Integer:
    """A whole number between two, both included."""
    allowed = validate.Range(low, high, error=f"应为 {low}–{high} / Must be {low} to {high}")
    said: dict[str, Any] = {
        "required": "必填 / Required",
        "null": "不能为空 / Must not be null",
        "invalid": "应为整数 / Must be a whole number",
        "too_large": "数字太大 / Too large",
    }
    return fields.Integer(strict=True, validate=allowed, error_messages=said, **kwargs)


WeightsIn = Shape.from_dict(
    {name: _whole(0, MOST_WEIGHT, load_default=0) for name in MEASURES}, name="WeightsIn"
)
"""What each measure weighs; one that is not named weighs nothing."""


class BoardRuleIn(Shape):
    """A rule of the boards from a month on."""

    valid_from = Day(required=True)
    weights = fields.Nested(WeightsIn, required=True)
    least_people = _whole(LEAST_PEOPLE, MOST_PEOPLE, required=True)
    listed = _whole(1, MOST_LISTED, required=True)
    reason = Text(500, least=2, required=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The rule as the service takes it."""
        rule = Rule(told.pop("weights"), told.pop("least_people"), told.pop("listed"))
        return {"rule": rule, **told}


class BoardTargetIn(Shape):
    """What a unit means to sign and to see landed in a year, in 万元, from a month of it on."""

    unit_id = Id(required=True)
    valid_from = Day(required=True)
    signed = Amount(required=True)
    landed = Amount(required=True)


class BothOut(ma.Schema):
    """Words in both languages."""

    zh = fields.String()
    en = fields.String()


class CoveredOut(ma.Schema):
    """A month, quarter or year."""

    span = fields.String()
    name = fields.String()
    first = fields.Date()
    last = fields.Date()
    words = fields.Nested(BothOut)


class BoardRuleOut(ma.Schema):
    """A rule of the boards; without an id it is the usual one."""

    id = Id(allow_none=True)
    valid_from = fields.Date(allow_none=True)
    weights = fields.Dict(keys=fields.String(), values=fields.Integer())
    least_people = fields.Integer()
    listed = fields.Integer()
    reason = fields.String()
    made_at = fields.AwareDateTime(allow_none=True)


class MeasureOut(ma.Schema):
    """A measure: its words, what it means, what it weighs."""

    name = fields.String()
    words = fields.Nested(BothOut)
    means = fields.Nested(BothOut)
    weight = fields.Integer()
    unit = fields.String()


class BoardTargetOut(ma.Schema):
    """A target of a unit for a year, in 万元."""

    id = Id()
    unit_id = Id()
    unit = fields.String()
    valid_from = fields.Date()
    signed = fields.String()
    landed = fields.String()


class BoardRulesOut(ma.Schema):
    """All rules, the newest first; the measures with their usual weights; the targets in force now."""

    items = fields.List(fields.Nested(BoardRuleOut))
    measures = fields.List(fields.Nested(MeasureOut))
    targets = fields.List(fields.Nested(BoardTargetOut))


class BoardUnitOut(ma.Schema):
    """A unit of a board: its numbers with their rows, where it stands, or why in no order."""

    unit = fields.Dict()
    numbers = fields.Dict()
    score = fields.String(allow_none=True)
    rank = fields.Integer(allow_none=True)
    listed = fields.String()
    why = fields.String()


class BoardOut(ma.Schema):
    """The board of a month; `over` once the month is."""

    period = fields.Nested(CoveredOut)
    over = fields.Boolean()
    rule = fields.Nested(BoardRuleOut)
    measures = fields.List(fields.Nested(MeasureOut))
    units = fields.List(fields.Nested(BoardUnitOut))
