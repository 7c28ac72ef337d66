"""My log 我的日志: one's own day, week and month as the server wrote it."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_logs", __name__)


@door.get("/logs")
@guard("log.read")
def own() -> str:
    """The reader's own log: read it, add to it, take it as a file."""
    return shell.page("logs.html", name="logs")
