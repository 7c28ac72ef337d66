"""Patrols through their doors: a plan's whole life, what is refused in words, and what a colleague may not see."""

from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from tests import people
from tests.patrols import POINTS, a_category, grids
from tests.people import County, Headers

PLAN: dict[str, Any] = {
    "title": "柳树村一网格日常巡查",
    "who": "unit",
    "rule": "FREQ=DAILY",
    "opens": "00:00",
    "closes": "23:59",
    "checkpoints": [
        {"name": "老桥头", "radius_m": 100, **POINTS[0]},
        {"name": "水塘边", "radius_m": 80, **POINTS[1]},
    ],
    "route": list(POINTS),
}


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def watcher(client: FlaskClient, folk: County) -> Headers:
    return folk.supervisor_a.sign_in(client)


def told(folk: County, **changed: Any) -> dict[str, Any]:
    today = clock.day_of(clock.now()).isoformat()
    return PLAN | {"unit_id": folk.grid_a, "starts_on": today} | changed


def test_a_plan_is_made_read_changed_and_ended(client: FlaskClient, folk: County, watcher: Headers) -> None:
    made = client.post("/api/v1/patrol-plans", json=told(folk), headers=watcher)
    assert made.status_code == 201, made.json
    plan = made.get_json()
    assert [point["name"] for point in plan["checkpoints"]] == ["老桥头", "水塘边"]
    assert (plan["opens"], plan["route"][0]) == ("00:00:00", [POINTS[0]["lng"], POINTS[0]["lat"]])
    address = f"/api/v1/patrol-plans/{plan['id']}"
    changed = told(folk, title="夜间巡查", revision=plan["revision"])
    assert client.put(address, json=changed, headers=watcher).get_json()["title"] == "夜间巡查"
    assert client.put(address, json=changed, headers=watcher).status_code == 409
    assert (
        client.get("/api/v1/patrol-plans?q=夜间", headers=watcher).get_json()["items"][0]["id"] == plan["id"]
    )
    ended = client.post(f"{address}/end", headers=watcher).get_json()
    assert (ended["ended_at"] is not None, ended["may"]) == (True, [])


def test_a_unit_with_a_plan_that_goes_on_is_not_retired(
    client: FlaskClient, folk: County, watcher: Headers
) -> None:
    plan = client.post("/api/v1/patrol-plans", json=told(folk), headers=watcher).get_json()
    admin = folk.administrator.sign_in(client)
    away = {"unit_id": folk.village_a}
    assert client.patch(f"/api/v1/people/{folk.grid_member.id}", json=away, headers=admin).status_code == 200
    unit = f"/api/v1/units/{folk.grid_a}"
    kept = client.patch(unit, json={"retired": True}, headers=admin)
    assert (kept.status_code, kept.get_json()["code"]) == (409, "unit_refused")
    assert "还有未停止的巡查计划" in kept.get_json()["title"]
    assert client.post(f"/api/v1/patrol-plans/{plan['id']}/end", headers=watcher).status_code == 200
    assert client.patch(unit, json={"retired": True}, headers=admin).status_code == 200


