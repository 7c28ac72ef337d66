"""The visit log: filtered, sorted and paged both ways; found by words; taken home as files; drawn on a map."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from docx import Document
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.queries import log_map
from server.rules.checkins import VisitTold
from server.services import checkins, looks
from server.services.trips import StopPlan
from tests import people
from tests.people import County
from tests.projects import registered
from tests.trips import FACTORY, planned, told, under_way

LOG = "/api/v1/log"


def met(enterprise: str, contact: str = "") -> VisitTold:
    return VisitTold(kind="outbound", enterprise=enterprise, contact=contact)


def many(folk: County, count: int) -> dict[str, Any]:
    """A trip with so many check-ins a minute apart, in twos of one instant; every third met somebody."""
    with clock.at(clock.now() - timedelta(hours=5)):
        trip = under_way(folk.cadre, folk.supervisor_a)
    start = clock.now() - timedelta(hours=4)
    for number in range(count):
        at = start + timedelta(minutes=number // 2)
        visit = met(f"望舒{number % 4}号厂", "王工") if number % 3 == 0 else None
        item = told(trip, made_at=at, fixed_at=at, sent_at=at, note=f"第{number}次", visit=visit)
        with clock.at(at):
            checkins.make(folk.cadre.actor, item)
    return trip


def ids(answer: Any) -> list[str]:
    return [item["id"] for item in answer.get_json()["items"]]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"direction": "up"},
        {"sort": "received"},
        {"sort": "enterprise"},
        {"sort": "enterprise", "direction": "up"},
    ],
)
def test_turning_pages_there_and_back_meets_every_row_once(
    app: Flask, client: FlaskClient, query: dict[str, str]
) -> None:
    folk = people.county(app)
    many(folk, 16)
    mine = folk.supervisor.sign_in(client)
    whole = ids(client.get(LOG, query_string=query, headers=mine))
    assert len(whole) == (6 if query.get("sort") == "enterprise" else 16)
    there: list[list[str]] = []
    answer = client.get(LOG, query_string=query | {"limit": "3"}, headers=mine)
    assert answer.get_json()["previous"] is None
    while True:
        there.append(ids(answer))
        if answer.get_json()["next"] is None:
            break
        answer = client.get(
            LOG, query_string=query | {"limit": "3", "cursor": answer.get_json()["next"]}, headers=mine
        )
    assert [one for page in there for one in page] == whole
    for page in reversed(there[:-1]):
        answer = client.get(
            LOG, query_string=query | {"limit": "3", "cursor": answer.get_json()["previous"]}, headers=mine
        )
        assert ids(answer) == page
    assert answer.get_json()["previous"] is None


def test_rows_that_come_meanwhile_neither_repeat_nor_hide_others(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    trip = many(folk, 6)
    mine = folk.supervisor.sign_in(client)
    first = client.get(LOG, query_string={"limit": "3"}, headers=mine)
    before = ids(client.get(LOG, headers=mine))
    checkins.make(folk.cadre.actor, told(trip, note="刚刚"))
    second = client.get(LOG, query_string={"limit": "3", "cursor": first.get_json()["next"]}, headers=mine)
    assert ids(first) + ids(second) == before
    back = client.get(LOG, query_string={"limit": "3", "cursor": second.get_json()["previous"]}, headers=mine)
    assert back.get_json()["previous"] is not None
    assert ids(back) == ids(first)


def test_a_cursor_of_another_order_or_made_up_is_refused(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    many(folk, 4)
    mine = folk.supervisor.sign_in(client)
    cursor = client.get(LOG, query_string={"limit": "2"}, headers=mine).get_json()["next"]
    for query in ({"cursor": cursor, "sort": "enterprise"}, {"cursor": "xx"}, {"sort": "person"}):
        assert client.get(LOG, query_string=query, headers=mine).status_code == 422


def test_words_find_company_contact_and_note_and_each_has_to_be_there(
    app: Flask, client: FlaskClient
) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    for note, visit in (
        ("谈配套", met("TCL华星", "李总")),
        ("回访 100%", met("望舒新材", "王工")),
        ("李总改期", None),
    ):
        checkins.make(folk.cadre.actor, told(trip, note=note, visit=visit))
    mine = folk.supervisor.sign_in(client)

    def notes(q: str) -> set[str]:
        answer = client.get(LOG, query_string={"q": q}, headers=mine)
        return {item["note"] for item in answer.get_json()["items"]}

    assert notes("李总") == {"谈配套", "李总改期"}
    assert notes("tcl 李") == {"谈配套"}
    assert notes("望舒 李") == set()
    assert notes("%") == {"回访 100%"}
    assert notes("华_") == set()
    assert len(notes("")) == 3
    elsewhere = folk.supervisor_b.sign_in(client)
    assert client.get(LOG, query_string={"q": "李总"}, headers=elsewhere).get_json()["items"] == []


def test_duty_period_and_signals_narrow_the_log(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    checkins.make(folk.cadre.actor, told(trip, note="行程中"))
    checkins.make(folk.cadre.actor, told(trip, note="假", mock=True))
    checkins.make(folk.cadre.actor, told(note="行程外", consent=True))
    mine = folk.supervisor.sign_in(client)

    def notes(**query: str) -> set[str]:
        return {
            item["note"] for item in client.get(LOG, query_string=query, headers=mine).get_json()["items"]
        }

    assert notes(duty="none") == {"行程外"}
    assert notes(duty="ordinary") == {"行程中", "假"}
    assert notes(duty="emergency") == set()
    assert notes(period="today") == notes(period="week") == notes(period="month") != set()
    assert notes(period="last_month") == set()
    assert notes(signal="mock_location") == {"假"}
    assert "假" in notes(signal="any")
    assert notes(signal="stale_fix") == set()


@pytest.mark.parametrize(
    ("ending", "kind"),
    [
        ("csv", "text/csv; charset=utf-8"),
        ("geojson", "application/geo+json"),
        ("gpx", "application/gpx+xml; charset=utf-8"),
        ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ],
)
def test_the_log_is_a_file_with_emoji_and_rare_han_and_no_formula(
    app: Flask, client: FlaskClient, ending: str, kind: str
) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    checkins.make(folk.cadre.actor, told(trip, note="=1+1 𠮷😀"))
    checkins.make(folk.cadre.actor, told(trip, kind="leave", note="不在其中"))
    answer = client.get(f"{LOG}.{ending}?kind=arrive", headers=folk.cadre.sign_in(client), buffered=True)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].endswith(f'.{ending}"')
    assert answer.headers["Guatu-Rows"] == "1"
    said = sheet(answer.data) if ending == "xlsx" else answer.text
    assert "=1+1 𠮷😀" in said
    assert "不在其中" not in said
    assert ("'=1+1" in said) is (ending == "csv")
    assert ("WGS-84" in said) is (ending in {"geojson", "gpx"})


def sheet(data: bytes) -> str:
    """All the text of a workbook's first sheet; there is no formula in it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        tree = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # noqa: S314  we wrote it
    assert not list(tree.iter("{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"))
    return "\n".join(tree.itertext())


