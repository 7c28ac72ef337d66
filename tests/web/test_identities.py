"""Signing in by the county's own provider: a real one, run beside the tests."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from joserfc import jwk

from server import clock
from server.config import Settings
from server.db import db
from server.errors import SettingRefused
from server.gate import COOKIE, TICKET
from server.held import held, hold
from server.models.events import Event
from server.services import tickets
from server.services.provider import AWAY_FOR, Provider
from tests.people import PASSWORD, County, Someone
from tests.support import tunnel
from tests.support.openid import known_as, provider, signed_in_there
from tests.web.conftest import SignedIn
from tests.web.html import Taken
from tests.web.test_factors import set_up
from tests.web.test_signin import token

SUBJECT = "7f3c"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with provider() as url:
        known_as(url, SUBJECT, "王鉴@县里")
        yield url


@pytest.fixture
def linked_up(app: Flask, issuer: str) -> Iterator[None]:
    """This server knows the provider."""
    kept = held(Settings)
    settings = replace(kept, oidc_issuer=issuer, oidc_client_secret="told-by-the-provider")
    hold(app, settings)
    hold(app, Provider(settings))
    yield
    hold(app, kept)
    hold(app, Provider(kept))


pytestmark = pytest.mark.usefixtures("linked_up")


def link(client: FlaskClient, subject: str = SUBJECT) -> str:
    """Link an identity from the account's page; where the browser is sent in the end."""
    said = {"X-CSRF-Token": token(client)}
    way = client.post("/api/v1/me/identities", json={"password": PASSWORD}, headers=said).json
    assert way is not None
    return client.get(signed_in_there(way["url"], subject)).location or ""


def test_who_linked_their_identity_signs_in_with_it_and_goes_where_they_wanted(
    client: FlaskClient, people: County, signed_in: SignedIn
) -> None:
    desk = signed_in(people.supervisor)
    assert link(desk) == "/account?linked=1"
    assert link(desk) == "/account?linked=1", "again changes nothing"
    listed = (desk.get("/api/v1/me/identities").json or {})["items"]
    assert [each["name"] for each in listed] == ["王鉴@县里"]
    assert "用统一身份认证登录" in client.get("/sign-in").text
    out = client.get("/sign-in/provider?next=/log")
    assert "HttpOnly" in out.headers["Set-Cookie"]
    assert "code_challenge_method=S256" in out.location
    home = client.get(signed_in_there(out.location, SUBJECT))
    assert (home.status_code, home.location) == (302, "/log")
    assert (client.get("/api/v1/me").json or {})["id"] == people.supervisor.id
    assert client.get_cookie(TICKET) is None


def test_an_identity_that_nobody_linked_opens_nothing(client: FlaskClient, people: County) -> None:
    out = client.get("/sign-in/provider")
    back = client.get(signed_in_there(out.location, "a-stranger"))
    assert back.status_code == 403
    assert any("还没有绑定账号" in words for words in Taken(back.text).words)
    assert client.get_cookie(COOKIE) is None


def test_the_provider_stands_in_for_the_password_and_not_for_the_code(
    client: FlaskClient, people: County, signed_in: SignedIn
) -> None:
    link(signed_in(people.supervisor))
    app = set_up(people.supervisor)
    out = client.get("/sign-in/provider")
    back = client.get(signed_in_there(out.location, SUBJECT))
    assert client.get_cookie(COOKIE) is None
    fields = {each["name"]: each.get("value", "") for each in Taken(back.text).all("input")}
    home = client.post("/sign-in/second", data=fields | {"code": app.at(clock.now())})
    assert home.status_code == 302
    assert client.get_cookie(COOKIE) is not None


def test_what_comes_back_must_belong_to_the_browser_that_set_out(
    client: FlaskClient, people: County, signed_in: SignedIn
) -> None:
    link(signed_in(people.supervisor))
    out = client.get("/sign-in/provider")
    back = signed_in_there(out.location, SUBJECT)
    kept = client.get_cookie(TICKET)
    assert kept is not None
    other = client.application.test_client()
    assert other.get(back).status_code == 401, "without the ticket"
    other.get("/sign-in/provider")
    assert other.get(back).status_code == 401, "with another's"
    assert client.get(back).status_code == 302
    client.set_cookie(TICKET, kept.value)
    client.delete_cookie(COOKIE)
    assert client.get(back).status_code == 401, "a second time"


