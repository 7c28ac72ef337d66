"""Both databases, migrated once per run, and emptied between tests."""

import gc
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import cache
from pathlib import Path

import flask_migrate
import sqlalchemy as sa
from flask import Flask
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

from server.app import create_app
from server.config import Settings
from server.db import WRITES, Base, db
from server.held import held, hold
from server.live.hub import Hub
from server.queries.areas import Snapshots
from tests.support.client import Client

GUARDED = ("events", "closings", "bulletins")
"""The tables that triggers keep from being changed."""

METRICS_TOKEN = "what-prometheus-brings"

PROMETHEUS = {"Authorization": f"Bearer {METRICS_TOKEN}"}
"""The headers by which figures are asked for."""


def settings_for(url: str, folder: Path, **given: object) -> Settings:
    """Settings as the tests want them: plain HTTP, no second factor, nobody too fast, all in a folder of their own."""
    usual: dict[str, object] = {
        "secure_cookies": False,
        "second_factor": "",
        "metrics_token": METRICS_TOKEN,
        "sender_per_s": 1_000,
    }
    return Settings(database_url=url, instance=folder, **usual | given)  # type: ignore[arg-type]


def migrated(url: str, folder: Path, **given: object) -> Flask:
    """An application on a database brought to the newest migration."""
    app = _made(settings_for(url, folder, **given))
    with app.app_context():
        flask_migrate.upgrade()
    gc.freeze()  # what stays anyway: else each full look for garbage passes over it, a tenth of a second
    return app


def _made(settings: Settings) -> Flask:
    """An application whose own connections do not wait for the disk: what is to outlive a crash is written by a server
    of its own.
    """
    app = create_app(settings)
    app.testing, app.test_client_class = True, Client
    with app.app_context():
        if settings.on_sqlite:
            sa.event.listen(db.engine, "connect", _forgetful)
    return app


def _forgetful(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    connection.execute("PRAGMA synchronous=OFF").close()


def copied(app: Flask, file: Path) -> str:
    """The address of a copy of the SpatiaLite database that an application is on."""
    with app.app_context():
        source = str(db.engine.url.database)
    with closing(sqlite.connect(source)) as there, closing(sqlite.connect(file)) as here:
        there.backup(here)
    return f"sqlite:///{file}"


def opened(settings: Settings) -> Flask:
    """An application on a database that is migrated already; to be closed."""
    app = _made(settings)
    empty(app)
    return app


def empty(app: Flask) -> None:
    """Forget every row, the closings kept outside, and what the application remembered of them."""
    with app.app_context(), db.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text(_emptying()))
        else:
            _empty_file(connection)
        connection.execute(sa.text("INSERT INTO area_generation (id, number) VALUES (1, 0)"))
        shutil.rmtree(held(Settings).instance / "closings", ignore_errors=True)
    hold(app, Snapshots())


def _empty_file(connection: sa.Connection) -> None:
    """Empty SQLite, touching only what has rows: half the cost of a small test is what it leaves behind."""
    filled = connection.exec_driver_sql(_having_rows()).scalars().all()
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    with unguarded(connection) if set(GUARDED) & set(filled) else nullcontext():
        for name in filled:
            connection.exec_driver_sql(f"DELETE FROM {name}")


@contextmanager
def unguarded(connection: sa.Connection) -> Iterator[None]:
    """Change what nobody may change, as the database's owner can who takes the guards away, and puts them back."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        yield
        connection.exec_driver_sql("SET LOCAL session_replication_role = origin")
        return
    mine = f"type = 'trigger' AND tbl_name IN {GUARDED}"
    guards = connection.exec_driver_sql(f"SELECT name, sql FROM sqlite_master WHERE {mine}").all()
    for guard in guards:
        connection.exec_driver_sql(f"DROP TRIGGER {guard.name}")
    yield
    for guard in guards:
        connection.exec_driver_sql(guard.sql)


def tamper(statement: str) -> None:
    """Run a statement against what is only ever added, and commit."""
    db.session.rollback()
    with (
        db.engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin(),
        unguarded(connection),
    ):
        connection.exec_driver_sql(statement)


@cache
def _having_rows() -> str:
    """A statement for the names of SQLite's tables that have rows, those first that refer to others."""
    return " UNION ALL ".join(
        f"SELECT '{table.name}' WHERE EXISTS (SELECT 1 FROM {table.name})"
        for table in reversed(Base.metadata.sorted_tables)
    )


@cache
def _emptying() -> str:
    """One statement that empties PostgreSQL in 2 ms, where TRUNCATE makes new files of all tables in 60.

    Only what has rows is touched; the numbers begin anew; as a replica does, without asking about foreign keys.
    """
    deletes = "".join(
        f"IF EXISTS (SELECT FROM {table.name}) THEN DELETE FROM {table.name}; END IF; "
        for table in Base.metadata.sorted_tables
    )
    return f"""DO $$ BEGIN
        SET LOCAL session_replication_role = replica;
        {deletes}
        PERFORM setval(format('%I.%I', schemaname, sequencename), 1, false) FROM pg_sequences
        WHERE last_value IS NOT NULL;
    END $$"""


def close(app: Flask) -> None:
    """Let go of an application: its stream's tail, its connections."""
    with app.app_context():
        held(Hub).rest()
        db.engine.dispose()


@contextmanager
def cut_off(statement: str, *, nth: int) -> Iterator[None]:
    """PostgreSQL ends the process behind whoever begins such a statement for the nth time."""
    seen: list[str] = []

    def at_the_nth(connection: sa.Connection, _cursor: object, text: str, *_rest: object) -> None:
        if statement in text:
            seen.append(text)
            if len(seen) == nth:
                connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    sa.event.listen(db.engine, "before_cursor_execute", at_the_nth)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", at_the_nth)
