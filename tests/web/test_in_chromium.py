"""The pages as a supervisor sees them: real Chromium, the server really running, the map's pixels looked at."""

import json
import re
import shutil
from datetime import timedelta
from uuid import uuid4

import pytest
import shapely
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from server import clock
from server.db import db
from server.geo.datum import Datum, convert
from server.models.matters import MatterCategory
from server.models.trackers import Tracker
from server.queries import trackers as reads
from server.rules.checkins import VisitTold
from server.rules.logs import DayTold, Saving
from server.rules.looks import REASONS
from server.services import checkins, closings, logs, matters, silences
from server.services.matters import Report
from server.services.steps import Told
from server.services.trips import StopPlan
from server.transaction import transaction
from tests.people import County
from tests.positions import fix, fixes, phone
from tests.projects import registered
from tests.support import databases
from tests.support.serving import Served
from tests.trips import FACTORY, planned, told, under_way
from tests.web.conftest import EAST, Open, alike, near, point_at, under_card

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]

MINUTE = timedelta(minutes=1)
MET = VisitTold(
    "outbound", enterprise="临江重工", contact="王建国", contact_post="董事长", outcome="达成意向"
)
SEAL = (0xC8, 0x45, 0x2D)
INSIDE = (0x1B, 0x7F, 0x4D)
PAPER = (0, 0, 0)
"""What the canvas has where nothing was painted: nothing."""


def test_a_check_in_drops_onto_the_map_and_into_the_list_as_it_happens(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    expect(page.locator("#live")).to_have_text("实时")
    expect(page.locator("#checkins")).to_contain_text("还没有签到")
    checkins.make(people.cadre.actor, told(trip, note="到厂门口了"))
    row = page.locator("#checkins .row")
    expect(row).to_contain_text("在内")
    expect(row).to_contain_text("到厂门口了")
    expect(page.locator("#people-count")).to_have_text("1")
    point_at(page, row)
    expect(page.locator(".map-card")).to_contain_text("陈晓")


def test_the_map_is_painted_areas_without_a_tile_server_and_the_verdict_in_its_colour(
    desk: Open, people: County
) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip))
    elsewhere = told(trip, stop_id=None, lng=FACTORY["lng"] - 0.05, lat=FACTORY["lat"] + 0.05)
    checkins.make(people.cadre.actor, elsewhere)
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    point_at(page, page.locator("#checkins .row").filter(has_text="在内"))
    page.wait_for_timeout(300)
    x, y = under_card(page)
    assert any(alike(pixel, INSIDE) for pixel in near(page, x, y, canvas="#map .map-arrivals"))
    east, west = near(page, x + 40, y - 60, 3), near(page, x - 60, y - 60, 3)
    assert not any(alike(pixel, PAPER) for pixel in east | west), "the townships are not painted"
    assert east.isdisjoint(west), "neighbours share a tint"


def middle_of_people(page: Page) -> float:
    """How far from the left the people are drawn, on the average of what is painted of them."""
    read = """() => {
        const canvas = document.querySelector("#map .map-people");
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        const painted = Array.from({ length: data.length / 4 }, (_, at) => at).filter((at) => data[4 * at + 3] > 0);
        return painted.reduce((sum, at) => sum + (at % canvas.width), 0) / painted.length;
    }"""
    return float(page.evaluate(read))


def test_a_dot_moves_as_a_tracker_tells_it_and_the_list_says_so_and_who_entered_what(
    desk: Open, people: County
) -> None:
    with clock.at(clock.now() - timedelta(minutes=40)):
        under_way(people.cadre, people.leader, tracking="track")
    walker, now = phone(people.cadre), clock.now()
    west = [fix(now - timedelta(minutes=30 - n), lng=118.45, lat=29.6) for n in range(5)]
    walker.deliver(fixes(west))
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    page.locator("#tab-people").click()
    row = page.locator("#people .row")
    expect(row).to_contain_text("自动定位")
    expect(row).to_contain_text("26 分钟前")
    before = middle_of_people(page)
    east = [fix(now - timedelta(minutes=10 - n), lng=118.55, lat=29.6) for n in range(10)]
    walker.deliver(fixes(east))
    expect(row).not_to_contain_text("26 分钟前")
    page.wait_for_timeout(1200)
    assert middle_of_people(page) > before + 50
    page.locator("#tab-checkins").click()
    expect(page.locator("#checkins .passing").first).to_contain_text("进入 东河镇")


