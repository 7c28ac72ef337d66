"""The keys that sign access tokens: from the environment, or made once in a file only its owner can read.

HS256, one kid to each key. The first key signs; the others still verify until the last token they signed has run
out. A running server looks at the file again when it has changed, so a rotation needs no restart.
"""

import fcntl
import json
import logging
import os
import secrets
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import jwt

from server import clock
from server.config import Settings
from server.errors import KeysRefused, SignInNeeded

logger = logging.getLogger("guatu.keys")

ALGORITHM = "HS256"
FILE = "signing-keys.json"
SECRET_BYTES = 32
LONGEST_TOKEN = timedelta(hours=2)
"""More than any access token lives (an hour at most) and any process takes to see that the file has changed."""
LOOK_AGAIN_S = 1.0
REMEMBERED = 20_000
"""How many verified tokens a process remembers: the signature of a token is then computed once, not per request."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key. `retired_at` is when another began to sign in its place; None for the one that signs."""

    kid: str
    secret: str = field(repr=False)
    made_at: datetime | None = None
    retired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified access token says: its session, and until when it may be used (Unix seconds)."""

    session_id: UUID
    expires: int


class Ring:
    """The keys of one installation, the signing one first, and the tokens already verified with them."""

    def __init__(self, keys: tuple[Key, ...], file: Path | None = None) -> None:
        """Hold `keys`; those of a file are looked at again when the file changes."""
        self.keys = keys
        self._file = file
        self._mark = _mark(file)
        self._looked_at = time.monotonic()
        self._verified: dict[str, Claims] = {}

    @classmethod
    def open(cls, settings: Settings) -> "Ring":
        """The ring that the settings name; `KeysRefused` when it cannot be used, made when there is none yet."""
        if settings.signing_keys:
            return cls(_from_text(settings.signing_keys))
        file = settings.instance / FILE
        with _alone(settings.instance):
            if not file.exists():
                _write(file, (_fresh(),))
            return cls(_read(file), file)

    def sign(self, claims: dict[str, Any]) -> str:
        """The token that says `claims`, signed with the first key."""
        self._look_again()
        key = self.keys[0]
        return jwt.encode(claims, key.secret, algorithm=ALGORITHM, headers={"kid": key.kid})

    def verify(self, token: str) -> Claims:
        """What a token says; `SignInNeeded` when it was not signed here or has run out."""
        self._look_again()
        claims = self._verified.get(token) or self._remember(token)
        if claims.expires <= clock.now().timestamp():
            raise SignInNeeded
        return claims

    def _remember(self, token: str) -> Claims:
        """Check the signature and remember that it held."""
        claims = self._decode(token)
        if len(self._verified) >= REMEMBERED:
            self._verified.clear()
        self._verified[token] = claims
        return claims

    def _decode(self, token: str) -> Claims:
        """What the token says, its signature checked with the key it names. Time is checked by our own clock."""
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            secret = next(key.secret for key in _still_of_use(self.keys) if key.kid == kid)
            options: Any = {"verify_exp": False, "verify_iat": False, "require": ["sub", "sid", "iat", "exp"]}
            said = jwt.decode(token, secret, algorithms=[ALGORITHM], options=options)
            return Claims(session_id=UUID(said["sid"]), expires=int(said["exp"]))
        except (
            jwt.InvalidTokenError,
            StopIteration,
            ValueError,
            TypeError,
            AttributeError,
            OverflowError,
        ) as error:
            raise SignInNeeded from error

    def _look_again(self) -> None:
        """Take up a file that was changed by another process (looked at once a second at the most)."""
        if self._file is None or time.monotonic() - self._looked_at < LOOK_AGAIN_S:
            return
        self._looked_at = time.monotonic()
        mark, self._mark = self._mark, _mark(self._file)
        if self._mark in (mark, None):
            return
        try:
            self.keys, self._verified = _read(self._file), {}
        except KeysRefused as problem:
            logger.error("%s The keys read before are used on.", problem)


def rotate(settings: Settings, *, at_once: bool = False) -> Key:
    """Make a new signing key; the old ones verify until their tokens have run out, or with `at_once` no more.

    `KeysRefused` where the keys come from the environment: whoever set them there rotates them there.
    """
    if settings.signing_keys:
        raise KeysRefused(
            why_zh="密钥来自环境变量 GUATU_SIGNING_KEYS，请在那里把新密钥加在最前面",
            why_en="they come from GUATU_SIGNING_KEYS; put a new one first there",
        )
    file = settings.instance / FILE
    with _alone(settings.instance):
        old = () if at_once or not file.exists() else _read(file)
        key = _fresh()
        _write(file, (key, *_retire(old)))
    return key


def _retire(keys: Iterable[Key]) -> Iterator[Key]:
    """The keys as they stand once another signs: marked with the instant, where they are not already."""
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
    """The keys of a file that only its owner can read, without those whose tokens have all run out."""
    with _said():
        if stat.S_IMODE(file.stat().st_mode) & 0o077:
            raise KeysRefused(
                why_zh=f"{file.name} 可被他人读取，请执行 chmod 600，并轮换密钥（flask keys rotate）",
                why_en=f"others can read {file.name}; run chmod 600 on it, then flask keys rotate",
            )
        kept = tuple(_key(row) for row in json.loads(file.read_text(encoding="utf-8"))["keys"])
    if not kept or kept[0].retired_at is not None:
        raise KeysRefused(
            why_zh=f"{file.name} 中没有签发用的密钥", why_en=f"{file.name} holds no key to sign with"
        )
    return tuple(_still_of_use(kept))


def _still_of_use(keys: Iterable[Key]) -> Iterator[Key]:
    """The keys without those that signed nothing which could still be good."""
    now = clock.now()
    return (key for key in keys if key.retired_at is None or now - key.retired_at < LONGEST_TOKEN)


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
    with _said():
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            json.dump({"keys": rows}, out, indent=1)
            out.flush()
            os.fsync(out.fileno())
        beside.replace(file)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Be the only process that makes or changes keys in this folder, which is made when it is missing."""
    with _said():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _said() -> Iterator[None]:
    """Say in a sentence what keeps a file from being read or written."""
    try:
        yield
    except OSError as error:
        raise KeysRefused(
            why_zh=f"文件无法读写（{error.strerror}）", why_en=f"file trouble: {error.strerror}"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeysRefused(why_zh=f"{FILE} 内容损坏", why_en=f"{FILE} is damaged") from error


def _mark(file: Path | None) -> tuple[int, int] | None:
    """What changes when the file is replaced: its inode and its time; None when there is none."""
    if file is None:
        return None
    try:
        seen = file.stat()
    except OSError:
        return None
    return seen.st_ino, seen.st_mtime_ns
