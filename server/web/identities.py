"""The way in by the county's own sign-in provider: out to it, and back with what it says."""

import hmac
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from server import gate
from server.errors import IdentityTaken, IdentityUnknown, Problem, ProviderAway, ProviderRefused, StepLapsed
from server.gate import public
from server.held import held
from server.services import identities, tickets
from server.services.provider import Provider
from server.web import signin

door = Blueprint("desk_identities", __name__)


@door.get("/sign-in/provider")
@public
def set_out() -> ResponseReturnValue:
    """Send the browser to the provider, with a ticket in a cookie."""
    try:
        url, ticket = identities.set_out(gate.way_back(), signin.onward())
    except ProviderAway as problem:
        return signin.first_form(problem=problem)
    response = redirect(url)
    gate.keep_ticket(response, ticket)
    return response


@door.get("/sign-in/provider/back")
@public
def come_back() -> ResponseReturnValue:
    """The browser is back: in, on to the second step, or linked; a refusal is said on the form."""
    try:
        response = _arrived(tickets.read(identities.PURPOSE, gate.kept_ticket()))
    except (StepLapsed, ProviderAway, ProviderRefused, IdentityUnknown, IdentityTaken) as problem:
        response = _refused(problem)
    gate.drop_ticket(response)
    return response


def _arrived(kept: dict[str, Any]) -> Response:
    """What comes of it when the browser is the one that set out."""
    if not hmac.compare_digest(kept["state"].encode(), request.args.get("state", "").encode()):
        raise StepLapsed
    if "code" not in request.args:
        raise ProviderRefused
    told = held(Provider).arrive(
        gate.way_back(), request.args["code"], nonce=kept["nonce"], verifier=kept["verifier"]
    )
    if kept["person_id"] is None:
        return signin.went(identities.sign_in(told, signin.device_name()), kept["onward"])
    actor = gate.identify()
    if actor is None or actor.person_id != kept["person_id"]:
        raise StepLapsed
    identities.link(actor, told)
    return redirect("/account?linked=1")


def _refused(problem: Problem) -> Response:
    """The refusal in words: to whoever is signed in as a page, to others on the form."""
    if gate.identify() is not None:
        raise problem
    return signin.first_form(problem=problem)
