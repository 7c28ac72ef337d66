"""The record, for auditors: who looked at whom, and everything that was done."""

from flask import Blueprint

from server.gate import guard
from server.web import shell

door = Blueprint("desk_record", __name__)


@door.get("/record")
@guard("look.read")
def listed() -> str:
    """Looks and events, newest first."""
    return shell.page("record.html", name="record")
