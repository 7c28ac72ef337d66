"""Fields every noun uses: clean text, instants, ids, positions; each complains in Chinese first, English beside."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from server.geo import measure
from server.geo.datum import Datum, convert_point

MOST_ROWS = 200
"""The longest page of a list."""

MOST_ID = 2**31 - 1
"""The largest id a column holds."""


class Shape(ma.Schema):
    """A shape that refuses fields it does not know.

    What is right is read straight, field by field; where anything is at fault, marshmallow's own reading says what
    (docs/decisions/0059: it costs more around the fields than they cost themselves).
    """

    class Meta:
        """Unknown fields are mistakes."""

        unknown = ma.RAISE

    error_messages = {
        "unknown": "不认识的字段 / Unknown field",
        "type": "应为一个对象 / Must be an object",
    }

    def _deserialize(
        self, data: Any, *, many: bool = False, partial: Any = None, unknown: Any = ma.RAISE, **how: Any
    ) -> Any:
        plain = isinstance(data, dict) and not many and partial is None and unknown == ma.RAISE
        told = self._straight(data) if plain else None
        if told is not None:
            return told
        return super()._deserialize(data, many=many, partial=partial, unknown=unknown, **how)

    def _straight(self, data: dict[str, Any]) -> dict[str, Any] | None:
        """What an object tells; None where anything in it is at fault."""
        told, sent = {}, 0
        try:
            for key, deserialize, name in self._fields_read:
                value = data.get(key, ma.missing)
                sent += value is not ma.missing
                read = deserialize(value, key, data)
                if read is not ma.missing:
                    told[name] = read
        except ma.ValidationError:
            return None
        return told if sent == len(data) else None

    @cached_property
    def _fields_read(self) -> list[tuple[str, Callable[..., Any], str]]:
        """Each field: by which key it is sent, how it is read, under which name it is told."""
        return [
            (name if field.data_key is None else field.data_key, field.deserialize, field.attribute or name)
            for name, field in self.load_fields.items()
        ]


_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""Control characters but line breaks and tabs; halves of surrogate pairs."""

_SAID = {
    "required": "必填 / Required",
    "null": "不能为空 / Must not be null",
    "validator_failed": "内容无效 / Not valid",
}


class Text(fields.String):
    """Text without control characters (but line breaks and tabs) and without broken surrogates, stripped."""

    default_error_messages = {
        **_SAID,
        "invalid": "应为文字 / Must be text",
        "invalid_utf8": "文字编码有误 / Not valid text",
        "control": "含有不可见的控制字符 / Has control characters",
        "long": "太长，最多 {most} 个字 / Too long: at most {most} characters",
        "short": "太短，至少 {least} 个字 / Too short: at least {least} characters",
        "empty": "不能为空 / Must not be empty",
    }

    def __init__(self, most: int, *, least: int = 0, **kwargs: Any) -> None:
        """At most `most` characters, at least `least`."""
        kwargs.setdefault("metadata", {})["maxLength"] = most
        if least:
            kwargs["metadata"]["minLength"] = least
        super().__init__(**kwargs)
        self.most, self.least = most, least

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if _CONTROL.search(text):
            raise self.make_error("control")
        if len(text) > self.most:
            raise self.make_error("long", most=self.most)
        if len(text) < self.least:
            raise self.make_error("short" if text else "empty", least=self.least)
        return text


