"""The record of what was done, as auditors read it."""

import csv
import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.queries import log
from server.services import closings, events
from server.services import people as people_service
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


def test_the_filtered_record_is_exported_whole_and_the_export_is_in_it(
    folk: County, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log, "EXPORT_PAGE", 2)
    trip = approved(folk.cadre, folk.supervisor_a, title="=招商")
    headers = folk.auditor.sign_in(client)
    answer = client.get(f"{URL}.csv?trip_id={trip['id']}", headers=headers, buffered=True)
    head, *lines = csv.reader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff")))
    assert [line[head.index("代码 Code")] for line in lines] == [
        "event.exported",
        "trip.approved",
        "trip.submitted",
        "trip.planned",
    ]
    assert lines[1][head.index("操作人 By")] == "吴清"
    assert lines[1][head.index("单位 Unit")] == "东河镇"
    assert answer.headers["Cache-Control"] == "no-store"


def test_names_are_those_of_now_and_only_numbers_are_kept(folk: County, client: FlaskClient) -> None:
    people_service.update(folk.administrator.actor, folk.cadre.id, {"name": "陈晓明"})
    headers = folk.auditor.sign_in(client)
    item = client.get(f"{URL}?kind=person.updated", headers=headers).get_json()["items"][0]
    assert item["person"] == {"id": folk.cadre.id, "name": "陈晓明"}
    assert item["unit"] == {"id": folk.township_a, "name": "东河镇"}


def test_an_auditor_reads_the_closed_days_and_checks_one(folk: County, client: FlaskClient) -> None:
    long_ago = clock.now() - timedelta(days=3)
    with clock.at(long_ago):
        approved(folk.cadre, folk.supervisor_a)
    headers = folk.auditor.sign_in(client)
    before = client.get("/api/v1/closings", headers=headers).get_json()
    assert (before["items"], before["due"]) == ([], str(clock.day_of(long_ago)))
    with closings_folder():
        closings.close()
        after = client.get("/api/v1/closings", headers=headers).get_json()
        day = after["items"][-1]["day"]
        assert (after["due"], day, after["items"][-1]["count"]) == (None, before["due"], 3)
        checked = client.get(f"/api/v1/closings/check?day={day}", headers=headers).get_json()
        assert checked == {"day": day, "findings": []}
        for other, status in (("2020-01-01", 404), ("tomorrow", 422), ("", 422)):
            answer = client.get(f"/api/v1/closings/check?day={other}", headers=headers)
            assert answer.status_code == status
    assert client.get("/api/v1/closings", headers=folk.administrator.sign_in(client)).status_code == 403


@contextmanager
def closings_folder() -> Iterator[None]:
    """An empty folder for what is closed, and again afterwards."""
    shutil.rmtree(closings.folder(), ignore_errors=True)
    yield
    shutil.rmtree(closings.folder(), ignore_errors=True)


def test_an_old_event_of_a_complaint_is_read_by_the_county_alone(folk: County, client: FlaskClient) -> None:
    below = people.person("冯察", folk.township_a, ("auditor", folk.township_a))
    with transaction():
        for kind in ("complaint", "patrol"):
            events.record(  # as the releases before wrote both
                "matter.reported", actor_id=folk.cadre.id, unit_id=folk.township_a, matter=kind
            )
    read = {
        who: [
            each["data"]["matter"]
            for each in client.get(f"{URL}?kind=matter.reported", headers=one.sign_in(client)).get_json()[
                "items"
            ]
        ]
        for who, one in (("county", folk.auditor), ("below", below))
    }
    assert read == {"county": ["patrol", "complaint"], "below": ["patrol"]}
