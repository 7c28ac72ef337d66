"""Signing in, and one's own account, over the wire."""

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.models.people import Person
from server.rules import access
from server.services import sessions
from tests.people import PASSWORD, Someone, county, open_browser

NEXT = "Hong-Shan-2031!"


def sign_in(client: FlaskClient, who: Someone, password: str = PASSWORD, **more: Any) -> Any:
    body = {"username": who.username, "password": password, "device_name": "Pixel 7 · Chrome"} | more
    return client.post("/api/v1/sessions", json=body)


def bearer(tokens: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


def test_a_phone_signs_in_and_learns_who_it_is(app: Flask, client: FlaskClient) -> None:
    cadre = county(app).cadre
    answer = sign_in(client, cadre, device_id=str(uuid4()))
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    told = answer.json
    assert set(told) == {
        "access_token", "access_expires_at", "refresh_token", "session_id", "must_change_password", "person",
    }  # fmt: skip
    assert told["must_change_password"] is False
    me = client.get("/api/v1/me", headers=bearer(told)).json
    assert me == told["person"]
    assert me == {
        "id": cadre.id,
        "username": cadre.username,
        "name": cadre.name,
        "post": "",
        "unit": {"id": cadre.unit_id, "name": "东河镇", "kind": "township"},
        "roles": [{"role": "cadre", "unit": {"id": cadre.unit_id, "name": "东河镇"}}],
        "permissions": sorted(
            name for name, rule in access.PERMISSIONS.items() if rule.own or "cadre" in rule.roles
        ),
    }


def test_a_wrong_password_is_a_401_and_too_many_a_403_with_the_wait(app: Flask, client: FlaskClient) -> None:
    cadre = county(app).cadre
    with clock.at(clock.now()):
        for _ in range(5):
            wrong = sign_in(client, cadre, "wrong")
            assert (wrong.status_code, wrong.json["code"]) == (401, "wrong_credentials")
        locked = sign_in(client, cadre)
    assert (locked.status_code, locked.json["code"]) == (403, "locked_out")
    assert locked.json["retry_after_s"] == 15
    assert locked.headers["Retry-After"] == "15"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"username": "a", "password": "b"},
        {"username": 7, "password": "b", "device_name": "x"},
        {"username": "a\x00", "password": "b", "device_name": "x"},
        {"username": "a", "password": None, "device_name": "x"},
        {"username": "a", "password": "", "device_name": "x"},
        {"username": "a", "password": "x" * 513, "device_name": "x"},
        {"username": "a", "password": "b", "device_name": "x" * 121},
        {"username": "a", "password": "b", "device_name": "x", "device_id": "y"},
        {"username": "a", "password": "b", "device_name": "x", "kind": "browser"},
    ],
)
def test_badly_filled_credentials_are_named_and_never_repeated(
    app: Flask, client: FlaskClient, body: dict[str, Any]
) -> None:
    answer = client.post("/api/v1/sessions", json=body)
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["fields"]
    assert "x" * 100 not in answer.get_data(as_text=True)


