"""People: their accounts and roles."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.people import (
    CompanionsAsked,
    CompanionsOut,
    FirstPasswordOut,
    NewPersonOut,
    PeopleAsked,
    PeopleOut,
    PersonChanges,
    PersonIn,
    PersonOut,
    ResetIn,
    RolesIn,
)
from server.gate import guard
from server.queries import people as reads
from server.services import passwords, people
from server.services.people import NewPerson

doors = Doors("people", __name__, description="人员 · People")


@doors.get("/people")
@guard("person.read")
@doors.arguments(PeopleAsked, location="query")
@doors.response(200, PeopleOut)
def listed(asked: dict[str, Any]) -> Response:
    """人员列表 · The people of the reader's units."""
    return answer(reads.listed(gate.actor(), **asked))


@doors.get("/companions")
@guard("companion.find")
@doors.arguments(CompanionsAsked, location="query")
@doors.response(200, CompanionsOut)
def companions(asked: dict[str, str]) -> Response:
    """查找同行人员 · Colleagues whose name holds these words, to travel with."""
    return answer(reads.companions(gate.actor(), asked["q"]))


@doors.post("/people")
@guard("person.create")
@doors.arguments(PersonIn)
@doors.response(201, NewPersonOut)
def create(told: NewPerson) -> Response:
    """新建人员 · Make an account."""
    return answer(people.create(gate.actor(), told), 201)


@doors.patch("/people/<int:person_id>")
@guard("person.update")
@doors.arguments(PersonChanges)
@doors.response(200, PersonOut)
def update(told: dict[str, Any], person_id: int) -> Response:
    """修改人员 · Change, move or let go a person."""
    return answer(people.update(gate.actor(), person_id, told))


@doors.put("/people/<int:person_id>/roles")
@guard("person.grant")
@doors.arguments(RolesIn)
@doors.response(200, PersonOut)
def set_roles(told: dict[str, Any], person_id: int) -> Response:
    """设定角色 · Let a person hold exactly these roles."""
    return answer(people.set_roles(gate.actor(), person_id, told["roles"]))


@doors.post("/people/<int:person_id>/password")
@guard("password.reset")
@doors.arguments(ResetIn)
@doors.response(200, FirstPasswordOut)
def reset_password(told: dict[str, Any], person_id: int) -> Response:
    """重置密码 · Set a password that must be changed at the next sign-in."""
    return answer({"password": passwords.reset(gate.actor(), person_id, told["password"])})
