"""A county with its people and areas, browsers that are signed in, and what is looked at in them."""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from server.config import Settings
from server.db import db
from server.gate import COOKIE
from server.geo.datum import Datum
from server.held import held
from server.models.people import Person
from server.services import areas, sessions
from server.services.sessions import Device
from server.transaction import transaction
from tests.people import County, Someone, county
from tests.support.lasting import Lasting
from tests.support.serving import Served

SignedIn = Callable[[Someone], FlaskClient]

COUNTY = shapely.box(118.40, 29.50, 118.60, 29.70)
EAST = shapely.box(118.50, 29.50, 118.60, 29.70)
WEST = shapely.box(118.40, 29.50, 118.50, 29.70)


@pytest.fixture
def people(app: Flask) -> County:
    """Everybody, in an otherwise empty county."""
    return county(app)


@pytest.fixture
def land(app: Flask) -> None:
    """A square county of two townships."""
    publish("county", {"青溪县": COUNTY})
    publish("township", {"东河镇": EAST, "西岭镇": WEST})


def publish(kind: str, shapes: dict[str, shapely.Polygon]) -> None:
    """Areas of a kind, by name."""
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shapely.geometry.mapping(shape)}
        for name, shape in shapes.items()
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    areas.import_file(None, data, f"{kind}.geojson", kind=kind, datum=Datum.WGS84, name_field="name")


def cookie_of(who: Someone) -> str:
    """The cookie of a new browser session of theirs, opened without the slow look at the password."""
    secret = sessions.new_secret()
    with transaction():
        person = db.session.get_one(Person, who.id)
        sessions.begin(person, Device("browser", "Firefox", None), cookie=sessions.digest(secret))
    return secret


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """A browser of its own without scripts, signed in as somebody."""

    def browser(who: Someone) -> FlaskClient:
        client = app.test_client()
        client.set_cookie(COOKIE, cookie_of(who))
        return client

    return browser


@pytest.fixture
def server(app: Flask, lasting: Lasting) -> Iterator[Served]:
    """The same application really running: one process, begun once in a run and made anew for each test."""
    with lasting.serve(held(Settings)) as served:
        yield served


@dataclass
class Desk:
    """A supervisor's browser, and what it did that it should not have done."""

    context: BrowserContext
    page: Page
    url: str
    wrong: list[str] = field(default_factory=list)

    def open(self, address: str) -> Page:
        """Go to a page."""
        self.page.goto(self.url + address)
        return self.page

    def say_why(self) -> None:
        """Answer the question why one looks, with the first ready-made reason."""
        dialog = self.page.get_by_role("dialog")
        expect(dialog).to_contain_text("被查看的人可以看到")
        dialog.get_by_role("radio").first.check()
        dialog.get_by_role("button", name="说明并查看").click()
        expect(dialog).to_have_count(0)


Open = Callable[[Someone], Desk]


@pytest.fixture
def desk(chromium: Browser, server: Served) -> Iterator[Open]:
    """Chromium signed in as somebody; at the end no page may have failed or asked another host for anything."""
    opened: list[Desk] = []

    def sign_in(who: Someone) -> Desk:
        context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        context.add_cookies([{"name": COOKIE, "value": cookie_of(who), "url": server.url}])
        made = Desk(context, context.new_page(), server.url)
        made.page.on("pageerror", lambda error: made.wrong.append(str(error)))
        made.page.on("request", lambda asked: _note_foreign(made, asked.url))
        made.page.on("console", lambda said: _note_policy(made, said.text))
        opened.append(made)
        return made

    yield sign_in
    wrong = [each for made in opened for each in made.wrong]
    for made in opened:
        made.context.close()
    assert wrong == []


def _note_foreign(desk: Desk, url: str) -> None:
    if not url.startswith((desk.url, "data:", "blob:")):
        desk.wrong.append(f"asked {url}")


def _note_policy(desk: Desk, text: str) -> None:
    if "Content Security Policy" in text:
        desk.wrong.append(text)


GROUND = "#map canvas:not(.map-people, .map-arrivals, .map-names)"
"""The canvases of areas and what OpenLayers draws over them."""


def near(page: Page, x: float, y: float, reach: int = 14, *, canvas: str = GROUND) -> set[tuple[int, ...]]:
    """The colours the map has painted around a point of it, on these canvases."""
    read = """([x, y, reach, canvas]) => [...document.querySelectorAll(canvas)].flatMap((canvas) => {
        const size = 2 * reach;
        const { data } = canvas.getContext("2d").getImageData(x - reach, y - reach, size, size);
        return Array.from({ length: size * size }, (_, at) => [...data.slice(4 * at, 4 * at + 3)]);
    })"""
    return {tuple(pixel) for pixel in page.evaluate(read, [int(x), int(y), reach, canvas])}


def alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two colours are the same to the eye."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) < 12


def under_card(page: Page) -> tuple[float, float]:
    """The place on the map that the card points at."""
    card, frame = page.locator(".map-card").bounding_box(), page.locator("#map").bounding_box()
    assert card is not None
    assert frame is not None
    return card["x"] + card["width"] / 2 - frame["x"], card["y"] + card["height"] + 14 - frame["y"]


def point_at(page: Page, row: Locator) -> None:
    """Point at a row of the list until its card shows: the list may be drawn anew under the pointer as news come."""
    give_up_at = time.monotonic() + 20.0
    while not page.locator(".map-card").is_visible() and time.monotonic() < give_up_at:
        page.mouse.move(5, 5)
        row.hover()
        page.wait_for_timeout(200)
    expect(page.locator(".map-card")).to_be_visible()
