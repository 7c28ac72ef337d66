"""My log on the phone: what the server wrote, what one adds with or without a network, the same as a file."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from docx import Document
from playwright.sync_api import Page, expect

from server import clock
from server.db import db
from server.queries import logs as reads
from server.rules.checkins import VisitTold
from server.rules.logs import DayTold, Saving, named
from server.services import checkins, logs
from tests.people import County, Someone
from tests.phone.conftest import NewPhone, Phone
from tests.trips import told, under_way

pytestmark = pytest.mark.browser

MET = VisitTold(
    "outbound", enterprise="临江重工", contact="王建国", contact_post="董事长", outcome="达成意向"
)


def today() -> date:
    return clock.day_of(clock.now())


def on_a_trip(cadre: Someone, people: County) -> None:
    trip = under_way(cadre, people.leader)
    checkins.make(cadre.actor, told(trip, kind="visit", visit=MET))


def kept(who: Someone) -> dict[str, str] | None:
    """What stands in the log of their day on the server."""
    db.session.rollback()
    words: dict[str, str] | None = reads.read(who.actor, named(today().isoformat()))["days"][0]["words"]
    return words and {"remark": words["remark"], "plan": words["plan"]}


def opened(here: Phone, who: Someone) -> Page:
    page = here.sign_in(who)
    page.get_by_role("link", name="日志", exact=True).click()
    page.get_by_role("link", name="日", exact=True).click()
    expect(page.get_by_role("button", name="保存")).to_be_visible()
    return page


def test_the_log_has_written_itself_and_one_adds_to_it_and_takes_it_as_a_file(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    on_a_trip(cadre, people)
    page = opened(phone(), cadre)
    expect(page.locator(".entries")).to_contain_text("临江重工 · 王建国 董事长")
    page.locator("[name=remark]").fill("等对方回音")
    page.locator("[name=plan]").fill("上午去二厂")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("button", name="删除我写的")).to_be_visible()
    assert kept(cadre) == {"remark": "等对方回音", "plan": "上午去二厂"}
    for kind in ("周", "月"):
        page.get_by_role("link", name=kind, exact=True).click()
        expect(page.locator("main")).to_contain_text("在外 1 天")
        expect(page.locator("main")).to_contain_text("等对方回音")
    with page.expect_download() as begun:
        page.get_by_role("button", name="下载 Word").click()
    [trip, *_] = Document(str(begun.value.path())).tables
    assert trip.rows[1].cells[7].text == "临江重工\n王建国（董事长）"


def test_what_came_of_a_visit_is_added_later_and_the_check_in_stays(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    on_a_trip(cadre, people)
    page = opened(phone(), cadre)
    page.locator(".entry").click()
    expect(page.locator("main")).to_contain_text("签到本身不会改动")
    page.locator("[name=outcome]").fill("首期 2 亿元")
    page.reload()
    expect(page.locator("[name=outcome]")).to_have_value("首期 2 亿元")
    page.get_by_role("button", name="保存").click()
    expect(page.locator(".entry")).to_contain_text("成果：达成意向；首期 2 亿元")


def test_without_a_network_the_log_is_as_last_read_and_what_one_writes_arrives_later(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    on_a_trip(cadre, people)
    here = phone()
    page = opened(here, cadre)
    here.cut()
    page.get_by_role("link", name="全部签到").click()
    page.get_by_role("link", name="日", exact=True).click()
    expect(page.locator(".old")).to_contain_text("读到的内容")
    expect(page.locator(".entries")).to_contain_text("临江重工")
    page.locator("[name=remark]").fill("山里写的")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("article")).to_contain_text("山里写的")
    assert kept(cadre) is None
    here.reconnect(page)
    expect(page.locator(".delivery-kept")).to_have_count(1)
    assert kept(cadre) == {"remark": "山里写的", "plan": ""}


def test_what_was_changed_elsewhere_meanwhile_is_shown_and_never_overwritten_unseen(
    phone: NewPhone, cadre: Someone
) -> None:
    here = phone()
    page = opened(here, cadre)
    here.cut()
    page.locator("[name=remark]").fill("手机上写的")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("article")).to_contain_text("手机上写的")
    now = clock.now() - timedelta(seconds=1)
    logs.write(cadre.actor, today(), DayTold(Saving(uuid4(), None, now, now), remark="电脑上写的"))
    here.reconnect(page)
    expect(page.locator(".delivery-conflict")).to_have_count(1)
    page.get_by_role("button", name="改好再送").click()
    expect(page.locator("main")).to_contain_text("电脑上写的")
    expect(page.locator("[name=remark]")).to_have_value("手机上写的")
    page.locator("[name=remark]").fill("电脑上写的，手机上写的")
    page.get_by_role("button", name="保存").click()
    expect(page.locator("main")).not_to_contain_text("别处已改成")
    assert kept(cadre) == {"remark": "电脑上写的，手机上写的", "plan": ""}
