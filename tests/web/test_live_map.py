"""The live map and the wall as people see them: one server for all tests, each with units of its own."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from server import clock
from server.config import Settings
from server.db import db
from server.gate import COOKIE
from server.geo.datum import Datum, convert_point
from server.held import held
from server.models.sessions import SignInSession
from server.services import checkins, sessions
from server.services.trips import StopPlan
from server.transaction import transaction
from tests.people import County, Someone, county, person, unit
from tests.support import databases, serving
from tests.support.lasting import Lasting
from tests.support.serving import Served
from tests.support.tiles import tiles
from tests.trips import FACTORY, told, under_way
from tests.web.conftest import COUNTY, EAST, WEST, Desk, Open, cookie_of, near, publish

pytestmark = pytest.mark.browser

PEOPLE, ARRIVALS, NAMES = (f"#map .map-{name}" for name in ("people", "arrivals", "names"))
MIDDLE = {"lng": 118.55, "lat": 29.60}
"""The middle of 东河镇, where its name stands by itself."""

_numbers = count(1)


@pytest.fixture(scope="module")
def app(spatialite_app: Flask) -> Iterator[Flask]:
    """The application, emptied once for all tests of the module."""
    databases.empty(spatialite_app)
    with spatialite_app.app_context():
        yield spatialite_app


@pytest.fixture(scope="module")
def people(app: Flask) -> County:
    """Everybody, in a square county of two townships."""
    publish("county", {"青溪县": COUNTY})
    publish("township", {"东河镇": EAST, "西岭镇": WEST})
    return county(app)


@pytest.fixture(scope="module")
def server(people: County, lasting: Lasting) -> Iterator[Served]:
    """The application really running, once for all tests of the module."""
    with lasting.serve(held(Settings)) as served:
        yield served


@dataclass(frozen=True)
class Office:
    """A unit of its own with people in the field, and who watches it."""

    unit_id: int
    supervisor: Someone
    cadres: list[Someone]


@pytest.fixture
def office(people: County) -> Office:
    """An office that has done nothing yet."""
    return new_office(people)


def new_office(people: County) -> Office:
    """A unit with a supervisor and three cadres."""
    db.session.rollback()  # what the last test was reading has changed since
    number = next(_numbers)
    made = unit(f"外勤{number}所", "department", people.root)
    names = [f"{name}{number}" for name in ("甘一", "任二", "庄三")]
    return Office(
        made,
        person(f"督{number}", made, ("supervisor", made)),
        [person(name, made, ("cadre", made)) for name in names],
    )


def arrive(office: Office, people: County, who: int = 0, **facts: Any) -> dict[str, Any]:
    """One of an office's cadres sets out and checks in at a stop that lies there. The trip."""
    place = {axis: facts.get(axis, FACTORY[axis]) for axis in ("lng", "lat")}
    stop = StopPlan(name="临江一厂", radius_m=300, **place)
    trip = under_way(office.cadres[who], people.leader, title=f"考察{who}", stops=[stop])
    checkins.make(office.cadres[who].actor, told(trip, **facts))
    return trip


def painted(page: Page, canvas: str) -> int:
    """How many pixels of a canvas have something on them."""
    read = """(canvas) => {
        const node = document.querySelector(canvas);
        const { data } = node.getContext("2d").getImageData(0, 0, node.width, node.height);
        let count = 0;
        for (let at = 3; at < data.length; at += 4) count += data[at] > 0;
        return count;
    }"""
    return int(page.evaluate(read, canvas))


def both_painted(page: Page, one: str, other: str) -> int:
    """How many pixels have something on both canvases."""
    read = """([one, other]) => {
        const [a, b] = [one, other].map((name) => {
            const node = document.querySelector(name);
            return node.getContext("2d").getImageData(0, 0, node.width, node.height).data;
        });
        let count = 0;
        for (let at = 3; at < a.length; at += 4) count += a[at] > 0 && b[at] > 0;
        return count;
    }"""
    return int(page.evaluate(read, [one, other]))


