"""Files → a zip (APPNOTE 6.3), written as it is read: nothing of it is held whole, in memory or on disk."""

import zipfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import RawIOBase
from typing import Any

from server import clock

OURS_ALONE = 0o600 << 16
"""Unpacked, a file is its owner's to read."""


class _Tape(RawIOBase):
    """A file that cannot be wound back: what is written is taken off at once."""

    def __init__(self) -> None:
        self._written: list[bytes] = []

    def writable(self) -> bool:
        """It is written."""
        return True

    def write(self, chunk: Any) -> int:
        """Keep a piece until it is taken."""
        self._written.append(bytes(chunk))
        return len(chunk)

    def taken(self) -> bytes:
        """What was written since this was last asked."""
        written, self._written = b"".join(self._written), []
        return written


def write(files: Iterable[tuple[str, Iterable[bytes]]], *, at: datetime) -> Iterator[bytes]:
    """A zip of files by name, each given in chunks (up to 2 GiB a file), dated by Shanghai's clock."""
    tape = _Tape()
    with zipfile.ZipFile(tape, "w") as archive:
        for name, chunks in files:
            with archive.open(_entry(name, at), "w") as entry:
                for chunk in chunks:
                    entry.write(chunk)
                    yield tape.taken()
    yield tape.taken()


def _entry(name: str, at: datetime) -> zipfile.ZipInfo:
    """How a file stands in the archive."""
    entry = zipfile.ZipInfo(name, at.astimezone(clock.SHANGHAI).timetuple()[:6])
    entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, OURS_ALONE
    return entry
