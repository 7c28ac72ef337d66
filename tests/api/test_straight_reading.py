"""What is right is read straight, and just as marshmallow reads it; whatever is not, marshmallow reads (0059)."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import marshmallow as ma
import pytest
from marshmallow.error_store import ErrorStore

from server.api.schemas.checkins import CheckinIn
from server.api.schemas.fields import Shape
from tests.api.test_complaints import shapes

SENT: list[Any] = [
    1,
    0.5,
    -0.0,
    True,
    None,
    "",
    " 文字 ",
    "2026-03-01",
    "2026-03-01T08:00:00+08:00",
    "08:30",
    str(UUID(int=7)),
    [1],
    [{}],
    {},
]
STRAIGHT = {
    name: shape
    for name, shape in shapes().items()
    if issubclass(shape, Shape) and shape.opts.unknown == ma.RAISE
}


def bodies(shape: Shape) -> Iterator[dict[str, Any]]:
    """Nothing, something unknown, a whole body that is as right as these values make it, and it with each put wrong."""
    fields = {field.data_key or name: field for name, field in shape.load_fields.items()}
    whole = {key: sent for key, field in fields.items() if (sent := _taken(field)) is not ma.missing}
    yield from ({}, whole, whole | {"no_such_field": 1})
    for key in fields:
        yield {name: sent for name, sent in whole.items() if name != key}
        yield from (whole | {key: sent} for sent in SENT)


def _taken(field: ma.fields.Field[Any]) -> Any:
    """The first of these values that a field takes: a word of its own, where it is one of a few."""
    few = [word for check in field.validators for word in getattr(check, "choices", ())]
    for sent in (*few, *SENT):
        try:
            field.deserialize(sent)
        except ma.ValidationError:
            continue
        return sent
    return ma.missing


@pytest.mark.parametrize("name", STRAIGHT)
def test_a_shape_reads_straight_what_is_right_as_marshmallow_does_and_nothing_else(name: str) -> None:
    shape = STRAIGHT[name]()
    for sent in bodies(shape):
        faults = ErrorStore()  # type: ignore[no-untyped-call]  # marshmallow's own
        told = ma.Schema._deserialize(shape, sent, error_store=faults, unknown=ma.RAISE)
        straight = shape._straight(sent)
        if straight is None:
            assert faults.errors, sent
        else:
            assert (repr(straight), faults.errors) == (repr(told), {}), sent


def test_a_whole_check_in_is_read_straight() -> None:
    shape = CheckinIn()
    assert shape._straight(next(body for body in bodies(shape) if body)) is not None


@pytest.mark.parametrize("sent", [None, [], "text", [{}]])
def test_what_is_no_object_is_complained_of(sent: Any) -> None:
    with pytest.raises(ma.ValidationError, match="应为一个对象"):
        CheckinIn().load(sent)
