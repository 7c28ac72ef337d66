"""A project from its lead to its production: who may do what to it, what is refused, and two who press at once."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.errors import ProjectRefused
from server.models.events import Event
from server.services import checkins, matters, milestones, projects
from server.services import people as accounts
from server.services.matters import Report
from server.services.projects import ProjectTold
from tests import people
from tests.people import County
from tests.projects import PLAN, planned, reached, registered
from tests.support.together import together
from tests.trips import told, under_way

URL = "/api/v1/projects"
JULY = datetime(2026, 7, 15, 2, 0, tzinfo=UTC)
FACTS: dict[str, Any] = {
    "name": "青溪光伏玻璃",
    "investor": "白鹭新材",
    "chain": "新材料",
    "amount": "3.25",
    "amount_unit": "亿元",
    "site": "青溪工业园",
    "introducer": "县商会",
}


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    with clock.at(JULY):
        yield people.county(app)


class Desk:
    """Somebody's hands on projects."""

    def __init__(self, client: FlaskClient, folk: County) -> None:
        self.client = client
        self.signed = people.Signed(client, folk)

    def asks(self, who: str, method: str, path: str = "", **told: Any) -> Any:
        """The whole answer to a request."""
        body = told if method != "GET" else None
        return self.client.open(URL + path, method=method, json=body, headers=self.signed[who])

    def does(self, who: str, path: str, **told: Any) -> dict[str, Any]:
        """What came of an act that is allowed."""
        answer = self.asks(who, "POST", path, **told)
        assert answer.status_code in {200, 201}, answer.get_json()
        return dict(answer.get_json())

    def refused(self, who: str, path: str, **told: Any) -> tuple[int, str, str]:
        """How an act was refused: status, code, and the sentence."""
        answer = self.asks(who, "POST", path, **told)
        found = answer.get_json()
        return answer.status_code, found["code"], found["title"]


@pytest.fixture
def desk(client: FlaskClient, folk: County) -> Desk:
    return Desk(client, folk)


def test_a_project_goes_from_its_lead_to_production_and_every_day_is_there_to_read(
    desk: Desk, folk: County
) -> None:
    carriers = [{"unit_id": folk.department, "part": "department"}]
    made = desk.does(
        "cadre",
        "",
        **FACTS,
        unit_id=folk.township_a,
        lead_id=folk.leader.id,
        units=carriers,
        member_ids=[folk.official.id],
        known_on="2025-12-01",
    )
    at = f"/{made['id']}"
    days = [{"stage": stage, "on": on.isoformat()} for stage, on in PLAN.items()]
    money = [{"half": "2026H1", "planned": "0.5"}, {"half": "2026H2", "planned": "1"}]
    desk.does("supervisor_a", f"{at}/plan", days=days, money=money)
    for stage, on in (
        ("talks", "2026-01-05"),
        ("signed", "2026-01-20"),
        ("land", "2026-04-11"),
        ("started", "2026-06-01"),
    ):
        made = desk.does("official", f"{at}/advance", stage=stage, on=on)
    made = desk.does("cadre", f"{at}/investments", half="2026H1", amount="0.35", on="2026-06-30")
    made = desk.does(
        "cadre", f"{at}/entries", on="2026-07-14", text="主厂房封顶", trouble="", next_step="设备进场"
    )
    made = desk.does("cadre", f"{at}/evidence", stage="signed", title="投资协议", number="青招〔2026〕3号")
    assert (made["stage"], made["amount"], made["next_stages"]) == ("started", "3.25", ["completed"])
    assert [each["days_late"] for each in made["milestones"]] == [None, None, -12, 10, 0, -139]
    assert [(each["source"], each["planned_days"], each["actual_days"]) for each in made["intervals"]] == [
        ("lead", None, 35),
        ("talks", None, 15),
        ("signed", 59, 81),
        ("land", 61, 51),
        ("started", 183, None),
    ]
    assert [(each["half"], each["planned"], each["done"], each["share"]) for each in made["investments"]] == [
        ("2026H1", "0.5", "0.35", 70),
        ("2026H2", "1", None, 0),
    ]
    assert made["this_year"] == {"planned": "1.5", "done": "0.35", "share": 23}
    assert (made["entries"][0]["stage"], made["evidence"][0]["number"]) == ("started", "青招〔2026〕3号")
    assert made["units"] == [{"unit": {"id": folk.department, "name": "投资促进局"}, "part": "department"}]
    assert {"project.created", "project.planned", "project.advanced", "project.invested"} <= set(
        db.session.scalars(sa.select(Event.kind).where(Event.subject == str(made["id"])))
    )


