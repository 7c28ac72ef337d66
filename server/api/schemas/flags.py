"""Shapes of flags: an answer, a decision and a threshold in; flags and their rules out."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import Amount, Day, Id, Shape, Switch, Text, one_of
from server.api.schemas.trips import NamedOut
from server.rules.flags import COLOURS, RULES, UNITS
from server.rules.projects import STAGES

STANDINGS = ("given", "answered", "upheld", "lifted", "ended")


class FlagAnswerIn(Shape):
    """What a unit answers to a flag."""

    text = Text(2000, least=2, required=True)
    revision = Id(allow_none=True)


class FlagDecisionIn(Shape):
    """Whether a flag is upheld, and why."""

    upheld = Switch(required=True)
    text = Text(2000, least=2, required=True)
    revision = Id(allow_none=True)


class ThresholdIn(Shape):
    """A rule's threshold from a day on, and why."""

    rule = one_of(tuple(RULES), required=True)
    value = fields.Integer(
        strict=True,
        required=True,
        validate=validate.Range(0, 1000, error="应为 0–1000 / Must be 0 to 1000"),
        error_messages={
            "required": "必填 / Required",
            "null": "不能为空 / Must not be null",
            "invalid": "应为整数 / Must be a whole number",
            "too_large": "数字太大 / Too large",
        },
    )
    valid_from = Day(required=True)
    reason = Text(200, least=2, required=True)


class FlagsAsked(Shape):
    """Which flags: those of a day, or all that wait for a decision."""

    on = Day()
    colour = one_of(COLOURS)
    answered = Switch()

    @ma.validates_schema
    def asks_one_thing(self, told: dict[str, Any], **_: Any) -> None:
        """A day, or what waits now."""
        if "on" in told and told.get("answered"):
            raise ma.ValidationError("待裁定的申诉不按日期查 / What waits has no day", "on")


class FlagShortOut(ma.Schema):
    """A flag in short, and why it was given."""

    id = Id()
    colour = one_of(COLOURS)
    rule = one_of(tuple(RULES))
    zh = fields.String()
    en = fields.String()


class FlagWordOut(ma.Schema):
    """An answer, or (with `upheld`) a decision."""

    id = Id()
    text = fields.String()
    upheld = fields.Boolean(allow_none=True)
    by = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    at = fields.AwareDateTime()


class FlagOut(FlagShortOut):
    """A flag with the numbers that made it, how it stands, and what was said of it."""

    project_id = Id()
    rule_zh = fields.String()
    rule_en = fields.String()
    threshold = fields.Integer()
    unit = one_of(UNITS)
    stage = one_of(STAGES, allow_none=True)
    half = fields.String(allow_none=True)
    planned_on = fields.Date(allow_none=True)
    actual_on = fields.Date(allow_none=True)
    days = fields.Integer(allow_none=True)
    planned = Amount(allow_none=True)
    done = Amount(allow_none=True)
    share = fields.Integer(allow_none=True)
    amount_unit = fields.String()
    since = fields.Date()
    until = fields.Date(allow_none=True)
    given_at = fields.AwareDateTime()
    lifted_at = fields.AwareDateTime(allow_none=True)
    standing = one_of(STANDINGS)
    revision = fields.Integer()
    words = fields.List(fields.Nested(FlagWordOut))


class FlagOfProjectOut(FlagOut):
    """A flag beside its project."""

    project = fields.Nested(NamedOut)
    project_unit = fields.Nested(NamedOut)


class FlagsOut(ma.Schema):
    """Flags."""

    items = fields.List(fields.Nested(FlagOfProjectOut))


class MadeByOut(ma.Schema):
    """A row that made a flag: a change of the project, by whom, when."""

    kind = fields.String()
    id = Id()
    zh = fields.String()
    en = fields.String()
    note = fields.String()
    by = fields.Nested(NamedOut)
    at = fields.AwareDateTime()


class FlagInFullOut(FlagOfProjectOut):
    """A flag with the rows that made it."""

    made_by = fields.List(fields.Nested(MadeByOut))
    may = fields.List(fields.String())


class ThresholdOut(ma.Schema):
    """A threshold that was set."""

    value = fields.Integer()
    valid_from = fields.Date()
    reason = fields.String()
    made_at = fields.AwareDateTime()
    by = fields.Nested(NamedOut)


class RuleOut(ma.Schema):
    """A rule with today's threshold and all that were set."""

    rule = one_of(tuple(RULES))
    colour = one_of(COLOURS, allow_none=True)
    unit = one_of(UNITS)
    least = fields.Integer()
    most = fields.Integer()
    value = fields.Integer()
    zh = fields.String()
    en = fields.String()
    history = fields.List(fields.Nested(ThresholdOut))


class RulesOut(ma.Schema):
    """The rules."""

    items = fields.List(fields.Nested(RuleOut))
