"""The way in and out: a plain form that works without scripts."""

from urllib.parse import urlsplit

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from server import gate
from server.config import Settings
from server.errors import CrossSite, LockedOut, Problem, WrongCredentials
from server.gate import guard, public
from server.held import held
from server.services import sessions, signin
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
    return _form(sentence=_ended() if ended else "")


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
            device_name=request.headers.get("User-Agent", "")[:DEVICE_LENGTH],
            address=gate.address(),
        )
    except (WrongCredentials, LockedOut) as problem:
        return _form(username=username, problem=problem)
    response = redirect("/account?must_change=1" if opened.must_change_password else onward())
    response.set_cookie(
        gate.COOKIE,
        opened.secret,
        httponly=True,
        samesite="Lax",
        secure=held(Settings).secure_cookies,
        path="/",
    )
    return response


@door.post("/sign-out")
@guard("session.revoke")
def leave() -> ResponseReturnValue:
    """End this session and forget its cookie."""
    sessions.end_current(gate.actor())
    response = redirect("/sign-in")
    response.delete_cookie(gate.COOKIE, path="/")
    return response


def onward() -> str:
    """Where to go after signing in: an address of this site, `/` for anything else."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    here = wanted.startswith("/") and not wanted.startswith("//") and "\\" not in wanted
    return wanted if here and not parts.netloc and not parts.scheme else "/"


def _form(*, username: str = "", sentence: str = "", problem: Problem | None = None) -> ResponseReturnValue:
    """The form, with what was wrong in words."""
    if problem is not None:
        sentence = problem.sentence_en if language.chosen() == "en" else problem.sentence_zh
    body = render_template(
        "sign-in.html",
        username=username,
        sentence=sentence,
        onward=onward(),
        other_language=language.other_address(),
    )
    response = make_response(body, problem.status if problem is not None else 200)
    if problem is not None and problem.retry_after_s is not None:
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


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
