"""The phone web app, served as it stands at /m/."""

from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from server.gate import public

FOLDER = Path(__file__).resolve().parents[2] / "mobile_stub" / "webapp"

door = Blueprint("phone", __name__)


@door.get("/m/")
@public
def start() -> Response:
    """The app's one page; it signs in by itself, through the API."""
    return file("index.html")


@door.get("/m/<path:name>")
@public
def file(name: str) -> Response:
    """One of the app's files; always asked for again, so that a new release is there at the next opening."""
    response = send_from_directory(FOLDER, name, max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    return response