def test_a_mark_pointed_at_on_the_map_lights_its_row(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip))
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    page.locator("#tab-people").click()
    row = page.locator("#people .row")
    point_at(page, row)
    x, y = under_card(page)
    page.locator("#tab-people").hover()
    expect(row).not_to_have_class("row lit")
    page.locator("#map").hover(position={"x": x, "y": y})
    expect(row).to_have_class("row lit")


def test_somebody_far_from_the_county_is_told_of_and_shown_on_request(desk: Open, people: County) -> None:
    far = StopPlan(name="海州港", lng=121.0, lat=31.2, radius_m=300)
    trip = under_way(people.cadre, people.leader, stops=[far])
    checkins.make(people.cadre.actor, told(trip, lng=far.lng, lat=far.lat))
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    expect(page.locator("#outside")).to_contain_text("地图外还有 1 人在岗")
    page.get_by_role("button", name="看全部").click()
    expect(page.locator("#outside")).to_be_hidden()


def test_who_reads_the_list_keeps_their_row_when_another_check_in_arrives(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip, note="先到的"))
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    expect(page.locator("#live")).to_have_text("实时")
    page.locator("#checkins .row").focus()
    checkins.make(people.cadre.actor, told(trip, kind="leave", note="后来的"))
    expect(page.locator("#checkins .row")).to_have_count(2)
    expect(page.locator("#checkins .row").nth(1)).to_be_focused()
    expect(page.locator("#checkins .row").nth(1)).to_contain_text("先到的")


def test_two_supervisors_side_by_side_see_each_their_own_units(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    one, other = desk(people.supervisor_a), desk(people.supervisor_b)
    for each in (one, other):
        each.open("/")
        each.say_why()
        expect(each.page.locator("#live")).to_have_text("实时")
    checkins.make(people.cadre.actor, told(trip))
    expect(one.page.locator("#checkins .row")).to_have_count(1)
    other.page.wait_for_timeout(1500)
    expect(other.page.locator("#checkins .row")).to_have_count(0)


def test_whoever_gives_no_reason_sees_no_position(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip))
    here, refused = desk(people.supervisor), list[str]()
    here.page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    page = here.open("/")
    page.get_by_role("dialog").get_by_role("button", name="暂不查看").click()
    expect(page.locator("#note")).to_contain_text("位置未打开")
    expect(page.locator("#checkins .row")).to_have_count(1)
    expect(page.locator("#people .row")).to_have_count(0)
    page.locator("#checkins .row").click()
    expect(page.locator(".toast")).to_contain_text("没有可显示的位置")
    assert refused == []  # it is asked before the server has to say no


def test_an_administrator_gets_the_areas_and_is_told_why_nobody_is_on_them(
    desk: Open, people: County
) -> None:
    page = desk(people.administrator).open("/")
    expect(page.locator("#checkins")).to_contain_text("这里的内容不在您的权限内")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("#share, #to-wall, #filter-q").filter(visible=True)).to_have_count(0)


def test_the_kind_filter_is_kept_in_the_address_and_survives_a_reload(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip))
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    expect(page.locator("#checkins .row")).to_have_count(1)
    page.locator("#filter-kind").select_option("leave")
    expect(page.locator("#checkins .row")).to_have_count(0)
    assert "kind=leave" in page.url
    page.reload()
    expect(page.locator("#filter-kind")).to_have_value("leave")


def test_a_server_that_is_gone_is_said_with_the_age_of_the_data(
    desk: Open, people: County, server: Served
) -> None:
    here = desk(people.supervisor)
    page = here.open("/")
    here.say_why()
    expect(page.locator("#live")).to_have_text("实时")
    server.end()
    expect(page.locator("#live")).to_contain_text("已断开", timeout=15_000)
    expect(page.locator("#live")).to_contain_text("前的数据")


