"""A hundred crashes under mixed load: `python -m bench.crash [postgis] [spatialite] [--times 100]`, or `make crash`.

Phones check in, send a fix at a time at Traccar Client's door and batches of our own, as fast as they are answered. At
random moments the server's workers, the whole server or, on PostGIS, all of PostgreSQL are killed with SIGKILL and
started again. A phone that gets no answer sends the same again, as phones do, with the instant of sending renewed. At
the end it is counted what was answered as kept, and how often each of it is there: *found* has to be all that was
accepted, *doubled* and *lost* nothing. Leaves with exit code 1 where they are not.
"""

import argparse
import http.client
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import sqlalchemy as sa
from flask import Flask

from bench import county, figures
from bench.load import Phone
from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.checkins import Checkin, CheckinDetail
from server.models.events import Event
from server.models.positions import Fix
from server.models.trackers import Tracker
from tests.support import databases, postgis, serving
from tests.support.postgis import Cluster
from tests.support.serving import Served

AREAS, BATCH = 400, 20
QUIET_S = (0.3, 1.5)
"""From when the server answers again to the next crash passes a random time of so many seconds."""

PATIENCE_S = 300.0
"""A phone that gets no answer for so long has found a server that does not come back: starting may take a minute."""

MOST_TIMES, MOST_PHONES = 1000, 64
DATABASES = ("postgis", "spatialite")

STEP_MS = 20
"""A phone's fixes lie so many milliseconds apart, so that half an hour of duty has room for all of them."""

SINCE = timedelta(minutes=30)
"""So long the duties have been under way; as long again the phones' tokens last."""

FixKey = tuple[int, str, int]
"""A fix: of which trip (each phone is on one of its own), by which kind of tracker, and its instant in milliseconds."""


@dataclass
class Accepted:
    """What phones were told is kept."""

    checkins: set[str] = field(default_factory=set)
    fixes: set[FixKey] = field(default_factory=set)
    again: int = 0


class Sender:
    """One phone: what it sends, again until it is answered, and what it was told is kept."""

    def __init__(self, phone: Phone, port: int) -> None:
        self.phone, self.port = phone, port
        self.accepted = Accepted()
        self.answered = 0
        self.failure: str | None = None
        self._next_ms = int(phone.since_s * 1000)

    def send_until(self, enough: threading.Event) -> None:
        """One thing after the other, each until it is answered; what it has begun it ends."""
        try:
            while not enough.is_set():
                self._check_in()
                self._one_fix()
                self._batch()
        except Exception as failure:  # noqa: BLE001 - told by the main thread, which ends with it
            self.failure = f"{type(failure).__name__}: {failure}"

    def _check_in(self) -> None:
        """A check-in at the phone's stop."""
        now = clock.iso(clock.now())
        told = {"id": str(uuid4()), "trip_id": self.phone.trip_id, "stop_id": self.phone.stop_id}
        told |= {"kind": "arrive", "lng": self.phone.lng, "lat": self.phone.lat, "accuracy_m": 12}
        self._send(
            "/api/v1/checkins",
            lambda: json.dumps(told | {"fixed_at": now, "made_at": now, "sent_at": clock.iso(clock.now())}),
            {200, 201},
        )
        self.accepted.checkins.add(str(told["id"]))

    def _one_fix(self) -> None:
        """A fix as Traccar Client tells it."""
        [at_ms] = self._instants(1)
        place = {"lat": self.phone.lat, "lon": self.phone.lng + at_ms % 1000 * 1e-6, "accuracy": 9}
        body = urlencode({"id": self.phone.secret, "timestamp": at_ms} | place)
        self._send("/ingest/traccar", lambda: body, {200}, form="application/x-www-form-urlencoded")
        self.accepted.fixes.add((self.phone.trip_id, "traccar", at_ms))

    def _batch(self) -> None:
        """Fixes of the app's own."""
        instants = self._instants(BATCH)
        items = [
            {"fixed_at": at_ms / 1000, "lng": self.phone.lng, "lat": self.phone.lat, "accuracy_m": 9}
            for at_ms in instants
        ]
        self._send(
            "/api/v1/positions",
            lambda: json.dumps({"items": items, "sent_at": clock.now().timestamp()}),
            {200},
        )
        self.accepted.fixes |= {(self.phone.trip_id, "app", at_ms) for at_ms in instants}

    def _instants(self, count: int) -> list[int]:
        """The instants of the next fixes."""
        self._next_ms += STEP_MS * count
        return [self._next_ms - STEP_MS * back for back in range(count, 0, -1)]

    def _send(
        self, path: str, body: Callable[[], str], good: set[int], *, form: str = "application/json"
    ) -> None:
        """Send until it is answered well; `body` is made anew for each try."""
        give_up_at = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up_at:
            status = self._try(path, body(), form)
            if status in good:
                self.answered += 1
                return
            if status not in {0, 500, 503}:
                raise RuntimeError(f"{path} was answered {status}")
            self.accepted.again += 1
            time.sleep(0.05)
        raise RuntimeError(f"{path} was not answered for {PATIENCE_S:.0f} s")

    def _try(self, path: str, body: str, form: str) -> int:
        """The status of one try; 0 where the line broke."""
        headers = {"Authorization": f"Bearer {self.phone.token}", "Content-Type": form}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as line:
            try:
                line.request("POST", path, body, headers)
                answer = line.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                return 0
            return answer.status


