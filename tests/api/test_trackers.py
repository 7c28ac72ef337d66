"""Trackers over the wire: told once, listed without secrets, revoked with one request."""

import base64
import json
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from nacl.secret import SecretBox

from server.gate import COOKIE
from server.queries import trackers as reads
from tests import people
from tests.people import County
from tests.web.conftest import cookie_of

URL = "/api/v1/trackers"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def add(client: FlaskClient, headers: dict[str, str], **told: object) -> Any:
    """The answer to adding a tracker."""
    return client.post(URL, json={"kind": "owntracks", "name": "我的手机", **told}, headers=headers)


def test_a_secret_is_told_in_one_answer_and_in_no_other(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    answer = add(client, headers)
    added = answer.get_json()
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    assert reads.of_secret(added["secret"]) is not None
    assert added["setup"]["qr"].startswith("<svg")
    listed = client.get(URL, headers=headers)
    assert listed.get_json()["items"] == [added["tracker"]]
    for told in (added["secret"], added["key"], "secret", "hash"):
        assert told not in listed.get_data(as_text=True)


def test_an_app_is_sent_to_the_address_the_browser_used(folk: County, client: FlaskClient) -> None:
    headers = {**folk.cadre.sign_in(client), "Host": "guatu.example.gov.cn"}
    packed = add(client, headers).get_json()["setup"]["link"].partition("inline=")[2]
    assert json.loads(base64.b64decode(packed))["url"] == "http://guatu.example.gov.cn/ingest/owntracks"
    traccar = add(client, headers, kind="traccar").get_json()
    assert traccar["setup"]["typed"][0]["value"] == "http://guatu.example.gov.cn/ingest/traccar"
    assert traccar["setup"]["typed"][1]["value"] == traccar["secret"]


def test_a_tracker_is_renamed_revoked_and_all_are_revoked_with_one_request_each(
    folk: County, client: FlaskClient
) -> None:
    headers = folk.cadre.sign_in(client)
    first, second = (add(client, headers).get_json() for _ in range(2))
    here = f"{URL}/{first['tracker']['id']}"
    assert client.patch(here, json={"name": "旧手机"}, headers=headers).get_json()["name"] == "旧手机"
    assert client.post(f"{here}/revoke", headers=headers).get_json()["revoked_at"] is not None
    assert client.post(f"{URL}/revoke", headers=headers).get_json() == {"revoked": 1}
    assert client.post(f"{URL}/revoke", headers=headers).get_json() == {"revoked": 0}
    for secret in (first["secret"], second["secret"]):
        known = reads.of_secret(secret)
        assert known is not None
        assert known.revoked


def test_a_phone_set_up_by_the_link_is_heard_until_it_is_revoked(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    added = add(client, headers).get_json()
    told = json.loads(base64.b64decode(added["setup"]["link"].partition("inline=")[2]))
    here = {"_type": "location", "lat": 30.25, "lon": 120.16, "tst": int(time.time()), "batt": 64, "bs": 1}
    box = SecretBox(told["encryptionKey"].encode()).encrypt(json.dumps(here).encode())
    sent = {"_type": "encrypted", "data": base64.b64encode(box).decode()}
    basic = base64.b64encode(f"{told['username']}:{told['password']}".encode()).decode()

    def send() -> Any:
        return client.post("/ingest/owntracks", json=sent, headers={"Authorization": f"Basic {basic}"})

    assert (send().status_code, send().get_json()) == (200, [])
    (phone,) = client.get(URL, headers=headers).get_json()["items"]
    assert (phone["battery"], phone["charging"]) == (0.64, False)
    assert phone["last_seen_at"] is not None
    (day,) = client.get(f"{URL}/set-aside", headers=headers).get_json()["items"]
    assert [each["reason"] for each in day["reasons"]] == ["not_on_duty"]
    client.post(f"{URL}/{phone['id']}/revoke", headers=headers)
    assert send().status_code == 401


def test_anothers_tracker_is_not_there(folk: County, client: FlaskClient) -> None:
    theirs = add(client, folk.cadre.sign_in(client)).get_json()["tracker"]["id"]
    headers = folk.administrator.sign_in(client)
    assert client.post(f"{URL}/{theirs}/revoke", headers=headers).status_code == 404
    assert client.patch(f"{URL}/{theirs}", json={"name": "x"}, headers=headers).status_code == 404


def test_a_page_needs_its_token_to_add_and_anothers_site_has_none(
    app: Flask, folk: County, client: FlaskClient
) -> None:
    client.set_cookie(COOKIE, cookie_of(folk.cadre))
    assert add(client, {}).status_code == 403
    assert client.get(URL).get_json() == {"items": []}


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "app"}, "kind"),
        ({"kind": None}, "kind"),
        ({"name": "  "}, "name"),
        ({"name": "长" * 65}, "name"),
        ({"sealed": "maybe"}, "sealed"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_cannot_be_added_is_named(
    folk: County, client: FlaskClient, told: dict[str, object], field: str
) -> None:
    answer = add(client, folk.cadre.sign_in(client), **told)
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == [field]


def test_more_than_enough_is_refused_in_words(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    answers = [add(client, headers) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [201] * 5 + [409]
    assert answers[-1].get_json()["code"] == "tracker_refused"
