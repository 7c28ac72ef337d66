"""The role that serves on PostGIS: it can do all that serving takes, and nothing to the record but add."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.app import create_app
from server.config import Settings
from server.db import db
from server.held import held
from server.services import checkins, closings, tracks
from tests import people
from tests.positions import fix, fixes, phone
from tests.support import databases
from tests.support.postgis import Cluster
from tests.trips import told, under_way

ROLE = "serving clerk"
"""With a blank: a name is quoted wherever it goes."""


@pytest.fixture(scope="module")
def owner(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """A county's database that belongs to a role of its own, which is no superuser."""
    cluster.sql(f'CREATE ROLE county_owner LOGIN; CREATE ROLE "{ROLE}" LOGIN; CREATE ROLE onlooker SUPERUSER')
    cluster.sql("CREATE DATABASE apart OWNER county_owner")
    cluster.sql("CREATE EXTENSION postgis", database="apart")
    url = cluster.url("apart").replace("guatu@", "county_owner@")
    made = databases.migrated(url, tmp_path_factory.mktemp("apart"))
    yield made
    databases.close(made)
    cluster.sql("DROP DATABASE apart WITH (FORCE)")
    cluster.sql(f'DROP ROLE county_owner; DROP ROLE "{ROLE}"; DROP ROLE onlooker')


@pytest.fixture(scope="module")
def serving(owner: Flask) -> Iterator[Flask]:
    """The application as the role that serves."""
    given = owner.test_cli_runner().invoke(args=["database", "grant", ROLE])
    assert given.exit_code == 0, given.output
    with owner.app_context():
        url = held(Settings).database_url.replace("county_owner@", "serving%20clerk@")
        made = create_app(replace(held(Settings), database_url=url))
    yield made
    databases.close(made)


def test_it_serves_and_of_the_record_it_can_only_add(serving: Flask) -> None:
    with serving.app_context():
        assert db.session.scalar(sa.text("SELECT current_user")) == ROLE
        folk = people.county(serving)
        now = clock.now()
        trip = under_way(folk.cadre, folk.supervisor_a, tracking="track")
        checkins.make(folk.cadre.actor, told(trip))
        assert phone(folk.cadre).deliver(fixes([fix(clock.now(), lng=118.5, lat=29.6)])).kept == 1
        tracks.erase(folk.cadre.actor, trip["id"])
        with clock.at(now + timedelta(days=2)):
            # how many days are over by then hangs on the hour
            first, *others = (each.count for each in closings.close())
            assert first > 3
            assert all(count <= 3 for count in others)
            assert closings.verify().findings == []
        for table in ("events", "closings", "looks", "household_looks"):
            assert refused(f"DELETE FROM {table}")
            assert refused(f"TRUNCATE {table}")
            assert refused(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        for change in ("events SET actor_id = 9", "closings SET count = 9", "looks SET reason = ''"):
            assert refused(f"UPDATE {change}")
        assert refused("SET session_replication_role = replica")
        assert refused("DROP TABLE units")


def refused(statement: str) -> bool:
    """Whether PostgreSQL says that this role may not."""
    try:
        with db.engine.begin() as connection:
            connection.exec_driver_sql(statement)
    except sa.exc.ProgrammingError as error:
        return getattr(error.orig, "sqlstate", "") == "42501"
    return False


@pytest.mark.parametrize("role", ["nobody such", "onlooker", "county_owner"])
def test_who_is_not_there_or_could_change_everything_anyway_is_refused(owner: Flask, role: str) -> None:
    said = owner.test_cli_runner().invoke(args=["database", "grant", role])
    assert said.exit_code == 1
    assert role in said.output


def test_spatialite_knows_no_roles(spatialite_app: Flask) -> None:
    said = spatialite_app.test_cli_runner().invoke(args=["database", "grant", ROLE])
    assert said.exit_code == 1
    assert "触发器" in said.output
