"""Fingerprints of tables: so that a restored database can be held against the one it was taken from.

They find what was lost, doubled or changed on the way. They are no seal: that is what closings are for.
"""

import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy.engine import Dialect

from server.db import Base
from server.rules.backups import Fingerprint

WIDTH = 2**64
"""The digests of rows are added up within so many numbers."""

_PLAIN = ("TimeZone = 'UTC'", "DateStyle = 'ISO'", "bytea_output = 'hex'", "extra_float_digits = 1")
_POSTGRESQL = (
    "SELECT count(*), coalesce(sum(('x' || left(md5(it::text), 16))::bit(64)::bigint), 0) FROM {table} AS it"
)


def names() -> list[str]:
    """The tables that a database of this release has, and the one that says which release's it is."""
    return sorted({str(table.name) for table in Base.metadata.sorted_tables} | {"alembic_version"})


def take(connection: sa.Connection, tables: Iterable[str]) -> dict[str, Fingerprint]:
    """The fingerprint of each table, as this connection's transaction sees them; what is not there has none."""
    there = set(sa.inspect(connection).get_table_names())
    if connection.dialect.name == "postgresql":
        for setting in _PLAIN:
            connection.exec_driver_sql(f"SET LOCAL {setting}")
        return {str(table): _on_postgresql(connection, table) for table in tables if table in there}
    return {str(table): _on_sqlite(connection, table) for table in tables if table in there}


def _on_postgresql(connection: sa.Connection, table: str) -> Fingerprint:
    """Counted and added up where the rows are."""
    rows, total = connection.exec_driver_sql(
        _POSTGRESQL.format(table=_quoted(connection.dialect, table))
    ).one()
    return _fingerprint(rows, int(total))


def _on_sqlite(connection: sa.Connection, table: str) -> Fingerprint:
    """Read row by row: the file is no further away than a function call."""
    found = connection.exec_driver_sql(f"SELECT * FROM {_quoted(connection.dialect, table)}")  # noqa: S608 - a table of ours
    rows = total = 0
    for row in found:
        rows += 1
        total += int.from_bytes(hashlib.blake2b(repr(tuple(row)).encode(), digest_size=8).digest())
    return _fingerprint(rows, total)


def _fingerprint(rows: int, total: int) -> Fingerprint:
    """The sum within its width."""
    return Fingerprint(rows, f"{total % WIDTH:016x}")


def _quoted(dialect: Dialect, table: str) -> str:
    """A table's name as SQL takes it."""
    return dialect.identifier_preparer.quote(table)
