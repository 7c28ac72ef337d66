"""The load: a process of its own that keeps so many connections busy for so long, and says what it met.

`python -m bench.load` reads a plan as JSON from its standard input and writes what it found to its standard output.
One thread, one `epoll`, requests made of bytes: as little of the machine as it can, for it shares it with the server.
"""

import json
import random
import select
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import count

MOST_CONNECTIONS = 256
LONGEST_S = 120.0
NEAR = 0.004
"""How far from its place a phone is at each check-in, in degrees."""

PLACES = 101
"""How many such places it has: more than the server looks back at."""


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone that checks in: its token, its trip and stop, and around where it is."""

    token: str
    trip_id: int
    stop_id: int
    lng: float
    lat: float


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to, how many connections, for how long (after a warm-up that does not count), and by whom.

    Without phones the request is a plain GET.
    """

    port: int
    path: str
    connections: int
    seconds: float
    phones: tuple[Phone, ...] = ()
    warm_up_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Met:
    """What the load met: answers by status, requests a second, milliseconds to an answer, its own CPU seconds."""

    statuses: dict[str, int]
    rate: float
    p50_ms: float
    p99_ms: float
    most_ms: float
    cpu_s: float


def run(plan: Plan) -> Met:
    """Let a process of its own carry out the plan."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.load"],
        input=json.dumps(asdict(plan)),
        capture_output=True,
        text=True,
        check=True,
        timeout=plan.seconds + plan.warm_up_s + 60,
    )
    return Met(**json.loads(done.stdout))


# ── in that process ─────────────────────────────────────────────────────────────────────────────────────


class Line:
    """One connection: a request out, its answer in, the next request."""

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._answer = b""
        self.asked_at = 0.0

    def ask(self) -> None:
        """Send the next request."""
        self.asked_at = time.perf_counter()
        self.socket.sendall(next(self._requests))

    def hear(self) -> int | None:
        """Read what has come: the answer's status once it is whole, otherwise None. A closed line is status 0."""
        came = self.socket.recv(65536)
        if not came:
            return 0
        self._answer += came
        head, found, body = self._answer.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return None
        self._answer = b""
        return int(head[9:12])


def _length(head: bytes) -> int:
    """How long the body is that these headers announce."""
    _, _, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r")[0])


def _gets(path: str) -> Iterator[bytes]:
    """The same GET again and again."""
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    while True:
        yield request


def checkins(path: str, phones: Sequence[Phone]) -> Iterator[bytes]:
    """Check-ins of these phones in turn, each with an id of its own and not quite where the one before was."""
    templates = [_template(path, phone) for phone in phones]
    places = [[_near(phone) for _ in range(PLACES)] for phone in phones]
    for turn in count():
        for template, near in zip(templates, places, strict=True):
            number = b"%032x" % random.getrandbits(128)
            now = _now(int(time.monotonic() * 100))
            yield template % (number, near[turn % PLACES], now, now, now)


def _near(phone: Phone) -> bytes:
    """A place near a phone's, as it stands in the body."""
    lng, lat = (each + random.uniform(-NEAR, NEAR) for each in (phone.lng, phone.lat))
    return b'"lng":%.7f,"lat":%.7f' % (lng, lat)


@lru_cache(maxsize=1)
def _now(_hundredths: int) -> bytes:
    """The present instant, written anew each hundredth of a second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").encode()


def _template(path: str, phone: Phone) -> bytes:
    """A phone's check-in with holes for what changes, which is always equally long."""
    body = (
        f'{{"trip_id":{phone.trip_id},"stop_id":{phone.stop_id},"kind":"arrive","accuracy_m":12,'
        '"accuracy_source":"browser","note":"到厂门口了","id":"%s",%s,"fixed_at":"%s","made_at":"%s","sent_at":"%s"}'
    ).encode()
    filled = body % (b"0" * 32, _near(phone), *[_now(0)] * 3)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {phone.token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(filled)}\r\n\r\n"
    )
    return head.encode() + body


def carry_out(plan: Plan) -> Met:
    """Keep the connections busy; what comes during the warm-up is forgotten."""
    lines = {line.socket.fileno(): line for line in _lines(plan)}
    poll = select.epoll()
    for number, line in lines.items():
        poll.register(number, select.EPOLLIN)
        line.ask()
    counted_from = time.perf_counter() + plan.warm_up_s
    until, cpu_s = counted_from + plan.seconds, 0.0
    statuses: Counter[str] = Counter()
    waits_s: list[float] = []
    while (now := time.perf_counter()) < until:
        cpu_s = cpu_s or (time.process_time() if now >= counted_from else 0.0)
        for number, _ in poll.poll(0.1):
            line = lines[number]
            status = line.hear()
            if status is None:
                continue
            answered_at = time.perf_counter()
            if line.asked_at >= counted_from and answered_at <= until:
                statuses[str(status)] += 1
                waits_s.append(answered_at - line.asked_at)
            if status == 0:
                poll.unregister(number)
            else:
                line.ask()
    return _met(statuses, sorted(waits_s), plan.seconds, time.process_time() - cpu_s)


def _lines(plan: Plan) -> Iterator[Line]:
    """The connections, each with its share of the phones."""
    if plan.connections > MOST_CONNECTIONS or plan.seconds > LONGEST_S:
        raise ValueError("more than this load is allowed")
    for number in range(plan.connections):
        mine = plan.phones[number :: plan.connections]
        requests = checkins(plan.path, mine) if mine else _gets(plan.path)
        yield Line(plan.port, requests)


def _met(statuses: Counter[str], waits_s: list[float], seconds: float, cpu_s: float) -> Met:
    """What was met, in figures."""
    p50_s, p99_s, most_s = (waits_s[int(len(waits_s) * share)] for share in (0.5, 0.99, 0.999999))
    return Met(
        dict(statuses), len(waits_s) / seconds, p50_s * 1000, p99_s * 1000, most_s * 1000, round(cpu_s, 2)
    )


if __name__ == "__main__":
    told = json.load(sys.stdin)
    phones = tuple(Phone(**each) for each in told.pop("phones"))
    json.dump(asdict(carry_out(Plan(**told, phones=phones))), sys.stdout)
