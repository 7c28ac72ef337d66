"""What a phone keeps of a person and shows them: signing in, the log, who looked, devices, a complaint."""

import zipfile
from datetime import timedelta
from uuid import UUID

import pyotp
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from playwright.sync_api import expect

from server import clock
from server.db import db
from server.models.sessions import SignInSession
from server.services import checkins, factors, matters, notices, passwords, reviews, sessions, sweeps
from server.services.matters import Report
from tests.people import County, Someone
from tests.phone.conftest import NewPhone
from tests.positions import fix, fixes, rows
from tests.positions import phone as tracker
from tests.trips import FACTORY, told, under_way

pytestmark = pytest.mark.browser


def sittings(who: Someone) -> list[SignInSession]:
    """The sessions of somebody."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(SignInSession).where(SignInSession.person_id == who.id)))


def test_a_wrong_password_is_said_and_many_of_them_make_one_wait(phone: NewPhone, cadre: Someone) -> None:
    here = phone()
    page = here.open()
    here.enter(cadre, "wrong-password-1")
    expect(page.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(page.locator("[name=username]")).to_have_value(cadre.username)
    for _ in range(4):
        with page.expect_response("**/api/v1/sessions"):
            here.enter(cadre, "wrong-password-1")
        expect(page.get_by_role("alert")).to_be_visible()
    here.enter(cadre)
    expect(page.get_by_role("alert")).to_contain_text("尝试次数过多")


def test_the_code_of_the_second_factor_is_asked_for_and_a_recovery_code_will_do(
    phone: NewPhone, cadre: Someone
) -> None:
    with clock.at(clock.now() - timedelta(minutes=2)):
        app = pyotp.TOTP(factors.begin(cadre.actor, password=cadre.password).seed)
        codes = factors.confirm(cadre.actor, app.at(clock.now()))
    page = phone().open()
    here = page.locator("[name=code]")
    page.locator("[name=username]").fill(cadre.username)
    page.locator("[name=password]").fill(cadre.password)
    page.get_by_role("button", name="登录", exact=True).click()
    here.fill("000000")
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("验证码不正确")
    here.fill(codes[0])
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()


def test_a_phone_has_one_number_of_its_own_through_signing_out(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/me")
    page.get_by_role("button", name="退出登录").click()
    here.confirm("退出登录")
    here.enter(people.colleague)
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()
    number = UUID(page.evaluate("localStorage.getItem('guatu.device')"))
    assert [one.device_id for one in (*sittings(cadre), *sittings(people.colleague))] == [number, number]


def test_a_password_set_by_somebody_else_is_replaced_before_anything_else(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    given = passwords.reset(people.administrator.actor, cadre.id, None)
    assert given is not None
    here = phone()
    page = here.open()
    here.enter(cadre, given)
    expect(page.locator("main")).to_contain_text("请先换一个自己的密码")
    here.open("#/log")
    expect(page.get_by_role("heading", name="修改密码")).to_be_visible()
    for name, value in (("old", given), ("new", "Hong-Shan-2031!"), ("again", "Hong-Shan-2031!")):
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="换成新密码").click()
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()


def test_a_session_ended_elsewhere_leads_to_signing_in_and_loses_nothing(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    page.locator("[name=note]").fill("见到厂长")
    expect(page.locator(".figure")).to_have_text("15 米")
    sessions.end(cadre.actor, sittings(cadre)[0].id)
    here.send()
    expect(page.locator("main")).to_contain_text("登录已结束，请重新登录")
    here.enter(cadre)
    expect(page.get_by_role("heading", name="我的任务")).to_be_visible()
    here.open("#/deliveries")
    expect(page.locator("article")).to_contain_text("见到厂长")
    expect(page.locator(".verdict-link")).to_contain_text("在内")


def test_ones_log_goes_by_shanghai_days_whatever_the_phones_zone(phone: NewPhone, cadre: Someone) -> None:
    midnight = (clock.now() - timedelta(days=3)).replace(hour=16, minute=0, second=0, microsecond=0)
    for minutes in (-5, 5):
        at = midnight + timedelta(minutes=minutes)
        checkins.make(cadre.actor, told(made_at=at, fixed_at=at, sent_at=None, note=f"{minutes}"))
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("link", name="日志", exact=True).click()
    expect(page.locator(".entries")).to_have_count(2)
    for n, (minutes, time) in enumerate(((5, "00:05"), (-5, "23:55"))):
        day = clock.day_of(midnight + timedelta(minutes=minutes))
        expect(page.locator("main h2").nth(n)).to_contain_text(f"{day.month}月{day.day}日")
        expect(page.locator("time").nth(n)).to_have_text(time)


def test_one_reads_who_looked_and_why(
    phone: NewPhone, cadre: Someone, people: County, client: FlaskClient
) -> None:
    trip = under_way(cadre, people.leader)
    checkins.make(cadre.actor, told(trip))
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/looks")
    expect(page.locator("main")).to_contain_text("还没有人看过")
    supervisor = people.supervisor.sign_in(client)
    client.post("/api/v1/looks", json={"reason": "trip_review", "trip_id": trip["id"]}, headers=supervisor)
    client.get(f"/api/v1/log?trip_id={trip['id']}", headers=supervisor)
    page.reload()
    expect(page.locator(".look")).to_contain_text("王鉴")
    expect(page.locator(".look")).to_contain_text(trip["title"])


def test_the_bell_leads_to_what_concerns_one_and_the_last_of_it_is_there_without_a_network(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    journey = under_way(cadre, people.leader)
    with clock.at(
        clock.day_starts_at(clock.day_of(clock.now())) - timedelta(hours=12)
    ):  # outside quiet hours
        notices.tell()
    here = phone()
    page = here.sign_in(cadre)
    expect(page.locator(".bell")).to_have_attribute("aria-label", "提醒，1 条未读")
    page.locator(".bell").click()
    expect(page.locator(".told.unread")).to_contain_text(f"行程“{journey['title']}”已批准")
    here.cut()
    page.locator(".tabs a").first.click()
    page.locator(".bell").click()
    expect(page.locator(".told")).to_contain_text("已批准")
    expect(page.locator("main .old")).to_be_visible()
    here.reconnect(page)
    page.locator(".told").click()
    expect(page.get_by_role("heading", name="任务", exact=True)).to_be_visible()
    expect(page.locator(".bell-count")).to_be_hidden()


def test_one_finds_ones_rights_in_one_place_and_takes_all_that_is_held(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = under_way(cadre, people.leader)
    checkins.make(cadre.actor, told(trip, note="见到厂长"))
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("link", name="我的", exact=True).click()
    page.get_by_role("link", name="我的权利").click()
    expect(page.get_by_role("link", name=trip["title"])).to_contain_text("已同意：签到时使用位置")
    with page.expect_download() as download:
        page.get_by_role("button", name="下载我的全部资料").click()
    with zipfile.ZipFile(download.value.path()) as copy:
        assert "见到厂长" in copy.read("checkins.json").decode()
    expect(page.locator(".notice.good")).to_contain_text("已交给浏览器保存")
    page.get_by_role("button", name="下载我的全部资料").click()
    expect(page.get_by_role("alert")).to_contain_text("刚刚下载过")
    page.get_by_role("link", name=trip["title"]).click()
    page.get_by_role("button", name="撤回同意").click()
    here.confirm("撤回同意")
    expect(page.locator("main")).to_contain_text("您已撤回同意")
    here.open("#/rights")
    expect(page.get_by_role("link", name=trip["title"])).to_contain_text("您已撤回同意")


def test_an_answer_to_a_complaint_is_read_where_it_was_made(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    said = matters.report(cadre.actor, Report("complaint", "签到按钮太小", "#/log"))
    matters.answer(people.administrator.actor, said["id"], "下一版改大")
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/matters")
    expect(page.locator(".matter")).to_contain_text("下一版改大")
    expect(page.locator("main")).to_contain_text("督查和领导看不到")


def test_one_erases_ones_own_track_of_a_duty_that_ended_by_itself(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    with clock.at(clock.now() - timedelta(days=5)):
        trip = under_way(cadre, people.leader, tracking="track")
        at = clock.now() + timedelta(minutes=1)
    with clock.at(at + timedelta(minutes=1)):
        tracker(cadre).deliver(fixes([fix(at, **FACTORY)]))
    assert all(each.did for each in sweeps.run())
    here = phone()
    page = here.sign_in(cadre)
    here.open(f"#/trip/{trip['id']}")
    expect(page.locator("main")).to_contain_text("超过计划结束时间 12 小时无人结束")
    page.get_by_role("link", name="我的位置同意").click()
    page.get_by_role("button", name="删除我的轨迹").click()
    here.confirm("删除我的轨迹")
    expect(page.locator("main")).to_contain_text("如不希望如此，请撤回同意")
    assert rows("fixes WHERE person_id = " + str(cadre.id), "at") == []


def test_one_blanks_ones_own_check_in_and_its_fact_stays(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    said = told(under_way(cadre, people.leader), note="二号车间")
    checkins.make(cadre.actor, said)
    here = phone()
    page = here.sign_in(cadre)
    here.open(f"#/record/{said.id}")
    expect(page.locator("main")).to_contain_text("二号车间")
    page.get_by_role("button", name="清除个人内容").click()
    here.confirm("清除个人内容")
    expect(page.locator("main")).to_contain_text("位置已按要求删除")
    expect(page.locator("main")).not_to_contain_text("二号车间")
    expect(page.locator(".verdict-word")).to_have_text("在内")
    expect(page.get_by_role("button", name="清除个人内容")).to_have_count(0)


def test_one_ends_the_session_of_another_device(phone: NewPhone, cadre: Someone) -> None:
    other = phone()
    other.sign_in(cadre)
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/devices")
    expect(page.locator(".device")).to_have_count(2)
    page.get_by_role("button", name="让它退出").click()
    here.confirm("让它退出")
    expect(page.locator(".device")).to_have_count(1)
    other.page.get_by_role("link", name="日志", exact=True).click()
    expect(other.page.locator("main")).to_contain_text("登录已结束")


def test_a_complaint_from_any_page_reaches_the_county_with_its_page(phone: NewPhone, cadre: Someone) -> None:
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/log")
    page.get_by_role("link", name="投诉建议").click()
    page.get_by_role("radio", name="投诉").check()
    page.locator("[name=text]").fill("签到按钮太小")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("main")).to_contain_text("已经收下")
    expect(page.locator(".matter")).to_contain_text("签到按钮太小")


@pytest.mark.parametrize("width", [360, 320])
def test_no_page_is_wider_than_the_phone_in_either_language_and_size(
    phone: NewPhone, cadre: Someone, people: County, width: int
) -> None:
    trip = under_way(cadre, people.leader)
    checkins.make(cadre.actor, told(trip))
    here = phone(width=width)
    page = here.sign_in(cadre)
    ways = [
        "",
        f"trip/{trip['id']}",
        f"consent/{trip['id']}",
        "checkin",
        "log",
        "logs",
        f"logs/{clock.day_of(clock.now()):%Y-%m}",
        "me",
        "devices",
        "phone",
        "trackers",
        "deliveries",
        "plan",
        "matters",
        "rights",
        "looks",
        "help",
    ]
    for choice in ("English · usual", "English · large"):
        page.locator(".lang" if "usual" in choice else "[aria-pressed]").click()
        for way in ways:
            here.open(f"#/{way}")
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, (way, choice)
    expect(page.locator("h1")).to_have_text("Help with positions")


def test_what_a_supervisor_asks_stands_first_in_the_log_and_is_answered_there(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    said = told(under_way(cadre, people.leader))
    checkins.make(cadre.actor, said)
    reviews.review(people.supervisor.actor, said.id, "query", "为何提前离开?")
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("link", name="有 1 次签到等您答复").click()
    first = page.locator("section", has_text="等您答复")
    first.get_by_role("link").click()
    page.locator("[name=answer]").fill("对方临时改期")
    page.get_by_role("button", name="答复").click()
    expect(page.locator(".reviews")).to_contain_text("对方临时改期")
    here.open("#/log")
    expect(page.locator("main")).to_contain_text("临江一厂")
    expect(page.locator("main")).not_to_contain_text("等您答复")
    here.open("#/")
    expect(page.get_by_text("计划新任务")).to_be_visible()
    expect(page.locator("main")).not_to_contain_text("等您答复")


def test_the_first_page_does_without_what_waits_for_an_answer(phone: NewPhone, cadre: Someone) -> None:
    here = phone()
    here.page.route("**/api/v1/reviews?**", lambda route: route.abort())
    page = here.sign_in(cadre)
    expect(page.get_by_text("计划新任务")).to_be_visible()


def test_what_is_not_there_leads_back_rather_than_to_another_try(phone: NewPhone, cadre: Someone) -> None:
    here = phone()
    page = here.sign_in(cadre)
    here.open("#/trip/99999")
    expect(page.locator(".notice")).to_contain_text("没有找到")
    expect(page.get_by_role("button", name="再试一次")).to_have_count(0)
    page.get_by_role("button", name="回到任务").click()
    expect(page.locator("h1")).to_have_text("我的任务")
