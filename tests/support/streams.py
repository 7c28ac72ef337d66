"""Readers of Server-Sent Events for tests: many at once in one thread, each with all it was told."""

import json
import selectors
import socket
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass
class Told:
    """One message."""

    event: str
    data: Any
    id: int | None


@dataclass
class Parser:
    """Bytes in, messages out. Source: HTML Living Standard, 9.2.6."""

    last_id: int | None = None
    comments: int = 0
    _rest: bytes = b""
    _fields: dict[str, str] = field(default_factory=dict)

    def feed(self, some: bytes) -> list[Told]:
        """The messages that these bytes complete."""
        *lines, self._rest = (self._rest + some).split(b"\n")
        return [told for line in lines if (told := self._line(line.decode())) is not None]

    def _line(self, line: str) -> Told | None:
        if not line:
            return self._dispatch()
        if line.startswith(":"):
            self.comments += 1
            return None
        name, _, value = line.partition(":")
        self._fields[name] = value.removeprefix(" ")
        return None

    def _dispatch(self) -> Told | None:
        fields, self._fields = self._fields, {}
        if "id" in fields:
            self.last_id = int(fields["id"])
        if "data" not in fields:
            return None
        number = int(fields["id"]) if "id" in fields else None
        return Told(fields.get("event", "message"), json.loads(fields["data"]), number)


@dataclass
class Stream:
    """One open stream over a socket of its own."""

    port: int
    headers: Mapping[str, str]
    path: str = "/api/v1/stream"
    told: list[Told] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    parser: Parser = field(default_factory=Parser)
    status: int | None = None
    closed: bool = False
    head: bytes = b""

    def __post_init__(self) -> None:
        self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        lines = [f"GET {self.path} HTTP/1.0", *(f"{name}: {value}" for name, value in self.headers.items())]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())

    def receive(self) -> None:
        """Take what has come."""
        some = self.socket.recv(1 << 16)
        self.closed = not some
        if self.status is None:
            self.head += some
            if b"\r\n\r\n" not in self.head:
                return
            self.head, _, some = self.head.partition(b"\r\n\r\n")
            self.status = int(self.head.split()[1])
        new = self.parser.feed(some)
        self.told += new
        self.counts.update(message.event for message in new)

    def of(self, event: str) -> list[Any]:
        """The data of all messages of one kind so far."""
        return [told.data for told in self.told if told.event == event]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self.socket.close()
        self.closed = True


def listen(streams: Sequence[Stream], *, until: Callable[[], bool], within_s: float) -> bool:
    """Receive on all streams until a condition holds; False when it did not in time."""
    give_up_at = time.monotonic() + within_s
    with selectors.DefaultSelector() as ready:
        for stream in streams:
            if not stream.closed:
                ready.register(stream.socket, selectors.EVENT_READ, stream)
        while not until():
            if time.monotonic() > give_up_at:
                return False
            for key, _ in ready.select(timeout=0.05):
                key.data.receive()
                if key.data.closed:
                    ready.unregister(key.fileobj)
    return True
