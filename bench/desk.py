"""The desk at a county's size: what its pages cost the server and a browser, beside their goals, with query plans.

    python -m bench.desk postgis
    python -m bench.desk postgis --checkins 1e6
    python -m bench.desk spatialite --fixes 500000

`flask demo --size county` fills a database of its own (2,000 people, 20,000 check-ins, 10 million positions where it
is PostGIS), which is removed afterwards: about 2.5 GB of disk. A figure is the median of several requests through Flask
in this process, from the request to the last byte; the first of each is told beside it, for caches that were cold. What
a browser waits for is measured by `bench.opening`. The load is told before and after: the machine may be shared.
"""

import argparse
import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from statistics import median
from typing import Any, Final

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from bench import opening
from bench.figures import facts, goal
from bench.running import Ground, ground
from server import clock
from server.cli.county import accounts, bulk, fill, kept
from server.db import db
from server.models.checkins import Checkin, CheckinArea, CheckinDetail, Visit
from server.models.people import Person
from server.models.trips import Trip
from server.models.units import Unit
from server.queries import log
from server.queries.log import Filter, Order
from server.rules.access import Actor
from server.services import looks, sessions, tokens
from server.services.sessions import Device
from server.transaction import transaction

WATCHER: Final = "ducha"
ASKED: Final = 9
LOG_MS, TRIP_MS, MAP_MS = 300.0, 1000.0, 1500.0
COPIED: Final = (Checkin, CheckinDetail, CheckinArea, Visit)


@dataclass(frozen=True, slots=True)
class Desk:
    """A supervisor of the whole county who has said why they look."""

    app: Flask
    client: FlaskClient
    headers: dict[str, str]
    actor: Actor

    def ms(self, *paths: str) -> list[float]:
        """How long a page's requests took, asked one after the other, each time."""
        return [sum(self._once(path) for path in paths) for _ in range(ASKED)]

    def _once(self, path: str) -> float:
        """One request, in milliseconds."""
        begun = time.perf_counter()
        answer = self.client.get(f"/api/v1{path}", headers=self.headers, buffered=True)
        took = (time.perf_counter() - begun) * 1000
        assert answer.status_code == 200, (path, answer.status_code, answer.get_data()[:300])
        return took


def main() -> None:
    """Read the command line, fill, measure, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("database", choices=["postgis", "spatialite"])
    asked.add_argument("--fixes", type=float, help="as `flask demo --fixes`")
    asked.add_argument("--checkins", type=float, default=0, help="grow the log to about so many")
    told = asked.parse_args()
    with ground(told.database) as here, here.app.app_context():
        facts("database", here.says())
        _fill(None if told.fixes is None else int(told.fixes))
        _grow(int(told.checkins))
        desk = _sit_down(here)
        _load()
        _pages(desk)
        opening.measure(here, _watcher(), _a_trip())
        _load()
        _plans(desk)


def _load() -> None:
    """How busy the machine is, over a minute."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)


def _fill(fixes: int | None) -> None:
    """The county and its month."""
    begun = time.monotonic()
    now = clock.now()
    fill.fill(now, print)
    size = bulk.usual()
    bulk.fill(now, size if fixes is None else replace(size, fixes=fixes), print)
    print(f"filled in {time.monotonic() - begun:.0f} s", flush=True)


def _grow(wanted: int) -> None:
    """Copy the month's check-ins into the months before, until there are about so many."""
    have = db.session.scalar(sa.select(sa.func.count()).select_from(Checkin)) or 1
    db.session.rollback()
    months = max(0, round(wanted / have) - 1)
    for number in range(1, months + 1):
        with transaction() as session:
            for model in COPIED:
                session.execute(_copy(model.__table__, number))
    if months:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
        print(f"{have * (months + 1)} check-ins", flush=True)


def _copy(table: Any, number: int) -> Any:
    """The rows of a table once more, so many months earlier, under ids of their own (PostgreSQL)."""
    newest = sa.select(Checkin.id).where(Checkin.happened_at > clock.now() - bulk.SPAN)
    key = "id" if table.name == "checkins" else "checkin_id"
    columns = [
        sa.cast(sa.func.md5(sa.cast(column, sa.Text) + str(number)), sa.Uuid)
        if column.name == key
        else column - sa.literal_column(f"interval '{30 * number} days'")
        if column.name.endswith("_at") or column.name == "at"
        else column
        for column in table.c
    ]
    rows = sa.select(*columns).where(table.c[key].in_(newest))
    return sa.insert(table).from_select([column.name for column in table.c], rows)


