"""Matters at the desk, in real Chromium: what deadlines go by, and a matter walked from its report to its end."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from server import clock
from server.rules.working_calendar import holiday, is_worked
from tests import matters
from tests.people import County
from tests.web.conftest import Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]


def a_saturday_off() -> date:
    """An ordinary Saturday of this year, on which nobody works."""
    first = date(clock.day_of(clock.now()).year, 1, 1)
    days = (first + timedelta(days=n) for n in range(365))
    return next(day for day in days if day.weekday() == 5 and not is_worked(day) and not holiday(day)[0])


def test_an_administrator_keeps_categories_and_working_days_and_everybody_else_reads_them(
    desk: Open, people: County
) -> None:
    matters.ordinary()
    day = a_saturday_off()
    page = desk(people.administrator).open("/matters/terms")
    page.get_by_role("button", name="新建类别").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("名称").fill("路灯报修")
    dialog.get_by_label("上级类别").select_option(label="一般事项")
    dialog.get_by_label("答复时限", exact=True).fill("8")
    dialog.get_by_label("答复时限的单位").select_option(label="工作小时")
    dialog.get_by_label("办理时限", exact=True).fill("900")
    dialog.get_by_role("button", name="建立").click()
    expect(dialog.get_by_role("alert")).to_contain_text("时限最长 250 个工作日")
    dialog.get_by_label("办理时限", exact=True).fill("2")
    dialog.get_by_role("button", name="建立").click()
    row = page.get_by_role("row").filter(has_text="路灯报修")
    expect(row).to_contain_text("8 个工作小时2 个工作日不自动提请直接办理")
    page.get_by_role("tab", name="工作日历").click()
    page.get_by_role("button", name="前一年").wait_for()
    page.locator(f"[data-key='{day}']").click()
    dialog.get_by_label("本县上班").check()
    dialog.get_by_role("button", name="保存").click()
    expect(dialog.get_by_role("alert")).to_contain_text("请写明依据")
    dialog.get_by_label("依据").fill("县政府通知")
    dialog.get_by_role("button", name="保存").click()
    own = page.get_by_role("region", name="本县另行规定的日子")
    expect(own).to_contain_text(f"{day}上班休息县政府通知")
    expect(own).to_contain_text(people.administrator.name)
    read = desk(people.supervisor_a).open("/matters/terms?tab=calendar")
    expect(read.get_by_role("region", name="本县另行规定的日子")).to_contain_text("县政府通知")
    expect(read.locator(".workday-button")).to_have_count(0)
    read.get_by_role("tab", name="类别与时限").click()
    expect(read.get_by_role("row").filter(has_text="路灯报修")).to_be_visible()
    expect(read.get_by_role("button", name="修改")).to_have_count(0)