def test_the_log_tells_a_check_in_in_words_and_its_export_follows_the_filters(
    desk: Open, people: County
) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip, mock=True, note="𠮷祥"))
    checkins.make(people.cadre.actor, told(note="路过", consent=True))
    page = desk(people.supervisor).open("/log?verdict=inside")
    row = page.locator("tbody tr").nth(1)
    for words in ("陈晓", "东河镇", "在内", "模拟定位", "𠮷祥", "临江一厂"):
        expect(row).to_contain_text(words)
    assert taken_home(page, "csv").count("在内") == 1
    page.locator("#filter-verdict").select_option("outside")
    expect(page.locator("#log")).to_contain_text("没有相符的签到")
    assert "在内" not in taken_home(page, "csv")
    page.locator("#filter-verdict").select_option("")
    expect(page.locator("tbody tr", has_text="路过")).to_contain_text("临时签到")
    expect(page.locator("tbody tr", has_text="𠮷祥")).not_to_contain_text("临时签到")


def taken_home(page: Page, form: str) -> str:
    """The text of an export, by the menu."""
    page.locator("#exports summary").click()
    with page.expect_download() as taken:
        page.locator(f"#export-{form}").click()
    return taken.value.path().read_text("utf-8")


def test_the_log_is_leafed_through_sorted_and_kept_as_a_view_for_a_colleague(
    desk: Open, people: County
) -> None:
    trip = under_way(people.cadre, people.leader)
    for number in range(53):
        visit = VisitTold(kind="outbound", enterprise="望舒新材") if number == 7 else None
        at = clock.now() - timedelta(hours=1) + timedelta(seconds=number)
        checkins.make(
            people.cadre.actor, told(trip, made_at=at, fixed_at=at, note=f"第{number}号", visit=visit)
        )
    here = desk(people.supervisor)
    page = here.open("/log")
    rows = page.locator("#log tbody tr:not(.day)")
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="下一页").click()
    expect(rows).to_have_count(3)
    page.reload()
    expect(rows).to_have_count(3)
    page.get_by_role("button", name="上一页").click()
    expect(rows).to_have_count(50)
    page.get_by_role("button", name="时间").click()
    expect(rows.first).to_contain_text("第0号")
    page.locator("#filter-q").fill("望舒")
    page.locator("#filter-q").press("Enter")
    expect(rows).to_have_count(1)
    page.locator("#columns summary").click()
    page.get_by_role("checkbox", name="判定").uncheck()
    expect(page.locator("#log thead")).not_to_contain_text("判定")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="保存视图").click()
    page.locator("#ask-name").fill("望舒")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    view = page.locator("#view option:checked")
    expect(view).to_have_text("望舒")
    theirs = desk(people.leader).open(f"/log?view={view.get_attribute('value')}")
    expect(theirs.locator("#view option:checked")).to_have_text("望舒（同事的视图）")
    expect(theirs.locator("#log tbody tr:not(.day)")).to_have_count(1)
    expect(theirs.locator("#log thead")).not_to_contain_text("判定")


def test_the_map_of_the_log_paints_what_is_filtered_once_why_is_said(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip))
    here = desk(people.supervisor)
    page = here.open("/log?verdict=inside")
    page.locator("#to-map").click()
    here.say_why()
    expect(page.locator(".map-words")).to_have_text("共画出 1 个签到。")
    painted = """() => [...document.querySelectorAll("#map-place canvas")].some((canvas) => {
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        for (let at = 0; at < data.length; at += 4)
            if (data[at] === 0x1b && data[at + 1] === 0x7f && data[at + 2] === 0x4d) return true;
        return false;
    })"""
    page.wait_for_function(painted)
    page.locator("#filter-verdict").select_option("outside")
    expect(page.locator(".map-words")).to_contain_text("都没有可以画出的位置")
    page.locator("#filter-verdict").select_option("inside")
    assert "<wpt" in taken_home(page, "gpx")


def test_one_search_leads_from_the_map_to_a_person_a_trip_and_whom_they_met(
    desk: Open, people: County
) -> None:
    trip = under_way(people.cadre, people.leader, title="赴南京招商", destination="南京市")
    met = VisitTold(kind="outbound", enterprise="望舒新材", contact="王工")
    checkins.make(people.cadre.actor, told(trip, visit=met))
    project = registered(people)
    here = desk(people.supervisor)
    for words, leads_to, first in (
        ("精密铸件", f"/projects/{project['id']}", "项目 · 线索 · 云杉铸造"),
        ("南京", f"/trips/{trip['id']}", "已到 1 / 1 点"),
        (str(trip["id"]), f"/trips/{trip['id']}", "赴南京招商"),
        ("望舒", "/log?q=", "本月见过谁"),
        ("陈晓", f"/?at=person%3A{people.cadre.id}", "在岗"),
    ):
        page = here.open("/log")
        expect(page.locator("#log tbody")).not_to_have_count(0)
        page.keyboard.press("/")
        page.keyboard.type(words)
        expect(page.locator("#search-words-list li").first).to_contain_text(first)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{leads_to}**")


