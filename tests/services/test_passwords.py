"""Hashing aside, few at a time; and passwords changed while something else happens."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from server.db import db
from server.errors import Busy, Forbidden, NotFound, WrongPassword
from server.models.people import Person, RoleGrant
from server.services import hashes, passwords
from server.services.aside import Seats
from tests.people import PASSWORD, county, is_over, password_hash

TREE = Path(__file__).resolve().parent.parent.parent
NEXT = "Hong-Shan-2031!"


@pytest.fixture
def slow(usual_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashing as a county's server does it, slow on purpose."""
    monkeypatch.setattr(hashes, "HASHER", usual_hasher)
    hashes._nobodys.cache_clear()
    yield
    hashes._nobodys.cache_clear()


@pytest.mark.usefixtures("slow")
def test_a_hash_is_argon2id_and_never_twice_the_same() -> None:
    one, other = hashes.hash_of(PASSWORD), hashes.hash_of(PASSWORD)
    assert one.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert one != other
    assert hashes.matches(PASSWORD, one)
    assert not hashes.matches(PASSWORD + " ", one)


@pytest.mark.parametrize("kept", [None, "", "no hash", "$argon2id$v=19$m=8"])
def test_what_is_no_hash_matches_nothing(kept: str | None) -> None:
    assert not hashes.matches(PASSWORD, kept)
    assert not hashes.matches("no one has this password", kept)


@pytest.mark.usefixtures("slow")
def test_an_unknown_name_takes_as_long_as_a_wrong_password() -> None:
    hashes.matches("x", None)
    somebodys = hashes.hash_of(PASSWORD)

    def fastest(kept: str | None) -> float:
        took = []
        for _ in range(5):
            begun = time.process_time()
            hashes.matches("wrong", kept)
            took.append(time.process_time() - begun)
        return min(took)

    assert 0.5 < fastest(None) / fastest(somebodys) < 2.0


def test_a_flood_is_told_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashes, "SEATS", Seats(1, patience_s=0.0))
    with hashes.SEATS._seat(), pytest.raises(Busy) as caught:
        hashes.matches(PASSWORD, password_hash())
    assert caught.value.retry_after_s
    assert hashes.matches(PASSWORD, password_hash())


def test_a_password_set_meanwhile_by_another_stays(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    made = county(app)
    hash_slowly = hashes.hash_of

    def set_meanwhile(password: str) -> str:
        monkeypatch.setattr(hashes, "hash_of", hash_slowly)
        passwords.reset(made.administrator.actor, made.cadre.id, "Ling-Feng-88x")
        return hash_slowly(password)

    monkeypatch.setattr(hashes, "hash_of", set_meanwhile)
    with pytest.raises(WrongPassword):
        passwords.change(made.cadre.actor, old=PASSWORD, new=NEXT)
    kept = db.session.execute(sa.select(Person.password_hash).where(Person.id == made.cadre.id)).scalar_one()
    assert hashes.matches("Ling-Feng-88x", kept)


def test_a_role_given_meanwhile_puts_a_person_out_of_reach(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = county(app)
    hash_slowly = hashes.hash_of

    def promoted_meanwhile(password: str) -> str:
        db.session.add(RoleGrant(person_id=made.cadre.id, role="supervisor", unit_id=made.root))
        db.session.commit()
        return hash_slowly(password)

    monkeypatch.setattr(hashes, "hash_of", promoted_meanwhile)
    with pytest.raises(Forbidden):
        passwords.reset(made.administrator_a.actor, made.cadre.id, None)


def test_from_the_keyboard_of_the_server_anybodys_password_is_reset(app: Flask) -> None:
    made = county(app)
    opened = made.administrator.tokens()
    told = passwords.reset_by_operator(f" {made.administrator.username.upper()} ", None)
    assert told is not None
    assert is_over(opened.session_id)
    with pytest.raises(NotFound):
        passwords.reset_by_operator("nobody", None)


UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
import time
import gevent
from server.services import hashes

waits = []

def tick():
    while True:
        begun = time.perf_counter()
        gevent.sleep(0.001)
        waits.append(time.perf_counter() - begun)

ticking = gevent.spawn(tick)
begun = time.perf_counter()
gevent.joinall([gevent.spawn(hashes.hash_of, "x") for _ in range(6)], raise_error=True)
took = time.perf_counter() - begun
ticking.kill()
print(len(waits), max(waits) / took)
"""


def test_hashing_holds_up_nobody_under_gevent() -> None:
    done = subprocess.run(
        [sys.executable, "-c", UNDER_GEVENT], cwd=TREE, capture_output=True, text=True, check=True, timeout=60
    )
    ticks, longest = done.stdout.split()
    assert int(ticks) > 10
    assert float(longest) < 0.4
