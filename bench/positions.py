"""Positions over HTTP, beside their limits: `python -m bench.positions [single|batches] …`.

*single* is a fix a request at the door of Traccar Client, beside a route that does nothing and the same fix without the
database. *batches* is a hundred fixes a request at our own door, beside bare COPY of the same rows in the same batches
over one connection. In one run, by turns; every fix that was answered is looked for at the end.
"""

import argparse
import time
from datetime import timedelta

import psycopg
import sqlalchemy as sa

from bench import county, figures, load, running
from bench.load import FIXES, Met, Phone, Plan
from bench.running import Ground
from server.db import db
from server.models.positions import Fix
from tests.support.serving import Served

SINCE = timedelta(minutes=40)
"""How long ago the duties began: room for so many turns of each phone."""

HELLO, LIMIT, DOOR = "hello", "without database", "one fix"
PATHS = {HELLO: "/bench/hello", LIMIT: "/bench/traccar", DOOR: "/ingest/traccar"}
HEAD = ("", "a second", "p50 ms", "p99 ms", "server µs", "database µs", "not kept")


def main() -> None:
    """Read the command line, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("what", nargs="*", default=["single", "batches"])
    asked.add_argument("--database", choices=["postgis", "spatialite"], default="postgis")
    asked.add_argument("--connections", type=int, nargs="+", default=[16, 64])
    asked.add_argument("--slices", type=int, default=3, help="how often each is measured, by turns")
    asked.add_argument("--seconds", type=float, default=5.0, help="how long a slice is")
    asked.add_argument("--areas", type=int, default=3000)
    asked.add_argument("--phones", type=int, default=192)
    told = asked.parse_args()
    with running.ground(told.database) as ground:
        phones = county.settle(ground.app, told.phones, among=told.areas, tracking="track", since=SINCE)
        county.import_areas(ground.app, told.areas)
        synced = {"fdatasync here and now": f"{running.sync_ms(ground.settings.instance):.2f} ms"}
        figures.facts("database", ground.says() | synced)
        with running.served(ground, workers=2 if told.database == "postgis" else 1) as server:
            Bench(ground, server, phones, told).measure()


class Bench:
    """One run: what it measures with, and how many fixes were answered as kept."""

    def __init__(
        self, ground: Ground, server: Served, phones: tuple[Phone, ...], told: argparse.Namespace
    ) -> None:
        self.ground, self.server, self.phones, self.told = ground, server, phones, told
        self.turn = 0
        self.answered = 0

    def measure(self) -> None:
        """What was asked for, one after the other."""
        self.slice("traccar", DOOR, 16, 1.0)
        for connections in self.told.connections:
            if "single" in self.told.what:
                self.single(connections)
        if "batches" in self.told.what:
            self.batches(16)
        with self.ground.app.app_context():
            kept = db.session.scalar(sa.select(sa.func.count()).select_from(Fix)) or 0
        print(f"answered as kept: {self.answered}, found: {kept} (those of the warm-up are found as well)")
        figures.goal("found : answered", kept / max(self.answered, 1), 1.0)

    def slice(self, what: str, name: str, connections: int, seconds: float) -> tuple[Met, float, float]:
        """One slice: what the load met, and the CPU of server and database in microseconds a request."""
        path = "/api/v1/positions" if what == "batches" else PATHS[name]
        phones = () if name == HELLO else self.phones
        before = running.cpu_s(self.server.process.pid), running.cpu_s(self.ground.postmaster)
        met = load.run(Plan(self.server.port, path, connections, seconds, phones, what=what, turn=self.turn))
        used = (
            running.cpu_s(self.server.process.pid) - before[0],
            running.cpu_s(self.ground.postmaster) - before[1],
        )
        self.turn += name == DOOR
        if name == DOOR:
            self.answered += met.statuses.get("200", 0) * (FIXES if what == "batches" else 1)
        answers = met.rate * (seconds + 1.0)
        return met, used[0] / answers * 1e6, used[1] / answers * 1e6

    def single(self, connections: int) -> None:
        """A fix a request."""
        found = {
            name: [self.slice("traccar", name, connections, self.told.seconds) for name in [name]]
            for name in PATHS
        }
        for _ in range(self.told.slices - 1):
            for name, slices in found.items():
                slices.append(self.slice("traccar", name, connections, self.told.seconds))
        print(f"\n{connections} connections, a fix a request, medians of {self.told.slices} slices\n")
        figures.table(HEAD, (_row(name, slices) for name, slices in found.items()))
        ratios = [door[0].rate / limit[0].rate for door, limit in zip(found[DOOR], found[LIMIT], strict=True)]
        figures.goal("one fix : without database", figures.middle(ratios, float), 0.5)
        cost = [figures.middle(found[name], lambda one: one[1] + one[2]) for name in (LIMIT, DOOR)]
        print(f"by CPU alone, without database : one fix {cost[0] / cost[1]:.2f}")

    def batches(self, connections: int) -> None:
        """A hundred fixes a request, and bare COPY of the same rows."""
        slices, copies = [], []
        for _ in range(self.told.slices):
            slices.append(self.slice("batches", DOOR, connections, self.told.seconds))
            if self.told.database == "postgis":
                copies.append(self.copied(self.told.seconds))
        print(f"\n{connections} connections, batches of {FIXES}, medians of {self.told.slices} slices\n")
        figures.table(HEAD, [_row("batches", slices)])
        rates = [one[0].rate * FIXES for one in slices]
        print(
            f"fixes a second: {figures.middle(rates, float):.0f}; CPU of server and database: "
            f"{figures.middle(slices, lambda one: (one[1] + one[2]) / FIXES):.1f} µs a fix"
        )
        if copies:
            print(
                f"bare COPY, one connection, {FIXES} rows a transaction: {figures.middle(copies, float):.0f} a second"
            )
            ratios = [rate / copy for rate, copy in zip(rates, copies, strict=True)]
            figures.goal("batches : bare COPY", figures.middle(ratios, float), 0.7)

    def copied(self, seconds: float) -> float:
        """How many rows a second bare COPY in binary form stores in a table of the same form, a batch a transaction."""
        with self.ground.app.app_context():
            url = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS copied (LIKE fixes INCLUDING ALL)")
            rows = _rows(connection)
            connection.execute("TRUNCATE copied")
            connection.commit()
            begun, copied = time.perf_counter(), 0
            while (took := time.perf_counter() - begun) < seconds and copied + FIXES <= len(rows):
                with connection.cursor().copy("COPY copied FROM STDIN (FORMAT BINARY)") as copy:
                    copy.write(_HEAD + b"".join(rows[copied : copied + FIXES]) + _END)
                connection.commit()
                copied += FIXES
        return copied / took


_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_END = b"\xff\xff"
_ROW_MARK = (19).to_bytes(2, "big")


def _rows(connection: psycopg.Connection[tuple[object, ...]]) -> list[bytes]:
    """Kept rows as COPY wrote them, one by one; the first few hundred thousand."""
    told = bytearray()
    query = "COPY (SELECT * FROM fixes ORDER BY at LIMIT 300000) TO STDOUT (FORMAT BINARY)"
    with connection.cursor().copy(query) as copy:
        for chunk in copy:
            told += chunk
    rows, at = [], len(_HEAD)
    while told[at : at + 2] != _END:
        end = at + 2
        for _ in range(int.from_bytes(told[at : at + 2], "big")):
            width = int.from_bytes(told[end : end + 4], "big", signed=True)
            end += 4 + max(width, 0)
        rows.append(bytes(told[at:end]))
        at = end
    return rows


def _row(name: str, slices: list[tuple[Met, float, float]]) -> tuple[str, ...]:
    """One row: medians, and all answers that were no success."""
    failed = {
        status: count for met, _, _ in slices for status, count in met.statuses.items() if status != "200"
    }
    return (
        name,
        f"{figures.middle(slices, lambda one: one[0].rate):.0f}",
        f"{figures.middle(slices, lambda one: one[0].p50_ms):.1f}",
        f"{figures.middle(slices, lambda one: one[0].p99_ms):.1f}",
        f"{figures.middle(slices, lambda one: one[1]):.0f}",
        f"{figures.middle(slices, lambda one: one[2]):.0f}",
        str(failed or "none"),
    )


if __name__ == "__main__":
    main()
