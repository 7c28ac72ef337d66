"""Private unless marked public: every route says who may come in, and every word of the tables is used."""

import ast
import re
from collections.abc import Iterator

import pytest
from flask import Flask

from server.cli import docs
from server.rules.access import PERMISSIONS
from server.rules.events import KINDS
from tests.house.source import SERVER, calls, modules, name_of, texts

PUBLIC = {
    "GET /api/openapi.json",
    "POST /api/v1/invitations/accept",
    "POST /api/v1/invitations/read",
    "POST /api/v1/sessions",
    "POST /api/v1/sessions/refresh",
    "POST /api/v1/sessions/second",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /ingest/traccar",
    "GET /invited",
    "GET /m/",
    "GET /m/<path:name>",
    "GET /sign-in",
    "GET /sign-in/provider",
    "GET /sign-in/provider/back",
    "POST /ingest/owntracks",
    "POST /ingest/traccar",
    "POST /sign-in",
    "POST /sign-in/second",
    "GET /static/<path:name>",
}
"""Everything that is open to everybody. A new one is added here on purpose, or not at all."""

WORD = re.compile(r"[a-z]+\.[a-z_]+")
LOGGER = "guatu."
SAMPLES = {"int": "1", "uuid": "00000000-0000-4000-8000-000000000000", "path": "x", "default": "x"}


def routes(app: Flask) -> Iterator[tuple[str, str, str | None]]:
    """Every method and route with the permission it names; `MISSING` where it says nothing."""
    for rule in app.url_map.iter_rules():
        permission = getattr(app.view_functions[rule.endpoint], "permission", "MISSING")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, str(rule), permission


def test_every_route_says_who_may_come_in(spatialite_app: Flask) -> None:
    silent = [f"{method} {rule}" for method, rule, named in routes(spatialite_app) if named == "MISSING"]
    assert not silent, "say @guard(permission) or @public"


def test_every_route_names_a_permission_that_exists(spatialite_app: Flask) -> None:
    named = {permission for _, _, permission in routes(spatialite_app) if permission is not None}
    assert named <= set(PERMISSIONS)


def test_only_what_is_listed_here_is_public(spatialite_app: Flask) -> None:
    opened = {f"{method} {rule}" for method, rule, permission in routes(spatialite_app) if permission is None}
    assert opened == PUBLIC


def test_a_stranger_is_let_in_nowhere_else(spatialite_app: Flask) -> None:
    client = spatialite_app.test_client()
    for method, rule, permission in routes(spatialite_app):
        if permission is None:
            continue
        answer = client.open(sample(rule), method=method)
        to_sign_in = answer.status_code in {302, 303} and "/sign-in" in answer.headers["Location"]
        assert answer.status_code == 401 or to_sign_in, f"{method} {rule}: {answer.status}"


def sample(rule: str) -> str:
    """An address that this rule answers to."""
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "default"], rule)


def test_every_permission_is_asked_for_at_a_route(spatialite_app: Flask) -> None:
    asked = {permission for _, _, permission in routes(spatialite_app)}
    assert set(PERMISSIONS) - asked == set(), "permissions that open nothing"


def test_every_kind_of_event_is_recorded_somewhere() -> None:
    written = {text for _, _, text in texts(SERVER / "services")}
    assert set(KINDS) - written == set(), "events that never happen"


def test_every_word_that_a_service_writes_is_in_the_tables() -> None:
    known = KINDS.keys() | PERMISSIONS.keys()
    unknown = [
        f"{module.at(node)} {text}"
        for module, node, text in texts(SERVER / "services")
        if WORD.fullmatch(text) and not text.startswith(LOGGER) and text not in known
    ]
    assert not unknown


def test_every_event_is_named_after_the_noun_of_its_permission() -> None:
    nouns = {name.partition(".")[0] for name in PERMISSIONS}
    assert {kind.partition(".")[0] for kind in KINDS} <= nouns


@pytest.mark.parametrize("table", [PERMISSIONS, KINDS], ids=["permissions", "events"])
def test_a_word_is_a_noun_and_a_verb(table: dict[str, object]) -> None:
    assert not [name for name in table if not WORD.fullmatch(name)]


def test_every_problem_is_raised_somewhere() -> None:
    made = {name_of(call) for _, call in calls()} | set(raised_bare()) | set(looked_up())
    dead = [kind.__name__ for kind in docs.problems() if kind.__name__ not in made]
    assert not dead, "problems that nobody meets"


def raised_bare() -> Iterator[str]:
    """Names in `raise Name`."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Raise):
                yield name_of(node.exc)


def looked_up() -> Iterator[str]:
    """Names that stand in a table, to be made from there."""
    for module in modules():
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Dict):
                yield from (name_of(value) for value in node.values)
