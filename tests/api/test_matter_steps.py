"""A matter from its report to its end, by every path; who may do what to it, and by when."""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.models.events import Event
from server.models.matters import Matter
from server.services import matters, sweeps
from server.services.steps import Told
from tests import people
from tests.matters import complex_one, ordinary
from tests.people import County
from tests.support.together import together

URL = "/api/v1/matters"
WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai
FOUND: dict[str, Any] = {
    "kind": "patrol",
    "text": "村口路灯不亮",
    "place": "柳树村口",
    "lng": 118.5,
    "lat": 29.6,
}


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def categories(folk: County) -> dict[str, int]:
    """An ordinary category and one that is planned, by name."""
    return {"一般事项": ordinary(), "复杂事项": complex_one()}


class Desk:
    """A matter, and people who press buttons on it."""

    def __init__(self, client: FlaskClient, folk: County, category_id: int) -> None:
        self.client, self.folk = client, folk
        self.sign_in()
        self.matter = self.report("grid_member", FOUND | {"category_id": category_id})

    def sign_in(self) -> None:
        """Let everybody sign in anew, by what the clock says when they first do something."""
        self.signed = people.Signed(self.client, self.folk)

    def report(self, who: str, told: dict[str, Any]) -> dict[str, Any]:
        """Report a matter."""
        answer = self.client.post(URL, json=told, headers=self.signed[who])
        assert answer.status_code == 201, answer.get_json()
        return dict(answer.get_json())

    def press(self, who: str, door: str, step: str, **told: Any) -> Any:
        """Take a step; the whole answer."""
        url = f"{URL}/{self.matter['id']}/{door}"
        return self.client.post(url, json={"step": step, **told}, headers=self.signed[who])

    def does(self, who: str, door: str, step: str, **told: Any) -> dict[str, Any]:
        """Take a step that is allowed."""
        answer = self.press(who, door, step, **told)
        assert answer.status_code == 200, answer.get_json()
        self.matter = dict(answer.get_json())
        return self.matter

    def seen(self, who: str) -> Any:
        """The matter as somebody sees it."""
        return self.client.get(f"{URL}/{self.matter['id']}", headers=self.signed[who])


@pytest.fixture
def desk(client: FlaskClient, folk: County, categories: dict[str, int]) -> Desk:
    return Desk(client, folk, categories["一般事项"])


def test_a_matter_goes_from_its_report_to_its_end_and_every_step_is_there_to_read(
    desk: Desk, folk: County
) -> None:
    assert (desk.matter["state"], desk.matter["holder"]["id"]) == ("reported", folk.village_a)
    desk.does("supervisor_a", "route", "accept")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a)
    desk.does("supervisor_a", "urge", "urge", note="请抓紧")
    desk.does("cadre", "handle", "progress", note="已报供电所")
    desk.does("cadre", "handle", "handle", note="灯泡已换")
    desk.does("supervisor_a", "verify", "rework", note="第二盏仍不亮")
    desk.does("cadre", "handle", "handle", note="两盏都换了")
    desk.does("supervisor_a", "verify", "verify")
    desk.does("supervisor_a", "verify", "close", note="谢谢反映，已修好")
    told = desk.seen("grid_member").get_json()
    assert [step["step"] for step in told["steps"]] == [
        "accept",
        "assign",
        "urge",
        "progress",
        "handle",
        "rework",
        "handle",
        "verify",
        "close",
    ]
    assert (told["state"], told["due_at"], told["may"]) == ("closed", None, [])
    assert told["steps"][-1]["note"] == "谢谢反映，已修好"
    desk.does("supervisor_a", "verify", "reopen", note="又坏了")
    assert (desk.matter["state"], desk.matter["closed_at"]) == ("assigned", None)


def test_every_step_that_the_state_does_not_lead_to_is_refused_in_both_languages(
    desk: Desk, folk: County
) -> None:
    for door, step, told in (
        ("route", "assign", {"unit_id": folk.village_a}),
        ("verify", "verify", {}),
        ("verify", "close", {"note": "好了"}),
        ("verify", "reopen", {"note": "又坏了"}),
        ("route", "resume", {}),
    ):
        answer = desk.press("supervisor_a", door, step, **told)
        assert answer.status_code == 409, step
        assert answer.get_json()["code"] == "matter_step_not_allowed"
        assert "已登记" in answer.get_json()["title"]
    assert desk.seen("supervisor_a").get_json()["steps"] == []


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("refuse", {}),
        ("transfer", {"unit_id": 1}),
        ("transfer", {"note": "归口单位"}),
        ("escalate", {}),
        ("merge", {}),
        ("merge", {"into_id": 2_000_000}),
        ("transfer", {"unit_id": 2_000_000, "note": "归口单位"}),
    ],
)
def test_a_step_without_what_it_asks_for_is_refused_and_changes_nothing(
    desk: Desk, step: str, told: dict[str, Any]
) -> None:
    answer = desk.press("supervisor_a", "route", step, **told)
    assert (answer.status_code, answer.get_json()["code"]) == (422, "matter_refused")
    seen = {"may": [], "may_erase": False}
    assert desk.seen("supervisor_a").get_json() | seen == desk.matter | seen


