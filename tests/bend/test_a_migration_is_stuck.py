"""A migration that cannot go on says who is in the way, changes nothing, and nobody who checks in waits for it."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.db import db
from server.queries import health
from tests import people
from tests.bend import phones
from tests.support import databases
from tests.support.postgis import Cluster

OURS = "SELECT pg_advisory_xact_lock(hashtextextended('guatu.migrate ' || current_schema(), 0))"
AT_ONCE = ["patience=0"]


@pytest.fixture(scope="module")
def app(postgis_app: Flask, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on a migrated database that may be left half-way."""
    databases.close(postgis_app)  # a database in use is not copied; it opens again by itself
    cluster.sql("CREATE DATABASE stuck TEMPLATE guatu_tests")
    made = databases.opened(databases.settings_for(cluster.url("stuck"), tmp_path_factory.mktemp("stuck")))
    with made.app_context():
        yield made
    databases.close(made)


@contextmanager
def in_the_way(statement: str) -> Iterator[int]:
    """Somebody's transaction that has done this and does not end; the number of its process."""
    with db.engine.connect() as other, other.begin():
        other.execute(sa.text(statement))
        yield other.scalar(sa.text("SELECT pg_backend_pid()")) or 0


def test_a_second_migration_names_the_first_and_check_ins_go_on(app: Flask, client: FlaskClient) -> None:
    headers = people.county(app).cadre.sign_in(client)
    with in_the_way(OURS) as pid:
        with pytest.raises(click.ClickException) as left:
            flask_migrate.upgrade(x_arg=AT_ONCE)
        assert phones.check_in(client, headers, phones.said()).status_code == 201
    assert left.value.exit_code == 1
    assert left.value.message.startswith(f"另一次迁移正在进行（数据库进程 {pid}）")
    assert f"database process {pid}" in left.value.message


def test_a_table_in_use_is_told_with_who_uses_it_and_the_next_try_goes_through(app: Flask) -> None:
    flask_migrate.downgrade()
    before = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    db.session.remove()
    with (
        in_the_way("LOCK TABLE alembic_version IN SHARE MODE") as pid,
        pytest.raises(click.ClickException) as left,
    ):
        flask_migrate.upgrade(x_arg=AT_ONCE)
    assert left.value.exit_code == 1
    assert f"pg_terminate_backend({pid})" in left.value.message
    assert db.session.scalar(sa.text("SELECT version_num FROM alembic_version")) == before
    db.session.remove()
    flask_migrate.upgrade(x_arg=AT_ONCE)
    assert health.migration() == health.newest()