def test_a_trips_page_asks_why_and_says_that_the_look_is_recorded(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip))
    here = desk(people.supervisor)
    page = here.open(f"/trips/{trip['id']}")
    here.say_why()
    expect(page.locator("#look")).to_contain_text("本次查看已记录")
    expect(page.locator("#stops")).to_contain_text("临江一厂")
    expect(page.locator("#line .line-item")).to_contain_text("在内")
    page.reload()
    expect(page.locator("#look")).to_contain_text("本次查看已记录")
    expect(page.get_by_role("dialog")).to_have_count(0)
    own = desk(people.cadre)
    seen = own.open(f"/trips/{trip['id']}")
    expect(seen.locator("#line .line-item")).to_contain_text("在内")
    expect(seen.locator("#look")).to_be_hidden()  # nobody looks at themselves
    seen = own.open("/account")
    expect(seen.locator("#looks")).to_contain_text("王鉴")
    expect(seen.locator("#looks")).to_contain_text(REASONS["trip_review"].zh)


def test_a_persons_track_opens_on_the_trips_page_after_the_reason_and_is_told_in_words(
    desk: Open, people: County
) -> None:
    begun = clock.now() - timedelta(hours=3)
    with clock.at(begun):
        trip = under_way(people.cadre, people.supervisor_a, tracking="track")
    places = [FACTORY] * 21 + [FACTORY | {"lng": FACTORY["lng"] - 0.004 * n} for n in range(1, 20)]
    minutes = [*range(31), *range(61, 70)]
    told_by_phone = fixes(
        [fix(begun + n * MINUTE, **place) for n, place in zip(minutes, places, strict=True)]
    )
    phone(people.cadre).deliver(told_by_phone)
    here = desk(people.supervisor)
    page = here.open(f"/trips/{trip['id']}")
    page.locator("#track-of").select_option("陈晓 · 东河镇")
    here.say_why()
    expect(page.locator("#track")).to_contain_text("其中 31 分钟 没有定位")
    expect(page.locator("#track")).to_contain_text("至少")
    line = page.locator("#line")
    for words in ("停留 · ", "移动 · ", "没有定位，未测", "离开 东河镇", "进入 西岭镇"):
        expect(line).to_contain_text(words)
    expect(page.locator("#stops")).to_contain_text("由轨迹推算，不是签到")
    with page.expect_download() as given:
        page.get_by_role("link", name="GPX").click()
    assert given.value.suggested_filename == f"guatu-trip-{trip['id']}-{people.cadre.id}.gpx"
    page.wait_for_timeout(300)
    frame = page.locator("#map").bounding_box()
    assert frame is not None
    painted = near(
        page, frame["width"] / 2, frame["height"] / 2, int(min(frame["width"], frame["height"]) / 2) - 1
    )
    assert any(alike(pixel, SEAL) for pixel in painted), "no line is drawn"


def test_a_phone_that_falls_silent_on_a_safety_duty_is_told_on_the_live_map(
    desk: Open, people: County
) -> None:
    with clock.at(clock.now() - timedelta(hours=1)):
        trip = under_way(people.cadre, people.supervisor_a, tracking="track", purpose="safety", basis="防汛")
    here = desk(people.supervisor_a)
    page = here.open("/")
    here.say_why()
    expect(page.locator("#live")).to_have_text("实时")
    expect(page.locator("#silent")).to_be_hidden()
    silences.look()
    expect(page.locator("#silent")).to_contain_text("手机失联 1 部")
    page.get_by_role("button", name="查看").click()
    expect(page.locator("#people")).to_contain_text("没有收到定位，已 1 小时")
    phone(people.cadre).deliver(fixes([fix(clock.now(), **FACTORY)]))
    silences.look()
    expect(page.locator("#silent")).to_be_hidden()
    here.open(f"/trips/{trip['id']}")
    expect(page.locator("#line")).to_contain_text("手机恢复，收到定位")