def test_only_who_watches_the_holder_routes_and_only_the_assigned_unit_handles(
    desk: Desk, folk: County
) -> None:
    for name in ("grid_member", "cadre"):
        assert desk.press(name, "route", "accept").status_code in {403, 404}, name
    assert desk.press("supervisor_b", "route", "accept").status_code == 404
    assert desk.press("administrator", "route", "accept").status_code == 403
    desk.does("supervisor_a", "route", "accept")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a, person_id=folk.grid_member.id)
    assert desk.press("cadre_b", "handle", "handle", note="好了").status_code == 404
    desk.does("grid_member", "handle", "handle", note="好了")


def test_nobody_verifies_what_they_handled_themselves(desk: Desk, folk: County) -> None:
    desk.does("supervisor_a", "route", "accept")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a)
    desk.does("supervisor_a", "handle", "handle", note="顺路换了")
    assert "verify" not in offered(desk, "supervisor_a")
    assert desk.press("supervisor_a", "verify", "verify").status_code == 403
    assert "verify" in offered(desk, "supervisor")
    desk.does("supervisor", "verify", "verify")
    assert "close" not in offered(desk, "supervisor_a")
    assert desk.press("supervisor_a", "verify", "close", note="好").status_code == 403


def offered(desk: Desk, who: str) -> set[str]:
    """The steps that somebody is offered."""
    return {each["step"] for each in desk.seen(who).get_json()["may"]}


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(desk: Desk) -> None:
    read = desk.matter["revision"]
    desk.does("supervisor_a", "route", "accept", revision=read)
    answer = desk.press("supervisor", "route", "refuse", note="不归我们", revision=read)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "matter_changed")


@pytest.mark.parametrize("kind", ["complaint", "suggestion"])
def test_a_complaint_or_suggestion_is_answered_and_no_step_is_taken_on_it(
    desk: Desk, folk: County, kind: str
) -> None:
    desk.matter = desk.report("cadre", {"kind": kind, "text": "定位同意页的字太小"})
    assert (desk.matter["holder"]["id"], desk.matter["due_at"], desk.matter["may"]) == (folk.root, None, [])
    assert desk.seen("supervisor_a").status_code == 404
    pressed = desk.press("supervisor", "route", "accept")
    assert pressed.status_code == {"complaint": 404, "suggestion": 422}[kind]


def test_deadlines_follow_the_category_and_a_hold_stops_the_clock(desk: Desk, folk: County) -> None:
    with clock.at(WEDNESDAY):
        desk.sign_in()
        desk.matter = desk.report("grid_member", FOUND | {"category_id": desk.matter["category"]["id"]})
        assert desk.matter["due_at"] == "2026-11-30T10:00:00Z"  # three days on is a Saturday
        assert desk.matter["left"] == {"amount": 5, "unit": "days", "over": False}
        desk.does("supervisor_a", "route", "accept")
        assert desk.matter["due_at"] == "2026-12-02T10:00:00Z"
        desk.does("supervisor_a", "route", "hold", note="等供电所", until="2026-11-27")
        assert desk.matter["due_at"] == "2026-12-07T10:00:00Z"
        assert desk.matter["left"] == {"amount": 10, "unit": "days", "over": False}  # from the 27th
        assert desk.press("supervisor_a", "route", "assign", unit_id=folk.village_a).status_code == 409
    with clock.at(WEDNESDAY + timedelta(days=1)):
        desk.sign_in()
        desk.does("supervisor_a", "route", "resume")
        assert desk.matter["due_at"] == "2026-12-03T10:00:00Z"


def test_the_sweep_hands_up_what_is_overdue_for_its_time_and_only_that(desk: Desk, folk: County) -> None:
    overdue_at = datetime.fromisoformat(desk.matter["due_at"]) + timedelta(hours=1)
    with clock.at(overdue_at):
        signed = folk.supervisor_a.sign_in(desk.client)
        late = desk.client.get(URL, query_string={"overdue": 1}, headers=signed).get_json()["items"]
        assert [item["id"] for item in late] == [desk.matter["id"]]
        assert late[0]["left"] == {"amount": 0, "unit": "days", "over": True}
        assert [did.did is not None for did in sweeps.run()] == [True] * len(sweeps.STEPS)
        again = desk.client.get(URL, query_string={"overdue": 1}, headers=signed).get_json()["items"]
        assert again == late
    for at, holder in ((5, folk.township_a), (15, folk.root), (25, folk.root)):
        with clock.at(overdue_at + timedelta(days=at)):
            list(sweeps.run())
        db.session.rollback()
        assert db.session.get_one(Matter, desk.matter["id"]).holder_id == holder
    steps = desk.seen("supervisor_a").get_json()["steps"]
    assert [(step["step"], step["by"]) for step in steps] == [("escalate", None)] * 2


