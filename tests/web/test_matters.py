"""Matters at the desk, in real Chromium: what deadlines go by, and a matter walked from its report to its end."""

import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import FilePayload, Page, expect

from server import clock
from server.db import db
from server.models.matters import Matter
from server.rules.working_calendar import holiday, is_worked
from server.services import matters as verbs
from server.services.matters import Report
from server.services.steps import Told
from tests import matters, photos
from tests.people import County, Someone
from tests.web.conftest import Open, alike, near, under_card

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]


DIAMOND = (0x6A, 0x4A, 0x14)


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


def reported(who: Someone, category_id: int, text: str = "村口路灯不亮", *, east: float = 0.0) -> int:
    """A matter found on patrol. Its number."""
    told = Report("patrol", text, category_id=category_id, place="柳树村口", lng=118.52 + east, lat=29.6)
    return int(verbs.report(who.actor, told)["id"])


def press(
    page: Page, step: str, state: str, *, note: str = "", pick: tuple[str, str] | None = None, **more: str
) -> None:
    """Take a step by its button: with a note, a unit or a matter picked, a day; and see the state it leads to."""
    page.locator(".title").get_by_role("button", name=step, exact=True).click()
    dialog = page.get_by_role("dialog")
    if pick is not None:
        label, words = pick
        field = dialog.get_by_label(label, exact=True)
        field.fill(words)
        dialog.get_by_role("option").filter(has_text=words).first.click()
    if "until" in more:
        dialog.get_by_label("到哪一天").fill(more["until"])
    if note:
        dialog.locator("[name=note]").fill(note)
    if "photo" in more:
        content = photos.written(photos.drawn(900, 700))
        file = FilePayload(name="灯.jpg", mimeType="image/jpeg", buffer=content)
        dialog.get_by_label("照片").set_input_files(file)
        expect(dialog).to_contain_text("已选 1 张")
    dialog.get_by_role("button", name=step, exact=True).click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".title .state")).to_have_text(state)


def test_a_matter_is_put_on_the_map_by_a_press_or_by_keyboard_alone(desk: Open, people: County) -> None:
    matters.ordinary()
    page = desk(people.grid_member).open("/matters")
    for words in ("用鼠标", "用键盘"):
        page.get_by_role("button", name="上报事项").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("button", name="在地图上标出").click()
        middle = dialog.get_by_role("button", name="放在地图正中")
        expect(middle).to_be_visible()
        if words == "用鼠标":
            dialog.get_by_label("地图：标出位置").click(position={"x": 90, "y": 90})
        else:
            middle.press("Enter")
        expect(dialog.get_by_role("status").filter(has_text="已标出")).to_be_visible()
        dialog.get_by_label("内容").fill(words)
        dialog.locator("button[type=submit]").click()
        expect(dialog).to_have_count(0)
    found = db.session.scalars(sa.select(Matter).where(Matter.text.in_(("用鼠标", "用键盘")))).all()
    assert all(118 < (each.lng or 0) < 119 and 29 < (each.lat or 0) < 30 for each in found)
    assert len(found) == 2


