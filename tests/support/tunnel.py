"""A way to the server that can be cut, as a tunnel through a mountain cuts it.

A browser's own switch for being offline lies in each page's debugger and is lifted for a moment while pages open and
close; here the bytes themselves stop, for whatever asks.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

PIECE = 65_536


@dataclass
class Tunnel:
    """A loopback port whose connections go on to the port of a server while the tunnel is open."""

    listener: socket.socket
    to: int
    is_open: bool = True
    answers: bool = True
    ends: set[socket.socket] = field(default_factory=set)
    held: threading.Lock = field(default_factory=threading.Lock)

    @property
    def port(self) -> int:
        """Where one goes in."""
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        """Where the server is, seen through the tunnel."""
        return f"http://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Break every connection, and every one that is tried from now on."""
        with self.held:
            self.is_open = False
            ends, self.ends = self.ends, set()
        for end in ends:
            _shut(end)

    def swallow(self) -> None:
        """Let through what is sent, and nothing of what is answered."""
        with self.held:
            self.is_open, self.answers = True, False

    def restore(self) -> None:
        """Let everything through again; what was swallowed is gone."""
        with self.held:
            self.is_open = self.answers = True

    def accept(self) -> None:
        """Take connections until the listener is closed."""
        with suppress(OSError):  # the listener was closed: the end
            while True:
                near, _ = self.listener.accept()
                threading.Thread(target=self._carry, args=(near,), daemon=True).start()

    def _carry(self, near: socket.socket) -> None:
        with near:
            if not self.is_open:
                return
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.to)) as far:
                self._join(near, far)

    def _join(self, near: socket.socket, far: socket.socket) -> None:
        """Carry both ways until one side ends, or the tunnel is cut."""
        with self.held:
            if not self.is_open:
                return
            self.ends |= {near, far}
        back = threading.Thread(target=self._pump, args=(far, near), daemon=True)
        back.start()
        self._pump(near, far)
        back.join()
        with self.held:
            self.ends -= {near, far}

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):  # one of the two is gone, which ends both
            while piece := source.recv(PIECE):
                if self.answers or target.getsockname()[1] != self.port:
                    target.sendall(piece)
        _shut(target)


def _shut(end: socket.socket) -> None:
    with suppress(OSError):  # it is shut already
        end.shutdown(socket.SHUT_RDWR)


@contextmanager
def dig(to: int) -> Iterator[Tunnel]:
    """Open a tunnel to a loopback port; it falls in when the block is left."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        tunnel = Tunnel(listener, to)
        threading.Thread(target=tunnel.accept, daemon=True).start()
        try:
            yield tunnel
        finally:
            tunnel.cut()
            with suppress(OSError):  # nobody may be waiting in accept
                listener.shutdown(socket.SHUT_RDWR)
