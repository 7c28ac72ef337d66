"""The server's clock is put an hour ahead, or back: no position is lost, nobody is shut out, and somebody is told."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from tests import people
from tests.bend import phones
from tests.bend.phones import comes_again, kept
from tests.people import County
from tests.positions import phone
from tests.trips import under_way

HOUR = timedelta(hours=1)


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def test_put_back_no_phone_is_told_that_its_positions_were_taken_until_it_is_right_again(
    folk: County, client: FlaskClient
) -> None:
    under_way(folk.cadre, folk.supervisor_a, tracking="track")
    tracker, at_s = phone(folk.cadre), int(clock.now().timestamp()) + 1
    assert phones.traccar(client, tracker, at_s=at_s).status_code == 200
    with clock.at(clock.now() - HOUR):
        comes_again(phones.traccar(client, tracker, at_s=at_s + 10), "busy")
        assert phones.traccar(client, tracker, at_s=at_s).status_code == 503
        assert (kept("fixes"), kept("set_aside")) == (1, 0)
    assert phones.traccar(client, tracker, at_s=at_s + 10).status_code == 200
    assert kept("fixes") == 2


def test_a_phone_whose_own_clock_is_ahead_is_no_sign_that_ours_was_put_back(
    folk: County, client: FlaskClient
) -> None:
    under_way(folk.cadre, folk.supervisor_a, tracking="track")
    tracker, at_s = phone(folk.cadre), int(clock.now().timestamp()) + 1
    assert phones.traccar(client, tracker, at_s=at_s).status_code == 200
    assert phones.traccar(client, tracker, at_s=at_s + 3600).status_code == 200
    assert (kept("fixes"), kept("set_aside")) == (1, 1)


@pytest.mark.parametrize("jump", [HOUR, -HOUR], ids=["ahead", "back"])
def test_whoever_is_signed_in_stays_so_and_a_check_in_keeps_what_the_phone_said(
    folk: County, client: FlaskClient, jump: timedelta
) -> None:
    tokens, told = folk.cadre.tokens(), phones.said()
    with clock.at(clock.now() + jump):
        fresh = client.post("/api/v1/sessions/refresh", json={"refresh_token": tokens.refresh_token})
        assert fresh.status_code == 200, fresh.get_json()
        headers = {"Authorization": f"Bearer {fresh.get_json()['access_token']}"}
        answer = phones.check_in(client, headers, told)
    made = answer.get_json()
    assert answer.status_code == 201, made
    assert made["made_at"] == told["made_at"]
    assert made["skew_s"] == pytest.approx(jump.total_seconds(), abs=30)
    assert phones.check_in(client, folk.cadre.sign_in(client), told).status_code == 200


def test_the_administrator_reads_that_it_is_the_servers_clock_and_not_a_phones(
    folk: County, client: FlaskClient
) -> None:
    headers = folk.administrator.sign_in(client)
    assert _clock(client, headers)["state"] == "good"
    many = (folk.cadre, folk.colleague, folk.grid_member, folk.cadre_b, folk.official)
    said = [(phones.said(), person) for person in many]
    with clock.at(clock.now() + HOUR + timedelta(minutes=5)):
        for told, person in said:
            assert phones.check_in(client, person.sign_in(client), told).status_code == 201
        ahead = _clock(client, folk.administrator.sign_in(client))
    assert (ahead["state"], ahead["zh"]) == ("wrong", "服务器时钟似乎快了 1 小时")
    behind = _clock(client, headers)
    assert (behind["state"], behind["en"]) == ("wrong", "the server's clock seems 1 hour behind")
    assert "timedatectl" in behind["do_zh"]


def _clock(client: FlaskClient, headers: dict[str, str]) -> dict[str, str]:
    """What the status page says of the clock."""
    items = client.get("/api/v1/status", headers=headers).get_json()["items"]
    [found] = [item for item in items if item["name"] == "clock"]
    return dict(found)
