"""How long the phone app takes to open for the first time: `python -m bench.first_use`.

Debian's Chromium with its CPU slowed four times, over a link of 1.6 Mbit/s with 150 ms to and fro (Lighthouse's slow
4G), nothing kept: from asking for the page until the form can be typed in. Beside it the same with nothing packed on
the way, a second opening, and one without a network.
"""

import argparse
import shutil
import time
from collections.abc import Callable
from statistics import median

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from bench.running import ground
from tests.support import serving

GOAL_S = 2.0
SLOWED = 4
LINK = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1.6e6 / 8,
    "uploadThroughput": 750e3 / 8,
}
FORM = "[name=username]"


def main() -> None:
    """Serve, open, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--times", type=int, default=7)
    times = asked.parse_args().times
    with (
        ground("spatialite") as here,
        serving.serve(here.settings) as served,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        url = f"{served.url}/m/"
        for words, measure in (("first use", _first), ("first use, nothing packed", _unpacked)):
            _tell(words, [measure(browser, url) for _ in range(times)])
        again = [_again(browser, url) for _ in range(times)]
        _tell("second opening", [online for online, _ in again])
        _tell("opening without a network", [offline for _, offline in again])
        browser.close()


def _tell(words: str, seconds: list[float]) -> None:
    """One line: median and range."""
    reached = "" if median(seconds) <= GOAL_S else ", not reached"
    print(
        f"{words}: {median(seconds):.2f} s ({min(seconds):.2f}–{max(seconds):.2f}); goal {GOAL_S} s{reached}",
        flush=True,
    )


def _phone(browser: Browser) -> tuple[BrowserContext, Page, Callable[[], None]]:
    """A slow phone on a slow link, and what cuts it off."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Network.emulateNetworkConditions", LINK)
    tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
    return context, page, lambda: context.set_offline(True)


def _open(page: Page, url: str) -> float:
    """Seconds from asking for the page until one can type."""
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.locator(FORM).fill("x")
    return time.perf_counter() - began


def _first(browser: Browser, url: str) -> float:
    """A first opening."""
    context, page, _ = _phone(browser)
    taken = _open(page, url)
    context.close()
    return taken


def _unpacked(browser: Browser, url: str) -> float:
    """The same by a browser that takes nothing packed."""
    context, page, _ = _phone(browser)
    page.set_extra_http_headers({"Accept-Encoding": "identity"})
    taken = _open(page, url)
    context.close()
    return taken


def _again(browser: Browser, url: str) -> tuple[float, float]:
    """A second opening once the app is kept on the phone, and one without a network."""
    context, page, cut = _phone(browser)
    _open(page, url)
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_timeout(500)
    page.goto("about:blank")
    online = _open(page, url)
    page.goto("about:blank")
    cut()
    offline = _open(page, url)
    context.close()
    return online, offline


if __name__ == "__main__":
    main()
