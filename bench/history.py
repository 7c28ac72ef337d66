"""History at size: what a day's track costs to read, and a fix to keep, beside a long history of fixes.

    python -m bench.history postgis --fixes 50e6
    python -m bench.history spatialite --fixes 5e6

A database of its own is made, filled and removed: about 250 bytes of disk a fix, and on PostGIS some minutes for 50
million. Everybody is on a duty every day and sends a fix each ten seconds for eight hours; rows lie in the order of
their time, so that one person's never lie side by side: the worst order for reading a track.
"""

import argparse
import math
import os
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.queries import positions as reads
from server.services import partitions, positions
from tests import people
from tests import trips as journeys
from tests.positions import Phone, fix, fixes, phone
from tests.support import databases, postgis
from tests.support.postgis import Cluster

DAY_FIXES: Final = 2880
EVERY_S: Final = 10
FIRST_HOUR: Final = 8
DAYS: Final = 180
STRANGERS: Final = 100_000
"""The ids of the people of the history begin here; nobody by name is among them."""

PHONES, BATCHES, BATCH = 40, 400, 100
GOAL_MS, GOAL_RATIO = 50.0, 1.3


@dataclass(frozen=True, slots=True)
class History:
    """So many people on duty on each of the days up to yesterday."""

    people: int
    first: date
    days: int

    @classmethod
    def of(cls, wanted: int) -> "History":
        """About so many fixes."""
        days = min(DAYS, max(1, wanted // DAY_FIXES))
        first = clock.day_of(clock.now()) - timedelta(days=days)
        return cls(max(1, round(wanted / (days * DAY_FIXES))), first, days)

    @property
    def fixes(self) -> int:
        """How many fixes it has."""
        return self.people * self.days * DAY_FIXES

    def months(self) -> Iterator[tuple[date, date, date]]:
        """Its months, each with its first and last day in it that belong to the history."""
        last = self.first + timedelta(days=self.days - 1)
        month = self.first.replace(day=1)
        while month <= last:
            after = clock.month_after(month)
            yield month, max(month, self.first), min(after - timedelta(days=1), last)
            month = after

    def duty(self, number: int, day: date) -> tuple[int, int]:
        """Whose duty that was: person and trip."""
        return STRANGERS + number, (STRANGERS + number) * 1000 + (day - self.first).days


def main() -> None:
    """Read the command line, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("database", choices=["postgis", "spatialite"])
    asked.add_argument("--fixes", type=float, default=2e6)
    told = asked.parse_args()
    history = History.of(int(told.fixes))
    with tempfile.TemporaryDirectory(prefix="guatu-bench-") as folder:
        if told.database == "spatialite":
            _on_spatialite(Path(folder), history)
        else:
            with postgis.cluster(durable=True) as cluster:
                _on_postgis(cluster, Path(folder), history)


# ── PostGIS ─────────────────────────────────────────────────────────────────────────────────────────────


def _on_postgis(cluster: Cluster, folder: Path, history: History) -> None:
    """Everything, on a cluster of its own."""
    cluster.sql("CREATE DATABASE filled")
    cluster.sql("CREATE DATABASE empty")
    with _county(cluster.url("filled"), folder) as filled, _county(cluster.url("empty"), folder) as empty:
        with filled.app.app_context():
            _say_settings()
            _fill_months(cluster, history)
            _say_size(history)
            _read_a_day(cluster, history)
        _compare(filled, empty)


def _fill_months(cluster: Cluster, history: History) -> None:
    """The whole history, with as little of the write-ahead log as can be."""
    began = time.monotonic()
    _restarted(cluster, wal_level="minimal", max_wal_senders="0", max_wal_size="16GB")
    for month, first, last in history.months():
        _fill_month(history, month, first, last)
    print(f"filled in {time.monotonic() - began:.0f} s", flush=True)
    _restarted(cluster, wal_level="replica", max_wal_senders="10", max_wal_size="1GB")
    db.session.execute(sa.text("ANALYZE fixes"))
    db.session.commit()


def _restarted(cluster: Cluster, *, cold: bool = False, **settings: str) -> None:
    """Restart with these settings; `cold`: with nothing of its files in the machine's memory."""
    db.session.remove()
    db.engine.dispose()
    for name, value in settings.items():
        cluster.sql(f"ALTER SYSTEM SET {name} = '{value}'")
    cluster.stop()
    if cold:
        os.sync()
        for file in (each for each in cluster.folder.rglob("*") if each.is_file()):
            with file.open("rb") as opened:
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    cluster.start()


_FILL = """
INSERT INTO {table} SELECT person, t, person, person::int * 1000 + day, t, t,
  118 + person % 100 * 0.01 + tick * 1e-5, 29 + tick % 97 * 1e-5, 'WGS-84', 10, NULL, 1.2, 90, 0.8, 0, false, NULL,
  '\\x0100000002000000', tick * 7919 + person
FROM generate_series(CAST(:first AS int), CAST(:last AS int)) AS day,
  generate_series(0, {ticks} - 1) AS tick,
  LATERAL (SELECT CAST(:begins AS timestamptz) + day * interval '1 day' + tick * interval '{every} s' AS t) AS at,
  generate_series({strangers}, {strangers} + :people - 1) AS person
"""


def _fill_month(history: History, month: date, first: date, last: date) -> None:
    """One month's fixes: into a table without indexes, which then becomes the month's partition."""
    name = f"fixes_{month:%Y_%m}"
    begins = clock.day_starts_at(history.first) + timedelta(hours=FIRST_HOUR)
    told = {"first": (first - history.first).days, "last": (last - history.first).days, "begins": begins}
    starts_at, ends_at = (clock.iso(clock.day_starts_at(each)) for each in (month, clock.month_after(month)))
    fill = _FILL.format(table=name, ticks=DAY_FIXES, every=EVERY_S, strangers=STRANGERS)
    with db.engine.begin() as connection:
        connection.execute(sa.text("SET LOCAL maintenance_work_mem = '1GB'"))
        for text in (f"DROP TABLE IF EXISTS {name}", f"CREATE TABLE {name} (LIKE fixes INCLUDING DEFAULTS)"):
            connection.execute(sa.text(text))
        connection.execute(sa.text(fill), told | {"people": history.people})
        bounds = f"FROM ('{starts_at}') TO ('{ends_at}')"
        for text in (
            f"ALTER TABLE {name} ADD PRIMARY KEY (tracker_id, at)",
            f"CREATE INDEX ON {name} (person_id, trip_id, at)",
            f"ALTER TABLE fixes ATTACH PARTITION {name} FOR VALUES {bounds}",
        ):
            connection.execute(sa.text(text))
    print(f"{name} filled", flush=True)


def _say_settings() -> None:
    names = ("server_version", "fsync", "synchronous_commit", "shared_buffers")
    print(", ".join(f"{name} {db.session.execute(sa.text(f'SHOW {name}')).scalar_one()}" for name in names))
    db.session.rollback()


def _say_size(history: History) -> None:
    sizes = (
        "SELECT sum(pg_table_size(inhrelid)), sum(pg_indexes_size(inhrelid))"
        " FROM pg_inherits WHERE inhparent = 'fixes'::regclass"
    )
    table, indexes = db.session.execute(sa.text(sizes)).one()
    db.session.rollback()
    print(
        f"{history.fixes:,} fixes of {history.people} people on {history.days} days: "
        f"{table / history.fixes:.0f} bytes a fix and {indexes / history.fixes:.0f} in indexes"
    )


def _read_a_day(cluster: Cluster, history: History) -> None:
    """The plan of a day's track by the statement that the tracks are read with, cold and warm."""
    duties = [
        history.duty(number % history.people, history.first + timedelta(days=day % history.days))
        for number, day in ((7, 31), (11, 64), (23, 97), (42, 133), (61, 170), (3, 15), (80, 50))
    ]
    _restarted(cluster, cold=True)
    cold = [_explained(*duty)[1] for duty in duties]
    text, _ = _explained(*duties[0])
    warm = [_explained(*duty)[1] for duty in duties for _ in range(3)]
    print(f"\nthe plan of a day's track ({DAY_FIXES} fixes):\n\n{text}\n")
    print(f"planning and execution: longest {max(warm):.1f} ms")
    print(f"with nothing in the machine's memory: median {median(cold):.1f} ms, longest {max(cold):.1f} ms")
    _goal("a day's track of one person, database time: median", median(warm), GOAL_MS, " ms")


def _explained(person_id: int, trip_id: int) -> tuple[str, float]:
    """The plan as PostgreSQL tells it, and planning plus execution in milliseconds."""
    statement = reads.of_duty(person_id, trip_id, from_s=-math.inf, to_s=math.inf)
    compiled = statement.compile(db.engine)
    with db.engine.connect() as connection:
        asked = f"EXPLAIN (ANALYZE, BUFFERS) {compiled}"
        told = connection.exec_driver_sql(asked, compiled.construct_params()).scalars().all()
    times = [float(line.split()[2]) for line in told if line.startswith(("Planning Time", "Execution Time"))]
    return "\n".join(told), sum(times)


# ── SpatiaLite ──────────────────────────────────────────────────────────────────────────────────────────


def _on_spatialite(folder: Path, history: History) -> None:
    """The same on one file, beside another one without a history."""
    files = [folder / name for name in ("filled", "empty")]
    with (
        _county(f"sqlite:///{files[0]}", folder) as filled,
        _county(f"sqlite:///{files[1]}", folder) as empty,
    ):
        with filled.app.app_context():
            before = _size(files[0])
            _fill_table(history)
            per = (_size(files[0]) - before) / history.fixes
            print(f"{history.fixes:,} fixes of {history.people} people on {history.days} days")
            print(f"{per:.0f} bytes a fix, {per:.0f} MB a million")
            _time_a_day(history)
        _compare(filled, empty)


_FILL_TABLE = """
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1),
  told AS (
    SELECT i % {people} + {strangers} AS person, i / {people} % {ticks} AS tick, i / {people} / {ticks} AS day FROM n
  ),
  timed AS (
    SELECT *, strftime('%Y-%m-%d %H:%M:%f000', ? + day * 86400 + tick * {every}, 'unixepoch') AS t FROM told
  )
INSERT INTO fixes
SELECT person, t, person, person * 1000 + day, t, t, 118 + person % 100 * 0.01 + tick * 1e-5,
  29 + tick % 97 * 1e-5, 'WGS-84', 10, NULL, 1.2, 90, 0.8, 0, 0, NULL, x'0100000002000000', tick * 7919 + person
FROM timed
"""


def _fill_table(history: History) -> None:
    """All fixes in one statement."""
    began = time.monotonic()
    begins = clock.day_starts_at(history.first) + timedelta(hours=FIRST_HOUR)
    fill = _FILL_TABLE.format(people=history.people, ticks=DAY_FIXES, every=EVERY_S, strangers=STRANGERS)
    with db.engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA cache_size = -1000000")
        connection.exec_driver_sql(fill, (history.fixes, int(begins.timestamp())))
    print(f"filled in {time.monotonic() - began:.0f} s", flush=True)


def _size(file: Path) -> int:
    """The bytes of a file, all that was written in it."""
    db.session.remove()
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.stat().st_size


def _time_a_day(history: History) -> None:
    """How long the statement takes, its rows fetched, and by which index."""
    statement = reads.of_duty(*history.duty(0, history.first), from_s=-math.inf, to_s=math.inf)
    with db.engine.connect() as connection:
        took = [_fetched_ms(connection, statement) for _ in range(7)]
        compiled = statement.compile(db.engine)
        told = compiled.construct_params()
        values = tuple(_plain(told[name]) for name in compiled.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", values).all()
    print("\n".join(str(row[-1]) for row in plan))
    _goal("a day's track of one person, its rows fetched: median", median(took), GOAL_MS, " ms")


def _fetched_ms(connection: sa.Connection, statement: sa.Select[*tuple[Any, ...]]) -> float:
    """How long a day's track takes to read, in milliseconds."""
    began = time.perf_counter()
    found = len(connection.execute(statement).all())
    took = (time.perf_counter() - began) * 1000
    assert found == DAY_FIXES, found
    return took


def _plain(value: object) -> object:
    """A parameter as SQLite takes it."""
    return str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value


# ── both ────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class County:
    """An application on a database of its own, and phones of people on a duty each, that began yesterday."""

    app: Flask
    phones: Sequence[Phone]

    def keep(self, number: int) -> float:
        """Keep a batch of fixes, from each phone in turn; how long a fix took, in microseconds."""
        at = clock.now() - timedelta(hours=20) + number // PHONES * timedelta(seconds=BATCH)
        told = fixes([fix(at + timedelta(seconds=n), lng=118.5 + n * 1e-5, lat=29.6) for n in range(BATCH)])
        with self.app.app_context():
            delivery = self.phones[number % PHONES].delivery(told)
            began = time.perf_counter()
            became = positions.accept([delivery])[0]
            took = time.perf_counter() - began
        assert isinstance(became, positions.Accepted)
        assert became.kept == BATCH, became
        return took / BATCH * 1e6


@contextmanager
def _county(url: str, folder: Path) -> Iterator[County]:
    """A migrated database with people on duty in it and the months ahead made."""
    app = databases.migrated(url, folder)
    try:
        with app.app_context():
            partitions.make_ahead()
            with clock.at(clock.now() - timedelta(days=1)):
                folk = people.county(app)
                phones = [_on_duty(number, folk) for number in range(PHONES)]
        yield County(app, phones)
    finally:
        databases.close(app)


def _on_duty(number: int, folk: people.County) -> Phone:
    """One person on a duty of their own, and their phone."""
    who = people.person(f"外勤{number}", folk.township_a, ("cadre", folk.township_a))
    journeys.under_way(who, folk.supervisor_a, tracking="track")
    return phone(who)


def _compare(filled: County, empty: County) -> None:
    """What a fix costs to keep with and without a history, batch by batch in turn."""
    took = [(filled.keep(number), empty.keep(number)) for number in range(BATCHES)]
    with_all, without = (median(each) for each in zip(*took, strict=True))
    print(
        f"a fix kept, in batches of {BATCH}: {with_all:.0f} µs with all the history, {without:.0f} µs without"
    )
    _goal("cost of a fix, with history : without", with_all / without, GOAL_RATIO, "")


def _goal(what: str, reached: float, most: float, unit: str) -> None:
    """Print a figure against its goal."""
    word = "reached" if reached <= most else "NOT reached"
    print(f"{what}: {reached:.2f}{unit} (goal ≤ {most:g}{unit}) {word}", flush=True)


if __name__ == "__main__":
    main()
