"""Closings 每日存证: a closed day of the record, counted, hashed and chained to the day before, and then signed.

Nothing here is personal: an event holds ids and plain facts, so whatever is erased elsewhere leaves every hash as it
is. Not to be taken for `seals`, which keep secrets closed in the database.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any, Final

import orjson

FIRST: Final = ""
"""What the first closing follows."""

GRACE: Final = timedelta(hours=1)
"""So long after a day's end it is closed: what was under way at midnight has mostly been committed by then."""


@dataclass(frozen=True, slots=True)
class Closing:
    """A closed day: the events numbered above `after` up to and including `upto`.

    `count` of them, `late` of which happened on an earlier day and were committed after that was closed; `digest`
    over all of them in the order of their numbers; `before` is the head of the day before.
    """

    day: date
    after: int
    upto: int
    count: int
    late: int
    digest: str
    before: str

    @property
    def statement(self) -> bytes:
        """What is signed: everything above as JSON, its keys in order."""
        return orjson.dumps({"guatu": "closing"} | asdict(self), option=orjson.OPT_SORT_KEYS)

    @property
    def head(self) -> str:
        """The hash of the statement, which the next day's closing holds: SHA-256 in hexadecimal."""
        return hashlib.sha256(self.statement).hexdigest()


@dataclass(frozen=True, slots=True)
class Signed:
    """A closing with its signature (Ed25519, base64) and the name of the key it was made with."""

    closing: Closing
    kid: str
    signature: str


@dataclass(frozen=True, slots=True)
class Measured:
    """The events of a closing as they are found: how many, how many late, and their digest."""

    count: int
    late: int
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not agree on a day, in a sentence of each language."""

    day: date
    zh: str
    en: str


class Tally:
    """Counts and hashes events one after the other, in the order of their numbers."""

    def __init__(self) -> None:
        """Nothing yet."""
        self._hash = hashlib.sha256()
        self._count = 0
        self._late = 0

    def add(self, row: Sequence[Any], *, late: bool) -> None:
        """Take in one event; every column of it counts. A line each, which JSON never breaks."""
        self._hash.update(orjson.dumps(list(row), option=orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z) + b"\n")
        self._count += 1
        self._late += late

    @property
    def measured(self) -> Measured:
        """What was taken in so far."""
        return Measured(self._count, self._late, self._hash.hexdigest())


def compare(
    signed: Signed, before: Closing | None, seen: Measured, *, holds: bool | None, kept: Signed | None
) -> Iterator[Finding]:
    """What does not agree about one closing, beginning with the events themselves.

    `holds` is whether the signature is that of its key, None where the key is not known; `kept` is the same day as it
    was taken out of the database, where it was.
    """
    told = signed.closing
    yield from _rows(told, seen)
    if holds is not True:
        yield _signature(told.day, signed.kid, known=holds is not None)
    if not _follows(told, before):
        yield Finding(told.day, "与前一天的存证接不上。", "It does not follow the closing of the day before.")
    if kept is not None and (kept.closing, kept.signature) != (told, signed.signature):
        yield Finding(
            told.day, "与库外保存的存证不同。", "It is not the closing that was taken out of the database."
        )


def cut_off(day: date) -> Finding:
    """A day that was taken out of the database and is in it no more."""
    return Finding(
        day,
        "库外保存有这一天的存证，库中却没有：记录被截断，或恢复了较早的备份。",
        "Its closing was taken out of the database and is in it no more: the record was cut off, or an older backup"
        " was restored.",
    )


def _rows(told: Closing, seen: Measured) -> Iterator[Finding]:
    """What became of the events."""
    if told.count != seen.count:
        yield Finding(
            told.day,
            f"存证时有 {told.count} 条记录，现有 {seen.count} 条：{_by(told, seen, '缺少', '多出')}。",
            f"Events closed: {told.count}, there now: {seen.count}, {_by(told, seen, 'missing', 'added')}.",
        )
    elif told.digest != seen.digest:
        yield Finding(
            told.day,
            f"{told.count} 条记录的条数相符，内容被改动。",
            f"Events are there as closed ({told.count}), but what they say was changed.",
        )


def _by(told: Closing, seen: Measured, fewer: str, more: str) -> str:
    """How many too few or too many."""
    return f"{fewer if seen.count < told.count else more} {abs(seen.count - told.count)}"


def _signature(day: date, kid: str, *, known: bool) -> Finding:
    """A signature that says nothing."""
    if known:
        return Finding(
            day,
            "签名不符：存证本身被改写，改写的人没有密钥。",
            "The signature does not hold: the closing itself was rewritten by somebody without the key.",
        )
    return Finding(
        day, f"签名密钥 {kid} 不在可信之列。", f"The key {kid} that signed it is not a trusted one."
    )


def _follows(told: Closing, before: Closing | None) -> bool:
    """Whether a closing goes on where the one before it ended."""
    if before is None:
        return (told.after, told.before) == (0, FIRST)
    next_day = before.day + timedelta(days=1)
    return (told.day, told.after, told.before) == (next_day, before.upto, before.head)
