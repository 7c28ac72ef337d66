"""How Alembic meets this application: its database, its models, geometry columns on both databases.

Each migration is one transaction, DDL included, on both databases: one that fails leaves nothing half-done.
"""

from typing import Any

import sqlalchemy as sa
from alembic import context
from flask import current_app
from geoalchemy2 import alembic_helpers
from geoalchemy2.admin.dialects.sqlite import init_spatialite

from server import models
from server.db import WRITES, db

SPATIALITE_OWN = frozenset(
    {"ElementaryGeometries", "KNN", "KNN2", "SpatialIndex", "data_licenses", "sql_statements_log"}
)


def include_object(item: Any, name: str | None, kind: Any, reflected: bool, compare_to: Any) -> bool:
    """Leave out the tables that the spatial extensions keep for themselves."""
    if kind == "table" and (name in SPATIALITE_OWN or name == "alembic_version"):
        return False
    return bool(alembic_helpers.include_object(item, name, kind, reflected, compare_to))


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


assert models.__all__, "every table is known once its models are imported"
run()
