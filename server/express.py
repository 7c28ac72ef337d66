"""The express: one short transaction on PostgreSQL in two round trips, for what is gathered.

Each trip to the database wakes two processes, which costs more than a small statement does. BEGIN travels with the
first statement and COMMIT with the last one (libpq's pipeline mode), past the ORM, with the statements prepared. An
error here is the driver's own: whoever takes the express does the same again by an ordinary verb when it fails.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import orjson
import psycopg
import sqlalchemy as sa
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from server.db import db, exactly, suspect

Statement = sa.Select[*tuple[Any, ...]]

_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's own


class Express:
    """A transaction under way; what was not told to the end is rolled back."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def ask(self, statement: Statement, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of a statement, by the names of its columns. Lists among the parameters travel as JSON."""
        return self._send(statement, parameters).fetchall()

    def tell(self, statement: Statement, parameters: Mapping[str, Any]) -> Sequence[Any]:
        """The rows of the last statement, once it is committed."""
        cursor = self._send(statement, parameters)
        self._connection.commit()
        return cursor.fetchall()

    def _send(self, statement: Statement, parameters: Mapping[str, Any]) -> psycopg.RawCursor[Any]:
        """Put a statement on its way."""
        compiled = _compiled(statement)
        given = {**compiled.params, **parameters}
        values = [_plain(given[name]) for name in compiled.positiontup or ()]
        return _cursor(self._connection).execute(compiled.string, values, prepare=True)


@contextmanager
def express() -> Iterator[Express]:
    """An express of its own connection. One that failed is not used again, and its like are asked before they are."""
    pooled = db.engine.raw_connection()
    connection = pooled.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.pipeline():
            yield Express(connection)
    except BaseException:
        pooled.invalidate()
        suspect(db.engine)
        raise
    pooled.close()


def _cursor(connection: psycopg.Connection[Any]) -> psycopg.RawCursor[Any]:
    """A cursor that takes statements as PostgreSQL writes them."""
    return psycopg.RawCursor(connection, row_factory=namedtuple_row)


@lru_cache(maxsize=64)
def _compiled(statement: Statement) -> sa.sql.compiler.SQLCompiler:
    """A statement as PostgreSQL takes it, its parameters numbered."""
    compiled = statement.compile(dialect=_DIALECT)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    return compiled


def _plain(value: Any) -> Any:
    """A parameter as it travels."""
    return orjson.dumps(value, default=exactly).decode() if isinstance(value, list) else value
