"""Households: ten for each member, what is due next, visits told once, and forgotten when asked or over."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from server import clock
from server.errors import HouseholdReasonNeeded, HouseholdRefused, NotFound
from server.queries import households as reads
from server.rules import households as rules
from server.services import households
from server.services import people as staff
from server.services.households import Told
from tests import people
from tests.people import County
from tests.positions import rows
from tests.support.together import together

NOW = datetime.fromisoformat("2026-09-01T10:00:00+08:00")
TODAY = date(2026, 9, 1)
DAY = timedelta(days=1)


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    made = people.county(app)
    with clock.at(NOW):
        yield made


def taken(folk: County, door: str = "老屋巷 6 号", every_days: int = 30) -> int:
    told = households.add(folk.grid_member.actor, Told(door, every_days, name="王奶奶", concern="独居"))
    return int(told["id"])


def doors(folk: County) -> list[tuple[str, date]]:
    return [(each["door"], each["due_on"]) for each in reads.mine(folk.grid_member.actor)["items"]]


def test_what_is_due_next_stands_first(folk: County) -> None:
    often, seldom = taken(folk, "甲", 7), taken(folk, "乙", 30)
    for household in (often, seldom):
        households.visit(folk.grid_member.actor, household, uuid4(), TODAY, "一切都好")
    new = taken(folk, "丙")
    assert doors(folk) == [("丙", TODAY), ("甲", TODAY + 7 * DAY), ("乙", TODAY + 30 * DAY)]
    assert new > 0


@given(last=st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 1)), every=st.integers(*rules.EVERY_DAYS))
def test_a_visit_is_never_due_before_the_last_one(last: date | None, every: int) -> None:
    due = rules.due_on(last, since=date(2026, 1, 1), every_days=every)
    assert due == date(2026, 1, 1) if last is None else (due - last).days == every


def test_a_visit_told_of_two_households_at_once_is_of_one_and_the_other_is_told(
    app: Flask, folk: County
) -> None:
    member, told_as = folk.grid_member.actor, uuid4()
    press = [
        partial(households.visit, member, household, told_as, TODAY, "一切都好")
        for household in (taken(folk, "甲"), taken(folk, "乙"))
    ]
    ends = together(app, *press)
    assert sorted(type(end).__name__ for end in ends) == ["HouseholdRefused", "dict"]


def test_one_member_looks_after_ten(folk: County) -> None:
    for number in range(rules.MOST):
        taken(folk, f"{number} 号")
    with pytest.raises(HouseholdRefused):
        taken(folk)
    households.release(folk.grid_member.actor, reads.mine(folk.grid_member.actor)["items"][0]["id"])
    assert taken(folk) > 0


def test_a_visit_told_twice_is_one_and_none_is_told_ahead(folk: County) -> None:
    household, told_as = taken(folk), uuid4()
    for _ in range(2):
        households.visit(folk.grid_member.actor, household, told_as, TODAY, "")
    assert len(rows("household_visits", "id")) == 1
    for day in (TODAY + DAY, TODAY - DAY):
        with pytest.raises(HouseholdRefused):
            households.visit(folk.grid_member.actor, household, uuid4(), day, "")
    other = taken(folk, "别家")
    with pytest.raises(HouseholdRefused):
        households.visit(folk.grid_member.actor, other, told_as, TODAY, "")


def test_a_supervisor_reads_a_units_households_without_whose_and_another_finds_nothing(folk: County) -> None:
    household = taken(folk)
    [read] = reads.listed(folk.supervisor_a.actor)["items"]
    assert "赵田" not in str(read)
    assert read["unit"]["id"] == folk.grid_a
    assert reads.listed(folk.supervisor_b.actor)["items"] == []
    for other in (folk.supervisor_b, folk.cadre):
        with pytest.raises(NotFound):
            households.erase(other.actor, household)
    with pytest.raises(NotFound):
        households.visit(folk.supervisor_a.actor, household, uuid4(), TODAY, "")


def test_what_is_told_of_a_household_opens_with_a_reason_and_who_looks_after_it_reads_who_opened_it(
    client: FlaskClient, folk: County
) -> None:
    household = taken(folk)
    households.visit(folk.grid_member.actor, household, uuid4(), TODAY, "腿脚不便")
    signed = {name: who.sign_in(client) for name, who in folk.everyone.items()}

    def opens(who: str, **told: str) -> Any:
        return client.post(f"/api/v1/households/{household}/open", json=told, headers=signed[who])

    [listed] = client.get("/api/v1/households", headers=signed["supervisor_a"]).get_json()["items"]
    assert "王奶奶" not in str(listed)
    assert "独居" not in str(listed)
    refused = opens("supervisor_a")
    assert (refused.status_code, refused.get_json()["code"]) == (403, "household_reason_needed")
    told = opens("supervisor_a", reason="核实救助申请").get_json()
    assert (told["concern"], told["visits"][0]["note"]) == ("独居", "腿脚不便")
    assert opens("supervisor_a").status_code == 200  # once a sitting
    assert opens("grid_member").status_code == 200  # their own, and no look
    assert opens("supervisor_b", reason="看看").status_code == 404
    assert opens("leader", reason="看看").status_code == 404
    [mine] = client.get("/api/v1/households/mine", headers=signed["grid_member"]).get_json()["items"]
    assert [(each["by"]["name"], each["reason"]) for each in mine["looks"]] == [("吴清", "核实救助申请")]
    [record] = client.get("/api/v1/looks/households", headers=signed["auditor"]).get_json()["items"]
    assert (record["household_id"], record["by"]["name"]) == (household, "吴清")
    assert "老屋巷" not in str(record)
    released = client.post(f"/api/v1/households/{household}/release", headers=signed["supervisor_a"])
    assert "王奶奶" not in str(released.get_json())
    assert opens("supervisor_a").status_code == 404


def test_the_command_line_opens_no_household_that_is_anothers(folk: County) -> None:
    household = taken(folk)
    with pytest.raises(HouseholdReasonNeeded):
        households.open_(folk.supervisor_a.actor, household, "核实救助申请")


def test_what_to_look_after_is_forgotten_once_nobody_visits(folk: County) -> None:
    visited, forgotten = taken(folk, "甲"), taken(folk, "乙")
    later = NOW + 400 * DAY
    with clock.at(later):
        households.visit(folk.grid_member.actor, visited, uuid4(), TODAY + 399 * DAY, "")
    assert households.let_go_idle(NOW) == 0
    with clock.at(later):
        assert households.let_go_idle(NOW + DAY) == 1
    kept = sorted(rows("households", "id", "door", "concern", "released_at"))
    assert [(each[0], each[1], each[2], each[3] is None) for each in kept] == [
        (visited, "甲", "独居", True),
        (forgotten, "乙", "", False),
    ]


def test_a_household_is_forgotten_on_request_and_by_itself_when_its_time_is_over(folk: County) -> None:
    asked, let_go = taken(folk), taken(folk, "乙")
    for household in (asked, let_go):
        households.visit(folk.grid_member.actor, household, uuid4(), TODAY, "腿脚不便")
    households.erase(folk.grid_member.actor, asked)
    households.release(folk.grid_member.actor, let_go)
    assert sorted(rows("households", "door", "name", "concern")) == [("", "", ""), ("乙", "王奶奶", "")]
    assert sorted(rows("household_visits", "note")) == [("",), ("腿脚不便",)]
    assert households.expire(NOW) == 0
    assert households.expire(NOW + DAY) == 1
    assert set(rows("households", "door", "name", "concern")) == {("", "", "")}
    assert set(rows("household_visits", "note")) == {("",)}


def test_who_leaves_looks_after_nobody_any_more(folk: County) -> None:
    household = taken(folk)
    staff.update(folk.administrator.actor, folk.grid_member.id, {"left": True})
    assert reads.listed(folk.supervisor_a.actor)["items"] == []
    assert [released is not None for _, released in rows("households", "id", "released_at")] == [True]
    assert household > 0
