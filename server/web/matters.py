"""Complaints and suggestions, listed to the county; to everybody their own."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_matters", __name__)


@door.get("/matters")
@guard("matter.read")
def listed() -> str:
    """What was reported, newest first."""
    return shell.page("matters.html", name="matters")
