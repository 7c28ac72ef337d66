"""Server-Sent Events: messages as bytes. Source: HTML Living Standard, 9.2."""

from collections.abc import Sequence
from typing import Any

import orjson

HEADERS = {
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",
}
"""What keeps caches and proxies from holding messages back."""

RETRY_MS = 3000
"""After how many milliseconds a browser connects again."""


def message(event: str, data: Any) -> bytes:
    """A message without its id: instants end in Z, Decimals are texts. One line of data, whatever is in it."""
    return b"event: " + event.encode() + b"\ndata: " + data_of(data) + b"\n"


def data_of(told: Any) -> bytes:
    """Data as a message carries it, or as a piece of a larger one: JSON in one line."""
    return orjson.dumps(told, default=str, option=orjson.OPT_UTC_Z)


def numbered(messages: Sequence[bytes], number: int) -> bytes:
    """The messages of one event, ready to send. Only the last bears the id: a reader cut off between them gets
    them all again.
    """
    *first, last = messages
    return b"".join(each + b"\n" for each in first) + last + b"id: %d\n\n" % number


def opening(number: int | None) -> bytes:
    """The first bytes: when to come back, and where the reader stands (None: not known yet)."""
    return b"retry: %d\n" % RETRY_MS + at(number)


def beat(number: int | None) -> bytes:
    """A heartbeat: a comment that keeps the line open, and where the reader stands."""
    return b": .\n" + at(number)


def at(number: int | None) -> bytes:
    """Where the reader stands: an id without data moves `Last-Event-ID` and wakes nobody."""
    return b"\n" if number is None else b"id: %d\n\n" % number
