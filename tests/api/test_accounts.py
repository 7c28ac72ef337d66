"""Signing in over the wire."""

from flask import Flask
from flask.testing import FlaskClient

from tests.people import county


def test_a_person_sees_their_own_account(app: Flask, client: FlaskClient) -> None:
    cadre = county(app).cadre
    answer = client.get("/api/v1/me", headers=cadre.sign_in(client))
    assert answer.status_code == 200
    assert answer.json is not None
    assert answer.json["username"] == cadre.username
    assert answer.json["roles"] == [{"role": "cadre", "unit": {"id": cadre.unit_id, "name": "东河镇"}}]


def test_two_people_on_one_client_are_told_apart(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    for who in (made.cadre, made.colleague):
        answer = client.get("/api/v1/me", headers=who.sign_in(client))
        assert answer.json is not None
        assert answer.json["id"] == who.id
