"""What phones say while something is wrong with the server, and how its answer tells them to come again."""

from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import clock
from server.db import db
from tests.people import Headers
from tests.positions import Phone

CHECKINS = "/api/v1/checkins"


def said(**changed: Any) -> dict[str, Any]:
    """A check-in off duty with its own consent, as our phone app sends it."""
    now = clock.iso(clock.now())
    place = {"lng": 118.502, "lat": 29.601, "accuracy_m": 12, "fixed_at": now, "consent": True}
    return {"id": str(uuid4()), "kind": "note", "made_at": now, "sent_at": now, **place} | changed


def check_in(client: FlaskClient, headers: Headers, told: dict[str, Any]) -> TestResponse:
    """Send it."""
    return client.post(CHECKINS, json=told, headers=headers)


def traccar(client: FlaskClient, phone: Phone, *, at_s: int | None = None) -> TestResponse:
    """A fix as Traccar Client 10 sends it."""
    at_s = int(clock.now().timestamp()) + 1 if at_s is None else at_s
    told = {"id": phone.secret, "timestamp": at_s, "lat": 29.601, "lon": 118.502, "accuracy": 8}
    return client.post("/ingest/traccar", data=told)


def owntracks(client: FlaskClient, phone: Phone) -> TestResponse:
    """A fix as OwnTracks sends it."""
    told = {
        "_type": "location",
        "tst": int(clock.now().timestamp()) + 1,
        "lat": 29.6,
        "lon": 118.5,
        "tid": "cx",
    }
    return client.post("/ingest/owntracks", data=orjson.dumps(told), auth=("cx", phone.secret))


def comes_again(answer: TestResponse, code: str) -> None:
    """The answer is a problem in both languages that says when to come again."""
    document = answer.get_json()
    assert (answer.status_code, document["code"]) == (503, code), document
    assert answer.content_type == "application/problem+json"
    assert int(answer.headers["Retry-After"]) == document["retry_after_s"] > 0
    assert document["title"].isascii() is False
    assert document["title_en"].isascii() is True


def kept(table: str) -> int:
    """How many rows a table holds."""
    db.session.rollback()
    count: int = db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
    return count
