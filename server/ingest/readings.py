"""One value as a phone writes it → a number, an instant, a truth, a remark. Pure, and strict about what is none.

The same value comes as a JSON number from one app and as text from another, so everything here takes both. What was
left out (absent, null, empty) is not a failure; what is there and means nothing raises `NotRead`.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final


class NotRead(Exception):
    """A value is there but is not what it should be; nothing of it is kept, for it may be a position."""


Unit = tuple[str, float]
"""A column of `Fix`, and how many of the phone's units make one of ours."""

KNOTS_PER_MPS: Final = 3600.0 / 1852.0
KMH_PER_MPS: Final = 3.6
PERCENT: Final = 100.0

_NUMBERS: Final = (float, int)
_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_DAY: Final = re.compile(r"\s*[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}")
_LOST_PLUS: Final = re.compile(r"(:[0-9]{2}(?:[.,][0-9]+)?) ([0-9]{2}:?[0-9]{2})$")
_TRUTHS: Final = {"true": 1, "1": 1, "false": 0, "0": 0}
_REMARK_CHARS: Final = 200
_KEY: Final = re.compile(r"[A-Za-z0-9_.-]{1,32}")
_KEYS: Final = 32
OTHER_KEYS: Final = "…"


def number(value: object) -> float:
    """A number; NaN when there is none, infinity when it is too large for one. Raises `NotRead` for words, a decimal
    comma, true and false.
    """
    if isinstance(value, bool):
        raise NotRead
    if isinstance(value, _NUMBERS):
        return float(value)
    if value is None or value == "":
        return math.nan
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    raise NotRead


def instant_s(value: object, *, millis_from: float = math.inf) -> float:
    """Epoch seconds from a number or from ISO 8601 (without a zone it is UTC); NaN when there is none.

    A number from `millis_from` on counts milliseconds. Raises `NotRead`.
    """
    if isinstance(value, str) and _DAY.match(value):
        return _from_iso(value)
    count = number(value)
    return count / 1000.0 if count >= millis_from else count


def _from_iso(text: str) -> float:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        instant = _mended(text)
    return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).timestamp()


def _mended(text: str) -> datetime:
    """Small letters are read too, and a plus sign that nobody escaped: in a query it arrives as a space."""
    try:
        return datetime.fromisoformat(_LOST_PLUS.sub(r"\1+\2", text.strip().upper()))
    except ValueError:
        raise NotRead from None


def truth(value: object) -> int:
    """1 for true, 0 for false, −1 for anything else and for nothing; `"1"` and `"0"` count."""
    return _TRUTHS.get(str(value).lower(), -1) if isinstance(value, str | int) else -1


def measured(
    message: Mapping[str, object], units: Mapping[str, Unit], unknown: Counter[str]
) -> dict[str, float]:
    """The optional numbers of a message in our units, by column. A value that is none counts its key as unknown."""
    found: dict[str, float] = {}
    for key, (column, per) in units.items():
        try:
            value = number(message.get(key))
        except NotRead:
            unknown[key] += 1
            continue
        if not math.isnan(value):
            found[column] = value / per
    return found


def tally(keys: Iterable[str], known: frozenset[str], unknown: Counter[str]) -> None:
    """Count the keys that are not `known`. What does not look like a key, and what comes after the 32nd, counts as
    `…`: a count must not become a place to write things.
    """
    for key in keys:
        if key not in known:
            room = len(unknown) < _KEYS or key in unknown
            unknown[key if room and _KEY.fullmatch(key) else OTHER_KEYS] += 1


def remarks(**said: object) -> str | None:
    """A note made of words and what was said to each, as in `poi: 茶厂; tag: 招商`; True says the word alone."""
    parts = [_remark(word, value) for word, value in said.items()]
    return "; ".join(part for part in parts if part) or None


def _remark(word: str, value: object) -> str:
    if value is True:
        return word
    text = remark(value)
    return f"{word}: {text}" if text else ""


def remark(value: object) -> str | None:
    """Text as it may be stored and shown: printable, at most 200 characters; None when nothing is left of it."""
    if not isinstance(value, str):
        return None
    start = value[: 2 * _REMARK_CHARS]
    return "".join(each for each in start if each.isprintable()).strip()[:_REMARK_CHARS] or None
