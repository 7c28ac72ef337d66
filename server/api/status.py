"""How the installation stands: for the administrator's page, and as figures for Prometheus on the same machine."""

import secrets
from ipaddress import ip_address

from flask import Blueprint, Response, request

from server import meters
from server.api.doors import Doors, answer
from server.api.schemas.status import StatusOut
from server.config import Settings
from server.errors import NotFound
from server.gate import guard, public
from server.held import held
from server.live.hub import Hub
from server.services import status

doors = Doors("status", __name__, description="运行状况 · How the installation stands")
scraped = Blueprint("metrics", __name__)

FORWARDED = ("Forwarded", "X-Forwarded-For", "Via")


@doors.get("/status")
@guard("status.read")
@doors.response(200, StatusOut)
def one() -> Response:
    """运行状况 · How the installation stands, in words, and what to do."""
    return answer(status.told(held(Hub).lag_s))


@scraped.get("/metrics")
@public
def metrics() -> Response:
    """Figures for Prometheus: only to who brings the token, asks on this very machine, and through no proxy."""
    if not (_brings_the_token() and _is_from_here()):
        raise NotFound
    return Response(meters.told(status.figures(held(Hub).lag_s)), content_type=meters.FORM)


def _brings_the_token() -> bool:
    """Whether it is who was given the token; nobody is where none is set.

    The address alone will not do: a proxy on this machine that says nothing of whom it asks for looks like Prometheus.
    """
    token = held(Settings).metrics_token
    scheme, _, brought = request.headers.get("Authorization", "").partition(" ")
    same = secrets.compare_digest(brought.strip().encode(), token.encode())
    return bool(token) and scheme.lower() == "bearer" and same


def _is_from_here() -> bool:
    """Whether a program on this machine asks by itself; a proxy on it asks for others, and says so."""
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
