"""A disk so small that a test can fill it: a file system in memory, mounted for as long as a block lasts."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A disk of some megabytes."""

    folder: Path

    @property
    def ballast(self) -> Path:
        """The file that takes what room is left."""
        return self.folder / "ballast"

    @property
    def free(self) -> int:
        """How many bytes are free."""
        found = os.statvfs(self.folder)
        return found.f_bavail * found.f_frsize

    def fill(self) -> None:
        """Leave no byte free."""
        with self.ballast.open("ab") as file:
            os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), self.free)
        assert self.free == 0

    def make_room(self) -> None:
        """Give back what `fill` took."""
        self.ballast.unlink(missing_ok=True)


@contextmanager
def mounted(*, mb: int) -> Iterator[SmallDisk]:
    """A disk of so many megabytes in a folder of its own; skips the test where nothing may be mounted."""
    with tempfile.TemporaryDirectory(prefix="guatu-disk-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        with _mounted(folder, mb):
            yield SmallDisk(folder)


@contextmanager
def _mounted(folder: Path, mb: int) -> Iterator[None]:
    """The same in a folder that is there."""
    how = ["mount", "-t", "tmpfs", "-o", f"size={mb}m,mode=0777", "tmpfs", str(folder)]
    done = subprocess.run(how, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"no disk can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
