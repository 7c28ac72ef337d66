"""The server behind the nginx of `deploy`: streams, uploads, phones' doors, its log, and when it is away."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server.config import Settings
from server.db import db
from server.held import held
from server.models.sessions import SignInFailure
from server.services import checkins
from setup import nginx
from tests.people import County, county
from tests.support import databases, proxy, serving
from tests.support.proxy import Proxy
from tests.support.serving import Served
from tests.support.streams import Parser
from tests.trips import told, under_way

JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def app(spatialite_app: Flask) -> Iterator[Flask]:
    """The application, emptied once."""
    databases.empty(spatialite_app)
    with spatialite_app.app_context():
        yield spatialite_app


@pytest.fixture(scope="module")
def people(app: Flask) -> County:
    """Everybody."""
    return county(app)


@pytest.fixture(scope="module")
def server(people: County) -> Iterator[Served]:
    """The application really running, believing one proxy."""
    with serving.serve(replace(held(Settings), proxies=1)) as served:
        yield served


@pytest.fixture(scope="module")
def door(server: Served, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """The proxy in front of it."""
    command = nginx.command()
    if command is None:
        pytest.skip("there is no nginx here")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)  # its processes are nobody's
    with proxy.in_front_of(server.port, folder, command) as made:
        yield made


def ask(door: Proxy, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, str, Any]:
    """An answer through the proxy: status, text, headers."""
    headers = JSON | ({"Authorization": f"Bearer {token}"} if token else {})
    with closing(door.connect()) as connection:
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode(), answer.headers


def test_an_event_comes_through_at_once(door: Proxy, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    token = people.supervisor.tokens().access_token
    with closing(door.connect()) as connection:
        connection.request("GET", "/api/v1/stream", headers={"Authorization": f"Bearer {token}"})
        answer = connection.getresponse()
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        parser, heard = Parser(), list[str]()
        parser.feed(answer.readline())
        made_at = time.monotonic()
        checkins.make(people.cadre.actor, told(trip))
        while "checkin" not in heard and time.monotonic() < made_at + 10:
            heard += [each.event for each in parser.feed(answer.readline())]
        assert "checkin" in heard
        answer.close()


def test_the_log_tells_no_query(door: Proxy) -> None:
    path = "/ingest/traccar?id=whoseSecret&lat=29.612345&lon=118.554321&timestamp=1760000000"
    ask(door, "GET", path)
    ask(door, "GET", "/areas?at=118.554321,29.612345")
    time.sleep(0.2)
    assert "/ingest/traccar" in door.log
    for secret in ("whoseSecret", "29.612345", "118.554321"):
        assert secret not in door.log


def test_a_persons_own_address_is_seen_whatever_they_claim(door: Proxy, people: County) -> None:
    wrong = {"username": people.colleague.username, "password": "不是这个", "device_name": "手机"}
    claims = JSON | {"X-Forwarded-For": "203.0.113.9"}
    with closing(door.connect()) as connection:
        connection.request("POST", "/api/v1/sessions", json.dumps(wrong), claims)
        with connection.getresponse() as answer:
            assert answer.status == http.HTTPStatus.UNAUTHORIZED
    db.session.rollback()
    counted = {*db.session.execute(sa.select(SignInFailure.address)).scalars()}
    assert "address 127.0.0.1" in counted
    assert not any("203.0.113.9" in address for address in counted)


def test_a_body_that_is_too_large_is_refused_before_it_reaches_the_server(door: Proxy) -> None:
    with closing(door.connect()) as connection:
        connection.putrequest("POST", "/api/v1/areas/import")
        connection.putheader("Content-Length", str(34 * 2**20))
        connection.endheaders()
        with connection.getresponse() as answer:
            assert answer.status == http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE


def test_what_comes_in_the_clear_is_sent_to_tls_and_programs_are_refused(door: Proxy) -> None:
    with closing(http.client.HTTPConnection("127.0.0.1", door.clear, timeout=10)) as clear:
        clear.request("GET", "/m/?x=1", headers={"Host": "guatu.example.gov.cn"})
        answer = clear.getresponse()
        answer.read()
        assert (answer.status, answer.headers["Location"]) == (308, "https://guatu.example.gov.cn/m/?x=1")
        for program in ("/ingest/traccar?id=x&lat=1&lon=1&timestamp=1760000000", "/api/v1/checkins"):
            clear.request("GET", program)
            refused = clear.getresponse()
            refused.read()
            assert refused.status == http.HTTPStatus.FORBIDDEN


def test_a_message_of_two_lengths_is_refused_and_smuggles_nothing(door: Proxy) -> None:
    with closing(door.connect()) as connection:
        connection.putrequest("POST", "/api/v1/sessions")
        connection.putheader("Content-Length", "4")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders(b"0\r\n\r\nGET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        with connection.getresponse() as answer:
            assert answer.status == http.HTTPStatus.BAD_REQUEST
            assert answer.headers["Connection"] == "close"


def test_what_watches_the_machine_is_not_shown_to_the_world(door: Proxy) -> None:
    status, text, _ = ask(door, "GET", "/metrics")
    assert (status, "guatu" in text) == (404, False)


def test_while_the_server_is_away_people_read_so_and_phones_know_to_come_again(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    command = nginx.command()
    if command is None:
        pytest.skip("there is no nginx here")
    folder: Path = tmp_path_factory.mktemp("away")
    folder.chmod(0o755)
    with serving.listening() as gone:
        port = gone.getsockname()[1]
    with proxy.in_front_of(port, folder, command) as door:
        for path in ("/", "/api/v1/checkins", "/ingest/owntracks"):
            status, text, headers = ask(door, "GET", path)
            assert (status, headers["Retry-After"]) == (503, "10")
            assert "服务器正在重新启动" in text
            assert "starting anew" in text
