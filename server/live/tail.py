"""The tail: reads the event table in the order of its numbers, and never past one that may still appear.

Numbers are given before a transaction commits, so a reader that trusts "greater than the last I saw" loses what
commits late. The tail therefore reads only up to a *settled* number: one for which every number up to it has
either been committed or will never be.

**How a number is known to be settled on PostgreSQL.** A trigger gives an event its number only after its
transaction has an id of its own (`pg_current_xact_id()`, then `nextval`). The tail reads, in this order,

1. `S`, the last number the sequence gave out, and after that
2. `X`, a transaction id of the tail's own, taken for this alone.

Take any number `n ≤ S` and the transaction `T` it was given to. `T` had its id before it was given `n`, `n` was
given before `S` was read, and `X` was taken after that. Ids are given in growing order, so `T < X`. A later snapshot
whose oldest running transaction (`pg_snapshot_xmin`) is `≥ X` says that everything below `X` is over, `T` too:
what it committed is visible from now on, and what it did not will never be. So `S` is settled.

`X` must be a transaction id of our own. `pg_snapshot_xmax` will not do: it is one past the newest *completed*
transaction, and a running one may have a higher id than that.

No transaction id is stored, so a dump restored into a fresh cluster, whose ids begin anew, streams on. On SQLite
there is one writer at a time, and the last number committed is the last number given out.
"""

import time
from dataclasses import dataclass, replace

import sqlalchemy as sa

PAGE = 500
"""How many events are read at once."""

PAUSE_S = 0.02
"""Between two looks whether a number has settled."""


@dataclass(frozen=True, slots=True)
class Happened:
    """One event as the stream needs it: ids only."""

    number: int
    kind: str
    actor_id: int | None
    unit_id: int | None
    person_id: int | None
    trip_id: int | None
    subject: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A number waiting to be settled, the transaction id to wait for, and when the wait began (monotonic s)."""

    number: int
    transaction: int
    since_s: float


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far reading is safe: every number up to `settled`; `given` is the last one given out."""

    settled: int = 0
    given: int = 0
    mark: Mark | None = None

    def waiting_s(self, now_s: float) -> float:
        """For how many seconds somebody's unfinished transaction has held the horizon; 0 when nobody does."""
        return 0.0 if self.mark is None else now_s - self.mark.since_s


_events = sa.table(
    "events",
    *(
        sa.column(name)
        for name in ("number", "kind", "actor_id", "unit_id", "person_id", "trip_id", "subject")
    ),
)

_GIVEN = {
    "postgresql": "SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM events_number_seq",
    "sqlite": "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'events'",
}
_OWN_TRANSACTION = "SELECT pg_current_xact_id()::text::bigint"
_OLDEST_RUNNING = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"


def follow(engine: sa.Engine) -> sa.Connection:
    """A connection to follow the events with; each statement on PostgreSQL sees the moment it runs in."""
    connection = engine.connect()
    if engine.dialect.name == "postgresql":
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
    return connection


def advance(connection: sa.Connection, horizon: Horizon) -> Horizon:
    """The horizon as of now: whether the marked number has settled; when nothing waits, the last one is marked."""
    given = _one(connection, _GIVEN[connection.dialect.name])
    if connection.dialect.name == "sqlite":
        return Horizon(settled=given, given=given)
    horizon = _settle(connection, replace(horizon, given=given))
    if horizon.mark is not None or given <= horizon.settled:
        return horizon
    mark = Mark(given, _one(connection, _OWN_TRANSACTION), time.monotonic())
    return _settle(connection, replace(horizon, mark=mark))


def settled(engine: sa.Engine, *, within_s: float) -> int | None:
    """A number up to which nothing can appear any more, as of now; None where an unfinished transaction outlasts it."""
    give_up_at = time.monotonic() + within_s
    with follow(engine) as connection:
        horizon = advance(connection, Horizon())
        while horizon.mark is not None:
            if time.monotonic() > give_up_at:
                return None
            time.sleep(PAUSE_S)
            horizon = advance(connection, horizon)
    return horizon.settled


def _settle(connection: sa.Connection, horizon: Horizon) -> Horizon:
    """The horizon moved to its mark, once everything that was running when the mark was made is over."""
    if horizon.mark is None or _one(connection, _OLDEST_RUNNING) < horizon.mark.transaction:
        return horizon
    return Horizon(settled=horizon.mark.number, given=horizon.given)


def read(connection: sa.Connection, *, after: int, upto: int, limit: int = PAGE) -> list[Happened]:
    """The events numbered above `after` up to and including `upto` (settled), in order, `limit` at the most."""
    statement = (
        sa.select(_events)
        .where(_events.c.number > after, _events.c.number <= upto)
        .order_by(_events.c.number)
        .limit(limit)
    )
    return [Happened(*row) for row in connection.execute(statement)]


def newest(connection: sa.Connection, *, upto: int) -> int:
    """The highest number committed up to `upto`; 0 when there is none."""
    found = sa.select(sa.func.max(_events.c.number)).where(_events.c.number <= upto)
    return connection.execute(found).scalar_one() or 0


def _one(connection: sa.Connection, statement: str) -> int:
    """The one number a statement answers."""
    return int(connection.exec_driver_sql(statement).scalar_one())
