"""Keeping the unit tree over the wire."""

from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server.db import db
from server.models.units import Unit
from tests.api.test_people import Doors
from tests.people import county, unit


def new(parent_id: int, **more: Any) -> dict[str, Any]:
    return {"parent_id": parent_id, "code": "371-001", "name": "新河村", "kind": "village"} | more


def path(unit_id: int) -> str:
    db.session.rollback()
    found = db.session.scalar(sa.select(Unit.path).where(Unit.id == unit_id))
    assert found is not None
    return found


def test_the_tree_is_read_from_the_top_each_unit_before_those_below(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    assert doors("PATCH", f"/units/{made.department}", {"position": 0})[0] == 200
    assert doors("PATCH", f"/units/{made.township_a}", {"position": 2})[0] == 200
    assert doors("PATCH", f"/units/{made.township_b}", {"position": 1})[0] == 200
    _, told = doors("GET", "/units")
    assert [(item["name"], item["depth"]) for item in told["items"]] == [
        ("青溪县", 0),
        ("投资促进局", 1),
        ("西岭镇", 1),
        ("石桥村", 2),
        ("石桥村一网格", 3),
        ("东河镇", 1),
        ("柳树村", 2),
        ("柳树村一网格", 3),
    ]


def test_each_sees_the_units_their_roles_cover_and_their_own(app: Flask, client: FlaskClient) -> None:
    made = county(app)

    def seen(who: Any) -> set[int]:
        return {item["id"] for item in Doors(client, who)("GET", "/units")[1]["items"]}

    assert seen(made.supervisor_a) == {made.township_a, made.village_a, made.grid_a}
    assert seen(made.grid_member) == {made.grid_a}
    assert len(seen(made.auditor)) == 8


def test_a_unit_is_made_below_another(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    status, told = Doors(client, made.administrator_a)("POST", "/units", new(made.township_a))
    assert status == 201
    assert told["path"] == f"{path(made.township_a)}{told['id']}/"
    assert told["depth"] == 2


def test_a_unit_is_made_and_changed_only_within_ones_reach(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator_a)
    assert doors("POST", "/units", new(made.root))[0] == 403
    assert doors("POST", "/units", new(made.township_b))[0] == 403
    assert doors("PATCH", f"/units/{made.township_b}", {"name": "x"})[0] == 404
    assert doors("PATCH", f"/units/{made.village_a}", {"name": "柳林村"})[1]["name"] == "柳林村"
    assert Doors(client, made.supervisor)("POST", "/units", new(made.root))[0] == 403


@pytest.mark.parametrize(
    ("parent", "wrong", "why"),
    [
        ("root", {"kind": "county"}, "at the top"),
        ("grid_a", {}, "below a grid"),
        ("root", {"code": "taken"}, "code is taken"),
        ("nothing", {}, "no such unit"),
    ],
)
def test_a_unit_that_does_not_fit_is_refused(
    app: Flask, client: FlaskClient, parent: str, wrong: dict[str, Any], why: str
) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    doors("PATCH", f"/units/{made.department}", {"code": "taken"})
    status, problem = doors("POST", "/units", new(getattr(made, parent, 999_999)) | wrong)
    assert (status, problem["code"]) == (409, "unit_refused")
    assert why in problem["title_en"]


def test_the_tree_does_not_grow_deeper_than_its_paths_can_say(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors, above = Doors(client, made.administrator), made.village_a
    for number in range(5):
        status, told = doors("POST", "/units", new(above, code=f"deep-{number}"))
        assert (status, told["depth"]) == (201, number + 3)
        above = told["id"]
    status, problem = doors("POST", "/units", new(above, code="too-deep"))
    assert (status, problem["code"]) == (409, "unit_refused")


def test_a_unit_moves_with_all_below_it(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    status, moved = Doors(client, made.administrator)(
        "PATCH", f"/units/{made.village_a}", {"parent_id": made.township_b}
    )
    assert (status, moved["parent_id"]) == (200, made.township_b)
    assert path(made.grid_a) == f"{path(made.township_b)}{made.village_a}/{made.grid_a}/"
    assert {item["id"] for item in Doors(client, made.supervisor_a)("GET", "/units")[1]["items"]} == {
        made.township_a
    }
    assert made.grid_a in {
        item["id"] for item in Doors(client, made.supervisor_b)("GET", "/units")[1]["items"]
    }


def test_a_unit_never_comes_to_stand_below_itself(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    for below in (made.township_a, made.village_a):
        status, problem = doors("PATCH", f"/units/{made.township_a}", {"parent_id": below})
        assert (status, problem["code"]) == (409, "unit_refused")
    assert path(made.grid_a) == f"/{made.root}/{made.township_a}/{made.village_a}/{made.grid_a}/"


def test_the_county_neither_moves_nor_retires(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    for change in ({"parent_id": made.township_a}, {"retired": True}, {"kind": "township"}):
        assert doors("PATCH", f"/units/{made.root}", change)[1]["code"] == "unit_refused"


def test_who_moves_or_retires_a_unit_administers_the_one_above(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator_a)
    other = unit("柳溪村", "village", made.township_a)
    assert doors("PATCH", f"/units/{made.township_a}", {"retired": True})[0] == 403
    assert doors("PATCH", f"/units/{made.village_a}", {"parent_id": made.township_b})[0] == 403
    assert doors("PATCH", f"/units/{made.grid_a}", {"parent_id": other})[0] == 200


def test_a_unit_retires_when_it_is_empty_and_can_be_taken_back(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    assert "units below" in doors("PATCH", f"/units/{made.village_a}", {"retired": True})[1]["title_en"]
    assert "people" in doors("PATCH", f"/units/{made.grid_a}", {"retired": True})[1]["title_en"]
    doors("PATCH", f"/people/{made.grid_member.id}", {"unit_id": made.village_a})
    assert doors("PATCH", f"/units/{made.grid_a}", {"retired": True})[0] == 200
    assert made.grid_a not in {item["id"] for item in doors("GET", "/units")[1]["items"]}
    assert made.grid_a in {item["id"] for item in doors("GET", "/units?retired=1")[1]["items"]}
    body = {"unit_id": made.grid_a}
    assert doors("PATCH", f"/people/{made.grid_member.id}", body)[1]["code"] == "person_refused"
    assert doors("POST", "/units", new(made.grid_a, kind="village"))[1]["code"] == "unit_refused"
    assert doors("PATCH", f"/units/{made.grid_a}", {"retired": False})[1]["retired_at"] is None


def test_one_refused_change_leaves_the_others_undone(app: Flask, client: FlaskClient) -> None:
    made = county(app)
    doors = Doors(client, made.administrator)
    assert doors("PATCH", f"/units/{made.village_a}", {"name": "别名", "retired": True})[0] == 409
    assert "柳树村" in {item["name"] for item in doors("GET", "/units")[1]["items"]}
