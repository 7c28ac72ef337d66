"""Robots of groups, against a receiver on loopback: signed, in digests, tried again, never twice, off by default."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.hooks import Hook, HookMessage
from server.models.matters import MatterCategory
from server.queries import hooks as reads
from server.readers import Listed
from server.rules import hooks as rules
from server.services import hook_calls, hooks, matters, notices, sweeps
from server.services.hooks import Told
from server.services.matters import Report
from tests import people
from tests.people import County
from tests.support.robot import Robot, robot

NOON = datetime.fromisoformat("2026-09-01T04:00:00+00:00")
"""A Tuesday, twelve in Shanghai; digests go at half past eight and at five."""

EVENING, NIGHT = NOON + timedelta(hours=5), NOON + timedelta(hours=11)
URL = "/api/v1/hooks"
SECRET = "SEC-a-secret-of-the-group"


@pytest.fixture
def listening(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    """A robot, and a server that may speak to it."""
    with robot() as made:
        settings = replace(held(Settings), hooks=True, hook_origins=Listed((made.origin,)))
        monkeypatch.setitem(app.extensions["guatu"], Settings, settings)
        yield made


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    with clock.at(NOON):
        yield people.county(app)


def added(folk: County, listening: Robot, **facts: Any) -> int:
    """A robot of the first township's group."""
    told: dict[str, Any] = {
        "name": "东河镇工作群",
        "kind": "dingtalk",
        "lang": "zh",
        "unit_id": folk.township_a,
        "address": listening.address,
        "secret": SECRET,
        "enabled": True,
    }
    return int(hooks.add(folk.administrator.actor, Told(**(told | facts)))["id"])


def reported(folk: County, *, hours: int = 72, count: int = 1) -> None:
    """Matters that must be answered within so many hours, found at a place in the first township."""
    made = MatterCategory(
        name="紧急险情", answer_amount=hours, answer_unit="hours", solve_amount=7, solve_unit="days"
    )
    db.session.add(made)
    db.session.commit()
    for _ in range(count):
        told = Report("patrol", "堤岸塌陷", category_id=made.id, place="石拱桥", lng=118.5012, lat=29.6034)
        matters.report(folk.grid_member.actor, told)
    notices.tell()


def handed(at: datetime) -> hooks.Handed:
    with clock.at(at):
        return hooks.hand_over()


def states() -> list[tuple[str, int]]:
    """Every message's state and tries, oldest first."""
    db.session.rollback()
    rows = db.session.execute(sa.select(HookMessage.state, HookMessage.tries).order_by(HookMessage.id))
    return [(row.state, row.tries) for row in rows]


def test_a_digest_is_signed_counts_by_unit_and_names_no_person_and_no_place(
    folk: County, listening: Robot
) -> None:
    added(folk, listening)
    reported(folk, count=3)
    assert handed(NOON) == hooks.Handed(0, 0)
    assert handed(EVENING) == hooks.Handed(1, 0)
    [said], [query] = listening.texts, listening.queries
    assert said.splitlines() == [
        "【挂图】东河镇 09-01 17:00 提醒汇总",
        "· 新上报事项 3 件：柳树村一网格 3",
        "详情请登录挂图查看。",
    ]
    for secret in ("赵田", "石拱桥", "堤岸", "118.5", "29.6", str(folk.grid_member.id) + "号"):
        assert secret not in said
    signed = urlsplit(rules.signed("dingtalk", listening.address, SECRET, EVENING)).query
    assert query == {name: values[0] for name, values in parse_qs(signed).items()}


def test_a_digest_goes_once_however_often_it_is_swept_and_speaks_of_nothing_twice(
    folk: County, listening: Robot
) -> None:
    added(folk, listening)
    reported(folk)
    for minute in range(4):
        handed(EVENING + timedelta(minutes=minute))
    handed(EVENING + timedelta(days=1))
    assert len(listening.texts) == 1
    with clock.at(EVENING + timedelta(days=1)):
        reported(folk)
    handed(EVENING + timedelta(days=2))
    assert [text.splitlines()[1] for text in listening.texts] == ["· 新上报事项 1 件：柳树村一网格 1"] * 2


def test_an_emergency_goes_at_once_and_at_night_and_nothing_else_does(folk: County, listening: Robot) -> None:
    added(folk, listening, kind="wecom", secret=None, lang="en")
    added(folk, listening, unit_id=folk.township_b)
    with clock.at(NIGHT):
        reported(folk)
        assert hooks.hand_over() == hooks.Handed(0, 0)
        reported(folk, hours=1)
        assert hooks.hand_over() == hooks.Handed(1, 0)
    assert listening.texts == [
        "[Guatu, urgent] 东河镇, 09-01 23:00\n"
        "· matters newly reported: 1 – 柳树村一网格 1\n"
        "Sign in to Guatu to read more."
    ]
    assert "sign" not in listening.queries[0]


