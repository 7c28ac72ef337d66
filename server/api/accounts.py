"""Signing in and out, and one's own account."""

from typing import Any
from uuid import UUID

from flask import Response

from server import gate
from server.api.doors import Doors, answer, nothing
from server.api.schemas.accounts import MeOut, PasswordIn, RefreshIn, SessionsOut, SignIn, TokensOut
from server.api.schemas.factors import HalfOut, SecondStep
from server.gate import guard, public
from server.queries import people
from server.queries import sessions as reads
from server.services import passwords, sessions, signin, tokens
from server.services.signin import Half
from server.services.tokens import Tokens

doors = Doors("accounts", __name__, description="登录与本人账号 · Signing in, and one's own account")


@doors.post("/sessions")
@public
@doors.arguments(SignIn)
@doors.response(201, TokensOut)
@doors.alt_response(202, schema=HalfOut)
def sign_in(told: dict[str, Any]) -> Response:
    """登录 · Sign a device in; 202 with a ticket where a code of the second factor is asked for."""
    opened = signin.open_app(**told, address=gate.address())
    return answer({"ticket": opened.ticket}, 202) if isinstance(opened, Half) else _told(opened, 201)


@doors.post("/sessions/second")
@public
@doors.arguments(SecondStep)
@doors.response(201, TokensOut)
def prove(told: dict[str, Any]) -> Response:
    """两步验证 · The second step of signing in: the ticket and a code."""
    return _told(signin.prove_app(**told), 201)


@doors.post("/sessions/refresh")
@public
@doors.arguments(RefreshIn)
@doors.response(200, TokensOut)
def refresh(told: dict[str, str]) -> Response:
    """续期 · New tokens for a refresh token, which is used up."""
    return _told(tokens.refresh(told["refresh_token"]), 200)


@doors.get("/sessions")
@guard("session.list")
@doors.response(200, SessionsOut)
def listed() -> Response:
    """本人的登录设备 · One's own sessions."""
    return answer(reads.listed(gate.actor()))


@doors.delete("/sessions/current")
@guard("session.revoke")
@doors.response(204)
def sign_out() -> Response:
    """退出登录 · End the present session."""
    sessions.end_current(gate.actor())
    return nothing()


@doors.delete("/sessions/others")
@guard("session.revoke")
@doors.response(204)
def end_others() -> Response:
    """注销其他全部设备 · End every other session of one's own."""
    sessions.end_others(gate.actor())
    return nothing()


@doors.delete("/sessions/<uuid:session_id>")
@guard("session.revoke")
@doors.response(204)
def revoke(session_id: UUID) -> Response:
    """注销一台设备 · End one of one's own sessions."""
    sessions.end(gate.actor(), session_id)
    return nothing()


@doors.get("/me")
@guard("person.read_self")
@doors.response(200, MeOut)
def me() -> Response:
    """本人账号 · One's own account, roles and permissions."""
    return answer(people.me(gate.actor()))


@doors.put("/me/password")
@guard("password.change")
@doors.arguments(PasswordIn)
@doors.response(204)
def change_password(told: dict[str, str]) -> Response:
    """修改密码 · Change one's own password; all other sessions end."""
    passwords.change(gate.actor(), old=told["old"], new=told["new"])
    return nothing()


def _told(held: Tokens, status: int) -> Response:
    """The tokens and their person."""
    return answer(
        {
            "access_token": held.access_token,
            "access_expires_at": held.access_expires_at,
            "refresh_token": held.refresh_token,
            "session_id": held.session_id,
            "must_change_password": held.actor.must_change_password,
            "person": people.me(held.actor),
        },
        status,
    )