class Instant(fields.AwareDateTime):
    """An instant with its offset, ISO 8601, between 2000 and 2100."""

    default_error_messages = {
        **_SAID,
        "invalid": "应为带时区的时间，如 2026-03-01T08:00:00+08:00 / Must be an instant with its offset",
        "invalid_awareness": "时间须带时区 / The instant needs its offset",
        "format": "时间写法有误 / Badly written instant",
        "range": "时间超出范围 / Out of range",
    }

    def __init__(self, **kwargs: Any) -> None:
        """ISO 8601 only."""
        super().__init__(format="iso", **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            instant: datetime = super()._deserialize(value, attr, data, **kwargs)
        except OverflowError as error:
            raise self.make_error("range") from error
        if not 2000 < instant.year < 2100:
            raise self.make_error("range")
        return instant


class Day(fields.Date):
    """A calendar day, ISO 8601, from 1900 to 2199."""

    default_error_messages = {
        **_SAID,
        "invalid": "应为日期，如 2026-03-01 / Must be a date",
        "format": "日期写法有误 / Bad date",
        "range": "日期超出范围 / Out of range",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        day: date = super()._deserialize(value, attr, data, **kwargs)
        if not 1900 <= day.year < 2200:
            raise self.make_error("range")
        return day


class Hour(fields.Time):
    """An hour and minute of a day, such as `08:30`, by the Shanghai clock."""

    default_error_messages = {
        **_SAID,
        "invalid": "应为时刻，如 08:30 / Must be a time of day",
        "format": "时刻写法有误 / Badly written time of day",
        "zone": "时刻不带时区 / A time of day has no offset",
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> time:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        hour: time = super()._deserialize(value, attr, data, **kwargs)
        if hour.tzinfo is not None:
            raise self.make_error("zone")
        return hour.replace(second=0, microsecond=0)


class Number(fields.Float):
    """A finite number within bounds; never NaN, never infinite, never a boolean, and a text only in an address."""

    default_error_messages = {
        **_SAID,
        "invalid": "应为数字 / Must be a number",
        "too_large": "数字太大 / Too large",
        "special": "应为有限的数字 / Must be finite",
        "range": "应在 {low} 到 {high} 之间 / Must be between {low} and {high}",
    }

    def __init__(self, low: float, high: float, *, in_address: bool = False, **kwargs: Any) -> None:
        """Between `low` and `high`, both included. What stands in an address is text."""
        kwargs.setdefault("metadata", {}).update(minimum=low, maximum=high)
        super().__init__(**kwargs)
        self.low, self.high, self.in_address = low, high, in_address

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if type(value) in (float, int) and self.low <= value <= self.high:
            return float(value) or 0.0
        if isinstance(value, bool) or (isinstance(value, str) and not self.in_address):
            raise self.make_error("invalid")
        try:
            number = float(super()._deserialize(value, attr, data, **kwargs) or 0.0)
        except OverflowError as error:
            raise self.make_error("too_large") from error
        if not self.low <= number <= self.high:
            raise self.make_error("range", low=self.low, high=self.high)
        return number


class Id(fields.Integer):
    """An id: a whole number from 1; in an address it is written in digits."""

    default_error_messages = {
        **_SAID,
        "invalid": "应为编号 / Must be an id",
        "too_large": "编号太大 / Too large",
    }

    def __init__(self, **kwargs: Any) -> None:
        """Strict: 1.0 is not an id."""
        kwargs["validate"] = validate.Range(1, MOST_ID, error="应为编号 / Must be an id")
        super().__init__(strict=True, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if type(value) is int and 1 <= value <= MOST_ID:
            return value
        if isinstance(value, bool):
            raise self.make_error("invalid")
        in_digits = (
            isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(MOST_ID))
        )
        number: int = super()._deserialize(int(value) if in_digits else value, attr, data, **kwargs)
        return number


class Uuid(fields.UUID):
    """A UUID, as text."""

    default_error_messages = {**_SAID, "invalid_uuid": "应为 UUID / Must be a UUID"}


class Switch(fields.Boolean):
    """True or false."""

    truthy = frozenset({True, "1", "true"})  # type: ignore[assignment]  # narrower than marshmallow's own
    falsy = frozenset({False, "0", "false"})  # type: ignore[assignment]  # the same
    default_error_messages = {**_SAID, "invalid": "应为是或否 / Must be true or false"}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool | str):
            raise self.make_error("invalid")
        return bool(super()._deserialize(value, attr, data, **kwargs))


class Amount(fields.Decimal):
    """An exact amount, written as text, not negative, four decimals and 15 digits at most.

    As many as each of the databases keeps exactly.
    """

    default_error_messages = {
        **_SAID,
        "invalid": "应为金额 / Must be an amount",
        "special": "应为有限的金额 / Must be finite",
        "range": "金额超出范围（最多 15 位数字、四位小数） / Out of range (15 digits, four decimals at most)",
    }

    def __init__(self, **kwargs: Any) -> None:
        """As text on the way out."""
        super().__init__(as_string=True, allow_nan=False, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if isinstance(value, bool):
            raise self.make_error("invalid")
        amount = super()._deserialize(value, attr, data, **kwargs)
        if not 0 <= amount < 10**12:
            raise self.make_error("range")
        plain = amount.normalize() if amount else Decimal(0)
        _, digits, exponent = plain.as_tuple()
        if plain != amount or len(digits) > 15 or not isinstance(exponent, int) or exponent < -4:
            raise self.make_error("range")
        return plain


def one_of(words: tuple[str, ...], **kwargs: Any) -> fields.String:
    """A word out of a fixed few."""
    listed = " | ".join(words)
    return fields.String(
        validate=validate.OneOf(words, error=f"应为以下之一：{listed} / Must be one of: {listed}"),
        error_messages={**_SAID, "invalid": "应为文字 / Must be text"},
        **kwargs,
    )


def at_most(most: int) -> validate.Length:
    """A list is no longer than this."""
    return validate.Length(max=most, error=f"最多 {most} 项 / At most {most}")


def limit(**kwargs: Any) -> fields.Integer:
    """How many rows of a list at the most."""
    allowed = validate.Range(1, MOST_ROWS, error=f"应为 1–{MOST_ROWS} / Must be 1 to {MOST_ROWS}")
    return fields.Integer(validate=allowed, **kwargs)


def whole(low: int, high: int, **kwargs: Any) -> fields.Integer:
    """A whole number between two, both included."""
    allowed = validate.Range(low, high, error=f"应在 {low} 到 {high} 之间 / Must be between {low} and {high}")
    messages: Any = {
        **_SAID,
        "invalid": "应为整数 / Must be a whole number",
        "too_large": "数字太大 / Too large",
    }
    return fields.Integer(strict=True, validate=allowed, error_messages=messages, **kwargs)


def lng(**kwargs: Any) -> Number:
    """A longitude in degrees."""
    return Number(-180.0, 180.0, **kwargs)


def lat(**kwargs: Any) -> Number:
    """A latitude in degrees."""
    return Number(-90.0, 90.0, **kwargs)


def ensure_on_the_globe(told: dict[str, Any]) -> None:
    """Complain of a `lng` and `lat` that lie beyond the edge of the globe once their `datum` is taken off."""
    if told.get("lng") is None or told.get("lat") is None:
        return
    lng, lat = convert_point(
        lng=told["lng"], lat=told["lat"], source=Datum(told["datum"]), target=Datum.WGS84
    )
    if not measure.valid_position(lng=lng, lat=lat):
        raise ma.ValidationError("位置不在地球上 / Not a position on the globe", "lat")


def datum(**kwargs: Any) -> fields.String:
    """The datum coordinates come in."""
    return one_of(tuple(item.value for item in Datum), **kwargs)
