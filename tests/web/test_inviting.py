"""Somebody new is invited by a link, opens it on their phone, and sets a password that nobody else ever saw."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.people import County
from tests.support.serving import Served
from tests.web.conftest import Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]

OWN = "Hong-Shan-2031!"


def test_a_new_person_opens_the_link_on_a_phone_and_signs_in_with_a_password_of_their_own(
    desk: Open, people: County, chromium: Browser, server: Served
) -> None:
    here = desk(people.administrator)
    page = here.open("/people")
    page.get_by_role("button", name="新建人员").click()
    page.locator("#ask-name").fill("宋新")
    page.locator("#ask-username").fill("songxin")
    page.get_by_role("dialog").get_by_role("button", name="建立").click()
    link = page.locator(".secret-link").inner_text()
    assert re.fullmatch(rf"{re.escape(server.url)}/invited#[\w-]{{43}}", link)
    page.get_by_role("button", name="知道了").click()
    expect(page.locator("#people tr").filter(has_text="宋新")).to_contain_text("尚未设定自己的密码")

    context = chromium.new_context(viewport={"width": 360, "height": 740}, locale="zh-CN")
    asked: list[str] = []
    phone = context.new_page()
    phone.on("request", lambda request: asked.append(request.url))
    phone.goto(link)
    expect(phone.get_by_label("用户名")).to_have_value("songxin")
    assert phone.url == f"{server.url}/invited"
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    phone.get_by_label("新密码").fill("songxin-1")
    phone.get_by_label("再输一次").fill("songxin-1")
    phone.get_by_role("button", name="设定密码").click()
    expect(phone.get_by_role("alert")).to_contain_text("密码不合要求")
    phone.get_by_label("新密码").fill(OWN)
    phone.get_by_label("再输一次").fill(OWN)
    phone.get_by_role("button", name="设定密码").click()
    expect(phone.get_by_role("status")).to_contain_text("songxin")
    assert [url for url in asked if link.partition("#")[2] in url] == []
    phone.get_by_role("link", name="去登录").click()
    phone.get_by_label("用户名").fill("songxin")
    phone.get_by_label("密码").fill(OWN)
    phone.get_by_role("button", name="登录").click()
    phone.wait_for_url("**/trips")
    phone.goto(link)
    expect(phone.locator("#invited")).to_contain_text("邀请链接已失效")
    context.close()