def opened(desk: Open, who: Someone, address: str = "/") -> Desk:
    """Somebody at the map, who has said why."""
    here = desk(who)
    here.open(address)
    here.say_why()
    expect(here.page.locator("#live")).to_have_text("实时")
    return here


def test_list_and_marks_pass_the_same_filters_and_a_colleague_sees_only_their_own_of_a_shared_view(
    desk: Open, people: County
) -> None:
    mine, theirs = new_office(people), new_office(people)
    arrive(mine, people, 0, note="到厂门口了")
    arrive(mine, people, 1, mock=True, kind="visit", lng=118.45)
    arrive(theirs, people, 0, lng=118.55)
    page = opened(desk, mine.supervisor).page
    rows = page.locator("#checkins .row")
    expect(rows).to_have_count(2)
    page.wait_for_timeout(600)
    two = painted(page, ARRIVALS)
    for choose in ("[id=filter-signal] any", "[id=filter-kind] visit"):
        place, value = choose.split()
        page.locator(place).select_option(value)
        expect(rows).to_have_count(1)
        expect(rows).to_contain_text("模拟定位")
        assert 0 < painted(page, ARRIVALS) < two
        expect(page.locator("#checkin-count")).to_have_text("1 / 2")
        page.locator(place).select_option("")
    page.locator("#filter-duty").click()
    page.get_by_role("option", name="考察0").click()
    expect(rows).to_have_count(1)
    page.locator("#filter-q").fill("门口")
    expect(page.locator("#checkin-count")).to_be_empty()  # words may name a person: nobody's are counted
    page.locator("#filter-q").fill("没有这个人")
    expect(page.locator("#checkins")).to_contain_text("没有相符的")
    assert painted(page, ARRIVALS) == 0
    page.get_by_role("button", name="清除筛选").click()
    expect(rows).to_have_count(2)
    page.locator("#filter-q").fill("东河")
    page.locator("#found").get_by_role("button", name="东河镇").click()
    page.locator("#filter-q").fill("")
    page.locator("#tab-people").click()
    page.locator("#people .row").first.click()
    expect(page.locator(".map-card-chosen")).to_contain_text("考察0")
    page.wait_for_timeout(900)
    shared = page.url.removeprefix(desk_url(page))
    assert re.search(r"view=118\.\d+%2C29\.\d+%2C\d+\.\d+&tab=people&at=person%3A\d+", shared), shared
    other = opened(desk, theirs.supervisor, shared).page
    expect(other.locator(".toast")).to_contain_text("不在您可见的范围内")
    expect(other.locator("#people .row")).to_have_count(1)
    other.wait_for_timeout(500)
    assert "at=" not in other.url
    view = re.search(r"view=[^&]+", shared)
    assert view is not None
    assert view[0] in other.url
    middle = page.locator("#map").bounding_box()
    assert middle is not None
    x, y = middle["width"] / 2, middle["height"] / 2
    assert len(near(page, x, y, 8, canvas=PEOPLE)) > 1, "who is chosen is drawn in the middle"
    assert near(other, x, y, 8, canvas=PEOPLE) == {(0, 0, 0)}, (
        "and is not on a map of those who may not see them"
    )


def desk_url(page: Page) -> str:
    """Where a page's server is."""
    return str(page.evaluate("location.origin"))


def test_a_cluster_opens_where_nearer_is_of_no_use_and_each_of_it_can_be_chosen(
    desk: Open, people: County, office: Office
) -> None:
    for who in range(3):
        arrive(office, people, who, **MIDDLE)
    page = opened(desk, office.supervisor, "/?view=118.55000,29.60000,16.00").page
    expect(page.locator("#people-count")).to_have_text("3")
    page.wait_for_timeout(600)
    frame = page.locator("#map").bounding_box()
    assert frame is not None
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    closed = painted(page, PEOPLE)
    page.mouse.click(x, y)
    expect(page.locator("#tab-people")).to_have_attribute("aria-selected", "true")
    page.wait_for_timeout(300)
    fanned = painted(page, PEOPLE)
    assert fanned > 1.5 * closed
    page.mouse.click(x, y - 34)
    expect(page.locator(".map-card-chosen")).to_contain_text("甘一")
    expect(page.locator("#people .row.lit")).to_contain_text("甘一")
    page.keyboard.press("Escape")
    expect(page.locator(".map-card")).to_be_hidden()
    page.wait_for_timeout(200)
    assert painted(page, PEOPLE) < fanned / 1.5
    assert "at=" not in page.url


