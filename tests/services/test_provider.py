"""The provider's answers read: one whose own address ends in a stroke, as many do."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from flask import Flask
from joserfc import jwk, jwt

from server import clock
from server.config import Settings
from server.held import held
from server.services.provider import Provider

KEY = jwk.RSAKey.generate_key(2048, {"kid": "one", "alg": "RS256", "use": "sig"})


@contextmanager
def listening(claims: dict[str, Any]) -> Iterator[str]:
    """A provider that calls itself by its address with a stroke at its end, and says `claims` of everybody."""

    class Door(BaseHTTPRequestHandler):
        """Its addresses."""

        def do_GET(self) -> None:
            """What it publishes."""
            if self.path.endswith("/keys"):
                self._say({"keys": [KEY.as_dict(private=False)]})
                return
            names = ("authorization_endpoint", "token_endpoint")
            self._say(
                {"issuer": f"{url}/", "jwks_uri": f"{url}/keys", **{name: f"{url}/{name}" for name in names}}
            )

        def do_POST(self) -> None:
            """Whom it means."""
            self.rfile.read(int(self.headers["Content-Length"]))
            said = jwt.encode({"alg": "RS256", "kid": "one"}, claims | {"iss": f"{url}/"}, KEY)
            self._say({"access_token": "a", "token_type": "Bearer", "id_token": said})

        def _say(self, told: dict[str, Any]) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_issuer_with_a_stroke_at_its_end_is_who_it_says_it_is(app: Flask) -> None:
    now = int(clock.now().timestamp())
    claims: dict[str, Any] = {"sub": "7f3c", "iat": now, "exp": now + 60}
    with listening(claims) as url:
        settings = replace(
            held(Settings), oidc_issuer=f"{url}/", oidc_client_id="guatu", oidc_client_secret="s" * 32
        )
        provider = Provider(settings)
        out = provider.depart("http://127.0.0.1/back")
        claims |= {"aud": "guatu", "nonce": out.nonce}
        told = provider.arrive("http://127.0.0.1/back", "code", nonce=out.nonce, verifier=out.verifier)
    assert (told.issuer, told.subject) == (url, "7f3c")
