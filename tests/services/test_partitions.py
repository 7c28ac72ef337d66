"""Partitions of fixes by month: made ahead, taken over from the default one, dropped when all of it has expired."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.config import Settings
from server.db import db, is_locked
from server.held import held
from server.queries import partitions as reads
from server.services import partitions, sweeps
from tests import people
from tests import trips as journeys
from tests.positions import Phone, fix, fixes, phone, rows

on_postgis = pytest.mark.parametrize("app", ["postgis"], indirect=True)

NOW = datetime.fromisoformat("2026-09-01T02:00:00+00:00")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERE = {"lng": 118.502, "lat": 29.601}


@pytest.fixture(autouse=True)
def _none_left(app: Flask) -> Iterator[None]:
    """There are no partitions before a test nor after it; the tests of a run share the database."""
    drop_all()
    yield
    drop_all()


def drop_all() -> None:
    db.session.rollback()
    for each in reads.attached() if reads.by_month() else ():
        db.session.execute(sa.text(f"DROP TABLE {each.name}"))
    db.session.commit()


@pytest.fixture
def tracked(app: Flask) -> Phone:
    """A cadre's phone, on a duty since `NOW`."""
    folk = people.county(app)
    with clock.at(NOW):
        journeys.under_way(
            folk.cadre, folk.supervisor_a, tracking="track", ends_on=clock.day_of(NOW + 80 * DAY)
        )
    return phone(folk.cadre)


def deliver(tracked: Phone, *ats: datetime) -> None:
    with clock.at(max(ats)):
        assert tracked.deliver(fixes([fix(at, **HERE) for at in ats])).kept == len(ats)


def made(at: datetime) -> list[str]:
    with clock.at(at):
        return partitions.make_ahead()


def where() -> list[tuple[Any, ...]]:
    """In which table each fix lies."""
    return rows("fixes", "tableoid::regclass::text", "at")


@on_postgis
def test_this_month_and_the_next_two_are_made_ahead_by_the_calendar_of_shanghai(app: Flask) -> None:
    before = datetime.fromisoformat("2026-10-31T15:59:59+00:00")
    assert made(before) == ["fixes_2026_10", "fixes_2026_11", "fixes_2026_12"]
    assert made(before) == []
    assert made(before + timedelta(seconds=1)) == ["fixes_2027_01"]
    december = reads.attached()[2]
    assert (december.starts_at, december.ends_at) == (
        datetime.fromisoformat("2026-12-01T00:00:00+08:00"),
        datetime.fromisoformat("2027-01-01T00:00:00+08:00"),
    )


def test_on_one_table_there_is_nothing_to_make(app: Flask) -> None:
    if not reads.by_month():
        assert made(NOW) == partitions.drop_expired(NOW) == []


@on_postgis
def test_fixes_that_lie_in_the_default_partition_already_become_the_months_without_moving(
    tracked: Phone,
) -> None:
    deliver(tracked, NOW + HOUR, NOW + 2 * HOUR)
    assert {table for table, _ in where()} == {"fixes_default"}
    assert made(NOW + 3 * HOUR) == ["fixes_2026_09", "fixes_2026_10", "fixes_2026_11"]
    deliver(tracked, NOW + 4 * HOUR, NOW + 40 * DAY)
    assert where() == [
        ("fixes_2026_09", NOW + HOUR),
        ("fixes_2026_09", NOW + 2 * HOUR),
        ("fixes_2026_09", NOW + 4 * HOUR),
        ("fixes_2026_10", NOW + 40 * DAY),
    ]
    deliver(tracked, NOW + HOUR)
    assert len(where()) == 4


@on_postgis
def test_months_without_a_sweep_are_taken_over_and_what_does_not_fit_goes_back(tracked: Phone) -> None:
    assert made(NOW - 60 * DAY) == ["fixes_2026_07", "fixes_2026_08", "fixes_2026_09"]
    deliver(tracked, NOW + HOUR, NOW + 45 * DAY, NOW + 75 * DAY)
    db.session.execute(
        sa.text("UPDATE fixes_default SET at = at - interval '6 months' WHERE at > '2026-11-01'")
    )
    db.session.commit()
    assert made(NOW + 76 * DAY) == ["fixes_2026_11", "fixes_2026_12", "fixes_2027_01"]
    assert [table for table, _ in where()] == ["fixes_2026_09", "fixes_2026_11", "fixes_default"]


@on_postgis
def test_a_take_over_that_is_interrupted_leaves_everything_as_it_was_and_is_done_the_next_time(
    tracked: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(tracked, NOW + HOUR)
    before = where()

    def at_the_end(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "ATTACH" in statement:
            raise KeyboardInterrupt

    sa.event.listen(db.engine, "before_cursor_execute", at_the_end)
    try:
        with pytest.raises(KeyboardInterrupt):
            made(NOW + 2 * HOUR)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", at_the_end)
    assert (where(), reads.attached()) == (before, [])
    assert len(made(NOW + 2 * HOUR)) == 3
    assert where() == [("fixes_2026_09", NOW + HOUR)]


@on_postgis
def test_nobody_waits_long_for_a_partition_where_somebody_else_holds_the_table(tracked: Phone) -> None:
    deliver(tracked, NOW + HOUR)
    with db.engine.connect() as other:
        other.execute(sa.text("SELECT count(*) FROM fixes"))
        with pytest.raises(sa.exc.OperationalError) as refusal:
            made(NOW + 2 * HOUR)
        assert is_locked(refusal.value)
    assert len(made(NOW + 2 * HOUR)) == 3


@on_postgis
def test_a_partition_is_dropped_when_all_of_it_has_expired_and_not_before(tracked: Phone) -> None:
    deliver(tracked, NOW + HOUR)
    made(NOW + 2 * HOUR)
    days = held(Settings).position_days * DAY
    september_ends = datetime.fromisoformat("2026-10-01T00:00:00+08:00")
    for at, left in ((september_ends + days - HOUR, True), (september_ends + days, False)):
        with clock.at(at):
            list(sweeps.run())
        assert ("fixes_2026_09" in [each.name for each in reads.attached()]) is left
        assert rows("fixes", "at") == []
