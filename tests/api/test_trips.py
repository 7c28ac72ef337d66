"""A trip through its doors, step by step, as a phone and a desk open them."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.models.trips import Trip
from tests import people
from tests.people import County, Someone

URL = "/api/v1/trips"
PLAN = {
    "title": "考察",
    "aim": "洽谈",
    "destination": "临江市",
    "starts_on": "2026-05-01",
    "ends_on": "2026-05-02",
    "stops": [{"name": "一厂", "lng": 118.5, "lat": 29.6, "radius_m": 200}],
}


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


class Doors:
    """One person's way to the doors; each answer as `(status, state or code)`."""

    def __init__(self, client: FlaskClient, who: Someone) -> None:
        self.client, self.headers = client, who.sign_in(client)

    def plan(self) -> int:
        made = self.client.post(URL, json=PLAN, headers=self.headers)
        return int(made.get_json()["id"])

    def step(self, trip_id: int, name: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
        sent = {} if body is None else {"json": body}
        answer = self.client.post(f"{URL}/{trip_id}/{name}", headers=self.headers, **sent)
        told = answer.get_json()
        return answer.status_code, told["state"] if answer.status_code == 200 else told["code"]


def test_a_trip_goes_all_its_way_and_a_step_that_tells_nothing_needs_no_body(
    client: FlaskClient, folk: County
) -> None:
    cadre, supervisor = Doors(client, folk.cadre), Doors(client, folk.supervisor_a)
    trip_id = cadre.plan()
    assert cadre.step(trip_id, "submit") == (200, "submitted")
    assert supervisor.step(trip_id, "return") == (422, "bad_input")
    assert supervisor.step(trip_id, "return", {"reason": "请补充议题"}) == (200, "returned")
    assert cadre.step(trip_id, "submit") == (200, "submitted")
    assert supervisor.step(trip_id, "approve") == (200, "approved")
    assert cadre.step(trip_id, "start") == (200, "under_way")
    assert cadre.step(trip_id, "complete") == (200, "completed")


def test_each_step_out_of_its_order_is_refused_by_name(client: FlaskClient, folk: County) -> None:
    cadre, supervisor = Doors(client, folk.cadre), Doors(client, folk.supervisor_a)
    trip_id = cadre.plan()
    assert supervisor.step(trip_id, "approve") == (409, "step_not_allowed")
    assert cadre.step(trip_id, "start") == cadre.step(trip_id, "complete") == (409, "step_not_allowed")
    cadre.step(trip_id, "submit")
    assert cadre.step(trip_id, "start") == (409, "step_not_allowed")
    assert cadre.step(trip_id, "cancel", {"reason": "不去了"}) == (200, "cancelled")
    assert supervisor.step(trip_id, "approve") == (409, "step_not_allowed")


def test_a_plan_sent_again_is_one_trip_and_another_under_its_id_stores_and_reveals_nothing(
    client: FlaskClient, folk: County
) -> None:
    plan = PLAN | {"id": str(uuid4())}
    headers = folk.cadre.sign_in(client)
    first = client.post(URL, json=plan, headers=headers)
    trip_id = first.get_json()["id"]
    cadre, supervisor = Doors(client, folk.cadre), Doors(client, folk.supervisor_a)
    cadre.step(trip_id, "submit")
    again = client.post(URL, json=plan, headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert (again.get_json()["id"], again.get_json()["state"]) == (trip_id, "submitted")
    other = client.post(URL, json=plan | {"aim": "参观"}, headers=headers)
    strange = client.post(URL, json=plan, headers=folk.cadre_b.sign_in(client))
    assert (other.get_json(), strange.status_code) == (strange.get_json(), 409)
    assert other.get_json()["code"] == "trip_conflict"
    assert len(client.get(f"{URL}?mine=1", headers=headers).get_json()["items"]) == 1
    assert client.put(f"{URL}/{trip_id}", json=plan, headers=headers).status_code == 422
    assert supervisor.step(trip_id, "approve") == (200, "approved")


def test_a_submission_told_late_keeps_its_time_and_told_again_changes_nothing(
    client: FlaskClient, folk: County
) -> None:
    cadre, supervisor = Doors(client, folk.cadre), Doors(client, folk.supervisor_a)
    with clock.at(clock.now() - timedelta(hours=3)):
        trip_id = cadre.plan()
    done = clock.now() - timedelta(hours=2)
    told = {"at": done.isoformat(), "sent_at": clock.now().isoformat()}
    assert cadre.step(trip_id, "submit", told) == (200, "submitted")
    trip = db.session.get_one(Trip, trip_id)
    assert trip.submitted_at is not None
    assert abs(trip.submitted_at - done) < timedelta(seconds=2)
    assert supervisor.step(trip_id, "approve") == (200, "approved")
    assert cadre.step(trip_id, "submit", told) == (200, "approved")


def test_who_may_not_is_told_so_in_chinese_and_in_english(client: FlaskClient, folk: County) -> None:
    trip_id = Doors(client, folk.cadre).plan()
    headers = folk.cadre.sign_in(client)
    told = client.post(f"{URL}/{trip_id}/approve", headers=headers).get_json()
    assert (told["title"], told["title_en"]) == (
        "您的角色不能进行此操作（审批行程）。",
        "Your role does not allow this: approve trips.",
    )
