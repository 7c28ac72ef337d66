"""The language of a page: Chinese first, English by a switch that a cookie keeps."""

from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, request
from flask_babel import Babel

from server.gate import SECURE_PREFIX

COOKIE = "guatu_lang"
LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
YEAR_S = 365 * 86_400
FOLDER = Path(__file__).with_name("translations")


def join(app: Flask) -> None:
    """Give the templates their translations, and let `?lang=` switch on any page."""
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(FOLDER)
    Babel(app, locale_selector=lambda: LOCALES[chosen()], default_timezone="Asia/Shanghai")
    app.before_request(_switch)


def chosen() -> str:
    """`zh` or `en`, as this reader switched; Chinese unless they did."""
    if "lang" not in g:
        kept = request.cookies.get(_cookie(), "")
        g.lang = kept if kept in LANGUAGES else "zh"
    lang: str = g.lang
    return lang


def other_address() -> str:
    """This page's address in the other language; its filters stay."""
    query = request.args.to_dict() | {"lang": "en" if chosen() == "zh" else "zh"}
    return f"{request.path}?{urlencode(query)}"


def _switch() -> Response | None:
    """Keep the asked-for language in a cookie and go on to the same address without `lang`."""
    if request.method != "GET" or request.path.startswith("/api/"):
        return None
    asked = request.args.get("lang", "")
    if asked not in LANGUAGES:
        return None
    rest = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != "lang"])
    onward = redirect(f"{request.path}?{rest}" if rest else request.path)
    secure = request.is_secure
    onward.set_cookie(_cookie(), asked, max_age=YEAR_S, samesite="Lax", httponly=True, secure=secure)
    assert isinstance(onward, Response)
    return onward


def _cookie() -> str:
    """What the cookie is called here: over HTTPS no neighbour can set one of this name."""
    return SECURE_PREFIX + COOKIE if request.is_secure else COOKIE
