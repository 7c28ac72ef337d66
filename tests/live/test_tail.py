"""The tail: nothing lost to those who commit late, nothing doubled, in the order of the numbers."""

import random
import threading
import time

import sqlalchemy as sa
from flask import Flask

from server.db import WRITES, db
from server.live import tail
from server.models.events import Event
from tests.live.happenings import Tail, committed, following, on_postgis, unfinished, write
from tests.support.postgis import Cluster


def test_what_was_committed_is_read_once_in_the_order_of_its_numbers(app: Flask) -> None:
    with following() as tailing:
        committed("a", "b")
        assert tailing.read() == ["a", "b"]
        committed("c")
        assert tailing.read() == ["c"]
        assert tailing.read() == []


def test_an_empty_record_has_nothing_to_wait_for(app: Flask) -> None:
    with following() as tailing:
        assert tailing.read() == []
        assert tailing.horizon.settled == tailing.horizon.given
        assert tailing.horizon.mark is None


def test_a_page_ends_at_its_limit_and_the_next_goes_on_after_it(app: Flask) -> None:
    numbers = committed(*"abcde")
    with following() as tailing:
        first = tail.read(tailing.connection, after=0, upto=numbers[-1], limit=2)
        second = tail.read(tailing.connection, after=first[-1].number, upto=numbers[-1], limit=2)
        assert [happened.subject for happened in [*first, *second]] == list("abcd")


@on_postgis
def test_who_commits_late_is_waited_for_and_then_read_in_its_place(app: Flask) -> None:
    with following() as tailing, unfinished("slow") as slow:
        committed("quick")
        assert tailing.read() == []
        slow.commit()
        assert tailing.read() == ["slow", "quick"]


@on_postgis
def test_a_number_is_not_settled_while_the_newest_transaction_of_all_still_holds_it(app: Flask) -> None:
    """Where nothing newer has ended, `pg_snapshot_xmax` equals the running transaction's own id."""
    with following() as tailing, unfinished("only") as only:
        assert tailing.read() == []
        assert tailing.horizon.settled == 0
        only.commit()
        assert tailing.read() == ["only"]


@on_postgis
def test_of_two_unfinished_ones_the_later_may_end_first_or_last(app: Flask) -> None:
    for later_first in (True, False):
        with following() as tailing, unfinished("one") as one, unfinished("two") as two:
            tailing.read()
            for each in (two, one) if later_first else (one, two):
                each.commit()
                if each is (two if later_first else one):
                    assert "two" not in tailing.read()[:1]
            assert tailing.position < tailing.horizon.given or tailing.horizon.mark is None
            tailing.read()
            assert tailing.position == tailing.horizon.given


@on_postgis
def test_what_was_before_a_slow_one_is_read_without_waiting_for_it(app: Flask) -> None:
    with following() as tailing:
        committed("before")
        assert tailing.read() == ["before"]
        with unfinished("slow") as slow:
            committed("after")
            assert tailing.read() == []
            slow.commit()
        assert tailing.read() == ["slow", "after"]


@on_postgis
def test_one_that_is_rolled_back_leaves_a_gap_and_holds_nobody_up(app: Flask) -> None:
    with following() as tailing, unfinished("never") as never:
        committed("kept")
        assert tailing.read() == []
        never.rollback()
        assert tailing.read() == ["kept"]
        assert tailing.horizon.mark is None


@on_postgis
def test_a_long_transaction_that_writes_no_event_also_holds_and_is_seen_to(app: Flask) -> None:
    with following() as tailing, db.engine.connect() as other, other.begin():
        other.exec_driver_sql("SELECT pg_current_xact_id()")
        committed("kept")
        assert tailing.read() == []
        time.sleep(0.05)
        assert tailing.horizon.waiting_s(time.monotonic()) >= 0.05
        other.rollback()
        assert tailing.read() == ["kept"]
        assert tailing.horizon.waiting_s(time.monotonic()) == 0.0


@on_postgis
def test_a_reader_however_long_it_reads_holds_nobody_up(app: Flask) -> None:
    with following() as tailing, db.engine.connect() as reading, reading.begin():
        reading.exec_driver_sql("SELECT count(*) FROM events")
        committed("kept")
        assert tailing.read() == ["kept"]


@on_postgis
def test_a_stricter_isolation_set_for_the_whole_database_blinds_no_tail(app: Flask, cluster: Cluster) -> None:
    name = db.engine.url.database
    cluster.sql(f"ALTER DATABASE {name} SET default_transaction_isolation = 'repeatable read'")
    db.engine.dispose()
    try:
        with following() as tailing:
            tailing.read()
            committed("kept")
            assert tailing.read() == ["kept"]
    finally:
        cluster.sql(f"ALTER DATABASE {name} RESET default_transaction_isolation")
        db.engine.dispose()


WRITERS, EACH = 6, 30


def test_many_writers_at_once_lose_and_double_nothing(app: Flask) -> None:
    """Writers that dawdle, roll back and overtake one another, while two tails read."""
    rolls = WRITERS if db.engine.dialect.name == "postgresql" else 1
    threads = [threading.Thread(target=_scribble, args=(app, seed, EACH)) for seed in range(rolls)]
    with following() as one, following() as two:
        seen: tuple[list[int], list[int]] = ([], [])
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            _look(one, seen[0])
            _look(two, seen[1])
            time.sleep(0.003)
        for tailing, numbers in zip((one, two), seen, strict=True):
            _look(tailing, numbers)
            assert tailing.horizon.settled == tailing.horizon.given
    kept = list(db.session.execute(sa.select(Event.number).order_by(Event.number)).scalars())
    assert len(kept) > rolls * EACH / 2
    assert seen == (kept, kept)


def _look(tailing: Tail, seen: list[int]) -> None:
    seen += [happened.number for happened in tailing.look()]


def _scribble(app: Flask, seed: int, times: int) -> None:
    dice = random.Random(seed)
    with app.app_context(), db.engine.connect().execution_options(**{WRITES: True}) as connection:
        for _ in range(times):
            with connection.begin() as transaction:
                write(connection, *["x"] * dice.randint(1, 3))
                time.sleep(dice.random() * 0.02)
                if dice.random() < 0.2:
                    transaction.rollback()
