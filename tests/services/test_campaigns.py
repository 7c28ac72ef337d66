"""Campaigns: opened by headquarters, told of by units, reviewed with facts that stay; who does and reads what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.errors import CampaignRefused
from server.models.matters import MatterCategory
from server.models.patrols import Patrol
from server.models.projects import Project, ProjectMilestone
from server.queries import campaigns as reads
from server.rules import campaigns as rules
from server.rules.campaigns import Task
from server.services import campaigns, matters, progress
from server.services.campaigns import Told
from server.services.matters import Report
from tests import people
from tests.patrols import planned as patrol_of
from tests.people import County, Someone
from tests.support.together import together

NOON = datetime.fromisoformat("2026-09-15T04:00:00+00:00")
URL = "/api/v1/campaigns"


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    with clock.at(NOON):
        yield people.county(app)


class Headquarters:
    """A county's campaign with a task of the first township, and people who press buttons on it."""

    def __init__(self, client: FlaskClient, folk: County) -> None:
        self.client, self.folk = client, folk
        self.told = {
            "name": "项目攻坚百日行动",
            "unit_id": folk.root,
            "lead_id": folk.leader.id,
            "starts_on": "2026-08-01",
            "ends_on": "2026-12-31",
        }
        self.id = self.does("supervisor", "post", "", self.told, 201)["id"]
        self.task = {
            "title": "完成供地 300 亩",
            "standard": "取得土地证",
            "unit_id": folk.township_a,
            "starts_on": "2026-08-10",
            "due_on": "2026-09-20",
        }
        self.task_id = self.does("leader", "post", "/tasks", self.task, 201)["tasks"][0]["id"]

    def asks(self, who: str, method: str, path: str, body: Any = None) -> Any:
        """One request; the whole answer."""
        url = f"{URL}/{self.id}{path}" if hasattr(self, "id") else f"{URL}{path}"
        headers = self.folk.everyone[who].sign_in(self.client)
        return self.client.open(url, method=method.upper(), json=body, headers=headers)

    def does(self, who: str, method: str, path: str, body: Any = None, status: int = 200) -> dict[str, Any]:
        """One request that goes through; what it answers."""
        answer = self.asks(who, method, path, body)
        assert answer.status_code == status, answer.get_json()
        return dict(answer.get_json())

    def reports(self, who: str, step: str, status: int = 201) -> dict[str, Any]:
        """Tell of the task."""
        path = f"/tasks/{self.task_id}/entries"
        return self.does(who, "post", path, {"step": step, "text": "已组卷上报"}, status)


@pytest.fixture
def headquarters(client: FlaskClient, folk: County) -> Headquarters:
    return Headquarters(client, folk)


def project(unit_id: int, by: Someone) -> int:
    """A project that is signed and planned to start."""
    made = Project(
        name="智能装备园",
        amount=Decimal("5.2"),
        amount_unit="亿元",
        unit_id=unit_id,
        stage="signed",
        created_at=clock.now(),
        created_by=by.id,
    )
    db.session.add(made)
    db.session.flush()
    planned = {"signed": (date(2026, 6, 1), date(2026, 6, 9)), "started": (date(2026, 10, 1), None)}
    for stage, (planned_on, actual_on) in planned.items():
        row = ProjectMilestone(project_id=made.id, stage=stage, planned_on=planned_on, actual_on=actual_on)
        db.session.add(row)
    db.session.commit()
    return made.id


def matter(by: Someone) -> int:
    """A matter to be solved."""
    category = MatterCategory(
        name="一般事项", answer_amount=3, answer_unit="days", solve_amount=7, solve_unit="days"
    )
    db.session.add(category)
    db.session.commit()
    return int(matters.report(by.actor, Report("patrol", "料场占道", category_id=category.id))["id"])


def test_a_task_goes_from_progress_to_done_and_only_headquarters_take_it_back(
    headquarters: Headquarters,
) -> None:
    headquarters.reports("cadre", "progress")
    done = headquarters.reports("supervisor_a", "finish")["tasks"][0]
    assert (done["state"], done["stand"], done["done_on"]) == ("done", "done", "2026-09-15")
    assert [each["step"] for each in done["entries"]] == ["progress", "finish"]
    headquarters.reports("supervisor_a", "reopen", 403)
    headquarters.reports("supervisor", "finish", 422)
    assert headquarters.reports("leader", "reopen")["tasks"][0]["state"] == "open"