def test_a_trip_is_planned_submitted_and_returned_with_a_reason(desk: Open, people: County) -> None:
    page = desk(people.cadre).open("/trips/new")
    page.locator("#f-title").fill("赴海州拜访")
    for name in ("starts_on", "ends_on"):
        page.locator(f"#f-{name}").fill("2027-03-01")
    page.locator("#f-destination").fill("海州市")
    page.locator("#f-aim").fill("洽谈")
    page.locator('[id="f-stops.0.name"]').fill("东河镇政府")
    page.locator('[id="f-stops.0.area_id"]').fill("东河")
    page.get_by_role("option", name="东河镇").click()
    page.get_by_role("button", name="保存草稿").click()
    page.wait_for_url("**/trips/*")
    page.get_by_role("button", name="提交审批").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.locator(".title .state")).to_have_text("待审批")
    leader = desk(people.leader)
    review = leader.open(page.url.removeprefix(leader.url))
    review.get_by_role("button", name="退回").click()
    review.get_by_role("dialog").get_by_role("textbox").fill("请补充接待企业")
    review.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(review.locator("#head")).to_contain_text("请补充接待企业")


def test_a_plan_that_is_refused_names_the_field(desk: Open, people: County) -> None:
    trip = planned(people.cadre)
    page = desk(people.cadre).open(f"/trips/{trip['id']}/edit")
    page.locator("#f-purpose").select_option("safety")
    page.get_by_role("button", name="保存草稿").click()
    expect(page.locator("#wrong")).to_contain_text("必须写明依据")


def test_a_point_is_drawn_as_it_is_typed_but_not_in_a_datum_that_only_the_server_converts(
    desk: Open, people: County
) -> None:
    page = desk(people.cadre).open("/trips/new")
    page.get_by_role("radio", name="按地点和半径").check()
    page.wait_for_timeout(500)
    nothing = page.locator("#map canvas").first.screenshot()
    page.locator('[id="f-stops.0.lng"]').fill("118.45")
    page.locator('[id="f-stops.0.lat"]').fill("29.6")
    page.wait_for_timeout(300)
    assert page.locator("#map canvas").first.screenshot() != nothing
    page.locator('[id="f-stops.0.datum"]').select_option("GCJ-02")
    page.wait_for_timeout(300)
    assert page.locator("#map canvas").first.screenshot() == nothing


def test_a_boundary_file_is_imported_by_page_and_refused_by_feature(
    desk: Open, people: County, app: Flask
) -> None:
    page = desk(people.administrator).open("/areas")
    good = {
        "type": "Polygon",
        "coordinates": [[[118.51, 29.51], [118.53, 29.51], [118.53, 29.53], [118.51, 29.51]]],
    }
    line = {"type": "LineString", "coordinates": [[118.5, 29.5], [118.6, 29.6]]}
    for shape, told_at, words in (
        (line, "#import-wrong", "第 1 个要素"),
        (good, "#report", "新建 1"),
        (good, "#report", "未变 1"),
    ):
        feature = {"type": "Feature", "properties": {"name": "柳树村"}, "geometry": shape}
        collection = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        page.locator("#import input[type=file]").set_input_files(
            {"name": "village.geojson", "mimeType": "application/json", "buffer": collection}
        )
        page.locator("#import select[name=kind]").select_option("village")
        page.locator("#import input[name=datum][value='WGS-84']").check()
        page.get_by_role("button", name="导入", exact=True).click()
        expect(page.locator(told_at)).to_contain_text(words)
    expect(page.locator("#areas")).to_contain_text("柳树村")


def test_a_complaint_made_on_any_page_lands_with_the_county(desk: Open, people: County) -> None:
    page = desk(people.cadre).open("/trips")
    page.get_by_role("button", name="投诉建议").click()
    page.get_by_role("dialog").get_by_role("textbox").fill("签到按钮太小")
    page.get_by_role("dialog").get_by_role("button", name="提交").click()
    expect(page.locator(".toast")).to_contain_text("已收到")
    county = desk(people.administrator).open("/matters")
    expect(county.locator("#matters")).to_contain_text("签到按钮太小")
    county.get_by_role("button", name="答复").click()
    county.get_by_role("dialog").get_by_role("textbox").fill("下一版改大")
    county.get_by_role("dialog").get_by_role("button", name="送出答复").click()
    expect(county.locator(".matter-answer")).to_contain_text("下一版改大")
    page.goto(page.url.replace("/trips", "/matters"))
    expect(page.locator(".matter-answer")).to_contain_text("下一版改大")