def test_positions_leave_and_are_drawn_only_for_a_reason(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    checkins.make(folk.cadre.actor, told(trip))
    theirs = folk.supervisor.tokens()
    mine = {"Authorization": f"Bearer {theirs.access_token}"}
    for door in ("/log.gpx", "/log.geojson", "/log/map"):
        assert client.get(f"/api/v1{door}", headers=mine).get_json()["code"] == "reason_needed"
    looks.give_reason(theirs.actor, "duty_watch")
    assert client.get(f"{LOG}.gpx", headers=mine, buffered=True).status_code == 200
    drawn = client.get(f"{LOG}/map", headers=mine).get_json()
    assert [item["position"]["lng"] for item in drawn["items"]] == [FACTORY["lng"]]
    beside = client.get(f"{LOG}/map", query_string={"east": "118.4"}, headers=mine).get_json()
    assert beside == {"items": [], "cells": [], "cut": False}
    doors = {
        item["door"]
        for item in client.get("/api/v1/looks/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]
    }
    assert doors == {"log", "export"}


def test_an_export_of_one_other_person_does_not_count_them(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    many(folk, 2)
    answer = client.get(
        f"{LOG}.csv?person_id={folk.cadre.id}", headers=folk.supervisor.sign_in(client), buffered=True
    )
    assert answer.status_code == 200
    assert "Guatu-Rows" not in answer.headers


def test_a_search_offers_trips_that_were_made_before_plans(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    made = under_way(folk.cadre, folk.supervisor_a, destination="南京市")
    later = clock.day_of(clock.now()) + timedelta(days=9)
    meant = planned(folk.cadre, destination="南京市", starts_on=later, ends_on=later)
    answer = client.get("/api/v1/search", query_string={"q": "南京"}, headers=folk.supervisor.sign_in(client))
    assert [each["id"] for each in answer.get_json()["trips"]] == [made["id"], meant["id"]]


def test_one_search_finds_trip_person_company_and_area_in_scope(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    stops = [StopPlan(name="一厂", radius_m=300, **FACTORY), StopPlan(name="二厂", radius_m=300, **FACTORY)]
    trip = under_way(folk.cadre, folk.supervisor_a, title="赴南京招商", destination="南京市", stops=stops)
    checkins.make(folk.cadre.actor, told(trip, visit=met("望舒新材")))
    mine = folk.supervisor.sign_in(client)

    def found(q: str, headers: Any = mine) -> Any:
        return client.get("/api/v1/search", query_string={"q": q}, headers=headers).get_json()

    (nanjing,) = found("南京")["trips"]
    assert (nanjing["id"], nanjing["stops"], nanjing["reached"]) == (trip["id"], 2, 1)
    for number in (str(trip["id"]), f"行程{trip['id']}", f"#{trip['id']}"):
        assert [each["id"] for each in found(number)["trips"]] == [trip["id"]]
    assert [(each["name"], each["trip"]["id"]) for each in found("陈晓")["people"]] == [("陈晓", trip["id"])]
    assert [each["name"] for each in found("望舒")["companies"]] == ["望舒新材"]
    kinds = ("trips", "people", "companies", "projects", "areas")
    nothing: dict[str, list[Any]] = {kind: [] for kind in kinds}
    assert found("望舒", folk.supervisor_b.sign_in(client)) == nothing
    assert found("南京", folk.supervisor_b.sign_in(client)) == nothing
    assert found("  ") == nothing
    assert found("陈晓", folk.colleague.sign_in(client)) == nothing


def test_the_search_finds_projects_by_name_and_investor_for_who_may_read_them(
    app: Flask, client: FlaskClient
) -> None:
    folk = people.county(app)
    project = registered(folk, name="东河精密铸件", investor="云杉铸造")

    def found(q: str, who: people.Someone) -> Any:
        headers = who.sign_in(client)
        return client.get("/api/v1/search", query_string={"q": q}, headers=headers).get_json()["projects"]

    facts = {"id": project["id"], "name": "东河精密铸件", "investor": "云杉铸造", "stage": "lead"}
    assert found("精密", folk.supervisor) == [facts]
    assert found("云杉 东河", folk.supervisor_a) == [facts]
    assert found("精密", folk.supervisor_b) == []


def saved(client: FlaskClient, headers: Any, **changed: Any) -> Any:
    body = {"name": "本月外出", "filters": {"period": "month", "visits": "1"}, "columns": ["time", "note"]}
    return client.post(
        "/api/v1/views", data=json.dumps(body | changed), content_type="application/json", headers=headers
    )


def test_a_view_is_ones_own_by_name_and_a_colleagues_by_its_address(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    mine, theirs = folk.supervisor_a.sign_in(client), folk.supervisor_b.sign_in(client)
    made = saved(client, mine).get_json()
    again = saved(client, mine, columns=["note"]).get_json()
    assert (again["id"], again["columns"]) == (made["id"], ["note"])
    assert [each["name"] for each in client.get("/api/v1/views", headers=mine).get_json()["items"]] == [
        "本月外出"
    ]
    assert client.get("/api/v1/views", headers=theirs).get_json() == {"items": [], "columns": []}
    address = f"/api/v1/views/{made['id']}"
    shared = client.get(address, headers=theirs).get_json()
    assert (shared["filters"], shared["mine"]) == ({"period": "month", "visits": "1"}, False)
    assert client.delete(address, headers=theirs).status_code == 404
    assert client.delete(address, headers=mine).status_code == 204
    assert client.get(address, headers=mine).status_code == 404
    assert client.get(f"/api/v1/views/{uuid4()}", headers=mine).status_code == 404


def test_a_view_of_what_the_log_does_not_know_is_not_kept(app: Flask, client: FlaskClient) -> None:
    mine = people.county(app).supervisor_a.sign_in(client)
    filters: list[Any] = [{"sort": "person"}, {"verdict": "bad"}, {"password": "x"}, "x", None]
    columns: list[Any] = [["salary"], ["note", "note"], "note", None]
    wrongs = (
        [{"filters": each} for each in filters] + [{"columns": each} for each in columns] + [{"name": " "}]
    )
    assert [wrong for wrong in wrongs if saved(client, mine, **wrong).status_code != 422] == []


def test_nobody_keeps_views_without_end(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    mine = folk.supervisor_a.sign_in(client)
    for number in range(50):
        assert saved(client, mine, name=f"视图{number}").status_code == 200
    assert saved(client, mine, name="再一个").get_json()["code"] == "too_many_views"
    assert saved(client, mine, name="视图7").status_code == 200


def test_chosen_columns_are_kept_for_the_person(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    mine = folk.supervisor_a.sign_in(client)
    for columns in (["time", "note"], ["time", "person"], []):
        answer = client.put("/api/v1/views/columns", json={"columns": columns}, headers=mine)
        assert answer.get_json() == {"columns": columns}
        assert client.get("/api/v1/views", headers=mine).get_json()["columns"] == columns


def test_what_was_added_since_is_in_the_log_its_search_order_and_files_but_its_remark_nowhere(
    app: Flask, client: FlaskClient
) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    alone = checkins.make(folk.cadre.actor, told(trip, note="只有说明")).document["id"]
    named = checkins.make(folk.cadre.actor, told(trip, note="见了人", visit=met("望舒新材"))).document["id"]
    add(client, folk, alone, enterprise="安澜电机", outcome="先记错的", remark="私下话")
    add(client, folk, alone, enterprise="安澜电机", outcome="愿意试样", remark="私下话")
    add(client, folk, named, outcome="下月来看地")
    mine = folk.supervisor_a.sign_in(client)

    def notes(**query: str) -> list[str]:
        return [row["note"] for row in client.get(LOG, query_string=query, headers=mine).get_json()["items"]]

    assert notes(q="安澜") == notes(q="试样") == ["只有说明"]
    assert notes(q="看地") == ["见了人"]
    assert notes(q="先记错的") == notes(q="私下话") == []
    assert sorted(notes(visits="true")) == ["只有说明", "见了人"]
    assert notes(sort="enterprise", direction="up") == ["只有说明", "见了人"]
    found = client.get("/api/v1/search", query_string={"q": "安澜"}, headers=mine).get_json()
    assert [each["name"] for each in found["companies"]] == ["安澜电机"]

    first = client.get(LOG, query_string={"q": "试样"}, headers=mine).get_json()["items"][0]
    assert (first["visit"], first["supplement"]["outcome"]) == (None, "愿意试样")
    second = client.get(LOG, query_string={"q": "看地"}, headers=mine).get_json()["items"][0]
    assert second["met"]["enterprise"] == "望舒新材"
    assert (second["visit"]["outcome"], second["met"]["outcome"]) == ("", "下月来看地")
    for ending in ("csv", "xlsx"):
        answer = client.get(f"{LOG}.{ending}", headers=mine, buffered=True)
        said = sheet(answer.data) if ending == "xlsx" else answer.text
        assert {word for word in ("安澜电机", "愿意试样", "下月来看地", "私下话") if word in said} == {
            "安澜电机",
            "愿意试样",
            "下月来看地",
        }
    paper = client.get(f"/api/v1/trips/{trip['id']}/review.docx", headers=mine).data
    cells = [cell.text for row in Document(io.BytesIO(paper)).tables[1].rows for cell in row.cells]
    assert {"愿意试样", "下月来看地"} <= set(cells)
    assert "私下话" not in "".join(cells)
    client.delete(f"/api/v1/me/logs/{clock.day_of(clock.now())}", headers=folk.cadre.sign_in(client))
    assert notes(q="安澜") == []
    assert client.get(LOG, headers=mine).get_json()["items"][0]["supplement"] is None


def add(client: FlaskClient, folk: County, checkin_id: Any, **texts: str) -> None:
    """The cadre adds to a check-in, after what they added before."""
    mine, day = folk.cadre.sign_in(client), clock.day_of(clock.now())
    log = client.get(f"/api/v1/me/logs/{day}", headers=mine).get_json()
    [had] = [e["supplement"] for e in log["days"][0]["entries"] if e["checkin_id"] == str(checkin_id)]
    now = clock.iso(clock.now())
    saving = {"id": str(uuid4()), "after": had and had["id"], "made_at": now, "sent_at": now}
    answer = client.put(f"/api/v1/checkins/{checkin_id}/supplement", json=saving | texts, headers=mine)
    assert answer.status_code == 200, answer.get_json()


def test_check_ins_opened_on_the_map_are_looks_through_the_map(app: Flask, client: FlaskClient) -> None:
    folk = people.county(app)
    checkins.make(folk.cadre.actor, told(under_way(folk.cadre, folk.supervisor_a)))
    theirs = folk.supervisor.tokens()
    looks.give_reason(theirs.actor, "duty_watch")
    mine = {"Authorization": f"Bearer {theirs.access_token}"}
    assert client.get(LOG, query_string={"through": "map"}, headers=mine).status_code == 200
    seen = client.get("/api/v1/looks/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]
    assert [look["door"] for look in seen] == ["map"]
    assert client.get(LOG, query_string={"through": "export"}, headers=mine).status_code == 422


def test_a_map_that_gathers_one_persons_many_check_ins_is_a_look_they_can_read(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_map, "MOST_ITEMS", 3)
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    for _ in range(5):
        checkins.make(folk.cadre.actor, told(trip))
    theirs = folk.supervisor.tokens()
    looks.give_reason(theirs.actor, "duty_watch")
    mine = {"Authorization": f"Bearer {theirs.access_token}"}
    drawn = client.get(f"{LOG}/map", query_string={"person_id": folk.cadre.id}, headers=mine).get_json()
    assert (drawn["items"], [cell["count"] for cell in drawn["cells"]]) == ([], [None])
    seen = client.get("/api/v1/looks/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]
    assert [(look["door"], look["by"]["name"]) for look in seen] == [("log", "王鉴")]
