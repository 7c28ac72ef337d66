"""How long a supervisor waits for a page in a browser: from asking for it until what it is opened for can be seen.

Debian's Chromium without a GPU, 1366 × 768, nothing kept from before; gunicorn with two gevent workers on the same
machine. The live map counts as painted once its areas are on the canvas, and the people on duty and the newest
check-ins in its lists; what the browser itself calls the first contentful paint is told beside it.
"""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

from playwright.sync_api import Browser, Page, sync_playwright

from bench.figures import goal
from bench.running import Ground
from server import gate
from server.models.people import Person
from server.services import looks, sessions
from server.services.sessions import Device
from server.transaction import transaction
from tests.support import serving

OPENED = 7
MAP_S, PAGE_S = 1.5, 1.0

PAINTED = """() => {
  const canvas = document.querySelector('#map canvas');
  if (!canvas || !canvas.width) return false;
  const seen = document.createElement('canvas');
  [seen.width, seen.height] = [64, 64];
  const pen = seen.getContext('2d');
  pen.drawImage(canvas, 0, 0, 64, 64);
  const pixels = pen.getImageData(0, 0, 64, 64).data;
  let painted = 0;
  for (let at = 3; at < pixels.length; at += 4) painted += pixels[at] > 0;
  const told = (id) => document.querySelectorAll(`#${id} [data-key]`).length > 0;
  const counted = document.querySelector('#people-count').textContent.trim() !== '';
  return painted > 400 && told('checkins') && counted;
}"""
"""Whether the map's canvas holds more than its ground, its list check-ins, and its tab says how many are on duty."""

TRIP_SHOWN = "() => document.querySelectorAll('#line .line-item').length > 0"
LOG_SHOWN = "() => document.querySelectorAll('#log tbody tr').length > 0"


@dataclass(frozen=True, slots=True)
class Opening:
    """One page, what says that it can be seen, and within how many seconds it should."""

    words: str
    path: str
    shown: str
    most_s: float


def measure(here: Ground, person: Person, trip_id: int) -> None:
    """Open each page so often, print the medians beside their goals."""
    pages = (
        Opening("live map, painted in a browser", "/", PAINTED, MAP_S),
        Opening("a trip's page in a browser", f"/trips/{trip_id}", TRIP_SHOWN, PAGE_S),
        Opening("the log of a month in a browser", "/log?period=month", LOG_SHOWN, PAGE_S),
    )
    secret = _sit_down(person, trip_id)
    with serving.serve(here.settings, workers=2) as served, _browser() as browser:
        for each in pages:
            took = [_open(browser, served.url, secret, each) for _ in range(OPENED)]
            _tell(each, took)


def _tell(each: Opening, took: list[tuple[float, float]]) -> None:
    """A page's median, its first opening, and when the browser first painted anything."""
    shown, painted = [one for one, _ in took], [first for _, first in took]
    words = f"{each.words} (first {shown[0]:.2f} s; first contentful paint {median(painted):.2f} s)"
    goal(words, median(shown), each.most_s, most=True, unit=" s")


def _sit_down(person: Person, trip_id: int) -> str:
    """A browser's session that has said why it looks; the secret for its cookie."""
    secret = sessions.new_secret()
    with transaction():
        session_id = sessions.begin(person, Device("browser", "bench", None), sessions.digest(secret))
    actor = sessions.standing_of(session_id).actor
    looks.give_reason(actor, "duty_watch")
    looks.give_reason(actor, "trip_review", trip_id)
    return secret


@contextmanager
def _browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


def _open(browser: Browser, url: str, secret: str, each: Opening) -> tuple[float, float]:
    """Seconds until a page can be seen, and until the browser painted anything."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.add_cookies([{"name": gate.COOKIE, "value": secret, "url": url}])
    page = context.new_page()
    began = time.perf_counter()
    page.goto(url + each.path, wait_until="commit")
    page.wait_for_function(each.shown, polling="raf")
    took = time.perf_counter() - began
    first = _first_paint(page)
    context.close()
    return took, first


def _first_paint(page: Page) -> float:
    """When the browser first painted anything of the page, in seconds."""
    told = page.evaluate(
        "() => performance.getEntriesByName('first-contentful-paint').map((entry) => entry.startTime)"
    )
    return float(told[0]) / 1000 if told else float("nan")
