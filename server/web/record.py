"""The record, for auditors: who looked at whom, and everything that was done."""

from flask import Blueprint

from server.gate import guard
from server.rules.events import CODES, FACTS, KINDS
from server.web import shell

door = Blueprint("desk_record", __name__)


@door.get("/record")
@guard("look.read")
def listed() -> str:
    """Looks and events, newest first."""
    kinds = {kind.name: {"zh": kind.zh, "en": kind.en} for kind in KINDS.values()}
    facts = {fact.name: {"zh": fact.zh, "en": fact.en, "groups": fact.groups} for fact in FACTS.values()}
    codes = {code: {"zh": zh, "en": en} for code, (zh, en) in CODES.items()}
    return shell.page("record.html", name="record", kinds=kinds, facts=facts, codes=codes)
