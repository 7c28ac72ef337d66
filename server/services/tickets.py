"""Tickets: what a browser or a phone carries from one step of signing in to the next, sealed and soon of no use.

Nothing is kept of them here, and nobody else can read or make one. A ticket says what it is for, and is of use for
nothing else.
"""

from datetime import timedelta
from typing import Any

import orjson

from server import clock
from server.errors import KeysRefused, StepLapsed
from server.held import held
from server.services.seals import Seals

LIFE = timedelta(minutes=10)
LONGEST = 4096


def issue(purpose: str, **facts: Any) -> str:
    """A ticket for `purpose` that says these plain facts; text without blanks."""
    until = (clock.now() + LIFE).timestamp()
    return held(Seals).seal(orjson.dumps({"for": purpose, "until": until, "facts": facts}).decode())


def read(purpose: str, ticket: str) -> dict[str, Any]:
    """What a ticket says; `StepLapsed` when it is not one of ours, for something else, or too old."""
    if not ticket or len(ticket) > LONGEST or not ticket.isascii():
        raise StepLapsed
    try:
        told = orjson.loads(held(Seals).unseal(ticket))
    except (KeysRefused, orjson.JSONDecodeError) as error:
        raise StepLapsed from error
    if not isinstance(told, dict) or told.get("for") != purpose or told["until"] <= clock.now().timestamp():
        raise StepLapsed
    facts: dict[str, Any] = told["facts"]
    return facts
