"""Notices: what concerns the reader; and the robots of groups, for who administers the county."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_notices", __name__)


@door.get("/notices")
@guard("notice.read")
def listed() -> str:
    """What the reader is told, newest first."""
    return shell.page("notices.html", name="notices")


@door.get("/hooks")
@guard("hook.read")
def hooks() -> str:
    """The robots of groups with their last messages."""
    return shell.page("hooks.html", name="notices")
