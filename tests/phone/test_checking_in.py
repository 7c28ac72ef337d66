"""Checking in from a phone, in real Chromium against the server really running."""

import re
from uuid import UUID

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Route, expect

from server.db import db
from server.models.checkins import Checkin
from server.models.trips import Trip
from server.services import consents
from tests.people import County, Someone
from tests.phone.conftest import NewPhone, Phone
from tests.trips import FACTORY, approved, under_way

pytestmark = pytest.mark.browser


def kept(who: Someone) -> list[UUID]:
    """The check-ins of theirs that the server has now, by their ids."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Checkin.id).where(Checkin.person_id == who.id)))


def shape_of(page: Page) -> str:
    """What the verdict's shape is drawn of: a disc, a half, a ring, a bar."""
    return str(page.locator(".verdict .shape").inner_html())


def test_a_cadre_starts_a_duty_consents_and_reads_the_verdict(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = approved(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("link", name=trip["title"]).click()
    page.get_by_role("button", name="开始任务").click()
    here.confirm("开始任务")
    expect(page.get_by_role("heading", name="位置使用同意书")).to_be_visible()
    expect(page.locator(".reading")).to_contain_text("我可以随时撤回同意")
    page.get_by_role("button", name="我同意").click()
    expect(page.locator(".rows")).to_contain_text("已同意：签到时使用位置")
    here.stand()  # measured anew: a position from before the consent would not be kept
    page.get_by_role("button", name="签到").click()
    expect(page.locator(".away")).to_contain_text("约在内，离边界 300 米")
    here.send()
    expect(page.locator(".verdict-word")).to_have_text("在内")
    expect(page.locator(".verdict")).to_contain_text("精度 15 米")
    expect(page.locator(".facts").first).to_contain_text("青溪县 › 东河镇")
    assert 'class="full"' in shape_of(page)
    assert len(kept(cadre)) == 1


@pytest.mark.parametrize(
    ("accuracy", "lng", "word", "shape"),
    [(900, FACTORY["lng"], "不确定", "M12 3a9 9 0 0 0 0 18z"), (15, FACTORY["lng"] + 0.05, "在外", "ring")],
)
def test_a_verdict_is_told_by_word_and_by_shape(
    phone: NewPhone, cadre: Someone, people: County, accuracy: float, lng: float, word: str, shape: str
) -> None:
    under_way(cadre, people.leader)
    here = phone()
    here.stand(lng=lng, accuracy=accuracy)
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    expect(page.locator(".figure")).to_have_text(f"{accuracy} 米")
    dot, ring = page.locator(".dot").bounding_box(), page.locator(".blur").bounding_box()
    assert dot is not None
    assert ring is not None
    assert ring["width"] > dot["width"] * 1.5, "the circle is hidden under the dot"
    here.send()
    expect(page.locator(".verdict-word")).to_have_text(word)
    drawn = shape_of(page)
    assert shape in drawn
    assert ('class="full"' in drawn) == (word == "不确定")


def test_without_permission_the_check_in_is_kept_and_help_is_shown(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    here = phone(permitted=False)
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    expect(page.locator(".notice.warn")).to_contain_text("浏览器没有获得定位权限")
    expect(page.locator(".notice.warn")).to_contain_text("不带位置也可以签到")
    here.send()
    here.confirm("不带位置送出")
    expect(page.locator(".verdict-word")).to_have_text("未判定")
    expect(page.locator(".notice")).to_contain_text("这次签到没有位置")
    assert len(kept(cadre)) == 1


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 14) MicroMessenger/8.0.50", "微信里：用的是微信的定位权限"),
        ("Mozilla/5.0 (Linux; Android 14) AliApp(DingTalk/7.6.0)", "钉钉里：请在手机设置里允许钉钉使用位置"),
    ],
)
def test_inside_a_chat_app_its_own_permission_is_told_first(
    phone: NewPhone, cadre: Someone, people: County, agent: str, words: str
) -> None:
    under_way(cadre, people.leader)
    here = phone(permitted=False, agent=agent)
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    expect(page.locator(".stage .steps li").first).to_contain_text(words)


