"""What nobody means well by: every door answers it with a problem that names it, and keeps nothing of it."""

import base64
import json
from typing import Any
from uuid import UUID, uuid4

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.services import checkins
from tests import people
from tests.people import County, Headers
from tests.trips import told, under_way

URL = "/api/v1"
PLAN = {
    "title": "考察",
    "aim": "洽谈",
    "destination": "临江市",
    "starts_on": "2026-05-01",
    "ends_on": "2026-05-02",
}


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def cadre(folk: County, client: FlaskClient) -> Headers:
    return folk.cadre.sign_in(client)


def cursor_of(keys: list[Any]) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(keys)).decode().rstrip("=")


def checkin(**changed: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "kind": "note", "made_at": clock.iso(clock.now())} | changed


# ── cursors ─────────────────────────────────────────────────────────────────────────────────────────────

NO_ROW = str(UUID(int=0))
NOON = "2026-05-01T12:00:00Z"


@pytest.mark.parametrize(
    ("door", "keys"),
    [
        ("/log", [NOON, 5]),
        ("/log", [NOON, [1]]),
        ("/log", [5, NO_ROW]),
        ("/log", ["2026-05-01T12:00:00", NO_ROW]),
        ("/log", ["0001-01-01T00:00:00+23:00", NO_ROW]),
        ("/log", ["9999-12-31T23:00:00-23:00", NO_ROW]),
        ("/trips", ["garbage", 5]),
        ("/trips", [NOON, 5]),
        ("/trips", ["\x00", 5]),
        ("/trips", [1e300, 5]),
        ("/trips", ["2026-05-01", 1e300]),
        ("/trips", ["2026-05-01", 2**62]),
        ("/trips", ["2026-05-01", -1]),
        ("/people", ["\x00", 5]),
        ("/people", ["/1/", 2**62]),
        ("/people", ["%", 5]),
        ("/looks/mine", [1e300]),
        ("/looks/mine", [2**62]),
        ("/looks/mine", [True]),
        ("/events", [1e300]),
        ("/events", [2**64 - 1]),
        ("/matters", [2**62]),
        ("/matters", ["5"]),
        ("/matters", []),
        ("/matters", [None]),
    ],
)
def test_a_cursor_that_we_never_made_is_refused_by_name(
    folk: County, client: FlaskClient, door: str, keys: list[Any]
) -> None:
    reader = {"/people": folk.supervisor, "/events": folk.auditor}.get(door, folk.cadre)
    answer = client.get(f"{URL}{door}?cursor={cursor_of(keys)}", headers=reader.sign_in(client))
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == ["cursor"]


def test_the_largest_number_of_an_event_is_a_cursor_like_any(folk: County, client: FlaskClient) -> None:
    address = f"{URL}/events?cursor={cursor_of([2**63 - 1])}"
    assert client.get(address, headers=folk.auditor.sign_in(client)).status_code == 200


# ── days, amounts, ids ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("door", ["/log", "/log.csv", "/log.geojson"])
@pytest.mark.parametrize("day", ["from=0001-01-01", "to=9999-12-31", "from=1899-12-31", "to=2200-01-01"])
def test_a_day_at_the_end_of_the_calendar_is_out_of_range(
    client: FlaskClient, cadre: Headers, door: str, day: str
) -> None:
    answer = client.get(f"{URL}{door}?{day}", headers=cadre)
    assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [day[: day.index("=")]])


@pytest.mark.parametrize(
    ("amount", "kept"),
    [
        ("0E+999999999999999999", "0"),
        ("-0", "0"),
        ("1E+5", "100000"),
        ("99999999999.9999", "99999999999.9999"),
        ("1.50000", "1.5"),
        ("1E+1000000", None),
        ("1E-1000000", None),
        ("832574490310.7989", None),
        ("0." + "9" * 40, None),
        ("9" * 40, None),
        ("sNaN", None),
        ("-1", None),
        (1e308, None),
    ],
)
def test_an_amount_is_kept_exactly_or_refused(
    client: FlaskClient, cadre: Headers, amount: object, kept: str | None
) -> None:
    visit = {"kind": "outbound", "amount": amount, "amount_unit": "元"}
    answer = client.post(f"{URL}/checkins", json=checkin(visit=visit), headers=cadre)
    if kept is None:
        assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["visit.amount"])
    else:
        assert (answer.status_code, answer.get_json()["visit"]["amount"]) == (201, kept)