def test_a_complex_matter_is_handled_by_a_dated_plan(
    desk: Desk, folk: County, categories: dict[str, int]
) -> None:
    desk.does("supervisor_a", "route", "accept", category_id=categories["复杂事项"])
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a)
    assert desk.press("cadre", "handle", "handle", note="好了").status_code == 422
    past = desk.press("cadre", "handle", "plan", note="补记", until="2026-01-10")
    assert (past.status_code, "已经过去" in past.get_json()["title"]) == (422, True)
    late, later = ((clock.day_of(clock.now()) + timedelta(days=days)).isoformat() for days in (45, 20))
    beyond = desk.press("cadre", "handle", "plan", note="明年再说", until=late)
    assert (beyond.status_code, "时限之内" in beyond.get_json()["title"]) == (422, True)
    desk.does("cadre", "handle", "plan", note="先勘察后施工", until=later)
    desk.does("cadre", "handle", "return", note="应由网格施工")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.grid_a)
    assert desk.press("cadre", "handle", "handle", note="好了").status_code == 422, (
        "the plan was another unit's"
    )
    desk.does("cadre", "handle", "plan", note="网格施工", until=later)
    desk.does("cadre", "handle", "handle", note="好了")


def test_the_same_report_sent_again_is_the_same_matter(desk: Desk) -> None:
    told = FOUND | {
        "category_id": desk.matter["category"]["id"],
        "told_as": "7d1f3c1e-58a3-4d0e-9a55-7a1b2c3d4e5f",
    }
    once, again = desk.report("grid_member", told), desk.report("grid_member", told)
    assert once == again
    other = desk.client.post(URL, json=told | {"text": "另一件事"}, headers=desk.signed["grid_member"])
    assert other.status_code == 422


def test_a_step_that_hands_a_matter_out_of_sight_is_answered_again_as_the_first_time(
    desk: Desk, folk: County
) -> None:
    desk.does("supervisor_a", "route", "transfer", unit_id=folk.township_b, note="属地在河东")
    handed_on = {"unit_id": folk.department, "note": "应由主管部门办理", "told_as": str(uuid4())}
    first = desk.does("supervisor_b", "route", "transfer", **handed_on)
    assert desk.seen("supervisor_b").status_code == 404
    assert desk.press("supervisor_b", "route", "transfer", **handed_on).get_json() == first
    desk.does("supervisor", "route", "accept", note="部门已受理")
    again = desk.press("supervisor_b", "route", "transfer", **handed_on).get_json()
    assert [step["step"] for step in again["steps"]] == ["transfer", "transfer"]
    assert (again["state"], again["holder"], again["may"]) == ("reported", None, [])
    other = handed_on | {"told_as": str(uuid4())}
    assert desk.press("supervisor_b", "route", "transfer", **other).status_code == 404
    assert desk.press("supervisor_b", "route", "escalate", **handed_on).status_code == 404


def test_an_id_told_with_steps_on_two_matters_at_once_is_of_one(
    app: Flask, desk: Desk, folk: County, categories: dict[str, int]
) -> None:
    other = desk.report("grid_member", FOUND | {"category_id": categories["一般事项"]})
    told = Told(told_as=uuid4())
    who = folk.supervisor_a.actor
    ends = together(
        app, *(partial(matters.take, who, each["id"], "accept", told) for each in (desk.matter, other))
    )
    assert sorted(type(end).__name__ for end in ends) == ["MatterRefused", "dict"]


def test_lists_answer_what_is_overdue_what_is_mine_to_do_and_what_says_a_word(
    desk: Desk, folk: County
) -> None:
    def asked(who: str, **query: Any) -> list[int]:
        answer = desk.client.get(URL, query_string=query, headers=desk.signed[who])
        return [item["id"] for item in answer.get_json()["items"]]

    desk.does("supervisor_a", "route", "accept")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a)
    mine = [desk.matter["id"]]
    assert asked("cadre", to_me=1) == asked("supervisor_a", q="路灯") == asked("supervisor_a", open=1) == mine
    assert (
        asked("cadre_b", to_me=1) == asked("supervisor_a", overdue=1) == asked("supervisor_a", q="水管") == []
    )


