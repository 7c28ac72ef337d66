"""Bundled scripts, the style sheet and drawings, under addresses that change with their content."""

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Response, url_for

from server.gate import public
from server.web import packed

FOLDER = Path(__file__).with_name("static")
YEAR_S = 365 * 86_400

door = Blueprint("assets", __name__)


@door.get("/static/<path:name>")
@public
def file(name: str) -> Response:
    """One file; browsers may keep it, its address carries the digest of its content."""
    return packed.send(FOLDER, name, max_age=YEAR_S)


def address(name: str) -> str:
    """The address of a file under static/, with its digest; without one when it has not been bundled."""
    return url_for("assets.file", name=name, v=_digest(name))


@cache
def _digest(name: str) -> str | None:
    """The first characters of the file's SHA-256."""
    path = FOLDER / name
    return sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else None
