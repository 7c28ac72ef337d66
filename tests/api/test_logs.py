from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.rules.checkins import VisitTold
from server.services import checkins
from tests import people
from tests.people import County
from tests.trips import told, under_way

TODAY = clock.day_of(clock.now()).isoformat()
MONTH = TODAY[:7]
MET = VisitTold(
    kind="outbound", enterprise="临江重工", contact="王建国", contact_post="董事长", outcome="=1+1"
)


def saving(**more: Any) -> dict[str, Any]:
    now = clock.iso(clock.now())
    return {"id": str(uuid4()), "after": None, "made_at": now, "sent_at": now, **more}


@pytest.fixture
def folk(app: Flask) -> County:
    """A county whose cadre is on a trip and has met somebody."""
    made = people.county(app)
    trip = under_way(made.cadre, made.leader)
    checkins.make(made.cadre.actor, told(trip, kind="visit", visit=MET))
    return made


def test_a_day_is_read_added_to_and_taken_as_both_kinds_of_file(client: FlaskClient, folk: County) -> None:
    mine = folk.cadre.sign_in(client)
    door = f"/api/v1/me/logs/{TODAY}"
    body = saving(remark="等回音", plan="明早返程")
    wrote = client.put(door, json=body, headers=mine)
    assert wrote.status_code == 200
    assert client.put(door, json=body, headers=mine).get_json() == wrote.get_json()
    assert client.get(door, headers=mine).get_json() == wrote.get_json()
    assert client.put(door, json=saving(remark="别的"), headers=mine).get_json()["code"] == "log_conflict"

    word = client.get(f"/api/v1/me/logs/{MONTH}.docx", headers=mine)
    rows = Document(BytesIO(word.data)).tables[0].rows
    assert [cell.text for cell in rows[1].cells][7:9] == ["临江重工\n王建国（董事长）", "=1+1"]
    excel = client.get(f"{door}.xlsx", headers=mine)
    sheet = openpyxl.load_workbook(BytesIO(excel.data))["行程"]
    assert (sheet["J5"].value, sheet["J5"].data_type) == ("=1+1", "s")
    assert "attachment" in excel.headers["Content-Disposition"]
    assert "%E5%B7%A5%E4%BD%9C%E6%97%A5%E5%BF%97" in excel.headers["Content-Disposition"]
    assert excel.headers["Cache-Control"] == "no-store"


def test_the_log_of_a_trip_is_taken_by_who_was_on_it(client: FlaskClient, folk: County) -> None:
    mine, theirs = folk.cadre.sign_in(client), folk.supervisor_a.sign_in(client)
    [trip] = client.get(f"/api/v1/me/logs/{MONTH}", headers=mine).get_json()["trips"]
    for ending in ("docx", "xlsx"):
        door = f"/api/v1/trips/{trip['id']}/log.{ending}"
        assert client.get(door, headers=theirs).status_code == 404
    word = client.get(f"/api/v1/trips/{trip['id']}/log.docx", headers=mine)
    assert Document(BytesIO(word.data)).paragraphs[0].text == "行程日志"


def test_a_check_in_is_added_to_and_what_was_written_is_erased(client: FlaskClient, folk: County) -> None:
    mine, theirs = folk.cadre.sign_in(client), folk.supervisor_a.sign_in(client)
    door = f"/api/v1/me/logs/{TODAY}"
    [entry] = client.get(door, headers=mine).get_json()["days"][0]["entries"]
    adding = f"/api/v1/checkins/{entry['checkin_id']}/supplement"
    added = client.put(adding, json=saving(next_step="回访"), headers=mine).get_json()
    assert added["days"][0]["entries"][0]["met"]["next_step"] == "回访"
    assert client.put(adding, json=saving(next_step="回访"), headers=theirs).status_code == 404
    erased = client.delete(door, headers=mine).get_json()
    assert erased["days"][0]["entries"][0]["met"]["next_step"] == ""


def test_only_a_day_is_written_into_and_only_one_that_there_is(client: FlaskClient, folk: County) -> None:
    mine = folk.cadre.sign_in(client)
    for name in (MONTH, "2026-W48", "2026-02-30", "x", "2026-11-25.pdf"):
        assert client.put(f"/api/v1/me/logs/{name}", json=saving(), headers=mine).status_code == 404, name
    tomorrow = (clock.day_of(clock.now()) + timedelta(days=1)).isoformat()
    refused = client.put(f"/api/v1/me/logs/{tomorrow}", json=saving(remark="x"), headers=mine)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "log_refused")
    assert client.put(f"/api/v1/me/logs/{TODAY}", json={}, headers=mine).get_json()["fields"].keys() == {
        "id",
        "made_at",
    }


def test_the_monthly_report_is_a_supervisors_alone_and_counts_nobody(
    client: FlaskClient, folk: County
) -> None:
    theirs = folk.supervisor_a.sign_in(client)
    report = client.get(f"/api/v1/reports/{MONTH}", headers=theirs).get_json()
    [row] = report["trips"]
    assert [member.keys() for member in row["members"]] == [{"id", "name", "post"}]
    assert report.keys() == {"period", "unit", "trips", "cut"}
    word = client.get(f"/api/v1/reports/{MONTH}.docx", headers=theirs)
    assert Document(BytesIO(word.data)).tables[0].rows[1].cells[3].text == "临江市"
    elsewhere = f"/api/v1/reports/{MONTH}.xlsx?unit_id={folk.township_b}"
    assert client.get(elsewhere, headers=theirs).status_code == 404
    for name in ("2026-11-25", "2026-W48"):
        assert client.get(f"/api/v1/reports/{name}", headers=theirs).status_code == 404
    for other in (folk.cadre, folk.administrator, folk.auditor):
        assert client.get(f"/api/v1/reports/{MONTH}", headers=other.sign_in(client)).status_code == 403
