"""The virtual environment in the tree, filled from requirements pinned with hashes."""

import platform
import sys
from pathlib import Path

from setup import network, stamps
from setup.say import ROOT, Failed, step

REQUIREMENTS = ROOT / "requirements"


def install(purpose: str, venv: Path = ROOT / ".venv") -> None:
    """Make the environment hold what the purpose (`run` or `test`) needs; nothing when it already does."""
    venv = venv.resolve()
    if is_filled(purpose, venv):
        return
    fill(venv, REQUIREMENTS / f"{purpose}.txt")
    stamps.write(_stamp(venv), _wanted(purpose, venv))


def is_filled(purpose: str, venv: Path) -> bool:
    """Whether the environment already holds what the purpose needs. Trees may share one by a link."""
    venv = venv.resolve()
    return stamps.holds(_stamp(venv), _wanted(purpose, venv))


def fill(venv: Path, requirements: Path) -> None:
    """Install the pinned requirements into the environment, which is made first when it is not usable.

    Raises Stop when there is no network, Failed when pip refuses for another reason.
    """
    if not _usable(venv):
        step(f"建虚拟环境 / making {venv.name}", [sys.executable, "-m", "venv", "--clear", str(venv)])
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "install"]
    # Wheels only: no compiler is needed, and what is installed is what was tried.
    chosen = ["--require-hashes", "--only-binary", ":all:", "--no-compile", "-r", str(requirements)]
    try:
        step(f"安装 Python 软件包 / installing {requirements.name}", [*pip, "--progress-bar", "off", *chosen])
    except Failed as failed:
        raise network.blame(failed, zh=" Python 软件包", en="Python packages") from failed


def _stamp(venv: Path) -> Path:
    """Where the environment says what it was made from."""
    return venv / "guatu-stamp.json"


def _wanted(purpose: str, venv: Path) -> dict[str, str]:
    """Return what the stamp must say. The test requirements contain the others, so both are then named."""
    purposes = ["run", "test"] if purpose == "test" else ["run"]
    facts = {name: stamps.digest(REQUIREMENTS / f"{name}.txt") for name in purposes}
    # Scripts in an environment name its folder: a tree that was moved needs a new one.
    return facts | {"python": platform.python_version(), "place": str(venv)}


def _usable(venv: Path) -> bool:
    """Whether the environment runs this very version of Python, from this folder, and has pip."""
    config = venv / "pyvenv.cfg"
    if not (venv / "bin" / "pip").exists() or not config.exists():
        return False
    says = config.read_text(encoding="utf-8")
    return (
        f"version = {platform.python_version()}" in says and str(venv) in (venv / "bin" / "pip").read_text()
    )
