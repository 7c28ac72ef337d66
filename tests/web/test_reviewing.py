"""Reviewing as supervisors do it: the queue by keyboard, a query and its answer, a trip played on the map."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from server import clock
from server.rules.checkins import VisitTold
from server.services import checkins
from tests.people import County
from tests.positions import fix, fixes, phone
from tests.trips import FACTORY, told, under_way
from tests.web.conftest import Open
from tests.web.test_in_chromium import MINUTE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]

SEAL_DEEP = (0xA8, 0x35, 0x21)
"""The dot of whoever is played; the track itself is lighter."""

NORTH_M = 1 / 110_900


def overflows(page: Page) -> bool:
    """Whether a page is wider than a phone."""
    page.set_viewport_size({"width": 360, "height": 740})
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return wide > 360


def test_the_queue_is_worked_through_by_keyboard_and_an_answer_comes_back(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.supervisor_a)
    checkins.make(people.cadre.actor, told(trip, mock=True))
    checkins.make(people.cadre.actor, told(trip, lat=FACTORY["lat"] + 290 * NORTH_M, note="在门外等人"))
    here = desk(people.supervisor_a)
    page = here.open("/reviews")
    expect(page.locator("#queue .row")).to_have_count(2)
    expect(page.locator("#queue h2")).to_contain_text("2 条")
    case = page.locator("#case")
    expect(case).to_contain_text("模拟定位")
    expect(case).to_contain_text("位置尚未打开")
    expect(case.locator("svg.evidence")).to_have_attribute("aria-label", "在内：离边界 300 米，精度 15 米")
    page.keyboard.press("j")
    expect(case).to_contain_text("在门外等人")
    page.keyboard.press("k")
    expect(case).to_contain_text("模拟定位")
    page.keyboard.press("Enter")
    here.say_why()
    expect(case).to_contain_text("本次查看已记录")
    expect(case.locator(".evidence-stop")).to_have_count(1)
    page.keyboard.press("a")
    expect(page.locator("#queue .row")).to_have_count(1)
    expect(case).to_contain_text("在门外等人")
    expect(case.locator("svg.evidence")).to_have_count(2)  # on the ground, and the way from the fix before
    page.keyboard.press("q")
    page.get_by_role("dialog").locator("textarea").fill("为何在门外?")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#queue")).to_contain_text("没有待复核的签到")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("下一条")
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="等本人答复").click()
    expect(page.locator("#queue .row")).to_have_count(1)
    elsewhere = desk(people.supervisor_b).open("/reviews")
    expect(elsewhere.locator("#queue")).to_contain_text("没有待复核的签到")
    own = desk(people.cadre).open("/reviews")
    expect(own.get_by_role("tab")).to_have_count(1)
    expect(own.locator("#case")).to_contain_text("为何在门外?")
    own.keyboard.press("a")
    own.get_by_role("dialog").locator("textarea").fill("等对方来接")
    own.get_by_role("dialog").get_by_role("button", name="答复").click()
    expect(own.locator("#queue")).to_contain_text("没有向您提出的询问")
    page.get_by_role("tab", name="待我们复核").click()
    expect(page.locator("#queue .row")).to_contain_text("已答复，待复核")
    expect(case.locator(".review-answer")).to_contain_text("等对方来接")
    assert not overflows(page)


def test_a_trip_is_played_and_line_list_and_map_tell_the_same_story(desk: Open, people: County) -> None:
    begun = clock.now().replace(microsecond=0) - timedelta(hours=3)
    visit = VisitTold(kind="outbound", enterprise="临江装备", outcome="愿意来看地")
    with clock.at(begun):
        trip = under_way(people.cadre, people.supervisor_a, tracking="track")
    for minute, kind, met in ((10, "arrive", None), (20, "visit", visit), (30, "leave", None)):
        with clock.at(begun + minute * MINUTE):
            checkins.make(people.cadre.actor, told(trip, kind=kind, visit=met))
    way = [fix(begun + n * MINUTE, lng=FACTORY["lng"] - 0.001 * n, lat=FACTORY["lat"]) for n in range(41)]
    phone(people.cadre).deliver(fixes(way))
    here = desk(people.supervisor)
    page = here.open(f"/trips/{trip['id']}")
    here.say_why()
    expect(page.locator("#look")).to_contain_text("理由：本次行程复核")
    expect(page.locator("#visits")).to_contain_text("愿意来看地")
    page.locator("#track-of").select_option("陈晓 · 东河镇")
    chart = page.locator(".chart")
    expect(chart.locator(".chart-name")).to_have_text(["计划", "实际", "签到", "走访", "轨迹", "进出"])
    chart.focus()
    page.keyboard.press("Home")
    expect(page.locator("#line .lit")).to_have_count(0)
    nobody = painted(page)
    for words in ("到达", "走访", "离开"):
        while words not in (page.locator("#line .lit").all_text_contents() or [""])[0]:
            page.keyboard.press("PageDown")
        expect(page.locator(".player-now")).to_contain_text(words)
    before = int(chart.get_attribute("aria-valuenow") or 0)
    assert before == int((begun + 30 * MINUTE).timestamp())
    assert painted(page) > nobody + 100
    page.locator("#speed").select_option("600")
    chart.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="播放")).to_be_visible(timeout=10_000)  # it came to the end
    assert int(chart.get_attribute("aria-valuenow") or 0) > before
    page.locator("#line").get_by_text("到达 · 临江一厂").click()
    expect(chart).to_have_attribute("aria-valuenow", str(int((begun + 10 * MINUTE).timestamp())))
    left = page.locator("#line .line-item", has_text="离开 · 临江一厂")
    left.get_by_role("button", name="询问").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("几点离开的?")
    page.keyboard.press("Control+Enter")
    expect(left).to_contain_text("几点离开的?")
    expect(left).to_be_focused()
    assert not overflows(page)
    members = page.locator("#members .table-wrap")
    assert members.evaluate("node => node.scrollWidth <= node.clientWidth")


def painted(page: Page) -> int:
    """How many pixels of the map have the colour of whoever is played (and of words on the track)."""
    page.wait_for_timeout(300)
    count = """(colour) => [...document.querySelectorAll("#map canvas")].reduce((sum, canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const alike = (_, at) => colour.every((part, channel) => Math.abs(data[4 * at + channel] - part) < 6);
        return sum + Array.from({ length: data.length / 4 }, alike).filter(Boolean).length;
    }, 0)"""
    found: int = page.evaluate(count, list(SEAL_DEEP))
    return found
