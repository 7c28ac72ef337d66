"""How Alembic meets this application: its database, its models, geometry columns on both databases.

Each migration is one transaction, DDL included, on both databases: one that fails leaves nothing half-done.
"""

import re
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
import sqlalchemy as sa
from alembic import context
from alembic.util import CommandError
from flask import current_app
from geoalchemy2 import alembic_helpers
from geoalchemy2.admin.dialects.sqlite import init_spatialite

from server import models
from server.cli.commands import said
from server.db import WRITES, db, is_locked
from server.models.contractions import Contraction

SPATIALITE_OWN = frozenset(
    {"ElementaryGeometries", "KNN", "KNN2", "SpatialIndex", "data_licenses", "sql_statements_log"}
)
LOCK_WAIT_S = 2
"""Longer than this no migration waits for a table with everybody waiting behind it."""

OURS = "hashtextextended('guatu.migrate ' || current_schema(), 0)"
"""The advisory lock of this county's migrations."""

_MIGRATING = f"""
    SELECT pid FROM pg_locks
    WHERE locktype = 'advisory' AND granted AND ((classid::bigint << 32) | objid::bigint) = {OURS}
"""  # noqa: S608 - of constants
_OLDEST = """
    SELECT pid, round(extract(epoch FROM now() - xact_start)) AS age_s FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
    ORDER BY xact_start, pid LIMIT 1
"""

_LOST = "PRAGMA foreign_key_check"

PAUSE_S = 1.0
PATIENCE_S = 300.0

PARTITION = re.compile(r"fixes_(default|[0-9]{4}_[0-9]{2})")


def include_object(item: Any, name: str | None, kind: Any, reflected: bool, compare_to: Any) -> bool:
    """Leave out the tables that the spatial extensions keep for themselves, and the partitions, which come and go."""
    if kind == "table" and (name in SPATIALITE_OWN or name == "alembic_version" or _is_partition(name)):
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, compare_to))


def _is_partition(name: str | None) -> bool:
    """Whether a table holds a month of another one."""
    return name is not None and PARTITION.fullmatch(name) is not None


def prepare(connection: sa.Connection) -> None:
    """Make the database spatial, once."""
    if connection.dialect.name == "sqlite":
        tables = sa.inspect(connection).get_table_names()
        if "spatial_ref_sys" not in tables:
            init_spatialite(connection.connection.dbapi_connection, init_mode="WGS84", transaction=False)
    else:
        connection.execute(sa.text("CREATE EXTENSION IF NOT EXISTS postgis"))


def note_contraction(ctx: Any, step: Any, **_told: Any) -> None:
    """Write down, in its own transaction, that a migration contracts; older releases read it before they go on.

    Its mark is `CONTRACTS`, the oldest migration that a release must know to serve from here on.
    """
    table = Contraction.__table__
    for script in step.up_revisions:
        oldest = getattr(script.module, "CONTRACTS", None)
        if oldest is not None:
            ctx.connection.execute(sa.delete(table).where(table.c.migration == script.revision))
        if oldest is not None and step.is_upgrade:
            ctx.connection.execute(sa.insert(table).values(migration=script.revision, oldest=oldest))


def refuse_lost_references(ctx: Any, **_told: Any) -> None:
    """Undo a migration on SQLite after which a row refers to one that is not there: `unreferenced` looks away."""
    if ctx.connection.dialect.name != "sqlite":
        return
    lost = Counter(f"{table} → {parent}" for table, _, parent, _ in ctx.connection.exec_driver_sql(_LOST))
    if lost:
        named = ", ".join(f"{each} ({count})" for each, count in sorted(lost.items()))
        raise click.ClickException(
            f"迁移会留下找不到对象的引用，已整体撤销，数据库停在上一版本：{named} / the migration would leave "
            f"references to rows that are not there; it was undone whole, the database stays at the version before: "
            f"{named}"
        )


