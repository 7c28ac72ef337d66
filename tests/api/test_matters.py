"""Complaints and suggestions: everybody may, the county reads them, nobody can take them away."""

from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.db import db
from server.models.events import Event
from server.services import matters
from server.services.matters import Report
from tests import people
from tests.people import County
from tests.support.together import together

URL = "/api/v1/matters"
COMPLAINT = {"kind": "complaint", "text": "定位同意页的字太小", "page": "/m/#/trips/3"}


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.mark.parametrize(
    "name", ["cadre", "grid_member", "supervisor_a", "leader", "administrator", "auditor"]
)
def test_everybody_may_complain_and_reads_what_they_said(
    folk: County, client: FlaskClient, name: str
) -> None:
    headers = folk.everyone[name].sign_in(client)
    answer = client.post(URL, json=COMPLAINT, headers=headers)
    assert answer.status_code == 201
    matter = answer.get_json()
    assert {key: matter[key] for key in COMPLAINT} == COMPLAINT
    assert matter["by"]["id"] == folk.everyone[name].id
    assert matter["state"] == "reported"
    [listed] = client.get(f"{URL}/mine", headers=headers).get_json()["items"]
    assert listed == {key: matter[key] for key in listed}


def test_a_complaint_is_read_at_the_county_by_nobody_who_watches_and_a_suggestion_by_all_there(
    folk: County, client: FlaskClient
) -> None:
    headers = folk.cadre.sign_in(client)
    for kind in ("complaint", "suggestion"):
        client.post(URL, json=COMPLAINT | {"kind": kind}, headers=headers)
    for name, found in {
        "supervisor": ["suggestion"],
        "leader": ["suggestion"],
        "auditor": ["suggestion", "complaint"],
        "administrator": ["suggestion", "complaint"],
        "supervisor_a": [],
        "administrator_a": [],
        "colleague": [],
    }.items():
        items = client.get(URL, headers=folk.everyone[name].sign_in(client)).get_json()["items"]
        assert [item["kind"] for item in items] == found, name
    mine = client.get(f"{URL}/mine", headers=folk.leader.sign_in(client)).get_json()["items"]
    assert mine == []


def test_what_is_sent_twice_at_once_is_one(app: Flask, folk: County) -> None:
    actor, told = folk.cadre.actor, Report("complaint", "字太小", told_as=uuid4())
    first, *others = together(app, *[lambda: matters.report(actor, told)["id"]] * 4)
    assert isinstance(first, int)
    assert others == [first] * 3


def test_an_answer_reaches_who_complained_and_stays(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    matter = client.post(URL, json=COMPLAINT, headers=headers).get_json()
    door, administrator = f"{URL}/{matter['id']}/answers", folk.administrator.sign_in(client)
    for text in ("下个版本改大", "已经改大"):
        assert client.post(door, json={"text": text}, headers=administrator).status_code == 201
    [mine] = client.get(f"{URL}/mine", headers=headers).get_json()["items"]
    assert [(each["text"], each["by"]["id"]) for each in mine["answers"]] == [
        ("下个版本改大", folk.administrator.id),
        ("已经改大", folk.administrator.id),
    ]
    events = db.session.execute(sa.select(Event).where(Event.kind == "matter.answered")).scalars()
    assert [(event.person_id, event.data) for event in events] == [
        (folk.cadre.id, {"matter": "complaint"})
    ] * 2


def test_who_watches_below_or_oneself_answers_nothing(folk: County, client: FlaskClient) -> None:
    said = client.post(URL, json=COMPLAINT, headers=folk.cadre.sign_in(client)).get_json()
    own = client.post(URL, json=COMPLAINT, headers=folk.administrator.sign_in(client)).get_json()
    door, words = f"{URL}/{said['id']}/answers", {"text": "知道了"}
    ends = {
        name: client.post(door, json=words, headers=folk.everyone[name].sign_in(client)).status_code
        for name in ("cadre", "supervisor", "leader", "auditor", "administrator_a")
    }
    assert ends == dict.fromkeys(ends, 403)
    refused = client.post(
        f"{URL}/{own['id']}/answers", json=words, headers=folk.administrator.sign_in(client)
    )
    assert (refused.status_code, refused.get_json()["code"]) == (403, "own_matter")
    assert (
        client.get(f"{URL}/mine", headers=folk.cadre.sign_in(client)).get_json()["items"][0]["answers"] == []
    )


def test_no_door_changes_or_deletes_what_was_said(app: Flask, folk: County, client: FlaskClient) -> None:
    matter = client.post(URL, json=COMPLAINT, headers=folk.cadre.sign_in(client)).get_json()
    headers = folk.administrator.sign_in(client)
    for method in ("PUT", "PATCH", "DELETE"):
        for url in (URL, f"{URL}/{matter['id']}", f"{URL}/mine"):
            assert client.open(url, method=method, headers=headers).status_code in {404, 405}


def test_a_complaint_is_recorded_by_its_number_and_never_by_its_words(
    folk: County, client: FlaskClient
) -> None:
    matter = client.post(URL, json=COMPLAINT, headers=folk.cadre.sign_in(client)).get_json()
    [event] = db.session.execute(sa.select(Event).where(Event.kind == "matter.reported")).scalars()
    assert (event.subject, event.actor_id, event.data) == (
        str(matter["id"]),
        folk.cadre.id,
        {"matter": "complaint"},
    )


def test_rare_characters_and_line_breaks_come_back_as_they_were(folk: County, client: FlaskClient) -> None:
    text = "𠮷野家旁的网格😀\n=1+1 不应是公式"
    answer = client.post(URL, json=COMPLAINT | {"text": text}, headers=folk.cadre.sign_in(client))
    assert answer.get_json()["text"] == text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("text", ""),
        ("text", " "),
        ("text", "长" * 4001),
        ("kind", "praise"),
        ("page", "x" * 201),
        ("state", "closed"),
    ],
)
def test_what_says_nothing_or_too_much_is_refused_by_name(
    folk: County, client: FlaskClient, field: str, value: str
) -> None:
    answer = client.post(URL, json=COMPLAINT | {field: value}, headers=folk.cadre.sign_in(client))
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == [field]


def test_matters_are_read_by_kind_and_page_by_page(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    for number in range(5):
        kind = "suggestion" if number % 2 else "complaint"
        client.post(URL, json=COMPLAINT | {"kind": kind, "text": f"第 {number} 条"}, headers=headers)
    first = client.get(f"{URL}/mine?limit=3", headers=headers).get_json()
    second = client.get(f"{URL}/mine?limit=3&cursor={first['next']}", headers=headers).get_json()
    assert [item["text"] for item in first["items"] + second["items"]] == [
        f"第 {n} 条" for n in (4, 3, 2, 1, 0)
    ]
    assert second["next"] is None
    assert len(client.get(f"{URL}?kind=suggestion", headers=headers).get_json()["items"]) == 2
