"""Patrols at the desk: a plan made on the form, many grids called out in two clicks, and which nobody has walked."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from server.db import db
from server.models.patrols import PatrolCheckpoint
from server.queries import patrol_plans as plans
from server.queries import patrols as reads
from server.queries.patrols import Asked
from server.services import trips
from tests.patrols import at_point, begun, grids
from tests.people import County
from tests.web.conftest import Open
from tests.web.test_reviewing import overflows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]


def test_a_plan_is_made_on_its_form_and_says_how_often_in_words(desk: Open, people: County) -> None:
    grids(people)
    page = desk(people.supervisor_a).open("/patrols/plans/new")
    page.locator("#f-area_id").click()
    page.locator("#f-area_id").fill("柳树村")
    page.get_by_role("option", name="柳树村一网格").click()
    expect(page.locator("#f-title")).to_have_value("柳树村一网格日常巡查")
    expect(page.locator("#f-unit_id")).to_have_value("柳树村一网格")
    page.get_by_role("button", name="在地图上逐个点选巡查点").click()
    page.locator("#map canvas").first.click()
    expect(page.locator(".plan-point")).to_have_count(1)
    page.get_by_label("周六").check()
    assert not overflows(page)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/patrols/plans")
    expect(page.locator("#plans")).to_contain_text("每周 周一、周二、周三、周四、周五、周六")
    [plan] = plans.listed(people.supervisor_a.actor)["items"]
    assert (plan["rule"], plan["unit"]["id"]) == ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA", people.grid_a)
    assert not overflows(page)


def test_a_plan_takes_areas_and_weekdays_of_the_month_and_shows_them_again(
    desk: Open, people: County
) -> None:
    ids = grids(people)
    page = desk(people.supervisor).open("/patrols/plans/new")
    page.locator("#f-title").fill("两网格月度巡查")
    for name in ("柳树村一网格", "石桥村一网格"):
        page.locator("#f-area-point").fill(name)
        page.get_by_role("option", name=name).click()
    expect(page.locator(".plan-point")).to_have_count(2)
    page.locator("#f-rule").select_option("MONTHLY")
    page.locator("#f-month-by").select_option("weekday")
    page.get_by_role("button", name="再加一天").click()
    page.locator(".nth-day").nth(1).get_by_label("第几个").select_option("最后一个")
    page.locator(".nth-day").nth(1).get_by_label("星期").select_option("周五")
    assert not overflows(page)
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/patrols/plans")
    expect(page.locator("#plans")).to_contain_text("每月 第 1 个周一、最后一个周五")
    [plan] = plans.listed(people.supervisor.actor)["items"]
    assert plan["rule"] == "FREQ=MONTHLY;BYDAY=1MO,-1FR"
    points = plans.checkpoints(plan["id"])
    assert [(point["area_id"], point["radius_m"]) for point in points] == [(ids["a"], None), (ids["b"], None)]
    db.session.execute(sa.update(PatrolCheckpoint).values(tolerance_m=30))
    db.session.commit()
    page.goto(page.url + f"/{plan['id']}")
    expect(page.locator(".plan-point")).to_have_count(2)
    expect(page.locator("#f-month-days")).to_be_hidden()
    page.locator(".nth-day").nth(0).get_by_role("button", name="删除").click()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/patrols/plans")
    expect(page.locator("#plans")).to_contain_text("每月 最后一个周五")
    db.session.rollback()
    kept = plans.checkpoints(plan["id"])
    assert [point["tolerance_m"] for point in kept] == [30, 30], "what the form does not show stays"


def test_every_grid_is_called_out_in_two_clicks_and_one_reads_which_nobody_has_walked(
    desk: Open, people: County
) -> None:
    ids = grids(people)
    page = desk(people.supervisor).open("/patrols")
    page.get_by_role("button", name="防汛巡查").click()
    page.get_by_role("button", name="立即发起").click()
    expect(page.locator("#patrols tbody tr")).to_have_count(2)
    found = reads.listed(people.supervisor.actor, Asked(area_id=ids["a"]))["items"][0]
    patrol = reads.document(people.grid_member.actor, reads.get(people.grid_member.actor, found["id"]))
    begun(people.grid_member, patrol)
    at_point(people.grid_member, patrol, 0, lng=118.505, lat=29.605)
    trips.complete(people.grid_member.actor, patrol["trip_id"])
    page.get_by_role("link", name="网格最近巡查").click()
    expect(page.locator("#summary")).to_contain_text("2 个网格中有 1 个还没有人巡查")
    expect(page.locator("#grids tbody tr")).to_have_count(1)
    expect(page.locator("#grids")).to_contain_text("石桥村一网格")
    assert not overflows(page)
    page.goto(page.url.replace("/patrols/walked", f"/patrols/{patrol['id']}"))
    expect(page.locator(".stop-reached")).to_have_count(1)
    expect(page.locator("#facts")).to_contain_text("县防汛抗旱指挥部")
    assert not overflows(page)


def test_one_search_tells_which_grids_nobody_has_walked_this_week(desk: Open, people: County) -> None:
    grids(people)
    page = desk(people.supervisor).open("/patrols")
    for words in ("未巡查", "网格"):
        page.locator("#search-words").fill(words)
        expect(page.locator("#search-words-list li").first).to_contain_text("本周无人巡查的网格")
    page.keyboard.press("Enter")
    page.wait_for_url("**/patrols/walked")
    expect(page.locator("#summary")).to_contain_text("2 个网格中有 2 个还没有人巡查")
