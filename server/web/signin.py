"""The way in and out: plain forms that work without scripts."""

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from server import gate
from server.config import Settings
from server.errors import CrossSite, LockedOut, Problem, StepLapsed, WrongCode, WrongCredentials
from server.gate import guard, public
from server.held import held
from server.services import sessions, signin
from server.services.provider import Provider
from server.services.signin import Half, Opened
from server.web import language

door = Blueprint("desk_signin", __name__)

DEVICE_LENGTH = 120


@door.get("/sign-in")
@public
def form() -> ResponseReturnValue:
    """The form; whoever is signed in goes straight on."""
    ended = "ended" in request.args
    if not ended and gate.identify() is not None:
        return redirect(onward())
    return first_form(sentence=_ended() if ended else "")


@door.post("/sign-in")
@public
def enter() -> ResponseReturnValue:
    """Sign in with user name and password; a refusal is said on the same form."""
    _ensure_from_here()
    username = request.form.get("username", "").strip()
    try:
        opened = signin.open_browser(
            username=username,
            password=request.form.get("password", ""),
            device_name=device_name(),
            address=gate.address(),
        )
    except (WrongCredentials, LockedOut) as problem:
        return first_form(username=username, problem=problem)
    return went(opened, onward())


@door.post("/sign-in/second")
@public
def prove() -> ResponseReturnValue:
    """The second step: the code of the authenticator app, or a recovery code."""
    _ensure_from_here()
    ticket = request.form.get("ticket", "")
    try:
        opened = signin.prove_browser(
            ticket=ticket, code=request.form.get("code", ""), device_name=device_name()
        )
    except (WrongCode, LockedOut) as problem:
        return second_form(Half(ticket), onward(), problem=problem)
    except StepLapsed as problem:
        return first_form(problem=problem)
    return went(opened, onward())


@door.post("/sign-out")
@guard("session.revoke")
def leave() -> ResponseReturnValue:
    """End this session and forget its cookie."""
    sessions.end_current(gate.actor())
    response = redirect("/sign-in")
    response.delete_cookie(gate.cookie_name(), path="/", secure=held(Settings).secure_cookies)
    return response


def device_name() -> str:
    """What the browser calls itself."""
    return request.headers.get("User-Agent", "")[:DEVICE_LENGTH]


def went(opened: Opened | Half, address: str) -> Response:
    """On to the second step where it is asked for; otherwise in, with the cookie."""
    if isinstance(opened, Half):
        return second_form(opened, address)
    response = redirect("/account?must_change=1" if opened.must_change_password else address)
    response.set_cookie(
        gate.cookie_name(),
        opened.secret,
        httponly=True,
        samesite="Lax",
        secure=held(Settings).secure_cookies,
        path="/",
    )
    return response


def onward() -> str:
    """Where to go after signing in: an address of this site, `/` for anything else."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    here = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if here and not parts.netloc and not parts.scheme else "/"


def first_form(*, username: str = "", sentence: str = "", problem: Problem | None = None) -> Response:
    """The form for name and password, with what was wrong in words."""
    sentence = _said(problem) if problem is not None else sentence
    body = render_template(
        "sign-in.html",
        username=username,
        sentence=sentence,
        onward=onward(),
        provider=held(Provider).name,
        other_language=language.other_address(),
    )
    return _answered(body, problem)


def second_form(half: Half, address: str, *, problem: Problem | None = None) -> Response:
    """The form for the code, with what was wrong in words."""
    sentence = "" if problem is None else _said(problem)
    body = render_template("second-step.html", ticket=half.ticket, sentence=sentence, onward=address)
    return _answered(body, problem)


def _answered(body: str, problem: Problem | None) -> Response:
    """A form as a response, with the problem's status and wait."""
    response = make_response(body, problem.status if problem is not None else 200)
    if problem is not None and problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def _said(problem: Problem) -> str:
    """What was wrong, in the reader's language."""
    return problem.sentence_en if language.chosen() == "en" else problem.sentence_zh


def _ended() -> str:
    """Why the form appears in the middle of work."""
    return (
        "This session has ended; please sign in again."
        if language.chosen() == "en"
        else "登录已失效，请重新登录。"
    )


def _ensure_from_here() -> None:
    """`CrossSite` when another site's page sent the form: nobody is signed in as somebody else unawares."""
    origin = request.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != request.host:
        raise CrossSite
