"""Sessions: begun, refreshed, replayed, run out, ended."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask

from server import clock
from server.config import Settings
from server.db import db
from server.errors import LockedOut, NotFound, SessionEnded, SignInNeeded, WrongCredentials
from server.held import held
from server.models.events import Event
from server.models.people import Person
from server.models.sessions import RefreshToken, SignInSession
from server.queries import sessions as reads
from server.services import hashes, lockout, sessions, signin, tokens
from server.services.sessions import MOST_SESSIONS
from server.services.tokens import Tokens
from tests.people import PASSWORD, Someone, county, is_over, open_app, open_browser
from tests.support.together import together

HERE = "203.0.113.7"


def sign_in(who: Someone, password: str = PASSWORD, **given: Any) -> Tokens:
    how = {"device_name": "手机", "device_id": None, "address": HERE} | given
    return open_app(username=who.username, password=password, **how)


def events_of(kind: str) -> list[Event]:
    return list(db.session.scalars(sa.select(Event).where(Event.kind == kind).order_by(Event.number)))


# ── signing in ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_right_password_opens_a_session(app: Flask) -> None:
    cadre = county(app).cadre
    opened = sign_in(cadre)
    actor = sessions.of_access_token(opened.access_token)
    assert actor.person_id == cadre.id
    assert actor.session_id == opened.session_id
    assert [(grant.role, grant.path) for grant in actor.grants] == [("cadre", actor.unit_path)]
    assert [event.person_id for event in events_of("session.started")] == [cadre.id]


def test_case_and_spaces_around_a_user_name_do_not_matter(app: Flask) -> None:
    cadre = county(app).cadre
    opened = open_app(
        username=f"  {cadre.username.upper()} ",
        password=PASSWORD,
        device_name="",
        device_id=None,
        address=HERE,
    )
    assert opened.actor.person_id == cadre.id


@pytest.mark.parametrize("username", ["nobody", "", "\x00", "陈晓", "x" * 5_000, "\ud800"])
def test_an_unknown_name_and_a_wrong_password_get_the_same_answer(app: Flask, username: str) -> None:
    cadre = county(app).cadre
    with pytest.raises(WrongCredentials) as wrong:
        sign_in(cadre, "not the password")
    with pytest.raises(WrongCredentials) as unknown:
        open_app(username=username, password=PASSWORD, device_name="", device_id=None, address=HERE)
    assert wrong.value.document() == unknown.value.document()
    assert [event.person_id for event in events_of("session.refused")] == [cadre.id, None]


def test_somebody_who_left_does_not_come_in(app: Flask) -> None:
    cadre = county(app).cadre
    db.session.execute(sa.update(Person).where(Person.id == cadre.id).values(left_at=clock.now()))
    db.session.commit()
    with pytest.raises(WrongCredentials):
        sign_in(cadre)


def test_nothing_kept_can_be_used_to_sign_in(app: Flask) -> None:
    cadre = county(app).cadre
    opened, browser = (
        sign_in(cadre),
        open_browser(username=cadre.username, password=PASSWORD, device_name="Firefox", address=HERE),
    )
    kept = str(
        [
            tuple(row)
            for table in ("sessions", "refresh_tokens", "events", "sign_in_failures")
            for row in db.session.execute(sa.text(f"SELECT * FROM {table}"))
        ]
    )
    for secret in (opened.refresh_token, opened.access_token, browser.secret, PASSWORD):
        assert secret not in kept
        assert secret not in repr(opened) + repr(browser)


def test_a_hash_made_with_older_parameters_is_renewed_on_the_way(app: Flask) -> None:
    cadre = county(app).cadre
    weak = PasswordHasher(time_cost=1, memory_cost=32, parallelism=1).hash(PASSWORD)
    db.session.execute(sa.update(Person).where(Person.id == cadre.id).values(password_hash=weak))
    db.session.commit()
    sign_in(cadre)
    renewed = db.session.scalar(sa.select(Person.password_hash).where(Person.id == cadre.id))
    assert renewed is not None
    assert renewed != weak
    assert not hashes.is_outdated(renewed)
    assert sign_in(cadre).actor.person_id == cadre.id


def test_a_password_changed_while_it_was_compared_opens_nothing(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    cadre = county(app).cadre
    compare = hashes.matches

    def compare_slowly(password: str, kept: str | None) -> bool:
        right = compare(password, kept)
        db.session.execute(sa.update(Person).where(Person.id == cadre.id).values(password_hash="changed"))
        db.session.commit()
        return right

    monkeypatch.setattr(hashes, "matches", compare_slowly)
    with pytest.raises(WrongCredentials):
        sign_in(cadre)
    assert db.session.scalar(sa.select(sa.func.count()).select_from(SignInSession)) == 0


def test_the_same_device_signing_in_again_ends_its_earlier_session(app: Flask) -> None:
    cadre, device = county(app).cadre, uuid4()
    first, other = sign_in(cadre, device_id=device), sign_in(cadre)
    sign_in(cadre, device_id=device)
    with pytest.raises(SessionEnded):
        sessions.of_access_token(first.access_token)
    assert sessions.of_access_token(other.access_token).session_id == other.session_id


def test_two_people_sharing_a_device_do_not_end_each_other(app: Flask) -> None:
    made, device = county(app), uuid4()
    first = sign_in(made.cadre, device_id=device)
    sign_in(made.colleague, device_id=device)
    assert sessions.of_access_token(first.access_token).person_id == made.cadre.id


def test_one_session_too_many_ends_the_one_longest_unused(app: Flask) -> None:
    cadre = county(app).cadre
    start = clock.now() - timedelta(minutes=MOST_SESSIONS)
    opened = []
    for minute in range(MOST_SESSIONS + 1):
        with clock.at(start + timedelta(minutes=minute)):
            opened.append(cadre.tokens())
    with pytest.raises(SessionEnded):
        tokens.refresh(opened[0].refresh_token)
    assert tokens.refresh(opened[1].refresh_token).session_id == opened[1].session_id


# ── refreshing ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_refresh_token_gives_new_tokens_of_the_same_session(app: Flask) -> None:
    first = county(app).cadre.tokens()
    second = tokens.refresh(first.refresh_token)
    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    assert sessions.of_access_token(second.access_token).person_id == first.actor.person_id


def test_a_refresh_token_that_comes_again_ends_its_session_and_is_recorded(app: Flask) -> None:
    made = county(app)
    first, other = made.cadre.tokens(), made.cadre.tokens()
    second = tokens.refresh(first.refresh_token)
    with pytest.raises(SessionEnded):
        tokens.refresh(first.refresh_token)
    with pytest.raises(SessionEnded):
        sessions.of_access_token(second.access_token)
    with pytest.raises(SessionEnded):
        tokens.refresh(second.refresh_token)
    assert [(event.subject, event.person_id) for event in events_of("session.replayed")] == [
        (str(first.session_id), made.cadre.id)
    ]
    assert sessions.of_access_token(other.access_token).session_id == other.session_id


def test_of_two_refreshes_at_one_instant_one_wins_and_the_session_ends(app: Flask) -> None:
    first = county(app).cadre.tokens()
    found = together(app, *[lambda: tokens.refresh(first.refresh_token)] * 2)
    assert sum(isinstance(each, SessionEnded) for each in found) >= 1
    db.session.rollback()
    assert db.session.scalar(sa.select(SignInSession.ended_because)) == "replayed"
    assert len(events_of("session.replayed")) == 1
    for each in found:
        if isinstance(each, Tokens):
            with pytest.raises(SessionEnded):
                tokens.refresh(each.refresh_token)


def test_a_token_never_given_ends_nothing(app: Flask) -> None:
    opened = county(app).cadre.tokens()
    for token in ("", "x", opened.access_token, "é" * 300):
        with pytest.raises(SessionEnded):
            tokens.refresh(token)
    assert sessions.of_access_token(opened.access_token).session_id == opened.session_id
    assert events_of("session.replayed") == []


def test_a_session_ends_by_age_whatever_was_refreshed_and_that_is_no_replay(app: Flask) -> None:
    opened = county(app).cadre.tokens()
    days = held(Settings).session_days
    with clock.at(clock.now() + timedelta(days=days - 1)):
        opened = tokens.refresh(opened.refresh_token)
    with clock.at(clock.now() + timedelta(days=days, seconds=1)), pytest.raises(SessionEnded):
        tokens.refresh(opened.refresh_token)
    assert events_of("session.replayed") == []


def test_an_access_token_lives_no_longer_than_its_session(app: Flask) -> None:
    opened = county(app).cadre.tokens()
    with clock.at(clock.now() + timedelta(days=held(Settings).session_days, seconds=-60)):
        assert tokens.refresh(opened.refresh_token).access_expires_at <= clock.now() + timedelta(seconds=60)


# ── who is asking ───────────────────────────────────────────────────────────────────────────────────────


def test_who_is_asking_costs_one_statement(app: Flask) -> None:
    made = county(app)
    opened = made.supervisor.tokens()
    sessions.of_access_token(opened.access_token)
    db.session.rollback()
    said: list[str] = []

    def listen(_c: object, _u: object, statement: str, *_: object) -> None:
        said.append(statement)

    sa.event.listen(db.engine, "before_cursor_execute", listen)
    try:
        sessions.of_access_token(opened.access_token)
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", listen)
    assert len([each for each in said if each != "BEGIN"]) == 1


def last_used() -> datetime:
    db.session.rollback()
    return db.session.execute(sa.select(SignInSession.last_used_at)).scalar_one()


def test_last_use_is_kept_once_a_minute(app: Flask) -> None:
    opened = county(app).cadre.tokens()

    def used_after(seconds: int) -> float:
        with clock.at(begun + timedelta(seconds=seconds)):
            sessions.of_access_token(opened.access_token)
        return (last_used() - begun).total_seconds()

    begun = last_used()
    assert [used_after(seconds) for seconds in (10, 59, 60, 100, 130)] == [0, 0, 60, 60, 130]


def test_rights_taken_away_are_gone_with_the_next_request(app: Flask) -> None:
    made = county(app)
    opened = made.supervisor.tokens()
    assert sessions.of_access_token(opened.access_token).grants
    db.session.execute(sa.text("DELETE FROM role_grants"))
    db.session.commit()
    assert sessions.of_access_token(opened.access_token).grants == ()


def test_without_a_good_token_nobody_is_asking(app: Flask) -> None:
    with pytest.raises(SignInNeeded):
        sessions.of_access_token("nonsense")


# ── browsers ────────────────────────────────────────────────────────────────────────────────────────────


def browser(who: Someone) -> signin.Opened:
    return open_browser(username=who.username, password=PASSWORD, device_name="Firefox", address=HERE)


def test_a_cookie_says_who_is_asking(app: Flask) -> None:
    supervisor = county(app).supervisor
    actor = sessions.of_cookie(browser(supervisor).secret)
    assert actor is not None
    assert actor.person_id == supervisor.id
    assert sessions.of_cookie("another") is None


def test_a_browser_session_ends_by_rest_and_by_age(app: Flask) -> None:
    secret = browser(county(app).supervisor).secret
    start, settings = clock.now(), held(Settings)
    rest = timedelta(minutes=settings.browser_idle_minutes)
    with clock.at(start + rest + timedelta(seconds=1)):
        assert sessions.of_cookie(secret) is None
    instant = start
    while instant < start + timedelta(hours=settings.browser_hours) - rest:
        instant += rest - timedelta(minutes=1)
        with clock.at(instant):
            assert sessions.of_cookie(secret) is not None
    with clock.at(start + timedelta(hours=settings.browser_hours, seconds=1)):
        assert sessions.of_cookie(secret) is None


def test_each_session_has_its_own_form_token_and_it_tells_nothing_of_the_cookie(app: Flask) -> None:
    supervisor = county(app).supervisor
    one, other = browser(supervisor).secret, browser(supervisor).secret
    assert sessions.csrf_token(one) == sessions.csrf_token(one) != sessions.csrf_token(other)
    assert sessions.csrf_token(one) != sessions.digest(one)


# ── ending ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_session_that_was_ended_is_ended_at_once(app: Flask) -> None:
    made = county(app)
    here, there = made.cadre.tokens(), made.cadre.tokens()
    assert not is_over(there.session_id)
    sessions.end(here.actor, there.session_id)
    assert is_over(there.session_id)
    with pytest.raises(SessionEnded):
        sessions.of_access_token(there.access_token)
    assert sessions.of_access_token(here.access_token).session_id == here.session_id
    assert [(event.actor_id, event.data) for event in events_of("session.ended")] == [
        (made.cadre.id, {"because": "revoked"})
    ]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(RefreshToken)) == 1


def test_nobody_ends_the_session_of_another(app: Flask) -> None:
    made = county(app)
    opened = made.cadre.tokens()
    for who in (made.colleague, made.administrator, made.supervisor):
        with pytest.raises(NotFound):
            sessions.end(who.actor, opened.session_id)
    assert sessions.of_access_token(opened.access_token).session_id == opened.session_id


def test_the_list_shows_ones_own_living_sessions_and_marks_the_present_one(app: Flask) -> None:
    made = county(app)
    here, over, desk = made.cadre.tokens(), made.cadre.tokens(), browser(made.cadre)
    made.colleague.tokens()
    sessions.end_current(over.actor)
    items = reads.listed(here.actor)["items"]
    assert {item["id"]: item["current"] for item in items} == {here.session_id: True, desk.session_id: False}
    with clock.at(clock.now() + timedelta(hours=2)):
        assert [item["id"] for item in reads.listed(here.actor)["items"]] == [here.session_id]


# ── lockout ─────────────────────────────────────────────────────────────────────────────────────────────


def test_after_five_failures_even_the_right_password_waits(app: Flask) -> None:
    cadre, now = county(app).cadre, clock.now()
    with clock.at(now):
        for _ in range(5):
            with pytest.raises(WrongCredentials):
                sign_in(cadre, "wrong")
        with pytest.raises(LockedOut) as caught:
            sign_in(cadre)
        assert caught.value.retry_after_s == 15
    with clock.at(now + timedelta(seconds=15)):
        assert sign_in(cadre).actor.person_id == cadre.id


def test_tries_at_one_instant_are_each_counted(app: Flask) -> None:
    cadre = county(app).cadre
    found = together(app, *[lambda: sign_in(cadre, "wrong")] * 12)
    assert sum(isinstance(each, WrongCredentials) for each in found) == 5
    assert sum(isinstance(each, LockedOut) for each in found) == 7


def test_the_device_of_an_earlier_sign_in_is_known_to_its_person_only(app: Flask) -> None:
    made, phone = county(app), uuid4()
    sign_in(made.colleague, device_id=phone)
    for who, known in ((made.colleague, True), (made.cadre, False)):
        counts = lockout.counts_for(who.username, person_id=who.id, device_id=phone, address=HERE)
        assert (len(counts) == 1) is known


def test_what_was_typed_as_a_name_is_not_kept(app: Flask) -> None:
    county(app)
    with pytest.raises(WrongCredentials):
        sign_in(Someone(0, "my-secret-password-in-the-wrong-box", 0))
    kept = str([tuple(row) for row in db.session.execute(sa.text("SELECT * FROM sign_in_failures"))])
    assert "secret" not in kept
