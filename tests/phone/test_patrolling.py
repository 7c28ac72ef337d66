"""A patrol on the phone: its checkpoints one by one, without a network too, and what was found."""

from datetime import time

import pytest
from playwright.sync_api import Page, expect

from server.db import db
from server.models.matters import Matter
from server.queries import patrols as reads
from server.queries.patrols import Asked
from server.rules.patrols import Checkpoint
from server.services import consents
from tests.patrols import POINTS, a_category, planned
from tests.people import County, Someone, person
from tests.phone.conftest import NewPhone
from tests.support.waiting import until

pytestmark = pytest.mark.browser


def todays(member: Someone) -> dict[str, object]:
    """The patrol that the member walks today."""
    db.session.rollback()
    found = reads.listed(member.actor, Asked(mine=True))["items"][-1]
    return reads.document(member.actor, reads.get(member.actor, found["id"]))


def states(member: Someone) -> list[str]:
    points = todays(member)["points"]
    assert isinstance(points, list)
    return [point["state"] for point in points]


def test_a_patrol_is_walked_checkpoint_by_checkpoint_without_a_network_too(
    phone: NewPhone, people: County
) -> None:
    member = person("赵田", people.township_a, ("grid_member", people.township_a))
    a_category()
    points = [
        Checkpoint(name, radius_m=100, **at) for name, at in zip(("老桥头", "水塘边"), POINTS, strict=True)
    ]
    facts = {"unit_id": people.township_a, "walker_ids": [member.id], "checkpoints": points}
    planned(people, title="早间巡查", opens=time(0), closes=time(23, 59), **facts)
    consents.give(member.actor, int(str(todays(member)["trip_id"])), "checkins")
    one = phone()
    page = one.sign_in(member)
    page.locator("details", has_text="今后的巡查").wait_for()
    page.locator("section a.trip", has_text="早间巡查").first.click()
    expect(page.get_by_text("还有 2 个（共 2 个）")).to_be_visible()
    page.get_by_role("button", name="开始巡查").click()
    one.confirm("开始任务")
    expect(page.get_by_text("进行中")).to_be_visible()
    one.stand(lng=POINTS[0]["lng"], lat=POINTS[0]["lat"], accuracy=8)
    page.get_by_role("link", name="在此签到").first.click()
    one.send()
    until(lambda: states(member) == ["reached", "open"])
    page.get_by_role("button", name="好的").click()
    page.get_by_role("link", name="早间巡查").click()
    expect(page.get_by_text("还有 1 个（共 2 个）")).to_be_visible()
    one.stand(lng=POINTS[1]["lng"], lat=POINTS[1]["lat"], accuracy=8)
    one.cut()
    page.get_by_role("link", name="在此签到").click()
    one.send()
    expect(page.locator("h1")).to_have_text("送达情况")
    page.goto(f"{one.url}/m/#/trip/{todays(member)['trip_id']}")
    expect(page.get_by_text("已签到，待发送")).to_be_visible()
    expect(page.get_by_text("2 个巡查点都到了")).to_be_visible()
    one.reconnect(page)
    until(lambda: states(member) == ["reached", "reached"])
    page.get_by_role("link", name="上报发现的问题").click()
    page.get_by_role("button", name="带上我现在的位置").click()
    expect(page.get_by_text("已带上位置")).to_be_visible()
    report(page, "护栏松动")
    expect(page.get_by_text("可以接着上报下一件")).to_be_visible()
    one.cut()
    report(page, "河堤裂缝")
    expect(page.locator("h1")).to_have_text("送达情况")
    one.reconnect(page)
    until(lambda: found_by(member) == [("护栏松动", POINTS[1]["lng"]), ("河堤裂缝", None)])


def report(page: Page, text: str) -> None:
    """Say what was found, and send it."""
    page.locator("[name=text]").fill(text)
    page.get_by_role("button", name="上报", exact=True).click()


def found_by(member: Someone) -> list[tuple[str, float | None]]:
    """What was found on the patrol of today, and at which longitude."""
    found = todays(member)["findings"]
    assert isinstance(found, list)
    rows = [db.session.get_one(Matter, each["id"], populate_existing=True) for each in found]
    return [(row.text, row.lng) for row in rows]
