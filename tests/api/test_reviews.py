"""The queue's and the review's doors: positions only after a reason, each look kept, and no figure by person."""

from io import BytesIO
from typing import Any

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient

from server.services import checkins
from tests import people
from tests.people import County, Headers
from tests.positions import rows
from tests.trips import FACTORY, told, under_way

LNG = str(FACTORY["lng"])


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def say_why(client: FlaskClient, headers: Headers, trip: dict[str, Any]) -> None:
    reason = {"reason": "trip_review", "trip_id": trip["id"]}
    assert client.post("/api/v1/looks", json=reason, headers=headers).status_code == 201


def test_the_queue_shows_no_position_and_the_evidence_one_after_a_reason_once_kept(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    said = told(trip, mock=True)
    checkins.make(folk.cadre.actor, said)
    headers = folk.supervisor_a.sign_in(client)
    queue = client.get("/api/v1/reviews", headers=headers)
    assert LNG not in queue.text
    told_of = queue.get_json()
    assert told_of["duties"][0] | {"oldest_at": ""} == {
        "trip": {"id": trip["id"], "title": trip["title"]},
        "unit": {"id": folk.township_a, "name": "东河镇"},
        "waiting": 1,
        "oldest_at": "",
    }
    address = f"/api/v1/checkins/{said.id}/evidence"
    assert client.get(address, headers=headers).get_json()["checkin"]["position"] is None
    assert rows("looks", "door") == []
    say_why(client, headers, trip)
    assert client.get("/api/v1/reviews", headers=headers).text.count(LNG) == 0
    assert client.get(address, headers=headers).status_code == 200
    found = client.get(address, headers=headers).get_json()
    assert found["checkin"]["position"]["lng"] == FACTORY["lng"]
    assert rows("looks", "door") == [("checkin",)]
    assert client.get(address, headers=folk.supervisor_b.sign_in(client)).status_code == 404


def test_the_queue_is_counted_in_all_and_by_duty_alone(folk: County, client: FlaskClient) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a, member_ids=[folk.cadre.id, folk.colleague.id])
    for who in (folk.cadre, folk.colleague, folk.cadre):
        checkins.make(who.actor, told(trip, mock=True))
    headers = folk.supervisor_a.sign_in(client)
    told_of = client.get("/api/v1/reviews", headers=headers).get_json()
    assert (told_of["total"], [duty["waiting"] for duty in told_of["duties"]]) == (3, [3])
    assert set(told_of) == {"total", "duties", "items", "next"}
    for asked in ("person_id=1", "sort=person", "group=person"):
        assert client.get(f"/api/v1/reviews?{asked}", headers=headers).get_json()["total"] == 3
    for asked in ("part=everybody", "limit=0", "cursor=abc"):
        assert client.get(f"/api/v1/reviews?{asked}", headers=headers).status_code == 422


def test_a_review_leaves_as_a_document_with_a_track_only_after_a_reason(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a, tracking="track")
    checkins.make(folk.cadre.actor, told(trip, note="到厂门口了"))
    address = f"/api/v1/trips/{trip['id']}/review.docx"
    headers = folk.supervisor_a.sign_in(client)
    plain = client.get(address, headers=headers)
    assert plain.mimetype == "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    tables = Document(BytesIO(plain.data)).tables
    assert [table.rows[1].cells[1].text for table in tables] == ["临江一厂", "本期没有记录", "陈晓"]
    assert rows("looks", "door") == []
    refused = client.get(f"{address}?person_id={folk.cadre.id}", headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "reason_needed")
    say_why(client, headers, trip)
    with_track = client.get(f"{address}?person_id={folk.cadre.id}", headers=headers)
    assert len(Document(BytesIO(with_track.data)).tables) == 4
    assert rows("looks", "door") == [("export",)]
    assert [kind for (kind,) in rows("events", "kind")].count("trip.exported") == 2
    for other in (folk.supervisor_b, folk.colleague, folk.auditor):
        assert client.get(address, headers=other.sign_in(client)).status_code == 404
