"""A bulletin at the desk: drafted, worded, approved by another, published; a number on it opens what made it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from server import clock
from tests import bulletins
from tests.people import County
from tests.web.conftest import Open

pytestmark = pytest.mark.parametrize("app", ["spatialite"], indirect=True)  # the doors are tried on both


@pytest.fixture
def month(people: County) -> str:
    """A month two months ago in which an office solved a matter in time. Its name."""
    last = clock.month_of(clock.now())
    for _ in range(2):
        last = clock.month_of(
            clock.day_starts_at(last) - (clock.day_ends_at(last) - clock.day_starts_at(last))
        )
    with clock.at(clock.day_starts_at(last)):
        folk = bulletins.made(people)
    bulletins.lived(folk, folk.offices[0], bulletins.shanghai(last.year, last.month, 6))
    return f"{last:%Y-%m}"


def press(page: Page, name: str, then: Callable[[], None] = lambda: None) -> None:
    """Press a button of the bulletin and say yes."""
    page.locator("#head").get_by_role("button", name=name, exact=True).click()
    dialog = page.get_by_role("dialog")
    then()
    dialog.get_by_role("button", name=name, exact=True).click()
    expect(dialog).to_have_count(0)


def test_a_bulletin_goes_from_its_draft_to_everybody_and_its_numbers_open(
    desk: Open, people: County, month: str
) -> None:
    page = desk(people.supervisor).open("/bulletins")
    page.get_by_role("button", name="起草通报").click()
    page.get_by_label("时段").select_option(month)
    page.get_by_role("dialog").get_by_role("button", name="起草", exact=True).click()
    expect(page.locator("#head")).to_contain_text("草稿")
    page.get_by_label("文号").fill("青督通〔2026〕1号")
    page.get_by_role("button", name="保存文字").click()
    expect(page.locator(".toast")).to_contain_text("已保存")
    expect(page.locator("#head").get_by_role("button", name="审定")).to_have_count(0)

    leader = desk(people.leader).open(page.url.replace(page.url.split("/bulletins")[0], ""))
    press(leader, "审定")
    expect(leader.locator("#head")).to_contain_text("已审定")

    page.reload()
    press(page, "发布")
    expect(page.locator("#end")).to_contain_text("与发布时一致")

    cadre = desk(people.cadre).open(page.url.replace(page.url.split("/bulletins")[0], ""))
    row = cadre.get_by_role("row").filter(has_text="甲镇")
    row.get_by_role("button", name="1/1").first.click()
    expect(cadre.get_by_role("dialog")).to_contain_text("计入")
    cadre.get_by_role("button", name="知道了").click()
    cadre.set_viewport_size({"width": 360, "height": 740})
    assert cadre.evaluate("document.documentElement.scrollWidth") == 360


def test_the_county_s_administrator_rules_the_boards_and_others_may_not_look(
    desk: Open, people: County, month: str
) -> None:
    page = desk(people.administrator).open(f"/boards?month={month}")
    expect(page.locator("#board")).to_contain_text("甲镇")
    page.get_by_role("button", name="设定规则").click()
    page.get_by_label("原因").fill("试行")
    page.get_by_role("dialog").get_by_role("button", name="设定", exact=True).click()
    expect(page.locator("#rules")).to_contain_text("试行")
    refused = desk(people.cadre).open("/boards")
    expect(refused.locator("body")).to_contain_text("权限")
