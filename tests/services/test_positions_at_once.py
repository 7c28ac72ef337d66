"""Positions beside what ends them at one instant, on PostgreSQL: neither is in the other's way, and the end holds."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import TrackerUnknown
from server.queries import positions as reads
from server.services import positions, trackers, trips
from server.services.positions import Accepted
from server.transaction import transaction
from tests import people
from tests import trips as journeys
from tests.people import County
from tests.positions import Phone, fix, fixes, phone
from tests.services.test_positions import HERE, MINUTE, NOW
from tests.support import databases

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