def test_who_has_a_task_reads_the_chart_and_who_has_none_does_not(headquarters: Headquarters) -> None:
    for name in ("supervisor", "leader", "supervisor_a", "cadre"):
        headquarters.does(name, "get", "")
    for name in ("supervisor_b", "cadre_b", "official", "administrator", "auditor"):
        assert headquarters.asks(name, "get", "").status_code == 404, name
        assert headquarters.asks(name, "post", "/reviews", {}).status_code in {403, 422}, name
    assert headquarters.asks("supervisor_a", "put", "", headquarters.told).status_code == 403
    assert headquarters.asks("supervisor_a", "post", "/tasks", headquarters.task).status_code == 403
    headquarters.reports("supervisor_b", "progress", 404)


def test_what_belongs_to_it_is_on_the_chart_and_a_matter_only_for_who_may_read_it(
    headquarters: Headquarters, folk: County
) -> None:
    project_id, matter_id = project(folk.township_a, folk.supervisor), matter(folk.cadre_b)
    found = headquarters.does("leader", "get", "/candidates?q=装备")["items"]
    assert found == [{"id": project_id, "name": "智能装备园", "unit": "东河镇"}]
    for _ in range(2):
        headquarters.does("leader", "post", "/links", {"noun": "project", "id": project_id}, 201)
    assert headquarters.does("leader", "get", "/candidates")["items"] == []
    chart = headquarters.does("leader", "post", "/links", {"noun": "matter", "id": matter_id}, 201)
    [shown] = chart["projects"]
    assert [(each["stage"], each["planned_on"], each["actual_on"]) for each in shown["milestones"]] == [
        ("signed", "2026-06-01", "2026-06-09"),
        ("started", "2026-10-01", None),
    ]
    assert ([each["id"] for each in chart["matters"]], chart["matters_hidden"]) == ([matter_id], 0)
    theirs = headquarters.does("supervisor_a", "get", "")
    assert (theirs["matters"], theirs["matters_hidden"]) == ([], 1)
    walked = patrol_of(folk)["id"]
    [plan] = headquarters.does("leader", "post", "/links", {"noun": "plan", "id": walked}, 201)["patrols"]
    assert (plan["id"], plan["unit"]["name"], set(plan["walks"])) == (walked, "柳树村一网格", {"due"})
    assert headquarters.does("leader", "delete", f"/plans/{walked}")["patrols"] == []
    complaint = matters.report(folk.cadre.actor, Report("complaint", "考核太密"))["id"]
    for noun, other in (("project", 999), ("matter", complaint)):
        assert headquarters.asks("leader", "post", "/links", {"noun": noun, "id": other}).status_code == 404
    assert headquarters.does("leader", "delete", f"/projects/{project_id}")["projects"] == []
    assert headquarters.asks("leader", "delete", f"/matters/{project_id + 99}").status_code == 404


def test_a_matter_and_a_trip_say_what_they_belong_to_as_far_as_one_may_read_that(
    headquarters: Headquarters, folk: County, client: FlaskClient
) -> None:
    project_id, matter_id = project(folk.township_b, folk.supervisor), matter(folk.cadre_b)
    progress.link(folk.supervisor.actor, project_id, matter_id=matter_id)
    walked = patrol_of(folk)["id"]
    for noun, other in (("matter", matter_id), ("plan", walked)):
        headquarters.does("leader", "post", "/links", {"noun": noun, "id": other}, 201)
    patrol = sa.select(Patrol.trip_id).where(Patrol.plan_id == walked).order_by(Patrol.id)
    trip_id = db.session.scalars(patrol).first()

    def belongs(who: str, path: str) -> Any:
        headers = folk.everyone[who].sign_in(client)
        return client.get(f"/api/v1{path}/belonging", headers=headers).get_json()

    drive = [{"id": headquarters.id, "name": "项目攻坚百日行动"}]
    park = [{"id": project_id, "name": "智能装备园"}]
    assert belongs("supervisor", f"/matters/{matter_id}") == {"projects": park, "campaigns": drive}
    assert belongs("supervisor_b", f"/matters/{matter_id}") == {"projects": park, "campaigns": []}
    assert belongs("supervisor_a", f"/matters/{matter_id}")["code"] == "not_found"
    assert belongs("supervisor_a", f"/trips/{trip_id}") == {"projects": [], "campaigns": drive}
    assert belongs("grid_member", f"/trips/{trip_id}") == {"projects": [], "campaigns": []}
    assert belongs("cadre_b", f"/trips/{trip_id}")["code"] == "not_found"


