"""Invitations 邀请: make a one-time link for somebody; who holds it sees for whom it is and sets their password."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer, nothing
from server.api.schemas.invitations import AcceptIn, InvitationOut, InvitedOut, SecretIn
from server.gate import guard, public
from server.services import invitations

doors = Doors("invitations", __name__, description="邀请 · Invitations")


@doors.post("/people/<int:person_id>/invitation")
@guard("person.invite")
@doors.response(201, InvitationOut)
def make(person_id: int) -> Response:
    """邀请 · Make a one-time link for a person; its secret is told once, and an earlier link is over."""
    return answer(invitations.make(gate.actor(), person_id), 201)


@doors.post("/invitations/read")
@public
@doors.arguments(SecretIn)
@doors.response(200, InvitedOut)
def read(told: dict[str, str]) -> Response:
    """查看邀请 · For whom a link is; it stays as it is."""
    return answer(invitations.read(told["secret"]))


@doors.post("/invitations/accept")
@public
@doors.arguments(AcceptIn)
@doors.response(204)
def accept(told: dict[str, Any]) -> Response:
    """接受邀请 · Set one's own password; the link is over."""
    invitations.accept(**told)
    return nothing()
