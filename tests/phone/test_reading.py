"""Every page of the phone, read by a machine for those who cannot see it well: names, roles, order, contrast."""

from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from server.services import checkins, matters
from tests.people import County, Someone
from tests.phone.conftest import NewPhone
from tests.support.serving import TREE
from tests.trips import told, under_way

pytestmark = pytest.mark.browser

AXE = TREE / "node_modules" / "axe-core" / "axe.min.js"
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""Which of axe's rules are asked: WCAG 2.2 up to AA, and what its makers advise beyond."""


def faults(page: Page, tags: Sequence[str] = STANDARD) -> list[str]:
    """What axe finds wrong with the page as it stands: rule and elements."""
    found: list[dict[str, Any]] = page.evaluate(
        "tags => axe.run(document, { runOnly: tags, resultTypes: ['violations'] }).then((said) => said.violations)",
        list(tags),
    )
    return [f"{each['id']}: {node['html'][:120]}" for each in found for node in each["nodes"]]


def test_every_page_can_be_read_by_day_and_by_night(phone: NewPhone, cadre: Someone, people: County) -> None:
    trip = under_way(cadre, people.leader, tracking="track")
    said = checkins.make(cadre.actor, told(trip, note="见到厂长"))
    matter = matters.report(cadre.actor, kind="complaint", text="签到按钮太小", page="#/log")
    matters.answer(people.administrator.actor, matter["id"], "下一版改大")
    here = phone()
    page = here.page
    page.add_init_script(path=str(AXE))
    here.open()
    expect(page.locator("[name=username]")).to_be_visible()
    assert faults(page) == []
    here.sign_in(cadre)
    ways = ["", f"trip/{trip['id']}", f"consent/{trip['id']}", "checkin", "checkin?trip=none"]
    ways += [f"record/{said.document['id']}", "log", "plan", "me", "rights", "looks", "devices", "trackers"]
    ways += ["phone", "deliveries", "matters", "help/denied", "password"]
    wrong: dict[str, list[str]] = {}
    for way in ways:
        page.evaluate("way => { location.hash = way; }", f"#/{way}")
        page.wait_for_load_state("networkidle")
        page.emulate_media(color_scheme="light")
        wrong[way] = faults(page)
        page.emulate_media(color_scheme="dark")
        wrong[f"{way}, dark"] = faults(page, ["cat.color"])
    assert {way: found for way, found in wrong.items() if found} == {}
