"""The phone's files, as they stand, always asked for again."""

from flask.testing import FlaskClient


def test_the_phone_app_opens_without_signing_in_to_the_pages(client: FlaskClient) -> None:
    with client.get("/m/") as answer:
        assert answer.status_code == 200
        assert answer.mimetype == "text/html"
        assert answer.headers["Cache-Control"] == "no-cache"


def test_nothing_outside_the_phones_folder_is_served(client: FlaskClient) -> None:
    assert client.get("/m/../pretend/__init__.py").status_code == 404
    assert client.get("/m/%2e%2e/pretend/__init__.py").status_code == 404
