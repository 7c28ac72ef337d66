"""Keyset paging: an opaque cursor that says after which row to go on."""

import base64
from datetime import datetime
from typing import Any

import orjson

from server.errors import BadInput


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
    except (ValueError, TypeError) as error:
        fields = {"cursor": [{"zh": "翻页标记无效", "en": "This is not a cursor of this list"}]}
        raise BadInput(fields=fields) from error


def instant(text: str) -> datetime:
    """An aware instant out of a cursor."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("an instant without its zone")
    return moment