class Machine:
    """The server and its database, which may be killed and come back at the same addresses."""

    def __init__(self, settings: Settings, cluster: Cluster | None) -> None:
        self._settings, self._cluster = settings, cluster
        self._listener = serving.listening()
        self._running = ExitStack()
        self._server = self._running.enter_context(self._serve())
        self.killed = Counter[str]()

    @property
    def port(self) -> int:
        """Where the server listens."""
        return int(self._listener.getsockname()[1])

    def crash(self, chance: random.Random) -> None:
        """Kill something; back when it is running again."""
        kinds = {"workers": self._server.kill_workers, "server": self._kill_server}
        if self._cluster is not None:
            kinds["PostgreSQL"] = self._cluster.kill
        kind = chance.choice(sorted(kinds))
        self.killed[kind] += 1
        kinds[kind]()

    def close(self) -> None:
        """Stop the server."""
        self._running.close()
        self._listener.close()

    def _serve(self) -> AbstractContextManager[Served]:
        return serving.serve(
            self._settings, workers=1 if self._settings.on_sqlite else 2, listener=self._listener
        )

    def _kill_server(self) -> None:
        """The parent and its workers at once, as when somebody pulls the plug; then another is started."""
        pid = self._server.process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for process in (pid, *map(int, workers)):
            os.kill(process, signal.SIGKILL)
        self._running.close()
        self._running = ExitStack()
        self._server = self._running.enter_context(self._serve())


