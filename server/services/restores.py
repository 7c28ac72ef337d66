"""Restores 恢复: a backup brought into an empty place, and held against what its list says.

Everything that can refuse is asked before anything is written; the database comes last and whole, so that an
interrupted restore can be run again. What is in the place already is never overwritten.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import orjson

from server import clock
from server.config import Settings
from server.db import db
from server.errors import RestoreRefused
from server.held import held
from server.queries import health
from server.rules import backups as rules
from server.rules.backups import Backup
from server.services import closings, dumps, hooks, originals
from server.services.backups import KEYS, digest


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore brought, and what it found wrong afterwards, each in both languages; nothing where all agrees.

    `behind` is whether the database is an earlier release's, to be migrated before it serves.
    """

    backup: Backup
    wrong: tuple[tuple[str, str], ...]
    behind: bool


def restore(folder: Path, keys: Path | None = None) -> Restored:
    """Restore a backup into the configured database and folders, which must be empty, and compare.

    `RestoreRefused` in a sentence before anything is written, where the backup is not whole or the place not empty.
    """
    with _said():
        backup = _listed(folder)
        _ensure_known(backup)
        _ensure_whole(folder, backup)
        brought = _keys(keys)
        _ensure_empty(backup, brought)
        _put_keys(brought)
        _put_closings(folder, backup)
        _put_photos(folder, backup)
        dumps.read(folder)
    behind = backup.migration != health.newest()
    wrong = tuple(_wrong(backup, behind=behind))
    if not behind:
        hooks.begin_anew()
    return Restored(backup, wrong, behind)


# ── is it whole ─────────────────────────────────────────────────────────────────────────────────────────


