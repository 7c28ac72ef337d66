"""The express: one short transaction on PostgreSQL in two round trips, for what is gathered.

Each trip to the database wakes two processes, which costs more than a small statement does. BEGIN travels with the
first statement and COMMIT with the last one (libpq's pipeline mode), past the ORM, with the statements prepared. An
error here is the driver's own: whoever takes the express does the same again by an ordinary verb when it fails.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any, Protocol

import orjson
import psycopg
import sqlalchemy as sa
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from server.db import ask_in_session, db, exactly, suspect

Statement = sa.Executable
Parameters = Mapping[str, Any]

_DIALECT = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]  # SQLAlchemy's own

_PLAN_ONCE = sa.text("SET LOCAL plan_cache_mode = force_generic_plan")


class Line(Protocol):
    """A transaction's way to the database, by the express or on foot."""

    def ask(self, statement: Statement, parameters: Parameters) -> Sequence[Any]:
        """The rows of a statement, by the names of its columns."""

    def ask_all(self, *questions: tuple[Statement, Parameters]) -> list[Sequence[Any]]:
        """The rows of each of several statements, which see one another's locks in this order."""

    def put(self, statement: Statement, parameters: Parameters | list[dict[str, Any]]) -> None:
        """Let a statement be done, before whatever is asked next; nobody needs its rows."""


class OnFoot:
    """The same within the caller's verb, on either database: each statement is a trip of its own."""

    def ask(self, statement: Statement, parameters: Parameters) -> Sequence[Any]:
        """The rows of a statement, with what the verb has changed so far."""
        return ask_in_session(statement, parameters)

    def ask_all(self, *questions: tuple[Statement, Parameters]) -> list[Sequence[Any]]:
        """One after the other."""
        return [ask_in_session(*question) for question in questions]

    def put(self, statement: Statement, parameters: Parameters | list[dict[str, Any]]) -> None:
        """A list of parameters is a statement for each."""
        db.session.flush()
        db.session.connection().execute(statement, parameters)


class Express:
    """A transaction under way; what was not told to the end, or committed, is rolled back."""

    def __init__(self, connection: psycopg.Connection[Any], cursors: list[psycopg.RawCursor[Any]]) -> None:
        self._connection, self._cursors, self._sent = connection, cursors, 0

    def plan_once(self) -> None:
        """Let each statement be planned once for lists of any length, by keys: planned anew for each, PostgreSQL takes
        half as long again.
        """
        self._send(_PLAN_ONCE, {})

    def ask(self, statement: Statement, parameters: Parameters) -> Sequence[Any]:
        """The rows of a statement, by the names of its columns. Lists among the parameters travel as JSON."""
        return self._send(statement, parameters).fetchall()

    def ask_all(self, *questions: tuple[Statement, Parameters]) -> list[Sequence[Any]]:
        """The rows of several statements, in one round trip; each sees what was committed when its turn comes."""
        return [cursor.fetchall() for cursor in [self._send(*question) for question in questions]]

    def put(self, statement: Statement, parameters: Parameters | list[dict[str, Any]]) -> None:
        """Let a statement travel with the next one that is asked, or with COMMIT. Its failure is met there."""
        assert isinstance(parameters, Mapping)
        self._send(statement, parameters)

    def tell(self, statement: Statement, parameters: Parameters) -> Sequence[Any]:
        """The rows of the last statement, once it is committed."""
        cursor = self._send(statement, parameters)
        self.commit()
        return cursor.fetchall()

    def commit(self) -> None:
        """Commit; back once it is."""
        self._connection.commit()

    def _send(self, statement: Statement, parameters: Parameters) -> psycopg.RawCursor[Any]:
        """Put a statement on its way."""
        compiled = _compiled(statement)
        given = {**compiled.params, **parameters}
        values = [_plain(given[name], compiled.binds[name].type) for name in compiled.positiontup or ()]
        return self._cursor().execute(compiled.string, values, prepare=True)

    def _cursor(self) -> psycopg.RawCursor[Any]:
        """A cursor that takes statements as PostgreSQL writes them: this connection's own for its nth statement."""
        if self._sent == len(self._cursors):
            self._cursors.append(psycopg.RawCursor(self._connection, row_factory=namedtuple_row))
        self._sent += 1
        return self._cursors[self._sent - 1]


@contextmanager
def express() -> Iterator[Express]:
    """An express of its own connection. One that failed is not used again, and its like are asked before they are."""
    pooled = db.engine.raw_connection()
    connection = pooled.driver_connection
    assert isinstance(connection, psycopg.Connection)
    try:
        with connection.pipeline():
            yield Express(connection, pooled.info.setdefault("express_cursors", []))
    except BaseException:
        pooled.invalidate()
        suspect(db.engine)
        raise
    pooled.close()


@lru_cache(maxsize=64)
def _compiled(statement: Statement) -> sa.sql.compiler.SQLCompiler:
    """A statement as PostgreSQL takes it, its parameters numbered."""
    assert isinstance(statement, sa.ClauseElement)
    compiled = statement.compile(dialect=_DIALECT)
    assert isinstance(compiled, sa.sql.compiler.SQLCompiler)
    return compiled


def _plain(value: Any, type_: sa.types.TypeEngine[Any]) -> Any:
    """A parameter as it travels: a list is an array where that is its type, and otherwise JSON."""
    if not isinstance(value, list) or isinstance(type_, sa.ARRAY):
        return value
    return orjson.dumps(value, default=exactly).decode()
