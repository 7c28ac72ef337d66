"""Recording a track while the app is open: only with consent, kept until the server has it, forgotten on withdrawal."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, expect

from server import clock
from server.db import db
from server.models.checkins import Checkin
from server.models.positions import Fix
from server.services import consents
from server.services.trips import StopPlan
from tests.people import County, Someone
from tests.phone.conftest import NewPhone, Phone
from tests.positions import fix, fixes
from tests.positions import phone as tracker
from tests.trips import FACTORY, under_way

pytestmark = pytest.mark.browser

STEP_DEG = 0.001
"""About a hundred metres."""


def stored(who: Someone) -> list[float]:
    """The latitudes the server keeps of them, in the order of the fixes."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Fix.lat).where(Fix.person_id == who.id).order_by(Fix.at)))


def recording(here: Phone, who: Someone, trip_id: int) -> Page:
    """A phone that has begun to record, and has its first fix."""
    page = here.sign_in(who)
    here.open(f"#/trip/{trip_id}")
    page.get_by_role("button", name="用本机记录轨迹").click()
    expect(page.locator(".tracking")).to_contain_text("正在记录轨迹")
    expect(page.locator("main")).to_contain_text("已记 1 点")
    return page


def walk(here: Phone, page: Page, steps: int) -> None:
    """Go north, a step at a time, until each is recorded."""
    for step in range(1, steps + 1):
        here.stand(lat=FACTORY["lat"] + step * STEP_DEG)
        expect(page.locator("main")).to_contain_text(f"已记 {1 + step} 点")


def test_a_track_waits_on_the_phone_until_the_server_has_taken_it(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = under_way(cadre, people.leader, tracking="track")
    here = phone()
    here.context.route("**/api/v1/positions", lambda route: route.fulfill(status=404, body="{}"))
    page = recording(here, cadre, trip["id"])
    expect(page.locator("main")).to_contain_text("锁屏或切到别的应用就会中断")
    walk(here, page, 2)
    with page.expect_response("**/api/v1/positions"):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.reload()
    expect(page.locator(".tracking")).to_contain_text("正在记录轨迹")
    assert stored(cadre) == []
    here.context.unroute_all(behavior="wait")
    with page.expect_response("**/api/v1/positions"):
        page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("main")).to_contain_text("等待送出 0 点")
    assert [round(lat, 3) for lat in stored(cadre)][:3] == [29.601, 29.602, 29.603]
    page.get_by_text("结束任务").click()
    page.get_by_role("button", name="确认结束").click()
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()
    expect(page.locator(".tracking a")).to_have_count(0)


def test_a_track_ends_when_consent_is_withdrawn_here_or_elsewhere(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = under_way(cadre, people.leader, tracking="track")
    here = phone()
    page = recording(here, cadre, trip["id"])
    consents.withdraw(cadre.actor, trip["id"])
    walk(here, page, 1)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator(".tracking a")).to_have_count(0)
    assert stored(cadre) == []
    consents.give(cadre.actor, trip["id"], "track")
    page.reload()
    page.get_by_role("button", name="用本机记录轨迹").click()
    expect(page.locator("main")).to_contain_text("已记 1 点")
    here.open(f"#/consent/{trip['id']}")
    page.get_by_role("button", name="撤回同意").click()
    here.confirm("撤回同意")
    expect(page.locator(".tracking a")).to_have_count(0)
    waiting = page.evaluate("async (id) => (await import('/m/src/fixes.js')).waiting(id)", cadre.id)
    assert waiting == 0
    assert stored(cadre) == []


def test_an_arrival_is_asked_about_and_checked_in_only_by_a_press(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    began = clock.now() - timedelta(hours=1)
    there = StopPlan(name="临江一厂", radius_m=300, **FACTORY)
    with clock.at(began):
        trip = under_way(
            cadre, people.leader, tracking="track", stops=[there, replace(there, name="临江二厂")]
        )
    stayed = [fix(began + timedelta(seconds=60 + 30 * n), accuracy_m=10.0, **FACTORY) for n in range(41)]
    tracker(cadre).deliver(fixes(stayed))
    here = phone()
    page = here.sign_in(cadre)
    here.open(f"#/trip/{trip['id']}")
    expect(page.locator(".arrival")).to_have_count(2)
    expect(page.locator(".arrival").nth(0)).to_contain_text("在临江一厂内")
    assert made(cadre) == []
    page.locator(".arrival").nth(1).get_by_role("button", name="不是").click()
    expect(page.locator(".arrival")).to_have_count(1)
    page.reload()
    expect(page.locator(".arrival")).to_have_count(1)
    page.wait_for_timeout(1500)  # however long the question is read, one arrived when one arrived
    page.get_by_role("button", name="是，签到").click()
    expect(page.locator(".verdict-word")).to_have_text("在内")
    assert abs(fixed_at(cadre) - stayed[0].fixed_at_s) < 1
    assert made(cadre) == [("arrive", trip["stops"][0]["id"])]
    here.open(f"#/trip/{trip['id']}")
    expect(page.get_by_role("button", name="签到", exact=True)).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".arrival")).to_have_count(0)


def made(who: Someone) -> list[tuple[str, int | None]]:
    """The check-ins the server keeps of them: kind and stop."""
    db.session.rollback()
    found = db.session.execute(
        sa.select(Checkin.kind, Checkin.stop_id)
        .where(Checkin.person_id == who.id)
        .order_by(Checkin.received_at)
    )
    return [(row.kind, row.stop_id) for row in found]


def fixed_at(who: Someone) -> float:
    """When the position of their only check-in is of."""
    db.session.rollback()
    found = db.session.scalars(sa.select(Checkin.fixed_at).where(Checkin.person_id == who.id)).one()
    assert found is not None
    return found.timestamp()


def test_a_tracker_app_is_set_up_and_ended_by_one_press_and_says_what_was_not_kept(
    phone: NewPhone, cadre: Someone
) -> None:
    tracker(cadre, "traccar").deliver(fixes([fix(clock.now(), battery=0.46, **FACTORY)]))
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/trackers")
    page.get_by_role("radio", name="OwnTracks").check()
    page.get_by_role("button", name="生成设置").click()
    expect(page.get_by_role("link", name="用 OwnTracks 打开设置")).to_have_attribute(
        "href", re.compile("owntracks:")
    )
    assert (
        page.locator(".code img").evaluate("async (image) => (await image.decode(), image.naturalWidth)") > 0
    )
    expect(page.locator(".device")).to_have_count(2)
    expect(page.locator(".device").nth(0)).to_contain_text("OwnTracks")
    page.reload()
    expect(page.locator(".device").nth(0)).to_contain_text("还没有收到过")
    expect(page.locator(".device").nth(1)).to_contain_text("电量 46%")
    expect(page.locator(".counts")).to_have_text("当时不在任务中1")
    page.get_by_role("button", name="立即停用“OwnTracks”").click()
    expect(page.locator(".fold")).to_contain_text("已停用 1 个")
    expect(page.get_by_role("button", name="立即停用")).to_have_count(1)
