"""Backups 备份: everything a county would need on another machine, in one folder; its keys apart, in a second place.

The database in one view, then the photos it names, with the closed days taken before it: so nothing that the database
speaks of is missing. The folder gets its name when it is whole; what was interrupted leaves none.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
from pysqlite3 import dbapi2 as sqlite

from server import clock
from server.config import Settings
from server.db import db
from server.errors import BackupRefused
from server.held import held
from server.queries import health
from server.queries import photos as reads
from server.rules import backups as rules
from server.rules.backups import Backup
from server.services import closing_keys, closings, dumps, originals, seals, status

PARTIAL: Final = ".partial-"
KEYS: Final = (seals.FILE, closing_keys.FILE)
"""The files of keys without which something kept could be opened or checked no more; signing keys are no loss."""


@dataclass(frozen=True, slots=True)
class Made:
    """What was made: the folder, its list, the file of keys (None: they are in the environment), what else happened.

    `missing` are photos the database names whose files are gone, `dropped` the backups whose time was over.
    """

    folder: Path
    backup: Backup
    keys: Path | None
    missing: tuple[str, ...]
    dropped: tuple[str, ...]


def make(into: Path, keys: Path, *, days: int) -> Made:
    """Make a backup in a new folder in `into`, its keys in a file in `keys`, and drop those older than so many days.

    `BackupRefused` in a sentence where it cannot be; then nothing of it is left.
    """
    _ensure_apart(into, keys)
    name = rules.name(clock.now())
    with _said(), _alone(into):
        _ensure_new(into / name)
        backup, missing = _whole(into, into / name)
        kept = _keep_keys(keys / f"{name}-keys.json")
        dropped = _drop_expired(into, keys, days)
        (held(Settings).instance / status.BACKED_UP).touch()
    return Made(into / name, backup, kept, missing, dropped)


def _ensure_apart(into: Path, keys: Path) -> None:
    """Refuse keys beside what they open."""
    here, there = into.resolve(), keys.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise BackupRefused(
            why_zh="密钥不能与备份放在一起，请用 --keys 指定另一处文件夹",
            why_en="keys do not lie beside what they open; name another place with --keys",
        )


def _ensure_new(folder: Path) -> None:
    """Refuse a second backup within one second."""
    if folder.exists():
        raise BackupRefused(why_zh=f"{folder.name} 已存在", why_en=f"{folder.name} is there already")


def _whole(into: Path, folder: Path) -> tuple[Backup, tuple[str, ...]]:
    """A whole backup in its folder, which appears in one step; and the photos that are missing."""
    partial = into / f"{PARTIAL}{folder.name}"
    partial.mkdir(mode=0o700)
    try:
        backup, missing = _fill(partial, into)
        _flush(partial)
        partial.rename(folder)
        originals.flush(into)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return backup, missing


def _fill(folder: Path, into: Path) -> tuple[Backup, tuple[str, ...]]:
    """Everything, in the order that leaves no gap: closed days, then the database, then its photos, then the list."""
    migration = health.migration()
    closed = _copy_closings(folder / "closings")
    tables = dumps.write(folder)
    photos, missing = _copy_photos(folder / "photos", into)
    backup = Backup(
        made_at=clock.now(),
        migration=migration,
        kind=dumps.kind(),
        sha256=digest(dumps.file_in(folder, dumps.kind())),
        tables=tables,
        photos=photos,
        closings=closed,
    )
    (folder / rules.LIST).write_bytes(orjson.dumps(rules.written(backup), option=orjson.OPT_INDENT_2))
    return backup, missing


def _copy_closings(to: Path) -> dict[str, str]:
    """The closed days and the public keys they are checked with; their digests by name."""
    to.mkdir(mode=0o700)
    files = [file for file in sorted(closings.folder().glob("[!.]*")) if file.suffix in {".json", ".pem"}]
    return {file.name: digest(Path(shutil.copyfile(file, to / file.name))) for file in files}


def _copy_photos(to: Path, into: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The originals of all photos that are kept; those that are here, and those that should be.

    One that an earlier backup in the same place holds is not written again: both name the same file.
    """
    to.mkdir(mode=0o700)
    db.session.rollback()
    earlier = [folder / "photos" for folder in sorted(into.glob("guatu-*"), reverse=True)][:1]
    wanted = reads.originals()
    here = {sha256 for sha256 in wanted if _copy_photo(sha256, to, earlier)}
    db.session.rollback()
    still = set(reads.originals())
    return tuple(sorted(here)), tuple(sha256 for sha256 in wanted if sha256 in still - here)


def _copy_photo(sha256: str, to: Path, earlier: Iterable[Path]) -> bool:
    """One original; False where it was erased meanwhile, or is lost."""
    place = to / sha256[:2]
    place.mkdir(mode=0o700, exist_ok=True)
    for folder in earlier:
        with suppress(OSError):
            os.link(folder / sha256[:2] / sha256, place / sha256)
            return True
    try:
        shutil.copyfile(originals.original(sha256), place / sha256)
    except FileNotFoundError:
        (place / sha256).unlink(missing_ok=True)
        return False
    return True


def _keep_keys(file: Path) -> Path | None:
    """The files of keys in one that only its owner can read; None where they all come from the environment."""
    instance = held(Settings).instance
    kept = {name: (instance / name).read_text("utf-8") for name in KEYS if (instance / name).exists()}
    if not kept:
        return None
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = file.with_name(f".{file.name}")
    beside.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(orjson.dumps(kept, option=orjson.OPT_INDENT_2))
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file


def _drop_expired(into: Path, keys: Path, days: int) -> tuple[str, ...]:
    """Delete the backups whose time is over, each with its keys: what was erased lives on in none of them."""
    names = rules.expired((folder.name for folder in into.iterdir()), clock.now(), days=days)
    for name in names:
        gone = into / f"{PARTIAL}{name}"
        (into / name).rename(gone)
        shutil.rmtree(gone)
        (keys / f"{name}-keys.json").unlink(missing_ok=True)
    return tuple(names)


def digest(file: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    """Have all of a folder on the disk before it is called whole."""
    for place, _, files in os.walk(folder):
        for name in files:
            originals.flush(Path(place) / name)
        originals.flush(Path(place))


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """Be the only backup in this place; what a killed one left there is taken away first."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (into / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupRefused(
                why_zh="另一次备份正在写入这个文件夹", why_en="another backup is writing here"
            ) from error
        for left in into.glob(f"{PARTIAL}*"):
            shutil.rmtree(left)
        yield


@contextmanager
def _said() -> Iterator[None]:
    """Say in a sentence what the disk refused."""
    try:
        yield
    except sqlite.Error as error:
        raise BackupRefused(
            why_zh=f"数据库无法抄写（{error}），磁盘可能已满",
            why_en=f"the database cannot be copied ({error}); the disk may be full",
        ) from error
    except OSError as error:
        raise BackupRefused(
            why_zh=f"文件无法读写（{error.strerror}）",
            why_en=f"a file cannot be read or written ({error.strerror})",
        ) from error
