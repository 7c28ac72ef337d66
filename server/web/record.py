"""The record, for auditors: who looked at whom, and everything that was done."""

from flask import Blueprint

from server.gate import guard
from server.rules.events import KINDS
from server.web import shell

door = Blueprint("desk_record", __name__)


@door.get("/record")
@guard("look.read")
def listed() -> str:
    """Looks and events, newest first."""
    kinds = {kind.name: {"zh": kind.zh, "en": kind.en} for kind in KINDS.values()}
    return shell.page("record.html", name="record", kinds=kinds)
