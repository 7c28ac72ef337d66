"""Planning a duty on the phone, from the first letter to the approval it waits for."""

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from server.db import db
from server.models.trips import Trip
from server.queries import trips as reads
from tests.people import County, Someone
from tests.phone.conftest import NewPhone
from tests.trips import planned

pytestmark = pytest.mark.browser


def test_a_duty_is_planned_with_stops_and_companions_and_submitted(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("link", name="计划新任务").click()
    page.locator("[name=destination]").fill("东河")
    page.get_by_role("button", name="东河镇").click()
    page.locator("[name=aim]").fill("走访企业")
    page.locator("[name=find_stop]").fill("东河")
    page.get_by_role("button", name="东河镇").click()
    page.get_by_role("button", name="在小地图上选一个点").click()
    picker = page.get_by_role("dialog")
    picker.get_by_role("radio", name="500 米").check()
    board = picker.get_by_role("application")
    board.press("ArrowRight")
    board.press("+")
    picker.get_by_role("button", name="移到我现在的位置").click()
    picker.get_by_role("button", name="就选这里").click()
    page.locator("[name=stop_1]").fill("临江一厂")
    page.locator("[name=find_person]").fill("林远")
    page.get_by_role("button", name="林远").click()
    page.reload()
    expect(page.locator("[name=stop_1]")).to_have_value("临江一厂")
    page.get_by_role("radio", name="轨迹").check()
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator(".heading")).to_contain_text("待审批")
    expect(page.locator(".heading")).to_contain_text("赴东河镇")
    db.session.rollback()
    trip = db.session.execute(sa.select(Trip).where(Trip.planner_id == cadre.id)).scalar_one()
    told = reads.document(cadre.actor, trip)
    area, point = told["stops"]
    assert (area["area_name"], point["name"], point["radius_m"]) == ("东河镇", "临江一厂", 500)
    assert (round(point["lng"], 3), round(point["lat"], 3)) == (118.502, 29.601)
    assert {member["name"] for member in told["members"]} == {"陈晓", "林远"}
    assert told["tracking"] == "track"


def test_a_plan_whose_answer_was_lost_is_saved_once(phone: NewPhone, cadre: Someone) -> None:
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/plan")
    page.locator("[name=destination]").fill("临江市")
    page.locator("[name=aim]").fill("走访企业")
    page.route("**/api/v1/trips", lambda route: (route.fetch(), route.abort()), times=1)
    page.get_by_role("button", name="先存为草稿").click()
    expect(page.locator("article")).to_contain_text("赴临江市")
    expect(page.locator(".delivery-kept")).to_be_visible()
    page.get_by_role("link", name="去看看").click()
    expect(page.locator(".heading")).to_contain_text("草稿")
    db.session.rollback()
    assert len(db.session.scalars(sa.select(Trip.id).where(Trip.planner_id == cadre.id)).all()) == 1


def test_a_plan_that_is_refused_stays_on_its_page_with_the_reason(phone: NewPhone, cadre: Someone) -> None:
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/plan")
    page.locator("[name=destination]").fill("临江市")
    page.locator("[name=aim]").fill("抢险")
    page.get_by_role("radio", name="应急处置").check()
    page.get_by_role("button", name="提交审批").click()
    expect(page.get_by_role("alert")).to_contain_text("必须写明依据")
    page.locator("[name=basis]").fill("县应急指挥部 3 号令")
    page.get_by_role("button", name="提交审批").click()
    expect(page.locator(".heading")).to_contain_text("待审批")
    db.session.rollback()
    assert len(db.session.scalars(sa.select(Trip.id).where(Trip.planner_id == cadre.id)).all()) == 1


def test_a_plan_is_edited_and_a_draft_is_called_off(phone: NewPhone, cadre: Someone) -> None:
    trip = planned(cadre)
    here = phone()
    page = here.sign_in(cadre)
    here.open(f"#/trip/{trip['id']}")
    page.get_by_role("link", name="修改计划").click()
    page.locator("[name=title]").fill("改过的任务")
    page.get_by_role("button", name="先存为草稿").click()
    expect(page.locator(".heading")).to_contain_text("改过的任务")
    page.get_by_text("取消任务").click()
    page.locator("[name=reason]").fill("对方改期")
    page.get_by_role("button", name="确认取消").click()
    expect(page.locator(".heading")).to_contain_text("已取消")