def test_six_campaigns_go_on_at_once_each_with_its_own_tasks_and_may_share_a_project(folk: County) -> None:
    actor, today = folk.supervisor.actor, clock.day_of(NOON)
    shared = project(folk.township_a, folk.supervisor)
    for n, name in enumerate("甲乙丙丁戊己"):
        told = campaigns.Told(f"{name}战役", folk.root, folk.leader.id, today, today)
        campaign_id = campaigns.open_(actor, told)["id"]
        for unit_id in (folk.township_a, folk.township_b)[: n % 2 + 1]:
            campaigns.add_task(actor, campaign_id, campaigns.TaskTold(f"{name}任务", unit_id, today, today))
        campaigns.link(actor, campaign_id, "project", shared)
    seen = reads.listed(actor)["items"]
    assert [one["name"][0] for one in seen] == sorted("甲乙丙丁戊己")
    whole = {one["name"][0]: reads.document(actor, one["id"]) for one in seen}
    assert {name: [task["title"] for task in of["tasks"]] for name, of in whole.items()} == {
        name: [f"{name}任务"] * (n % 2 + 1) for n, name in enumerate("甲乙丙丁戊己")
    }
    assert {one["id"] for of in whole.values() for one in of["projects"]} == {shared}
    assert len(reads.listed(folk.supervisor_b.actor)["items"]) == 3, (
        "a unit sees those in which it has a part"
    )


def test_a_review_freezes_its_facts_and_a_correction_stands_beside_it(
    headquarters: Headquarters, client: FlaskClient
) -> None:
    told = {"period": "2026-09", "text": "总体可控", "next_step": "盯紧供地"}
    headquarters.does("leader", "post", "/reviews", told, 201)
    with clock.at(NOON + timedelta(days=10)):
        headquarters.reports("supervisor_a", "finish")
        reviews = headquarters.does("leader", "post", "/reviews", told | {"text": "更正"}, 201)["reviews"]
    assert [(each["text"], each["facts"]["tasks"]) for each in reviews] == [
        ("更正", {"due": 1, "in_time": 0, "late": 1, "not_done": 0, "to_come": 0}),
        ("总体可控", {"due": 1, "in_time": 0, "late": 0, "not_done": 0, "to_come": 1}),
    ]
    assert (reviews[0]["period"]["zh"], reviews[0]["period"]["en"]) == ("2026 年 9 月", "September 2026")
    for period in ("2026-07", "2026-10", "2027", "2026-13", "2026-Q5", "九月份"):
        assert headquarters.asks("leader", "post", "/reviews", told | {"period": period}).status_code == 422
    for period in ("2026-Q3", "2026"):
        headquarters.does("leader", "post", "/reviews", told | {"period": period}, 201)


def test_of_two_who_change_it_at_once_one_is_told_and_a_closed_one_stands_still(
    headquarters: Headquarters, folk: County
) -> None:
    revision = headquarters.does("leader", "get", "")["revision"]
    changed = headquarters.told | {"revision": revision, "closed": True}
    assert headquarters.does("leader", "put", "", changed)["closed_on"] == "2026-09-15"
    assert headquarters.asks("supervisor", "put", "", changed).get_json()["code"] == "campaign_changed"
    headquarters.reports("leader", "progress", 422)
    assert headquarters.asks("leader", "post", "/tasks", headquarters.task).status_code == 422
    again = headquarters.told | {"revision": revision + 1, "closed": False}
    assert headquarters.does("leader", "put", "", again)["state"] == "open"
    headquarters.reports("leader", "progress")


