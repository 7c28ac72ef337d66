"""A thousand open streams while two thousand people move: `python -m bench.streams`.

Twenty townships of a hundred people, each sending a fix every ten seconds through Traccar's door; nine hundred streams
of those who watch one township, a hundred of those who watch all. A fix carries the instant it was sent at, so the
time to its frame holds the request, the commit, the wait for the look and the way to the reader. Check-ins are made by
people whom nobody here watches: measured is what the streams cost them, by turns without and with, and then, by turns
too, with two hundred more streams of those who watch all, once read and once never. The server is gunicorn with two
gevent workers on PostGIS; it, the database and the load share this machine.
"""

import argparse
import http.client
import itertools
import multiprocessing
import re
import resource
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa

from bench import figures, load, running
from bench.load import Phone
from server import clock
from server.db import db
from server.live.places import Watch
from server.models.people import Person
from server.models.sessions import SignInSession
from server.models.trackers import Tracker
from server.models.trips import Consent, Trip, TripMember
from server.queries import stream
from server.rules import trackers
from server.transaction import transaction
from tests import people
from tests.people import Someone
from tests.support.serving import Served
from tests.trips import FACTORY, under_way

TOWNSHIPS, EACH, EVERY_S = 20, 100, 10.0
NARROW, WIDE, MORE, PER_SITTING = 900, 100, 200, 8
CHECKING_IN, SENDERS = 16, 8
READ, STUCK = f"{MORE} more that are read", f"{MORE} more that never are"
CLOSELY = 10
"""Of so many streams one is read closely; of the others only the bytes are counted."""

AT = re.compile(rb'"at":"([^"]+)"')


@dataclass(frozen=True, slots=True)
class Ground:
    """What is measured on: tokens of those who watch, and of those who do so besides; secrets of those who move; phones
    of those who check in.
    """

    watching: list[str]
    more: list[str]
    secrets: list[str]
    checking_in: tuple[Phone, ...]


