"""A robot of a group, as the product meets it: takes messages over HTTP on loopback and answers as it is told to."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class Robot:
    """What came (`queries`, `texts`), and what is answered next: an errcode, or None for hanging up without a word."""

    origin: str
    answers: list[int | None] = field(default_factory=list)
    queries: list[dict[str, str]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where it listens, with a key, as a group's settings show it."""
        return f"{self.origin}/robot/send?access_token=k-1"

    def heard(self, path: str, told: dict[str, Any]) -> int | None:
        """Keep a message; what to answer."""
        self.queries.append({name: values[0] for name, values in parse_qs(urlsplit(path).query).items()})
        assert told["msgtype"] == "text"
        self.texts.append(told["text"]["content"])
        return self.answers.pop(0) if self.answers else 0


@contextmanager
def robot() -> Iterator[Robot]:
    """One that listens until the block is left."""

    class Door(BaseHTTPRequestHandler):
        """Its one address."""

        def do_POST(self) -> None:
            """A message came."""
            body = self.rfile.read(int(self.headers["Content-Length"]))
            code = listening.heard(self.path, json.loads(body))
            if code is None:
                self.close_connection = True
                return
            answer = json.dumps({"errcode": code, "errmsg": "ok" if code == 0 else "no"}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            """Nothing on the screen."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    listening = Robot(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield listening
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
