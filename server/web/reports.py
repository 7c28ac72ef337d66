"""Monthly trip reports 行程月报: the trips of units in a month, in unit order."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_reports", __name__)


@door.get("/reports")
@guard("report.read")
def monthly() -> str:
    """The trips of the reader's units in a month, to read and to take as a file."""
    return shell.page("reports.html", name="trips")
