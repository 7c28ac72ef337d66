"""Rosters on both databases: gone through first, taken whole or not at all, taken twice without harm."""

import io
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.db import db
from server.ingest.rosters import Line
from server.models.events import Event
from server.models.people import Person
from server.queries import people as reads
from server.services import hashes, rosters
from tests import people
from tests.people import County, Someone

NEW = Line(2, "Xu.Fang", "许芳", "东河镇", "干事", "干部")
URL = "/api/v1/people/rosters"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def take(by: Someone, *lines: Line, dry: bool = False) -> dict[str, Any]:
    return rosters.take(by.actor, lines, dry=dry)


def outcomes(told: dict[str, Any]) -> list[str]:
    return [row["outcome"] for row in told["rows"]]


def roster() -> list[tuple[str, ...]]:
    """Everybody there is."""
    db.session.rollback()
    return [
        tuple(row) for row in db.session.execute(sa.select(Person.username, Person.post).order_by(Person.id))
    ]


def test_a_dry_run_says_what_would_happen_and_does_nothing(folk: County) -> None:
    before, count = roster(), sa.select(sa.func.count()).select_from(Event)
    happened = db.session.scalar(count)
    told = take(folk.administrator, NEW, dry=True)
    assert (told["done"], outcomes(told), told["rows"][0]["password"]) == (False, ["created"], None)
    assert told["rows"][0]["zh"] == "新建账号，单位“东河镇”，角色：干部。"
    assert roster() == before
    assert db.session.scalar(count) == happened


def test_taken_for_good_each_can_sign_in_with_the_password_told_once(folk: County) -> None:
    told = take(folk.administrator, NEW)
    assert (told["done"], told["counts"]["created"]) == (True, 1)
    db.session.rollback()
    made = db.session.scalars(sa.select(Person).where(Person.username == "xu.fang")).one()
    assert (made.unit_id, made.must_change_password) == (folk.township_a, True)
    roles = reads.roles_of({made.id})[made.id]
    assert [(each["role"], each["unit"]["id"]) for each in roles] == [("cadre", folk.township_a)]
    assert signs_in(told["rows"][0]["password"])


def signs_in(password: str) -> bool:
    """Whether the new account opens with a password."""
    kept = db.session.scalar(sa.select(Person.password_hash).where(Person.username == "xu.fang"))
    return hashes.matches(password, kept)


def test_the_same_roster_taken_twice_changes_nothing_the_second_time(folk: County) -> None:
    moved = Line(3, folk.colleague.username, "林远", "西岭镇/石桥村", "组长", "督查")
    assert outcomes(take(folk.administrator, NEW, moved)) == ["created", "changed"]
    before, again = roster(), take(folk.administrator, NEW, moved)
    assert (outcomes(again), again["done"]) == (["unchanged", "unchanged"], True)
    assert roster() == before


def test_one_refused_row_keeps_all_others_out(folk: County) -> None:
    before = roster()
    told = take(folk.administrator, NEW, Line(3, "li", "李某", "没有的镇"))
    assert (told["done"], outcomes(told)) == (False, ["created", "refused"])
    assert told["rows"][0]["password"] is None
    assert roster() == before


REFUSED = {
    "unit unknown": (Line(9, "li", "李某", "天上镇"), "没有单位"),
    "no name": (Line(9, "li", "", "东河镇"), "没有姓名"),
    "no user name": (Line(9, "", "李某", "东河镇"), "用户名应为"),
    "role unknown": (Line(9, "li", "李某", "东河镇", "", "县长"), "没有“县长”这个角色"),
    "roles kept apart": (Line(9, "li", "李某", "东河镇", "", "督查、管理员"), "不能由一人兼任"),
    "unit beyond the administrator": (Line(9, "li", "李某", "西岭镇"), "管理范围"),
    "control characters": (Line(9, "li", "李\u202e某", "东河镇"), "特殊字符"),
}


@pytest.mark.parametrize(("line", "words"), REFUSED.values(), ids=REFUSED)
def test_a_row_that_cannot_be_is_refused_with_its_reason(folk: County, line: Line, words: str) -> None:
    told = take(folk.administrator_a, line, dry=True)
    assert outcomes(told) == ["refused"]
    assert words in told["rows"][0]["zh"]


def test_a_user_name_given_twice_or_to_somebody_else_is_a_slip(folk: County) -> None:
    other = Line(3, folk.cadre.username, "别人", "东河镇")
    beyond = Line(4, folk.cadre_b.username, "孙岩", "东河镇")
    told = take(folk.administrator_a, NEW, other, beyond, Line(5, "XU.FANG", "许芳", "东河镇"), dry=True)
    assert outcomes(told) == ["created", "refused", "refused", "refused"]
    assert "属于“陈晓”" in told["rows"][1]["zh"]
    assert "孙岩" not in told["rows"][2]["zh"]
    assert "第 2 行" in told["rows"][3]["zh"]


def test_two_units_of_one_name_are_told_apart_by_code_or_the_unit_above(folk: County) -> None:
    for above in (folk.village_a, folk.village_b):
        people.unit("二网格", "grid", above)
    told = take(
        folk.administrator,
        Line(2, "a1", "甲", "二网格"),
        Line(3, "b1", "乙", "石桥村/二网格"),
        dry=True,
    )
    assert outcomes(told) == ["refused", "created"]
    assert "2 个单位" in told["rows"][0]["zh"]


def test_the_door_goes_through_first_and_takes_only_when_told_to(folk: County, client: FlaskClient) -> None:
    def send(who: Someone, **form: str) -> Any:
        file = (io.BytesIO("姓名,用户名,单位\n许芳,xu.fang,东河镇\n".encode("gbk")), "名册.csv")
        return client.post(URL, data={"file": file, **form}, headers=who.sign_in(client))

    assert send(folk.administrator).get_json()["done"] is False
    assert send(folk.administrator, keep="1").get_json()["done"] is True
    assert send(folk.supervisor).status_code == 403
    assert client.post(URL, data={}, headers=folk.administrator.sign_in(client)).status_code == 422