def test_keys_walk_the_list_and_the_map_goes_along(desk: Open, people: County, office: Office) -> None:
    arrive(office, people, 0)
    arrive(office, people, 1, lng=118.45)
    page = opened(desk, office.supervisor).page
    rows = page.locator("#checkins .row")
    expect(rows).to_have_count(2)
    rows.first.focus()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_be_focused()
    expect(page.locator(".map-card")).to_contain_text("甘一")
    page.keyboard.press("Home")
    expect(rows.first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".map-card-chosen a")).to_have_attribute("href", re.compile(r"/trips/\d+"))
    page.keyboard.press("/")
    expect(page.locator("#filter-q")).to_be_focused()


def test_the_first_drag_and_the_first_turn_of_the_wheel_move_the_map(desk: Open, office: Office) -> None:
    page = opened(desk, office.supervisor, "/?view=118.5,29.6,12").page
    page.evaluate("document.activeElement.blur()")
    page.mouse.move(500, 500)
    page.mouse.wheel(0, -300)
    page.wait_for_url(lambda address: _zoom(address) > 12.5)
    page.evaluate("document.activeElement.blur()")
    before = page.url
    page.mouse.down()
    page.mouse.move(700, 500, steps=4)
    page.mouse.up()
    page.wait_for_url(lambda address: address != before)


def _zoom(address: str) -> float:
    """The zoom of a view in an address."""
    return float(parse_qs(urlsplit(address).query)["view"][0].split(",")[2])


def test_a_persons_name_and_an_areas_name_leave_each_other_free_and_areas_avoid_dots(
    desk: Open, people: County, office: Office
) -> None:
    arrive(office, people, 0, **MIDDLE)
    page = opened(desk, office.supervisor).page
    expect(page.locator("#people-count")).to_have_text("1")
    page.wait_for_timeout(4000)
    assert painted(page, NAMES) > 500
    assert painted(page, PEOPLE) > 500
    assert both_painted(page, NAMES, PEOPLE) == 0


def test_a_long_list_makes_only_rows_in_view_and_keeps_the_readers_place(
    desk: Open, people: County, office: Office
) -> None:
    trip = under_way(office.cadres[0], people.leader)
    for number in range(80):
        checkins.make(office.cadres[0].actor, told(trip, kind="note", note=f"第{number}次"))
    page = opened(desk, office.supervisor).page
    expect(page.locator("#checkin-count")).to_have_text("80")
    assert page.locator("#checkins li").count() < 30
    expect(page.locator("#checkins li").first).to_have_attribute("aria-setsize", "80")
    page.locator("#checkins").evaluate("node => node.scrollTop = 3000")
    page.wait_for_timeout(300)
    expect(page.locator("#list-note")).to_be_hidden()  # once the reason is said all is read anew
    row = page.locator("#checkins .row").nth(6)
    words, before = row.locator(".note").inner_text(), row.bounding_box()
    checkins.make(office.cadres[0].actor, told(trip, note="新来的"))
    expect(page.locator("#checkin-count")).to_have_text("81")
    after = page.locator("#checkins .row", has_text=words).bounding_box()
    assert before is not None
    assert after is not None
    assert abs(after["y"] - before["y"]) < 3
    page.locator("#checkins").evaluate("node => node.scrollTop = node.scrollHeight")
    expect(page.locator("#checkins .row").last).to_contain_text("第0次")


