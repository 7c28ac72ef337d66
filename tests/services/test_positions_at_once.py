"""Positions beside what ends them at one instant, and beside each other: nobody waits for ever, and an end holds."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import Busy, TrackerUnknown
from server.queries import positions as reads
from server.services import positions, trackers, trips
from server.services.batch import Delivery
from server.services.positions import Accepted
from server.transaction import transaction
from tests import people
from tests import trips as journeys
from tests.people import County
from tests.positions import Phone, fix, fixes, phone, rows
from tests.services.test_positions import HERE, MINUTE, NOW
from tests.support import databases
from tests.support.together import together

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


@pytest.fixture
def folk(postgis_app: Flask) -> Iterator[County]:
    databases.empty(postgis_app)
    with postgis_app.app_context(), clock.at(NOW + MINUTE):
        yield people.county(postgis_app)


@pytest.fixture
def tracked(folk: County) -> Phone:
    """The cadre's phone, on a duty that keeps a track."""
    journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
    return phone(folk.cadre)


@contextmanager
def waiting(app: Flask, act: Callable[[], object]) -> Iterator[list[object]]:
    """Something else that is begun and waits for the caller; after the block, what came of it."""
    came: list[object] = []

    def run() -> None:
        with app.app_context():
            try:
                came.append(act())
            except sa.exc.OperationalError as failure:
                came.append(failure)

    other = threading.Thread(target=run)
    other.start()
    give_up_at = time.monotonic() + 10.0
    while not db.session.execute(sa.text(WAITING)).scalar_one() and time.monotonic() < give_up_at:
        time.sleep(0.01)
    yield came
    db.session.commit()
    other.join()


def test_what_waited_while_its_phone_was_revoked_is_refused(
    postgis_app: Flask, folk: County, tracked: Phone
) -> None:
    delivery = tracked.delivery(fixes([fix(NOW + MINUTE, **HERE)]))
    with transaction():
        trackers.revoke(folk.cadre.actor, tracked.id)
        with waiting(postgis_app, lambda: positions.accept([delivery])) as came:
            pass
    became = came[0]
    assert isinstance(became, list)
    assert [type(each) for each in became] == [TrackerUnknown]


def test_the_first_fix_of_a_track_and_the_end_of_its_duty_do_not_wait_for_each_other(
    postgis_app: Flask, folk: County, tracked: Phone
) -> None:
    trip_id = db.session.execute(sa.text("SELECT id FROM trips")).scalar_one()
    delivery = tracked.delivery(fixes([fix(NOW + MINUTE, **HERE)]))
    with transaction():
        reads.people_held({folk.cadre.id})
        with waiting(postgis_app, lambda: trips.complete(folk.cadre.actor, trip_id)) as came:
            became = positions.accept([delivery])
    assert isinstance(became[0], Accepted)
    assert isinstance(came[0], dict), came


def test_sixty_four_writers_of_the_same_few_people_do_not_wait_for_each_other_in_a_circle(app: Flask) -> None:
    """Each writes of several phones at once, in an order of its own; half of them through the queue of the process."""
    with clock.at(NOW):
        folk = people.county(app)
        walkers = [people.person(f"外勤{n}", folk.township_a, ("cadre", folk.township_a)) for n in range(4)]
        for walker in walkers:
            journeys.under_way(walker, folk.supervisor_a, tracking="track")
        phones = [
            phone(walker, f"{walker.id}-{kind}", kind)
            for walker in walkers
            for kind in ("traccar", "owntracks")
        ]
    db.session.rollback()
    with clock.at(NOW + MINUTE):
        ends = together(app, *(partial(_write, phones, number) for number in range(64)))
    assert ends == [True] * 64
    assert len(rows("fixes", "at")) == 64 * 3


def _write(phones: list[Phone], number: int) -> bool:
    """A fix of three of the phones, again where the server is too busy, as phones do; whether all were kept."""
    for _ in range(5):
        with suppress(Busy, sa.exc.TimeoutError):
            return _write_once(phones, number)
        db.session.remove()
    return False


def _write_once(phones: list[Phone], number: int) -> bool:
    """The same, once."""
    chosen = random.Random(number).sample(phones, 3)
    told = [fixes([fix(NOW + timedelta(seconds=number / 2), **HERE)])] * 3
    sent = [each.delivery(fixes) for each, fixes in zip(chosen, told, strict=True)]
    became = [positions.deliver(each) for each in sent] if number % 2 else positions.accept(sent)
    for each in became:
        if isinstance(each, Busy):
            raise each
    return all(isinstance(each, Accepted) and each.kept == 1 for each in became)


def test_a_fix_that_the_database_refuses_fails_only_its_own_delivery(
    postgis_app: Flask, folk: County, tracked: Phone
) -> None:
    others = [phone(folk.cadre, f"other-{n}") for n in range(4)]
    here, poison = fix(NOW + MINUTE, **HERE), fix(NOW + MINUTE, **HERE, note="\0")
    sent = [tracked.delivery(fixes([poison])), *(each.delivery(fixes([here])) for each in others)]
    db.session.rollback()
    ends = together(postgis_app, *(partial(_deliver, each) for each in sent))
    assert [isinstance(end, Accepted) for end in ends] == [False, True, True, True, True]
    assert len(rows("fixes", "at")) == 4


def _deliver(delivery: Delivery) -> object:
    """What becomes of a delivery, or what the database said of it."""
    try:
        return positions.deliver(delivery)
    except sa.exc.StatementError as failure:
        return failure
