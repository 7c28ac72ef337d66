"""The server's own batch of fixes: JSON, row by row or column by column, packed or not → fixes in columns.

`{"sent_at": …, "datum": "WGS-84", "items": [{"lng": …, "lat": …, "fixed_at": …, "accuracy_m": …}, …]}` or the same
with `"columns": {"lng": […], "lat": […], "fixed_at": […], …}`. The other keys are `altitude_m`, `speed_mps`,
`heading_deg`, `battery` (0..1), `charging`, `mock` and `note`. Times are epoch seconds or ISO 8601.

Both forms become lists by column, and a list of plain numbers becomes an array in one step; only a list that holds
something else is read value by value.
"""

import math
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from server.geo.datum import Datum
from server.ingest import fixes, packing, readings
from server.ingest.fixes import LAST_INSTANT_S, MEASURES, Array, Fixes, Reason, Table
from server.ingest.readings import NotRead

SOURCE: Final = "native"
MAX_BYTES: Final = 2 * 2**20
"""Unpacked; 2,000 rows with every key in it take some 0.5 MB."""

_KEYS: Final = {"fixed_at_s": "fixed_at"}  # the column that the wire calls otherwise
_NEEDED: Final = frozenset({"lng", "lat", "fixed_at"})
_KNOWN: Final = frozenset(_KEYS.get(name, name) for name in MEASURES) | {"charging", "mock", "note"}
_KNOWN_ROOT: Final = frozenset({"sent_at", "datum", "items", "columns"})
_PLAIN: Final = {int, float, NoneType}
_PLAIN_TRUTHS: Final = {bool, NoneType}
_TRUTHS: Final = {True: 1, False: 0, None: -1}

Columns = Mapping[str, list[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """What a phone sent at once: its fixes, and when it sent them by its own clock (epoch seconds, NaN: not said)."""

    sent_at_s: float
    fixes: Fixes


def decode(body: bytes, *, encoding: str = "") -> Batch:
    """Read one request; `encoding` is its Content-Encoding: empty, gzip or deflate.

    A fix without a place, without a time or with values that are none is dropped by row and reason. Raises
    `Unreadable` for broken packing or JSON, an unknown datum, columns of different lengths, more than 2,000 fixes
    or `MAX_BYTES` bytes.
    """
    said = fixes.loaded(packing.unpacked(body, encoding, most=MAX_BYTES))
    if not isinstance(said, dict):
        raise fixes.unreadable("not_messages")
    unknown: Counter[str] = Counter()
    readings.tally(said, _KNOWN_ROOT, unknown)
    sent_at_s, datum = _sent_at_s(said), _datum(said)
    columns, count, dropped = _columns(said, unknown)
    table = _table(columns, count, dropped, unknown)
    rows = np.arange(count)
    batch = fixes.sift(
        rows, table, dropped, datum=datum, source=SOURCE, unknown_keys=unknown, time_needed=True
    )
    return Batch(sent_at_s, batch)


# ── the body ────────────────────────────────────────────────────────────────────────────────────────────


def _sent_at_s(said: Mapping[str, object]) -> float:
    try:
        sent_at_s = readings.instant_s(said.get("sent_at"))
    except NotRead:
        sent_at_s = math.inf
    if not (math.isnan(sent_at_s) or 0.0 < sent_at_s <= LAST_INSTANT_S):
        raise fixes.unreadable("sent_at")
    return sent_at_s


def _datum(said: Mapping[str, object]) -> Datum:
    """WGS-84 when none is named, as everywhere else in the interface."""
    try:
        return Datum(str(said.get("datum") or Datum.WGS84.value))
    except ValueError:
        raise fixes.unreadable("datum") from None


# ── rows and columns ────────────────────────────────────────────────────────────────────────────────────


def _columns(said: Mapping[str, Any], unknown: Counter[str]) -> tuple[Columns, int, dict[int, Reason]]:
    """The known columns, how many items there are, and the items that are none."""
    items, columns = said.get("items"), said.get("columns")
    if isinstance(items, list) and columns is None:
        return _from_items(items, unknown)
    if isinstance(columns, dict) and items is None:
        return _from_columns(columns, unknown)
    raise fixes.unreadable("no_fixes")


def _from_items(items: list[Any], unknown: Counter[str]) -> tuple[Columns, int, dict[int, Reason]]:
    fixes.ensure_few(len(items))
    dropped = {row: Reason.UNREADABLE_ITEM for row, item in enumerate(items) if not isinstance(item, dict)}
    rows = [item if isinstance(item, dict) else {} for item in items] if dropped else items
    keys = set().union(*rows)
    if strange := keys - _KNOWN:
        readings.tally((key for row in rows for key in row if key in strange), _KNOWN, unknown)
    return {key: [row.get(key) for row in rows] for key in keys & _KNOWN}, len(rows), dropped


def _from_columns(columns: dict[str, Any], unknown: Counter[str]) -> tuple[Columns, int, dict[int, Reason]]:
    readings.tally(columns, _KNOWN, unknown)
    known = {key: column for key, column in columns.items() if key in _KNOWN and column is not None}
    lengths = {len(column) if isinstance(column, list) else -1 for column in known.values()} or {0}
    if len(lengths) != 1 or -1 in lengths:
        raise fixes.unreadable("uneven")
    count = lengths.pop()
    fixes.ensure_few(count)
    return known, count, {}


# ── values ──────────────────────────────────────────────────────────────────────────────────────────────


def _table(columns: Columns, count: int, dropped: dict[int, Reason], unknown: Counter[str]) -> Table:
    """All columns of `count` items; an item with a place or a time that is none is added to `dropped`."""
    measures = np.full((len(MEASURES), count), math.nan)
    for at, name in enumerate(MEASURES):
        key = _KEYS.get(name, name)
        if key in columns:
            measures[at] = _numbers(key, columns[key], dropped, unknown)
    notes = columns.get("note")
    return Table(
        measures,
        charging=_truths(columns.get("charging"), count),
        mock=_truths(columns.get("mock"), count) == 1,
        note=[None] * count if notes is None else [readings.remark(value) for value in notes],
    )


def _truths(values: list[Any] | None, count: int) -> NDArray[np.int8]:
    """A column as (n,) of 1, 0, and −1 for what is not known."""
    if values is None:
        return np.full(count, -1, dtype=np.int8)
    plain = set(map(type, values)) <= _PLAIN_TRUTHS
    return np.fromiter(
        map(_TRUTHS.__getitem__ if plain else readings.truth, values), dtype=np.int8, count=count
    )


def _numbers(key: str, values: list[Any], dropped: dict[int, Reason], unknown: Counter[str]) -> Array:
    """A column as (n,) numbers: at once when it holds nothing but numbers and nulls, else value by value."""
    if set(map(type, values)) <= _PLAIN:
        return np.array(values, dtype=np.float64)
    read: Callable[[object], float] = readings.instant_s if key == "fixed_at" else readings.number
    numbers = np.full(len(values), math.nan)
    for row, value in enumerate(values):
        try:
            numbers[row] = read(value)
        except NotRead:
            if key in _NEEDED:
                dropped.setdefault(row, Reason.UNREADABLE_ITEM)
            else:
                unknown[key] += 1
    return numbers
