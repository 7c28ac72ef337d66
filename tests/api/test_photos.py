"""The doors of photos: parts over the wire, who sees which face of one, and what a browser may do with it."""

import io
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from server.config import Settings
from server.db import db
from server.held import held
from server.models.events import Event
from server.rules.photos import PART_BYTES
from server.services import looks, originals, photos
from tests import people
from tests.people import County, Headers, Someone
from tests.photos import MAKER, Taken, checked_in, exif, sent, written
from tests.trips import under_way

URL = "/api/v1/photos"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def trip(folk: County) -> dict[str, Any]:
    return under_way(folk.cadre, folk.supervisor_a)


@pytest.fixture
def taken(folk: County, trip: dict[str, Any]) -> Taken:
    """A photo of the cadre's from a trip, kept, with all that a camera writes."""
    photo = Taken(checked_in(folk.cadre, trip), written(exif=exif(orientation=6)))
    sent(folk.cadre, photo)
    return photo


def part(
    client: FlaskClient, headers: Headers, taken: Taken, body: bytes, offset: object, **how: Any
) -> TestResponse:
    """Send a part."""
    how = {"content_type": "application/octet-stream"} | how
    return client.patch(f"{URL}/{taken.id}?offset={offset}", data=body, headers=headers, **how)


def announced(taken: Taken) -> dict[str, Any]:
    return taken.announced | {"checkin_id": str(taken.checkin_id)}


def read(answer: TestResponse) -> Image.Image:
    assert answer.status_code == 200, answer.get_json()
    return Image.open(io.BytesIO(answer.data))


def test_a_photo_goes_over_the_wire_in_parts_and_stands_in_its_check_in(
    folk: County, client: FlaskClient
) -> None:
    headers = folk.cadre.sign_in(client)
    photo = Taken(checked_in(folk.cadre), written())
    begun = client.put(f"{URL}/{photo.id}", json=announced(photo), headers=headers)
    assert (begun.status_code, begun.get_json()["received"]) == (200, 0)
    assert part(client, headers, photo, photo.content[:700], 0).get_json()["received"] == 700
    assert client.get(f"{URL}/{photo.id}", headers=headers).get_json()["received"] == 700
    done = part(client, headers, photo, photo.content[700:], 700).get_json()
    assert (done["kept"], done["received"]) == (True, len(photo.content))
    record = client.get(f"/api/v1/checkins/{photo.checkin_id}", headers=headers).get_json()
    assert record["photo_count"] == 1
    assert [(each["id"], each["width"], each["erased"]) for each in record["photos"]] == [
        (str(photo.id), 320, False)
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"size": 0}, "size"),
        ({"size": 2**40}, "size"),
        ({"number": 0}, "number"),
        ({"number": 10}, "number"),
        ({"number": True}, "number"),
        ({"sha256": "../../etc/passwd"}, "sha256"),
        ({"sha256": "A" * 64}, "sha256"),
        ({"sha256": "a" * 64 + "\n/"}, "sha256"),
        ({"checkin_id": "1"}, "checkin_id"),
        ({"path": "/"}, "path"),
    ],
)
def test_what_is_announced_badly_is_named(
    folk: County, client: FlaskClient, changed: dict[str, Any], field: str
) -> None:
    photo = Taken(checked_in(folk.cadre), written())
    answer = client.put(
        f"{URL}/{photo.id}", json=announced(photo) | changed, headers=folk.cadre.sign_in(client)
    )
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [field])