def test_a_matter_without_a_category_goes_into_that_of_its_kind_which_is_one(desk: Desk) -> None:
    admin, answered = desk.signed["administrator"], {"amount": 8, "unit": "working_hours"}
    told = {
        "name": "企业诉求",
        "answer": answered,
        "solve": {"amount": 48, "unit": "hours"},
        "kind": "enterprise",
    }
    request = {"kind": "enterprise", "text": "用电报装缺一份材料"}
    before = desk.client.post(URL, json=request, headers=desk.signed["cadre"])
    assert (before.status_code, "请选择事项类别" in before.get_json()["title"]) == (422, True)
    made = desk.client.post("/api/v1/categories", json=told, headers=admin).get_json()
    assert made["kind"] == "enterprise"
    assert desk.report("cadre", request)["category"]["id"] == made["id"]
    for wrong in ({"name": "又一类"}, {"name": "投诉类", "kind": "complaint"}):
        refused = desk.client.post("/api/v1/categories", json=told | wrong, headers=admin)
        assert refused.status_code == 422


def test_an_administrator_changes_terms_and_days_and_what_is_open_is_reckoned_anew(
    desk: Desk, folk: County
) -> None:
    admin, category = desk.signed["administrator"], desk.matter["category"]
    told = {
        "name": "一般事项",
        "answer": {"amount": 1, "unit": "hours"},
        "solve": {"amount": 5, "unit": "working_days"},
    }
    url = f"/api/v1/categories/{category['id']}"
    assert desk.client.put(url, json=told, headers=desk.signed["supervisor"]).status_code == 403
    assert desk.client.put(url, json=told, headers=admin).status_code == 200
    reported = datetime.fromisoformat(desk.matter["reported_at"])
    due = datetime.fromisoformat(desk.seen("grid_member").get_json()["due_at"])
    assert due == reported + timedelta(hours=1)
    told["name"] = "复杂事项"
    taken = desk.client.put(url, json=told, headers=admin)
    assert (taken.status_code, taken.get_json()["code"]) == (422, "category_refused")
    too_long = told | {"name": "新", "solve": {"amount": 400, "unit": "days"}}
    assert desk.client.post("/api/v1/categories", json=too_long, headers=admin).status_code == 422
    day = "/api/v1/calendar/days/2026-11-28"
    year = desk.client.put(day, json={"works": True, "reason": "县政府通知"}, headers=admin).get_json()
    [own] = [each for each in year["days"] if each["own"]]
    assert datetime.fromisoformat(own.pop("changed_at")) <= clock.now()
    assert own == {
        "day": "2026-11-28",
        "works": True,
        "notice": False,
        "holiday": {"zh": "", "en": ""},
        "own": True,
        "reason": "县政府通知",
        "by": {"id": folk.administrator.id, "name": folk.administrator.name},
    }
    assert desk.client.put(day, json={"works": None}, headers=admin).status_code == 200
    assert desk.client.put(day, json={"works": True}, headers=admin).status_code == 422
    assert desk.client.get("/api/v1/calendar/1999", headers=admin).status_code == 404


def test_events_name_the_step_and_never_its_words(desk: Desk) -> None:
    desk.does("supervisor_a", "route", "refuse", note="不属本单位职责")
    event = db.session.scalars(sa.select(Event).where(Event.kind == "matter.refused")).one()
    assert event.subject == str(desk.matter["id"])
    assert set(event.data) == {"holder", "assigned", "due_at"}


def test_nothing_to_be_solved_goes_into_a_suggestion_or_is_answered_like_one(
    desk: Desk, folk: County
) -> None:
    said = desk.report("supervisor", {"kind": "suggestion", "text": "路灯报修能不能更快"})
    found = desk.press("supervisor", "route", "merge", into_id=said["id"])
    assert (found.status_code, found.get_json()["code"]) == (422, "matter_refused")
    own = desk.report("administrator", FOUND | {"category_id": desk.matter["category"]["id"]})
    url = f"{URL}/{own['id']}/answers"
    assert (
        desk.client.post(url, json={"text": "知道了"}, headers=desk.signed["administrator"]).status_code
        == 422
    )


def test_what_somebody_who_leaves_had_to_handle_is_their_units_and_keeps_it_open(
    desk: Desk, folk: County
) -> None:
    desk.does("supervisor_a", "route", "accept")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a, person_id=folk.grid_member.id)
    admin = desk.signed["administrator"]
    url = f"/api/v1/people/{folk.grid_member.id}"
    assert desk.client.patch(url, json={"left": True}, headers=admin).status_code == 200
    assigned = desk.seen("supervisor_a").get_json()["assigned"]
    assert (assigned["unit"]["id"], assigned["person"]) == (folk.village_a, None)
    grid = f"/api/v1/units/{folk.grid_a}"
    assert desk.client.patch(grid, json={"retired": True}, headers=admin).status_code == 200
    kept = desk.client.patch(f"/api/v1/units/{folk.village_a}", json={"retired": True}, headers=admin)
    assert (kept.status_code, kept.get_json()["code"]) == (409, "unit_refused")
    assert "未办结的事项" in kept.get_json()["title"]
