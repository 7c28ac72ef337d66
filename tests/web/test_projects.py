"""Projects as people handle them in a browser: taken on, contested, taken in from a sheet, at every width."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from server import clock
from server.services import checkins, matters, milestones, progress
from server.services.matters import Report
from tests.patrols import a_category
from tests.people import County
from tests.projects import registered
from tests.trips import told, under_way
from tests.web.conftest import Open
from tests.web.test_reviewing import overflows

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("app", ["spatialite"], indirect=True)]


def today() -> date:
    return clock.day_of(clock.now())


def late(people: County) -> int:
    """A project that should have been signed ten days ago."""
    project = registered(people, known_on=today() - timedelta(days=90))
    days = {"signed": today() - timedelta(days=10), "land": today() + timedelta(days=40)}
    milestones.plan(people.supervisor.actor, project["id"], days=days, money={})
    return int(project["id"])


def test_a_yellow_flag_is_contested_and_a_stage_reached_ends_it(desk: Open, people: County) -> None:
    project_id = late(people)
    page = desk(people.cadre).open(f"/projects/{project_id}")
    expect(page.locator(".way .way-late")).to_contain_text("逾期 10 天")
    page.locator(".title .flags a").click()
    expect(page.locator("#flag")).to_contain_text("授旗时已逾期 10 天")
    expect(page.locator("#flag")).to_contain_text("定计划日期：签约")
    page.get_by_role("button", name="申诉").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("签约仪式由县里推迟")
    page.get_by_role("dialog").get_by_role("button", name="提交申诉").click()
    expect(page.locator("#flag .tag")).to_have_text("申诉待裁定")
    judge = desk(people.supervisor_a).open("/projects?tab=flags")
    expect(judge.locator("#flags h2").first).to_have_text("申诉待裁定")
    judge.locator("#flags td a").first.click()
    judge.get_by_role("button", name="维持").click()
    judge.get_by_role("dialog").get_by_role("textbox").fill("计划未按程序调整")
    judge.get_by_role("dialog").get_by_role("button", name="维持").click()
    expect(judge.locator("#flag")).to_contain_text("裁定：维持")
    page.goto(page.url.split("/flags")[0] + f"/projects/{project_id}")
    page.get_by_role("button", name="进入下一阶段").click()
    page.get_by_role("dialog").get_by_label("阶段").select_option("signed")
    page.get_by_role("dialog").get_by_role("button", name="确认进入").click()
    expect(page.locator(".title .state")).to_have_text("签约")
    expect(page.locator(".title .flag")).to_have_count(0)
    expect(page.locator(".project-columns .flag-over")).to_have_text("黄旗")
    assert not overflows(page)


def choose(page: Page, sheet: Path) -> None:
    """Choose a file as one does: press, then take it."""
    with page.expect_file_chooser() as asked:
        page.locator("#sheet-file").click()
    asked.value.set_files(sheet)


def test_a_sheet_is_gone_through_and_then_taken_in(desk: Open, people: County, tmp_path: Path) -> None:
    sheet = tmp_path / "推进表.csv"
    head = "项目名称,总投资(亿元),责任单位,计划签约\n"
    sheet.write_text(f"{head}光伏玻璃,3.25,东河镇,{today()}\n铸件,约一亿,东河镇,\n", "utf-8")
    page = desk(people.supervisor).open("/projects?tab=sheet")
    choose(page, sheet)
    expect(page.locator("#roster")).to_contain_text("“约一亿”不是金额")
    expect(page.get_by_role("button", name="确认导入")).to_have_count(0)
    sheet.write_text(f"{head}光伏玻璃,3.25,东河镇,{today()}\n", "utf-8")
    choose(page, sheet)
    expect(page.locator("#roster")).to_contain_text("尚未写入")
    sheet.unlink()
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#roster")).to_contain_text("已导入。")
    page.locator("#tab-list").click()
    expect(page.locator("#projects")).to_contain_text("光伏玻璃")
    expect(page.locator("#projects")).to_contain_text("3.25 亿元")
    assert not overflows(page)


def test_a_matter_and_a_trip_lead_to_the_project_they_are_linked_to(desk: Open, people: County) -> None:
    project = registered(people)
    matter = matters.report(people.cadre.actor, Report("patrol", "料场占道", category_id=a_category()))
    trip = under_way(people.cadre, people.supervisor_a)
    said = told(trip)
    checkins.make(people.cadre.actor, said)
    progress.link(people.supervisor.actor, project["id"], matter_id=matter["id"])
    progress.link(people.supervisor.actor, project["id"], checkin_id=said.id)
    here = desk(people.supervisor)
    page = here.open(f"/trips/{trip['id']}")
    here.say_why()
    expect(page.locator("#facts").get_by_role("link", name=project["name"])).to_be_visible()
    assert not overflows(page)
    page.goto(page.url.replace(f"/trips/{trip['id']}", f"/matters/{matter['id']}"))
    expect(page.locator("#head dl")).to_contain_text("项目")
    assert not overflows(page)
    page.locator("#head").get_by_role("link", name=project["name"]).click()
    page.wait_for_url(f"**/projects/{project['id']}")
