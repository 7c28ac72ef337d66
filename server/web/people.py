"""People and units, for administrators to keep and for watchers to look up."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_people", __name__)


@door.get("/people")
@guard("person.read")
def listed() -> str:
    """The people of the reader's units."""
    return shell.page("people.html", name="people")
