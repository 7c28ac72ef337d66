"""Bulletins 通报: the list, and one bulletin's page."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_bulletins", __name__)


@door.get("/bulletins")
@guard("bulletin.read")
def listed() -> str:
    """What was published, and for who deals with them what is being drafted."""
    return shell.page("bulletins.html", name="bulletins")


@door.get("/bulletins/<int:bulletin_id>")
@guard("bulletin.read")
def one(bulletin_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """One bulletin."""
    return shell.page("bulletin.html", name="bulletins")