def test_what_cannot_be_read_says_so_and_comes_when_asked_again(
    desk: Open, people: County, office: Office
) -> None:
    arrive(office, people, 0)
    here = opened(desk, office.supervisor)
    for door in ("areas.geojson", "log", "places", "units"):
        here.page.route(re.compile(rf"/api/v1/{door}(\?|$)"), lambda route: route.abort())
    page = here.open("/")
    expect(page.locator(".map-wait")).to_contain_text("没有连上")
    expect(page.locator("#checkins")).to_contain_text("没有连上")
    expect(page.locator("#note")).to_contain_text("位置没有读到")
    page.unroute_all()
    page.locator(".map-wait").get_by_role("button", name="重试").click()
    expect(page.locator(".map-wait")).to_have_count(0)
    page.locator("#checkins").get_by_role("button", name="重试").click()
    expect(page.locator("#checkins .row")).to_have_count(1)
    expect(page.locator("#people-count")).to_have_text("1")
    page.locator("#filter-unit").click()
    expect(page.locator("#filter-unit-list [role=option]").first).to_be_visible()


def test_a_log_that_cannot_be_read_says_so_where_its_views_cannot_be_read_either(
    desk: Open, people: County, office: Office
) -> None:
    arrive(office, people, 0)
    here = desk(office.supervisor)
    here.page.route(re.compile(r"/api/v1/(log|views|units)(\?|$)"), lambda route: route.abort())
    page = here.open("/log?unit_id=1")
    expect(page.locator("#log")).to_contain_text("没有连上")
    page.unroute_all()
    page.locator("#log").get_by_role("button", name="重试").click()
    expect(page.locator("#log")).to_contain_text("到达")


# ── a base map ────────────────────────────────────────────────────────────────────────────────────────────────

MIDDLE_OF_RING = """async (png) => {
    const bytes = Uint8Array.from(atob(png), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    const [across, down] = [[], []];
    for (let at = 0; at < data.length; at += 4)
        if (data[at] > 200 && data[at + 1] < 130 && data[at + 2] > 200) {
            across.push((at / 4) % image.width);
            down.push(Math.floor(at / 4 / image.width));
        }
    const middle = (all) => (Math.min(...all) + Math.max(...all)) / 2;
    return [middle(across), middle(down), across.length];
}"""


@pytest.mark.parametrize(
    ("datum", "kind", "template"),
    [
        ("GCJ-02", "xyz", "{url}/{{z}}/{{x}}/{{y}}.png"),
        ("CGCS2000", "wmts", "{url}/wmts?TILEMATRIX={{TileMatrix}}&TILEROW={{TileRow}}&TILECOL={{TileCol}}"),
    ],
)
def test_a_base_map_lies_under_the_areas_to_a_pixel_or_two_is_asked_of_its_host_alone_and_missed_when_away(
    chromium: Browser, people: County, office: Office, datum: str, kind: str, template: str
) -> None:
    arrive(office, people, 0)
    lng, lat = convert_point(**FACTORY, source=Datum.WGS84, target=Datum(datum))
    with tiles(lng=lng, lat=lat) as ground:
        based = replace(
            held(Settings), tiles_url=template.format(url=ground.url), tiles_kind=kind, tiles_datum=datum
        )
        with serving.serve(based) as served:
            context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
            context.add_cookies([{"name": COOKIE, "value": cookie_of(office.supervisor), "url": served.url}])
            here = Desk(context, context.new_page(), served.url)
            hosts: set[str] = set()
            here.page.on(
                "request", lambda asked: hosts.add(re.sub(r"^(\w+://[^/]+|data:|blob:).*", r"\1", asked.url))
            )
            answer = here.page.goto(served.url + f"/?view={FACTORY['lng']},{FACTORY['lat']},16")
            assert answer is not None
            policy = answer.headers["content-security-policy"]
            assert f"img-src 'self' data: blob: {ground.url};" in policy
            assert policy.count("http") == 1
            here.say_why()
            expect(here.page.locator("#people-count")).to_have_text("1")
            here.page.wait_for_timeout(1500)
            shot = here.page.locator("#map").screenshot()
            x, y, found = _centre_of_ring(chromium, shot)
            frame = here.page.locator("#map").bounding_box()
            assert frame is not None
            assert found > 100, "the ring of the tiles is not to be seen"
            assert abs(x - frame["width"] / 2) < 2
            assert abs(y - frame["height"] / 2) < 2
            assert hosts <= {served.url, ground.url, "data:", "blob:"}
            assert ground.asked
            here.page.route(f"{ground.url}/**", lambda route: route.abort())
            here.page.reload()
            expect(here.page.locator(".map-missing")).to_have_text("底图没有取到，只显示区域。")
            context.close()