def test_a_grid_member_takes_walks_and_reports(client: FlaskClient, folk: County, watcher: Headers) -> None:
    client.post("/api/v1/patrol-plans", json=told(folk), headers=watcher)
    member = folk.grid_member.sign_in(client)
    mine = client.get("/api/v1/patrols?mine=1&state=due", headers=member).get_json()["items"]
    patrol = mine[-1]  # today's; their unit is them alone, so it is theirs already
    assert patrol["walkers"] == [{"id": folk.grid_member.id, "name": "赵田"}]
    assert client.post(f"/api/v1/trips/{patrol['trip_id']}/start", json={}, headers=member).status_code == 200
    found = {"text": "护栏松动", "category_id": a_category(), "told_as": str(uuid4())}
    matter = client.post(f"/api/v1/patrols/{patrol['id']}/findings", json=found, headers=member)
    assert matter.status_code == 201, matter.json
    assert matter.get_json()["kind"] == "patrol"
    client.post(f"/api/v1/trips/{patrol['trip_id']}/complete", json={}, headers=member)
    read = client.get(f"/api/v1/patrols/{patrol['id']}", headers=watcher).get_json()
    assert (read["state"], read["findings"][0]["text"], read["share"]) == ("partly_done", "护栏松动", None)
    duty = client.get(f"/api/v1/trips/{patrol['trip_id']}", headers=member).get_json()["patrol"]
    assert duty == {name: read[name] for name in ("id", "state", "opens_at", "closes_at")}
    asked = {"q": f"#{patrol['trip_id']}"}
    numbered = client.get("/api/v1/search", query_string=asked, headers=watcher).get_json()["trips"]
    assert [trip["id"] for trip in numbered] == [patrol["trip_id"]]
    assert client.get("/api/v1/trips", headers=watcher).get_json()["items"] == []


def test_many_grids_are_called_out_at_once(client: FlaskClient, folk: County) -> None:
    grids(folk)
    watcher = folk.supervisor.sign_in(client)
    call = {
        "id": str(uuid4()),
        "title": "森林防火巡查",
        "purpose": "safety",
        "basis": "县森防指〔2026〕3 号",
        "hours": 8,
    }
    made = client.post("/api/v1/patrol-calls", json=call, headers=watcher)
    assert (made.status_code, len(made.get_json()["patrols"])) == (201, 2)
    together = client.get(f"/api/v1/patrols?call_of={made.get_json()['patrols'][0]}", headers=watcher)
    assert len(together.get_json()["items"]) == 2
    walked = client.get("/api/v1/grids/walked", headers=watcher).get_json()
    assert (walked["not_walked"], [grid["next"]["state"] for grid in walked["grids"]]) == (2, ["due", "due"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"rule": "FREQ=SECONDLY"},
        {"opens": "25:00"},
        {"opens": "08:00+08:00"},
        {"opens": 8},
        {"window_days": 0},
        {"window_days": 1.5},
        {"who": "everybody"},
        {"purpose": "emergency"},
        {"photos_required": True},
        {"checkpoints": [{"name": "哪里"}]},
        {"checkpoints": [{"name": "半个点", "lng": 118.5}]},
        {"checkpoints": [{"name": "两处", "area_id": 1, "radius_m": 50, **POINTS[0]}]},
        {"checkpoints": [{"name": "极点外", "lng": 0, "lat": 91, "radius_m": 5}]},
        {"route": [{"lng": 118.5}]},
        {"area_id": 999},
        {"unit_id": 999},
        {"walker_ids": [999], "who": "person"},
    ],
)
def test_a_plan_that_cannot_be_is_refused_in_words_and_keeps_nothing(
    client: FlaskClient, folk: County, watcher: Headers, wrong: dict[str, Any]
) -> None:
    refused = client.post("/api/v1/patrol-plans", json=told(folk, **wrong), headers=watcher)
    assert refused.status_code == 422, refused.json
    assert client.get("/api/v1/patrol-plans", headers=watcher).get_json()["items"] == []


def test_another_townships_patrols_are_not_there(client: FlaskClient, folk: County, watcher: Headers) -> None:
    client.post("/api/v1/patrol-plans", json=told(folk), headers=watcher)
    patrol = client.get("/api/v1/patrols", headers=watcher).get_json()["items"][0]
    for other in (folk.supervisor_b, folk.cadre, folk.administrator):
        headers = other.sign_in(client)
        assert client.get(f"/api/v1/patrols/{patrol['id']}", headers=headers).status_code == 404
        assert client.get("/api/v1/patrols", headers=headers).get_json()["items"] == []
        assert client.post(f"/api/v1/patrols/{patrol['id']}/take", headers=headers).status_code == 404
