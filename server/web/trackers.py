"""Trackers 定位设备: one's own phones that send positions with the screen off, and what was not kept of them."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_trackers", __name__)


@door.get("/trackers")
@guard("tracker.read")
def own() -> str:
    """The reader's own trackers: add one, see whether it reports, revoke it."""
    return shell.page("trackers.html", name="trackers")
