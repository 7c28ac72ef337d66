"""Partitions of fixes by month (Shanghai) on PostgreSQL: made before a month begins, dropped when all of it expired.

Each change is one short transaction on the catalogue, which gives up soon when somebody else holds the table: a
reader or a writer who waits behind it would wait for whoever is in its way.
"""

from datetime import date, datetime
from typing import Final

from server import clock
from server.db import db
from server.queries import partitions as reads
from server.queries.partitions import Partition
from server.transaction import verb

AHEAD: Final = 2
"""So many months after the present one have their partition already."""

PATIENCE: Final = "SET LOCAL lock_timeout = '2s'"


def make_ahead() -> list[str]:
    """Make what is missing of this month's partition and the next ones: the names of those made.

    Nothing on SpatiaLite, whose fixes are one table.
    """
    if not reads.by_month():
        return []
    months = [clock.month_of(clock.now())]
    for _ in range(AHEAD):
        months.append(clock.month_after(months[-1]))
    return [name for name in map(_make, months) if name]


def drop_expired(before: datetime) -> list[str]:
    """Drop the partitions that end by an instant: their names. Their rows have been deleted one by one before."""
    if not reads.by_month():
        return []
    return [_drop(each) for each in reads.attached() if each.ends_at <= before]


@verb
def _make(month: date) -> str | None:
    """Make a month's partition; its name, or None where there is one. `Busy` is left to whoever holds the table."""
    starts_at, ends_at = clock.day_starts_at(month), clock.day_starts_at(clock.month_after(month))
    _run(PATIENCE)
    there = reads.attached()
    if any(each.covers(starts_at) for each in there):
        return None
    name = f"fixes_{month:%Y_%m}"
    if reads.any_in_default():
        before = [each.ends_at for each in there if each.ends_at <= starts_at]
        _take_over(name, max(before, default=None), ends_at)
    else:
        _run(f"CREATE TABLE {name} (LIKE fixes INCLUDING ALL)")
        _run(_attach(name, starts_at, ends_at))
    return name


def _take_over(name: str, starts_at: datetime | None, ends_at: datetime) -> None:
    """Let the default partition, which already holds fixes, become the month's, and put an empty one in its place.

    So no row moves, however many there are, and at no time is one missing. What does not fit, which only clocks and
    settings gone astray can bring about, goes back into the new default partition.
    """
    _run("LOCK TABLE fixes IN ACCESS EXCLUSIVE MODE")
    _run("ALTER TABLE fixes DETACH PARTITION fixes_default")
    _run(f"ALTER TABLE fixes_default RENAME TO {name}")
    _run("CREATE TABLE fixes_default PARTITION OF fixes DEFAULT")
    outside = f"at >= {_bound(ends_at)}"
    if starts_at is not None:
        outside += f" OR at < {_bound(starts_at)}"
    strays = f"DELETE FROM {name} WHERE {outside} RETURNING *"  # noqa: S608 - of our own bounds
    _run(f"WITH strays AS ({strays}) INSERT INTO fixes_default SELECT * FROM strays")  # noqa: S608 - the same
    _run(_attach(name, starts_at, ends_at))


@verb
def _drop(expired: Partition) -> str:
    """Drop a partition. `DETACH … CONCURRENTLY` is not to be had beside a default partition."""
    _run(PATIENCE)
    _run(f"DROP TABLE {expired.name}")
    return expired.name


def _attach(name: str, starts_at: datetime | None, ends_at: datetime) -> str:
    """The statement that makes a table the partition of a range."""
    return f"ALTER TABLE fixes ATTACH PARTITION {name} FOR VALUES FROM ({_bound(starts_at)}) TO ({_bound(ends_at)})"


def _bound(instant: datetime | None) -> str:
    """An instant as a statement on tables writes it; they take no parameters."""
    return "MINVALUE" if instant is None else f"'{clock.iso(instant)}'"


def _run(statement: str) -> None:
    """One statement in the verb's transaction."""
    db.session.connection().exec_driver_sql(statement)