def main() -> None:
    """Fill, serve, measure by turns, print."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seconds", type=float, default=10.0, help="how long a slice is")
    asked.add_argument("--slices", type=int, default=3, help="how often each is measured, by turns")
    options = asked.parse_args()
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    with running.ground("postgis") as place, place.app.app_context():
        figures.facts("database", place.says())
        ground = _settle()
        _look()
        with running.served(place, workers=2) as server:
            _by_turns(server, ground, options.seconds, options.slices)


def _by_turns(server: Served, ground: Ground, seconds: float, slices: int) -> None:
    """Everybody moves all the time; each slice: check-ins without streams, streams alone, check-ins with streams, and
    with more of them that are read, or never.
    """
    ratios, stuck_ratios = list[float](), list[float]()
    with _child(_move, server.port, ground.secrets):
        time.sleep(EVERY_S)
        _checkins(server.port, ground, 3.0)
        for nth in range(slices):
            without = _checkins(server.port, ground, seconds)
            with _child(_listen, server.port, ground.watching) as listening:
                assert listening.recv() == len(ground.watching)
                time.sleep(EVERY_S + 2)
                listening.send("from now on")
                time.sleep(seconds)
                listening.send("so far")
                _say("streams alone", listening.recv())
                beside = _beside(server, ground, listening, seconds)
                order = (READ, STUCK) if nth % 2 == 0 else (STUCK, READ)
                met = {more: _beside(server, ground, listening, seconds, more) for more in order}
            ratios.append(beside / without)
            stuck_ratios.append(met[STUCK] / met[READ])
            told = {"without streams": without, "with": beside} | met
            figures.facts("check-ins/s", {name: f"{rate:.0f}" for name, rate in told.items()})
    figures.goal("check-ins with streams : without", median(ratios), 0.85)
    figures.goal(f"check-ins with {STUCK} : with {READ}", median(stuck_ratios), 0.95)


def _beside(server: Served, ground: Ground, listening: Connection, seconds: float, more: str = "") -> float:
    """Check-ins a second beside the streams, and more of them, once those that are never read hold all they can."""
    act = {READ: _listen, STUCK: _sit}.get(more)
    with _child(act, server.port, ground.more) if act else nullcontext() as others:
        assert others is None or others.recv() == len(ground.more)
        time.sleep(EVERY_S)
        listening.send("from now on")
        met = _checkins(server.port, ground, seconds)
        listening.send("so far")
        _say(f"beside check-ins, and {more}" if more else "beside check-ins", listening.recv())
        held_mb = max(running.memory_mb(pid)["Rss"] for pid in running.below(server.process.pid))
        figures.facts("the largest worker", {"holds": f"{held_mb:.0f} MB"})
    return met


def _say(what: str, heard: tuple[list[float], int, float]) -> None:
    """The figures of one listening."""
    waits_s, size, took_s = heard
    cut = quantiles(waits_s, n=100)
    figures.facts(
        what,
        {
            "places read": str(len(waits_s)),
            "p50": f"{cut[49]:.2f} s",
            "p99": f"{cut[98]:.2f} s",
            "on all streams": f"{size / took_s / 1e6:.2f} MB/s",
        },
    )
    figures.goal(f"{what}: p95 from sending to frame", cut[94], 1.2, most=True, unit=" s")


# ── the ground ──────────────────────────────────────────────────────────────────────────────────────────


def _settle() -> Ground:
    """Townships of people on duty with a tracker each, those who watch them, and some who check in elsewhere."""
    root = people.unit("县", "county", None)
    townships = [people.unit(f"镇{number}", "township", root) for number in range(TOWNSHIPS)]
    office = people.unit("局", "department", root)
    secrets = [secret for township in townships for secret in _walkers(township)]
    narrow = [_watcher([townships[number % TOWNSHIPS]]) for number in range(-(-NARROW // PER_SITTING))]
    wide = [_watcher(townships) for _ in range(-(-WIDE // PER_SITTING))]
    besides = [_watcher(townships) for _ in range(-(-MORE // PER_SITTING))]
    tokens = [*_tokens(narrow, NARROW), *_tokens(wide, WIDE)]
    more = _tokens(besides, MORE)
    with transaction() as session:
        session.execute(sa.update(SignInSession).values(map_reason="值班查看"))
    return Ground(tokens, more, secrets, tuple(_checking_in(office) for _ in range(CHECKING_IN)))


def _tokens(watchers: list[Someone], count: int) -> list[str]:
    """A token for each stream, so many to a sitting."""
    made = [each.tokens().access_token for each in watchers]
    return [made[number // PER_SITTING] for number in range(count)]


def _watcher(units: list[int]) -> Someone:
    """One who watches these units."""
    return people.person("督查", units[0], *(("supervisor", unit) for unit in units))


def _walkers(township: int) -> Iterator[str]:
    """A township's people on one duty that keeps a track, all agreeing; each tracker's secret."""
    ago = clock.now() - timedelta(minutes=30)
    lead = people.person("组长", township, ("cadre", township))
    with transaction() as session:
        trip = _trip(lead.id, township, ago)
        session.add(trip)
        session.flush()
        for number in range(EACH):
            secret = f"walker{township:06d}x{number:06d}"
            _walker(township, trip.id, secret, ago)
            yield secret


def _walker(township: int, trip_id: int, secret: str, ago: datetime) -> None:
    """One of them; within the caller's transaction."""
    dated = {"created_at": ago}
    walker = Person(
        unit_id=township,
        username=secret,
        name="外勤",
        password_hash=people.password_hash(),
        password_set_at=ago,
        **dated,
    )
    db.session.add(walker)
    db.session.flush()
    key = {"trip_id": trip_id, "person_id": walker.id}
    kept = trackers.digest(secret)
    db.session.add_all(
        (
            TripMember(**key, unit_id=township),
            Consent(**key, level="track", words="v1", given_at=ago),
            Tracker(person_id=walker.id, kind="traccar", name="手机", secret_hash=kept, **dated),
        )
    )


def _trip(lead_id: int, unit_id: int, ago: datetime) -> Trip:
    """A duty under way."""
    today = clock.day_of(ago)
    return Trip(
        title="巡查",
        aim="巡查",
        purpose="ordinary",
        destination="县内",
        unit_id=unit_id,
        leader_id=lead_id,
        planner_id=lead_id,
        starts_on=today,
        ends_on=today + timedelta(days=1),
        tracking="track",
        state="under_way",
        started_at=ago,
        start_known_at=ago,
        created_at=ago,
    )


def _checking_in(office: int) -> Phone:
    """Somebody on a duty of their own who will check in."""
    who = people.person("干部", office, ("cadre", office))
    over = people.person("局长", office, ("leader", office))
    with clock.at(clock.now() - timedelta(minutes=5)):
        trip = under_way(who, over)
    return Phone(who.tokens().access_token, trip["id"], trip["stops"][0]["id"], **FACTORY)


def _look() -> None:
    """What one look costs this process while everybody moved within ten seconds, and a tenth of them since the last."""
    with transaction() as session:
        session.execute(
            sa.text(
                "INSERT INTO last_places (person_id, trip_id, unit_id, lng, lat, accuracy_m, at, moved_at)"
                " SELECT person_id, trip_id, unit_id, 118.5, 29.6, 10, now(),"
                " now() - interval '10 seconds' * random() FROM trip_members"
            )
        )
        session.execute(sa.text("ANALYZE last_places"))
    watch, nobody = Watch(stream.places_of, every_s=1.0), Watch(stream.places_of, every_s=1.0)
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        watch.look(connection)
        nobody.look(connection)
        still = [_spent_ms(lambda: nobody.look(connection)) for _ in range(20)]
        moved = []
        for _ in range(20):
            with transaction() as session:
                session.execute(
                    sa.text("UPDATE last_places SET moved_at = clock_timestamp() WHERE person_id % 10 = 0")
                )
            moved.append(_spent_ms(lambda: watch.look(connection)))
    with transaction() as session:
        session.execute(sa.text("DELETE FROM last_places"))
    people_there = TOWNSHIPS * EACH
    print(
        f"a look at {people_there} who moved within the minute: {median(still):.1f} ms of CPU,"
        f" with {people_there // 10} of them told: {median(moved):.1f} ms",
        flush=True,
    )


