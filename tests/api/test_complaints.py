"""What is said of a field that is not right: in Chinese and in English, whatever was sent, whichever the field."""

import importlib
import pkgutil
import re
from typing import Any

import marshmallow as ma
import pytest

from server.api import schemas
from server.api.doors import flat

HAN = re.compile(r"[\u4e00-\u9fff]")
LATIN = re.compile(r"[A-Z]")
BAD: list[Any] = [
    None,
    "",
    "x",
    "\x00",
    -1,
    1.5,
    1e300,
    True,
    [],
    [None],
    [{}],
    ["x"],
    [1] * 999,
    {},
    {"x": 1},
    "9" * 3000,
]


def shapes() -> dict[str, type[ma.Schema]]:
    """Every shape that something sent is read with, by name."""
    found: dict[str, type[ma.Schema]] = {}
    for module in pkgutil.iter_modules(schemas.__path__):
        members = vars(importlib.import_module(f"{schemas.__name__}.{module.name}"))
        found |= {name: each for name, each in members.items() if _is_read(name, each)}
    return found


def _is_read(name: str, each: Any) -> bool:
    if not isinstance(each, type) or not issubclass(each, ma.Schema):
        return False
    return name != "Shape" and not name.endswith("Out")


def complaints(shape: ma.Schema) -> list[tuple[str, str]]:
    """All there is to say of a shape's fields, each `(zh, en)`."""
    names = [field.data_key or name for name, field in shape.load_fields.items()]
    tries: list[Any] = [{}, {"no_such_field": 1}, *({name: bad} for name in names for bad in BAD)]
    said = set()
    for told in tries:
        for sentences in flat(shape.validate(told)).values():
            said |= {(sentence["zh"], sentence["en"]) for sentence in sentences}
    return sorted(said)


@pytest.mark.parametrize("name", sorted(shapes()))
def test_each_complaint_is_in_chinese_and_in_english(name: str) -> None:
    said = complaints(shapes()[name]())
    assert [each for each in said if not HAN.search(each[0]) or not LATIN.match(each[1])] == []
