"""The live map (挂图): the shell; areas, people and check-ins come from the API and the stream."""

from flask import Blueprint, redirect
from flask.typing import ResponseReturnValue

from server import gate
from server.gate import guard
from server.web import shell

door = Blueprint("desk_map", __name__)


@door.get("/")
@guard("area.read")
def wall() -> ResponseReturnValue:
    """The map on the wall; who administers sees the areas, who has nothing to see there goes to their own page."""
    home = shell.home(gate.actor())
    return shell.page("map.html", name="map") if home == "/" else redirect(home)
