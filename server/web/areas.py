"""Areas: the list by kind, and the form that imports a boundary file."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_areas", __name__)


@door.get("/areas")
@guard("area.read")
def listed() -> str:
    """All areas with their versions on a map; administrators can import."""
    return shell.page("areas.html", name="areas")
