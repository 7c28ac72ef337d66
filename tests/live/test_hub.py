"""The hub: every reader hears everything once, in order; who is slow or was away too long loads everything anew."""

import logging
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask

from server.db import WRITES, db
from server.live import hub as hubs
from server.live import tail
from server.live.frames import ANYBODY, Audience, Frame, Part, Sight
from server.live.hub import Hub, Reader
from server.live.tail import Happened
from server.models.events import Event
from server.rules.access import Scope
from tests.live.happenings import committed, on_postgis, unfinished, write
from tests.support import databases
from tests.support.postgis import Cluster

MOST = 100
WHOSE = (1, 2)
"""A person on a trip."""


def load(happened: Sequence[Happened], audience: Audience = ANYBODY) -> list[Frame]:
    """A frame for each event, saying its subject; `unspeakable` is one that cannot be told."""
    if any(event.subject == "unspeakable" for event in happened):
        raise LookupError("unspeakable")
    part = Part("area.read", "", frozenset(), b"", for_all=True)
    unseen = replace(part, path="/1/", for_all=False)
    return [_frame(event, unseen if event.subject == "unseen" else part) for event in happened]


def _frame(event: Happened, part: Part) -> Frame:
    """One that says its subject; `crossed` is a crossing, and after `erased` it is gone."""
    crossing = Part("crossing.read", "", frozenset(), b"", shows=WHOSE, tells=WHOSE)
    parts = (part, crossing) if event.subject == "crossed" else (part,)
    return Frame(event.number, parts, erased=frozenset({WHOSE} if event.subject == "erased" else ()))


@contextmanager
def running() -> Iterator[Hub]:
    """A hub on the application's database, as one process has it."""
    hub = Hub()
    hub.wake(db.engine, load, poll_s=0.02)
    try:
        yield hub
    finally:
        hub.rest()


def join(hub: Hub, after: int | None = None) -> Reader:
    """A reader of a sitting of its own."""
    return hub.join(object(), after=after, most=MOST)


def heard(reader: Reader, count: int, *, within_s: float = 5.0) -> list[int]:
    """The numbers a reader hears, once there are `count` of them and for a moment longer."""
    numbers: list[int] = []
    give_up_at = time.monotonic() + within_s
    while len(numbers) < count and time.monotonic() < give_up_at:
        numbers += [frame.number for frame in reader.take(0.1).frames]
    return numbers + [frame.number for frame in reader.take(0.1).frames]


def lost(reader: Reader, *, within_s: float = 5.0) -> int | None:
    """The number up to which a reader is told to load everything anew; None when it is not told so."""
    give_up_at = time.monotonic() + within_s
    while time.monotonic() < give_up_at:
        taken = reader.take(0.1)
        if taken.lost is not None:
            return taken.lost
    return None


def kept() -> list[int]:
    """The numbers of all events."""
    return list(db.session.execute(sa.select(Event.number).order_by(Event.number)).scalars())


def test_every_reader_hears_what_happens_once_and_in_order(app: Flask) -> None:
    with running() as hub:
        readers = [join(hub) for _ in range(3)]
        numbers = committed("a", "b") + committed("c")
        assert [heard(reader, 3) for reader in readers] == [numbers] * 3


def test_who_comes_anew_hears_only_what_happens_from_then_on(app: Flask) -> None:
    before = committed("before")
    with running() as hub:
        reader = join(hub)
        assert reader.seen == before[-1]
        after = committed("after")
        assert heard(reader, 1) == after


def test_who_comes_back_hears_exactly_what_they_missed(app: Flask) -> None:
    with running() as hub:
        first = join(hub)
        numbers = committed(*"abcdef")
        assert heard(first, 6) == numbers
        hub.leave(first)
        again = join(hub, after=numbers[2])
        assert again.missed is None
        assert heard(again, 3) == numbers[3:]


def test_who_comes_back_after_an_erasure_hears_of_no_crossing_that_went_with_it(app: Flask) -> None:
    with running() as hub:
        first = join(hub)
        numbers = committed("before", "crossed")
        assert heard(first, 2) == numbers
        erased = committed("erased")
        assert heard(first, 1) == erased
        frames = join(hub, after=numbers[0]).take(1.0).frames
        assert [len(frame.parts) for frame in frames] == [1, 1]


def test_what_the_ring_has_no_more_is_left_to_the_database(app: Flask) -> None:
    numbers = committed(*"abcdef")
    with running() as hub:
        reader = join(hub, after=numbers[1])
        assert reader.missed == (numbers[1], numbers[-1])
        later = committed("later")
        assert heard(reader, 1) == later


