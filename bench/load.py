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
    """A phone that checks in or is tracked: its token, its trip and stop, and around where it is.

    `secret` is its tracker's, `since_s` from when on its positions are kept (epoch seconds).
    """

    token: str
    trip_id: int
    stop_id: int
    lng: float
    lat: float
    secret: str = ""
    since_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to, how many connections, for how long (after a warm-up that does not count), by whom, and what: check-ins,
    a fix at a time as Traccar Client sends it (`traccar`), or batches of our own (`batches`).

    Without phones the request is a plain GET. `turn` says how often these phones have been used before.
    """

    port: int
    path: str
    connections: int
    seconds: float
    phones: tuple[Phone, ...] = ()
    warm_up_s: float = 1.0
    what: str = "checkins"
    turn: int = 0


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
        check=False,
        timeout=plan.seconds + plan.warm_up_s + 60,
    )
    if done.returncode:
        raise RuntimeError(f"the load failed:\n{done.stderr}")
    return Met(**json.loads(done.stdout))


# ── in that process ─────────────────────────────────────────────────────────────────────────────────────


class Line:
    """One connection: a request out, its answer in, the next request.

    Each asks as it connects, by what is ready: of the server's processes an idle one takes all connections there are.
    """

    def __init__(self, port: int, requests: Iterator[bytes]) -> None:
        self._next = next(requests)
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._requests = requests
        self._answer = b""
        self.asked_at = 0.0

    def ask(self) -> None:
        """Send the next request."""
        self.asked_at = time.perf_counter()
        self.socket.sendall(self._next)
        self._next = next(self._requests)

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


TURN_S = 30.0
"""So many seconds of a phone's time belong to each use of it, so that no fix is sent twice."""

FIXES = 100
STEP_S = 0.001


def traccar(path: str, phones: Sequence[Phone], turn: int) -> Iterator[bytes]:
    """A fix of each of these phones in turn, as Traccar Client 10 sends it."""
    for nth in count():
        for phone in phones:
            at_s = phone.since_s + turn * TURN_S + nth * STEP_S
            body = (
                f"id={phone.secret}&lat={phone.lat + nth % PLACES * 1e-5:.6f}&lon={phone.lng:.6f}"
                f"&timestamp={int(at_s * 1000)}&accuracy=9.5&altitude=36.0&speed=2.7&bearing=181.0&batt=76"
            ).encode()
            yield _post(path, "application/x-www-form-urlencoded", len(body)) + body


def batches(path: str, phones: Sequence[Phone], turn: int) -> Iterator[bytes]:
    """A hundred fixes of each of these phones in turn, in columns."""
    ways = [_way(phone) for phone in phones]
    for nth in count():
        for phone, way in zip(phones, ways, strict=True):
            since_ms = int((phone.since_s + turn * TURN_S) * 1000) + nth * FIXES
            times = b",".join(b"%d.%03d" % divmod(since_ms + each, 1000) for each in range(FIXES))
            body = b'{"columns":{"fixed_at":[%s],%s}}' % (times, way)
            yield _post(path, f"application/json\r\nAuthorization: Bearer {phone.token}", len(body)) + body


def _way(phone: Phone) -> bytes:
    """The columns of a walk of a hundred fixes, but for their times."""
    lng = ",".join(f"{phone.lng + each * 2e-6:.6f}" for each in range(FIXES))
    lat = ",".join(f"{phone.lat + each * 3e-6:.6f}" for each in range(FIXES))
    steady = {"accuracy_m": "8.5", "speed_mps": "1.2", "heading_deg": "45.0", "altitude_m": "36.0"}
    rest = ",".join(f'"{name}":[{",".join([value] * FIXES)}]' for name, value in steady.items())
    return f'"lng":[{lng}],"lat":[{lat}],{rest}'.encode()


def _post(path: str, kind: str, length: int) -> bytes:
    """The head of a POST."""
    told = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n"
    )
    return told.encode()


def _requests(plan: Plan, phones: Sequence[Phone]) -> Iterator[bytes]:
    """What one connection sends."""
    if not phones:
        return _gets(plan.path)
    if plan.what == "checkins":
        return checkins(plan.path, phones)
    return {"traccar": traccar, "batches": batches}[plan.what](plan.path, phones, plan.turn)


def carry_out(plan: Plan) -> Met:
    """Keep the connections busy; what comes during the warm-up is forgotten."""
    lines: dict[int, Line] = {}
    poll = select.epoll()
    for line in _lines(plan):
        lines[line.socket.fileno()] = line
        poll.register(line.socket, select.EPOLLIN)
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
        yield Line(plan.port, _requests(plan, mine))


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
