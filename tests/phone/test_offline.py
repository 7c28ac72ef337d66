"""The phone without a network: what is done there is kept, sent in order once there is one, and sent once."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.checkins import Checkin, CheckinDetail
from server.models.trips import Trip
from setup import node
from tests.people import County, Someone
from tests.phone.conftest import NewPhone, Phone
from tests.support import serving
from tests.support.serving import TREE, Served
from tests.support.waiting import until
from tests.trips import approved, under_way

pytestmark = pytest.mark.browser

SENT = re.compile("/api/v1/checkins$")
ABOUT = timedelta(seconds=3)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sources, in which a new release of the app can be made."""
    copy = tmp_path_factory.mktemp("tree")
    for name in ("server", "mobile_stub", "frontend"):
        shutil.copytree(TREE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("wsgi.py", "package.json"):
        shutil.copy(TREE / name, copy / name)
    (copy / "node_modules").symlink_to((TREE / "node_modules").resolve())
    return copy


@pytest.fixture(scope="module")
def server(people: County, tree: Path) -> Iterator[Served]:
    """The application really running out of that copy, once for all tests of the module."""
    with serving.serve(held(Settings), tree=tree) as served:
        yield served


def release(tree: Path, title: str) -> None:
    """Make a new release of the app, whose first page has another title."""
    words = tree / "mobile_stub" / "webapp" / "src" / "words.js"
    words.write_text(re.sub(r'("duties.title": \[")\w+', rf"\g<1>{title}", words.read_text("utf-8")), "utf-8")
    subprocess.run(["node", "frontend/build.mjs"], cwd=tree, env=node.surroundings(), check=True)


@contextmanager
def released(tree: Path, title: str) -> Iterator[None]:
    """A new release of the app, with another title on its first page; the old one again when the block is left."""
    release(tree, title)
    try:
        yield
    finally:
        release(tree, "我的任务")


def kept(who: Someone) -> list[tuple[str, Checkin]]:
    """Their check-ins, in the order in which the server received them, each with its note."""
    db.session.rollback()
    rows = db.session.execute(
        sa.select(CheckinDetail.note, Checkin)
        .join(Checkin, Checkin.id == CheckinDetail.checkin_id)
        .where(Checkin.person_id == who.id)
        .order_by(Checkin.received_at)
    )
    return [(note, checkin) for note, checkin in rows]


def prepared(here: Phone, who: Someone) -> Page:
    """A phone that holds the app and its duties, and has just lost the network."""
    page = here.sign_in(who)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function(
        "async () => (await (await import('/m/src/remember.js')).recalled('trips'))?.items.length > 0"
    )
    page.get_by_role("link", name="赴临江考察装备企业").click()
    expect(page.get_by_role("heading", name="任务", exact=True)).to_be_visible()
    here.cut()
    return page


def write(here: Phone, page: Page, note: str) -> datetime:
    """Check in with a note; when the button was pressed."""
    page.goto(f"{here.url}/m/#/checkin")
    page.locator("[name=note]").fill(note)
    expect(page.locator(".figure")).to_have_text("15 米")
    page.get_by_role("button", name="送出签到").click()
    pressed = clock.now()
    expect(page.locator("main")).to_contain_text("已存在本机")
    return pressed


def test_three_check_ins_outlive_reload_and_closing_and_arrive_in_order_with_true_times(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    page.reload()
    pressed = [write(here, page, note) for note in ("其一", "其二", "其三")]
    page.reload()
    page.close()
    page = here.context.new_page()
    page.goto(f"{here.url}/m/#/deliveries")
    expect(page.locator(".delivery-waiting")).to_have_count(3)
    assert kept(cadre) == []
    here.reconnect(page)
    expect(page.locator(".delivery-kept")).to_have_count(3)
    arrived = kept(cadre)
    assert [note for note, _ in arrived] == ["其一", "其二", "其三"]
    assert [abs(one.happened_at - at) < ABOUT for (_, one), at in zip(arrived, pressed, strict=True)] == [
        True
    ] * 3
    assert {one.outcome for _, one in arrived} == {"inside"}


def test_a_server_killed_between_receiving_and_answering_keeps_it_once(
    phone: NewPhone, cadre: Someone, people: County, server: Served
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    write(here, page, "见到厂长")
    here.way.swallow()
    here.back_online(page)
    until(lambda: len(kept(cadre)) == 1)
    expect(page.locator(".delivery-sending")).to_be_visible()
    server.kill_workers()
    here.way.restore()
    expect(page.locator(".delivery-kept")).to_be_visible()
    assert [note for note, _ in kept(cadre)] == ["见到厂长"]


def test_an_expired_token_is_renewed_on_the_way(phone: NewPhone, cadre: Someone, people: County) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    write(here, page, "过期之后")
    with clock.at(clock.now() - timedelta(hours=1)):
        expired = cadre.tokens().access_token
    page.evaluate(
        """async (access_token) => {
            const session = await import("/m/src/session.js");
            await session.keep({ ...await session.current(), access_token });
        }""",
        expired,
    )
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status == 401 else None)
    here.reconnect(page)
    expect(page.locator(".delivery-kept")).to_be_visible()
    assert any(SENT.search(url) for url in refused)
    assert len(kept(cadre)) == 1


def fill(page: Page) -> None:
    """Put things beside the app's own until there is no room for another kilobyte."""
    page.evaluate(
        """async () => {
            const kept = await import("/m/src/kept.js");
            for (const size of [65536, 1024]) {
                for (let n = 0; ; n += 1) {
                    try {
                        await kept.put(`ballast:${size}:${n}`, crypto.getRandomValues(new Uint8Array(size)));
                    } catch (failure) {
                        if (failure.name === "QuotaExceededError") break;
                        throw failure;
                    }
                }
            }
        }"""
    )


def test_a_full_phone_says_so_before_and_loses_nothing(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    tools = here.context.new_cdp_session(here.page)
    tools.send("Storage.overrideQuotaForOrigin", {"origin": here.url, "quotaSize": 2_000_000})
    page = prepared(here, cadre)
    fill(page)
    here.open("#/checkin")
    expect(page.locator("main")).to_contain_text("手机存储快满了")
    page.locator("[name=note]").fill("满了也不丢" * 300)
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.locator(".dock [role=alert]")).to_contain_text("不要关闭")
    assert kept(cadre) == []
    here.reconnect(page)
    here.send()
    expect(page.locator(".verdict-word")).to_have_text("在内")
    assert [note for note, _ in kept(cadre)] == ["满了也不丢" * 300]


@pytest.mark.parametrize("off", [3_600_000, -3_600_000])
def test_a_clock_an_hour_off_keeps_times_and_position_true(
    phone: NewPhone, cadre: Someone, people: County, off: int
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    here.page.add_init_script(
        f"""const Real = Date;
        globalThis.Date = class extends Real {{
            constructor(...given) {{ super(...(given.length ? given : [Real.now() + {off}])); }}
            static now() {{ return Real.now() + {off}; }}
        }};"""
    )
    page = prepared(here, cadre)
    pressed = write(here, page, "钟不准")
    here.reconnect(page)
    expect(page.locator(".delivery-kept")).to_be_visible()
    [(_, one)] = kept(cadre)
    assert abs(one.happened_at - pressed) < ABOUT
    assert one.outcome == "inside"
    here.open("#/phone")
    expect(page.locator("main")).to_contain_text(
        "手机时间快了约 60 分钟" if off > 0 else "手机时间慢了约 60 分钟"
    )


def test_two_tabs_do_not_send_twice(phone: NewPhone, cadre: Someone, people: County) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    for note in ("其一", "其二"):
        write(here, page, note)
    other = here.context.new_page()
    other.goto(f"{here.url}/m/#/deliveries")
    expect(other.locator(".delivery-waiting")).to_have_count(2)
    asked: list[str] = []
    here.context.on("request", lambda request: asked.append(request.url))
    here.reconnect(page)
    for tab in (page, other):
        tab.evaluate("import('/m/src/sender.js').then((sender) => sender.send(true))")
    for tab in (page, other):
        expect(tab.locator(".delivery-kept")).to_have_count(2)
    assert len([url for url in asked if SENT.search(url)]) == 2
    assert [note for note, _ in kept(cadre)] == ["其一", "其二"]


def test_a_newer_release_takes_over_when_asked_and_sends_the_older_ones_queue(
    phone: NewPhone, cadre: Someone, people: County, tree: Path
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    write(here, page, "旧版写的")
    page.route(SENT, lambda route: route.abort())
    here.reconnect(page)
    with released(tree, "新版任务"):
        page.evaluate("navigator.serviceWorker.getRegistration().then((found) => found.update())")
        expect(page.locator(".newer")).to_contain_text("有新版本")
        page.get_by_role("link", name="返回").click()
        expect(page.get_by_role("heading", name="我的任务")).to_be_visible()
        page.get_by_role("button", name="更新").click()
        expect(page.get_by_role("heading", name="新版任务")).to_be_visible()
        assert kept(cadre) == []
        page.unroute_all(behavior="wait")
        here.open("#/deliveries")
        here.back_online(page)
        expect(page.locator(".delivery-kept")).to_be_visible()
        assert [note for note, _ in kept(cadre)] == ["旧版写的"]


def test_what_the_first_release_had_not_delivered_is_brought_over(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = under_way(cadre, people.leader)
    here = phone()
    page = here.page
    page.goto(f"{here.url}/m/manifest.webmanifest")
    tokens = cadre.tokens()
    now = clock.now().isoformat()
    item = {"id": str(uuid4()), "trip_id": trip["id"], "stop_id": None, "kind": "note", "made_at": now}
    item |= {"mock": False, "note": "第一版写的", "consent": False, "visit": None}
    session: dict[str, object] = {"access_token": tokens.access_token, "refresh_token": tokens.refresh_token}
    session |= {"must_change_password": False, "person": {"id": cadre.id, "name": "陈晓", "roles": []}}
    page.evaluate(
        """([session, item]) => new Promise((resolve) => {
            const asked = indexedDB.open("guatu", 1);
            asked.onupgradeneeded = () => {
                const table = asked.result.createObjectStore("kept");
                table.put(session, "session");
                table.put({ item, problem: null }, `unsent:${session.person.id}:${item.id}`);
            };
            asked.onsuccess = () => { asked.result.close(); resolve(null); };
        })""",
        [session, item],
    )
    here.open("#/deliveries")
    expect(page.locator(".delivery-kept")).to_be_visible()
    assert [note for note, _ in kept(cadre)] == ["第一版写的"]


def test_a_plan_made_without_a_network_is_handed_in_once_with_its_time(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    here.open("#/plan")
    page.locator("[name=destination]").fill("海宁市")
    page.locator("[name=aim]").fill("洽谈")
    page.get_by_role("button", name="提交审批").click()
    pressed = clock.now()
    expect(page.locator("article")).to_contain_text("赴海宁市")
    expect(page.locator("main")).to_contain_text("已存在本机")
    page.reload()
    expect(page.locator(".delivery-waiting")).to_be_visible()
    here.reconnect(page)
    expect(page.locator(".delivery-kept")).to_be_visible()
    db.session.rollback()
    [trip] = db.session.scalars(sa.select(Trip).where(Trip.planner_id == cadre.id, Trip.state != "under_way"))
    assert (trip.state, trip.destination) == ("submitted", "海宁市")
    assert trip.submitted_at is not None
    assert abs(trip.submitted_at - pressed) < ABOUT


def test_a_duty_started_without_a_network_keeps_positions_only_once_the_server_knows(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = approved(cadre, people.leader)
    here = phone(offline=True)
    page = prepared(here, cadre)
    page.get_by_role("button", name="开始任务").click()
    here.confirm("开始任务")
    pressed = clock.now()
    expect(page.locator("main")).to_contain_text("开始还没有送达")
    page.get_by_role("button", name="签到").click()
    expect(page.locator(".stage")).to_contain_text("服务器收到“开始”之前不保存位置")
    page.locator("[name=note]").fill("先到了")
    here.send()
    expect(page.locator(".delivery-waiting")).to_have_count(2)
    here.reconnect(page)
    expect(page.locator(".delivery-kept")).to_have_count(2)
    db.session.rollback()
    started = db.session.get_one(Trip, trip["id"]).started_at
    assert started is not None
    assert abs(started - pressed) < ABOUT
    [(note, one)] = kept(cadre)
    assert (note, one.outcome) == ("先到了", "not_judged")