def test_a_ring_that_is_full_forgets_the_oldest_and_knows_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "RING", 4)
    with running() as hub:
        first = join(hub)
        numbers = [number for subject in "abcdef" for number in _heard_at_once(first, subject)]
        again = join(hub, after=numbers[0])
        assert again.missed == (numbers[0], numbers[1])
        assert heard(again, 4) == numbers[2:]


def _heard_at_once(reader: Reader, subject: str) -> list[int]:
    numbers = committed(subject)
    assert heard(reader, 1) == numbers
    return numbers


def test_who_was_away_too_long_loads_everything_anew(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = committed(*"abcdef")
    monkeypatch.setattr(hubs, "RING", 3)
    with running() as hub:
        reader = join(hub, after=numbers[0])
        assert lost(reader) == numbers[-1]
        later = committed("later")
        assert heard(reader, 1) == later


def test_a_slow_reader_is_told_to_load_anew_and_slows_nobody(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "QUEUE", 5)
    with running() as hub:
        slow, quick = join(hub), join(hub)
        numbers: list[int] = []
        for _ in range(4):
            new = committed(*"abc")
            assert heard(quick, 3) == new
            numbers += new
        taken = slow.take(1.0)
        assert taken.lost in numbers
        assert [frame.number for frame in taken.frames] == [n for n in numbers if n > (taken.lost or 0)]
        assert len(taken.frames) <= 5
        assert heard(slow, 0) == heard(quick, 0) == []
        assert committed("z") == heard(slow, 1)


def test_who_may_not_see_what_happens_is_not_woken_by_it_and_stands_further_on(app: Flask) -> None:
    with running() as hub:
        blind, seeing = join(hub), join(hub)
        blind.sight = Sight(
            1, {"crossing.read": Scope((), None), "area.read": Scope((), None)}, reasoned=False
        )
        numbers = committed("unseen", "seen", "unseen")
        assert heard(seeing, 3) == numbers
        assert heard(blind, 1) == numbers[1:2]
        assert blind.seen == numbers[-1]


def test_two_processes_tell_the_same_in_the_same_order(app: Flask) -> None:
    with running() as one, running() as two:
        readers = join(one), join(two)
        numbers = [number for _ in range(5) for number in committed("x", "y")]
        assert heard(readers[0], 10) == heard(readers[1], 10) == numbers


def test_who_stood_further_on_in_another_process_hears_nothing_twice(app: Flask) -> None:
    with running() as behind:
        join(behind)
        behind.rest()
        numbers = committed("a", "b", "c")
        reader = behind.join("sitting", after=numbers[1], most=MOST)
        behind.wake(db.engine, load, poll_s=0.02)
        assert heard(reader, 1) == numbers[2:]


@on_postgis
def test_a_late_committer_reaches_every_process_in_its_place(app: Flask) -> None:
    with running() as one, running() as two:
        readers = join(one), join(two)
        with unfinished("slow") as slow:
            committed("quick")
            assert heard(readers[0], 1, within_s=0.3) == []
            slow.commit()
        assert heard(readers[0], 2) == heard(readers[1], 2) == kept()


@on_postgis
def test_a_transaction_that_takes_long_is_seen_as_lag_until_it_ends(app: Flask) -> None:
    with running() as hub:
        reader = join(hub)
        assert hub.lag_s == 0.0
        with unfinished("slow") as slow:
            time.sleep(0.3)
            assert 0.1 < hub.lag_s < 1.0
            slow.commit()
        assert heard(reader, 1) == kept()
        assert hub.lag_s == 0.0


@on_postgis
def test_who_comes_while_nothing_can_be_read_yet_loads_anew_or_resumes_once_it_can(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "OPENING_S", 0.1)
    before = committed("before")
    with unfinished("slow") as slow, running() as hub:
        new, back = join(hub), join(hub, after=before[0])
        assert not new.placed
        slow.commit()
        assert lost(new) == kept()[-1]
        later = committed("later")
        assert heard(new, 1) == heard(back, 1) == later
        assert back.missed == (before[0], kept()[-2])


def test_who_comes_from_another_history_loads_everything_anew(app: Flask) -> None:
    numbers = committed("a")
    with running() as hub:
        reader = join(hub, after=numbers[-1] + 10_000)
        assert lost(reader) == numbers[-1]
        later = committed("b")
        assert heard(reader, 1) == later


def test_when_an_older_copy_is_restored_under_a_running_server_everybody_loads_anew(app: Flask) -> None:
    committed(*"abc")
    with running() as hub:
        reader = join(hub)
        _begin_anew()
        assert lost(reader) == 0
        later = committed("first")
        assert heard(reader, 1) == later == [1]


def _begin_anew() -> None:
    with (
        db.engine.connect().execution_options(**{WRITES: True}) as connection,
        connection.begin(),
        databases.unguarded(connection),
    ):
        if db.engine.dialect.name == "postgresql":
            connection.exec_driver_sql("TRUNCATE events RESTART IDENTITY")
        else:
            connection.exec_driver_sql("DELETE FROM events")
            connection.exec_driver_sql("DELETE FROM sqlite_sequence WHERE name = 'events'")


def test_too_much_at_once_after_an_absence_is_skipped_and_loaded_anew(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "RING", 4)
    with running() as hub:
        reader = join(hub)
        hub.rest()
        numbers = committed(*"abcdefgh")
        hub.wake(db.engine, load, poll_s=0.02)
        assert lost(reader) == numbers[-1]
        later = committed("later")
        assert heard(reader, 1) == later


@on_postgis
def test_a_database_that_goes_away_and_comes_back_costs_no_event(
    app: Flask, cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    name = db.engine.url.database
    with running() as hub, caplog.at_level(logging.WARNING, "guatu.live"):
        reader = join(hub)
        before = committed("before")
        assert heard(reader, 1) == before
        cluster.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        cluster.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        time.sleep(1.0)
        assert hub.lag_s > 0.5
        cluster.sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        db.session.remove()
        after = committed("after")
        assert heard(reader, 1, within_s=10) == after
        assert hub.lag_s == 0.0
    said = [record.getMessage() for record in caplog.records if record.name == "guatu.live"]
    assert len([line for line in said if "stands still" in line]) == 1


def test_an_event_that_cannot_be_told_is_left_out_and_the_others_are_told(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with running() as hub:
        reader = join(hub)
        before, _, after = committed("before", "unspeakable", "after")
        assert heard(reader, 2) == [before, after]
        assert hub.lag_s == 0.0


def test_a_sitting_has_so_many_streams_and_the_oldest_makes_room(app: Flask) -> None:
    with running() as hub:
        first, second = (hub.join("sitting", after=None, most=2) for _ in range(2))
        other = join(hub)
        third = hub.join("sitting", after=None, most=2)
        assert first.take(0.1).ended == "too_many_streams"
        assert [reader.take(0.0).ended for reader in (second, third, other)] == ["", "", ""]
        assert hub.streams == 3


def test_whoever_joins_and_leaves_while_much_happens_misses_and_doubles_nothing(app: Flask) -> None:
    numbers: list[int] = []
    dice = random.Random(7)
    done = threading.Event()

    def happen() -> None:
        with app.app_context():
            for _ in range(60):
                numbers.extend(committed(*["x"] * dice.randint(1, 3)))
                time.sleep(0.005)
        done.set()

    writing = threading.Thread(target=happen)
    with running() as hub:
        reader = join(hub)
        began, told = reader.seen, list[int]()
        writing.start()
        while not done.is_set() or told[-1:] != numbers[-1:]:
            told += _some(hub, reader, told[-1] if told else began)
            hub.leave(reader)
            reader = join(hub, after=told[-1] if told else began)
        writing.join()
    assert told == numbers


def _some(hub: Hub, reader: Reader, after: int) -> list[int]:
    """What a reader hears of its first moments, first what only the database has."""
    numbers = []
    if reader.missed is not None:
        with db.engine.connect() as connection:
            missed = tail.read(connection, after=reader.missed[0], upto=reader.missed[1])
        numbers = [happened.number for happened in missed]
    return numbers + [frame.number for frame in reader.take(0.05).frames]


def test_a_hub_without_readers_reads_on_so_that_the_next_one_resumes_from_memory(app: Flask) -> None:
    with running() as hub:
        hub.leave(join(hub))
        numbers = committed("a", "b")
        give_up_at = time.monotonic() + 5
        while hub.number != numbers[-1] and time.monotonic() < give_up_at:
            time.sleep(0.02)
        assert heard(join(hub, after=numbers[0]), 1) == numbers[1:]


@on_postgis
def test_events_written_within_a_savepoint_are_waited_for_too(app: Flask) -> None:
    with running() as hub, db.engine.connect() as connection, connection.begin() as transaction:
        reader = join(hub)
        with connection.begin_nested():
            write(connection, "inner")
        committed("quick")
        assert heard(reader, 1, within_s=0.3) == []
        transaction.commit()
        assert heard(reader, 2) == kept()
