"""What the desk tells: the bell and what is behind it, and a campaign's chart read with the keyboard and on a phone."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from server import clock
from server.services import campaigns, notices, trips
from server.services.campaigns import TaskTold, Told
from tests.people import County
from tests.trips import planned
from tests.web.conftest import Open
from tests.web.test_reviewing import overflows

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]


def test_the_bell_says_how_many_wait_and_what_is_pressed_is_read(desk: Open, people: County) -> None:
    for _ in range(3):
        trips.submit(people.cadre.actor, planned(people.cadre, purpose="emergency", basis="防汛")["id"])
    notices.tell()
    page = desk(people.supervisor_a).open("/account")
    expect(page.locator("#bell")).to_have_attribute("aria-label", "提醒：3 条未读，3 条紧急")
    page.locator("#bell").click()
    rows = page.locator(".notices a")
    expect(rows).to_have_count(3)
    expect(rows.first).to_contain_text("紧急陈晓提交了行程“赴临江考察装备企业”，等待审批")
    rows.first.click()
    page.wait_for_url("**/trips/*")
    expect(page.locator(".bell-count")).to_have_text("2")
    page.go_back()
    page.get_by_role("button", name="全部标为已读").click()
    expect(page.locator(".bell-count")).to_be_hidden()
    page.get_by_label("只看未读").check()
    expect(page.locator("#notices")).to_contain_text("没有未读的提醒")
    assert not overflows(page)


def test_a_campaigns_chart_is_read_with_the_keyboard_and_on_a_phone(desk: Open, people: County) -> None:
    today = clock.day_of(clock.now())
    actor, days = people.leader.actor, timedelta(days=1)
    told = Told("百日攻坚", people.root, people.leader.id, today - 40 * days, today + 60 * days)
    campaign_id = campaigns.open_(actor, told)["id"]
    for title, begins, due in (("供地 300 亩", -30, -2), ("变电站送电", -20, 30)):
        task = TaskTold(title, people.township_a, today + begins * days, today + due * days)
        campaigns.add_task(actor, campaign_id, task)
    page = desk(people.supervisor_a).open(f"/campaigns/{campaign_id}")
    rows = page.locator(".gantt .row")
    expect(rows).to_have_count(2)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    expect(rows.nth(1)).to_have_attribute(
        "aria-label",
        "变电站送电，东河镇，{} 至 {}，推进中".format(
            f"{today - 20 * days:%m-%d}", f"{today + 30 * days:%m-%d}"
        ),
    )
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url("**#task-*")
    first = page.locator(".task").first
    expect(first).to_contain_text("逾期未完成")
    first.get_by_role("button", name="报进展").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("情况").select_option("finish")
    dialog.get_by_label("说明").fill("土地证已办")
    dialog.get_by_role("button", name="提交").click()
    expect(page.locator(".task").first).to_contain_text("逾期完成")
    assert not overflows(page)
    page.get_by_role("link", name="上墙").click()
    expect(page.locator(".task").first).to_contain_text("逾期完成")
    expect(page.locator(".head")).to_be_hidden()
    expect(page.get_by_role("button", name="报进展")).to_have_count(0)
    page.get_by_role("link", name="退出大屏").click()
    expect(page.locator(".head")).to_be_visible()
