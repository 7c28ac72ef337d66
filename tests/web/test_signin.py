"""The way in and out, as a browser without scripts meets it."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.gate import COOKIE
from server.services import passwords
from tests.people import PASSWORD, County, Someone
from tests.web.html import Taken


def enter(client: FlaskClient, who: Someone, password: str = PASSWORD, **more: str) -> TestResponse:
    return client.post("/sign-in", data={"username": who.username, "password": password, **more})


def token(client: FlaskClient) -> str:
    page = Taken(client.get("/account").text)
    return next(meta["content"] for meta in page.all("meta") if meta.get("name") == "csrf-token")


def test_the_form_needs_no_script(client: FlaskClient) -> None:
    page = Taken(client.get("/sign-in").text)
    assert not page.all("script")
    assert [form["action"] for form in page.all("form")] == ["/sign-in"]


def test_the_right_password_opens_the_map_and_a_cookie_no_script_can_read(
    client: FlaskClient, people: County
) -> None:
    answer = enter(client, people.supervisor)
    assert (answer.status_code, answer.location) == (302, "/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(COOKIE)
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/").status_code == 200


def test_after_signing_in_one_goes_where_one_wanted(client: FlaskClient, people: County) -> None:
    wanted = client.get("/log?verdict=outside").location
    assert wanted == "/sign-in?next=%2Flog%3Fverdict%3Doutside"
    form = Taken(client.get(wanted).text)
    onward = next(given["value"] for given in form.all("input") if given.get("name") == "next")
    assert enter(client, people.supervisor, next=onward).location == "/log?verdict=outside"


@pytest.mark.parametrize(
    "elsewhere",
    ["//other.example/", "https://other.example/", "/\\other.example", "javascript:alert(1)", "log"],
)
def test_nobody_is_sent_to_another_site(client: FlaskClient, people: County, elsewhere: str) -> None:
    assert enter(client, people.supervisor, next=elsewhere).location == "/"


def test_a_wrong_password_is_said_on_the_form_which_keeps_the_name_only(
    client: FlaskClient, people: County
) -> None:
    answer = enter(client, people.supervisor, "wrong-password-1")
    page = Taken(answer.text)
    assert answer.status_code == 401
    assert "用户名或密码不正确。" in page.words
    kept = {given["name"]: given.get("value", "") for given in page.all("input")}
    assert kept["username"] == people.supervisor.username
    assert kept["password"] == ""
    assert "Set-Cookie" not in answer.headers


def test_after_many_tries_the_form_says_how_long_to_wait(client: FlaskClient, people: County) -> None:
    for _ in range(5):
        answer = enter(client, people.supervisor, "wrong-password-1")
    answer = enter(client, people.supervisor)
    assert answer.status_code == 403
    assert int(answer.headers["Retry-After"]) > 0
    assert any("尝试次数过多" in words for words in Taken(answer.text).words)


def test_another_sites_form_signs_nobody_in(client: FlaskClient, people: County) -> None:
    answer = client.post(
        "/sign-in",
        data={"username": people.cadre.username, "password": PASSWORD},
        headers={"Origin": "https://other.example"},
    )
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_signing_out_ends_the_session_itself(client: FlaskClient, people: County) -> None:
    enter(client, people.supervisor)
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    assert client.post("/sign-out", data={"csrf_token": token(client)}).location == "/sign-in"
    client.set_cookie(COOKIE, cookie.value)
    assert client.get("/").location == "/sign-in"


def test_nobody_is_signed_out_by_a_form_without_the_sessions_token(
    client: FlaskClient, people: County
) -> None:
    enter(client, people.supervisor)
    assert client.post("/sign-out").status_code == 403
    assert client.get("/").status_code == 200


def test_a_password_given_by_somebody_else_must_be_changed_first(client: FlaskClient, people: County) -> None:
    given = passwords.reset(people.administrator.actor, people.cadre.id, None)
    assert given is not None
    assert enter(client, people.cadre, given).location == "/account?must_change=1"
    assert client.get("/trips").location == "/account?must_change=1"
    assert client.get("/account").status_code == 200


def test_whoever_is_signed_in_already_goes_straight_on(client: FlaskClient, people: County) -> None:
    enter(client, people.supervisor)
    assert client.get("/sign-in?next=/log").location == "/log"
