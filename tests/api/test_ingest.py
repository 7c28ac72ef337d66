"""The phones' doors: each app's own messages in, exactly the answer it expects out, and nothing lost or overheard."""

import base64
import gzip
import json
import re
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import clock, meters
from server.db import Base, db
from server.held import held
from server.models.trackers import Tracker
from server.services import consents, passwords, trackers
from server.services.seals import Seals
from tests import people
from tests import trips as journeys
from tests.ingest.payloads import expected, samples
from tests.people import County
from tests.positions import Phone, phone, rows

BEGUN = datetime.fromisoformat("2025-11-20T00:00:00+00:00")
LATER = datetime.fromisoformat("2025-12-20T00:00:00+00:00")
FORM = "application/x-www-form-urlencoded"
SECRET = "6b1f0c9ad24e4f7aa8c35d10e2b79f46"
PLACE = {"id": SECRET, "lat": "29.802137", "lon": "119.691241", "timestamp": "1765000810"}
"""Coordinates that no table, log or event may hold where the fix was not kept."""


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def duty(folk: County) -> int:
    """The cadre's duty since `BEGUN`, at level track, with consent."""
    with clock.at(BEGUN):
        trip = journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
    return int(trip["id"])


def basic(secret: str) -> dict[str, str]:
    return {
        "Authorization": "Basic " + base64.b64encode(f"chen:{secret}".encode()).decode(),
        "X-Limit-D": "p",
    }


def sent(client: FlaskClient, sample: Path) -> TestResponse:
    """One of Traccar's samples, sent as its form is sent."""
    content = sample.read_bytes().rstrip(b"\n")
    if sample.suffix == ".query":
        return client.post("/ingest/traccar?" + content.decode())
    kind = FORM if sample.suffix == ".form" else "application/json"
    return client.post("/ingest/traccar", data=content, content_type=kind)


@pytest.mark.parametrize("sample", samples("traccar"), ids=lambda sample: sample.stem)
def test_every_form_of_traccar_client_is_kept_and_answered_as_it_expects(
    folk: County, duty: int, client: FlaskClient, sample: Path
) -> None:
    wanted = expected(sample)
    phone(folk.cadre, wanted.get("secret") or SECRET)
    with clock.at(LATER):
        answer = sent(client, sample)
    if wanted.get("secret") is None:
        assert answer.status_code == 401
    else:
        assert (answer.status_code, answer.data) == (200, b"")
        assert len(rows("fixes", "at")) == len(wanted["fixes"])


def test_what_is_not_understood_in_a_message_is_counted_for_whoever_runs_the_server(
    folk: County, client: FlaskClient
) -> None:
    phone(folk.cadre, SECRET)
    before = understood_not("traccar")
    client.get(
        "/ingest/traccar", query_string=PLACE | {"satellites": "9", "accuracy": "good", "29.8021": "1"}
    )
    assert understood_not("traccar") - before == 3
    client.get("/ingest/traccar", query_string=PLACE | {"id": "nobody", "satellites": "9"})
    assert understood_not("traccar") - before == 3
    assert b"29.8021" not in meters.told({})


def test_an_address_that_was_typed_with_a_slash_at_its_end_is_the_same_door(
    folk: County, client: FlaskClient
) -> None:
    phone(folk.cadre, SECRET)
    assert client.get("/ingest/traccar/", query_string=PLACE).status_code == 200
    answer = client.post("/ingest/owntracks/", data=b"{}", headers=basic(SECRET))
    assert (answer.status_code, answer.get_json()) == (200, [])


