"""Frame times of the live map with thousands of people moving and positions of check-ins by the ten thousand.

`python -m bench.map`: Debian's Chromium without a GPU draws the map's own layers and list, everything in view. Each
second all people move and twenty check in; meanwhile nobody touches it, it is panned, zoomed, its list is scrolled.
Then a night of such seconds at once, and what the page holds before and after.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import CDPSession, Page, sync_playwright

TREE = Path(__file__).resolve().parent.parent
DOING = ("still", "panning", "zooming", "scrolling")
PAGE = (
    '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="desk.css">'
    "<style>#map{position:absolute;inset:0 384px 0 0}"
    "#list{position:absolute;inset:0 0 0 auto;width:384px;overflow-y:auto}</style>"
    '<div id="map"></div><div id="list"></div><script src="map.js"></script>'
)


def main() -> None:
    """Bundle, open, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, default=5000)
    asked.add_argument("--checkins", type=int, default=20_000)
    asked.add_argument("--seconds", type=float, default=8.0)
    asked.add_argument("--night", type=int, default=600, help="seconds' news taken in at once")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="guatu-bench-") as name, sync_playwright() as playwright:
        folder = Path(name)
        _bundle(folder)
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        page.goto((folder / "index.html").as_uri())
        page.evaluate("asked => fill(asked)", {"people": told.people, "checkins": told.checkins})
        print(
            f"{told.people} people moving and 20 checking in each second, {told.checkins} check-ins:",
            flush=True,
        )
        for doing in DOING:
            _measure(page, doing, told.seconds)
        print(
            f"  words looked for: {page.evaluate('find(`外勤12`)'):.0f} ms until list and map show what passes"
        )
        _night(page, page.context.new_cdp_session(page), told.night)
        browser.close()


def _bundle(folder: Path) -> None:
    """The layers and the list in one script, the pages' style sheet beside it."""
    esbuild = [
        str(TREE / "node_modules" / ".bin" / "esbuild"),
        "--bundle",
        "--log-level=error",
        f"--outdir={folder}",
    ]
    subprocess.run(
        [*esbuild, "bench/map.js", "server/web/static/src/desk.css", "--entry-names=[name]"],
        cwd=TREE,
        check=True,
    )
    (folder / "index.html").write_text(PAGE, encoding="utf-8")


def _measure(page: Page, doing: str, seconds: float) -> None:
    """Some seconds of one thing."""
    met = page.evaluate("asked => measure(asked)", {"doing": doing, "seconds": seconds})
    frames = met["frames"]
    print(
        f"  {doing}: {1000 * len(frames) / sum(frames):.0f} frames/s, median {median(frames):.0f} ms a frame,"
        f" p95 {quantiles(frames, n=20)[18]:.0f} ms, {median(met['tells']):.0f} ms to take in a second's news",
        flush=True,
    )


def _night(page: Page, tools: CDPSession, seconds: int) -> None:
    """What the page holds, after some news and after many more."""
    page.evaluate("night(60)")
    before = _holds(page, tools)
    page.evaluate(f"night({seconds})")
    after = _holds(page, tools)
    print(
        f"  memory after {seconds} seconds' news more: {before[0]:.0f} → {after[0]:.0f} MB,"
        f" {before[1]} → {after[1]} nodes",
        flush=True,
    )


def _holds(page: Page, tools: CDPSession) -> tuple[float, int]:
    """Megabytes of the heap once rubbish is collected, and nodes on the page."""
    tools.send("HeapProfiler.collectGarbage")
    used = tools.send("Runtime.getHeapUsage")["usedSize"]
    return used / 1e6, page.evaluate("size()")["nodes"]


if __name__ == "__main__":
    main()
