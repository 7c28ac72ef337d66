"""The gate of every edge: who is asking, and may they come in.

Private unless marked public: a route says `@guard("permission")` or `@public`, and a test walks the URL map. Programs
and phones bring `Authorization: Bearer …`; pages bring the session cookie, and with every unsafe request the
session's own token (`X-CSRF-Token` or the form field `csrf_token`).
"""

import re
import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask, Response, g, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from werkzeug.wrappers import Response as AnyResponse

from server import log
from server.config import Settings
from server.errors import CrossSite, PasswordMustChange, SignInNeeded
from server.held import held
from server.rules import access
from server.rules.access import Actor
from server.services import sessions, tickets
from server.turns import Turns

P = ParamSpec("P")
R = TypeVar("R")

MOST_ID = 2**31 - 1
COOKIE = "guatu_session"
TICKET = "guatu_ticket"
SECURE_PREFIX = "__Host-"
"""What a browser keeps for this host alone, over HTTPS alone, whatever a neighbour host or a plain page sets."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
BEFORE_PASSWORD = frozenset({"password.change", "person.read_self", "session.revoke"})


class IdConverter(IntegerConverter):
    """An id in an address; one larger than any column holds is nobody's."""

    def __init__(self, rules: Map, *args: Any, **kwargs: Any) -> None:
        super().__init__(rules, *args, **{"max": MOST_ID, **kwargs})


def stand(app: Flask) -> None:
    """Number each request, and believe as many proxies as the settings say stand in front."""
    app.url_map.converters["int"] = IdConverter
    with app.app_context():
        proxies = held(Settings).proxies
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)  # type: ignore[method-assign]  # Flask's documented way
    app.before_request(_number)
    app.after_request(_tell_number)


def guard(permission: str, *, looks_again: bool = False) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let in only a signed-in actor who holds `permission` over anything; the verb decides over what.

    `looks_again` is said of a verb that itself looks up how the session stands: then the gate goes by what it saw
    within the last minute, so that a check-in has its session looked up once.
    """
    access.PERMISSIONS[permission]

    def mark(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            take_turn(request.headers.get("Authorization") or cookie_secret())
            let_in(permission, looks_again=looks_again)
            return view(*args, **kwargs)

        guarded.permission = permission  # type: ignore[attr-defined]  # read by the guarded-routes test
        return guarded

    return mark


def public(view: Callable[P, R]) -> Callable[P, R]:
    """Mark a route as open to everybody."""
    view.permission = None  # type: ignore[attr-defined]  # read by the guarded-routes test
    return view


def take_turn(credential: str) -> None:
    """Wait for the turn of whoever brings this credential; `TooFast` when too many of theirs are before it."""
    if credential:
        held(Turns).take(credential)


def let_in(permission: str, *, looks_again: bool = False) -> Actor:
    """The actor, when signed in and holding `permission`; `SignInNeeded`, `Forbidden` or `CrossSite` otherwise."""
    actor = identify(looks_again=looks_again)
    if actor is None:
        raise SignInNeeded
    access.ensure_holds(actor, permission)
    if actor.must_change_password and permission not in BEFORE_PASSWORD:
        raise PasswordMustChange
    return actor


def actor() -> Actor:
    """The actor of this request; `SignInNeeded` when nobody is signed in."""
    found = identify()
    if found is None:
        raise SignInNeeded
    return found


def identify(*, looks_again: bool = False) -> Actor | None:
    """Who is asking, looked up once per request; None without any credential, a `Problem` with a bad one."""
    if "actor" not in g:
        g.actor = _from_bearer(looks_again=looks_again) or _from_cookie()
    found: Actor | None = g.actor
    return found


def cookie_name() -> str:
    """What the session's cookie is called here."""
    return SECURE_PREFIX + COOKIE if held(Settings).secure_cookies else COOKIE


def cookie_secret() -> str:
    """What the session's cookie says; empty without one."""
    return request.cookies.get(cookie_name(), "")


def way_back() -> str:
    """Where the county's sign-in provider sends a browser back to."""
    return f"{origin()}/sign-in/provider/back"


def keep_ticket(response: AnyResponse, ticket: str) -> None:
    """Let the browser hold a ticket while it is away at the provider, for some minutes."""
    response.set_cookie(
        _ticket_name(),
        ticket,
        max_age=int(tickets.LIFE.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=held(Settings).secure_cookies,
        path="/",
    )


def kept_ticket() -> str:
    """The ticket the browser holds; empty without one."""
    return request.cookies.get(_ticket_name(), "")


def drop_ticket(response: AnyResponse) -> None:
    """Let the browser forget it: each is used once."""
    response.delete_cookie(_ticket_name(), path="/", secure=held(Settings).secure_cookies)


def _ticket_name() -> str:
    """What the ticket's cookie is called here."""
    return SECURE_PREFIX + TICKET if held(Settings).secure_cookies else TICKET


def address() -> str:
    """Where the request comes from, for counting failed sign-ins."""
    return request.remote_addr or "-"


def origin() -> str:
    """The address the asker's browser reached us at, without a slash at its end; behind proxies, theirs."""
    return request.url_root.rstrip("/")


def _from_bearer(*, looks_again: bool) -> Actor | None:
    """The actor of an access token, where one is brought."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    return sessions.of_access_token(token.strip(), looks_again=looks_again)


def _from_cookie() -> Actor | None:
    """The actor of a browser's cookie; an unsafe request must carry the session's own token too."""
    secret = cookie_secret()
    if not secret:
        return None
    found = sessions.of_cookie(secret)
    if found is not None and request.method not in SAFE:
        _ensure_same_site(secret)
    return found


def _ensure_same_site(secret: str) -> None:
    """`CrossSite` unless the request carries the token made from this session's secret."""
    brought = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    if not secrets.compare_digest(brought.encode(), csrf_token(secret).encode()):
        raise CrossSite


def csrf_token(secret: str) -> str:
    """The token that pages of the session with this secret send back."""
    return sessions.csrf_token(secret)


def _number() -> None:
    """Give the request a number for the log and for a person to quote; a proxy's own is kept when it is one."""
    given = request.headers.get("X-Request-ID", "")
    number = given if re.fullmatch(r"[A-Za-z0-9-]{8,64}", given) else secrets.token_hex(8)
    g.request_id = number
    log.request_id.set(number)


def _tell_number(response: Response) -> Response:
    """Send the request's number back."""
    response.headers["X-Request-ID"] = g.get("request_id", "-")
    return response


def request_number() -> str:
    """This request's number."""
    number: Any = g.get("request_id", "-")
    return str(number)