def test_what_certainly_did_not_arrive_is_tried_again_further_and_further_apart(
    folk: County, listening: Robot
) -> None:
    added(folk, listening)
    reported(folk)
    listening.answers = [45009, -1, 0]
    assert handed(EVENING) == hooks.Handed(0, 1)
    assert handed(EVENING + timedelta(seconds=30)) == hooks.Handed(0, 0)
    assert handed(EVENING + timedelta(seconds=61)) == hooks.Handed(0, 1)
    assert handed(EVENING + timedelta(seconds=150)) == hooks.Handed(0, 0)
    assert handed(EVENING + timedelta(seconds=182)) == hooks.Handed(1, 0)
    assert len(set(listening.texts)) == 1
    assert states() == [("sent", 3)]


def test_a_robot_that_refuses_is_not_asked_again_and_says_why(folk: County, listening: Robot) -> None:
    hook_id = added(folk, listening)
    reported(folk)
    listening.answers = [310000]
    handed(EVENING)
    handed(EVENING + timedelta(hours=1))
    assert (states(), len(listening.texts)) == ([("given_up", 1)], 1)
    [shown] = hooks.change(folk.administrator.actor, hook_id, Told())["messages"]
    assert shown["said"] == "310000 no"


def test_a_robot_nobody_reaches_is_given_up_after_half_a_day(
    folk: County, listening: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(folk, listening)
    reported(folk)
    monkeypatch.setattr(hook_calls, "call", lambda *_: rules.Outcome("again", "ConnectionRefusedError"))
    for hour in range(16):
        handed(EVENING + timedelta(hours=hour))
    [(state, tries)] = states()
    assert (state, 12 <= tries <= 14) == ("given_up", True)


def test_an_answer_that_never_came_is_called_unsure_and_the_group_reads_it_once(
    folk: County, listening: Robot
) -> None:
    added(folk, listening)
    reported(folk)
    listening.answers = [None]
    handed(EVENING)
    handed(EVENING + timedelta(hours=1))
    assert (states(), len(listening.texts)) == ([("unsure", 1)], 1)


def test_a_sweep_that_dies_while_it_sends_neither_loses_nor_doubles(
    folk: County, listening: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(folk, listening)
    added(folk, listening, name="另一个群", kind="wecom")
    reported(folk)
    call = hook_calls.call

    def call_and_die(address: str, body: bytes) -> rules.Outcome:
        call(address, body)
        raise KeyboardInterrupt

    monkeypatch.setattr(hook_calls, "call", call_and_die)
    with pytest.raises(KeyboardInterrupt):
        handed(EVENING)
    monkeypatch.setattr(hook_calls, "call", call)
    assert handed(EVENING + timedelta(minutes=2)) == hooks.Handed(1, 0)
    assert handed(EVENING + timedelta(minutes=4)) == hooks.Handed(0, 0)
    assert (states(), len(listening.texts)) == ([("unsure", 1), ("sent", 1)], 2)


def test_a_robot_that_is_taken_away_while_it_is_told_keeps_nobody_else_waiting(
    folk: County, listening: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = added(folk, listening)
    added(folk, listening, name="另一个群", kind="wecom")
    reported(folk)
    call = hook_calls.call

    def call_and_remove(address: str, body: bytes) -> rules.Outcome:
        monkeypatch.setattr(hook_calls, "call", call)
        hooks.remove(folk.administrator.actor, gone)
        return call(address, body)

    monkeypatch.setattr(hook_calls, "call", call_and_remove)
    assert handed(EVENING) == hooks.Handed(2, 0)
    assert states() == [("sent", 1)]


def test_a_robot_that_is_taken_away_just_before_it_is_told_keeps_nobody_else_waiting(
    folk: County, listening: Robot, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, off = added(folk, listening), added(folk, listening, name="停用的群")
    added(folk, listening, name="另一个群", kind="wecom")
    reported(folk)
    seen = reads.enabled

    def enabled_and_gone() -> Sequence[int]:
        found = seen()
        hooks.remove(folk.administrator.actor, gone)
        hooks.change(folk.administrator.actor, off, Told(enabled=False))
        return found

    monkeypatch.setattr(reads, "enabled", enabled_and_gone)
    assert handed(EVENING) == hooks.Handed(1, 0)
    assert len(listening.texts) == 1


def test_after_a_restore_no_group_is_told_again_what_waited_or_came_up_before(
    folk: County, listening: Robot, app: Flask
) -> None:
    added(folk, listening)
    reported(folk)
    listening.answers = [-1]
    assert handed(EVENING) == hooks.Handed(0, 1)
    made = db.session.scalars(sa.select(MatterCategory.id)).first()
    matters.report(folk.grid_member.actor, Report("patrol", "堤岸塌陷", category_id=made, place="石拱桥"))
    with clock.at(EVENING + timedelta(days=4)):  # what was in the backup is restored: overdue by now
        told = app.test_cli_runner().invoke(args=["hooks", "begin-anew"])
        assert (told.exit_code, told.output[:1]) == (0, "1")
    assert states() == [("unsure", 1)]
    assert handed(EVENING + timedelta(days=5)) == hooks.Handed(0, 0)
    with clock.at(EVENING + timedelta(days=5, hours=12)):
        reported(folk)
    assert handed(EVENING + timedelta(days=6)) == hooks.Handed(1, 0)
    assert [text.splitlines()[1] for text in listening.texts[1:]] == ["· 新上报事项 1 件：柳树村一网格 1"]


def test_no_group_learns_that_somebody_of_a_unit_complained(folk: County, listening: Robot) -> None:
    for unit_id in (folk.township_a, folk.root):
        added(folk, listening, unit_id=unit_id)
    for kind in ("complaint", "suggestion"):
        matters.report(folk.cadre.actor, Report(kind, "定位太勤"))
    notices.tell()
    handed(EVENING)
    assert listening.texts == []


def test_nothing_leaves_a_server_that_was_not_told_to(
    app: Flask, folk: County, listening: Robot, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not Settings().hooks
    hook_id = added(folk, listening)
    monkeypatch.setitem(app.extensions["guatu"], Settings, replace(held(Settings), hooks=False))
    reported(folk, hours=1)
    with clock.at(EVENING):
        list(sweeps.run())
    headers = folk.administrator.sign_in(client)
    refused = client.post(f"{URL}/{hook_id}/try", headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "hook_refused")
    assert (listening.texts, states()) == ([], [])


def test_the_county_keeps_robots_and_reads_no_address_back(
    folk: County, listening: Robot, client: FlaskClient
) -> None:
    headers = folk.administrator.sign_in(client)
    told = {
        "name": "县防汛群",
        "kind": "wecom",
        "unit_id": folk.root,
        "address": listening.address,
        "secret": SECRET,
    }
    made = client.post(URL, json=told, headers=headers)
    assert (made.status_code, made.get_json()["enabled"]) == (201, False)
    hook_id = made.get_json()["id"]
    assert client.post(f"{URL}/{hook_id}/try", headers=headers).get_json() == {"state": "sent", "said": "ok"}
    assert listening.texts == ["【挂图】青溪县：这是一条测试消息。"]
    changed = client.patch(f"{URL}/{hook_id}", json={"enabled": True, "secret": ""}, headers=headers)
    assert (changed.get_json()["enabled"], changed.get_json()["signed"]) == (True, False)
    said = client.get(URL, headers=headers).get_data(as_text=True)
    assert "access_token" not in said
    assert SECRET not in said
    [row] = db.session.scalars(sa.select(Hook))
    assert "access_token" not in row.sealed_address
    assert client.delete(f"{URL}/{hook_id}", headers=headers).status_code == 204
    assert client.get(URL, headers=headers).get_json()["items"] == []
    assert client.post(f"{URL}/{hook_id}/try", headers=headers).status_code == 404
    for name in ("supervisor", "leader", "auditor", "administrator_a", "cadre"):
        assert client.get(URL, headers=folk.everyone[name].sign_in(client)).status_code == 403, name


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/robot",
        "https://oapi.dingtalk.com.evil.example/robot",
        "https://oapi.dingtalk.com@evil.example/robot",
        "file:///etc/passwd",
        "https://[::1/robot",
    ],
)
def test_an_address_elsewhere_is_refused(
    folk: County, listening: Robot, client: FlaskClient, address: str
) -> None:
    told = {"name": "群", "kind": "dingtalk", "unit_id": folk.root, "address": address}
    answer = client.post(URL, json=told, headers=folk.administrator.sign_in(client))
    assert (answer.status_code, answer.get_json()["code"]) == (422, "hook_refused")


def test_a_robot_switched_on_again_is_told_of_nothing_that_came_up_meanwhile(
    folk: County, listening: Robot
) -> None:
    hook_id = added(folk, listening, enabled=False)
    reported(folk, hours=1)
    hooks.change(folk.administrator.actor, hook_id, Told(enabled=True))
    assert handed(EVENING) == hooks.Handed(0, 0)
    assert listening.texts == []


def test_addresses_and_secrets_are_sealed_anew_with_the_others(folk: County, listening: Robot) -> None:
    hook_id = added(folk, listening)
    before = db.session.scalars(sa.select(Hook.sealed_address).where(Hook.id == hook_id)).one()
    assert hooks.reseal() == (1, 0)
    row = db.session.get_one(Hook, hook_id, populate_existing=True)
    assert row.sealed_address != before
    assert hooks._opened(row) == (listening.address, SECRET)
