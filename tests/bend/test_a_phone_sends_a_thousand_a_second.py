"""One phone, or one page, asks as fast as it can: it is served in its turn, and nobody else waits for it."""

import http.client
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient

from server.errors import TooFast
from server.turns import AT_ONCE_S, PATIENCE_S, Turns
from tests import people
from tests.bend import phones
from tests.bend.conftest import Standing
from tests.live.test_many_streams import ANSWERED_WITHIN_S, check_in, door
from tests.positions import phone

FLOODERS = 16
PER_S = 10


class Watch:
    """A clock that only goes on, by hand."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_who_asks_a_thousand_times_a_second_is_served_in_its_turn_and_waits_for_nobody_else() -> None:
    watch = Watch()
    turns, served = Turns(PER_S, watch), Counter[str]()
    for nth in range(10_000):
        watch.now_s = 1000.0 + nth / 1000
        wait_s = turns.wait_s("a phone that floods")
        served["at once" if wait_s <= 0 else "after a while" if wait_s <= PATIENCE_S else "refused"] += 1
        assert turns.wait_s(f"one of the others {nth % 500}") <= 0
    assert served["at once"] + served["after a while"] == pytest.approx(
        (AT_ONCE_S + PATIENCE_S + 10) * PER_S, abs=2
    )
    assert served["refused"] > 9_000
    watch.now_s += PATIENCE_S + AT_ONCE_S
    assert turns.wait_s("a phone that floods") <= 0


def test_an_hour_handed_in_one_by_one_is_slowed_down_and_never_refused() -> None:
    watch = Watch()
    turns = Turns(PER_S, watch)
    for _ in range(3_600):
        wait_s = turns.wait_s("a phone out of a tunnel")
        assert wait_s <= PATIENCE_S
        watch.now_s += max(0.0, wait_s) + 0.01
    assert watch.now_s - 1000.0 == pytest.approx(3_600 / PER_S - AT_ONCE_S, rel=0.01)


def test_what_is_too_fast_is_told_when_to_come_again_at_every_door_of_phones(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Never 429: an iPhone's OwnTracks would delete what it has not sent (docs/wire.md)."""
    folk = people.county(client.application)
    headers, tracker = folk.cadre.sign_in(client), phone(folk.cadre)
    monkeypatch.setattr(Turns, "wait_s", lambda _turns, _who: PATIENCE_S + 2.5)
    for answer in (
        phones.check_in(client, headers, phones.said()),
        client.post("/api/v1/positions", json={}, headers=headers),
        phones.traccar(client, tracker),
        phones.owntracks(client, tracker),
    ):
        phones.comes_again(answer, TooFast.code)
        assert answer.headers["Retry-After"] == "8"
    assert client.get("/health/ready").status_code == 200
    monkeypatch.undo()
    assert phones.kept("checkins") == 0


def test_while_one_floods_others_check_in_and_are_answered(standing: Standing) -> None:
    cadre, port, begun_s = standing.headers("cadre"), standing.served.port, time.monotonic()
    with flooding(port, standing.headers("colleague")) as answers, door(port) as connection:
        took_s = sorted(check_in(connection, cadre, standing.trip)[1] for _ in range(20))
    lasted_s = time.monotonic() - begun_s
    assert took_s[-2] < ANSWERED_WITHIN_S
    assert FLOODERS < answers[200] <= (AT_ONCE_S + lasted_s + 1) * standing.per_s
    assert set(answers) <= {200, 503}


@contextmanager
def flooding(port: int, headers: dict[str, str]) -> Iterator[Counter[int]]:
    """One sitting asks by many connections, as fast as it can, until the block is left; its answers."""
    answers, over = Counter[int](), threading.Event()

    def flood() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        while not over.is_set():
            connection.request("GET", "/api/v1/me", headers=headers)
            answer = connection.getresponse()
            answer.read()
            answers[answer.status] += 1
        connection.close()

    threads = [threading.Thread(target=flood) for _ in range(FLOODERS)]
    for thread in threads:
        thread.start()
    try:
        yield answers
    finally:
        over.set()
        for thread in threads:
            thread.join()
