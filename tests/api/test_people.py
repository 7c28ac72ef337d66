"""Keeping accounts over the wire: within one's own reach, never one's own roles, the three powers apart."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.db import db
from server.models.events import Event
from tests.people import PASSWORD, County, Someone, county, is_over, open_app, person


def new(unit_id: int, **more: Any) -> dict[str, Any]:
    return {"username": "gao.lin", "name": "高林", "unit_id": unit_id} | more


def roles(*given: tuple[str, int]) -> dict[str, Any]:
    return {"roles": [{"role": role, "unit_id": unit_id} for role, unit_id in given]}


class Doors:
    """The doors as one person uses them: (status, document)."""

    def __init__(self, client: FlaskClient, who: Someone) -> None:
        self.client, self.headers = client, who.sign_in(client)

    def __call__(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        answer = self.client.open(f"/api/v1{path}", method=method, json=body, headers=self.headers)
        return answer.status_code, answer.json


def events_of(kind: str) -> list[Event]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Event).where(Event.kind == kind).order_by(Event.number)))


# ── making ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_administrator_makes_an_account_whose_password_is_told_once(
    app: Flask, client: FlaskClient
) -> None:
    made = county(app)
    doors = Doors(client, made.administrator_a)
    status, told = doors("POST", "/people", new(made.village_a, post="文书"))
    assert status == 201
    assert told["roles"] == []
    assert told["must_change_password"] is True
    opened = open_app(
        username="gao.lin", password=told["password"], device_name="", device_id=None, address="-"
    )
    assert opened.actor.must_change_password
    _, listed = doors("GET", "/people?q=高林")
    assert [each["name"] for each in listed["items"]] == ["高林"]
    assert told["password"] not in str(listed)
    assert [(event.person_id, event.data) for event in events_of("person.created")] == [(told["id"], {})]


def test_an_account_is_made_only_within_ones_reach(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator_a)
    for unit_id in (made.root, made.township_b, made.department):
        assert doors("POST", "/people", new(unit_id))[0] == 403
    assert doors("POST", "/people", new(999_999))[1]["code"] == "person_refused"


def test_a_user_name_is_given_once(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    body = new(made.root, username=made.cadre.username.upper())
    assert doors("POST", "/people", body)[1]["code"] == "person_refused"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"username": "高林"}, "person_refused"),
        ({"password": "short"}, "weak_password"),
        ({"password": "gao.lin-2031-X"}, "weak_password"),
        ({"name": ""}, "bad_input"),
        ({"name": "高\x00林"}, "bad_input"),
        ({"unit_id": 1.5}, "bad_input"),
        ({"roles": []}, "bad_input"),
    ],
)
def test_a_bad_account_is_refused(app: Flask, client: FlaskClient, wrong: dict[str, Any], code: str) -> None:
    made = county(app)
    assert Doors(client, made.administrator)("POST", "/people", new(made.root) | wrong)[1]["code"] == code


def test_rare_characters_in_a_name_survive(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    status, told = Doors(client, made.administrator)("POST", "/people", new(made.root, name="𠮷田🙂"))
    assert (status, told["name"]) == (201, "𠮷田🙂")


# ── seeing ──────────────────────────────────────────────────────────────────────────────────────────────


def test_people_are_seen_within_ones_units_and_user_names_by_administrators_only(
    app: Flask, client: FlaskClient
) -> None:
    made = county(app)
    _, seen = Doors(client, made.supervisor_a)("GET", "/people")
    names = {each["name"] for each in seen["items"]}
    assert names == {
        who.name
        for who in (made.cadre, made.colleague, made.grid_member, made.supervisor_a, made.administrator_a)
    }
    assert {each["username"] for each in seen["items"]} == {None}
    _, kept = Doors(client, made.administrator_a)("GET", "/people")
    assert {each["name"] for each in kept["items"]} == names
    assert None not in {each["username"] for each in kept["items"]}


def test_pages_of_people_leave_nobody_out(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    found: list[int] = []
    more: str | None = ""
    while more is not None:
        _, page = doors("GET", f"/people?limit=3{more}")
        found += [each["id"] for each in page["items"]]
        more = page["next"] and f"&cursor={page['next']}"
    assert sorted(found) == sorted(who.id for who in made.everyone.values())
    assert doors("GET", "/people?cursor=nonsense")[0] == 422


def test_the_list_narrows_to_a_unit_and_those_below_and_to_part_of_a_name(
    app: Flask, client: FlaskClient
) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)

    def names(query: str) -> set[str]:
        return {each["name"] for each in doors("GET", f"/people?{query}")[1]["items"]}

    assert names(f"unit_id={made.township_b}") == {made.cadre_b.name, made.supervisor_b.name}
    assert names("unit_id=999999") == set()
    assert names("q=陈") == {made.cadre.name}
    assert names("q=%25") == set()


# ── changing ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_person_moves_only_between_units_that_one_administers(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    of_a, of_all = Doors(client, made.administrator_a), Doors(client, made.administrator)
    assert of_a("PATCH", f"/people/{made.cadre.id}", {"unit_id": made.township_b})[0] == 403
    assert of_a("PATCH", f"/people/{made.cadre_b.id}", {"unit_id": made.township_a})[0] == 404
    status, moved = of_all(
        "PATCH", f"/people/{made.cadre_b.id}", {"unit_id": made.department, "post": "科员"}
    )
    assert (status, moved["unit"]["id"], moved["post"]) == (200, made.department, "科员")
    assert [event.data for event in events_of("person.updated")] == [
        {"changed": ["post", "unit_id"], "from_unit": made.township_b, "to_unit": made.department}
    ]


def test_who_leaves_loses_sessions_and_roles_and_comes_back_without_them(
    app: Flask, client: FlaskClient
) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    opened = made.supervisor_a.tokens()
    status, left = doors("PATCH", f"/people/{made.supervisor_a.id}", {"left": True})
    assert (status, left["roles"]) == (200, [])
    assert left["left_at"] is not None
    assert is_over(opened.session_id)
    assert doors("PUT", f"/people/{made.supervisor_a.id}/roles", roles(("cadre", made.township_a)))[0] == 409
    assert made.supervisor_a.id in [each["id"] for each in doors("GET", "/people?left=true")[1]["items"]]
    status, back = doors("PATCH", f"/people/{made.supervisor_a.id}", {"left": False})
    assert (status, back["left_at"], back["roles"]) == (200, None, [])


def test_nobody_closes_their_own_account(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    assert (
        Doors(client, made.administrator)("PATCH", f"/people/{made.administrator.id}", {"left": True})[0]
        == 409
    )


# ── roles ───────────────────────────────────────────────────────────────────────────────────────────────


def test_roles_are_given_and_taken_as_one_set(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    status, told = doors("PUT", f"/people/{made.cadre.id}/roles", roles(("leader", made.township_a)))
    assert status == 200
    assert told["roles"] == [{"role": "leader", "unit": {"id": made.township_a, "name": "东河镇"}}]
    assert [event.data for event in events_of("person.granted")] == [
        {
            "given": [{"role": "leader", "unit": made.township_a}],
            "taken": [{"role": "cadre", "unit": made.township_a}],
        }
    ]


def test_nobody_gives_roles_to_themself(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    for who in (made.administrator, made.administrator_a):
        body = roles(("administrator", who.unit_id), ("cadre", who.unit_id))
        assert Doors(client, who)("PUT", f"/people/{who.id}/roles", body)[0] == 409


def test_roles_are_given_and_taken_only_within_ones_reach(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator_a)
    for over in (made.root, made.township_b):
        assert doors("PUT", f"/people/{made.cadre.id}/roles", roles(("cadre", over)))[0] == 403
    assert doors("PUT", f"/people/{made.cadre_b.id}/roles", roles(("cadre", made.township_a)))[0] == 404
    wide = person("钱广", made.township_a, ("supervisor", made.root))
    assert doors("PUT", f"/people/{wide.id}/roles", roles())[0] == 403
    kept = roles(("supervisor", made.root), ("cadre", made.village_a))
    assert doors("PUT", f"/people/{wide.id}/roles", kept)[0] == 200


@pytest.mark.parametrize("role", ["supervisor", "leader", "auditor"])
def test_who_gives_rights_neither_watches_nor_audits(app: Flask, client: FlaskClient, role: str) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    both = roles(("administrator", made.township_a), (role, made.village_a))
    status, problem = doors("PUT", f"/people/{made.cadre.id}/roles", both)
    assert (status, problem["code"]) == (409, "person_refused")
    apart = roles(("administrator", made.township_a), (role, made.township_b))
    assert doors("PUT", f"/people/{made.cadre.id}/roles", apart)[0] == 200


def test_the_countys_last_administrator_stays(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    second = person("唐备", made.root, ("administrator", made.root))
    doors = Doors(client, second)
    assert doors("PUT", f"/people/{made.administrator.id}/roles", roles())[0] == 200
    first_again = Doors(client, second)
    assert first_again("PATCH", f"/people/{second.id}", {"left": True})[0] == 409
    third = person("姚三", made.root, ("administrator", made.root))
    assert Doors(client, third)("PATCH", f"/people/{second.id}", {"left": True})[0] == 200
    assert first_again("GET", "/me")[0] == 401


def test_roles_come_with_the_next_request(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    cadre, doors = Doors(client, made.cadre), Doors(client, made.administrator)
    assert cadre("GET", "/people")[0] == 403
    doors("PUT", f"/people/{made.cadre.id}/roles", roles(("supervisor", made.township_a)))
    assert cadre("GET", "/people")[0] == 200


# ── passwords of others ─────────────────────────────────────────────────────────────────────────────────


def test_a_password_is_reset_and_every_session_ends(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    opened = made.cadre.tokens()
    doors = Doors(client, made.administrator_a)
    status, told = doors("POST", f"/people/{made.cadre.id}/password", {})
    assert status == 200
    assert is_over(opened.session_id)
    opened = open_app(
        username=made.cadre.username, password=told["password"], device_name="", device_id=None, address="-"
    )
    assert opened.actor.must_change_password
    assert doors("POST", f"/people/{made.cadre.id}/password", {"password": "Ling-Feng-88x"})[1] == {
        "password": None
    }


def test_no_password_is_reset_upwards(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    wide = person("钱广", made.township_a, ("administrator", made.root))
    doors = Doors(client, made.administrator_a)
    assert doors("POST", f"/people/{wide.id}/password", {})[0] == 403
    assert doors("PATCH", f"/people/{wide.id}", {"left": True})[0] == 403
    assert doors("POST", f"/people/{made.administrator.id}/password", {})[0] == 404
    assert doors("POST", f"/people/{made.administrator_a.id}/password", {})[0] == 409


def everyone_but_administrators(made: County) -> list[Someone]:
    return [who for name, who in made.everyone.items() if not name.startswith("administrator")]


def test_without_that_role_nobody_keeps_accounts(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    for who in everyone_but_administrators(made):
        doors = Doors(client, who)
        assert doors("POST", "/people", new(who.unit_id))[0] == 403
        assert doors("PATCH", f"/people/{made.cadre.id}", {"name": "x"})[0] == 403
        assert doors("PUT", f"/people/{who.id}/roles", roles(("administrator", made.root)))[0] == 403
        assert doors("POST", f"/people/{made.cadre.id}/password", {"password": PASSWORD})[0] == 403


def test_a_cadre_finds_companions_by_name_and_learns_nothing_else(app: Flask, client: FlaskClient) -> None:
    folk = county(app)
    headers = folk.cadre.sign_in(client)
    found = client.get("/api/v1/companions", query_string={"q": "孙"}, headers=headers)
    assert found.json == {
        "items": [{"id": folk.cadre_b.id, "name": "孙岩", "unit": {"id": folk.township_b, "name": "西岭镇"}}]
    }
    assert client.get("/api/v1/companions", query_string={"q": "%"}, headers=headers).json == {"items": []}
    assert client.get("/api/v1/companions", headers=headers).status_code == 422
