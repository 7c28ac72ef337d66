"""A browser that reads its stream at a byte a second: it is let go of, hears the rest later, and slows nobody down."""

import socket
import time
from dataclasses import dataclass
from functools import partial

from tests.bend.conftest import HEARTBEAT_S, Standing
from tests.live.test_many_streams import ANSWERED_WITHIN_S, check_in, door
from tests.people import Headers
from tests.support.streams import Parser, Stream, Told, listen

CHECKINS = 60
NOTE = "山高路远，村道塌方，绕行" * 150


@dataclass
class SlowLine:
    """A stream whose reader takes a byte a second, over a line that holds little."""

    port: int
    headers: Headers

    def __post_init__(self) -> None:
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect(("127.0.0.1", self.port))
        lines = [f"{name}: {value}" for name, value in self.headers.items()]
        self.socket.sendall("\r\n".join(["GET /api/v1/stream HTTP/1.0", *lines, "", ""]).encode())
        self.bytes = self.socket.recv(1)

    def take(self, *, seconds: float) -> None:
        """Read a byte each second."""
        give_up_at = time.monotonic() + seconds
        while time.monotonic() < give_up_at:
            self.bytes += self.socket.recv(1)
            time.sleep(1)

    def rest(self) -> list[Told]:
        """What lay on the line when the server let go of it, and before; fails where it has not."""
        self.socket.settimeout(HEARTBEAT_S * 1.5)
        try:
            while some := self.socket.recv(1 << 16):
                self.bytes += some
        except ConnectionResetError:
            pass
        finally:
            self.socket.close()
        return Parser().feed(self.bytes.partition(b"\r\n\r\n")[2])


def _has_heard(stream: Stream, count: int) -> bool:
    """Whether it was told of so many check-ins."""
    return stream.counts["checkin"] >= count


def test_the_slow_reader_is_let_go_and_hears_the_rest_later_and_nobody_waits(standing: Standing) -> None:
    port, slowly, cadre = standing.served.port, standing.headers("supervisor_a"), standing.headers("cadre")
    with Stream(port, standing.headers("leader")) as another, door(port) as connection:
        assert listen([another], until=lambda: another.status == 200, within_s=10)
        slow = SlowLine(port, slowly)
        told = []
        for heard in range(CHECKINS):
            told.append(check_in(connection, cadre, standing.trip, note=NOTE))
            assert listen([another], until=partial(_has_heard, another, heard + 1), within_s=10)
        assert max(took_s for _, took_s in told) < ANSWERED_WITHIN_S
        slow.take(seconds=3 * HEARTBEAT_S + 1)
    ids, left = [checkin_id for checkin_id, _ in told], slow.rest()
    early = [each.data["checkin"]["id"] for each in left if each.event == "checkin"]
    assert early == ids[: len(early)]
    assert len(early) < CHECKINS
    last = str(next(each.id for each in reversed(left) if each.id is not None))
    with Stream(port, slowly | {"Last-Event-ID": last}) as again:
        assert listen([again], until=lambda: again.counts["checkin"] >= CHECKINS - len(early), within_s=10)
        assert early + [data["checkin"]["id"] for data in again.of("checkin")] == ids