def test_a_name_that_two_open_or_change_to_at_once_is_given_once(app: Flask, folk: County) -> None:
    told = Told("清河行动", folk.root, folk.leader.id, date(2026, 9, 1), date(2026, 12, 31))
    ends = together(app, *[partial(campaigns.open_, folk.supervisor.actor, told)] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["CampaignRefused", "dict"]
    two = [
        campaigns.open_(folk.leader.actor, replace(told, name=name))["id"] for name in ("甲行动", "乙行动")
    ]
    other = replace(told, name="丙行动")
    ends = together(app, *(partial(campaigns.change, folk.leader.actor, each, other) for each in two))
    assert sorted(type(end).__name__ for end in ends) == ["CampaignRefused", "dict"]


def test_who_leads_it_changes_and_closes_it_without_a_role_and_gives_it_to_no_other_unit(
    headquarters: Headquarters,
) -> None:
    folk, told = headquarters.folk, headquarters.told | {"lead_id": headquarters.folk.cadre.id}
    headquarters.does("leader", "put", "", told)
    assert "campaign.change" in headquarters.does("cadre", "get", "")["may"]
    assert headquarters.does("cadre", "put", "", told | {"closed": True})["state"] == "closed"
    assert headquarters.asks("cadre", "put", "", told | {"unit_id": folk.township_a}).status_code == 403


def test_what_does_not_hold_together_is_refused_with_a_sentence(
    headquarters: Headquarters, folk: County
) -> None:
    told = headquarters.told | {"name": "另一个行动"}
    for wrong in (
        {"name": headquarters.told["name"]},
        {"ends_on": "2026-07-31"},
        {"lead_id": 99_999},
        {"unit_id": 99_999},
    ):
        headers = folk.leader.sign_in(headquarters.client)
        answer = headquarters.client.post(URL, json=told | wrong, headers=headers)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "campaign_refused"), wrong
    late = headquarters.task | {"due_on": "2026-08-01"}
    assert headquarters.asks("leader", "post", "/tasks", late).status_code == 422
    elsewhere = headquarters.told | {"name": "镇里的行动", "unit_id": folk.root}
    headers = folk.supervisor_a.sign_in(headquarters.client)
    assert headquarters.client.post(URL, json=elsewhere, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("state", "done", "today", "stand"),
    [
        ("open", None, "2026-08-09", "ahead"),
        ("open", None, "2026-08-10", "open"),
        ("open", None, "2026-09-13", "soon"),
        ("open", None, "2026-09-20", "soon"),
        ("open", None, "2026-09-21", "overdue"),
        ("done", "2026-09-20", "2026-12-01", "done"),
        ("done", "2026-09-21", "2026-12-01", "late"),
        ("dropped", None, "2026-12-01", "dropped"),
    ],
)
def test_where_a_task_stands_on_a_day(state: str, done: str | None, today: str, stand: str) -> None:
    found = rules.stand(
        state,
        starts_on=date(2026, 8, 10),
        due_on=date(2026, 9, 20),
        done_on=None if done is None else date.fromisoformat(done),
        today=date.fromisoformat(today),
    )
    assert found == stand


def test_a_period_is_a_month_a_quarter_or_a_year() -> None:
    found = {name: rules.period(name) for name in ("2026-12", "2026-Q4", "2026")}
    assert {name: (each.starts_on, each.ends_before) for name, each in found.items()} == {
        "2026-12": (date(2026, 12, 1), date(2027, 1, 1)),
        "2026-Q4": (date(2026, 10, 1), date(2027, 1, 1)),
        "2026": (date(2026, 1, 1), date(2027, 1, 1)),
    }
    with pytest.raises(CampaignRefused):
        rules.period("2026-00")
    dropped = Task("dropped", date(2026, 1, 1), date(2026, 12, 1), None)
    assert rules.within([dropped], found["2026"], date(2026, 9, 1))["due"] == 0
