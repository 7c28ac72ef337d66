"""The second factor: set up, asked for at signing in, good once, guessed slowly, recovered from, taken off."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.config import Settings
from server.db import db
from server.errors import (
    FactorDue,
    FactorRefused,
    Forbidden,
    LockedOut,
    NotFound,
    PersonRefused,
    StepLapsed,
    WrongCode,
    WrongPassword,
)
from server.held import held, hold
from server.models.events import Event
from server.models.factors import RecoveryCode, SecondFactor
from server.models.people import Person, RoleGrant
from server.queries import sessions as reads
from server.rules import access
from server.services import factors, passwords, signin
from server.services.seals import Seals
from server.services.sessions import Device
from server.services.signin import Half, Opened
from server.transaction import transaction
from tests.people import PASSWORD, County, Someone, county, is_over
from tests.support.together import together

NOW = datetime(2026, 11, 26, 1, 0, 10, tzinfo=clock.SHANGHAI)
HALF_MINUTE = timedelta(seconds=30)


@pytest.fixture
def folk(app: Flask) -> County:
    return county(app)


@pytest.fixture
def asked(app: Flask) -> Iterator[None]:
    """Supervisors need a second factor after ten days; administrators at once; others never."""
    kept = held(Settings)
    hold(app, replace(kept, second_factor="supervisor:10,administrator:0"))
    yield
    hold(app, kept)


def set_up(who: Someone) -> tuple[pyotp.TOTP, list[str]]:
    """Somebody's second factor, in use: their app, and the recovery codes. The code of now is used up by it."""
    begun = factors.begin(who.actor, password=PASSWORD)
    app = pyotp.TOTP(begun.seed)
    return app, factors.confirm(who.actor, app.at(clock.now()))


def half(who: Someone) -> str:
    """The ticket of somebody whose password was right, without the slow look at it."""
    with transaction() as session:
        opened = signin.begin(session.get_one(Person, who.id), Device("browser", "Firefox", None), "0" * 64)
    assert isinstance(opened, Half)
    return opened.ticket


def prove(ticket: str, code: str) -> Opened:
    return signin.prove_browser(ticket=ticket, code=code, device_name="Firefox")


def recorded() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Event.kind).order_by(Event.number)))


def test_a_password_alone_opens_nothing_once_a_code_is_asked_for(folk: County) -> None:
    with clock.at(NOW):
        app, _ = set_up(folk.supervisor)
    with clock.at(NOW + HALF_MINUTE):
        opened = signin.open_browser(
            username=folk.supervisor.username, password=PASSWORD, device_name="Firefox", address="192.0.2.7"
        )
        assert isinstance(opened, Half)
        assert "session.started" not in recorded()
        opened = prove(opened.ticket, app.at(clock.now()))
    assert opened.actor.person_id == folk.supervisor.id
    assert recorded().count("session.started") == 1


def test_a_code_is_good_once_and_none_before_it_afterwards(folk: County) -> None:
    with clock.at(NOW):
        app, _ = set_up(folk.supervisor)
        with pytest.raises(WrongCode):
            prove(half(folk.supervisor), app.at(clock.now()))
    with clock.at(NOW + 3 * HALF_MINUTE):
        prove(half(folk.supervisor), app.at(clock.now()))
        for code in (app.at(clock.now()), app.at(clock.now() - HALF_MINUTE)):
            with pytest.raises(WrongCode):
                prove(half(folk.supervisor), code)


def test_of_two_senders_of_one_code_at_one_instant_one_is_let_in(app: Flask, folk: County) -> None:
    with clock.at(NOW):
        phone, _ = set_up(folk.supervisor)
    with clock.at(NOW + HALF_MINUTE):
        code, tickets = phone.at(clock.now()), [half(folk.supervisor), half(folk.supervisor)]

        def send(ticket: str) -> Opened:
            with clock.at(NOW + HALF_MINUTE):
                return prove(ticket, code)

        ends = together(app, *(partial(send, ticket) for ticket in tickets))
    assert sorted(type(end).__name__ for end in ends) == ["Opened", "WrongCode"]