def test_tokens_are_renewed_and_a_used_one_ends_the_session(app: Flask, client: FlaskClient) -> None:
    first = sign_in(client, county(app).cadre).json
    second = client.post("/api/v1/sessions/refresh", json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    assert set(second.json or {}) == set(first)
    again = client.post("/api/v1/sessions/refresh", json={"refresh_token": first["refresh_token"]})
    assert (again.status_code, (again.json or {})["code"]) == (401, "session_ended")
    assert client.get("/api/v1/me", headers=bearer(second.json or {})).status_code == 401


def test_sessions_are_listed_and_ended(app: Flask, client: FlaskClient) -> None:
    cadre = county(app).cadre
    here, there = cadre.sign_in(client), cadre.sign_in(client)
    items = (client.get("/api/v1/sessions", headers=here).json or {})["items"]
    assert len(items) == 2
    assert set(items[0]) == {
        "id", "device_name", "kind", "created_at", "last_used_at", "expires_at", "current",
    }  # fmt: skip
    assert "device_id" not in str(items)
    other = next(item["id"] for item in items if not item["current"])
    assert client.delete(f"/api/v1/sessions/{other}", headers=here).status_code == 204
    assert client.delete(f"/api/v1/sessions/{other}", headers=here).status_code == 404
    assert client.get("/api/v1/me", headers=there).status_code == 401
    assert client.delete("/api/v1/sessions/current", headers=here).status_code == 204
    assert client.get("/api/v1/me", headers=here).status_code == 401


def test_one_does_not_end_the_session_of_another(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    opened = made.cadre.tokens()
    for who in (made.colleague, made.administrator):
        answer = client.delete(f"/api/v1/sessions/{opened.session_id}", headers=who.sign_in(client))
        assert answer.status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer x.y.z", "Basic YTpi", "bearer \xff"])
def test_without_a_good_token_the_answer_is_401(app: Flask, client: FlaskClient, header: str) -> None:
    answer = client.get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_changing_ones_password_ends_every_other_session(app: Flask, client: FlaskClient) -> None:
    cadre = county(app).cadre
    here, there = cadre.sign_in(client), cadre.sign_in(client)
    assert (
        client.put("/api/v1/me/password", json={"old": PASSWORD, "new": NEXT}, headers=here).status_code
        == 204
    )
    assert client.get("/api/v1/me", headers=here).status_code == 200
    assert client.get("/api/v1/me", headers=there).status_code == 401
    assert sign_in(client, cadre).status_code == 401
    assert sign_in(client, cadre, NEXT).status_code == 201


def test_a_password_is_changed_only_by_who_knows_it_and_only_into_a_good_new_one(
    app: Flask, client: FlaskClient
) -> None:
    cadre = county(app).cadre
    here = cadre.sign_in(client)

    def change(old: str, new: str) -> tuple[int, str]:
        answer = client.put("/api/v1/me/password", json={"old": old, "new": new}, headers=here)
        return answer.status_code, (answer.json or {})["code"]

    assert change("wrong", NEXT) == (422, "wrong_password")
    assert change(PASSWORD, "short") == (422, "weak_password")
    assert change(PASSWORD, f"{cadre.username}-Xy-2031") == (422, "weak_password")
    assert change(PASSWORD, PASSWORD) == (422, "weak_password")
    assert sign_in(client, cadre).status_code == 201


def test_a_stolen_phone_does_not_guess_the_password_for_ever(app: Flask, client: FlaskClient) -> None:
    cadre = county(app).cadre
    here = cadre.sign_in(client)
    with clock.at(clock.now()):
        codes = [
            (client.put("/api/v1/me/password", json={"old": "wrong", "new": NEXT}, headers=here).json or {})[
                "code"
            ]
            for _ in range(6)
        ]
        assert codes == ["wrong_password"] * 5 + ["locked_out"]
        assert sign_in(client, cadre).status_code == 201


def test_a_password_set_by_another_must_be_changed_before_anything_else(
    app: Flask, client: FlaskClient
) -> None:
    cadre = county(app).cadre
    db.session.execute(sa.update(Person).where(Person.id == cadre.id).values(must_change_password=True))
    db.session.commit()
    told = sign_in(client, cadre).json
    assert told["must_change_password"] is True
    here = bearer(told)
    refused = client.get("/api/v1/units", headers=here)
    assert (refused.status_code, (refused.json or {})["code"]) == (403, "password_must_change")
    assert client.get("/api/v1/me", headers=here).status_code == 200
    assert (
        client.put("/api/v1/me/password", json={"old": PASSWORD, "new": NEXT}, headers=here).status_code
        == 204
    )
    assert client.get("/api/v1/units", headers=here).status_code == 200


def test_a_page_reads_with_its_cookie_and_writes_only_with_its_own_token(
    app: Flask, client: FlaskClient
) -> None:
    cadre = county(app).cadre
    secrets = [
        open_browser(username=cadre.username, password=PASSWORD, device_name="Firefox", address="-").secret
        for _ in range(2)
    ]
    client.set_cookie("guatu_session", secrets[0])

    def change(headers: dict[str, str]) -> tuple[int, str]:
        answer = client.put("/api/v1/me/password", json={"old": "wrong", "new": NEXT}, headers=headers)
        return answer.status_code, (answer.json or {})["code"]

    assert client.get("/api/v1/me").status_code == 200
    assert change({}) == (403, "cross_site")
    assert change({"X-CSRF-Token": sessions.csrf_token(secrets[1])}) == (403, "cross_site")
    assert change({"X-CSRF-Token": "é"}) == (403, "cross_site")
    assert change({"X-CSRF-Token": sessions.csrf_token(secrets[0])}) == (422, "wrong_password")


def test_neither_names_nor_secrets_reach_the_log(
    app: Flask, client: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    cadre = county(app).cadre
    told = sign_in(client, cadre).json
    sign_in(client, cadre, "a-wrong-one")
    client.get("/api/v1/me", headers=bearer(told))
    said = "".join(capfd.readouterr())
    for secret in (cadre.username, PASSWORD, "a-wrong-one", told["access_token"], told["refresh_token"]):
        assert secret not in said


def test_health_is_open_and_says_little(app: Flask, client: FlaskClient) -> None:
    assert client.get("/health/live").json == {"status": "ok"}
    ready = client.get("/health/ready")
    assert ready.status_code == 200
    assert set(ready.json or {}) == {"status", "migration", "stream", "sweep"}


def test_a_database_that_is_not_migrated_is_not_ready(app: Flask, client: FlaskClient) -> None:
    kept = db.session.scalar(sa.text("SELECT version_num FROM alembic_version"))
    try:
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
        db.session.commit()
        answer = client.get("/health/ready")
        assert (answer.status_code, (answer.json or {})["code"]) == (503, "database_refused")
        assert "flask db upgrade" in (answer.json or {})["title_en"]
    finally:
        db.session.execute(sa.text("UPDATE alembic_version SET version_num = :kept"), {"kept": kept})
        db.session.commit()
