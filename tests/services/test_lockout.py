"""Counting tries: who waits, how long, and who does not."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import LockedOut
from server.models.sessions import SignInFailure
from server.services import lockout
from server.services.lockout import ALL, Count
from server.transaction import transaction
from tests.people import Someone, county

HERE, THERE = "203.0.113.7", "198.51.100.9"
NOBODY = Someone(0, "nobody", 0)


@pytest.fixture(autouse=True)
def still() -> Iterator[datetime]:
    """The clock stands still but where a test moves it."""
    now = clock.now()
    with clock.at(now):
        yield now


def counts(who: Someone, address: str = HERE, device_id: UUID | None = None) -> tuple[Count, ...]:
    return lockout.counts_for(who.username, person_id=who.id or None, device_id=device_id, address=address)


def fail(who: Someone, times: int = 1, address: str = HERE, device_id: UUID | None = None) -> None:
    for _ in range(times):
        with transaction():
            lockout.count(counts(who, address, device_id))


def succeed(who: Someone, address: str = HERE, device_id: UUID | None = None) -> None:
    with transaction():
        tried = counts(who, address, device_id)
        lockout.count(tried)
        lockout.take_back(tried)


def wait_s(who: Someone, address: str = HERE, device_id: UUID | None = None) -> int:
    """Seconds until the next try; it is not counted."""
    with transaction() as session:
        try:
            lockout.count(counts(who, address, device_id))
        except LockedOut as refusal:
            return refusal.retry_after_s or 0
        session.rollback()
    return 0


def failures() -> dict[tuple[bool, str], int]:
    """The counts above nothing: (for all names?, place) → failures."""
    rows = db.session.scalars(sa.select(SignInFailure).where(SignInFailure.failures > 0))
    return {(row.username == ALL, row.address): row.failures for row in rows}


def test_waiting_grows_with_every_failure_up_to_a_quarter_of_an_hour(app: Flask) -> None:
    cadre, instant = county(app).cadre, clock.now()
    fail(cadre, 5)
    for longest in (15, 30, 60, 120, 240, 480, 900, 900):
        with clock.at(instant):
            assert wait_s(cadre) == longest
        instant += timedelta(seconds=longest)
        with clock.at(instant):
            fail(cadre)


def test_a_try_that_comes_too_early_does_not_make_the_wait_longer(app: Flask) -> None:
    cadre = county(app).cadre
    fail(cadre, 5)
    for _ in range(50):
        assert wait_s(cadre) == 15


def test_an_unknown_name_waits_just_as_long(app: Flask) -> None:
    county(app)
    fail(NOBODY, 5)
    assert wait_s(NOBODY) == 15


def test_failures_elsewhere_keep_nobody_out_here(app: Flask) -> None:
    made = county(app)
    fail(made.cadre, 5, address=THERE)
    assert wait_s(made.cadre, address=THERE) == 15
    assert wait_s(made.cadre) == 0
    assert wait_s(made.colleague, address=THERE) == 0


def test_guessing_from_many_addresses_slows_down_by_half_a_minute_at_most(app: Flask) -> None:
    cadre, instant = county(app).cadre, clock.now()
    for number in range(60):
        with clock.at(instant):
            fail(cadre, address=f"198.51.100.{number}")
            waiting = wait_s(cadre, address=HERE)
        instant += timedelta(seconds=waiting)
        assert waiting <= 30
    with clock.at(instant):
        assert wait_s(cadre) == 0
        fail(cadre)
        assert wait_s(cadre, address=THERE) == 30


def test_a_known_device_waits_for_nobody_elses_failures(app: Flask) -> None:
    cadre, phone = county(app).cadre, uuid4()
    cadre.tokens(device_id=phone)
    for number in range(31):
        fail(cadre, address=f"198.51.100.{number}")
    assert wait_s(cadre, address=THERE) == 1
    assert wait_s(cadre, address=THERE, device_id=uuid4()) == 1
    assert wait_s(cadre, address="198.51.100.1", device_id=phone) == 0
    fail(cadre, 5, device_id=phone)
    assert wait_s(cadre, device_id=phone) == 15


def test_one_password_tried_on_everybody_from_one_address_slows_down(app: Flask) -> None:
    cadre = county(app).cadre
    for number in range(101):
        fail(Someone(0, f"name{number}", 0))
    assert wait_s(cadre) == 1
    assert wait_s(cadre, address=THERE) == 0


def test_a_success_takes_back_ones_own_failures_and_nobody_elses(app: Flask) -> None:
    made = county(app)
    fail(made.cadre, 3, address=THERE)
    fail(made.cadre, 2)
    fail(made.colleague)
    succeed(made.cadre)
    place = f"address {HERE}"
    kept = {key: count for key, count in failures().items() if key[1] != ALL}
    assert kept == {
        (False, f"address {THERE}"): 3,
        (True, f"address {THERE}"): 3,
        (False, place): 1,
        (True, place): 1,
    }


def test_an_attacker_does_not_profit_from_signing_in_as_themself(app: Flask) -> None:
    made = county(app)
    fail(made.cadre, 5)
    succeed(made.colleague)
    assert wait_s(made.cadre) == 15


def test_failures_are_forgotten_after_a_day_of_rest(app: Flask) -> None:
    cadre = county(app).cadre
    with clock.at(clock.now() - timedelta(hours=24, seconds=1)):
        fail(cadre, 5)
    fail(cadre, 4)
    assert wait_s(cadre) == 0


def test_a_password_set_by_another_forgets_the_failures(app: Flask) -> None:
    cadre = county(app).cadre
    fail(cadre, 5)
    with transaction():
        lockout.forget(cadre.username)
    assert wait_s(cadre) == 0


def test_rows_that_say_nothing_any_more_are_swept(app: Flask) -> None:
    made = county(app)
    with clock.at(clock.now() - timedelta(hours=25)):
        fail(NOBODY, 5)
    succeed(made.cadre)
    fail(made.colleague, address=THERE)
    with transaction():
        lockout.sweep()
    assert set(failures()) == {(False, f"address {THERE}"), (False, ALL), (True, f"address {THERE}")}


def test_neighbours_in_one_ipv6_subnet_are_one_place(app: Flask) -> None:
    cadre = county(app).cadre
    for number in range(5):
        fail(cadre, address=f"2001:db8:1:2::{number}")
    assert wait_s(cadre, address="2001:db8:1:2:ffff::1") == 15
    assert wait_s(cadre, address="2001:db8:1:3::1") == 0


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.7", "address 203.0.113.7"),
        ("::ffff:203.0.113.7", "address 203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "address 2001:db8:1:2::/64"),
        ("-", "address -"),
        ("x" * 500, "address " + "x" * 50),
    ],
)
def test_an_address_is_a_place(address: str, place: str) -> None:
    assert lockout.place_of(address) == place
