"""Frames a second of the live map while thousands of people move each second: `python -m bench.dots`.

Debian's Chromium without a GPU draws the map's own layer, all dots in view and gliding; first still, then panned.
"""

import argparse
import shutil
import subprocess
import tempfile
from pathlib import Path
from statistics import median, quantiles

from playwright.sync_api import Page, sync_playwright

TREE = Path(__file__).resolve().parent.parent
PAGE = (
    '<!doctype html><meta charset="utf-8"><style>#map{position:absolute;inset:0}'
    ".map-people{position:absolute!important;inset:0;pointer-events:none}</style>"
    '<div id="map"></div><script src="dots.js"></script>'
)


def main() -> None:
    """Bundle, open, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--people", type=int, nargs="+", default=[500, 5000])
    asked.add_argument("--seconds", type=float, default=8.0)
    told = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="guatu-bench-") as name, sync_playwright() as playwright:
        folder = Path(name)
        esbuild = str(TREE / "node_modules" / ".bin" / "esbuild")
        bundle = [
            esbuild,
            "bench/dots.js",
            "--bundle",
            f"--outfile={folder / 'dots.js'}",
            "--log-level=error",
        ]
        subprocess.run(bundle, cwd=TREE, check=True)
        (folder / "index.html").write_text(PAGE, encoding="utf-8")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for count in told.people:
            for panning in (False, True):
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                page.goto((folder / "index.html").as_uri())
                _measure(page, count, told.seconds, panning=panning)
                page.close()
        browser.close()


def _measure(page: Page, count: int, seconds: float, *, panning: bool) -> None:
    """One crowd, still or panned."""
    asked = {"count": count, "seconds": seconds, "panning": panning}
    met = page.evaluate("asked => measure(asked)", asked)
    frames = met["frames"]
    print(
        f"{count} people moving each second, {'panning' if panning else 'still'}:"
        f" {1000 * len(frames) / sum(frames):.0f} frames/s, p95 {quantiles(frames, n=20)[18]:.0f} ms a frame,"
        f" {median(met['tells']):.1f} ms to take in a second's moves",
        flush=True,
    )


if __name__ == "__main__":
    main()
