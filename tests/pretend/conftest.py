"""A pretend server for pretend phones: a real socket that keeps what it was sent, and answers."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mobile_stub.pretend.client import Link

Json = dict[str, Any]
MEMBER_ID = 7


class PretendServer(ThreadingHTTPServer):
    """Holds one trip, the check-ins received, and the troubles to have before answering well."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.trip: Json = a_trip()
        self.area: Json = {}
        self.checkins: list[Json] = []
        self.positions: list[Json] = []
        self.told: list[tuple[str, dict[str, str], bytes]] = []
        self.trackers: list[Json] = []
        self.asked: list[str] = []
        self.connections: set[Any] = set()
        self.troubles: list[int | str] = []
        self.sessions = 0

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Answering(BaseHTTPRequestHandler):
    server: PretendServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *_: object) -> None:  # the base class's own signature
        """Say nothing on the console."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_POST(self) -> None:
        self._serve("POST")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def _serve(self, method: str) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        payload = self.rfile.read(length)
        if self.path.startswith("/ingest/"):
            self.server.told.append((self.path, dict(self.headers), payload))
            self._answer(200, {})
            return
        body = json.loads(payload) if length else {}
        door = f"{method} {self.path.removeprefix('/api/v1')}"
        self.server.asked.append(door)
        self.server.connections.add(self.client_address)
        trouble = (
            self.server.troubles.pop(0) if door.startswith("POST /checkins") and self.server.troubles else 200
        )
        if trouble == "cut before answering":
            self.server.checkins.append(body)
            self.close_connection = True
            return
        if isinstance(trouble, int) and trouble >= 400:
            self._answer(trouble, {"code": "no", "title": "不行", "title_en": "No."})
            return
        self._answer(200, answer(self.server, door, body))

    def _answer(self, status: int, body: Json) -> None:
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)


def answer(server: PretendServer, door: str, body: Json) -> Json:
    """What the server says at each door a phone knocks on."""
    if door.startswith("POST /sessions"):
        server.sessions += 1
        person = {"id": MEMBER_ID, "name": "张三"}
        return {"access_token": f"a{server.sessions}", "refresh_token": "r", "person": person}
    if door.startswith(("GET /trackers", "POST /trackers", "POST /positions")):
        return of_trackers(server, door, body)
    if door.endswith("/consent"):
        server.trip["members"][0]["consent"] = {"level": body["level"], "withdrawn_at": None}
    for verb, state in (("start", "under_way"), ("complete", "completed")):
        if door.endswith(f"/{verb}"):
            server.trip["state"] = state
    if door == "POST /checkins":
        server.checkins.append(body)
        return kept(body)
    if door == "POST /checkins/batch":
        server.checkins += body["items"]
        return {"items": [{"id": item["id"], "status": 201, "checkin": kept(item)} for item in body["items"]]}
    return server.area if "/areas/" in door else server.trip


def of_trackers(server: PretendServer, door: str, body: Json) -> Json:
    """What it says of trackers: each new one has a secret, a revoked one is gone."""
    if door == "POST /positions":
        server.positions.append(body)
        return {"kept": 1, "set_aside": {}}
    if door == "GET /trackers":
        return {"items": server.trackers}
    if door.endswith("/revoke"):
        [gone] = [each for each in server.trackers if door == f"POST /trackers/{each['id']}/revoke"]
        gone["revoked_at"] = "2026-09-01T08:00:00Z"
        return gone
    made = body | {"id": len(server.trackers) + 1, "revoked_at": None}
    server.trackers.append(made)
    return {"tracker": made, "secret": f"geheim-{made['id']}"}


def kept(made: Json) -> Json:
    """A check-in as the server gives it back."""
    verdict = {"outcome": "inside", "zh": "在内", "en": "Inside."}
    return {"id": made["id"], "kind": made["kind"], "stop": None, "verdict": verdict, "signals": []}


def a_trip(**changes: Any) -> Json:
    """An approved trip with one round stop at 118.5, 29.6."""
    stop = {"id": 3, "name": "星野园", "area_id": None, "lng": 118.5, "lat": 29.6, "radius_m": 100.0}
    trip: Json = {
        "id": 11,
        "title": "招商",
        "state": "approved",
        "tracking": "checkins",
        "members": [{"id": MEMBER_ID, "consent": None}],
        "stops": [stop],
    }
    return trip | changes


@pytest.fixture
def server() -> Iterator[PretendServer]:
    """A pretend server, listening."""
    listening = PretendServer()
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    yield listening
    listening.shutdown()
    listening.server_close()
    thread.join()


@pytest.fixture
def said() -> list[str]:
    """What the phone said, line by line."""
    return []


@pytest.fixture
def link(server: PretendServer, said: list[str]) -> Link:
    """How to reach the pretend server."""
    return Link(server.address, threading.Event(), say=said.append, patience_s=5)
