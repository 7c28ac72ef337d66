"""Sheets of projects taken in: a dry run that keeps nothing, all or none, and twice is once."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.ingest import projects as files
from server.models.events import Event
from server.models.flags import Flag
from server.models.projects import Project
from server.queries import project_pages as pages
from server.services import project_sheets, projects
from server.services.projects import ProjectTold
from tests import people
from tests.people import County, Someone

HEADS = (
    "项目名称,投资方,总投资（亿元）,责任单位,部门,包联领导,服务专班,计划签约,签约,计划开工,"
    "2026上半年计划投资（万元）,2026上半年完成投资（万元）"
)
ROW = "光伏玻璃,白鹭新材,3.25,东河镇,投资促进局,刘衡,陈晓、林远,2026-02-01,2026-01-20,2026-06-01,5000,4200.5"


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    with clock.at(datetime(2026, 5, 15, 2, 0, tzinfo=UTC)):
        yield people.county(app)


def taken(who: Someone, *rows: str, dry: bool = False) -> dict[str, Any]:
    """What came of a sheet."""
    data = "\n".join((HEADS, *rows)).encode()
    return project_sheets.take(who.actor, files.read(data, "a.csv", unit="万元"), dry=dry)


def kept() -> list[Project]:
    """The projects there are."""
    return list(db.session.scalars(sa.select(Project).order_by(Project.id)))


def test_a_dry_run_says_what_would_become_of_each_row_and_keeps_nothing(folk: County) -> None:
    told = taken(folk.supervisor, ROW, "铸件,,1.2,没有的镇,,,,,,,,", dry=True)
    assert (told["done"], [row["outcome"] for row in told["rows"]]) == (False, ["created", "refused"])
    assert told["rows"][0]["zh"] == "新建：基本情况、计划、阶段、完成投资。"
    assert "没有单位“没有的镇”" in told["rows"][1]["zh"]
    assert kept() == []
    assert not list(db.session.scalars(sa.select(Event.kind).where(Event.kind.like("project.%"))))


def test_a_row_is_told_all_that_is_wrong_with_it(folk: County) -> None:
    row = (
        ROW.replace("3.25", "约3亿")
        .replace("东河镇", "没有的镇")
        .replace("刘衡", "无名")
        .replace("2026-06-01", "六月")
    )
    [told] = taken(folk.supervisor, row, dry=True)["rows"]
    for wrong in ("“约3亿”不是金额", "没有单位“没有的镇”", "没有叫“无名”的人员", "“六月”不是日期"):
        assert wrong in told["zh"]
    assert told["en"].endswith("“六月” is no day.")


def test_a_sheet_makes_projects_whole_and_twice_is_once(folk: County) -> None:
    assert taken(folk.supervisor, ROW)["rows"][0]["zh"] == "新建：基本情况、计划、阶段、完成投资。"
    [project] = kept()
    told = pages.document(folk.supervisor.actor, project)
    assert (told["stage"], str(told["amount"]), told["lead"]["name"]) == ("signed", "3.25", "刘衡")
    assert [member["name"] for member in told["members"]] == ["林远", "陈晓"]
    assert [str(each) for each in (told["investments"][0]["planned"], told["investments"][0]["done"])] == [
        "0.5",
        "0.42005",
    ]
    again = taken(folk.supervisor, ROW)
    assert [row["outcome"] for row in again["rows"]] == ["unchanged"]


def test_a_row_brings_a_project_on_and_never_back(folk: County) -> None:
    taken(folk.supervisor, ROW)
    further = ROW.replace("4200.5", "4800").replace("白鹭新材", "白鹭新材集团")
    assert taken(folk.supervisor, further)["rows"][0]["zh"] == "修改：基本情况、完成投资。"
    other_day = ROW.replace("2026-01-20", "2026-01-25")
    assert "已记为 2026-01-20" in taken(folk.supervisor, other_day)["rows"][0]["zh"]
    assert [str(flag.rule) for flag in db.session.scalars(sa.select(Flag).order_by(Flag.id))] == []


def test_one_refused_row_keeps_all_others_out(folk: County) -> None:
    told = taken(folk.supervisor, ROW, ROW, ROW.replace("光伏玻璃", "西岭酒庄").replace("3.25", "约3亿"))
    assert [row["outcome"] for row in told["rows"]] == ["created", "refused", "refused"]
    assert (told["done"], kept()) == (False, [])


def test_all_that_a_new_project_lacks_is_told_at_once(folk: County) -> None:
    bare = files.Sheet([files.Line(3, {"name": "光伏玻璃"})], [])
    told = project_sheets.take(folk.supervisor.actor, bare, dry=True)
    assert "没有总投资、责任单位" in told["rows"][0]["zh"]
    assert "no amount, no unit" in told["rows"][0]["en"]


def test_what_is_blank_and_what_cannot_be_read_in_a_new_projects_row_is_told_in_one_go(folk: County) -> None:
    row = (
        ROW.replace("3.25", "")
        .replace("东河镇", "没有的镇")
        .replace("2026-06-01", "六月")
        .replace("光伏", "光" * 130)
    )
    [told] = taken(folk.supervisor, row, dry=True)["rows"]
    for wrong in ("没有总投资", "没有单位“没有的镇”", "“六月”不是日期", "太长或含有特殊字符"):
        assert wrong in told["zh"]
    assert "没有责任单位" not in told["zh"]


def test_a_township_takes_in_its_own_projects_only(folk: County) -> None:
    told = taken(folk.supervisor_b, ROW)
    assert (told["done"], told["rows"][0]["outcome"]) == (False, "refused")
    assert "登记项目" in told["rows"][0]["zh"]


def test_of_two_projects_of_a_name_the_sheet_says_whose_and_another_unit_learns_of_none(folk: County) -> None:
    taken(folk.supervisor, ROW)
    theirs = ProjectTold("光伏玻璃", Decimal(1), "亿元", folk.township_b)
    projects.register(folk.supervisor_b.actor, theirs)
    assert [row["outcome"] for row in taken(folk.supervisor, ROW)["rows"]] == ["unchanged"]
    without = ROW.replace("东河镇", "")
    assert "有多个单位的项目同名" in taken(folk.supervisor, without)["rows"][0]["zh"]


def test_the_door_takes_a_file_and_asks_for_the_permission(client: FlaskClient, folk: County) -> None:
    def sent(who: Someone, **told: Any) -> Any:
        file = {"file": (BytesIO(f"{HEADS}\n{ROW}".encode()), "a.csv")}
        return client.post("/api/v1/projects/sheets", data={**file, **told}, headers=who.sign_in(client))

    assert sent(folk.cadre).status_code == 403
    assert sent(folk.supervisor).get_json()["counts"]["created"] == 1
    assert sent(folk.supervisor, keep="1").get_json()["done"]
    assert len(kept()) == 1
