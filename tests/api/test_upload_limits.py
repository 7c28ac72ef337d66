"""Every door that takes files or bulk says how much it takes, and reads no more than that."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.api.ingest import OWNTRACKS_BYTES
from server.config import Settings
from server.held import held, hold
from server.rules.photos import PART_BYTES
from tests.people import Headers, county

USUAL = 2 * 2**20
JSON = "application/json"

DOORS: tuple[tuple[str, str, str, int], ...] = (
    ("POST", "/api/v1/checkins", JSON, USUAL),
    ("POST", "/api/v1/positions", JSON, USUAL),
    ("POST", "/api/v1/matters", JSON, USUAL),
    ("POST", "/api/v1/sessions", JSON, USUAL),
    ("POST", "/api/v1/sessions/second", JSON, USUAL),
    (
        "PATCH",
        "/api/v1/photos/6f1d1f0e-1111-4222-8333-444455556666?offset=0",
        "application/octet-stream",
        PART_BYTES,
    ),
    ("POST", "/ingest/traccar", "application/x-www-form-urlencoded", USUAL),
    ("POST", "/ingest/owntracks", JSON, OWNTRACKS_BYTES),
)
FILES = ("/api/v1/areas/imports", "/api/v1/areas/previews")


@pytest.mark.parametrize("door", DOORS, ids=[path.partition("?")[0] for _, path, _, _ in DOORS])
def test_one_byte_more_than_a_door_takes_is_refused_unread(
    app: Flask, client: FlaskClient, door: tuple[str, str, str, int]
) -> None:
    method, path, kind, limit = door
    headers = county(app).cadre.sign_in(client)
    answer = client.open(path, method=method, data=b" " * (limit + 1), content_type=kind, headers=headers)
    assert (answer.status_code, (answer.json or {})["code"]) == (413, "too_large")
    said = f"{limit // 2**20} MB." if limit >= 2**20 else f"{limit // 2**10} KB."
    assert (answer.json or {})["title_en"].endswith(said)


@pytest.fixture
def one_mb(app: Flask) -> Iterator[None]:
    """Boundary files may have one megabyte."""
    kept = held(Settings)
    hold(app, replace(kept, upload_mb=1))
    yield
    hold(app, kept)


@pytest.mark.usefixtures("one_mb")
@pytest.mark.parametrize("path", FILES)
def test_a_boundary_file_larger_than_the_setting_is_refused(
    app: Flask, client: FlaskClient, path: str
) -> None:
    headers = county(app).administrator.sign_in(client)
    assert sent(client, path, 3 * 2**20, headers) == (413, "too_large")


@pytest.mark.usefixtures("one_mb")
def test_the_limit_is_said_as_it_was_set(app: Flask, client: FlaskClient) -> None:
    headers = county(app).administrator.sign_in(client)
    assert answered(client, FILES[0], 3 * 2**20, headers)["title"] == "内容太大：此处最多 1 MB。"


def test_a_roster_is_a_file_of_the_usual_size(app: Flask, client: FlaskClient) -> None:
    headers = county(app).administrator.sign_in(client)
    assert sent(client, "/api/v1/people/rosters", USUAL + 1, headers) == (413, "too_large")


def sent(client: FlaskClient, path: str, size: int, headers: Headers) -> tuple[int, str]:
    """The status and the code that come of a file of so many blanks in a form."""
    problem = answered(client, path, size, headers)
    return problem["status"], problem["code"]


def answered(client: FlaskClient, path: str, size: int, headers: Headers) -> dict[str, Any]:
    """The problem that is made of such a file."""
    head = b'--edge\r\nContent-Disposition: form-data; name="file"; filename="a.geojson"\r\n\r\n'
    body = head + b" " * size + b"\r\n--edge--\r\n"
    kind = "multipart/form-data; boundary=edge"
    answer = client.post(path, data=body, content_type=kind, headers=headers)
    problem: dict[str, Any] = answer.json or {}
    assert problem["status"] == answer.status_code
    return problem
