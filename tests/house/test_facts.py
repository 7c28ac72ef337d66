"""The facts of events have words, so that the record is read and not deciphered."""

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

from server.rules.events import FACTS
from server.services import events

SERVICES = Path(__file__).parents[2] / "server" / "services"


def named() -> Iterator[str]:
    """Each fact that is given by its name where an event is recorded."""
    own = set(inspect.signature(events.record).parameters)
    for file in SERVICES.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "events.record":
                yield from (word.arg for word in node.keywords if word.arg and word.arg not in own)


def test_every_fact_of_an_event_has_words_in_both_languages() -> None:
    facts = set(named())
    assert len(facts) > 30
    assert facts - set(FACTS) == set()
    assert all(fact.zh and fact.en for fact in FACTS.values())
