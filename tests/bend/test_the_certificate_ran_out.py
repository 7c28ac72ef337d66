"""The certificate runs out: nothing is sent, nothing is lost, the administrator reads it long before."""

import http.client
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from server import clock
from server.cli import certificate
from server.config import Settings
from server.held import held, hold
from tests import people
from tests.bend import phones
from tests.people import Headers
from tests.support.databases import PROMETHEUS

on_spatialite = pytest.mark.parametrize("app", ["spatialite"], indirect=True)
"""It has nothing to do with the database."""
HERE = ["127.0.0.1"]


def old(folder: Path, *, ago: timedelta) -> Path:
    """A certificate that `make demo TLS=1` made so long ago."""
    folder.mkdir(exist_ok=True)
    with clock.at(clock.now() - ago):
        return certificate.ensure(folder, HERE)[0]


@contextmanager
def served(app: Flask, folder: Path) -> Iterator[int]:
    """The application over TLS with what lies in a folder; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "certificate.pem", folder / "key.pem")
    server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=context)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def check_in(port: int, folder: Path, headers: Headers, told: dict[str, object]) -> int:
    """Send a check-in as a phone does that trusts the certificate; the answer's status."""
    trusting = ssl.create_default_context(cafile=str(folder / "certificate.pem"))
    with closing(http.client.HTTPSConnection("127.0.0.1", port, timeout=10, context=trusting)) as line:
        line.request(
            "POST", phones.CHECKINS, json.dumps(told), headers | {"Content-Type": "application/json"}
        )
        return line.getresponse().status


@on_spatialite
def test_a_phone_sends_nothing_to_an_old_certificate_and_everything_to_the_new_one(
    app: Flask, client: FlaskClient, tmp_path: Path
) -> None:
    headers, told, folder = people.county(app).cadre.sign_in(client), phones.said(), tmp_path / "tls"
    old(folder, ago=timedelta(days=366))
    with served(app, folder) as port, pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        check_in(port, folder, headers, told)
    assert phones.kept("checkins") == 0
    certificate.ensure(folder, HERE)
    with served(app, folder) as port:
        assert check_in(port, folder, headers, told) == 201
    assert phones.kept("checkins") == 1


@on_spatialite
@pytest.mark.parametrize(
    ("days", "state", "zh"),
    [
        (300, "good", "还有 65 天到期"),
        (350, "watch", "还有 15 天到期"),
        (363, "wrong", "还有 2 天到期"),
        (368, "wrong", "已过期 3 天"),
    ],
)
def test_the_administrator_reads_when_it_runs_out(
    app: Flask, client: FlaskClient, tmp_path: Path, days: int, state: str, zh: str
) -> None:
    settings, headers = held(Settings), people.county(app).administrator.sign_in(client)
    file = old(tmp_path / "tls", ago=timedelta(days=days))
    hold(app, replace(settings, certificate=str(file)))
    try:
        items = client.get("/api/v1/status", headers=headers).get_json()["items"]
        told = client.get("/metrics", headers=PROMETHEUS).get_data(as_text=True)
    finally:
        hold(app, settings)
    [item] = [each for each in items if each["name"] == "certificate"]
    assert (item["state"], item["zh"][: len(zh)]) == (state, zh)
    assert ("systemctl reload nginx" in item["do_zh"]) == (state != "good")
    assert ("guatu_certificate_left_seconds -" in told) == (days > 365)
