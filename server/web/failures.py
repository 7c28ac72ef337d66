"""A failure on a page: signed out goes to the door, everything else is a page that says it in words."""

from typing import Any
from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from server import gate
from server.errors import Problem
from server.queries import people
from server.web import language, shell


def page(problem: Problem) -> ResponseReturnValue:
    """The answer to a failure outside the doors of programs."""
    if problem.status == 401:
        return _to_the_door()
    if problem.code == "password_must_change":
        return redirect("/account?must_change=1")
    if problem.code == "factor_due" and request.method == "GET":
        return redirect("/account?factor=1")
    sentence = problem.sentence_en if language.chosen() == "en" else problem.sentence_zh
    told = {"problem": problem, "sentence": sentence, "other_language": language.other_address()}
    body = render_template("failure.html", **told | _navigation(problem))
    answer = make_response(body, problem.status)
    if problem.retry_after_s is not None:
        answer.headers["Retry-After"] = str(problem.retry_after_s)
    return answer


def _navigation(problem: Problem) -> dict[str, Any]:
    """The navigation of whoever is signed in; none where the server itself is in trouble."""
    if problem.status >= 500:
        return {}
    try:
        actor = gate.identify()
    except Problem:
        return {}
    return {} if actor is None else shell.frame(people.me(actor))


def _to_the_door() -> ResponseReturnValue:
    """Sign in first, then come back to what was asked for."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect("/sign-in" if wanted == "/" else f"/sign-in?{urlencode({'next': wanted})}")