def test_a_part_that_is_none_is_refused_by_name(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    photo = Taken(checked_in(folk.cadre), written())
    client.put(f"{URL}/{photo.id}", json=announced(photo), headers=headers)
    for offset in ("", "-1", "x", "1e9", str(2**40)):
        assert list(part(client, headers, photo, b"x", offset).get_json()["fields"]) == ["offset"]
    assert part(client, headers, photo, b"{}", 0, content_type="application/json").status_code == 415
    assert part(client, headers, photo, bytes(PART_BYTES + 1), 0).get_json()["code"] == "too_large"
    assert part(client, headers, Taken(photo.checkin_id, b""), b"x", 0).status_code == 404


@pytest.mark.parametrize(
    ("whose", "copies", "original"),
    [
        ("cadre", 200, 200),
        ("supervisor_a", 200, 403),
        ("supervisor", 200, 403),
        ("leader", 200, 403),
        ("colleague", 404, 404),
        ("supervisor_b", 404, 404),
        ("administrator", 404, 404),
        ("auditor", 404, 404),
    ],
)
def test_who_may_read_the_check_in_sees_its_photos_and_its_owner_alone_the_original(
    folk: County, client: FlaskClient, taken: Taken, whose: str, copies: int, original: int
) -> None:
    who: Someone = getattr(folk, whose)
    headers = who.sign_in(client)
    found = {
        face: client.get(f"{URL}/{taken.id}/{face}", headers=headers).status_code
        for face in ("thumb", "stamped", "original")
    }
    if whose in {
        "administrator",
        "auditor",
    }:  # a cadre's own permission is everybody's; the row is not theirs
        copies = original = 404
    assert found == {"thumb": copies, "stamped": copies, "original": original}


def test_an_original_opens_to_a_supervisor_once_they_have_said_why_and_each_opening_is_recorded(
    folk: County, client: FlaskClient, taken: Taken, trip: dict[str, Any]
) -> None:
    for reader, status in ((folk.supervisor_a, 200), (folk.leader, 403)):
        tokens = reader.tokens()
        headers = {"Authorization": f"Bearer {tokens.access_token}"}
        refused = client.get(f"{URL}/{taken.id}/original", headers=headers)
        assert refused.status_code == 403
        assert refused.get_json()["code"] == ("reason_needed" if status == 200 else "forbidden")
        looks.give_reason(tokens.actor, "trip_review", trip["id"])
        answers = [client.get(f"{URL}/{taken.id}/original", headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [status] * 2
    found = sa.select(Event.actor_id).where(Event.kind == "photo.opened", Event.person_id == folk.cadre.id)
    assert db.session.scalars(found).all() == [folk.supervisor_a.id] * 2
    seen = client.get("/api/v1/looks/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]
    assert [(look["by"]["id"], look["door"]) for look in seen] == [(folk.supervisor_a.id, "checkin")]


def test_copies_stand_upright_and_give_nothing_away(folk: County, client: FlaskClient, taken: Taken) -> None:
    headers = folk.supervisor_a.sign_in(client)
    thumb = client.get(f"{URL}/{taken.id}/thumb", headers=headers)
    stamp = client.get(f"{URL}/{taken.id}/stamped", headers=headers)
    assert read(thumb).size == (240, 320)
    assert (read(stamp).width, read(stamp).height > 320 + 60) == (240, True)
    for answer in (thumb, stamp):
        assert MAKER.encode() not in answer.data
        assert not read(answer).getexif()
    own = client.get(f"{URL}/{taken.id}/original", headers=folk.cadre.sign_in(client))
    assert own.data == taken.content


def test_a_browser_shows_a_photo_as_a_picture_and_asks_each_time_whether_it_may(
    folk: County, client: FlaskClient, taken: Taken
) -> None:
    headers = folk.cadre.sign_in(client)
    for face, disposition, caching in (
        ("thumb", "inline", "private, no-cache"),
        ("stamped", "inline", "private, no-cache"),
        ("original", "attachment", "no-store"),
    ):
        answer = client.get(f"{URL}/{taken.id}/{face}", headers=headers)
        said = answer.headers
        assert said["X-Content-Type-Options"] == "nosniff"
        assert said["Content-Type"] == "image/jpeg"
        assert said["Cache-Control"] == caching
        assert "sandbox" in said["Content-Security-Policy"]
        assert said["Content-Disposition"] == f'{disposition}; filename="guatu-{taken.id}-{face}.jpg"'
    known = {"If-None-Match": client.get(f"{URL}/{taken.id}/thumb", headers=headers).headers["ETag"]}
    assert client.get(f"{URL}/{taken.id}/thumb", headers=headers | known).status_code == 304
    photos.erase(folk.cadre.actor, taken.id)
    assert client.get(f"{URL}/{taken.id}/thumb", headers=headers | known).status_code == 404


def test_without_a_chinese_font_the_stamp_says_so_and_the_rest_is_there(
    app: Flask, folk: County, client: FlaskClient, taken: Taken, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.extensions["guatu"], Settings, replace(held(Settings), photo_font="none.ttc"))
    headers = folk.cadre.sign_in(client)
    refused = client.get(f"{URL}/{taken.id}/stamped", headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (500, "setting_refused")
    assert client.get(f"{URL}/{taken.id}/thumb", headers=headers).status_code == 200


def test_a_file_that_was_not_restored_is_not_found_and_the_operator_hears_of_it(
    folk: County, client: FlaskClient, taken: Taken, caplog: pytest.LogCaptureFixture
) -> None:
    originals.remove(taken.announced["sha256"])
    headers = folk.cadre.sign_in(client)
    for face in ("thumb", "stamped", "original"):
        assert client.get(f"{URL}/{taken.id}/{face}", headers=headers).status_code == 404
    assert f"the file of photo {taken.id} is not there" in caplog.text


def test_a_check_in_tells_of_nine_photos_at_most(folk: County, client: FlaskClient) -> None:
    told = {"id": str(uuid4()), "kind": "note", "made_at": "2026-05-01T08:00:00+08:00"}
    for count, status in ((10, 422), (-1, 422), ("2", 422), (9, 201)):
        answer = client.post(
            "/api/v1/checkins", json=told | {"photo_count": count}, headers=folk.cadre.sign_in(client)
        )
        assert answer.status_code == status, count