def test_every_step_that_does_not_follow_is_refused_with_a_sentence(desk: Desk, folk: County) -> None:
    project = planned(folk, registered(folk), H1="0.5")
    at = f"/{project['id']}"
    tries: list[tuple[str, str, dict[str, Any], int, str]] = [
        ("cadre", "/advance", {"stage": "started", "on": "2026-07-01"}, 409, "不能进入“开工”"),
        ("cadre", "/advance", {"stage": "signed", "on": "2026-07-16"}, 422, "今天之后"),
        ("cadre", "/advance", {"stage": "signed", "on": "2025-12-31"}, 422, "早于“线索”"),
        ("cadre", "/plan", {"days": []}, 403, "定项目节点"),
        ("cadre_b", "/advance", {"stage": "signed", "on": "2026-07-01"}, 404, ""),
        ("supervisor", "/retract", {"note": "报错了"}, 409, "不能撤回阶段"),
        ("supervisor", "/resume", {"note": "恢复"}, 409, "不能恢复"),
        ("supervisor", "/plan", {"days": [{"stage": "signed", "on": "2026-08-01"}]}, 422, "须说明原因"),
        (
            "supervisor",
            "/plan",
            {"days": [{"stage": "land", "on": "2026-01-01"}], "note": "提前"},
            422,
            "早于“签约”的计划日期",
        ),
        (
            "supervisor",
            "/plan",
            {"money": [{"half": "2026H1", "planned": "0.1"}], "note": "少报"},
            422,
            "已结束",
        ),
        ("cadre", "/investments", {"half": "2026H2", "amount": "1", "on": "2026-06-30"}, 422, "2026H2 之内"),
        ("cadre", "/evidence", {"stage": "signed", "title": "协议"}, 422, "还没有进入"),
        ("cadre", "/entries", {"on": "2026-07-16", "text": "明天的事"}, 422, "今天之后"),
        ("cadre", "/links", {"matter_id": 4711}, 422, "事项不存在"),
        ("cadre", "/links", {"checkin_id": str(uuid4())}, 422, "签到不存在"),
        (
            "cadre",
            "/commitments",
            {"unit_id": folk.township_b, "text": "按期开工", "standard": "打桩", "due_on": "2026-09-01"},
            422,
            "责任单位",
        ),
    ]
    for who, door, body, status, sentence in tries:
        found = desk.refused(who, at + door, **body)
        assert (found[0], sentence in found[2]) == (status, True), (door, body, found)
    assert desk.asks("cadre", "GET", at).get_json()["revision"] == project["revision"]


def test_what_was_reached_is_taken_back_in_the_open_and_its_plan_cannot_be_moved(
    desk: Desk, folk: County
) -> None:
    project = planned(folk, registered(folk))
    at = f"/{project['id']}"
    reached(folk.cadre, project, signed=date(2026, 3, 1), land=date(2026, 5, 1))
    moved = {"days": [{"stage": "land", "on": "2026-06-01"}], "note": "推迟"}
    assert "不能再改" in desk.refused("supervisor", f"{at}/plan", **moved)[2]
    assert desk.refused("cadre", f"{at}/retract", note="报错了")[0] == 403
    back = desk.does("supervisor_a", f"{at}/retract", note="用地手续未齐")
    assert (back["stage"], back["steps"][0]["was"], back["steps"][0]["note"]) == (
        "signed",
        "2026-05-01",
        "用地手续未齐",
    )
    stopped = desk.does("leader", f"{at}/stop", note="投资方撤资")
    assert (stopped["stopped_on"], stopped["flags"]) == ("2026-07-15", [])
    assert "已终止" in desk.refused("cadre", f"{at}/advance", stage="land", on="2026-07-01")[2]
    assert desk.asks("cadre", "GET", "?stopped=1").get_json()["items"][0]["id"] == project["id"]
    assert desk.does("leader", f"{at}/resume", note="重新启动")["stopped_on"] is None