def _listed(folder: Path) -> Backup:
    """The backup's list."""
    try:
        return rules.read(orjson.loads((folder / rules.LIST).read_bytes()))
    except FileNotFoundError as error:
        raise RestoreRefused(
            why_zh=f"{folder} 不是完整的备份（没有 {rules.LIST}）",
            why_en=f"{folder} is no whole backup (it has no {rules.LIST})",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(rules.LIST) from error


def _ensure_known(backup: Backup) -> None:
    """Refuse a backup of the other kind of database, and one of a release that is newer than this."""
    if backup.kind != dumps.kind():
        raise RestoreRefused(
            why_zh=f"备份来自 {backup.kind}，而设置的数据库是 {dumps.kind()}",
            why_en=f"it is of {backup.kind}, the configured database is {dumps.kind()}",
        )
    if backup.migration not in health.known():
        raise RestoreRefused(
            why_zh=f"备份来自更新的版本（{backup.migration}），请先升级程序",
            why_en=f"it is of a newer release ({backup.migration}); install that one first",
        )


def _ensure_whole(folder: Path, backup: Backup) -> None:
    """Refuse a backup of which a file is missing or is not what it was."""
    if not _is(dumps.file_in(folder, backup.kind), backup.sha256):
        raise _damaged(dumps.file_in(folder, backup.kind).name)
    for name, sha256 in backup.closings.items():
        if not _is(folder / "closings" / name, sha256):
            raise _damaged(f"closings/{name}")
    for sha256 in backup.photos:
        if not _is(_photo_in(folder, sha256), sha256):
            raise _damaged(f"photos/{sha256[:2]}/{sha256}")


def _is(file: Path, sha256: str) -> bool:
    """Whether a file is there and holds what it should."""
    return file.is_file() and digest(file) == sha256


def _damaged(name: str) -> RestoreRefused:
    """The refusal of a backup that is not what it was."""
    return RestoreRefused(
        why_zh=f"备份中的 {name} 缺失或已损坏", why_en=f"{name} of the backup is missing or damaged"
    )


def _photo_in(folder: Path, sha256: str) -> Path:
    """A photo in the folder of a backup."""
    return folder / "photos" / sha256[:2] / sha256


# ── is there room for it ────────────────────────────────────────────────────────────────────────────────


def _ensure_empty(backup: Backup, brought: dict[str, str]) -> None:
    """Refuse a place that holds anything but what an interrupted restore of this very backup left."""
    dumps.ensure_empty()
    photos = {file.name for file in originals.kept()} - set(backup.photos)
    closed = {file.name for file in closings.folder().glob("[!.]*")} - set(backup.closings)
    if photos or closed:
        place = originals.original("00").parent.parent if photos else closings.folder()
        raise RestoreRefused(
            why_zh=f"文件夹 {place} 中已有文件，请先移走",
            why_en=f"there are files in {place} already; put them aside first",
        )
    for name in brought:
        if held(Settings).sealing_keys and name == KEYS[0]:
            raise _from_environment("GUATU_SEALING_KEYS")
        if held(Settings).closing_keys and name == KEYS[1]:
            raise _from_environment("GUATU_CLOSING_KEYS")


def _from_environment(name: str) -> RestoreRefused:
    """The refusal of keys that would not be used."""
    return RestoreRefused(
        why_zh=f"已设置 {name}，备份中的密钥不会被使用；请清空该设置，或不带 --keys",
        why_en=f"{name} is set, so the backup's keys would not be used; empty it, or leave --keys out",
    )


# ── bringing it ─────────────────────────────────────────────────────────────────────────────────────────


def _keys(file: Path | None) -> dict[str, str]:
    """The files of keys out of the file they were kept in."""
    if file is None:
        return {}
    try:
        told = orjson.loads(file.read_bytes())
        return {name: str(told[name]) for name in KEYS if name in told}
    except ValueError as error:
        raise _damaged(file.name) from error


def _put_keys(brought: dict[str, str]) -> None:
    """Put the files of keys in their place. Those made for an empty database close nothing; they are put aside."""
    for name, content in brought.items():
        file = held(Settings).instance / name
        if file.exists() and file.read_text("utf-8") != content:
            file.rename(file.with_name(f"{rules.name(clock.now())}-{name}"))
        if not file.exists():
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
                out.write(content)


def _put_closings(folder: Path, backup: Backup) -> None:
    """Copy the closed days."""
    to = closings.folder()
    to.mkdir(parents=True, exist_ok=True)
    for name in backup.closings:
        shutil.copyfile(folder / "closings" / name, to / name)


def _put_photos(folder: Path, backup: Backup) -> None:
    """Copy the originals that are not there yet."""
    for sha256 in backup.photos:
        originals.bring(_photo_in(folder, sha256), sha256)


# ── comparing ───────────────────────────────────────────────────────────────────────────────────────────


def _wrong(backup: Backup, *, behind: bool) -> Iterator[tuple[str, str]]:
    """What is not as the list says: a table, a photo, a closed day."""
    found = dumps.found(backup.tables)
    for table in rules.differences(backup.tables, found):
        wanted, here = backup.tables.get(table), found.get(table)
        yield (
            f"表 {table} 与备份不符：应有 {wanted and wanted.rows} 行，现有 {here and here.rows} 行",
            f"table {table} is not as backed up: rows wanted: {wanted and wanted.rows}, here: {here and here.rows}",
        )
    for sha256 in backup.photos:
        if not _is(originals.original(sha256), sha256):
            yield f"照片 {sha256} 与备份不符", f"photo {sha256} is not as backed up"
    if not behind:
        db.session.rollback()
        for each in closings.verify().findings:
            yield f"{each.day} {each.zh}", f"{each.day} {each.en}"


@contextmanager
def _said() -> Iterator[None]:
    """Say in a sentence what the disk refused."""
    try:
        yield
    except OSError as error:
        raise RestoreRefused(
            why_zh=f"文件无法读写（{error.strerror}：{error.filename}）",
            why_en=f"a file cannot be read or written ({error.strerror}: {error.filename})",
        ) from error
