"""The visit log: the shell of the table."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_log", __name__)


@door.get("/log")
@guard("checkin.read")
def table() -> str:
    """Check-ins and visits by time, with filters kept in the address."""
    return shell.page("log.html", name="log")
