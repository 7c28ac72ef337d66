"""What the OpenAPI document promises, asked at random (Schemathesis): nothing breaks, every refusal is a problem."""

import json
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.core import NOT_SET
from schemathesis.core.result import Ok

from tests import people
from tests.people import Headers, Someone
from tests.trips import under_way

STREAM = "/api/v1/stream"
EXAMPLES = 4


@pytest.fixture
def operations(client: FlaskClient) -> list[Any]:
    """Every operation of the document, the endless one apart."""
    schema = schemathesis.openapi.from_dict(client.get("/api/openapi.json").json or {})
    found = [operation.ok() for operation in schema.get_all_operations() if isinstance(operation, Ok)]
    return [operation for operation in found if operation.path != STREAM]


@pytest.fixture
def roles(app: Flask) -> list[Someone]:
    """A cadre under way, their supervisor, and the administrator."""
    folk = people.county(app)
    under_way(folk.cadre, folk.supervisor_a)
    return [folk.cadre, folk.supervisor_a, folk.administrator]


def test_the_document_names_every_door(app: Flask, operations: list[Any]) -> None:
    doors = {
        (method, rule.rule)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/v1/") and rule.rule != STREAM
    }
    assert len(operations) == len(doors)


@pytest.mark.parametrize(
    "mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as told", "otherwise"]
)
def test_nothing_anybody_sends_breaks_a_door(
    client: FlaskClient, operations: list[Any], roles: list[Someone], mode: GenerationMode
) -> None:
    for operation in operations:
        if mode is GenerationMode.POSITIVE or _takes_something(operation):
            _ask(client, operation, [role.sign_in(client) for role in roles], mode)


def _takes_something(operation: Any) -> bool:
    """Whether there is anything to get wrong."""
    return bool(operation.body or operation.query or operation.path_parameters)


def _ask(client: FlaskClient, operation: Any, roles: list[Headers], mode: GenerationMode) -> None:
    """Send an operation a few requests made from its own description, as each role."""

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def ask(case: Case[Any]) -> None:
        for headers in roles:
            _check(case, _send(client, case, headers))

    ask()


def _send(client: FlaskClient, case: Case[Any], headers: Headers) -> Any:
    """One request as the case says."""
    body: dict[str, Any] = {}
    if case.body is not NOT_SET and case.media_type == "application/json":
        body = {"data": json.dumps(case.body, default=repr), "content_type": case.media_type}
    elif case.body is not NOT_SET:
        fields = isinstance(case.body, dict | bytes | str)  # a form that is no form goes as its words
        body = {"data": case.body if fields else repr(case.body), "content_type": case.media_type}
    path = case.operation.path
    for name, value in (case.path_parameters or {}).items():
        path = path.replace("{" + name + "}", quote(str(value), safe=""))
    return client.open(
        path, method=case.method, query_string=case.query or {}, headers=headers, buffered=True, **body
    )


def _check(case: Case[Any], answer: Any) -> None:
    """Whether an answer is what we promise of every answer."""
    told = f"{case.method} {case.operation.path} {case.query} {case.body!r:.300} → {answer.status}"
    assert answer.status_code < 500, told
    if answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json", told
        assert {"type", "code", "status", "title", "title_en"} <= answer.json.keys(), told
        assert answer.json["status"] == answer.status_code, told
