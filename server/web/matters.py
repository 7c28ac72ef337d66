"""Matters: the list, one matter's page, and what their deadlines go by."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_matters", __name__)


@door.get("/matters")
@guard("matter.read")
def listed() -> str:
    """What was reported, newest first."""
    return shell.page("matters.html", name="matters")


@door.get("/matters/terms")
@guard("category.read")
def terms() -> str:
    """The categories with their terms, and the working calendar."""
    return shell.page("terms.html", name="matters")


@door.get("/matters/<int:matter_id>")
@guard("matter.read")
def one(matter_id: int) -> str:  # noqa: ARG001  the script reads it from the address
    """One matter, from its report to its end."""
    return shell.page("matter.html", name="matters")
