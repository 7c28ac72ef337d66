"""The record of what was done, as auditors read it."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.services import events
from server.transaction import transaction
from tests import people
from tests.people import County
from tests.trips import approved

URL = "/api/v1/events"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def test_an_auditor_reads_who_did_what_to_what_newest_first(folk: County, client: FlaskClient) -> None:
    trip = approved(folk.cadre, folk.supervisor_a)
    headers = folk.auditor.sign_in(client)
    items = client.get(f"{URL}?trip_id={trip['id']}", headers=headers).get_json()["items"]
    assert [item["kind"] for item in items] == ["trip.approved", "trip.submitted", "trip.planned"]
    assert items[0]["actor"] == {"id": folk.supervisor_a.id, "name": "吴清"}
    assert (items[0]["subject"], items[0]["unit_id"]) == (str(trip["id"]), folk.township_a)
    assert items[0]["number"] > items[1]["number"] > items[2]["number"]


def test_kinds_and_times_and_people_narrow_the_record(folk: County, client: FlaskClient) -> None:
    now = clock.now()
    for days, kind in ((3, "trip.planned"), (2, "trip.edited"), (1, "trip.submitted")):
        with clock.at(now - timedelta(days=days)), transaction():
            events.record(kind, actor_id=folk.cadre.id, unit_id=folk.township_a, person_id=folk.colleague.id)
    headers = folk.auditor.sign_in(client)

    def kinds(**asked: object) -> list[str]:
        answer = client.get(URL, headers=headers, query_string=asked | {"actor_id": folk.cadre.id})
        return [item["kind"] for item in answer.get_json()["items"]]

    moment = clock.iso(now - timedelta(days=2))
    assert kinds() == ["trip.submitted", "trip.edited", "trip.planned"]
    assert kinds(kind="trip.planned,trip.edited") == ["trip.edited", "trip.planned"]
    assert kinds(**{"from": moment}) == ["trip.submitted", "trip.edited"]
    assert kinds(to=moment) == ["trip.planned"]
    assert kinds(person_id=folk.colleague.id) == kinds()
    assert kinds(person_id=folk.official.id) == []


def test_what_belongs_to_no_unit_is_read_by_the_countys_auditor_only(
    folk: County, client: FlaskClient
) -> None:
    below = people.person("冯察", folk.township_a, ("auditor", folk.township_a))
    with transaction():
        events.record("session.refused", actor_id=None)
        events.record("trip.planned", actor_id=folk.cadre.id, unit_id=folk.township_a)
        events.record("trip.planned", actor_id=folk.cadre_b.id, unit_id=folk.township_b)
    county = client.get(f"{URL}?kind=session.refused", headers=folk.auditor.sign_in(client)).get_json()
    assert [item["actor"] for item in county["items"]] == [None]
    answer = client.get(f"{URL}?kind=session.refused,trip.planned", headers=below.sign_in(client)).get_json()
    assert [item["unit_id"] for item in answer["items"]] == [folk.township_a]


@pytest.mark.parametrize("name", ["cadre", "supervisor", "leader", "administrator"])
def test_nobody_but_an_auditor_reads_it(folk: County, client: FlaskClient, name: str) -> None:
    assert client.get(URL, headers=folk.everyone[name].sign_in(client)).status_code == 403


@pytest.mark.parametrize(
    "query", ["kind=trip.flown", "from=yesterday", "to=2026-01-01T00:00:00", "limit=0", "cursor=x"]
)
def test_what_cannot_be_asked_for_is_refused(folk: County, client: FlaskClient, query: str) -> None:
    assert client.get(f"{URL}?{query}", headers=folk.auditor.sign_in(client)).status_code == 422


def test_the_record_is_read_to_its_end_page_by_page(folk: County, client: FlaskClient) -> None:
    for _ in range(3):
        approved(folk.cadre, folk.supervisor_a)
    headers = folk.auditor.sign_in(client)
    numbers, cursor = list[int](), ""
    while True:
        page = client.get(
            f"{URL}?kind=trip.planned,trip.submitted&limit=4{cursor}", headers=headers
        ).get_json()
        numbers += [item["number"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(numbers) == 6
    assert numbers == sorted(set(numbers), reverse=True)
