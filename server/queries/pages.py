"""Keyset paging: an opaque cursor that says after which row to go on."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import orjson

from server.errors import BadInput

MOST_ID, MOST_NUMBER = 2**31 - 1, 2**63 - 1
"""The largest id of a row, and the largest number of an event, that a column holds."""


def cursor_of(*keys: Any) -> str:
    """The cursor that goes on after the row with these sort keys (instants, numbers, texts)."""
    return base64.urlsafe_b64encode(orjson.dumps(list(keys), default=str)).decode().rstrip("=")


def keys_of(cursor: str, *readers: Any) -> tuple[Any, ...]:
    """The sort keys in a cursor, each through its reader; `BadInput` for one that we did not make."""
    try:
        told = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if not isinstance(told, list) or len(told) != len(readers):
            raise ValueError("another page's cursor")
        return tuple(reader(key) for reader, key in zip(readers, told, strict=True))
    except (ValueError, TypeError, OverflowError) as error:
        fields = {"cursor": [{"zh": "翻页标记无效", "en": "This is not a cursor of this list"}]}
        raise BadInput(fields=fields) from error


def instant(key: Any) -> datetime:
    """An aware instant out of a cursor."""
    moment = datetime.fromisoformat(key)
    if moment.tzinfo is None:
        raise ValueError("an instant without its zone")
    return moment.astimezone(UTC)


def day(key: Any) -> date:
    """A day out of a cursor."""
    return date.fromisoformat(key)


def row_id(key: Any) -> int:
    """The id of a row out of a cursor."""
    return _whole(key, MOST_ID)


def number(key: Any) -> int:
    """The number of an event out of a cursor."""
    return _whole(key, MOST_NUMBER)


def uuid(key: Any) -> UUID:
    """A UUID out of a cursor."""
    return UUID(_text(key))


def text(key: Any) -> str:
    """A text out of a cursor; one that no database could hold is none."""
    if "\x00" in _text(key):
        raise ValueError("no text that was ever kept")
    return _text(key)


def one_of(*known: str) -> Callable[[Any], str]:
    """A reader of one of these words."""

    def read(key: Any) -> str:
        if key not in known:
            raise ValueError("another word")
        return _text(key)

    return read


def path(key: Any) -> str:
    """The path of a unit out of a cursor."""
    if not re.fullmatch(r"/[0-9/]*", _text(key)):
        raise ValueError("no path of a unit")
    return _text(key)


def _whole(key: Any, most: int) -> int:
    """A whole number that a column holds."""
    if not isinstance(key, int) or isinstance(key, bool) or not 0 <= key <= most:
        raise ValueError("no number of a row")
    return key


def _text(key: Any) -> str:
    """A text."""
    if not isinstance(key, str):
        raise TypeError("no text")
    return key