def test_no_land_is_waited_for_where_none_is_needed(desk: Desk, folk: County) -> None:
    project = registered(folk, needs_land=False)
    made = reached(folk.cadre, project, signed=date(2026, 3, 1))
    assert made["next_stages"] == ["started"]
    assert (
        desk.does("cadre", f"/{project['id']}/advance", stage="started", on="2026-04-01")["stage"]
        == "started"
    )


def test_of_two_who_press_at_once_one_wins_and_the_other_is_told(app: Flask, folk: County) -> None:
    project = registered(folk)
    press = [
        partial(
            milestones.advance,
            who,
            project["id"],
            stage="signed",
            on=date(2026, 3, day),
            revision=project["revision"],
        )
        for who, day in ((folk.cadre.actor, 1), (folk.supervisor_a.actor, 2))
    ]
    ends = together(app, *press)
    assert sorted(type(end).__name__ for end in ends) == ["ProjectChanged", "dict"]


def test_two_projects_of_one_name_never_come_to_be(app: Flask, folk: County) -> None:
    ends = together(app, *[partial(registered, folk)] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["ProjectRefused", "dict"]


def test_a_name_that_others_have_is_free_in_ones_own_unit_and_says_nothing_of_theirs(folk: County) -> None:
    registered(folk)
    told = ProjectTold("东河精密铸件", Decimal("1.2"), "亿元", folk.township_b)
    theirs = projects.register(folk.supervisor_b.actor, told)
    with pytest.raises(ProjectRefused):
        projects.register(folk.supervisor_b.actor, told)
    assert theirs["unit"]["id"] == folk.township_b


def test_a_name_that_two_change_to_at_once_is_given_once(app: Flask, folk: County) -> None:
    mine = [registered(folk, name=name)["id"] for name in ("东河一期", "东河二期")]
    told = ProjectTold("东河三期", Decimal("1.2"), "亿元", folk.township_a)
    ends = together(app, *(partial(projects.edit, folk.supervisor.actor, each, told) for each in mine))
    assert sorted(type(end).__name__ for end in ends) == ["ProjectRefused", "dict"]


def test_an_entry_told_twice_is_there_once(desk: Desk, folk: County) -> None:
    project = registered(folk)
    entry = {"on": "2026-07-01", "text": "已平整场地", "told_as": str(uuid4())}
    first, again = (desk.does("cadre", f"/{project['id']}/entries", **entry) for _ in range(2))
    assert len(again["entries"]) == len(first["entries"]) == 1
    taken = desk.refused("supervisor_a", f"/{project['id']}/entries", **entry)
    assert (taken[0], "编号已被" in taken[2]) == (422, True)


def test_a_commitment_is_settled_by_another_and_once(desk: Desk, folk: County) -> None:
    project = registered(folk)
    at = f"/{project['id']}"
    bound = {
        "unit_id": folk.township_a,
        "text": "9月底前开工",
        "standard": "桩机进场",
        "due_on": "2026-09-30",
    }
    made = desk.does("supervisor_a", f"{at}/commitments", **bound)["commitments"][0]
    door = f"{at}/commitments/{made['id']}/settle"
    kept = {"kept": True, "on": "2026-07-14", "proof": "现场打桩照片"}
    assert desk.refused("supervisor_a", door, **kept)[0] == 403
    assert "期限未到" in desk.refused("supervisor", door, **kept | {"kept": False})[2]
    assert desk.does("supervisor", door, **kept)["commitments"][0]["standing"] == "kept"
    assert "已核定" in desk.refused("supervisor", door, **kept)[2]


def test_visits_and_matters_are_linked_and_shown_to_those_who_may_see_them(desk: Desk, folk: County) -> None:
    project = registered(folk, units=())
    at = f"/{project['id']}"
    trip = under_way(folk.cadre, folk.supervisor_a)
    said = told(trip, note="谈定用地")
    checkins.make(folk.cadre.actor, said)
    complaint = matters.report(folk.cadre.actor, Report("complaint", "定位太勤", "/m/"))
    found = desk.does("cadre", f"{at}/links", checkin_id=str(said.id))
    assert (found["visits"]["items"][0]["note"], found["visits"]["hidden"]) == ("谈定用地", 0)
    assert (
        desk.does("cadre", f"{at}/links", checkin_id=str(said.id))["visits"]["items"]
        == found["visits"]["items"]
    )
    assert "投诉建议不能关联" in desk.refused("cadre", f"{at}/links", matter_id=complaint["id"])[2]
    seen = desk.asks("colleague", "GET", at).get_json()
    assert (seen["visits"]["items"], seen["visits"]["hidden"]) == ([], 1)
    assert "谈定用地" not in str(seen)
    belongs = desk.client.get(f"/api/v1/trips/{trip['id']}/belonging", headers=desk.signed["cadre"])
    assert belongs.get_json()["projects"] == [{"id": project["id"], "name": project["name"]}]
    gone = desk.does("cadre", f"{at}/unlink", checkin_id=str(said.id))
    assert (gone["visits"]["items"], gone["visits"]["hidden"]) == ([], 0)


def test_who_reads_a_project_is_who_answers_carries_leads_or_serves(desk: Desk, folk: County) -> None:
    project = registered(folk, lead_id=folk.leader.id, member_ids=[folk.official.id])
    see = {name: desk.asks(name, "GET", f"/{project['id']}").status_code for name in folk.everyone}
    assert {name for name, status in see.items() if status == 200} == {
        "cadre",
        "colleague",
        "supervisor_a",
        "supervisor",
        "leader",
        "official",
    }
    listed = {
        name: len(desk.asks(name, "GET").get_json()["items"]) for name in ("cadre", "cadre_b", "official")
    }
    assert listed == {"cadre": 1, "cadre_b": 0, "official": 1}
    assert desk.asks("official", "GET", "?mine=1").get_json()["items"][0]["id"] == project["id"]
    heads = desk.asks("cadre", "GET", "/counted").get_json()
    assert (heads["stages"][0], heads["chains"]) == ({"stage": "lead", "count": 1}, ["装备制造"])


def test_a_changed_amount_says_why_and_its_unit_stays_once_there_is_money(desk: Desk, folk: County) -> None:
    project = planned(folk, registered(folk), H2="0.5")
    facts = {
        "name": "东河精密铸件",
        "amount": "1.5",
        "amount_unit": "亿元",
        "unit_id": folk.township_a,
        "revision": project["revision"],
    }
    tries = [(facts, "说明原因"), (facts | {"note": "增资", "amount_unit": "USD"}, "单位不能再改")]
    for body, sentence in tries:
        assert sentence in desk.asks("supervisor", "PUT", f"/{project['id']}", **body).get_json()["title"]
    done = desk.asks("supervisor", "PUT", f"/{project['id']}", **facts | {"note": "增资"}).get_json()
    assert (done["amount"], done["steps"][0]["was"], done["steps"][0]["now"]) == (
        "1.5",
        "1.2 亿元",
        "1.5 亿元",
    )


def test_who_leaves_leads_and_serves_nothing_and_a_unit_with_projects_stays(desk: Desk, folk: County) -> None:
    project = registered(folk, lead_id=folk.leader.id, member_ids=[folk.cadre.id])
    for someone in (folk.leader, folk.cadre):
        accounts.update(folk.administrator.actor, someone.id, {"left": True})
    found = desk.asks("supervisor", "GET", f"/{project['id']}").get_json()
    assert (found["lead"], found["members"]) == (None, [])
