"""Closings outside the database: a folder with a file a day, and the public keys they are checked with.

A file is never written again. Copy the folder to where nobody of the server can write: an auditor needs no more.
"""

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from server.errors import ClosingsRefused
from server.rules.closings import Closing, Signed
from server.services.closing_keys import Trusted


def days(folder: Path) -> set[date]:
    """The days of which the folder has a file; none where there is no folder."""
    with _said(folder):
        return {date.fromisoformat(file.stem) for file in folder.glob("????-??-??.json")}


def read(folder: Path) -> dict[date, Signed]:
    """Every closing of the folder, by day; `ClosingsRefused` where one cannot be read."""
    with _said(folder):
        return {day: _read(folder / f"{day}.json") for day in sorted(days(folder))}


def keys(folder: Path) -> Trusted:
    """The public keys of the folder, by name; `ClosingsRefused` where one cannot be read."""
    with _said(folder):
        return {file.stem: _key(file) for file in folder.glob("*.pem")}


def write(folder: Path, closings: Iterable[Signed], trusted: Trusted) -> None:
    """Put closings into the folder that are not there yet, and the keys they are checked with."""
    with _said(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for kid, key in trusted.items():
            _put(folder / f"{kid}.pem", key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        for signed in closings:
            _put(folder / f"{signed.closing.day}.json", _written(signed))


def _put(file: Path, content: bytes) -> None:
    """Write a file whole, unless it is there."""
    if file.exists():
        return
    beside = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    beside.write_bytes(content)
    beside.replace(file)


def _written(signed: Signed) -> bytes:
    """A closing as its file says it."""
    told = asdict(signed.closing) | {
        "head": signed.closing.head,
        "kid": signed.kid,
        "signature": signed.signature,
    }
    return orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _read(file: Path) -> Signed:
    """A closing out of its file."""
    told = orjson.loads(file.read_bytes())
    kid, signature = told.pop("kid"), told.pop("signature")
    del told["head"]
    return Signed(Closing(**told | {"day": date.fromisoformat(told["day"])}), kid, signature)


def _key(file: Path) -> Ed25519PublicKey:
    """A public key out of its file."""
    key = load_pem_public_key(file.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise TypeError("another kind of key")
    return key


@contextmanager
def _said(folder: Path) -> Iterator[None]:
    """Say in a sentence what keeps the folder from being read or written."""
    try:
        yield
    except OSError as error:
        raise ClosingsRefused(
            why_zh=f"文件夹 {folder.name} 无法读写（{error.strerror}）",
            why_en=f"the folder {folder.name} cannot be used ({error.strerror})",
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise ClosingsRefused(
            why_zh=f"文件夹 {folder.name} 中有文件损坏（{error}）",
            why_en=f"a file in {folder.name} is damaged ({error})",
        ) from error