def test_a_new_persons_password_is_shown_once(desk: Open, people: County) -> None:
    page = desk(people.administrator).open("/people")
    page.get_by_role("button", name="新建人员").click()
    page.locator("#ask-name").fill("宋新")
    page.locator("#ask-username").fill("songxin")
    page.get_by_label("初始密码：由您转告").check()
    page.get_by_role("dialog").get_by_role("button", name="建立").click()
    expect(page.locator(".secret")).to_have_text(re.compile(r"^\w{4}(-\w{4}){3}$"))
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("#people")).to_contain_text("宋新")
    expect(page.locator(".secret")).to_have_count(0)


def test_one_ends_another_device_of_ones_own(desk: Open, people: County) -> None:
    desk(people.cadre)
    page = desk(people.cadre).open("/account")
    expect(page.locator(".session")).to_have_count(2)
    page.locator(".session").get_by_role("button", name="注销").click()
    expect(page.locator(".session")).to_have_count(1)


def test_a_phone_is_set_up_with_a_secret_shown_once_heard_and_revoked_with_one_click(
    desk: Open, people: County
) -> None:
    page = desk(people.cadre).open("/trackers")
    expect(page.locator("#trackers")).to_contain_text("还没有定位设备")
    expect(page.locator("#promise")).to_contain_text("只有行程已经开始")
    page.locator("#acts").get_by_role("button", name="添加设备").click()
    page.get_by_label("给这部手机起个名字").fill("<b>华为</b>")
    page.get_by_role("button", name="添加并显示设置").click()
    secret = page.locator(".typed code").nth(1).inner_text()
    assert reads.of_secret(secret) is not None
    assert page.locator("img.qr").evaluate("img => img.decode().then(() => img.naturalWidth)") > 0
    assert page.locator("img.qr").evaluate("img => img.offsetWidth") >= 240, "it is to be scanned"
    assert secret in (page.get_by_role("link", name="打开 Traccar Client").get_attribute("href") or "")
    expect(page.locator(".tracker")).to_contain_text("还没有收到过它的消息")
    with transaction() as session:
        session.execute(sa.update(Tracker).values(last_seen_at=clock.now(), battery=0.82, charging=True))
    expect(page.locator(".hearing")).to_contain_text("设置成功")
    expect(page.locator(".tracker")).to_contain_text("电量 82%，充电中")
    page.reload()
    page.get_by_role("button", name="停用“<b>华为</b>”").click()
    expect(page.locator(".ended summary")).to_have_text("已停用 1 个")
    expect(page.locator(".tracker")).to_have_count(0)
    assert secret not in page.content()
    db.session.rollback()
    known = reads.of_secret(secret)
    assert known is not None
    assert known.revoked


@pytest.mark.parametrize(("width", "lang"), [(1920, "zh"), (1366, "zh"), (360, "en")])
def test_no_page_is_wider_than_its_screen(desk: Open, people: County, width: int, lang: str) -> None:
    under_way(people.cadre, people.leader)
    here = desk(people.supervisor)
    here.page.set_viewport_size({"width": width, "height": 800})
    here.open(f"/account?lang={lang}")
    for address in (
        "/log",
        "/trips",
        "/trips/1",
        "/trips/new",
        "/areas",
        "/people",
        "/matters",
        "/account",
        "/trackers",
        "/wall",
        "/",
    ):
        page = here.open(address)
        page.wait_for_load_state("networkidle") if address not in {"/", "/wall"} else page.wait_for_timeout(
            500
        )
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


# ── one's own log, the monthly report ───────────────────────────────────────────────────────────────────


