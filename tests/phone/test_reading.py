"""Every page of the phone, read by a machine for those who cannot see it well: names, roles, order, contrast."""

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from server.services import checkins, matters, notices
from server.services.matters import Report
from tests.people import County, Someone
from tests.phone.conftest import NewPhone
from tests.support.serving import TREE
from tests.trips import told, under_way

pytestmark = pytest.mark.browser

AXE = TREE / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
"""WCAG 2.2 up to AA, and what axe's makers advise beyond."""

CONTRAST = {"type": "rule", "values": ["color-contrast"]}
TALL: ViewportSize = {"width": 360, "height": 3000}
"""So tall that nothing lies under the bars at the bottom."""


def faults(page: Page, asked: dict[str, Any] = STANDARD) -> list[str]:
    """What axe finds wrong with the page as it stands: rule and elements."""
    found: list[dict[str, Any]] = page.evaluate(
        "runOnly => axe.run(document, { runOnly, resultTypes: ['violations'] }).then((said) => said.violations)",
        asked,
    )
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def test_every_page_can_be_read_by_day_and_by_night(phone: NewPhone, cadre: Someone, people: County) -> None:
    trip = under_way(cadre, people.leader, tracking="track")
    said = checkins.make(cadre.actor, told(trip, note="见到厂长"))
    matter = matters.report(cadre.actor, Report("complaint", "签到按钮太小", "#/log"))
    matters.answer(people.administrator.actor, matter["id"], "下一版改大")
    notices.tell()
    here = phone()
    page = here.page
    page.add_init_script(path=str(AXE))
    here.open()
    expect(page.locator("[name=username]")).to_be_visible()
    assert faults(page) == []
    here.sign_in(cadre)
    page.set_viewport_size(TALL)
    wrong: dict[str, list[str]] = {}
    for way, title in {
        "": "我的任务",
        f"trip/{trip['id']}": "任务",
        f"consent/{trip['id']}": "位置使用同意书",
        "checkin": "签到",
        "checkin?trip=none": "临时签到",
        f"record/{said.document['id']}": "签到记录",
        "log": "我的日志",
        "plan": "计划新任务",
        "me": "我的",
        "rights": "我的权利",
        "looks": "谁看过我的位置",
        "devices": "登录的设备",
        "trackers": "跟踪应用",
        "phone": "本机",
        "deliveries": "送达情况",
        "matters": "投诉建议",
        "notices": "提醒",
        "help/denied": "定位帮助",
        "password": "修改密码",
    }.items():
        page.evaluate("way => { location.hash = way; }", f"#/{way}")
        expect(page.locator("h1")).to_have_text(title)
        page.emulate_media(color_scheme="light")
        wrong[way] = faults(page)
        page.emulate_media(color_scheme="dark")
        wrong[f"{way}, dark"] = faults(page, CONTRAST)
    assert [(way, found) for way, found in wrong.items() if found] == []
