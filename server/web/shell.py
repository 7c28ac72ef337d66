"""The shell of every page: who is signed in, what they may open, the data block its script reads."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, render_template
from flask_babel import lazy_gettext, lazy_pgettext
from flask_babel.speaklater import LazyString

from server import clock, gate
from server.config import Settings
from server.held import held
from server.queries import people
from server.rules import access
from server.rules.access import Actor
from server.web import assets, language, words


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation, for whoever holds one of the permissions; a new `group` stands a little apart."""

    group: str
    name: str
    address: str
    label: LazyString
    permissions: tuple[str, ...]


ON_THE_MAP = ("place.read", "person.create")
"""Who has something to see on the map: people, or (administering) areas."""

NAVIGATION = (
    Entry("field", "map", "/", lazy_gettext("实时地图"), ON_THE_MAP),
    Entry("field", "trips", "/trips", lazy_gettext("行程"), ("trip.read",)),
    Entry("field", "log", "/log", lazy_gettext("走访日志"), ("checkin.read",)),
    Entry("field", "patrols", "/patrols", lazy_pgettext("pages", "巡查"), ("patrol.read",)),
    Entry("field", "reviews", "/reviews", lazy_gettext("复核"), ("review.read",)),
    Entry("work", "projects", "/projects", lazy_gettext("项目"), ("project.read",)),
    Entry("work", "matters", "/matters", lazy_gettext("事项"), ("matter.read",)),
    Entry("work", "campaigns", "/campaigns", lazy_gettext("专项行动"), ("campaign.open",)),
    Entry("work", "bulletins", "/bulletins", lazy_gettext("通报"), ("bulletin.read",)),
    Entry("county", "areas", "/areas", lazy_gettext("区域"), ("area.read",)),
    Entry("county", "people", "/people", lazy_gettext("人员单位"), ("person.read",)),
    Entry("county", "record", "/record", lazy_gettext("查阅记录"), ("look.read", "event.read")),
    Entry("county", "status", "/status", lazy_gettext("运行状况"), ("status.read",)),
)


def join(app: Flask) -> None:
    """Give every template the address of an asset and the language."""
    app.context_processor(lambda: {"asset": assets.address, "lang": language.chosen()})


def page(template: str, *, name: str, **more: Any) -> str:
    """A signed-in page: its template, with navigation, token and data block; `more` goes into the block.

    The block says whether this sitting has told why it looks (`reasoned`), so that the page asks before it is refused.
    """
    actor = gate.actor()
    me = people.me(actor)
    shown = frame(me, name=name) | {"asleep": bool(actor.asleep)}
    desk = data(me) | {"reasoned": bool(actor.map_reason)}
    return render_template(template, desk=desk | more, **shown)


def frame(me: dict[str, Any], *, name: str = "") -> dict[str, Any]:
    """What the head of a page shows whoever is signed in: who they are, where they may go, the way out."""
    return {
        "page": name,
        "me": me,
        "navigation": [entry for entry in NAVIGATION if set(entry.permissions) & set(me["permissions"])],
        "csrf_token": gate.csrf_token(gate.cookie_secret()),
        "other_language": language.other_address(),
    }


def home(actor: Actor) -> str:
    """The page that is somebody's own: the map for who watches or administers, the record for who audits."""
    if any(access.holds(actor, permission) for permission in ON_THE_MAP):
        return "/"
    return "/record" if access.holds(actor, "look.read") else "/trips"


def data(me: dict[str, Any] | None) -> dict[str, Any]:
    """What the page's script reads from the page: language, reader, base map, the server's clock, words."""
    lang = language.chosen()
    return {
        "lang": lang,
        "me": me,
        "tiles": tiles(held(Settings)),
        "now": clock.now().isoformat(),
        "words": words.of_scripts(lang),
    }


def tiles(settings: Settings) -> dict[str, Any] | None:
    """The configured base map: its address templates (several are drawn over each other), kind, datum and credit."""
    if not settings.tiles_url.strip():
        return None
    return {
        "urls": settings.tiles_url.split(),
        "kind": settings.tiles_kind,
        "datum": settings.tiles_datum,
        "attribution": settings.tiles_attribution,
    }
