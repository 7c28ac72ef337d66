"""Debian packages: finds what the machine lacks by looking for the files, and installs only that."""

import os
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import invalidate_caches
from importlib.util import find_spec
from pathlib import Path
from sys import version_info

from setup import network
from setup.say import Failed, Stop, step

# Debian makes and starts a database cluster when it installs PostgreSQL. The tests start their own, so while
# set-up installs PostgreSQL this file asks Debian not to; it is taken away again afterwards.
NO_MAIN_CLUSTER = "/etc/postgresql-common/createcluster.d/guatu-setup.conf"


@dataclass(frozen=True)
class Need:
    """Something the machine must have: the word for it, how to see it, and the packages that bring it."""

    name: str
    found: Callable[[], bool]
    packages: Callable[[], Sequence[str]]


def needs(purpose: str) -> list[Need]:
    """Return what running needs, or, for the purpose `test`, what testing needs as well."""
    running = [
        Need("ensurepip", _has_ensurepip, lambda: [f"python{version_info.major}.{version_info.minor}-venv"]),
        Need("SpatiaLite", _has_spatialite, lambda: ["libsqlite3-mod-spatialite"]),
        Need("Noto CJK", _has_chinese_font, lambda: ["fonts-noto-cjk"]),
    ]
    testing = [
        Need("PostGIS", _has_postgis, _postgis_packages),
        Need("Chromium", _has_chromium, lambda: ["chromium"]),
    ]
    return running + testing if purpose == "test" else running


def install(wanted: Iterable[Need]) -> None:
    """Install the packages that are missing; do nothing, and need no rights and no network, when none is.

    Raises Stop when there is neither root nor sudo, no apt-get, or no network.
    """
    missing = [need for need in wanted if not need.found()]
    if not missing:
        return
    packages = [package for need in missing for package in need.packages()]
    prefix = _rights(packages)
    with_cluster_off = any(package.startswith("postgresql") for package in packages)
    try:
        if with_cluster_off:
            _write_as_root(prefix, NO_MAIN_CLUSTER, "create_main_cluster = false")
        _fetch(prefix, packages)
    except Failed as failed:
        raise network.blame(failed, zh=f"系统软件包 {_listed(packages)}", en=_listed(packages)) from failed
    finally:
        if with_cluster_off:
            _remove_as_root(prefix, NO_MAIN_CLUSTER)
    _ensure_found(missing)


def _rights(packages: Sequence[str]) -> list[str]:
    """Return what goes before a command to run it as root: nothing, or sudo without a password."""
    by_hand = f"apt-get install -y {_listed(packages)}"
    if shutil.which("apt-get") is None:
        raise Stop(
            f"本机没有 apt-get:请用本系统的软件包管理器安装与 {_listed(packages)} 相当的软件包后重新运行。",
            "This machine has no apt-get: install by its own means what Debian calls "
            f"{_listed(packages)}, then run the command again.",
        )
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is not None and _sudo_needs_no_password():
        return ["sudo", "-n"]
    raise Stop(
        f"缺少系统软件包且没有 root 权限:请由管理员运行 `{by_hand}` 后重新运行。",
        f"System packages are missing and there is neither root nor a password-free sudo: "
        f"have an administrator run `{by_hand}`, then run the command again.",
    )


def _sudo_needs_no_password() -> bool:
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def _fetch(prefix: Sequence[str], packages: Sequence[str]) -> None:
    """Install by apt-get; refresh its lists only when they are missing or prove too old."""
    apt = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", "-y"]
    apt += ["-o", "DPkg::Lock::Timeout=300"]
    chosen = ["install", "--no-install-recommends", *packages]
    words = f"安装系统软件包 / installing {_listed(packages)}"
    if _lists_are_there():
        try:
            step(words, [*apt, *chosen])
        except Failed:
            pass
        else:
            return
    # apt-get ends well although no list could be fetched; this option makes it say so.
    step("更新软件包清单 / refreshing package lists", [*apt, "-o", "APT::Update::Error-Mode=any", "update"])
    step(words, [*apt, *chosen])


def _ensure_found(missing: Iterable[Need]) -> None:
    still = [need.name for need in missing if not need.found()]
    if still:
        raise Stop(
            f"软件包已安装,但仍找不到 {_listed(still)}:请检查本机的安装位置。",
            f"The packages were installed, yet {_listed(still)} cannot be found: see where they went.",
        )


def _write_as_root(prefix: Sequence[str], file: str, line: str) -> None:
    script = 'mkdir -p "$(dirname "$1")" && printf "%s\\n" "$2" > "$1"'
    step(
        "不建默认数据库 / no database cluster of Debian's own",
        [*prefix, "sh", "-c", script, "sh", file, line],
    )


def _remove_as_root(prefix: Sequence[str], file: str) -> None:
    step("清理 / tidying up", [*prefix, "rm", "-f", file])


def _lists_are_there() -> bool:
    return any(Path("/var/lib/apt/lists").glob("*_Packages*"))


def _has_ensurepip() -> bool:
    invalidate_caches()  # Debian may have brought it a moment ago
    return find_spec("ensurepip") is not None


def _has_spatialite() -> bool:
    return _any_file(
        ["/usr/lib", "/usr/lib64", "/usr/local/lib"], ["mod_spatialite.so", "*/mod_spatialite.so"]
    )


def _has_chromium() -> bool:
    return shutil.which("chromium") is not None


def _has_chinese_font() -> bool:
    homes = ["/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts")]
    return _any_file(homes, ["**/*CJK*.tt[cf]", "**/*CJK*.otf"])


def _has_postgis() -> bool:
    """Whether one version of PostgreSQL has both its server and PostGIS."""
    return any(_postgis_control(version).exists() for version in _servers())


def _postgis_packages() -> list[str]:
    """Return PostGIS for the newest server that is there, or both as the distribution has them."""
    newest = max(_servers(), key=float, default=None)
    return ["postgresql", "postgresql-postgis"] if newest is None else [f"postgresql-{newest}-postgis-3"]


def _servers() -> Iterator[str]:
    return (found.parent.parent.name for found in Path("/usr/lib/postgresql").glob("*/bin/initdb"))


def _postgis_control(version: str) -> Path:
    return Path(f"/usr/share/postgresql/{version}/extension/postgis.control")


def _any_file(folders: Iterable[str], patterns: Sequence[str]) -> bool:
    return any(next(Path(folder).glob(pattern), None) for folder in folders for pattern in patterns)


def _listed(words: Iterable[str]) -> str:
    return " ".join(words)