def test_ones_log_is_read_added_to_and_never_written_over_unseen(desk: Open, people: County) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip, kind="visit", visit=MET))
    page = desk(people.cadre).open("/logs")
    expect(page.locator("#log")).to_contain_text("临江重工")
    page.get_by_role("button", name="补记").click()
    page.get_by_label("下一步打算").fill("回访")
    page.get_by_role("dialog").get_by_role("button", name="保存").click()
    expect(page.locator("#log")).to_contain_text("回访")
    page.get_by_label("当日补记").fill("电脑上写的")
    now = clock.now() - timedelta(seconds=1)
    elsewhere = DayTold(Saving(uuid4(), None, now, now), remark="手机上写的")
    logs.write(people.cadre.actor, clock.day_of(now), elsewhere)
    page.locator("#own").get_by_role("button", name="保存").click()
    expect(page.locator("#own")).to_contain_text("手机上写的")
    expect(page.get_by_label("当日补记")).to_have_value("电脑上写的")
    page.locator("#own").get_by_role("button", name="保存").click()
    expect(page.locator("#own")).to_contain_text("改动前的 1 次保存")
    page.get_by_role("button", name="月", exact=True).click()
    expect(page.locator("#log")).to_contain_text("电脑上写的")
    with page.expect_download() as begun:
        page.get_by_role("link", name="导出 Word").click()
    assert begun.value.suggested_filename.startswith("工作月报-")


def test_the_monthly_report_has_a_row_for_each_trip_and_follows_month_and_unit(
    desk: Open, people: County
) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip, kind="visit", visit=MET))
    under_way(people.cadre_b, people.leader, title="赴沪招商")
    page = desk(people.supervisor).open("/trips")
    page.get_by_role("link", name="行程月报").click()
    expect(page.locator("#report tbody tr")).to_have_count(2)
    expect(page.locator("#report")).to_contain_text("王建国 董事长")
    page.get_by_label("单位").fill("西岭")
    page.get_by_role("option", name="西岭镇").click()
    expect(page.locator("#report tbody tr")).to_have_count(1)
    expect(page.locator("#file-xlsx")).to_have_attribute("href", re.compile(r"unit_id=\d+"))
    page.get_by_role("button", name="往前").click()
    expect(page.locator("#report")).to_contain_text("这个月没有行程")


def test_an_auditor_narrows_the_record_and_sees_which_closed_day_was_touched(
    desk: Open, people: County
) -> None:
    planned(people.cadre)
    shutil.rmtree(closings.folder(), ignore_errors=True)
    with clock.at(clock.now() + timedelta(days=1, hours=2)):
        closings.close()
    databases.tamper("UPDATE events SET trip_id = 99 WHERE kind = 'trip.planned'")
    page = desk(people.auditor).open("/record")
    expect(page.locator("#looks")).to_contain_text("没有相符的查看记录")
    page.get_by_role("tab", name="做过什么").click()
    page.locator("#events tr").filter(has_text="计划行程").get_by_role("button").first.click()
    expect(page.locator(".chip")).to_contain_text("操作人：陈晓")
    expect(page.locator("#events tbody tr")).to_have_count(1)
    page.get_by_role("tab", name="每日存证").click()
    page.locator("#closings").get_by_role("button", name="核对").last.click()
    expect(page.locator(".finding")).to_contain_text("内容被改动")


def test_an_administrator_takes_a_roster_in_after_reading_what_it_would_do(
    desk: Open, people: County
) -> None:
    page = desk(people.administrator).open("/people?tab=roster")

    def choose(*rows: str) -> None:
        data = "\n".join(["姓名,用户名,单位,角色", *rows]).encode("gbk")
        page.locator("#roster-file").set_input_files(
            {"name": "a.csv", "mimeType": "text/csv", "buffer": data}
        )

    choose("许芳,xu.fang,东河镇,干部", "李某,li,天上镇,")
    expect(page.get_by_role("alert")).to_contain_text("有被拒绝的行")
    expect(page.locator("#roster")).to_contain_text("没有单位“天上镇”")
    choose("许芳,xu.fang,东河镇,干部")
    expect(page.locator("#roster")).to_contain_text("尚未写入")
    page.get_by_role("button", name="确认导入").click()
    expect(page.locator("#roster code")).to_have_text(re.compile(r"^\w{4}(-\w{4}){3}$"))
    page.get_by_role("tab", name="人员名单").click()
    expect(page.locator("#people tr").filter(has_text="许芳")).to_contain_text("尚未设定自己的密码")
    page.get_by_role("tab", name="角色权限").click()
    row = page.locator("#roles tr").filter(has_text="event.read")
    expect(row).to_contain_text("可以")