@pytest.mark.parametrize(("off", "good"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_phone_whose_clock_is_half_a_minute_off_is_understood(folk: County, off: int, good: bool) -> None:
    with clock.at(NOW):
        app, _ = set_up(folk.supervisor)
    with clock.at(NOW + 10 * HALF_MINUTE):
        code, ticket = app.at(clock.now() + off * HALF_MINUTE), half(folk.supervisor)
        if good:
            prove(ticket, code)
        else:
            with pytest.raises(WrongCode):
                prove(ticket, code)


def test_guessing_codes_is_slow_wherever_it_comes_from_and_each_guess_is_recorded(folk: County) -> None:
    with clock.at(NOW):
        app, codes = set_up(folk.supervisor)
        ticket = half(folk.supervisor)
        for guess in ("000000", "111111", "x", codes[0][:-1], "٠٠٠٠٠٠"):
            with pytest.raises(WrongCode):
                prove(ticket, guess)
        with pytest.raises(LockedOut):
            prove(half(folk.supervisor), codes[0])
    assert recorded().count("session.refused") == 5
    with clock.at(NOW + HALF_MINUTE):
        prove(half(folk.supervisor), app.at(clock.now()))


def test_a_recovery_code_is_good_once_and_only_for_its_person(folk: County) -> None:
    with clock.at(NOW):
        _, codes = set_up(folk.supervisor)
        set_up(folk.leader)
        assert len(set(codes)) == 10
        prove(half(folk.supervisor), codes[0].upper().replace("-", " "))
        for who, code in ((folk.supervisor, codes[0]), (folk.leader, codes[1])):
            with pytest.raises(WrongCode):
                prove(half(who), code)
    assert recorded().count("factor.recovered") == 1
    kept = str(db.session.scalars(sa.select(RecoveryCode.code_hash)).all())
    assert not any(code in kept for code in codes)


def test_new_recovery_codes_void_those_of_before(folk: County) -> None:
    with clock.at(NOW):
        _, before = set_up(folk.supervisor)
        after = factors.renew(folk.supervisor.actor, password=PASSWORD, code=before[0])
        with pytest.raises(WrongCode):
            prove(half(folk.supervisor), before[1])
        prove(half(folk.supervisor), after[0])


@pytest.mark.parametrize("change", ["password", "factor", "time", "nonsense"])
def test_a_ticket_is_of_no_use_when_anything_changed_meanwhile(folk: County, change: str) -> None:
    with clock.at(NOW):
        app, _ = set_up(folk.supervisor)
        ticket = half(folk.supervisor)
        if change == "password":
            passwords.reset(folk.administrator.actor, folk.supervisor.id, None)
        if change == "factor":
            factors.reset(folk.administrator.actor, folk.supervisor.id)
    late = timedelta(minutes=11) if change == "time" else HALF_MINUTE
    with clock.at(NOW + late), pytest.raises(StepLapsed):
        prove("gAAAAAB" if change == "nonsense" else ticket, app.at(clock.now()))


def test_setting_up_and_taking_off_ask_for_the_password_and_end_the_other_sessions(folk: County) -> None:
    who = folk.supervisor
    with clock.at(NOW):
        elsewhere = who.tokens().session_id
        with pytest.raises(WrongPassword):
            factors.begin(who.actor, password="wrong")
        with pytest.raises(FactorRefused):
            factors.confirm(who.actor, "000000")
        begun = factors.begin(who.actor, password=PASSWORD)
        with pytest.raises(WrongCode):
            factors.confirm(who.actor, "000000")
        assert not is_over(elsewhere)
        codes = factors.confirm(who.actor, pyotp.TOTP(begun.seed).at(clock.now()))
        assert is_over(elsewhere)
        with pytest.raises(FactorRefused):
            factors.begin(who.actor, password=PASSWORD)
        with pytest.raises(WrongCode):
            factors.remove(who.actor, password=PASSWORD, code="000000")
        factors.remove(who.actor, password=PASSWORD, code=codes[0])
        assert not factors.is_on(who.id)


def test_a_lost_phone_is_the_administrators_to_mend_and_that_is_recorded(folk: County) -> None:
    with clock.at(NOW):
        set_up(folk.supervisor_a)
        elsewhere = folk.supervisor_a.tokens().session_id
        with pytest.raises(NotFound):
            factors.reset(folk.administrator_a.actor, folk.supervisor_b.id)
        with pytest.raises(Forbidden):
            factors.reset(folk.supervisor.actor, folk.supervisor_a.id)
        with pytest.raises(PersonRefused):
            factors.reset(folk.administrator.actor, folk.administrator.id)
        factors.reset(folk.administrator_a.actor, folk.supervisor_a.id)
        with pytest.raises(FactorRefused):
            factors.reset(folk.administrator_a.actor, folk.supervisor_a.id)
    assert is_over(elsewhere)
    done = db.session.scalars(sa.select(Event).where(Event.kind == "factor.reset")).one()
    assert (done.actor_id, done.person_id) == (folk.administrator_a.id, folk.supervisor_a.id)


@pytest.mark.usefixtures("asked")
def test_a_role_sleeps_after_its_time_of_grace_and_wakes_with_the_second_factor(folk: County) -> None:
    who, began = folk.supervisor_a, clock.now()
    with clock.at(began + timedelta(days=9)):
        session_id = who.tokens().session_id
        early = reads.by_id(session_id)
        assert early is not None
        assert early.actor.factor_due_at is not None
        assert access.holds(early.actor, "place.read")
    with clock.at(began + timedelta(days=11)):
        late = reads.by_id(session_id)
        assert late is not None
        assert access.holds(late.actor, "checkin.make"), "what is one's own goes on"
        with pytest.raises(FactorDue):
            access.ensure_holds(late.actor, "place.read")
        with pytest.raises(Forbidden):
            access.ensure_holds(late.actor, "event.read")
        app = pyotp.TOTP(factors.begin(late.actor, password=PASSWORD).seed)
        factors.confirm(late.actor, app.at(clock.now()))
        awake = reads.by_id(session_id)
        assert awake is not None
        assert access.holds(awake.actor, "place.read")


@pytest.mark.usefixtures("asked")
def test_each_role_has_a_grace_of_its_own_and_who_needs_none_is_let_be(folk: County) -> None:
    asleep = {}
    for name, who in folk.everyone.items():
        standing = reads.by_id(who.tokens().session_id)
        assert standing is not None
        asleep[name] = bool(standing.actor.asleep)
    assert {name for name, sleeps in asleep.items() if sleeps} == {"administrator", "administrator_a"}


@pytest.mark.usefixtures("asked")
def test_a_role_given_by_a_release_that_knew_no_grace_has_none(folk: County) -> None:
    db.session.execute(sa.update(RoleGrant).values(given_at=None))
    db.session.commit()
    standing = reads.by_id(folk.supervisor.tokens().session_id)
    assert standing is not None
    assert standing.actor.asleep


def test_seeds_are_sealed_anew_with_a_new_key_and_still_open(app: Flask, folk: County) -> None:
    with clock.at(NOW):
        phone, _ = set_up(folk.supervisor)
        before = db.session.scalars(sa.select(SecondFactor.sealed_seed)).one()
        assert phone.secret not in before
        done = app.test_cli_runner().invoke(args=["seals", "rotate"])
    assert "1 sealed anew" in done.output
    db.session.rollback()
    after = db.session.scalars(sa.select(SecondFactor.sealed_seed)).one()
    assert after != before
    assert held(Seals).unseal(after) == phone.secret
    with clock.at(NOW + HALF_MINUTE):
        prove(half(folk.supervisor), phone.at(clock.now()))
