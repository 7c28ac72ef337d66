"""Several processes of one server: where they count together what they do (see `server.meters`)."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from server.config import INSTANCE

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"


def count_together(*, under: bool) -> None:
    """Where the server runs `under` gunicorn: one folder for all its processes, beginning anew when none is left.

    Only called before anything is counted: the counters look there as they are made.
    """
    if not under or FOLDER in os.environ:
        return
    folder = Path(os.environ.get("GUATU_INSTANCE", INSTANCE)) / "metrics"
    with suppress(
        OSError
    ):  # a folder that cannot be made is said by the settings' own check; each then counts alone
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _begin_anew(folder)
        os.environ[FOLDER] = str(folder)


def _begin_anew(folder: Path) -> None:
    """Take away what an earlier run counted, where no process of it lives."""
    files = {file: file.stem.rpartition("_")[2] for file in folder.glob("*.db")}
    if not any(Path(f"/proc/{pid}").exists() for pid in files.values()):
        for file in files:
            file.unlink(missing_ok=True)
