"""How the installation stands 运行状况: one page for the administrator."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_status", __name__)


@door.get("/status")
@guard("status.read")
def one() -> str:
    """What is well, what to watch, what is wrong, and what to do."""
    return shell.page("status.html", name="status")
