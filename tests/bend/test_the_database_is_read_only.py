"""A database that takes nothing in (a standby, a file without rights): pages are read, and what is told is not lost."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import event

from server import clock
from server.db import db
from tests import people
from tests.bend import phones
from tests.bend.phones import comes_again, kept
from tests.people import PASSWORD, County
from tests.positions import phone
from tests.support import databases
from tests.support.databases import PROMETHEUS
from tests.trips import under_way


@contextmanager
def read_only() -> Iterator[None]:
    """Until the block is left, the database refuses to be written to: as a standby of PostgreSQL, or a file, does."""
    engine, on_sqlite = db.engine, db.engine.dialect.name == "sqlite"
    statement = "PRAGMA query_only = ON" if on_sqlite else "SET default_transaction_read_only = on"

    def set_so(raw: object, _entry: object) -> None:
        cursor = raw.cursor()  # type: ignore[attr-defined]  # a connection of the driver's
        cursor.execute(statement)
        cursor.close()
        if not on_sqlite:
            raw.commit()  # type: ignore[attr-defined]  # the same

    _let_go()
    event.listen(engine, "connect", set_so)
    try:
        yield
    finally:
        event.remove(engine, "connect", set_so)
        _let_go()


def _let_go() -> None:
    """Close every connection: this test's, and the stream's, which would otherwise outlive its pool."""
    db.session.rollback()
    databases.close(current_app._get_current_object())  # type: ignore[attr-defined]  # werkzeug's documented way


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def test_whoever_is_signed_in_goes_on_reading(folk: County, client: FlaskClient) -> None:
    under_way(folk.cadre, folk.supervisor_a)
    headers = folk.supervisor_a.sign_in(client)
    with read_only(), clock.at(clock.now() + timedelta(minutes=5)):
        for door in ("/api/v1/trips", "/api/v1/log", "/api/v1/me"):
            assert client.get(door, headers=headers).status_code == 200, door


def test_nothing_is_answered_as_kept_and_everything_is_taken_once_it_can_be_written(
    folk: County, client: FlaskClient
) -> None:
    under_way(folk.cadre, folk.supervisor_a, tracking="track")
    headers, mine, tracker = folk.cadre.sign_in(client), phones.said(), phone(folk.cadre)
    with read_only():
        comes_again(phones.check_in(client, headers, mine), "database_refused")
        comes_again(phones.traccar(client, tracker), "database_refused")
        comes_again(phones.owntracks(client, tracker), "database_refused")
        assert (kept("checkins"), kept("fixes")) == (0, 0)
    assert phones.check_in(client, headers, mine).status_code == 201
    assert phones.traccar(client, tracker).status_code == 200
    assert (kept("checkins"), kept("fixes")) == (1, 1)


def test_a_password_is_not_called_wrong_and_counts_as_no_try(folk: County, client: FlaskClient) -> None:
    said = {"username": folk.cadre.username, "password": PASSWORD, "device_name": "手机"}
    with read_only():
        comes_again(client.post("/api/v1/sessions", json=said), "database_refused")
    assert kept("sign_in_failures") == 0
    assert client.post("/api/v1/sessions", json=said).status_code == 201


def test_the_status_page_and_whoever_watches_are_told(folk: County, client: FlaskClient) -> None:
    headers = folk.administrator.sign_in(client)
    with read_only():
        comes_again(client.get("/health/ready"), "database_refused")
        told = client.get("/metrics", headers=PROMETHEUS).get_data(as_text=True)
        items = {
            each["name"]: each for each in client.get("/api/v1/status", headers=headers).get_json()["items"]
        }
    assert "guatu_database_up 1.0" in told
    assert "guatu_database_writable 0.0" in told
    assert (items["database"]["state"], bool(items["database"]["do_en"])) == ("wrong", True)
    assert client.get("/health/ready").status_code == 200
