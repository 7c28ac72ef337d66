"""The phone's end of the wire: JSON over one kept-alive connection, signing in, and patience."""

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
TIMEOUT_S = 20.0
COME_BACK = (429, 500, 502, 503, 504)


class RefusedError(Exception):
    """The server understood and said no: its HTTP status and its sentences."""

    def __init__(self, status: int, problem: Json) -> None:
        self.status = status
        sentences = [str(problem[key]) for key in ("title", "title_en") if problem.get(key)]
        super().__init__(" / ".join(sentences) or f"HTTP {status}")


class UnreachableError(Exception):
    """The server did not answer for as long as the phone was willing to try."""


class SwitchedOffError(Exception):
    """The phone was switched off while it waited."""


@dataclass(frozen=True)
class Link:
    """How to reach the server: base address, off switch, whom to tell, patience, own certificate."""

    server: str
    off: threading.Event
    say: Callable[[str], None] = print
    patience_s: float = 300.0
    cafile: Path | None = None


class Client:
    """One signed-in device. Not for sharing between threads: it holds one connection and its tokens."""

    def __init__(self, link: Link, *, username: str, password: str, device: str) -> None:
        self._link = link
        self._credentials: Json = {"username": username, "password": password, "device_name": device}
        self._connection = _connection(link)
        self._access: str | None = None
        self._refresh: str | None = None
        self.me: Json = {}

    def sign_in(self) -> Json:
        """Open a session for this device and return the person; RefusedError when the server will not."""
        self._keep(self._patiently(lambda: self._attempt("POST", "/sessions", lambda: self._credentials)))
        return self.me

    def get(self, path: str) -> Any:
        """What is at a path below /api/v1; RefusedError or UnreachableError when it cannot be had."""
        return self._signed("GET", path, None)

    def send(self, method: str, path: str, body: Callable[[], Json]) -> Any:
        """Send JSON made afresh for every attempt, so that sent-at is true each time."""
        return self._signed(method, path, body)

    def deliver(self, path: str, payload: bytes, headers: dict[str, str]) -> None:
        """What another app on this phone sends to a path at the server, with credentials of its own."""
        self._patiently(lambda: self._exchange("POST", path, payload, headers))

    def close(self) -> None:
        """Let go of the connection; the session stays for the next time."""
        self._connection.close()

    def _signed(self, method: str, path: str, body: Callable[[], Json] | None) -> Any:
        """As the signed-in person; a token that ran out is renewed once on the way."""
        try:
            return self._patiently(lambda: self._attempt(method, path, body))
        except RefusedError as refusal:
            if refusal.status != 401:
                raise
        self._renew()
        return self._patiently(lambda: self._attempt(method, path, body))

    def _renew(self) -> None:
        """Refresh the session; when it has ended, open a new one."""
        refresh, self._access = self._refresh, None
        try:
            told = {"refresh_token": refresh}
            self._keep(self._patiently(lambda: self._attempt("POST", "/sessions/refresh", lambda: told)))
        except RefusedError:
            self.sign_in()

    def _keep(self, session: Json) -> None:
        self._access, self._refresh = session["access_token"], session["refresh_token"]
        self.me = session.get("person") or self.me

    def _patiently(self, attempt: Callable[[], Any]) -> Any:
        """Try, and try again with growing pauses while the network or the server is in trouble."""
        pause_s, waited_s = FIRST_PAUSE_S, 0.0
        while True:
            kept_alive = self._connection.sock is not None
            try:
                return attempt()
            except (OSError, HTTPException, _ComeBackError) as trouble:
                self._connection.close()
                if kept_alive and isinstance(trouble, ConnectionError | ssl.SSLEOFError):
                    continue  # the server had let go of an idle connection: no trouble at all
                pause_s = max(pause_s, getattr(trouble, "after_s", 0.0))
                if waited_s + pause_s > self._link.patience_s:
                    raise UnreachableError(f"{self._link.server}: {trouble}") from trouble
                self._link.say(f"{pause_s:g} 秒后再试 / trying again in {pause_s:g} s: {trouble}")
            if self._link.off.wait(pause_s):
                raise SwitchedOffError
            waited_s, pause_s = waited_s + pause_s, min(LONGEST_PAUSE_S, pause_s * 2)

    def _attempt(self, method: str, path: str, body: Callable[[], Json] | None) -> Any:
        """One exchange of JSON as the signed-in person, its body made now."""
        payload = None if body is None else json.dumps(body()).encode()
        return self._exchange(method, f"/api/v1{path}", payload, self._headers())

    def _exchange(self, method: str, path: str, payload: bytes | None, headers: dict[str, str]) -> Any:
        """One exchange; RefusedError on a 4xx, _ComeBackError when the server asks for another try."""
        prefix = urlsplit(self._link.server).path.rstrip("/")
        self._connection.request(method, f"{prefix}{path}", payload, headers)
        response = self._connection.getresponse()
        answer = _decoded(response.read())
        if response.status in COME_BACK:
            raise _ComeBackError(response)
        if response.status >= 400:
            raise RefusedError(response.status, answer if isinstance(answer, dict) else {})
        return answer

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        return headers | ({"Authorization": f"Bearer {self._access}"} if self._access else {})


class _ComeBackError(Exception):
    """The server is there but cannot serve now; after_s is how long it asks us to stay away."""

    def __init__(self, response: HTTPResponse) -> None:
        super().__init__(f"HTTP {response.status} {response.reason}")
        after = response.headers.get("Retry-After", "")
        self.after_s = min(float(after), LONGEST_PAUSE_S) if after.isdigit() else 0.0


def _connection(link: Link) -> HTTPConnection:
    """An unopened connection for http:// or https://; ValueError for any other address."""
    address = urlsplit(link.server)
    if not address.hostname or address.scheme not in ("http", "https"):
        raise ValueError(f"{link.server!r} is not an address like http://127.0.0.1:8000")
    if address.scheme == "http":
        return HTTPConnection(address.hostname, address.port, timeout=TIMEOUT_S)
    trust = ssl.create_default_context(cafile=link.cafile)
    return HTTPSConnection(address.hostname, address.port, timeout=TIMEOUT_S, context=trust)


def _decoded(payload: bytes) -> Any:
    """JSON if it is JSON; a proxy's HTML page or an empty body is None."""
    try:
        return json.loads(payload)
    except ValueError:
        return None
