"""Phones send positions while workers and the database are killed: what was answered is there, each fix once."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.checkins import LastPlace
from server.models.positions import Fix
from tests import people
from tests import trips as journeys
from tests.positions import Phone, phone
from tests.support import databases, postgis, serving
from tests.support.postgis import Cluster
from tests.support.serving import Served

PHONES, EACH = 12, 40
PATIENCE_S = 240.0


@dataclass
class Queue:
    """A phone as Traccar Client is one: oldest first, one by one, deleted once answered, and tried again until then."""

    phone: Phone
    since_s: int
    answered: int = 0
    tries: int = 0

    def empty(self, port: int) -> None:
        """Send everything, however often the server goes away."""
        give_up_at = time.monotonic() + PATIENCE_S
        while self.answered < EACH and time.monotonic() < give_up_at:
            self.tries += 1
            if self._sent(port):
                self.answered += 1
            else:
                time.sleep(0.05)

    def _sent(self, port: int) -> bool:
        """Whether the oldest was answered with success."""
        at_s = self.since_s + self.answered
        place = f"lat=29.6&lon={118.5 + self.answered * 1e-4:.4f}&accuracy=9"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.request("POST", f"/ingest/traccar?id={self.phone.secret}&timestamp={at_s}&{place}")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


@pytest.fixture(params=["spatialite", "postgis"])
def own(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Flask, Cluster | None]]:
    """The application on a database of its own, which may be killed."""
    if request.param == "spatialite":
        app = databases.migrated(f"sqlite:///{tmp_path / 'own.sqlite'}", tmp_path)
        with app.app_context():
            yield app, None
        databases.close(app)
        return
    with postgis.cluster(durable=True) as cluster:
        cluster.sql("CREATE DATABASE own")
        app = databases.migrated(cluster.url("own"), tmp_path)
        with app.app_context():
            yield app, cluster
        databases.close(app)


@pytest.mark.slow
def test_every_fix_that_was_answered_survives_and_is_there_once(own: tuple[Flask, Cluster | None]) -> None:
    app, cluster = own
    folk = people.county(app)
    cadres = [people.person(f"外勤{n}", folk.township_a, ("cadre", folk.township_a)) for n in range(PHONES)]
    for cadre in cadres:
        journeys.under_way(cadre, folk.supervisor_a, tracking="track")
    since_s = int(clock.now().timestamp()) + 1
    queues = [Queue(phone(cadre), since_s) for cadre in cadres]
    db.session.remove()
    settings = held(Settings)
    with serving.serve(settings, workers=1 if settings.on_sqlite else 2) as served:
        _flood(queues, served, _accidents(served, cluster))
    kept = Counter(db.session.scalars(sa.select(Fix.tracker_id)))
    assert kept == {queue.phone.id: EACH for queue in queues}
    assert sum(queue.tries for queue in queues) > PHONES * EACH, (
        "nothing went wrong: the accidents came too late"
    )
    newest = {place.at.timestamp() for place in db.session.scalars(sa.select(LastPlace))}
    assert newest == {float(since_s + EACH - 1)}


def _accidents(served: Served, cluster: Cluster | None) -> list[Callable[[], None]]:
    """What goes wrong, one after the other."""
    found = [served.kill_workers, served.kill_workers]
    return found if cluster is None else [served.kill_workers, cluster.kill, served.kill_workers]


def _flood(queues: list[Queue], served: Served, accidents: list[Callable[[], None]]) -> None:
    """Let all phones send, and each accident happen when another part of it is through."""
    threads = [threading.Thread(target=queue.empty, args=(served.port,)) for queue in queues]
    for thread in threads:
        thread.start()
    for nth, accident in enumerate(accidents, start=1):
        while sum(queue.answered for queue in queues) < nth * PHONES * EACH // (len(accidents) + 1):
            time.sleep(0.01)
        accident()
    for thread in threads:
        thread.join()
