"""The live map (挂图) on a desk and on a wall: shells; areas, people and check-ins come from the API and the stream."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from server import gate
from server.gate import guard
from server.web import shell

door = Blueprint("desk_map", __name__)


@door.get("/")
@guard("area.read")
def wall() -> ResponseReturnValue:
    """The map; who administers sees the areas, who has nothing to see there goes to their own page."""
    home = shell.home(gate.actor())
    return shell.page("map.html", name="map") if home == "/" else redirect(home)


@door.get("/wall")
@guard("area.read")
def big() -> str:
    """The same for a room (大屏): dark and large, with panels that turn; the address is the map's."""
    return shell.page("wall.html", name="wall")