@pytest.mark.parametrize(("encoding", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress)])
def test_a_message_that_was_packed_on_its_way_is_kept_and_a_broken_one_blocks_nobody(
    folk: County, duty: int, client: FlaskClient, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    phone(folk.cadre, SECRET)
    packed = {"Content-Encoding": encoding}
    told = json.dumps({"_type": "location", "lat": 29.6, "lon": 118.5, "tst": 1765000811}).encode()
    with clock.at(LATER):
        of_traccar = client.post(
            "/ingest/traccar", data=pack(urlencode(PLACE).encode()), content_type=FORM, headers=packed
        )
        client.post("/ingest/owntracks", data=pack(told), headers=basic(SECRET) | packed)
        broken = client.post("/ingest/owntracks", data=pack(told)[:-3], headers=basic(SECRET) | packed)
    assert (of_traccar.status_code, broken.status_code) == (200, 200)
    assert len(rows("fixes", "at")) == 2


def understood_not(source: str) -> float:
    """How many keys of messages in a form were not understood so far."""
    told = re.search(rf'guatu_unknown_keys_total{{source="{source}"}} (\S+)', meters.told({}).decode())
    assert told is not None
    return float(told[1])


@pytest.mark.parametrize("sample", samples("owntracks"), ids=lambda sample: sample.stem)
def test_every_message_of_owntracks_is_answered_with_an_empty_list(
    folk: County, duty: int, client: FlaskClient, sample: Path
) -> None:
    wanted = expected(sample)
    mine = phone(folk.cadre, "s3cret", kind="owntracks")
    if wanted.get("key"):
        sealed = held(Seals).seal(wanted["key"])
        db.session.execute(sa.update(Tracker).where(Tracker.id == mine.id).values(sealed_key=sealed))
        db.session.commit()
    with clock.at(LATER):
        answer = client.post("/ingest/owntracks", data=sample.read_bytes(), headers=basic("s3cret"))
    assert (answer.status_code, answer.get_json(), answer.mimetype) == (200, [], "application/json")
    assert len(rows("fixes", "at")) == len(wanted["fixes"])


@pytest.mark.parametrize("sample", samples("native"), ids=lambda sample: sample.stem)
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_our_own_batches_say_what_became_of_each(
    folk: County, duty: int, client: FlaskClient, sample: Path, packed: bool
) -> None:
    wanted, body = expected(sample), sample.read_bytes()
    headers = {"Content-Encoding": "gzip"} if packed else {}
    with clock.at(LATER):
        answer = client.post(
            "/api/v1/positions",
            data=gzip.compress(body) if packed else body,
            headers=folk.cadre.sign_in(client) | headers,
        )
    told = answer.get_json()
    kept = len(rows("fixes", "at"))
    assert answer.status_code == 200
    assert told["kept"] == kept
    assert told["kept"] + sum(told["set_aside"].values()) == len(wanted["fixes"]) + sum(
        wanted["set_aside"].values()
    )


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_osmand_and_gpslogger_ask_with_a_query(
    folk: County, duty: int, client: FlaskClient, method: str
) -> None:
    phone(folk.cadre, SECRET)
    told = f"deviceid={SECRET}&location=29.8,119.69&timestamp=1765000810000&speed=3&heading=90&junk=1"
    with clock.at(LATER):
        assert client.open("/ingest/traccar?" + told, method=method).status_code == 200
    assert rows("fixes", "lng", "lat") == [(119.69, 29.8)]


# ── what a queue must never meet ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "query",
    [
        "lat=948&lon=119&timestamp=1765000810",
        "lat=29,8&lon=119&timestamp=1765000810",
        "lat=29.8&lon=119&timestamp=soon",
        "lat=0&lon=0&timestamp=1765000810",
        "notificationToken=abc",
        "lat=29.8&lon=119.6&timestamp=9999999999",
        "lat=29.8&lon=119.6&timestamp=1",
        "lat=29.8&lon=119.6&timestamp=1765000810&" + "&".join(f"k{n}=1" for n in range(300)),
        "lat=%00&lon=%F0%A0%AE%B7&timestamp=1765000810",
    ],
)
def test_no_message_that_is_merely_unwanted_blocks_the_queue(
    folk: County, duty: int, client: FlaskClient, query: str
) -> None:
    phone(folk.cadre, SECRET)
    with clock.at(LATER):
        assert client.post(f"/ingest/traccar?id={SECRET}&{query}").status_code == 200
        assert (
            client.post(f"/ingest/traccar?id={SECRET}&lat=29.8&lon=119.6&timestamp=1765000811").status_code
            == 200
        )
    assert len(rows("fixes", "at")) == 1


