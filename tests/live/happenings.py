"""Events for tests of the stream, written as the services write them, by connections that take their time."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa

from server.db import WRITES, db
from server.live import tail
from server.live.tail import Happened, Horizon
from server.models.events import Event
from server.services import events

on_postgis = pytest.mark.parametrize("app", ["postgis"], indirect=True)
"""For what cannot happen where there is one writer at a time: that somebody commits late."""


def write(connection: sa.Connection, *subjects: str) -> list[int]:
    """Append events with these subjects within the connection's transaction; their numbers."""
    numbers = []
    for subject in subjects:
        row = events.row("trip.planned", None, None, None, None, subject, {})
        numbers.append(connection.execute(sa.insert(Event).values(row).returning(Event.number)).scalar_one())
    return numbers


def committed(*subjects: str) -> list[int]:
    """Append events and commit."""
    with db.engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        return write(connection, *subjects)


@contextmanager
def unfinished(*subjects: str) -> Iterator[sa.Transaction]:
    """A transaction that has appended events and is not over yet: the block commits it or rolls it back."""
    with (
        db.engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin() as transaction,
    ):
        write(connection, *subjects)
        yield transaction


class Tail:
    """The tail by hand: each call of `read` is one look, as the hub takes it."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection, self.horizon, self.position = connection, Horizon(), 0

    def read(self) -> list[str]:
        """The subjects of what is new and safe to read."""
        return [happened.subject for happened in self.look()]

    def look(self) -> list[Happened]:
        """What is new and safe to read."""
        with self.connection.begin():
            self.horizon = tail.advance(self.connection, self.horizon)
            found = tail.read(self.connection, after=self.position, upto=self.horizon.settled)
        self.position = found[-1].number if found else self.position
        return found


@contextmanager
def following() -> Iterator[Tail]:
    """A tail on the application's database."""
    with tail.follow(db.engine) as connection:
        yield Tail(connection)
