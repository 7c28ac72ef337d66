"""How the installation stands: the administrator's page in words, and figures for Prometheus on this machine alone."""

import http.client
import json
import re
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.held import held, hold
from server.rules import status as rules
from server.rules.status import GB, Certificate, Seen
from server.services import closings, sweeps
from server.transaction import transaction
from tests import people
from tests.live.happenings import on_postgis, unfinished
from tests.support.databases import PROMETHEUS
from tests.support.serving import TREE, Served
from tests.support.streams import Stream, listen

WELL = Seen(
    lag_s=0.2,
    sweep_age_s=40,
    seal_age_s=7200,
    backup_age_s=30_000,
    disk_free=80 * GB,
    disk_total=100 * GB,
    photos=GB,
    photos_quota=20 * GB,
)


def test_the_administrator_reads_how_it_stands_and_nobody_else_does(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    list(sweeps.run())
    answer = client.get("/api/v1/status", headers=folk.administrator.sign_in(client))
    items = {item["name"]: item for item in answer.get_json()["items"]}
    assert items["sweep"]["state"] == "good"
    assert items["sweep"]["zh"] == "上次完整清扫在不到 1 分钟前"
    assert items["backup"]["do_en"].startswith("look at guatu-backup.timer")
    for name, who in folk.everyone.items():
        status = client.get("/api/v1/status", headers=who.sign_in(client)).status_code
        assert status == (200 if name == "administrator" else 403), name


@pytest.mark.parametrize(
    ("changed", "name", "state"),
    [
        ({}, "sweep", "good"),
        ({"sweep_age_s": None}, "sweep", "watch"),
        ({"sweep_age_s": 7200.0}, "sweep", "watch"),
        ({"sweep_age_s": 2 * 86_400.0}, "sweep", "wrong"),
        ({"seal_age_s": 4 * 86_400.0}, "seal", "wrong"),
        ({"backup_age_s": 2 * 86_400.0}, "backup", "watch"),
        ({"disk_free": 3 * GB}, "disk", "watch"),
        ({"disk_free": GB // 2}, "disk", "wrong"),
        ({"photos": 17 * GB}, "photos", "watch"),
        ({"photos": 20 * GB}, "photos", "wrong"),
        ({"lag_s": 9.0}, "stream", "watch"),
        ({"lag_s": 90.0}, "stream", "wrong"),
        ({}, "database", "good"),
        ({"writable": False}, "database", "wrong"),
        ({"clock_ahead_s": -59.0}, "clock", "good"),
        ({"clock_ahead_s": 90.0}, "clock", "watch"),
        ({"clock_ahead_s": -3600.0}, "clock", "wrong"),
        ({"certificate": Certificate(60 * 86_400.0)}, "certificate", "good"),
        ({"certificate": Certificate(20 * 86_400.0)}, "certificate", "watch"),
        ({"certificate": Certificate(86_400.0)}, "certificate", "wrong"),
        ({"certificate": Certificate(-60.0)}, "certificate", "wrong"),
        ({"certificate": Certificate(None)}, "certificate", "watch"),
    ],
)
def test_each_thing_is_judged_and_says_what_to_do(changed: dict[str, Any], name: str, state: str) -> None:
    facts = {field: getattr(WELL, field) for field in Seen.__dataclass_fields__} | changed
    [item] = [item for item in rules.judge(Seen(**facts)) if item.name == name]
    assert item.state == state
    assert bool(item.do_zh) == bool(item.do_en) == (state != "good")


def test_figures_are_for_this_machine_alone(app: Flask, client: FlaskClient) -> None:
    assert client.get("/metrics", headers=PROMETHEUS).status_code == 200
    elsewhere = {"REMOTE_ADDR": "192.0.2.7"}
    assert client.get("/metrics", headers=PROMETHEUS, environ_base=elsewhere).status_code == 404
    for header in ("X-Forwarded-For", "Forwarded", "Via"):
        assert client.get("/metrics", headers=PROMETHEUS | {header: "127.0.0.1"}).status_code == 404


@pytest.mark.parametrize(
    "brought", ["", "Bearer", "Bearer what-prometheus-bring", "Basic what-prometheus-brings"]
)
def test_a_proxy_here_that_says_nothing_of_whom_it_asks_for_is_shown_nothing(
    client: FlaskClient, brought: str
) -> None:
    headers = {"Authorization": brought} if brought else {}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_without_a_token_in_the_settings_nobody_reads_figures(app: Flask) -> None:
    hold(app, replace(settings := held(Settings), metrics_token=""))
    try:
        for brought in ({}, PROMETHEUS, {"Authorization": "Bearer "}):
            assert app.test_client().get("/metrics", headers=brought).status_code == 404
    finally:
        hold(app, settings)


def test_ages_are_told_once_there_are_any(app: Flask, client: FlaskClient) -> None:
    people.county(app)
    assert "guatu_seal_age_seconds" not in client.get("/metrics", headers=PROMETHEUS).get_data(as_text=True)
    with clock.at(clock.now() - timedelta(days=3)):
        people.person("旧人", 1, ("cadre", 1))
    list(sweeps.run())
    told = client.get("/metrics", headers=PROMETHEUS).get_data(as_text=True)
    assert figure(told, "guatu_sweep_age_seconds") < 60
    assert figure(told, "guatu_disk_free_bytes") > 0
    assert ("guatu_seal_age_seconds" in told) == bool(closings.verify().closed)


def test_what_an_alarm_asks_for_is_there_before_it_ever_happened() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from server import meters; print(meters.told({}).decode())"],
        cwd=TREE, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    page = (TREE / "docs" / "operations.md").read_text()
    asked = {f"guatu_{name}{{{label}}}" for name, label in re.findall(r'guatu_(\w+)\{(\w+="\w+")\}', page)}
    assert len(asked) >= 4
    for each in asked | {'guatu_checkins_total{became="kept"}'}:
        assert f"{each} 0.0" in told


def test_without_its_database_the_server_still_tells_what_it_counted(app: Flask, client: FlaskClient) -> None:
    assert figure(client.get("/metrics", headers=PROMETHEUS).get_data(as_text=True), "guatu_database_up") == 1
    with transaction() as session:
        session.execute(sa.text("ALTER TABLE sweeps RENAME TO away"))
    try:
        answer = client.get("/metrics", headers=PROMETHEUS)
    finally:
        with transaction() as session:
            session.execute(sa.text("ALTER TABLE away RENAME TO sweeps"))
    assert answer.status_code == 200
    told = answer.get_data(as_text=True)
    assert "guatu_database_up 0.0" in told
    assert "guatu_refused_total" in told
    assert "guatu_sweep_age_seconds" not in told


def test_all_processes_count_together_and_tell_of_nobody(server: Served, app: Flask) -> None:
    cadre = people.county(app).cadre
    token = cadre.tokens().access_token
    before = scraped(server)
    bodies = [checkin() for _ in range(12)]
    statuses = [sent(server, token, body) for body in (*bodies, bodies[0], {**bodies[1], "note": "改过"}, {})]
    assert statuses == [201] * 12 + [200, 409, 422]
    after = scraped(server)
    for became, count in (("kept", 12), ("again", 1), ("refused", 1)):
        name = f'guatu_checkins_total{{became="{became}"}}'
        assert figure(after, name) - figure(before, name) == count
    refused = 'guatu_refused_total{code="checkin_conflict"}'
    assert figure(after, refused) - figure(before, refused) == 1
    assert figure(after, "guatu_verdict_seconds_count") - figure(before, "guatu_verdict_seconds_count") == 14
    assert figure(after, "guatu_checkins_waiting") == 0
    assert not [each for each in (cadre.name, cadre.username, "118.5", "改过") if each in after]


@on_postgis
def test_whichever_process_is_asked_tells_of_the_one_whose_pages_are_behind(
    server: Served, app: Flask
) -> None:
    headers = people.county(app).supervisor_a.sign_in(app.test_client())
    with Stream(server.port, headers) as stream, unfinished("held"):
        listen([stream], until=lambda: bool(stream.of("stall")), within_s=10)
        lags = [figure(scraped(server), "guatu_stream_lag_seconds") for _ in range(12)]
    assert min(lags) > 0.1, lags


def checkin() -> dict[str, object]:
    """One check-in off duty with its own consent."""
    now = clock.iso(clock.now())
    place = {"lng": 118.5, "lat": 29.5, "accuracy_m": 12, "fixed_at": now, "consent": True}
    return {"id": str(uuid4()), "kind": "note", "made_at": now, "sent_at": now, **place}


def sent(server: Served, token: str, body: dict[str, object]) -> int:
    """Send a check-in by a connection of its own, so that whichever process takes it; the status of the answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("POST", "/api/v1/checkins", json.dumps(body), headers)
        return connection.getresponse().status


def scraped(server: Served) -> str:
    """What the server tells Prometheus."""
    with closing(http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)) as connection:
        connection.request("GET", "/metrics", headers=PROMETHEUS)
        return connection.getresponse().read().decode()


def figure(told: str, name: str) -> float:
    """One figure; 0 where it was not counted yet."""
    found = re.search(rf"^{re.escape(name)} (\S+)$", told, re.MULTILINE)
    return 0.0 if found is None else float(found[1])