@pytest.mark.parametrize("body", [b"{", b"[[[[", b"\xff\xfe", b'{"_type": "location"', b"null"])
def test_a_body_that_cannot_be_read_is_a_success_for_a_phone_that_is_known(
    folk: County, duty: int, client: FlaskClient, body: bytes
) -> None:
    mine = phone(folk.cadre, "s3cret", kind="owntracks")
    answer = client.post("/ingest/owntracks", data=body, headers=basic("s3cret"))
    assert (answer.status_code, answer.get_json()) == (200, [])
    assert rows("set_aside", "tracker_id", "reason", "count") == [(mine.id, "unreadable_item", 1)]


@pytest.mark.parametrize(
    "body", [b'{"device_id":"%s","location":{"timest', b"id=%s&lat=1&" + b"a=b&" * 300, b'[{"id": "%s"']
)
def test_a_message_of_which_only_its_phone_can_be_read_does_not_come_for_ever(
    folk: County, duty: int, client: FlaskClient, body: bytes
) -> None:
    mine = phone(folk.cadre, SECRET)
    answer = client.post("/ingest/traccar", data=body.replace(b"%s", SECRET.encode()))
    assert (answer.status_code, answer.data) == (200, b"")
    assert rows("set_aside", "tracker_id", "reason", "count") == [(mine.id, "unreadable_item", 1)]


@pytest.mark.parametrize("secret", ["", "wrong", "x" * 5000])
def test_a_wrong_secret_is_refused_and_nothing_is_counted(
    folk: County, duty: int, client: FlaskClient, secret: str
) -> None:
    phone(folk.cadre, SECRET)
    assert (
        client.post(f"/ingest/traccar?id={secret}&lat=29.8&lon=119.6&timestamp=1765000811").status_code == 401
    )
    assert client.post("/ingest/owntracks", data=b"{}", headers=basic(secret)).status_code == 401
    assert rows("fixes", "at") == rows("set_aside", "count") == []


def test_a_lost_phone_is_refused_from_the_next_message_on(
    folk: County, duty: int, client: FlaskClient
) -> None:
    added = trackers.add(folk.cadre.actor, "owntracks", "旧手机")
    message = b'{"_type":"location","lat":29.8,"lon":119.6,"tst":1765000811,"tid":"a"}'
    with clock.at(LATER):
        first = client.post("/ingest/owntracks", data=message, headers=basic(added.secret))
        trackers.revoke(folk.cadre.actor, added.tracker["id"])
        then = client.post("/ingest/owntracks", data=message, headers=basic(added.secret))
    assert (first.status_code, then.status_code) == (200, 401)


@pytest.mark.parametrize("end", ["signed out", "revoked", "password reset"])
def test_a_phone_whose_session_is_over_is_refused_from_its_next_batch_on(
    folk: County, duty: int, client: FlaskClient, end: str
) -> None:
    told = {"items": [{"lng": 119.6, "lat": 29.8, "fixed_at": 1765000810.0}]}
    with clock.at(LATER):
        headers = folk.cadre.sign_in(client)
        first = client.post("/api/v1/positions", json=told, headers=headers)
        if end == "signed out":
            assert client.delete("/api/v1/sessions/current", headers=headers).status_code == 204
        elif end == "revoked":
            trackers.revoke(folk.cadre.actor, rows("trackers", "id")[0][0])
        else:
            passwords.reset(folk.administrator.actor, folk.cadre.id, None)
        told["items"][0] |= {"fixed_at": 1765000811.0}
        then = client.post("/api/v1/positions", json=told, headers=headers)
    assert (first.status_code, then.status_code) == (200, 401)
    assert then.get_json()["code"] == "session_ended"
    assert len(rows("fixes", "at")) == 1
    assert rows("set_aside", "count") == []


