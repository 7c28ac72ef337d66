"""The second step on the page: asked for without scripts, refused in words, and a role that sleeps says so."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect

from server import clock
from server.config import Settings
from server.gate import COOKIE
from server.held import held, hold
from server.services import factors
from tests.people import PASSWORD, County, Someone
from tests.web.conftest import Open, SignedIn
from tests.web.html import Taken
from tests.web.test_signin import enter


def set_up(who: Someone) -> pyotp.TOTP:
    """Somebody's second factor, in use since a minute ago."""
    with clock.at(clock.now() - timedelta(minutes=2)):
        app = pyotp.TOTP(factors.begin(who.actor, password=PASSWORD).seed)
        factors.confirm(who.actor, app.at(clock.now()))
    return app


def hidden(page: Taken) -> dict[str, str]:
    return {
        given["name"]: given.get("value", "") for given in page.all("input") if given.get("type") == "hidden"
    }


def test_the_second_step_needs_no_script_and_gives_no_cookie_before_it(
    client: FlaskClient, people: County
) -> None:
    app = set_up(people.supervisor)
    first = enter(client, people.supervisor, next="/log")
    page = Taken(first.text)
    assert "Set-Cookie" not in first.headers
    assert not page.all("script")
    assert PASSWORD not in first.text
    kept = hidden(page)
    wrong = client.post("/sign-in/second", data={**kept, "code": "000000"})
    assert wrong.status_code == 422
    assert any("验证码不正确" in words for words in Taken(wrong.text).words)
    assert hidden(Taken(wrong.text)) == kept
    right = client.post("/sign-in/second", data={**kept, "code": app.at(clock.now())})
    assert (right.status_code, right.location) == (302, "/log")
    assert COOKIE in right.headers["Set-Cookie"]
    lapsed = client.post("/sign-in/second", data={"ticket": "x", "code": "1"})
    assert lapsed.status_code == 401
    assert any("停留太久" in words for words in Taken(lapsed.text).words)


def test_another_sites_form_takes_no_second_step(client: FlaskClient, people: County) -> None:
    answer = client.post("/sign-in/second", data={}, headers={"Origin": "https://other.example"})
    assert answer.status_code == 403


def test_a_phone_takes_two_steps_as_well(client: FlaskClient, people: County) -> None:
    app = set_up(people.leader)
    device = {"device_name": "Pixel", "device_id": None}
    told = {"username": people.leader.username, "password": PASSWORD, **device}
    first = client.post("/api/v1/sessions", json=told)
    assert first.status_code == 202
    assert first.json is not None
    assert set(first.json) == {"ticket"}
    as_token = {"Authorization": f"Bearer {first.json['ticket']}"}
    assert client.get("/api/v1/me", headers=as_token).status_code == 401
    step = {**first.json, **device, "code": app.at(clock.now())}
    second = client.post("/api/v1/sessions/second", json=step)
    assert second.status_code == 201
    assert second.json is not None
    assert second.json["person"]["id"] == people.leader.id


@pytest.fixture
def strict(app: Flask) -> Iterator[None]:
    """Every privileged role needs a second factor at once."""
    kept = held(Settings)
    hold(app, replace(kept, second_factor="supervisor:0,leader:0,administrator:0,auditor:0"))
    yield
    hold(app, kept)


@pytest.mark.usefixtures("strict")
def test_who_holds_a_role_that_sleeps_is_shown_the_way_to_wake_it(
    people: County, signed_in: SignedIn
) -> None:
    client = signed_in(people.supervisor)
    assert client.get("/log").status_code == 200, "one's own check-ins are still there"
    assert "您的角色暂停使用" in client.get("/trips").text
    assert client.get("/people").location == "/account?factor=1"
    refused = client.get("/api/v1/people")
    assert (refused.status_code, (refused.json or {})["code"]) == (403, "factor_due")
    assert "您的角色暂停使用" not in signed_in(people.cadre).get("/trips").text


def test_a_supervisor_sets_it_up_by_hand_and_an_administrator_takes_it_off(
    people: County, desk: Open
) -> None:
    page = desk(people.supervisor).open("/account")
    page.get_by_role("button", name="设置两步验证").click()
    answer(page, "登录密码", PASSWORD, "下一步")
    expect(page.locator("img.qr")).to_be_visible()
    seed = page.locator(".factor-seed").inner_text().replace(" ", "")
    answer(page, "验证码", pyotp.TOTP(seed).at(clock.now()), "确认启用")
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("#factor")).to_contain_text("恢复码还剩 10 个")
    theirs = desk(people.administrator).open("/people")
    theirs.get_by_role("row", name=people.supervisor.name).get_by_role("button", name="解除两步验证").click()
    theirs.get_by_role("dialog").get_by_role("button", name="解除").click()
    expect(theirs.get_by_role("button", name="解除两步验证")).to_have_count(0)


def answer(page: Page, label: str, text: str, button: str) -> None:
    """Fill the one field of a dialog, and go on."""
    dialog = page.get_by_role("dialog")
    dialog.get_by_label(label).fill(text)
    dialog.get_by_role("button", name=button).click()
