"""How Alembic meets this application: its database, its models, geometry columns on both databases.

Each migration is one transaction, DDL included, on both databases: one that fails leaves nothing half-done.
"""

import re
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
from server.db import WRITES, db

SPATIALITE_OWN = frozenset(
    {"ElementaryGeometries", "KNN", "KNN2", "SpatialIndex", "data_licenses", "sql_statements_log"}
)
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


def run() -> None:
    """Migrate through the application's own engine."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(**{WRITES: True}) as connection:
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
        )
        with context.begin_transaction():
            context.run_migrations()


def run_or_say_why_not() -> None:
    """Migrate; what a person can mend is said in a sentence, with an exit code that is not 0."""
    try:
        with said():
            run()
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
