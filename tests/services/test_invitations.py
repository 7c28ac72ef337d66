"""One-time links: who holds one sets their own password, once, and nobody ever told it to anybody."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.errors import (
    Forbidden,
    InvitationOver,
    PersonRefused,
    SessionEnded,
    WeakPassword,
    WrongCredentials,
)
from server.models.events import Event
from server.models.invitations import Invitation
from server.services import invitations, passwords, people, sessions, signin
from server.services.people import NewPerson
from tests.people import PASSWORD, County, county
from tests.support.together import together

OWN = "Hong-Shan-2031!"


@pytest.fixture
def folk(app: Flask) -> County:
    """A county."""
    return county(app)


def sign_in(username: str, password: str) -> Any:
    return signin.open_browser(username=username, password=password, device_name="x", address="192.0.2.1")


def link(folk: County, **more: Any) -> str:
    """The secret of a link for the cadre."""
    return str(invitations.make(folk.administrator.actor, folk.cadre.id)["secret"])


def test_a_new_person_sets_a_password_by_the_link_and_needs_no_other(folk: County) -> None:
    told = NewPerson("xufang", "许芳", folk.township_a, invite=True)
    made = people.create(folk.administrator.actor, told)
    assert made["password"] is None
    secret = made["invitation"]["secret"]
    invited = invitations.read(secret)
    assert (invited.name, invited.username, invited.unit) == ("许芳", "xufang", "东河镇")
    invitations.accept(secret, OWN)
    assert not sign_in("xufang", OWN).must_change_password
    with pytest.raises(InvitationOver):
        invitations.accept(secret, "Bei-Shan-2032!")


def test_only_the_digest_of_a_link_is_kept_and_no_event_tells_it(folk: County) -> None:
    secret = link(folk)
    kept = db.session.execute(sa.select(Invitation)).scalar_one()
    assert secret not in repr([getattr(kept, column.name) for column in Invitation.__table__.columns])
    [event] = db.session.execute(sa.select(Event).where(Event.kind == "person.invited")).scalars()
    assert (event.actor_id, event.person_id) == (folk.administrator.id, folk.cadre.id)
    told = [getattr(event, column.name) for column in Event.__table__.columns]
    assert secret not in repr(told)


def test_a_link_is_over_when_it_is_old_when_a_newer_one_is_made_and_when_a_password_was_set(
    folk: County,
) -> None:
    first = link(folk)
    second = link(folk)
    with pytest.raises(InvitationOver):
        invitations.read(first)
    with clock.at(clock.now() + timedelta(hours=49)), pytest.raises(InvitationOver):
        invitations.read(second)
    passwords.reset(folk.administrator.actor, folk.cadre.id, None)
    with pytest.raises(InvitationOver):
        invitations.accept(second, OWN)
    third = link(folk)
    people.update(folk.administrator.actor, folk.cadre.id, {"left": True})
    with pytest.raises(InvitationOver):
        invitations.accept(third, OWN)


def test_until_it_is_used_the_old_password_holds_and_a_weak_one_does_not_use_it_up(folk: County) -> None:
    secret = link(folk)
    before = sign_in(folk.cadre.username, PASSWORD)
    with pytest.raises(WeakPassword):
        invitations.accept(secret, "short")
    invitations.accept(secret, OWN)
    with pytest.raises(WrongCredentials):
        sign_in(folk.cadre.username, PASSWORD)
    with pytest.raises(SessionEnded):
        sessions.standing_of(before.session_id)
    assert sign_in(folk.cadre.username, OWN).actor.person_id == folk.cadre.id


def test_of_two_who_use_a_link_at_one_instant_one_sets_the_password(app: Flask, folk: County) -> None:
    secret = link(folk)
    db.session.rollback()
    became = together(
        app,
        lambda: invitations.accept(secret, f"{OWN}1"),
        lambda: invitations.accept(secret, f"{OWN}2"),
    )
    assert None in became
    assert sum(isinstance(each, InvitationOver) for each in became) == 1


def test_nobody_invites_themselves_nor_whom_they_do_not_keep(folk: County) -> None:
    with pytest.raises(PersonRefused):
        invitations.make(folk.administrator.actor, folk.administrator.id)
    with pytest.raises(Forbidden):
        invitations.make(folk.supervisor.actor, folk.cadre.id)


def test_a_stranger_with_a_made_up_link_learns_nothing(client: FlaskClient, folk: County) -> None:
    for path, body in (("read", {"secret": "x" * 43}), ("accept", {"secret": "x" * 43, "password": OWN})):
        answer = client.post(f"/api/v1/invitations/{path}", json=body)
        assert (answer.status_code, answer.get_json()["code"]) == (410, "invitation_over")
    assert client.post("/api/v1/invitations/accept", json={"secret": "x"}).status_code == 422
