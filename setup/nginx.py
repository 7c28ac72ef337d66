"""An nginx for the tests, unpacked into the tree: installing Debian's package would start a server on port 80."""

import shutil

from setup import network, stamps
from setup.say import ROOT, Failed, step

FOLDER = ROOT / ".nginx"
PACKAGES = ["nginx", "nginx-common"]
_STAMP, _WANTED = FOLDER / "guatu-stamp.json", {"packages": " ".join(PACKAGES)}


def command() -> str | None:
    """The nginx to run: the machine's own, else the unpacked one; None where there is neither."""
    unpacked = FOLDER / "usr/sbin/nginx"
    return shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or (
        str(unpacked) if unpacked.exists() else None
    )


def install() -> None:
    """Unpack it where the machine has none of its own; nothing the second time. No rights are needed.

    A machine without apt-get goes without; the tests that need it skip and say so.
    """
    if stamps.holds(_STAMP, _WANTED) or command() is not None or shutil.which("apt-get") is None:
        return
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    fetch = f'cd "{FOLDER}" && apt-get -q download {" ".join(PACKAGES)}'
    unpack = f'cd "{FOLDER}" && for each in *.deb; do dpkg-deb --extract "$each" .; done && rm -f *.deb'
    try:
        step("下载 nginx / fetching nginx", ["sh", "-c", fetch])
    except Failed as failed:
        if network.absent(failed.output):
            raise network.blame(failed, zh=" nginx", en="nginx") from failed
        print(
            f"{failed.output}没有取得 nginx，有关测试会跳过 / there is no nginx: the tests that need it skip"
        )
        return
    step("展开 nginx / unpacking nginx", ["sh", "-c", unpack])
    stamps.write(_STAMP, _WANTED)