def test_an_answer_made_for_another_question_is_refused(client: FlaskClient, people: County) -> None:
    out = client.get("/sign-in/provider")
    back = signed_in_there(out.location, SUBJECT)
    kept = client.get_cookie(TICKET)
    assert kept is not None
    facts = tickets.read("provider", kept.value)
    client.set_cookie(TICKET, tickets.issue("provider", **(facts | {"nonce": "another"})))
    refused = client.get(back)
    assert refused.status_code == 401
    assert any("统一身份认证没有通过" in words for words in Taken(refused.text).words)


def test_what_the_provider_did_not_sign_is_refused(
    client: FlaskClient, people: County, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    link(signed_in(people.supervisor))
    out = client.get("/sign-in/provider")
    back = signed_in_there(out.location, SUBJECT)
    kids = [key.kid for key in held(Provider)._key_set().keys]
    strangers = [jwk.RSAKey.generate_key(2048, {"kid": str(kid)}) for kid in kids]
    monkeypatch.setattr(held(Provider), "_keys", jwk.KeySet(list(strangers)))
    assert client.get(back).status_code == 401
    assert client.get_cookie(COOKIE) is None


def test_who_says_no_at_the_provider_stays_outside(client: FlaskClient, people: County) -> None:
    out = client.get("/sign-in/provider")
    assert client.get(signed_in_there(out.location, SUBJECT, deny=True)).status_code == 401


def test_an_identity_is_one_persons_and_linking_asks_for_the_password(
    people: County, signed_in: SignedIn
) -> None:
    mine, theirs = signed_in(people.supervisor), signed_in(people.leader)
    link(mine)
    said = {"X-CSRF-Token": token(theirs)}
    wrong = theirs.post("/api/v1/me/identities", json={"password": "wrong"}, headers=said)
    assert wrong.status_code == 422
    way = theirs.post("/api/v1/me/identities", json={"password": PASSWORD}, headers=said).json or {}
    back = signed_in_there(way["url"], SUBJECT)
    assert theirs.get(back).status_code == 409
    identity = (mine.get("/api/v1/me/identities").json or {})["items"][0]
    gone = f"/api/v1/me/identities/{identity['id']}"
    assert theirs.delete(gone, headers=said).status_code == 404
    assert mine.delete(gone, headers={"X-CSRF-Token": token(mine)}).json == {"items": []}
    kinds = db.session.scalars(
        sa.select(Event.kind).where(Event.kind.like("identity.%")).order_by(Event.number)
    )
    assert list(kinds) == ["identity.linked", "identity.unlinked"]


def test_whoever_left_does_not_come_in_by_the_provider(
    client: FlaskClient, people: County, signed_in: SignedIn
) -> None:
    link(signed_in(people.supervisor))
    leave(people.administrator, people.supervisor, client)
    out = client.get("/sign-in/provider")
    assert client.get(signed_in_there(out.location, SUBJECT)).status_code == 403


def leave(administrator: Someone, who: Someone, client: FlaskClient) -> None:
    """Somebody leaves."""
    done = client.patch(
        f"/api/v1/people/{who.id}", json={"left": True}, headers=administrator.sign_in(client)
    )
    assert done.status_code == 200


def test_without_the_provider_people_are_sent_to_their_password(app: Flask, client: FlaskClient) -> None:
    settings = replace(held(Settings), oidc_issuer="http://127.0.0.1:9")
    hold(app, Provider(settings))
    away = client.get("/sign-in/provider")
    assert away.status_code == 503
    assert any("改用密码登录" in words for words in Taken(away.text).words)
    hold(app, Provider(replace(settings, oidc_issuer="")))
    assert client.get("/sign-in/provider").status_code == 404
    with pytest.raises(SettingRefused):
        Provider(replace(settings, oidc_issuer="http://sign-in.example"))


def test_a_provider_that_is_away_is_not_waited_for_by_one_after_the_other(
    app: Flask, client: FlaskClient, issuer: str
) -> None:
    with tunnel.dig(int(issuer.rpartition(":")[2])) as way:
        hold(app, Provider(replace(held(Settings), oidc_issuer=way.url)))
        way.cut()
        assert client.get("/sign-in/provider").status_code == 503
        way.restore()
        assert client.get("/sign-in/provider").status_code == 503, "it is not asked again for a while"
        with clock.at(clock.now() + AWAY_FOR):
            assert client.get("/sign-in/provider").status_code == 302
