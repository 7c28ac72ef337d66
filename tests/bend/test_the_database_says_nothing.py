"""What stands before PostgreSQL takes everything and answers nothing: nobody waits for ever, and it passes alone."""

import time
from collections.abc import Iterator

import pytest
from flask import Flask

from server import heard
from server.config import Settings
from server.db import db
from server.heard import Heard
from server.held import held
from tests import people
from tests.bend import phones
from tests.bend.phones import kept
from tests.support import databases, tunnel
from tests.support.postgis import Cluster
from tests.support.tunnel import Tunnel

SOON_S = 0.3
"""What is 60 seconds where the server serves, and 5 where a connection is asked whether it stands."""


@pytest.fixture
def hole(cluster: Cluster) -> Iterator[Tunnel]:
    """A way to PostgreSQL that can swallow what is answered."""
    with tunnel.dig(int(cluster.url("postgres").rpartition(":")[2].partition("/")[0])) as dug:
        yield dug


@pytest.fixture
def far(postgis_app: Flask, hole: Tunnel, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The application whose database lies behind it."""
    databases.empty(postgis_app)
    monkeypatch.setattr(Heard, "answers_s", SOON_S)
    monkeypatch.setattr(heard, "STANDS_S", SOON_S)
    monkeypatch.setattr(heard, "CONNECTS_S", 2)
    with postgis_app.app_context():
        settings = held(Settings)
    url = f"postgresql://guatu@127.0.0.1:{hole.port}/guatu_tests"
    made = databases.opened(databases.settings_for(url, settings.instance))
    with made.app_context():
        yield made
    databases.close(made)


def test_who_waits_is_told_to_come_again_and_is_served_once_it_answers(far: Flask, hole: Tunnel) -> None:
    client, mine = far.test_client(), phones.said()
    headers = people.county(far).cadre.sign_in(client)
    hole.swallow()
    began = time.monotonic()
    phones.comes_again(phones.check_in(client, headers, mine), "database_refused")
    assert time.monotonic() - began < 10 * SOON_S + 2 * heard.CONNECTS_S
    hole.restore()
    assert phones.check_in(client, headers, mine).status_code in {200, 201}
    assert kept("checkins") == 1


def test_a_command_waits_as_long_as_it_takes(far: Flask) -> None:
    @far.cli.command("patient")
    def patient() -> None:
        with db.engine.connect() as connection:
            connection.exec_driver_sql(f"SELECT pg_sleep({2 * SOON_S})")

    assert far.test_cli_runner().invoke(args=["patient"]).exit_code == 0
