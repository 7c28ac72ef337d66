"""The processes of a server: how each begins, and where they count together what they do (see `server.meters`)."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Final

from server.config import INSTANCE

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"

MEMORY: Final = Path("/dev/shm")  # noqa: S108  where Linux keeps files in memory; the folder in it is our own

MARK: Final = 16
"""So many letters tell one installation's folder from another's."""


@contextmanager
def loading() -> Iterator[None]:
    """Load a process: nothing made meanwhile is looked through for garbage, neither now, which is a fifth of the time,
    nor later, which would hold up requests for a tenth of a second each time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def count_together(*, under: bool) -> None:
    """Where the server runs `under` gunicorn: one folder for all its processes, beginning anew when none is left.

    Only called before anything is counted: the counters look there as they are made.
    """
    if not under or FOLDER in os.environ:
        return
    folder = folder_of(Path(os.environ.get("GUATU_INSTANCE", INSTANCE)))
    with suppress(OSError):  # each then counts alone
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.lstat().st_uid == os.geteuid():
            _begin_anew(folder)
            os.environ[FOLDER] = str(folder)


def folder_of(instance: Path) -> Path:
    """One for each installation and its user, in memory: counters are files that are written like memory, and on a disk
    that is full such a write ends the process.
    """
    mark = sha256(str(instance.absolute()).encode()).hexdigest()[:MARK]
    return MEMORY / f"guatu-metrics-{os.geteuid()}-{mark}"


def _begin_anew(folder: Path) -> None:
    """Take away what an earlier run counted, where no process of it lives."""
    files = {file: file.stem.rpartition("_")[2] for file in folder.glob("*.db")}
    if any(Path(f"/proc/{pid}").exists() for pid in files.values()):
        return
    for file in files:
        file.unlink(missing_ok=True)
