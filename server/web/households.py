"""Households: those one looks after with what is due, and those of the units below."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_households", __name__)


@door.get("/households")
@guard("household.read")
def listed() -> str:
    """The households the reader may see."""
    return shell.page("households.html", name="patrols")