@contextmanager
def unreferenced(connection: sa.Connection) -> Iterator[None]:
    """Let a migration on SQLite build a table anew that others refer to, which it drops for a moment.

    Heeded only between transactions; with it on, SQLite empties a table before it drops it, references and all.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.dbapi_connection
    driver.execute("PRAGMA foreign_keys=OFF").close()
    try:
        yield
    finally:
        connection.rollback()
        driver.execute("PRAGMA foreign_keys=ON").close()


@contextmanager
def in_line(connection: sa.Connection) -> Iterator[None]:
    """On PostgreSQL, be the only migration of the county, and none that makes everybody wait behind it.

    Whoever waits for a table's exclusive lock makes all who come after wait too: so each step gives up soon, undone
    whole, and `run_patiently` tries again.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    for statement in (f"SET lock_timeout = '{LOCK_WAIT_S}s'", f"SELECT pg_advisory_lock({OURS})"):
        connection.exec_driver_sql(statement)
    connection.commit()
    try:
        yield
    finally:
        connection.rollback()
        for statement in ("RESET lock_timeout", f"SELECT pg_advisory_unlock({OURS})"):
            connection.exec_driver_sql(statement)
        connection.commit()


def run() -> None:
    """Migrate through the application's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    writing = engine.connect().execution_options(**{WRITES: True})
    with writing as connection, in_line(connection), unreferenced(connection):
        with connection.begin():
            prepare(connection)
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            transaction_per_migration=True,
            compare_type=True,
            on_version_apply=(note_contraction, refuse_lost_references),
        )
        with context.begin_transaction():
            context.run_migrations()


def run_patiently() -> None:
    """Migrate; where somebody else's transaction is in the way, let them and try again, for `PATIENCE_S` or as long as
    `flask db upgrade -x patience=SECONDS` says.
    """
    told = context.get_x_argument(as_dictionary=True)
    give_up_at = time.monotonic() + float(told.get("patience", PATIENCE_S))
    while True:
        try:
            return run()
        except sa.exc.OperationalError as error:
            if not is_locked(error):
                raise
            if time.monotonic() > give_up_at:
                raise _stuck() or error from error
            click.echo(
                "有事务占用要修改的表，稍后再试 / a table to be changed is in use; trying again", err=True
            )
            time.sleep(PAUSE_S)


def _stuck() -> click.ClickException | None:
    """Who is in the way, where PostgreSQL can be asked; None on SQLite, whose own sentence says enough."""
    engine = current_app.extensions["migrate"].db.engine
    if engine.dialect.name != "postgresql":
        return None
    with engine.connect() as connection:
        migrating = connection.exec_driver_sql(_MIGRATING).scalar()
        oldest = connection.exec_driver_sql(_OLDEST).one_or_none()
    if migrating is not None:
        return click.ClickException(
            f"另一次迁移正在进行（数据库进程 {migrating}），这次什么也没有改；等它结束后再运行一次 / "
            f"another migration is running (database process {migrating}); nothing was changed. Run this when it ends"
        )
    named = (oldest.pid, oldest.age_s) if oldest else ("?", "?")
    return click.ClickException(
        "迁移等不到要修改的表，已整体撤销，服务照常；最早未结束的事务是数据库进程 {0}（已 {1} 秒）。"
        "等它结束，或用 SELECT pg_terminate_backend({0}) 结束它，再运行一次 / "
        "a table to be changed stayed in use; the migration was undone whole and the server goes on. The oldest open "
        "transaction is database process {0} ({1} s): let it end, or end it by pg_terminate_backend({0}), and run this "
        "again".format(*named)
    )


def run_or_say_why_not() -> None:
    """Migrate; what a person can mend is said in a sentence, with an exit code that is not 0."""
    try:
        with said():
            run_patiently()
    except sa.exc.DBAPIError as error:
        why = str(error.orig).strip().partition("\n")[0]
        raise click.ClickException(
            f"迁移失败，已整体撤销，数据库停在上一版本：{why} / "
            f"the migration failed and was undone whole; the database stays at the version before: {why}"
        ) from error
    except CommandError as error:
        raise click.ClickException(
            f"数据库的版本与程序不符，可能来自更新的程序：{error} / "
            f"the database is at a version this release does not know, perhaps a newer one's: {error}"
        ) from error


assert models.__all__, "every table is known once its models are imported"
run_or_say_why_not()
