"""Files of keys: made once, readable by their owner only, written whole, looked at again when they change.

What the keys are for is said elsewhere: `keys` signs access tokens with them, `seals` keeps secrets closed at rest.
The first key is the one in use; the others are those used before it.
"""

import fcntl
import json
import logging
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from server import clock
from server.errors import KeysRefused

logger = logging.getLogger("guatu.keys")

SECRET_BYTES = 32
LOOK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `retired_at` is when another came into use in its place; None for the one in use."""

    kid: str
    secret: str = field(repr=False)
    made_at: datetime | None = None
    retired_at: datetime | None = None


class Bunch:
    """The keys of one purpose, the one in use first; those of a file are looked at again when the file changes."""

    def __init__(self, keys: tuple[Key, ...], file: Path | None = None) -> None:
        """Hold `keys`, which came from `file`, or (None) from the settings."""
        self.keys = keys
        self._file = file
        self._mark = _mark(file)
        self._looked_at = time.monotonic()

    @classmethod
    def open(cls, text: str, file: Path) -> "Bunch":
        """The keys of `text`, a setting; where it is empty those of `file`, which is made when there is none yet.

        `KeysRefused` when they cannot be used.
        """
        if text:
            return cls(_from_text(text))
        with _alone(file.parent):
            if not file.exists():
                _write(file, (_fresh(),))
            return cls(_read(file), file)

    def look_again(self, *, at_once: bool = False) -> bool:
        """Take up a file that was changed by another process; whether it was.

        Looked at once a second at the most, or `at_once`, by who has met something these keys cannot explain.
        """
        rested = time.monotonic() - self._looked_at
        if self._file is None or (rested < LOOK_AGAIN_S and not at_once):
            return False
        self._looked_at = time.monotonic()
        mark, self._mark = self._mark, _mark(self._file)
        return self._mark not in (mark, None) and self._take_up(self._file)

    def _take_up(self, file: Path) -> bool:
        """Read the file; what cannot be read changes nothing, and is logged."""
        try:
            self.keys = _read(file)
        except KeysRefused as problem:
            logger.error("%s The keys read before are used on.", problem)
            return False
        return True


def renew(text: str, file: Path, *, name: str, keep: Callable[[Iterable[Key]], Iterable[Key]] | None) -> Key:
    """Put a new key in front of those of `file` that `keep` passes; without `keep` no other is left. The new one.

    `KeysRefused` where the keys come from the setting `name`: whoever set them there renews them there.
    """
    if text:
        raise KeysRefused(
            why_zh=f"密钥来自环境变量 {name}，请在那里把新密钥加在最前面",
            why_en=f"they come from {name}; put a new one first there",
        )
    with _alone(file.parent):
        old = keep(_read(file)) if keep is not None and file.exists() else ()
        key = _fresh()
        _write(file, (key, *_retire(old)))
    return key


def add(file: Path, key: Key) -> None:
    """Put a key behind those of `file`; `KeysRefused` when the file cannot be used."""
    with _alone(file.parent):
        _write(file, (*_read(file), key))


def _retire(keys: Iterable[Key]) -> Iterator[Key]:
    """The keys as they stand once another is in use: marked with the instant, where they are not already."""
    now = clock.now()
    return (replace(key, retired_at=key.retired_at or now) for key in keys)


def _fresh() -> Key:
    """A new key."""
    return Key(kid=secrets.token_hex(4), secret=secrets.token_urlsafe(SECRET_BYTES), made_at=clock.now())


def _from_text(text: str) -> tuple[Key, ...]:
    """The keys written `kid:secret,kid:secret`; `KeysRefused` when short, double or badly written."""
    keys = tuple(
        Key(kid.strip(), secret.strip())
        for kid, _, secret in (part.partition(":") for part in text.split(","))
    )
    if any(not key.kid or len(key.secret.encode()) < SECRET_BYTES for key in keys):
        raise KeysRefused(
            why_zh=f"应写作 kid:密钥,kid:密钥，每个密钥至少 {SECRET_BYTES} 字节",
            why_en=f"write kid:secret,kid:secret with secrets of at least {SECRET_BYTES} bytes",
        )
    if len({key.kid for key in keys}) < len(keys):
        raise KeysRefused(why_zh="kid 重复", why_en="a kid is given twice")
    return keys


def _read(file: Path) -> tuple[Key, ...]:
    """The keys of a file that only its owner can read."""
    with _said(file.name):
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise KeysRefused(
                why_zh=f"{file.name} 可被他人读取，请执行 chmod 600，并轮换其中的密钥",
                why_en=f"others can read {file.name}; run chmod 600 on it, then rotate its keys",
            )
        kept = tuple(_key(row) for row in json.loads(file.read_text(encoding="utf-8"))["keys"])
    if not kept or kept[0].retired_at is not None:
        raise KeysRefused(why_zh=f"{file.name} 中没有在用的密钥", why_en=f"{file.name} holds no key in use")
    return kept


def _key(row: dict[str, Any]) -> Key:
    """A key from its row in the file."""
    made_at, retired_at = row["made_at"], row["retired_at"]
    return Key(
        kid=str(row["kid"]),
        secret=str(row["secret"]),
        made_at=datetime.fromisoformat(made_at) if made_at else None,
        retired_at=datetime.fromisoformat(retired_at) if retired_at else None,
    )


def _write(file: Path, keys: tuple[Key, ...]) -> None:
    """Put the keys into the file whole: no reader ever meets half of it, nobody but the owner can read it."""
    rows = [
        {
            "kid": key.kid,
            "secret": key.secret,
            "made_at": key.made_at and clock.iso(key.made_at),
            "retired_at": key.retired_at and clock.iso(key.retired_at),
        }
        for key in keys
    ]
    beside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with _said(file.name):
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump({"keys": rows}, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only process that makes or changes keys in this folder, which is made when it is missing."""
    with _said(folder.name):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(
            descriptor, fcntl.LOCK_UN
        )  # now: gevent closes a descriptor only once its loop comes round
        os.close(descriptor)


@contextmanager
def _said(name: str) -> Iterator[None]:
    """Say in a sentence what keeps a file from being read or written."""
    try:
        yield
    except OSError as error:
        raise KeysRefused(
            why_zh=f"文件 {name} 无法读写（{error.strerror}）",
            why_en=f"file trouble with {name}: {error.strerror}",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeysRefused(why_zh=f"{name} 内容损坏", why_en=f"{name} is damaged") from error


def _mark(file: Path | None) -> tuple[int, int] | None:
    """What changes when the file is replaced: its inode and its time; None when there is none."""
    if file is None:
        return None
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns
