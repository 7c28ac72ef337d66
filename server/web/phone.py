"""The phone web app at /m/: its page, its bundle, its service worker."""

from pathlib import Path

from flask import Blueprint, Response, url_for

from server.gate import public
from server.web import packed

FOLDER = Path(__file__).resolve().parents[2] / "mobile_stub" / "webapp"
WORKER = "dist/worker.js"

door = Blueprint("phone", __name__)


@door.get("/m/")
@public
def start() -> Response:
    """The app's one page; it signs in by itself, through the API."""
    return file("index.html")


@door.get("/m/<path:name>")
@public
def file(name: str) -> Response:
    """One of the app's files; always asked for again, so that a new release is noticed at the next opening.

    The service worker lies with what was bundled, and serves the whole app.
    """
    response = packed.send(FOLDER, name, max_age=0)
    response.headers["Cache-Control"] = "no-cache"
    if name == WORKER:
        response.headers["Service-Worker-Allowed"] = url_for(".start")
    return response
