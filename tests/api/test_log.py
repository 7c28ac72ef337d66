"""The visit log as it is taken home: a file with a name, a kind and its Chinese intact."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.services import checkins
from tests import people
from tests.trips import told, under_way


@pytest.mark.parametrize(
    ("ending", "kind"), [("csv", "text/csv; charset=utf-8"), ("geojson", "application/geo+json")]
)
def test_the_log_is_a_file_with_emoji_and_rare_han_and_no_formula(
    app: Flask, client: FlaskClient, ending: str, kind: str
) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    checkins.make(folk.cadre.actor, told(trip, note="=1+1 𠮷😀"))
    answer = client.get(f"/api/v1/log.{ending}", headers=folk.cadre.sign_in(client), buffered=True)
    assert answer.headers["Content-Type"] == kind
    assert answer.headers["Content-Disposition"].endswith(f'.{ending}"')
    assert "=1+1 𠮷😀" in answer.text
    assert ("'=1+1" in answer.text) is (ending == "csv")