def test_after_withdrawing_consent_no_position_is_read_or_kept(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = under_way(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    here.open(f"#/consent/{trip['id']}")
    page.get_by_role("button", name="撤回同意").click()
    here.confirm("撤回同意")
    expect(page.locator(".notice")).to_contain_text("您已撤回同意")
    here.open(f"#/checkin?trip={trip['id']}")
    expect(page.locator(".stage")).to_contain_text("您没有同意使用位置")
    expect(page.locator(".minimap")).to_have_count(0)
    here.send()
    expect(page.locator(".verdict-word")).to_have_text("未判定")
    assert len(kept(cadre)) == 1


def test_a_position_that_comes_after_consent_was_withdrawn_elsewhere_is_not_kept(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = under_way(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    expect(page.locator(".figure")).to_have_text("15 米")
    consents.withdraw(cadre.actor, trip["id"])
    here.send()
    expect(page.locator(".verdict-word")).to_have_text("未判定")
    expect(page.locator(".notice")).to_contain_text("没有同意使用位置，所以没有保存位置")


def test_outside_any_duty_one_position_is_used_once_it_is_allowed(phone: NewPhone, cadre: Someone) -> None:
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("button", name="临时签到").click()
    expect(page.locator(".stage")).to_contain_text("这次签到不带位置")
    page.get_by_label("同意使用这一次的位置").check()
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.locator(".kept")).to_be_visible()
    expect(page.locator(".minimap .dot")).to_be_visible()
    expect(page.locator(".facts").first).to_contain_text("青溪县 › 东河镇")
    expect(page.locator(".facts").first).to_contain_text("临时签到")
    assert len(kept(cadre)) == 1


def test_whom_we_met_is_written_down_with_an_amount_or_without(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    trip = under_way(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    page.get_by_text("见了谁").click()
    page.locator("[name=visit_enterprise]").fill("临江一厂")
    page.locator("[name=visit_contact]").fill("𠮷先生")
    page.locator("[name=visit_amount]").fill("1.5")
    page.locator("[name=visit_amount_unit]").select_option("亿元")
    draft = page.evaluate("async (id) => (await import('/m/src/drafts.js')).get(id)", trip["id"])
    assert draft["visit"]["amount_unit"] == "亿元"
    page.reload()
    expect(page.locator("[name=visit_contact]")).to_have_value("𠮷先生")
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.locator(".facts").nth(1)).to_contain_text("1.5 亿元")
    expect(page.locator(".facts").nth(1)).to_contain_text("𠮷先生")
    page.get_by_role("button", name="好的").click()
    page.get_by_role("button", name="签到").click()
    page.get_by_text("见了谁").click()
    page.locator("[name=visit_enterprise]").fill("临江二厂")
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.locator(".facts").nth(1)).to_contain_text("临江二厂")
    assert len(kept(cadre)) == 2


def lose_answers(page: Page) -> None:
    """Let check-ins reach the server, and their answers get lost."""

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route(re.compile("/api/v1/checkins$"), lose)


def lost_one(here: Phone, who: Someone, *, lasting: bool = False) -> Page:
    """A phone whose check-in was received, and does not know it; `lasting`: answers go on getting lost."""
    page = here.sign_in(who)
    lose_answers(page)
    page.get_by_role("button", name="签到").click()
    page.locator("[name=note]").fill("见到厂长")
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.get_by_role("heading", name="送达情况")).to_be_visible()
    if not lasting:
        page.unroute_all(behavior="wait")
    return page


def test_a_check_in_whose_answer_was_lost_is_sent_again_and_kept_once(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    page = lost_one(phone(), cadre)
    before = kept(cadre)
    page.reload()
    expect(page.locator("article")).to_contain_text("见到厂长")
    expect(page.locator(".delivery-kept")).to_be_visible()
    expect(page.locator(".verdict-link")).to_contain_text("在内")
    assert kept(cadre) == before
    assert len(before) == 1


def test_without_a_network_a_check_in_waits_on_the_phone(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    expect(page.locator(".figure")).to_have_text("15 米")
    here.cut()
    expect(page.locator(".offline")).to_be_visible()
    here.send()
    expect(page.locator("main")).to_contain_text("已存在本机，不会丢")
    expect(page.locator(".delivery-waiting")).to_be_visible()
    assert kept(cadre) == []
    here.reconnect(page)
    expect(page.locator(".verdict-link")).to_contain_text("在内")
    assert len(kept(cadre)) == 1


def test_a_conflict_is_told_with_its_reason_and_is_the_persons_to_discard(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    page = lost_one(phone(), cadre, lasting=True)
    page.evaluate(
        """async () => {
            const queue = await import("/m/src/queue.js");
            const [item] = await queue.mine();
            await queue.change(item.number, { told: { ...item.told, note: "改过的备注" } });
        }"""
    )
    page.unroute_all(behavior="wait")
    page.get_by_role("button", name="马上送出").click()
    expect(page.locator(".delivery-conflict")).to_be_visible()
    expect(page.locator("article [role=alert]")).to_contain_text("内容")
    page.get_by_role("button", name="不要了").click()
    page.get_by_role("dialog").get_by_role("button", name="不要了").click()
    expect(page.locator("main")).to_contain_text("都送达了")
    assert len(kept(cadre)) == 1


def test_a_refused_check_in_names_what_is_wrong_and_can_be_corrected(
    phone: NewPhone, cadre: Someone, people: County
) -> None:
    under_way(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("button", name="签到").click()
    page.get_by_text("见了谁").click()
    page.locator("[name=visit_amount]").fill("一亿")
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.locator("article [role=alert]")).to_contain_text("应为金额")
    page.get_by_role("button", name="改好再送").click()
    page.locator("[name=visit_amount]").fill("1")
    expect(page.locator(".figure")).to_have_text("15 米")
    here.send()
    expect(page.locator(".facts").nth(1)).to_contain_text("1 万元")
    assert len(kept(cadre)) == 1


def test_a_duty_is_completed_with_its_outcome(phone: NewPhone, cadre: Someone, people: County) -> None:
    trip = under_way(cadre, people.leader)
    here = phone()
    page = here.sign_in(cadre)
    page.get_by_role("link", name=trip["title"]).click()
    page.get_by_text("结束任务").click()
    page.locator("[name=outcome]").fill("达成意向")
    page.get_by_role("button", name="确认结束").click()
    expect(page.locator(".trip")).to_contain_text("已完成")
    db.session.rollback()
    assert db.session.get_one(Trip, trip["id"]).outcome == "达成意向"
