"""The files of photos, below the server's own folder and outside everything that is served.

`parts/` holds what is on its way, one file for each photo; `kept/` the originals by what they hold, each once, with
its thumbnail beside it; `stamped/` the stamped copies, which can be made again. Written whole and flushed before the
row that speaks of a file is committed; what a crash leaves without a row is taken away by the sweep.
"""

import errno
import fcntl
import os
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from io import FileIO
from pathlib import Path
from uuid import UUID

from server.config import Settings
from server.errors import Busy
from server.held import held
from server.rules import photos as rules

SPARE_BYTES = 256 * 2**20
"""So much of the disk stays free of photos: the database needs it more."""

WAIT_S = 10.0
PAUSE_S = 0.02


# ── where they lie ──────────────────────────────────────────────────────────────────────────────────────


def part(photo_id: UUID) -> Path:
    """The file of a photo that is on its way."""
    return _folder() / "parts" / str(photo_id)


def original(sha256: str) -> Path:
    """The file of an original."""
    return _folder() / "kept" / sha256[:2] / sha256


def thumb(sha256: str) -> Path:
    """The file of its thumbnail."""
    return original(sha256).with_name(f"{sha256}.thumb.jpg")


def stamped(photo_id: UUID) -> Path:
    """The file of a photo's stamped copy."""
    return _folder() / "stamped" / str(photo_id)[:2] / f"{photo_id}.jpg"


def _folder() -> Path:
    """Where all of them lie."""
    return held(Settings).instance / "photos"


# ── on their way ────────────────────────────────────────────────────────────────────────────────────────


def received(photo_id: UUID) -> int:
    """How many bytes of a photo are here."""
    try:
        return part(photo_id).stat().st_size
    except FileNotFoundError:
        return 0


def append(photo_id: UUID, body: bytes, *, offset: int, size: int) -> int:
    """Write what is new of a part that begins at `offset`; how many of `size` bytes are here now.

    What is here already is left as it is, and a part that would leave a hole is not taken. `Busy` while another
    request writes to the same photo, `PhotosFull` when the disk is.
    """
    _make_folder(part(photo_id).parent)
    with _opened(part(photo_id), os.O_WRONLY | os.O_APPEND | os.O_CREAT) as file:
        have = file.seek(0, os.SEEK_END)
        if offset <= have:
            with _disk():
                file.write(body[have - offset :][: size - have])
        return file.tell()


@contextmanager
def claimed(photo_id: UUID) -> Iterator[Path]:
    """Be the only one who reads or writes what has arrived of a photo; `Busy` where somebody else is, or has been."""
    try:
        with _opened(part(photo_id), os.O_RDONLY):
            yield part(photo_id)
    except FileNotFoundError as error:
        raise Busy(retry_after_s=1) from error


def drop_part(photo_id: UUID) -> None:
    """Let go of what has arrived of a photo."""
    part(photo_id).unlink(missing_ok=True)


def stray_parts(before: datetime) -> Iterator[UUID]:
    """The photos to whose parts nobody has added anything since."""
    with suppress(FileNotFoundError):
        for file in part(UUID(int=0)).parent.iterdir():
            if is_still(UUID(file.name), before):
                yield UUID(file.name)


def is_still(photo_id: UUID, before: datetime) -> bool:
    """Whether nothing has come of a photo since an instant."""
    try:
        return part(photo_id).stat().st_mtime < before.timestamp()
    except FileNotFoundError:
        return True


def ensure_disk(size: int) -> None:
    """`PhotosFull` unless the disk has room for so many bytes, with some to spare."""
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size + SPARE_BYTES:
        raise rules.full()


# ── kept ────────────────────────────────────────────────────────────────────────────────────────────────


def keep(photo_id: UUID, sha256: str) -> None:
    """Give what has arrived whole its place among the originals, on disk for good; the same picture is there once."""
    flush(part(photo_id))
    target = original(sha256)
    _make_folder(target.parent)
    with suppress(FileExistsError):
        os.link(part(photo_id), target)
    flush(target.parent)


def kept() -> Iterator[Path]:
    """The files of all originals."""
    return original("00").parent.parent.glob("??/" + "?" * 64)


def bring(source: Path, sha256: str) -> None:
    """Put a copy of a file in the place of an original, whole, unless there is one."""
    place = original(sha256)
    if place.exists():
        return
    _make_folder(place.parent)
    beside = place.with_name(f".{sha256}.{secrets.token_hex(4)}")
    with _disk():
        try:
            shutil.copyfile(source, beside)
            beside.chmod(0o600)
            flush(beside)
            beside.replace(place)
        finally:
            beside.unlink(missing_ok=True)


def put(sha256: str, content: bytes) -> None:
    """Put bytes in the place of an original, whole and on disk for good, unless they are there."""
    place = original(sha256)
    if place.exists():
        return
    write(place, content)
    flush(place)
    flush(place.parent)


def remove(sha256: str) -> None:
    """Take away an original and its thumbnail."""
    for file in (original(sha256), thumb(sha256)):
        file.unlink(missing_ok=True)
    with suppress(FileNotFoundError):
        flush(original(sha256).parent)


def write(file: Path, content: bytes) -> None:
    """Put a copy that can be made again into its place whole."""
    _make_folder(file.parent)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with _disk():
        try:
            beside.write_bytes(content)
            beside.chmod(0o600)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)


@contextmanager
def alone(sha256: str) -> Iterator[None]:
    """Be the only one who gives an original its row or takes it away, over all processes."""
    folder = original(sha256).parent
    _make_folder(folder)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _wait_for(lambda: fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB))
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _wait_for(lock: Callable[[], None]) -> None:
    """Ask for a lock again and again, letting others run in between; `Busy` in the end."""
    give_up_at = time.monotonic() + WAIT_S
    while True:
        try:
            return lock()
        except BlockingIOError as error:
            if time.monotonic() > give_up_at:
                raise Busy(retry_after_s=2) from error
            time.sleep(PAUSE_S)


@contextmanager
def _opened(file: Path, flags: int) -> Iterator[FileIO]:
    """A file that nobody else has open this way, and nobody but the server's own user can read; `Busy` otherwise.

    Unbuffered: what a full disk refused would be tried, and refused, once more as the file is closed.
    """
    descriptor = os.open(file, flags, 0o600)
    with FileIO(descriptor, "ab" if flags & os.O_APPEND else "rb") as opened:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(retry_after_s=1) from error
        try:
            yield opened
        finally:
            fcntl.flock(
                opened, fcntl.LOCK_UN
            )  # now: gevent closes a descriptor only once its loop comes round


def _make_folder(folder: Path) -> None:
    """Make a folder of ours, and be sure that it is there after a crash."""
    if not folder.is_dir():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flush(folder.parent)


def flush(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _disk() -> Iterator[None]:
    """Say in a sentence that the disk is full."""
    try:
        yield
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise rules.full() from error
        raise