def test_of_a_batch_only_what_is_a_check_in_is_kept_and_no_id_that_is_no_text_is_said_back(
    client: FlaskClient, cadre: Headers
) -> None:
    deep = b"[" * 1000 + b"]" * 1000
    body = b'{"items":[{"id":' + deep + b'},{"id":7},null,[],' + json.dumps(checkin()).encode() + b"]}"
    answer = client.post(f"{URL}/checkins/batch", data=body, content_type="application/json", headers=cadre)
    assert answer.status_code == 200
    assert [(item["status"], item["id"] is None) for item in answer.get_json()["items"]] == [
        (422, True),
        (422, True),
        (422, True),
        (422, True),
        (201, False),
    ]


@pytest.mark.parametrize("raw", ["NaN", "1e400", "-Infinity", '"118.5"', "true", "[118.5]", "180.0000001"])
def test_a_longitude_is_a_number_on_the_globe(client: FlaskClient, cadre: Headers, raw: str) -> None:
    body = json.dumps(checkin(lat=29.5, consent=True))[:-1] + f', "lng": {raw}}}'
    answer = client.post(f"{URL}/checkins", data=body, content_type="application/json", headers=cadre)
    assert answer.status_code in {400, 422}
    assert client.get(f"{URL}/log", headers=cadre).get_json()["items"] == []


@pytest.mark.parametrize(("lng", "lat"), [(-180, -90), (-180, 29.5), (118.5, -90)])
def test_a_position_that_its_datum_takes_off_the_globe_is_refused(
    client: FlaskClient, cadre: Headers, lng: float, lat: float
) -> None:
    beyond = {"lng": lng, "lat": lat, "datum": "BD-09"}
    for door, body, field in (
        ("/checkins", checkin(consent=True, **beyond), "lat"),
        ("/trips", PLAN | {"stops": [{"name": "极点", "radius_m": 100, **beyond}]}, "stops.0.lat"),
    ):
        answer = client.post(f"{URL}{door}", json=body, headers=cadre)
        assert (answer.status_code, list(answer.get_json()["fields"])) == (422, [field])


def test_a_leader_who_is_nobody_is_refused_by_number(client: FlaskClient, cadre: Headers) -> None:
    made = client.post(f"{URL}/trips", json=PLAN, headers=cadre)
    changed = PLAN | {"leader_id": 4711, "title": "改"}
    for answer in (
        client.post(f"{URL}/trips", json=changed, headers=cadre),
        client.put(f"{URL}/trips/{made.get_json()['id']}", json=changed, headers=cadre),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (422, "trip_refused")
        assert "4711" in answer.get_json()["title"]
    [kept] = client.get(f"{URL}/trips", headers=cadre).get_json()["items"]
    assert kept["title"] == "考察"


# ── the envelope ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("number", ["a" * 7, "a" * 65, "é" * 12, "a b c d e f", "x" * 50_000, "12345678\x85"])
def test_a_request_number_of_anybodys_making_is_not_taken_over(
    client: FlaskClient, cadre: Headers, number: str
) -> None:
    answer = client.get(f"{URL}/me", headers=cadre | {"X-Request-ID": number})
    assert answer.headers["X-Request-ID"] != number
    assert len(answer.headers["X-Request-ID"]) == 16


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "multipart/form-data"]
)
def test_a_body_that_is_not_said_to_be_json_is_not_read(
    client: FlaskClient, cadre: Headers, kind: str
) -> None:
    answer = client.post(f"{URL}/checkins", data=json.dumps(checkin()), content_type=kind, headers=cadre)
    assert (answer.status_code, answer.get_json()["code"]) == (415, "unsupported_media_type")


def test_a_method_that_is_not_taken_is_answered_with_those_that_are(
    client: FlaskClient, cadre: Headers
) -> None:
    answer = client.patch(f"{URL}/log", headers=cadre)
    assert (answer.status_code, answer.get_json()["code"]) == (405, "method_not_allowed")
    assert set(answer.allow) == {"GET", "HEAD", "OPTIONS"}


def test_what_a_door_tells_of_people_is_kept_by_no_cache(client: FlaskClient, cadre: Headers) -> None:
    for door in ("/me", "/log", "/trips", "/looks/mine", "/matters/mine", "/sessions", "/log.csv"):
        assert client.get(f"{URL}{door}", headers=cadre, buffered=True).headers["Cache-Control"] == "no-store"


def test_no_header_or_field_turns_a_read_into_an_act(app: Flask, folk: County, client: FlaskClient) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.cadre.sign_in(client) | {"X-HTTP-Method-Override": "DELETE"}
    client.get(f"{URL}/trips/{trip['id']}/consent?_method=DELETE", headers=headers)
    assert checkins.make(folk.cadre.actor, told(trip)).document["position"] is not None
