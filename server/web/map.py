"""The live map (挂图): the shell; areas, people and check-ins come from the API and the stream."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_map", __name__)


@door.get("/")
@guard("area.read")
def wall() -> str:
    """The map on the wall; who may not see people sees the areas and is told so."""
    return shell.page("map.html", name="map")
