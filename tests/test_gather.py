"""Gathered commits: many at once, each answered after its commit, each failing only for itself."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock, transaction
from server.db import db
from server.errors import Busy, NotFound, Problem
from server.gather import Gatherer
from server.models.events import Event
from server.transaction import verb
from tests.house.source import ROOT

MANY, MOST = 24, 10
POISON = "poison"
NOBODYS = "nobody's"

Numbers = Gatherer[str, str]


class Killed(BaseException):
    """What a greenlet meets when it is killed."""


class Scribe:
    """Writes words down as events. The first group waits until it is let go, so that others gather behind it."""

    def __init__(self, pause_s: float = 0) -> None:
        self.groups: list[int] = []
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.first: Callable[[], object] = list
        self.gatherer = Numbers(self._together, self._alone, most=MOST, pause_s=pause_s)

    def _together(self, words: Sequence[str]) -> list[str | Problem]:
        self.groups.append(len(words))
        if len(self.groups) == 1:
            self.begun.set()
            assert self.let_go.wait(20)
            self.first()
        return [NotFound() if word == NOBODYS else word for word in _write(words)]

    def _alone(self, word: str) -> str:
        if word == NOBODYS:
            raise NotFound
        return _write([word])[0]


@verb
def _write(words: Sequence[str]) -> Sequence[str]:
    """Write each word down once; POISON fails in the database."""
    rows: list[dict[str, object]] = [
        {"at": clock.now(), "kind": None if word == POISON else "test", "subject": word, "data": {}}
        for word in words
        if word != NOBODYS and word not in _written()
    ]
    if rows:
        db.session.execute(sa.insert(Event), rows)
    return words


def _written() -> list[str]:
    """The words that are written down, as this transaction sees them."""
    return list(db.session.execute(sa.select(Event.subject).order_by(Event.subject)).scalars())


def seen_by_others() -> list[str]:
    """The words that a connection of its own sees."""
    with db.engine.connect() as other:
        return list(other.execute(sa.select(Event.subject).order_by(Event.subject)).scalars())


@contextmanager
def asking(app: Flask, scribe: Scribe, words: Sequence[str]) -> Iterator[list[Future[list[str]]]]:
    """Ask for each word in a thread of its own; the first one leads and all others wait behind it.

    What each gets is what others saw when it was answered.
    """

    def ask(word: str) -> list[str]:
        with app.app_context():
            assert scribe.gatherer.do(word) == word
            return seen_by_others()

    with ThreadPoolExecutor(len(words)) as threads:
        asked = [threads.submit(ask, words[0])]
        assert scribe.begun.wait(20)
        asked += [threads.submit(ask, word) for word in words[1:]]
        while scribe.gatherer.waiting < len(words) - 1:
            time.sleep(0.001)
        yield asked
        scribe.let_go.set()


def test_many_at_once_share_commits_and_each_is_answered_after_its_own(app: Flask) -> None:
    scribe, words = Scribe(), [f"{number:02}" for number in range(MANY)]
    with asking(app, scribe, words) as asked:
        pass
    assert all(word in seen.result() for word, seen in zip(words, asked, strict=True))
    assert scribe.groups == [1, MOST, MOST, MANY - 1 - 2 * MOST]
    assert seen_by_others() == words


def test_a_group_goes_once_a_pause_has_brought_nobody_else(app: Flask) -> None:
    scribe = Scribe(pause_s=0.5)
    scribe.let_go.set()

    def ask(word: str) -> str:
        with app.app_context():
            return scribe.gatherer.do(word)

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(ask, "ab")) == ["a", "b"]
    assert scribe.groups == [2]


def test_a_lone_caller_waits_for_nobody(app: Flask) -> None:
    scribe = Scribe()
    scribe.let_go.set()
    assert [scribe.gatherer.do(word) for word in "ab"] == ["a", "b"]
    assert scribe.groups == [1, 1]


def test_a_poison_item_and_one_that_is_refused_fail_alone(app: Flask) -> None:
    scribe = Scribe()
    with asking(app, scribe, ["a", "b", POISON, "c", NOBODYS, "d"]) as asked:
        pass
    assert [type(each.exception()) for each in asked] == [
        type(None),
        type(None),
        sa.exc.IntegrityError,
        type(None),
        NotFound,
        type(None),
    ]
    assert seen_by_others() == ["a", "b", "c", "d"]


def test_a_connection_lost_at_commit_loses_nobody(app: Flask) -> None:
    scribe = Scribe()
    with asking(app, scribe, ["a", "b", "c"]) as asked:
        sa.event.listen(db.engine, "commit", _lose, once=True)
    assert [each.exception() for each in asked] == [None, None, None]
    assert seen_by_others() == ["a", "b", "c"]


def _lose(connection: sa.Connection) -> None:
    """Close the connection under a transaction that is about to commit."""
    raw = connection.connection.dbapi_connection
    assert raw is not None
    raw.close()


def test_a_group_whose_leader_dies_is_done_by_each(app: Flask) -> None:
    scribe = Scribe()

    def die() -> None:
        raise Killed

    scribe.first = die
    with asking(app, scribe, ["a", "b", "c"]) as asked:
        pass
    assert [type(each.exception()) for each in asked] == [Killed, type(None), type(None)]
    assert seen_by_others() == ["b", "c"]
    assert scribe.gatherer.do("d") == "d"


def test_one_that_waits_too_long_is_told_to_come_again_and_is_not_done(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction, "WAIT_S", 0.2)
    scribe = Scribe()
    with asking(app, scribe, ["a", "b"]) as asked:
        assert isinstance(asked[1].exception(), Busy)
    assert asked[0].result() == ["a"]
    assert scribe.gatherer.do("c") == "c"
    assert seen_by_others() == ["a", "c"]


def test_within_a_verb_it_is_part_of_that_verb(app: Flask) -> None:
    scribe = Scribe()

    def write_and_die() -> None:
        with transaction.transaction():
            assert scribe.gatherer.do("a") == "a"
            assert _written() == ["a"]
            raise Killed

    with pytest.raises(Killed):
        write_and_die()
    assert (scribe.groups, seen_by_others()) == ([], [])


GREENLETS = """
from gevent import monkey
monkey.patch_all()
import gevent, gevent.event, sys
from pathlib import Path
from server.app import create_app
from server.config import Settings
from server.gather import Gatherer

folder = Path(sys.argv[1])
app = create_app(Settings(database_url=f"sqlite:///{folder}/g.sqlite", instance=folder, secure_cookies=False))
groups, let_go = [], gevent.event.Event()

def together(items):
    groups.append(list(items))
    let_go.wait(20)
    return items

gatherer = Gatherer(together, lambda item: -item, most=2, pause_s=0)

def ask(item):
    with app.app_context():
        return gatherer.do(item)

asked = [gevent.spawn(ask, item) for item in range(1, 8)]
while not groups or gatherer.waiting < 5:
    gevent.sleep(0.001)
asked[0].kill(block=False)  # leads the first two
asked[2].kill(block=False)  # waits, and is to lead next
gevent.spawn_later(0.01, let_go.set)
gevent.joinall(asked, timeout=10, raise_error=True)
print([each.value if each.successful() and not isinstance(each.value, gevent.GreenletExit) else None
       for each in asked])
print(groups)
"""


def test_greenlets_that_are_killed_leave_nobody_waiting(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", GREENLETS, tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == ["[None, -2, None, 4, 5, 6, 7]", "[[1, 2], [4, 5], [6, 7]]"]