def test_a_file_in_gcj02_is_seen_to_fit_in_that_reading_only_before_it_is_imported(
    desk: Open, people: County
) -> None:
    east = shapely.transform(EAST, lambda lnglat: convert(lnglat, source=Datum.WGS84, target=Datum.GCJ02))
    page = desk(people.administrator).open("/areas")
    file: FilePayload = {
        "name": "a.geojson",
        "mimeType": "application/json",
        "buffer": geojson_of("东河镇", east),
    }
    page.locator("#import input[type=file]").set_input_files(file)
    expect(page.locator("#preview")).to_contain_text("新版本 1")
    readings = page.locator(".reading")
    expect(readings).to_have_count(3)
    expect(readings.filter(has_text="GCJ-02")).to_contain_text("相差 0 米")
    readings.filter(has_text="GCJ-02").get_by_role("radio").check()
    expect(page.locator('#import [name=datum][value="GCJ-02"]')).to_be_checked()
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator("#report")).to_contain_text("新版本 1")


def test_an_area_is_cut_in_two_on_the_map_and_becomes_a_version_and_a_new_area(
    desk: Open, people: County
) -> None:
    page = desk(people.administrator).open("/areas")
    page.locator("#areas").get_by_role("button", name="东河镇").click()
    page.get_by_role("button", name="修改边界").click()
    page.get_by_role("button", name="切分").click()
    page.wait_for_timeout(600)
    box = page.locator("#map").bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    page.mouse.click(box["x"] + 30, middle)
    page.mouse.dblclick(box["x"] + box["width"] - 70, middle)
    expect(page.get_by_role("button", name="切分")).to_have_count(0)
    page.get_by_role("button", name="发布…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("发布 2 块")
    dialog.locator("[name=name]").last.fill("东溪镇")
    dialog.locator("[name=code]").last.fill("dongxi")
    dialog.get_by_role("button", name="发布").click()
    expect(page.locator("#areas tr").filter(has_text="东溪镇")).to_contain_text("第 1 版")
    expect(page.locator("#areas tr").filter(has_text="东河镇")).to_contain_text("第 2 版")
    page.locator("#areas").get_by_role("button", name="东河镇").click()
    page.get_by_role("button", name="与上一版之差").click()
    expect(page.locator("#difference")).to_contain_text("增加 0 m²")
    page.locator("#filter-kind").select_option("township")
    page.get_by_role("button", name="查重叠与空隙").click()
    expect(page.locator("#joints")).to_contain_text("没有重叠，也没有空隙")


def geojson_of(name: str, shape: shapely.Polygon) -> bytes:
    """A file of one area."""
    feature = {"type": "Feature", "properties": {"name": name}, "geometry": shapely.geometry.mapping(shape)}
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


def test_a_matter_is_taken_from_step_to_step_and_what_is_asked_for_is_asked(
    desk: Open, people: County
) -> None:
    category = MatterCategory(
        name="一般事项", answer_amount=3, answer_unit="days", solve_amount=7, solve_unit="days"
    )
    db.session.add(category)
    db.session.commit()
    found = Report("patrol", "村口路灯不亮", category_id=category.id, place="柳树村口")
    told_id = matters.report(people.grid_member.actor, found)["id"]
    page = desk(people.supervisor_a).open("/matters?kind=patrol")
    page.locator("#matters").get_by_role("link").first.click()
    expect(page.get_by_role("heading", name=f"事项 {told_id}")).to_be_visible()
    page.get_by_role("button", name="受理", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="受理").click()
    expect(page.locator(".state")).to_have_text("已受理")
    page.get_by_role("button", name="交办").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("单位", exact=True).fill("柳树村")
    dialog.get_by_role("option").first.click()
    dialog.get_by_role("button", name="交办").click()
    expect(page.locator("#steps")).to_contain_text("交办 柳树村")
    matters.take(people.cadre.actor, told_id, "handle", Told(note="灯泡已换"))
    page.get_by_role("button", name="督办").click()
    dialog.get_by_label("说明").fill("请抓紧")
    dialog.get_by_role("button", name="督办").click()
    expect(dialog.get_by_role("alert")).to_contain_text("已被他人处理")
