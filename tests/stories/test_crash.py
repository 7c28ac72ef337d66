"""The server is killed in the middle of a flood: what was answered is there, exactly once, and so is the rest later."""

import http.client
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.checkins import Checkin
from server.models.events import Event
from tests import people
from tests.support import serving
from tests.support.postgis import Cluster
from tests.support.serving import Served

SENDERS, EACH = 16, 125
KILL_AFTER = 600


@dataclass
class Flood:
    """What the senders have been told: the ids that were answered as kept."""

    answered: set[str] = field(default_factory=set)
    killed: threading.Event = field(default_factory=threading.Event)
    enough: threading.Event = field(default_factory=threading.Event)

    def answer(self, checkin_id: str) -> None:
        """Note an answer; after enough of them, whoever waits may kill."""
        self.answered.add(checkin_id)
        if len(self.answered) >= KILL_AFTER:
            self.enough.set()


@dataclass(frozen=True)
class Sender:
    """A phone with its token and what it has to send."""

    token: str
    bodies: list[dict[str, object]]

    def send_all(self, port: int, flood: Flood) -> None:
        """Send one after the other over one connection; when that breaks, or the server was killed, stop."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            for body in self.bodies:
                if flood.killed.is_set():
                    return
                connection.request("POST", "/api/v1/checkins", json.dumps(body), self._headers())
                answer = connection.getresponse()
                answer.read()
                assert answer.status in {200, 201}, answer.status
                flood.answer(str(body["id"]))
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()

    def send_batch(self, port: int, flood: Flood) -> None:
        """Send everything at once, as a phone does that comes out of a tunnel."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        with closing(connection):
            body = json.dumps({"items": self.bodies})
            connection.request("POST", "/api/v1/checkins/batch", body, self._headers())
            for item in json.load(connection.getresponse())["items"]:
                assert item["status"] in {200, 201}, item
                flood.answer(item["id"])

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}


@pytest.fixture
def durable(request: pytest.FixtureRequest, app: Flask) -> Iterator[None]:
    """The database writes through to the disk, as it does where it serves; SQLite always does."""
    if held(Settings).on_sqlite:
        yield
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.durable():
        yield


@pytest.fixture
def senders(app: Flask) -> list[Sender]:
    """Sixteen people, each with check-ins to send."""
    folk = people.county(app)
    found = [
        people.person(f"外勤{number}", folk.township_a, ("cadre", folk.township_a))
        for number in range(SENDERS)
    ]
    return [Sender(person.tokens().access_token, [_body(turn) for turn in range(EACH)]) for person in found]


def _body(turn: int) -> dict[str, object]:
    """One check-in off duty with its own consent."""
    now = clock.iso(clock.now())
    return {
        "id": str(uuid4()),
        "kind": "note",
        "made_at": now,
        "fixed_at": now,
        "sent_at": now,
        "lng": 118.5 + turn * 1e-5,
        "lat": 29.5,
        "accuracy_m": 12,
        "consent": True,
    }


@pytest.mark.slow
@pytest.mark.usefixtures("durable")
def test_what_was_answered_survives_a_kill_and_everything_is_there_once(
    app: Flask, senders: list[Sender]
) -> None:
    settings = held(Settings)
    workers = 1 if settings.on_sqlite else 2
    listener = serving.listening()
    before = Flood()
    with listener:
        with serving.serve(settings, workers=workers, listener=listener) as served:
            _send_and_kill(senders, served, before)
        assert KILL_AFTER <= len(before.answered) < SENDERS * EACH
        assert before.answered <= set(_kept())

        again = Flood()
        with serving.serve(settings, workers=workers, listener=listener) as served:
            _together(lambda sender: sender.send_batch(served.port, again), senders)
    everything = sorted(str(body["id"]) for sender in senders for body in sender.bodies)
    assert sorted(again.answered) == everything
    assert sorted(_kept()) == everything
    assert sorted(_recorded()) == everything


def _send_and_kill(senders: Sequence[Sender], served: Served, flood: Flood) -> None:
    """Let all send at once, and kill the server as soon as enough was answered."""

    def kill() -> None:
        assert flood.enough.wait(timeout=120)
        for process in (*_children(served.process.pid), served.process.pid):
            os.kill(process, signal.SIGKILL)
        flood.killed.set()

    killer = threading.Thread(target=kill)
    killer.start()
    _together(lambda sender: sender.send_all(served.port, flood), senders)
    killer.join()


def _together(send: Callable[[Sender], None], senders: Sequence[Sender]) -> None:
    """Let all senders do this at once, and wait for them."""
    threads = [threading.Thread(target=send, args=(sender,)) for sender in senders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _children(process: int) -> Iterator[int]:
    """The workers of a server."""
    for number in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        yield int(number)


def _kept() -> list[str]:
    """The ids of all check-ins kept."""
    db.session.rollback()
    return [str(checkin_id) for checkin_id in db.session.execute(sa.select(Checkin.id)).scalars()]


def _recorded() -> list[str]:
    """The ids of all check-ins that have an event."""
    db.session.rollback()
    return list(db.session.execute(sa.select(Event.subject).where(Event.kind == "checkin.made")).scalars())
