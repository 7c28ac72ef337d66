"""What is sent with every answer: the policy of pages and of programs' doors, HTTPS kept, cookies locked up."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server.config import Settings
from server.gate import COOKIE
from server.held import held, hold
from server.web import headers
from tests.people import County
from tests.web.test_signin import enter

PAGES = ("/sign-in", "/m/", "/no-such-page", "/static/art/seal.svg")
DOORS = ("/api/v1/me", "/api/openapi.json", "/health/live", "/ingest/traccar", "/api/v1/none")


def test_without_a_base_map_no_other_host_is_named() -> None:
    assert "http" not in headers.policy("")


@pytest.mark.parametrize(
    ("template", "hosts"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png", ["https://tiles.example"]),
        ("https://t{0-2}.example/{z}", ["https://t0.example", "https://t1.example", "https://t2.example"]),
        ("https://a.example/1 https://b.example:8443/2", ["https://a.example", "https://b.example:8443"]),
        ("/tiles/{z}/{x}/{y}.png", []),
        ("javascript:alert(1)", []),
    ],
)
def test_the_base_maps_hosts_are_read_from_its_addresses(template: str, hosts: list[str]) -> None:
    assert headers.tile_hosts(template) == hosts


def test_images_alone_may_come_from_the_base_maps_host() -> None:
    parts = headers.policy("https://tiles.example/{z}/{x}/{y}").split("; ")
    assert [part for part in parts if "tiles.example" in part] == [
        "img-src 'self' data: blob: https://tiles.example"
    ]


@pytest.mark.parametrize("address", [*PAGES, *DOORS])
def test_every_answer_says_what_a_browser_must_not_do_with_it(client: FlaskClient, address: str) -> None:
    sent = client.get(address, buffered=True).headers
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert "frame-ancestors 'none'" in sent["Content-Security-Policy"]
    assert "unsafe" not in sent["Content-Security-Policy"]
    assert ("default-src 'none'" in sent["Content-Security-Policy"]) == (address in DOORS)
    assert "Access-Control-Allow-Origin" not in sent


@pytest.mark.parametrize("address", ["/sign-in", "/api/v1/me", "/no-such-page"])
def test_over_https_browsers_are_told_to_stay_there_and_over_http_nothing(
    client: FlaskClient, address: str
) -> None:
    assert (
        client.get(address, base_url="https://guatu.example").headers["Strict-Transport-Security"]
        == "max-age=31536000; includeSubDomains"
    )
    assert "Strict-Transport-Security" not in client.get(address).headers


def test_over_https_the_language_is_in_a_cookie_for_this_host_alone(client: FlaskClient) -> None:
    at_home = {"base_url": "https://localhost"}
    cookie = client.get("/sign-in?lang=en", **at_home).headers["Set-Cookie"]
    assert cookie.startswith("__Host-guatu_lang=en;")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Sign in" in client.get("/sign-in", **at_home).text


def test_in_earnest_the_session_is_in_a_cookie_for_this_host_over_https_alone(
    app: Flask, people: County
) -> None:
    kept = held(Settings)
    hold(app, replace(kept, secure_cookies=True))
    try:
        client = app.test_client()
        cookie = enter(client, people.supervisor).headers["Set-Cookie"]
        name, _, rest = cookie.partition("=")
        assert name == f"__Host-{COOKIE}"
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(rest.split("; "))
        assert "Domain" not in rest
        at_home = {"base_url": "https://localhost"}
        assert client.get("/trips", **at_home).status_code == 200
        plain = app.test_client()
        plain.set_cookie(COOKIE, rest.partition(";")[0])
        assert plain.get("/trips", **at_home).status_code == 302, (
            "one set by a neighbour or over HTTP is none"
        )
    finally:
        hold(app, kept)