def _spent_ms(act: Callable[[], object]) -> float:
    """How much of the processor's time it takes this process."""
    begun = time.process_time()
    act()
    return (time.process_time() - begun) * 1000


# ── the load, each in a process of its own ──────────────────────────────────────────────────────────────


@contextmanager
def _child(act: Callable[..., None], *given: Any) -> Iterator[Connection]:
    """A process that does something until the block is left, and a line to it."""
    ours, theirs = multiprocessing.Pipe()
    child = multiprocessing.get_context("spawn").Process(target=act, args=(theirs, *given), daemon=True)
    child.start()
    try:
        yield ours
    finally:
        child.terminate()
        child.join()


def _move(_: Connection, port: int, secrets: list[str]) -> None:
    """Everybody sends a fix every `EVERY_S` seconds, evenly spread, for as long as this process lives."""
    pause_s, begun = EVERY_S / len(secrets), time.monotonic()
    turns = itertools.count()

    def send() -> None:
        door = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for turn in turns:
            time.sleep(max(0.0, begun + turn * pause_s - time.monotonic()))
            lng = 118.5 + turn % 1000 / 10_000
            form = {"id": secrets[turn % len(secrets)], "lat": 29.6, "lon": lng, "accuracy": 8}
            body = urlencode(form | {"timestamp": round(time.time() * 1000)})
            door.request(
                "POST", "/ingest/traccar", body, {"Content-Type": "application/x-www-form-urlencoded"}
            )
            answer = door.getresponse()
            answer.read()
            assert answer.status in (http.HTTPStatus.OK, http.HTTPStatus.SERVICE_UNAVAILABLE), answer.status

    threads = [threading.Thread(target=send, daemon=True) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _listen(line: Connection, port: int, tokens: list[str]) -> None:
    """Hold a stream for each token; on asking, in how many seconds the places came since the last asking."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for token in dict.fromkeys(tokens):
        _snapshot(port, token)
    ready = selectors.DefaultSelector()
    for number, token in enumerate(tokens):
        opened = socket.create_connection(("127.0.0.1", port))
        opened.sendall(f"GET /api/v1/stream HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        ready.register(opened, selectors.EVENT_READ, number % CLOSELY == 0)
    ready.register(line, selectors.EVENT_READ)
    line.send(len(tokens))
    waits_s, size, since_s = list[float](), 0, time.monotonic()
    while True:
        for key, _ in ready.select():
            if key.fileobj is line:
                if line.recv() == "so far":
                    line.send((waits_s, size, time.monotonic() - since_s))
                waits_s, size, since_s = [], 0, time.monotonic()
                continue
            came = key.fileobj.recv(1 << 18)  # type: ignore[union-attr]  # a socket
            assert came, "a stream was closed"
            size += len(came)
            if key.data:
                now = time.time()
                waits_s += [now - datetime.fromisoformat(at.decode()).timestamp() for at in AT.findall(came)]


def _sit(line: Connection, port: int, tokens: list[str]) -> None:
    """Hold a stream for each token over a line that takes little, and read none of it, for as long as this lives."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for token in dict.fromkeys(tokens):
        _snapshot(port, token)
    opened = []
    for token in tokens:
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        held.connect(("127.0.0.1", port))
        held.sendall(f"GET /api/v1/stream HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n".encode())
        opened.append(held)
    line.send(len(opened))
    line.recv()


def _snapshot(port: int, token: str) -> None:
    """What a page reads beside its stream; whose places it shows is kept as looks."""
    door = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    door.request("GET", "/api/v1/places", headers={"Authorization": f"Bearer {token}"})
    answer = door.getresponse()
    answer.read()
    assert answer.status == http.HTTPStatus.OK


def _checkins(port: int, ground: Ground, seconds: float) -> float:
    """Check-ins a second, by as many connections as people, whose histories grow by it: by plans that know of them."""
    running.settle()
    met = load.run(load.Plan(port, "/api/v1/checkins", CHECKING_IN, seconds, ground.checking_in))
    assert set(met.statuses) <= {"201"}, met.statuses
    return met.rate


if __name__ == "__main__":
    main()
