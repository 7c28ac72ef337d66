"""What browsers are sent: scripts and styles bundled by esbuild, and the translations compiled."""

import sys
from pathlib import Path

from setup import node
from setup.say import ROOT, Stop, step

TRANSLATIONS = ROOT / "server" / "web" / "translations"


def build() -> None:
    """Bundle the pages and compile the translations; sources that are not there yet are passed over."""
    step("打包前端 / bundling the pages", ["node", "frontend/build.mjs"], env=node.surroundings())
    if stale := stale_catalogues(TRANSLATIONS):
        pybabel = str(
            Path(sys.prefix if sys.prefix != sys.base_prefix else ROOT / ".venv") / "bin" / "pybabel"
        )
        for catalogue in stale:
            compiled = str(catalogue.with_suffix(".mo"))
            step(
                f"编译译文 / compiling {catalogue.parent.parent.name}",
                [pybabel, "-q", "compile", "-i", str(catalogue), "-o", compiled],
            )
            ensure_compiled(catalogue)


def ensure_compiled(catalogue: Path) -> None:
    """Raise Stop when a catalogue was passed over: without its header it counts as unfinished, silently."""
    if not _fresh(catalogue):
        raise Stop(
            f"译文没有编译：{catalogue} 缺少文件头", f"{catalogue} was not compiled: its header is missing"
        )


def stale_catalogues(folder: Path) -> list[Path]:
    """Return the catalogues whose compiled form is missing or older."""
    return [source for source in sorted(folder.glob("*/LC_MESSAGES/*.po")) if not _fresh(source)]


def _fresh(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime
