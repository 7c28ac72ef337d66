"""A failure on a page: signed out goes to the door, everything else is a page that says it in words."""

from urllib.parse import urlencode

from flask import make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from server.errors import Problem
from server.web import language


def page(problem: Problem) -> ResponseReturnValue:
    """The answer to a failure outside the doors of programs."""
    if problem.status == 401:
        return _to_the_door()
    if problem.code == "password_must_change":
        return redirect("/account?must_change=1")
    sentence = problem.sentence_en if language.chosen() == "en" else problem.sentence_zh
    body = render_template(
        "failure.html", problem=problem, sentence=sentence, other_language=language.other_address()
    )
    return make_response(body, problem.status)


def _to_the_door() -> ResponseReturnValue:
    """Sign in first, then come back to what was asked for."""
    wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
    return redirect("/sign-in" if wanted == "/" else f"/sign-in?{urlencode({'next': wanted})}")
