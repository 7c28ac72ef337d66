"""A parcel: all that a closed network needs to install Guatu, in one folder: `python3 -m setup.parcel FOLDER`.

Made on a machine with a network and of the same Debian as the one it is for. In it:

* `guatu/`    the tree as git keeps it, with the pages bundled and the translations compiled, and a file `PARCEL`
* `wheels/`   the Python packages of requirements/run.txt, checked against their hashes
* `packages/` the Debian packages with all they rest on, as a source that apt can install from
* `install.sh`, `SHA256SUMS`
"""

import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from setup import environment, network, node, pages, system
from setup.say import ROOT, Failed, Stop, speak_plainly, step

MARK = ROOT / "PARCEL"
"""In a tree that came in a parcel: which commit it is. Its pages are bundled already, and it needs no Node."""

SERVING = ["python3", "python3-venv", "postgresql", "postgresql-postgis", "nginx-light", "openssl", "curl"]
"""What docs/install-debian.md takes from Debian beside what `setup run` sees to."""


def is_ours() -> bool:
    """Whether this tree came in a parcel."""
    return MARK.exists()


def main() -> int:
    """Make the parcel; answer 0, or 1 after saying what stands in the way."""
    speak_plainly()
    try:
        make(_asked(sys.argv[1:]))
    except Stop as sentence:
        print(sentence, file=sys.stderr)
        return 1
    except Failed as failed:
        print(network.blame(failed, zh="软件包", en="the packages"), file=sys.stderr)
        print(failed.output, end="", file=sys.stderr)
        return 1
    return 0


def make(folder: Path) -> None:
    """Fill the folder, which must not be there yet: a half-made parcel is never taken for a whole one."""
    if folder.exists():
        raise Stop(f"{folder} 已存在：请换一个文件夹", f"{folder} is there already: name another folder")
    half = folder.with_name(f"{folder.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(parents=True)
    _tree(half / "guatu")
    _wheels(half / "wheels")
    _packages(half / "packages")
    shutil.copy2(ROOT / "deploy" / "install.sh", half)
    (half / "SHA256SUMS").write_text("".join(sums(half)), encoding="utf-8")
    half.rename(folder)
    print(f"{folder}：拷到目标机器，以 root 运行 sh install.sh / carry it over and run sh install.sh as root")


def sums(folder: Path) -> Iterator[str]:
    """A line of `sha256sum` for each file below the folder, in the order of their names."""
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        yield f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.relative_to(folder).as_posix()}\n"


def index(folder: Path) -> Iterator[str]:
    """A paragraph of apt's `Packages` for each Debian package in the folder. Source: Debian policy, 5; deb(5)."""
    for file in sorted(folder.glob("*.deb")):
        control = subprocess.run(
            ["dpkg-deb", "--field", file], capture_output=True, check=True
        ).stdout.decode()
        whole = file.read_bytes()
        yield (
            f"{control.rstrip()}\nFilename: ./{file.name}\nSize: {len(whole)}\n"
            f"SHA256: {hashlib.sha256(whole).hexdigest()}\n\n"
        )


def _asked(arguments: list[str]) -> Path:
    if len(arguments) != 1:
        raise Stop("用法：python3 -m setup.parcel 文件夹", "usage: python3 -m setup.parcel FOLDER")
    return Path(arguments[0]).resolve()


def _tree(to: Path) -> None:
    """The tree of the last commit, bundled here; a change that is not committed stays behind."""
    node.install()
    environment.install("run")
    pages.build()
    archive = to.with_suffix(".tar")
    step("取出源码 / taking the sources", ["git", "archive", "--output", str(archive), "HEAD"])
    to.mkdir()
    step("展开 / unpacking", ["tar", "--extract", "--file", str(archive), "--directory", str(to)])
    archive.unlink()
    for built in _built():
        target = to / built.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(built, target) if built.is_dir() else shutil.copy2(built, target)
    commit = step("版本 / the version", ["git", "rev-parse", "HEAD"])
    (to / MARK.name).write_text(commit, encoding="utf-8")


def _built() -> list[Path]:
    """What is made from the sources and not kept by git: bundles and compiled translations."""
    bundles = [ROOT / "server/web/static/dist", ROOT / "mobile_stub/webapp/dist"]
    return [*bundles, *pages.TRANSLATIONS.glob("*/LC_MESSAGES/*.mo")]


def _wheels(to: Path) -> None:
    """The Python packages that serving needs, wheels only."""
    pip = [str(ROOT / ".venv/bin/python"), "-m", "pip", "--disable-pip-version-check", "download", "--quiet"]
    chosen = ["--require-hashes", "--only-binary", ":all:", "--requirement", "requirements/run.txt"]
    step("下载 Python 软件包 / fetching Python packages", [*pip, *chosen, "--dest", str(to)])


def _packages(to: Path) -> None:
    """The Debian packages, with all they rest on as if nothing were installed, and their index."""
    (to / "partial").mkdir(parents=True)
    nothing_installed = to / "status"
    nothing_installed.touch()
    wanted = [*SERVING, *(name for need in system.needs("run") for name in need.packages())]
    options = [
        f"Dir::State::status={nothing_installed}",
        f"Dir::Cache::archives={to}",
        "APT::Sandbox::User=root",
    ]
    apt = ["apt-get", "install", "--download-only", "--quiet", "--yes", "--no-install-recommends"]
    told = [part for option in [*options, "Debug::NoLocking=true"] for part in ("--option", option)]
    step("下载系统软件包 / fetching Debian packages", [*apt, *told, *wanted])
    nothing_installed.unlink()
    shutil.rmtree(to / "partial")
    (to / "Packages").write_text("".join(index(to)), encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