def _centre_of_ring(chromium: Browser, shot: bytes) -> tuple[float, float, float]:
    """Where the middle of all that is painted in the tiles' colour is in a picture, and how many pixels are."""
    page = chromium.new_page()
    x, y, found = page.evaluate(MIDDLE_OF_RING, base64.b64encode(shot).decode())
    page.close()
    return x, y, found


# ── the wall ──────────────────────────────────────────────────────────────────────────────────────────────────

CONTRASTS = """() => {
    const parse = (colour) => (colour.match(/[\\d.]+/g) || []).map(Number);
    const linear = (each) => (each <= 10.3 ? each / 255 / 12.92 : ((each / 255 + 0.055) / 1.055) ** 2.4);
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
    const ground = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const [r, g, b, a = 1] = parse(getComputedStyle(at).backgroundColor);
            if (r !== undefined && a > 0.8) return [r, g, b];
        }
        return [255, 255, 255];
    };
    const unread = "script, noscript, .visually-hidden, .seal";
    const seen = (node) => node.checkVisibility({ checkVisibilityCSS: true }) && !node.closest(unread);
    const poor = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        const node = text.parentElement;
        if (!text.data.trim() || !seen(node)) continue;
        const [one, other] = [light(parse(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => b - a);
        if ((one + 0.05) / (other + 0.05) < 4.5) poor.push(text.data.trim());
    }
    return poor;
}"""
"""The words of a page whose contrast with what lies under them is less than AA asks for."""


def test_a_wall_says_how_old_it_is_comes_back_after_a_cut_and_empties_when_the_session_is_over(
    chromium: Browser, people: County, office: Office
) -> None:
    trip = arrive(office, people, 0)
    arrive(office, people, 1, lng=118.45)
    with serving.listening() as listener, serving.serve(held(Settings), listener=listener) as served:
        context = chromium.new_context(viewport={"width": 1920, "height": 1080}, locale="zh-CN")
        context.add_cookies([{"name": COOKIE, "value": cookie_of(office.supervisor), "url": served.url}])
        here = Desk(context, context.new_page(), served.url)
        page = here.open("/wall")
        page.get_by_role("dialog").get_by_role("button", name="暂不查看").click()
        expect(page.locator("#note")).to_contain_text("位置未打开")
        expect(page.locator("#panel li")).to_have_count(2)
        assert painted(page, PEOPLE) == 0
        page.locator("#say-why").click()
        here.say_why()
        expect(page.locator("#live")).to_have_text("实时")
        page.wait_for_timeout(800)
        assert painted(page, PEOPLE) > 500
        dark = near(page, 20, 300, 10)
        assert all(sum(pixel) < 200 for pixel in dark), "the map is not dark"
        for title in ("最新签到 · 今天 2 次", "在岗 · 按单位，共 2 人", "进行中的任务 · 有位置的 2 项"):
            expect(page.locator("#panel-title")).to_have_text(title)
            assert page.evaluate(CONTRASTS) == []
            page.keyboard.press("ArrowRight")
        expect(page.locator("#expiry")).to_contain_text("登录有效至")
        checkins.make(office.cadres[0].actor, told(trip, kind="leave"))
        expect(page.locator("#news")).to_contain_text("离开")
        served.process.terminate()
        expect(page.locator("#old")).to_contain_text("网络已断开：画面停在")
        expect(page.locator("#panel li")).not_to_have_count(
            0
        )  # what was known stays, and says that it is old
        assert painted(page, PEOPLE) > 500
        served.process.wait(timeout=20)
        with serving.serve(held(Settings), listener=listener):
            expect(page.locator("#live")).to_have_text("实时", timeout=40_000)
            expect(page.locator("#old")).to_be_hidden()
            with transaction():
                sessions.end_all_of(office.supervisor.id, "revoked", actor_id=None)
            expect(page.locator("#old")).to_contain_text("登录已到期或已在别处结束")
            expect(page.locator("#old a")).to_have_attribute("href", re.compile(r"^/sign-in\?next=%2Fwall"))
            expect(page.locator("#panel li")).to_have_count(0)
            page.wait_for_timeout(300)
            assert painted(page, PEOPLE) == painted(page, ARRIVALS) == 0
            assert page.evaluate(CONTRASTS) == []
        context.close()


