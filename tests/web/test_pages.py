"""Every page: who may open it, what it tells the browser, in which language, and that data stays data."""

import re
from contextlib import closing

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import people as builders
from tests.people import County
from tests.web.conftest import SignedIn
from tests.web.html import Taken

PAGES = (
    "/",
    "/log",
    "/trips",
    "/trips/new",
    "/trips/1",
    "/trips/1/edit",
    "/areas",
    "/account",
    "/matters",
    "/projects",
    "/projects/1",
    "/flags/1",
    "/reviews",
    "/trackers",
    "/logs",
    "/reports",
    "/wall",
)
FOR_EVERYBODY = {"/log", "/trips", "/reviews", "/areas", "/account", "/matters", "/projects"}
HAN = re.compile(r"[\u4e00-\u9fff]+")
OUTSIDE = re.compile(r"^(?:https?:)?//")


def browser_of(signed_in: SignedIn, people: County, name: str) -> FlaskClient:
    return signed_in(getattr(people, name))


@pytest.mark.parametrize("address", PAGES)
def test_a_stranger_is_shown_the_way_in(client: FlaskClient, address: str) -> None:
    assert client.get(address).location.startswith("/sign-in")


@pytest.mark.parametrize("name", ["cadre", "grid_member", "supervisor", "leader", "administrator", "auditor"])
def test_whatever_the_navigation_offers_opens(signed_in: SignedIn, people: County, name: str) -> None:
    client = browser_of(signed_in, people, name)
    links = Taken(client.get("/", follow_redirects=True).text).all("a")
    offered = {link["href"] for link in links if link["href"].startswith("/") and "lang" not in link}
    assert offered >= FOR_EVERYBODY
    opened = {address: client.get(address, follow_redirects=True).status_code for address in offered}
    assert opened == dict.fromkeys(offered, 200)


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("cadre", "/trips"),
        ("grid_member", "/trips"),
        ("auditor", "/record"),
        ("supervisor_a", None),
        ("leader", None),
        ("administrator", None),
        ("administrator_a", None),
    ],
)
def test_everybody_begins_on_a_page_that_is_theirs(
    signed_in: SignedIn, people: County, name: str, home: str | None
) -> None:
    client = browser_of(signed_in, people, name)
    assert client.get("/").location == home


@pytest.mark.parametrize(("name", "record", "keeps"), [("supervisor", False, True), ("auditor", True, False)])
def test_the_navigation_offers_only_what_one_may_open(
    signed_in: SignedIn, people: County, name: str, record: bool, keeps: bool
) -> None:
    page = Taken(browser_of(signed_in, people, name).get("/", follow_redirects=True).text)
    offered = {link["href"] for link in page.all("a")}
    assert ("/record" in offered, "/people" in offered) == (record, keeps)


def test_a_page_that_is_not_ones_own_says_so_in_words(signed_in: SignedIn, people: County) -> None:
    answer = browser_of(signed_in, people, "cadre").get("/record")
    assert answer.status_code == 403
    page = Taken(answer.text)
    assert "这里的内容不在您的权限内" in page.words
    assert {"/trips", "/log", "/account"} <= {link["href"] for link in page.all("a")}


def test_an_address_that_is_not_there_says_so_in_words(client: FlaskClient) -> None:
    answer = client.get("/nowhere")
    assert answer.status_code == 404
    assert "没有这一页" in Taken(answer.text).words


@pytest.mark.parametrize("address", [*PAGES, "/people", "/sign-in", "/nowhere", "/m/"])
def test_no_page_has_inline_code_or_names_another_host(
    signed_in: SignedIn, people: County, address: str
) -> None:
    with closing(browser_of(signed_in, people, "leader").get(address, follow_redirects=True)) as answer:
        page = Taken(answer.text)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert all(f"{part} 'none'" in policy for part in ("frame-ancestors", "base-uri", "object-src"))
    assert not page.all("style")
    assert all("src" in script or script.get("type") == "application/json" for script in page.all("script"))
    for tag, attributes in page.tags:
        assert not [name for name in attributes if name == "style" or name.startswith("on")], tag
        targets = (attributes.get("src", ""), attributes.get("href", ""), attributes.get("action", ""))
        assert not any(OUTSIDE.match(target) for target in targets), tag


def test_pages_are_kept_by_no_cache_and_assets_by_every_one(signed_in: SignedIn, people: County) -> None:
    client = browser_of(signed_in, people, "supervisor")
    answer = client.get("/log")
    assert answer.headers["Cache-Control"] == "no-store"
    script = next(each["src"] for each in Taken(answer.text).all("script") if "src" in each)
    assert re.search(r"\?v=[0-9a-f]{12}$", script), "the pages are not bundled: make bundle"
    with client.get(script) as asset:
        assert "max-age=31536000" in asset.headers["Cache-Control"]


def test_the_language_switch_keeps_the_filters_and_is_remembered(signed_in: SignedIn, people: County) -> None:
    client = browser_of(signed_in, people, "supervisor")
    page = Taken(client.get("/log?verdict=outside").text)
    switch = next(link["href"] for link in page.all("a") if link.get("id") == "language")
    assert client.get(switch).location == "/log?verdict=outside"
    english = client.get("/log")
    assert Taken(english.text).all("html") == [{"lang": "en"}]
    assert Taken(english.text).data["lang"] == "en"
    assert client.get("/log?lang=zh", follow_redirects=True).text.startswith(
        '<!DOCTYPE html>\n<html lang="zh-CN">'
    )


@pytest.mark.parametrize("address", [*PAGES, "/people", "/sign-in", "/nowhere"])
def test_an_english_page_has_no_chinese_but_names(signed_in: SignedIn, people: County, address: str) -> None:
    client = browser_of(signed_in, people, "leader")
    client.get("/log?lang=en")
    page = Taken(client.get(address, follow_redirects=True).text)
    names = {"刘衡", "青溪县", "中文", "挂"}
    assert not {han for words in page.words for han in HAN.findall(words)} - names


def test_a_name_made_of_markup_stays_a_name(app: Flask, signed_in: SignedIn, people: County) -> None:
    nasty = '</script><img src=x onerror="alert(1)">𠮷'
    who = builders.person(nasty, people.root, ("supervisor", people.root))
    page = Taken(signed_in(who).get("/").text)
    assert page.data["me"]["name"] == nasty
    assert nasty in page.words
    assert all("onerror" not in given for given in page.all("img"))


def test_the_page_tells_its_script_who_reads_and_what_they_may(signed_in: SignedIn, people: County) -> None:
    told = Taken(browser_of(signed_in, people, "supervisor_a").get("/").text).data
    assert told["me"]["name"] == "吴清"
    assert "place.read" in told["me"]["permissions"]
    assert told["tiles"] is None
    assert told["words"] == {}