def test_a_matter_is_walked_through_every_step_by_two_people_at_their_desks(
    desk: Open, people: County
) -> None:
    number = reported(people.grid_member, matters.ordinary())
    soon, later = ((clock.day_of(clock.now()) + timedelta(days=days)).isoformat() for days in (3, 9))
    watching = desk(people.supervisor_a).open(f"/matters/{number}")
    handling = desk(people.cadre)
    expect(watching.locator(".clock")).to_contain_text("还剩")
    press(watching, "受理", "已受理")
    press(watching, "暂缓", "已受理", note="等供电所停电", until=later)
    expect(watching.locator(".clock")).to_contain_text(f"暂缓至 {later[5:]}，此后还剩")
    press(watching, "恢复办理", "已受理")
    press(watching, "交办", "已交办", pick=("单位", "柳树村"))
    press(watching, "督办", "已交办", note="请抓紧")
    page = handling.open(f"/matters/{number}")
    press(page, "退回", "已受理", note="不会修")
    watching.reload()
    press(watching, "交办", "已交办", pick=("单位", "柳树村"))
    page.reload()
    press(page, "制定计划", "已交办", note="先备料后更换", until=soon)
    press(page, "报告进展", "已交办", note="灯泡已买")
    press(page, "办理完毕", "已办理", note="换好了", photo="yes")
    expect(page.locator("#steps .photo-open")).to_have_count(1)
    watching.reload()
    watching.locator("#steps .photo-open").click()
    expect(watching.locator(".photo-large")).to_be_visible()
    expect(watching.get_by_role("button", name="下载原件")).to_have_count(0)
    watching.keyboard.press("Escape")
    press(watching, "退回重办", "已交办", note="第二盏不亮")
    page.reload()
    press(page, "办理完毕", "已办理", note="两盏都换了")
    watching.reload()
    press(watching, "核实", "已核实")
    press(watching, "办结", "已办结", note="谢谢反映")
    press(watching, "重新办理", "已交办", note="又坏了")
    told = watching.locator("#steps")
    for step in (
        "受理",
        "暂缓",
        "恢复办理",
        "交办",
        "督办",
        "退回",
        "制定计划",
        "报告进展",
        "已办理",
        "退回重办",
        "核实",
        "办结",
        "重新办理",
    ):
        expect(told.locator(".line-body b").filter(has_text=step).first).to_be_visible()


def test_a_matter_is_refused_merged_handed_on_and_up_and_whoever_comes_late_is_told(
    desk: Open, people: County
) -> None:
    category = matters.ordinary()
    first, second, third = (
        reported(people.grid_member, category, f"第 {n} 盏不亮", east=n * 0.0005) for n in range(3)
    )
    page = desk(people.supervisor).open(f"/matters/{second}")
    around = page.locator("#around")
    expect(around).to_contain_text(f"事项 {first}")
    expect(around).to_contain_text("48 米")
    expect(around.get_by_text("可能是同一件")).to_have_count(2)
    around.get_by_role("listitem").filter(has_text=f"事项 {first}").get_by_role("button").click()
    expect(page.get_by_role("dialog").get_by_label("并入哪一件")).to_have_value(f"{first} 第 0 盏不亮")
    page.get_by_role("dialog").get_by_role("button", name="并案", exact=True).click()
    expect(page.locator(".title .state")).to_have_text("已并案")
    expect(page.get_by_role("link", name=f"事项 {first}").first).to_be_visible()
    page.goto(page.url.replace(f"/{second}", f"/{third}"))
    press(page, "提请上级", "已登记", note="村里办不了")
    expect(page.locator(".facts")).to_contain_text("东河镇")
    press(page, "转办", "已登记", note="实为石桥村", pick=("单位", "石桥村"))
    expect(page.locator(".facts")).to_contain_text("石桥村")
    page.goto(page.url.replace(f"/{third}", f"/{first}"))
    page.get_by_role("button", name="不予受理").click()
    page.get_by_role("dialog").locator("[name=note]").fill("不属本级")
    verbs.take(people.supervisor_a.actor, first, "accept", Told())
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="不予受理").click()
    expect(dialog.get_by_role("alert")).to_contain_text("事项已被他人处理")
    dialog.get_by_role("button", name="取消").click()
    expect(page.locator(".title .state")).to_have_text("已受理")


def test_matters_are_switched_on_over_the_live_map_and_open_from_there(desk: Open, people: County) -> None:
    number = reported(people.grid_member, matters.ordinary())
    here = desk(people.supervisor)
    page = here.open(f"/?at=matter:{number}")
    here.say_why()
    expect(page.locator("#show-matters")).to_be_checked()
    card = page.locator(".map-card")
    expect(card).to_contain_text("村口路灯不亮")
    page.wait_for_timeout(600)
    x, y = under_card(page)
    assert any(alike(pixel, DIAMOND) for pixel in near(page, x, y, reach=24))
    page.locator("#show-matters").uncheck()
    expect(card).to_be_hidden()
    page.locator("#show-matters").check()
    expect(page).to_have_url(re.compile("matters=1"))
    expect(page.locator(".legend-matters")).to_be_visible()
    card.get_by_role("link", name=f"事项 {number}").click()
    expect(page.get_by_role("heading", name=f"事项 {number}")).to_be_visible()