def _sit_down(here: Ground) -> Desk:
    """The watcher, signed in, having said why."""
    accounts.open_with_new_password(WATCHER, kept.read())
    with transaction():
        session_id = sessions.begin(_watcher(), Device("app", "bench", None))
        refresh = tokens.issue(session_id)
    given = tokens.of_session(session_id, refresh)
    looks.give_reason(given.actor, "duty_watch")
    desk = Desk(
        here.app,
        here.app.test_client(),
        {"Authorization": f"Bearer {given.access_token}"},
        given.actor,
    )
    looks.give_reason(given.actor, "trip_review", _a_trip())
    return desk


def _watcher() -> Person:
    """Who watches the whole county."""
    return db.session.execute(sa.select(Person).where(Person.username == WATCHER)).scalar_one()


def _a_trip() -> int:
    """A trip of the month that is over."""
    return db.session.execute(sa.select(sa.func.max(Trip.id)).where(Trip.state == "completed")).scalar_one()


def _a_town() -> int:
    """A township."""
    return db.session.execute(sa.select(sa.func.min(Unit.id)).where(Unit.kind == "township")).scalar_one()


def _filters() -> Iterator[tuple[str, str, Filter, Order]]:
    """What people ask the log for: in words, as an address, as the query takes it."""
    town, plain = _a_town(), Order()
    yield "newest", "", Filter(), plain
    yield "this month", "period=month", Filter(period="month"), plain
    yield "a township", f"unit_id={town}", Filter(unit_id=town), plain
    yield "a company this month", "q=望舒新材&period=month", Filter(q="望舒新材", period="month"), plain
    yield "a word nobody said, at any time", "q=不存在", Filter(q="不存在"), plain
    yield "signals in a township", f"signal=any&unit_id={town}", Filter(signal="any", unit_id=town), plain
    yield "outside", "verdict=outside", Filter(verdict="outside"), plain
    yield "by company", "sort=enterprise&direction=up", Filter(), Order("enterprise", down=False)
    yield "by receipt", "sort=received", Filter(), Order("received")


def _pages(desk: Desk) -> None:
    """What the pages' documents cost."""
    trip = _a_trip()
    print("\nserver time, median (first):", flush=True)
    for words, address, _, _ in _filters():
        _goal(f"log: {words}", desk.ms(f"/log?{address}"), LOG_MS)
    _deep(desk)
    person = desk.client.get(f"/api/v1/trips/{trip}", headers=desk.headers).get_json()["leader"]["id"]
    documents = (
        "",
        "/silences",
        "/tracks",
        f"/track?person_id={person}&zoom=12",
        f"/crossings?person_id={person}",
    )
    paths = [f"/trips/{trip}{document}" for document in documents]
    _goal("a trip's page, all its documents", desk.ms(*paths, f"/log?trip_id={trip}&limit=200"), TRIP_MS)
    _goal(
        "live map, first data",
        desk.ms("/areas.geojson", "/places", "/crossings", "/silences", "/log?limit=60"),
        MAP_MS,
    )
    _goal("map of the log, this month", desk.ms("/log/map?period=month"), TRIP_MS)
    _goal("search for a company", desk.ms("/search?q=望舒"), LOG_MS)


def _deep(desk: Desk) -> None:
    """A page deep in the log, by the cursor of a row there."""
    middle = (
        sa.select(Checkin.happened_at, Checkin.id)
        .order_by(Checkin.happened_at, Checkin.id)
        .offset(1000)
        .limit(1)
    )
    row = db.session.execute(middle).one()
    cursor = log.cursor_after(Order(), row)
    _goal("log: its last page but twenty", desk.ms(f"/log?cursor={cursor}"), LOG_MS)


def _goal(what: str, took: Iterable[float], most: float) -> None:
    """A figure against its goal."""
    told = list(took)
    goal(f"{what} (first {told[0]:.0f} ms)", median(told), most, most=True, unit=" ms")


def _plans(desk: Desk) -> None:
    """The plans of the log's statements as the database tells them."""
    for words, _, wanted, order in _filters():
        statement = log.statement(desk.actor, wanted, order=order)
        print(f"\n── {words}\n\n{_explained(statement)}", flush=True)


def _explained(statement: Any) -> str:
    """EXPLAIN, with times and buffers where it is PostgreSQL."""
    postgres = db.engine.dialect.name != "sqlite"
    compiled = statement.compile(db.engine, compile_kwargs={"render_postcompile": True})
    with db.engine.connect() as connection:
        told = compiled.construct_params()
        if postgres:
            asked = f"EXPLAIN (ANALYZE, BUFFERS) {compiled}"
            return "\n".join(connection.exec_driver_sql(asked, told).scalars())
        asked = f"EXPLAIN QUERY PLAN {statement.compile(db.engine, compile_kwargs={'literal_binds': True})}"
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(asked))


if __name__ == "__main__":
    main()
