"""PostgreSQL is stopped and comes back: the process stays, phones are told to come again, pages go on by themselves."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import people
from tests.bend import phones
from tests.bend.phones import kept
from tests.positions import phone
from tests.support.databases import PROMETHEUS
from tests.support.listening import listen
from tests.support.postgis import Cluster
from tests.trips import under_way


@pytest.fixture
def app(postgis_app: Flask, app: Flask) -> Flask:
    """The application on PostGIS."""
    return app


@contextmanager
def gone(cluster: Cluster) -> Iterator[None]:
    """Until the block is left, there is no database."""
    cluster.stop()
    try:
        yield
    finally:
        cluster.start()


@pytest.mark.parametrize("app", ["postgis"], indirect=True)
def test_nothing_is_lost_and_nothing_has_to_be_started_anew(
    app: Flask, client: FlaskClient, cluster: Cluster
) -> None:
    folk = people.county(app)
    under_way(folk.cadre, folk.supervisor_a, tracking="track")
    headers, tracker, mine = folk.cadre.sign_in(client), phone(folk.cadre), phones.said()
    stream = listen(client, folk.supervisor_a)
    client.set_cookie("guatu_session", "somebody's")
    with gone(cluster):
        _is_away(client.get("/health/ready"))
        for answer in (
            phones.check_in(client, headers, mine),
            phones.traccar(client, tracker),
            phones.owntracks(client, tracker),
            client.get("/api/v1/trips", headers=headers),
        ):
            _is_away(answer)
        page = client.get("/account")
        assert (page.status_code, int(page.headers["Retry-After"]) > 0) == (503, True)
        assert "数据库不可用" in page.get_data(as_text=True)
        assert client.get("/health/live").status_code == 200
        assert "guatu_database_up 0.0" in client.get("/metrics", headers=PROMETHEUS).get_data(as_text=True)
    assert client.get("/health/ready").status_code == 200
    assert phones.check_in(client, headers, mine).status_code == 201
    assert phones.traccar(client, tracker).status_code == 200
    assert (kept("checkins"), kept("fixes")) == (1, 1)
    [told] = stream.of("checkin", within_s=10)
    assert told["checkin"]["id"] == mine["id"]
    stream.close()


def _is_away(answer: object) -> None:
    """Told to come again, whether the connection was lost or could not be made."""
    code = answer.get_json()["code"]  # type: ignore[attr-defined]  # werkzeug's test response
    assert code in {"busy", "database_refused"}
    phones.comes_again(answer, code)  # type: ignore[arg-type]  # the same
