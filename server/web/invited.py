"""Where a one-time link leads: set a password of one's own. Its secret stands behind the `#`."""

from flask import Blueprint, render_template

from server.gate import public
from server.web import language, shell

door = Blueprint("desk_invited", __name__)


@door.get("/invited")
@public
def form() -> str:
    """The shell; its script reads the secret and asks for whom it is."""
    return render_template("invited.html", desk=shell.data(None), other_language=language.other_address())
