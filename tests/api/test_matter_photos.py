"""Photos as proof: told of with a report or a step, sent afterwards, seen by whoever may read the matter."""

import hashlib
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import people, photos
from tests.api.test_matter_steps import FOUND, URL, Desk
from tests.matters import ordinary
from tests.people import County, Headers

PHOTOS = "/api/v1/photos"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def desk(client: FlaskClient, folk: County) -> Desk:
    return Desk(client, folk, ordinary())


def send(client: FlaskClient, headers: Headers, proof: str, number: int = 1) -> tuple[str, Any]:
    """Send a photo of a report or step whole: its address, and the last answer."""
    content = photos.written(photos.drawn(shade=f"#4a6f{number:02}"))
    told = {
        "proof_id": proof,
        "number": number,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    url = f"{PHOTOS}/{uuid4()}"
    begun = client.put(url, json=told, headers=headers)
    if begun.status_code != 200:
        return url, begun
    sent = client.patch(
        f"{url}?offset=0", data=content, headers=headers, content_type="application/octet-stream"
    )
    return url, sent


def test_photos_of_a_report_and_of_a_step_stand_with_them_and_are_read_by_who_reads_the_matter(
    desk: Desk, folk: County
) -> None:
    reported, handled = str(uuid4()), str(uuid4())
    told = FOUND | {"category_id": desk.matter["category"]["id"], "told_as": reported, "photo_count": 2}
    desk.matter = desk.report("grid_member", told)
    url, sent = send(desk.client, desk.signed["grid_member"], reported)
    assert (sent.status_code, sent.get_json()["kept"]) == (200, True)
    desk.does("supervisor_a", "route", "accept")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a)
    proof = {"note": "灯泡已换", "told_as": handled, "photo_count": 1}
    once = desk.does("cadre", "handle", "handle", **proof)
    assert desk.does("cadre", "handle", "handle", **proof) == once
    send(desk.client, desk.signed["cadre"], handled)
    seen = desk.seen("supervisor_a").get_json()
    assert (seen["photo_count"], [each["number"] for each in seen["photos"]]) == (2, [1])
    assert [len(step["photos"]) for step in seen["steps"]] == [0, 0, 1]
    for who, thumb, original in (
        ("supervisor_a", 200, 403),
        ("grid_member", 200, 200),
        ("supervisor_b", 404, 404),
        ("administrator", 404, 404),
    ):
        got = [
            desk.client.get(f"{url}/{face}", headers=desk.signed[who]).status_code
            for face in ("thumb", "original")
        ]
        assert got == [thumb, original], who
    stamped = desk.client.get(f"{url}/stamped", headers=desk.signed["supervisor_a"])
    assert (stamped.status_code, stamped.mimetype) == (200, "image/jpeg")


def test_a_photo_is_taken_only_of_ones_own_report_and_of_so_many_as_it_told_of(desk: Desk) -> None:
    told = FOUND | {"category_id": desk.matter["category"]["id"]}
    assert (
        desk.client.post(URL, json=told | {"photo_count": 1}, headers=desk.signed["cadre"]).status_code == 422
    )
    proof = str(uuid4())
    desk.report("grid_member", told | {"told_as": proof, "photo_count": 1})
    assert send(desk.client, desk.signed["cadre"], proof)[1].status_code == 404
    assert send(desk.client, desk.signed["grid_member"], proof, 2)[1].status_code == 422
    both = {"proof_id": proof, "checkin_id": str(uuid4()), "number": 1, "size": 9, "sha256": "0" * 64}
    answer = desk.client.put(f"{PHOTOS}/{uuid4()}", json=both, headers=desk.signed["grid_member"])
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["checkin_id"])


def test_who_sent_a_photo_of_a_matter_may_erase_it_and_that_there_was_one_stays(desk: Desk) -> None:
    proof = str(uuid4())
    told = FOUND | {"category_id": desk.matter["category"]["id"], "told_as": proof, "photo_count": 1}
    desk.matter = desk.report("grid_member", told)
    url, _ = send(desk.client, desk.signed["grid_member"], proof)
    assert desk.client.delete(url, headers=desk.signed["supervisor_a"]).status_code == 404
    assert desk.client.delete(url, headers=desk.signed["grid_member"]).status_code == 200
    [left] = desk.seen("supervisor_a").get_json()["photos"]
    assert left["erased"]
    assert desk.client.get(f"{url}/thumb", headers=desk.signed["supervisor_a"]).status_code == 404
