"""NumPy columns as parameters of one statement: arrays for PostgreSQL, rows for SQLite.

PostgreSQL takes a whole column as one array parameter, in its binary form, which NumPy writes in a few steps
whatever the length; `unnest` makes rows of them. That is three times as fast as a row's values one by one. SQLite
takes rows of plain values.

Source: PostgreSQL's `array_recv`; types by `pg_type.oid`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import psycopg
from numpy.typing import NDArray
from psycopg.abc import Buffer
from psycopg.pq import Format

_EPOCH_US: Final = 946_684_800_000_000
"""Microseconds from 1970 to 2000, where PostgreSQL begins to count."""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one type of column is written: the type's oid, its array's, and its width as a NumPy type (none: bytes)."""

    oid: int
    array_oid: int
    dtype: str = ""


INTEGER: Final = Kind(23, 1007, ">i4")
SMALLINT: Final = Kind(21, 1005, ">i2")
BIGINT: Final = Kind(20, 1016, ">i8")
REAL: Final = Kind(700, 1021, ">f4")
DOUBLE: Final = Kind(701, 1022, ">f8")
BOOLEAN: Final = Kind(16, 1000, "i1")
INSTANT: Final = Kind(1184, 1185, ">i8")
TEXT: Final = Kind(25, 1009)
BYTES: Final = Kind(17, 1001)


@dataclass(frozen=True, slots=True)
class Encoded:
    """A column of n values as PostgreSQL reads an array of them."""

    oid: int
    data: bytes


def encoded(values: NDArray[Any] | Sequence[Any], kind: Kind) -> Encoded:
    """A column as an array parameter: (n,) numbers, NaN for NULL; instants as (n,) microseconds since 1970; text and
    bytes as lists, None for NULL.
    """
    body, nulls = _plain(values, kind) if kind.dtype else _varying(values)
    head = np.array([1, nulls, kind.oid, len(values), 1], dtype=">i4").tobytes()
    return Encoded(kind.array_oid, head + body)


@cache
def _row(dtype: str) -> np.dtype[np.void]:
    """How a number of a column is laid out."""
    return np.dtype([("width", ">i4"), ("value", dtype)])


def _plain(values: NDArray[Any] | Sequence[Any], kind: Kind) -> tuple[bytes, bool]:
    """Numbers: each with its width before it; −1 and nothing for NULL."""
    given = np.asarray(values)
    if kind is INSTANT:
        given = given - _EPOCH_US
    row = _row(kind.dtype)
    rows, width = np.empty(len(given), dtype=row), row.itemsize - 4
    rows["width"], rows["value"] = width, given
    nulls = np.isnan(given) if given.dtype.kind == "f" else np.zeros(0, dtype=bool)
    if not nulls.any():
        return rows.tobytes(), False
    rows["width"][nulls] = -1
    kept = np.ones((len(given), 4 + width), dtype=bool)
    kept[nulls, 4:] = False
    return rows.view(np.uint8).reshape(len(given), -1)[kept].tobytes(), True


class _Parts(dict[str | bytes | None, bytes]):
    """Texts and bytes as they are written, each with its length before it; −1 and nothing for NULL."""

    def __missing__(self, value: str | bytes | None) -> bytes:
        if value is None:
            part = b"\xff\xff\xff\xff"
        else:
            told = value if isinstance(value, bytes) else value.encode()
            part = len(told).to_bytes(4, "big") + told
        self[value] = part
        return part


def _varying(values: NDArray[Any] | Sequence[Any]) -> tuple[bytes, bool]:
    """Texts and bytes, of which most come again and again."""
    parts = _Parts()
    told = values.tolist() if isinstance(values, np.ndarray) else values
    return b"".join(map(parts.__getitem__, told)), None in parts


def listed(values: NDArray[Any] | Sequence[Any], kind: Kind) -> list[Any]:
    """The same column as plain values for SQLite: NULL for NaN, instants as the text that SQLAlchemy keeps."""
    if kind is INSTANT:
        instants = np.asarray(values, dtype="datetime64[us]")
        return [text.replace("T", " ") for text in np.datetime_as_string(instants).tolist()]
    return values.tolist() if isinstance(values, np.ndarray) else list(values)


class _ArrayDumper(psycopg.adapt.Dumper):
    """Hands an `Encoded` to psycopg as it is, under its own type."""

    format = Format.BINARY

    def dump(self, obj: Encoded) -> Buffer:
        """The bytes."""
        return obj.data

    def get_key(self, obj: Encoded, format: Any) -> Any:  # noqa: A002 - psycopg's own name
        """One dumper for each type of array."""
        return (Encoded, obj.oid)

    def upgrade(self, obj: Encoded, format: Any) -> "_ArrayDumper":  # noqa: A002 - psycopg's own name
        """The dumper that names this type of array."""
        dumper = _ArrayDumper(self.cls)
        dumper.oid = obj.oid
        return dumper


psycopg.adapters.register_dumper(Encoded, _ArrayDumper)
