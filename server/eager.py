"""A connection to PostgreSQL that writes before it waits.

psycopg asks before each statement, and again before it is sent, whether the socket takes it. It nearly always does; but
under gevent each asking is a turn of the loop, which costs more than a small statement. What stands when the socket
does not take it is psycopg's: it asks, and waits.
"""

from collections.abc import Generator
from typing import Any, TypeVar

import psycopg
from psycopg.waiting import Ready, Wait

Result = TypeVar("Result")
Steps = Generator[Wait, Ready | int, Result]

UNASKED = 32
"""So often something is written in a row before it is asked whether the socket takes more."""


class Eager(psycopg.Connection[Any]):
    """A psycopg connection of this manner."""

    def wait(self, gen: Steps[Result], *args: Any, **kwargs: Any) -> Result:
        """Carry out what psycopg has begun."""
        return super().wait(_writing_first(gen), *args, **kwargs)


def _writing_first(steps: Steps[Result]) -> Steps[Result]:
    """The same steps, of which the first that want to write are not asked about."""
    try:
        wants = next(steps)
        for _ in range(UNASKED):
            if wants == Wait.R:
                break
            wants = steps.send(Ready.W)
        while True:
            wants = steps.send((yield wants))
    except StopIteration as end:
        result: Result = end.value
        return result
