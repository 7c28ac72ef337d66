"""Roles 角色: what each of them may do, told from the table that decides it."""

from flask import Response

from server.api.doors import Doors, answer
from server.api.schemas.roles import RolesOut
from server.gate import guard
from server.queries import roles

doors = Doors("roles", __name__, description="角色 · Roles")


@doors.get("/roles")
@guard("role.read")
@doors.response(200, RolesOut)
def listed() -> Response:
    """角色权限 · What each role may do."""
    return answer(roles.table())