def last_used(who: Someone) -> timedelta:
    """How long ago somebody's session was in use."""
    db.session.rollback()
    used = sa.select(SignInSession.last_used_at).where(SignInSession.person_id == who.id)
    return clock.now() - db.session.execute(used).scalar_one()


def test_a_wall_is_in_use_while_it_hangs_and_ends_with_its_session_even_when_cut_off(
    desk: Open, people: County, office: Office
) -> None:
    arrive(office, people, 0)
    here = desk(office.supervisor)
    here.page.clock.install()
    page = here.open("/wall")
    here.say_why()
    expect(page.locator("#live")).to_have_text("实时")
    expect(page.locator("#expiry")).to_contain_text("登录有效至")
    with transaction() as session:
        resting = clock.now() - timedelta(minutes=50)
        mine = SignInSession.person_id == office.supervisor.id
        session.execute(sa.update(SignInSession).where(mine).values(last_used_at=resting))
    with page.expect_response(re.compile("/api/v1/places")):
        page.clock.fast_forward("04:30")
    assert last_used(office.supervisor) < timedelta(minutes=5)
    here.context.set_offline(True)
    expect(page.locator("#old")).to_contain_text("网络已断开")
    expect(page.locator("#panel li")).to_have_count(1)
    page.clock.fast_forward("13:00:00")
    expect(page.locator("#old")).to_contain_text("登录已到期")
    expect(page.locator("#panel li")).to_have_count(0)
    page.clock.run_for(500)
    assert painted(page, PEOPLE) == painted(page, ARRIVALS) == 0


def test_a_wall_takes_a_newer_release_by_itself_but_ends_no_full_screen_for_it(
    desk: Open, people: County, office: Office
) -> None:
    here = desk(office.supervisor)
    here.page.clock.install()
    page = here.open("/wall")
    here.say_why()
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement !== null")

    def newer(route: Route) -> None:
        answer = route.fetch()
        if route.request.is_navigation_request():
            return route.fulfill(response=answer)
        return route.fulfill(response=answer, body=re.sub(r"\?v=\w+", "?v=newer", answer.text()))

    page.route(re.compile("/wall$"), newer)
    page.clock.fast_forward("04:30")
    expect(page.locator("#newer")).to_contain_text("有新版本，退出全屏后自动更新")
    page.keyboard.press("f")
    page.wait_for_function("document.fullscreenElement === null")
    with page.expect_navigation():
        page.clock.fast_forward("00:06")
    expect(page.locator("#newer")).to_be_hidden()
    expect(page.locator("#live")).to_have_text("实时")


def test_a_wall_of_somebody_who_may_not_see_people_says_so(desk: Open, people: County) -> None:
    page = desk(people.administrator).open("/wall?lang=en")
    expect(page.locator("#old")).to_contain_text("may not see the live map")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_live_map_is_read_by_weak_eyes_in_both_languages(
    desk: Open, people: County, office: Office
) -> None:
    now = clock.now()
    with clock.at(now - timedelta(minutes=40)):
        trip = under_way(office.cadres[0], people.leader)
    checkins.make(office.cadres[0].actor, told(trip, mock=True, note="说明"))
    here = opened(desk, office.supervisor)
    for lang in ("zh", "en"):
        page = here.open(f"/?lang={lang}")
        expect(page.locator("#checkins .row")).to_have_count(1)
        page.locator("#checkins .row").click()
        expect(page.locator(".map-card-chosen")).to_be_visible()
        assert page.evaluate(CONTRASTS) == []