def test_while_the_servers_keys_do_not_open_a_phones_key_its_sealed_messages_stay_on_the_phone(
    folk: County, duty: int, client: FlaskClient
) -> None:
    added = trackers.add(folk.cadre.actor, "owntracks", "手机", sealed=True)
    db.session.execute(sa.update(Tracker).values(sealed_key="gAAAAABspoilt"))
    db.session.commit()
    sealed = json.dumps({"_type": "encrypted", "data": base64.b64encode(bytes(64)).decode()})
    answer = client.post("/ingest/owntracks", data=sealed, headers=basic(added.secret))
    assert (answer.status_code, answer.get_json()["code"]) == (500, "keys_refused")
    assert rows("fixes", "at") == rows("set_aside", "count") == []


def test_more_than_a_batch_holds_is_refused_whole(folk: County, duty: int, client: FlaskClient) -> None:
    column = [1.0] * 2001
    told = {"columns": {"lng": column, "lat": column, "fixed_at": column}}
    answer = client.post("/api/v1/positions", json=told, headers=folk.cadre.sign_in(client))
    assert answer.status_code == 400
    assert "2000" in answer.get_json()["title_en"]


# ── privacy: searched for as text ───────────────────────────────────────────────────────────────────────


def everything_stored() -> str:
    """Every value of every table, as text."""
    db.session.rollback()
    found = [
        repr(tuple(row))
        for table in Base.metadata.sorted_tables
        if table.name != "area_versions"
        for row in db.session.execute(sa.select(table))
    ]
    return "\n".join(found)


def by_every_door(client: FlaskClient, folk: County, mine: Phone, at: datetime) -> None:
    """The same place, sent by every door."""
    at_s = at.timestamp()
    native: dict[str, Any] = {"items": [{"lng": 119.691241, "lat": 29.802137, "fixed_at": at_s}]}
    owntracks = {
        "_type": "location",
        "lat": 29.802137,
        "lon": 119.691241,
        "tst": int(at_s),
        "tid": "a",
        "poi": "茶厂",
    }
    nested = {
        "device_id": SECRET,
        "location": {"timestamp": at.isoformat(), "coords": {"latitude": 29.802137, "longitude": 119.691241}},
    }
    answers = [
        client.post("/ingest/traccar", query_string=PLACE | {"timestamp": str(int(at_s))}),
        client.post("/ingest/traccar", json=nested),
        client.post("/ingest/owntracks", data=json.dumps(owntracks), headers=basic(mine.secret)),
        client.post("/api/v1/positions", json=native, headers=folk.cadre.sign_in(client)),
    ]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert not any("691241" in answer.get_data(as_text=True) for answer in answers)


def test_no_coordinate_is_in_an_error_report(
    folk: County,
    client: FlaskClient,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    phone(folk.cadre, SECRET)
    _rename("set_aside", "elsewhere")
    try:
        answer = client.post("/ingest/traccar", query_string=PLACE)
    finally:
        _rename("elsewhere", "set_aside")
    told = answer.get_data(as_text=True) + caplog.text + "".join(capfd.readouterr())
    assert answer.status_code >= 500
    assert "691241" not in told
    assert "802137" not in told


def _rename(table: str, name: str) -> None:
    """Call a table something else: whoever asks for it meets a failure of the database."""
    db.session.execute(sa.text(f"ALTER TABLE {table} RENAME TO {name}"))
    db.session.commit()


@pytest.mark.parametrize("case", ["off duty", "no consent", "withdrawn", "before the start"])
def test_no_coordinate_of_a_fix_that_may_not_be_kept_is_anywhere(
    folk: County,
    client: FlaskClient,
    case: str,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    mine = phone(folk.cadre, SECRET)
    with clock.at(BEGUN):
        if case != "off duty":
            consenting = [folk.cadre] if case != "no consent" else []
            journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track", consenting=consenting)
    with clock.at(LATER):
        if case == "withdrawn":
            consents.withdraw(folk.cadre.actor, rows("trips", "id")[0][0])
        by_every_door(client, folk, mine, BEGUN - timedelta(days=1) if case == "before the start" else LATER)
    told = everything_stored() + caplog.text + "".join(capfd.readouterr())
    assert "691241" not in told
    assert "802137" not in told
    assert sum(row[0] for row in rows("set_aside", "count")) == 4
