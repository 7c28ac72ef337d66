"""Boards 榜: the month's board and the rules it is made by."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_boards", __name__)


@door.get("/boards")
@guard("board.read")
def monthly() -> str:
    """The county's units by results, each number with what made it."""
    return shell.page("boards.html", name="bulletins")
