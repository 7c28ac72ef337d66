"""Phones: Chromium the size of one, with a position or without, and what each did that it should not have done."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect

from server.config import Settings
from server.db import db
from server.held import held
from tests.people import County, Someone, county, person
from tests.support import databases, tunnel
from tests.support.lasting import Lasting
from tests.support.serving import Served
from tests.support.tunnel import Tunnel
from tests.trips import FACTORY
from tests.web.conftest import COUNTY, EAST, publish


@pytest.fixture(scope="module")
def app(spatialite_app: Flask) -> Iterator[Flask]:
    """The application, emptied once for all tests of a module: each brings a cadre of its own."""
    databases.empty(spatialite_app)
    with spatialite_app.app_context():
        yield spatialite_app


@pytest.fixture(scope="module")
def people(app: Flask) -> County:
    """Everybody, in a county with one township on the map."""
    publish("county", {"青溪县": COUNTY})
    publish("township", {"东河镇": EAST})
    return county(app)


@pytest.fixture(scope="module")
def server(people: County, lasting: Lasting) -> Iterator[Served]:
    """The application really running, once for all tests of a module."""
    with lasting.serve(held(Settings)) as served:
        yield served


@pytest.fixture
def cadre(people: County) -> Someone:
    """Somebody who has done nothing yet."""
    db.session.rollback()  # what the last test was reading has changed since
    return person("陈晓", people.township_a, ("cadre", people.township_a))


@dataclass
class Phone:
    """One phone, and what it did that it should not have done."""

    context: BrowserContext
    page: Page
    way: Tunnel
    wrong: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the phone finds the server."""
        return self.way.url

    def cut(self) -> None:
        """Take the network away, and let the pages that are open know."""
        self.way.cut()
        self.context.set_offline(True)

    def reconnect(self, page: Page) -> None:
        """Bring the network back."""
        self.way.restore()
        self.back_online(page)

    def back_online(self, page: Page) -> None:
        """Let the pages know of a network; Chromium does not tell a page that was opened while cut off."""
        self.context.set_offline(False)
        page.evaluate("dispatchEvent(new Event('online'))")

    def open(self, way: str = "#/") -> Page:
        """Go to a page of the app by its way, such as `#/log`."""
        self.page.goto(f"{self.url}/m/{way}")
        return self.page

    def enter(self, who: Someone, password: str = "") -> Page:
        """Fill in the sign-in form and send it."""
        self.page.locator("[name=username]").fill(who.username)
        self.page.locator("[name=password]").fill(password or who.password)
        self.page.get_by_role("button", name="登录", exact=True).click()
        return self.page

    def sign_in(self, who: Someone) -> Page:
        """Sign in from the first page on, and wait until the duties are there."""
        self.open()
        self.enter(who)
        expect(self.page.get_by_role("heading", name="我的任务")).to_be_visible()
        return self.page

    def stand(
        self, *, lng: float = FACTORY["lng"], lat: float = FACTORY["lat"], accuracy: float = 15
    ) -> None:
        """Put the phone somewhere; accuracy in metres."""
        self.context.set_geolocation({"longitude": lng, "latitude": lat, "accuracy": accuracy})

    def send(self) -> None:
        """Press the button that sends the check-in."""
        self.page.get_by_role("button", name="送出签到").click()

    def confirm(self, name: str) -> None:
        """Answer the question over the page."""
        self.page.get_by_role("dialog").get_by_role("button", name=name).click()


NewPhone = Callable[..., Phone]


@pytest.fixture
def phone(chromium: Browser, server: Served) -> Iterator[NewPhone]:
    """Makes phones; at the end none may have failed, broken the policy, or asked another host for anything.

    With `offline` the app is kept on the phone by its service worker; else that is left out, which is quicker.
    """
    made: list[Phone] = []
    ways = ExitStack()

    def new(
        *, permitted: bool = True, width: int = 360, offline: bool = False, agent: str | None = None
    ) -> Phone:
        context = chromium.new_context(
            service_workers="allow" if offline else "block",
            viewport={"width": width, "height": 740},
            locale="zh-CN",
            user_agent=agent,
            timezone_id="Asia/Urumqi",
            has_touch=True,
            is_mobile=True,
            permissions=["geolocation"] if permitted else [],
        )
        one = Phone(context, context.new_page(), ways.enter_context(tunnel.dig(server.port)))
        one.page.on("pageerror", lambda error: one.wrong.append(str(error)))
        one.page.on("request", lambda asked: _note_foreign(one, asked.url))
        one.page.on("console", lambda said: _note_error(one, said.type, said.text))
        one.stand()
        made.append(one)
        return one

    with ways:
        yield new
        wrong = _ended(made)
    assert wrong == []


def _ended(made: list[Phone]) -> list[str]:
    """Put the phones away; what they did that they should not have done."""
    for one in made:
        one.context.close()
    return [each for one in made for each in one.wrong]


def _note_foreign(phone: Phone, url: str) -> None:
    if not url.startswith((phone.url, "data:", "blob:")):
        phone.wrong.append(f"asked {url}")


def _note_error(phone: Phone, kind: str, text: str) -> None:
    """The browser's own line about an answer of 4xx is no error of the app's, nor is the blocking of the worker."""
    own = ("Failed to load resource", "Service Worker registration blocked by Playwright")
    if kind in {"error", "warning"} and not text.startswith(own):
        phone.wrong.append(text)
