"""A connection to PostgreSQL that notices when nobody answers any more."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
import psycopg

from server.eager import Eager, Result, Steps

ANSWERS_S = 60.0
"""How long a request waits for PostgreSQL's next word; whoever runs a command waits as long as it takes."""

CONNECTS_S = 5
"""How long a connection may take to come about."""

STANDS_S = 5.0
"""How long a connection may take that rested and is asked whether it still stands."""


class Heard(Eager):
    """A connection that counts as lost when its server takes what is said and does not answer.

    What stands between may take everything and pass nothing on: then no keepalive ever fails.
    """

    answers_s = ANSWERS_S

    @contextmanager
    def soon(self) -> Iterator[None]:
        """Within the block an answer is expected within `STANDS_S`."""
        self.answers_s = STANDS_S
        try:
            yield
        finally:
            del self.answers_s

    def wait(self, gen: Steps[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        """Drive an exchange to its end, or close the connection and raise `psycopg.OperationalError`."""
        if timeout is not None or click.get_current_context(silent=True) is not None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.answers_s)
        except psycopg.errors._WaitTimeout as error:
            self.pgconn.finish()
            raise psycopg.OperationalError("connection timeout: no answer to what was asked") from error