def main() -> int:
    """Crash on each database asked for; 0 where everything accepted is there once."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("databases", nargs="*", choices=[*DATABASES, []], metavar="postgis|spatialite")
    asked.add_argument("--times", type=int, default=100, help="how often something is killed")
    asked.add_argument("--phones", type=int, default=16)
    asked.add_argument(
        "--seed", type=int, default=time.time_ns() % 1_000_000, help="of what is killed, and when"
    )
    told = asked.parse_args()
    times, phones = min(told.times, MOST_TIMES), min(told.phones, MOST_PHONES)
    whole = [_on(kind, times, phones, told.seed) for kind in dict.fromkeys(told.databases or DATABASES)]
    return 0 if all(whole) else 1


def _on(kind: str, times: int, phones: int, seed: int) -> bool:
    """Crash on one kind of database. Whether everything accepted is there once."""
    with _ground(kind) as (app, cluster):
        settled = county.settle(app, phones, among=AREAS, tracking="track", since=SINCE)
        county.import_areas(app, AREAS)
        with app.app_context():
            settings = held(Settings)
        databases.close(app)
        machine = Machine(settings, cluster)
        try:
            senders = _crash_under_load(machine, settled, times, random.Random(seed))
        finally:
            machine.close()
        with app.app_context():
            return _told(f"{kind}, seed {seed}", machine.killed, senders)


@contextmanager
def _ground(kind: str) -> Iterator[tuple[Flask, Cluster | None]]:
    """A migrated database with the application on it, and its cluster where there is one."""
    with tempfile.TemporaryDirectory(prefix="guatu-crash-") as name, ExitStack() as running:
        folder, cluster = Path(name), None
        url = f"sqlite:///{folder / 'guatu.sqlite'}"
        if kind == "postgis":
            cluster = running.enter_context(postgis.cluster(durable=True))
            cluster.sql("CREATE DATABASE guatu_crash")
            url = cluster.url("guatu_crash")
        app = databases.migrated(url, folder, access_token_s=3600)
        running.callback(databases.close, app)
        yield app, cluster


def _crash_under_load(
    machine: Machine, phones: Sequence[Phone], times: int, chance: random.Random
) -> list[Sender]:
    """Let all phones send while so many crashes happen, and then until each has its last answer."""
    senders, enough = [Sender(phone, machine.port) for phone in phones], threading.Event()
    threads = [threading.Thread(target=sender.send_until, args=(enough,)) for sender in senders]
    for thread in threads:
        thread.start()
    try:
        for _ in range(times):
            if not _answered_again(senders):
                break
            time.sleep(chance.uniform(*QUIET_S))
            machine.crash(chance)
    finally:
        enough.set()
        for thread in threads:
            thread.join()
    return senders


def _answered_again(senders: Sequence[Sender]) -> bool:
    """Wait until the server has answered as many requests as there are phones; False where a phone gave up."""
    enough = len(senders) + sum(sender.answered for sender in senders)
    while sum(sender.answered for sender in senders) < enough:
        if any(sender.failure for sender in senders):
            return False
        time.sleep(0.02)
    return True


def _told(title: str, killed: Counter[str], senders: Sequence[Sender]) -> bool:
    """Print what was accepted and what is there. Whether it is the same, each once."""
    checkins = {each for sender in senders for each in sender.accepted.checkins}
    fixes = {each for sender in senders for each in sender.accepted.fixes}
    found: dict[str, tuple[set[Any], Counter[Any]]] = {
        "check-ins": (checkins, _checkins()),
        "their events": (checkins, _events()),
        "fixes": (fixes, _fixes()),
    }
    rows = [(name, *_compared(accepted, there)) for name, (accepted, there) in found.items()]
    again = sum(sender.accepted.again for sender in senders)
    deaths = {name: str(count) for name, count in sorted(killed.items())}
    figures.facts(f"\n{title}", deaths | {"sent again": str(again)})
    figures.table(("", "accepted", "found", "doubled", "lost"), rows)
    failures = [sender.failure for sender in senders if sender.failure is not None]
    for failure in failures:
        print(failure, flush=True)
    return not failures and all(
        accepted == there and not doubled and not lost for _, accepted, there, doubled, lost in rows
    )


def _compared(accepted: set[Any], there: Counter[Any]) -> tuple[int, int, int, int]:
    """How many were accepted, how many of those are there, how many are there more than once, how many are not."""
    found = accepted & there.keys()
    return len(accepted), len(found), sum(count > 1 for count in there.values()), len(accepted - there.keys())


def _checkins() -> Counter[Any]:
    """How often each check-in is there, with its personal part."""
    joined = sa.select(Checkin.id).join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
    return Counter(map(str, db.session.scalars(joined)))


def _events() -> Counter[Any]:
    """How many events each check-in has."""
    return Counter(db.session.scalars(sa.select(Event.subject).where(Event.kind == "checkin.made")))


def _fixes() -> Counter[Any]:
    """How often each fix is there."""
    rows = db.session.execute(
        sa.select(Fix.trip_id, Tracker.kind, Fix.fixed_at).join(Tracker, Tracker.id == Fix.tracker_id)
    )
    return Counter((trip_id, kind, round(at.timestamp() * 1000)) for trip_id, kind, at in rows)


if __name__ == "__main__":
    sys.exit(main())
