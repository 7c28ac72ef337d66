"""The server as it is really run: gunicorn with gevent workers, as a child process on a loopback port."""

import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path

from server import processes
from server.config import Settings

TREE = Path(__file__).resolve().parent.parent.parent
UP_WITHIN_S = 240.0


@dataclass
class Served:
    """A running server: where it is, its log, and its process, which a test may kill."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]
    ended: bool = False

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self.url.rpartition(":")[2])

    def said(self) -> str:
        """What it has logged so far."""
        return self.log.read_text()

    def end(self) -> None:
        """Ask it to end, as an operator does; it takes a moment."""
        self.ended = True
        self.process.terminate()

    def kill_workers(self) -> None:
        """Kill every process that answers, as a crash would; the parent starts new ones. Back when one answers."""
        pid = self.process.pid
        for worker in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            os.kill(int(worker), signal.SIGKILL)
        _wait(self)


@contextmanager
def serve(
    settings: Settings,
    *,
    workers: int = 1,
    listener: socket.socket | None = None,
    application: str = "wsgi:app",
    tree: Path = TREE,
) -> Iterator[Served]:
    """Run the server with these settings until the block is left.

    With `listener` (see `listening`) a server that was killed can be started again at the same address.
    `application` is what gunicorn is told to serve; `tree` is where the sources lie, for a test that changes a
    copy of them.
    """
    own = listener or listening()
    log = Path(settings.instance) / f"server-{time.monotonic_ns()}.log"
    try:
        served = _start(settings, workers, own, log, application=application, tree=tree)
        try:
            _wait(served)
            yield served
        finally:
            _end(served.process)
    finally:
        shutil.rmtree(processes.folder_of(Path(settings.instance)), ignore_errors=True)
        if listener is None:
            own.close()


def listening() -> socket.socket:
    """A socket that listens on a free loopback port."""
    made = socket.create_server(("127.0.0.1", 0), backlog=1024)
    made.set_inheritable(True)
    return made


def _start(
    settings: Settings, workers: int, listener: socket.socket, log: Path, *, application: str, tree: Path
) -> Served:
    """Start gunicorn on the socket, everything it says going to `log`."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--bind",
        f"fd://{listener.fileno()}",
        "--workers",
        str(workers),
    ]
    command += ["--worker-class", "gevent", "--worker-connections", "2000", "--graceful-timeout", "1"]
    command += ["--no-control-socket", application]
    with log.open("wb") as sink:
        process = subprocess.Popen(
            command,
            cwd=tree,
            env=os.environ | environment(settings),
            pass_fds=[listener.fileno()],
            stdout=sink,
            stderr=sink,
        )
    return Served(f"http://127.0.0.1:{listener.getsockname()[1]}", log, process)


def environment(settings: Settings) -> dict[str, str]:
    """Settings as the environment says them."""
    return {item.metadata["name"]: str(getattr(settings, item.name)) for item in fields(settings)}


def _wait(served: Served) -> None:
    """Wait until it says it lives; what it logged is the failure when it does not."""
    give_up_at = time.monotonic() + UP_WITHIN_S
    while time.monotonic() < give_up_at and served.process.poll() is None:
        if _lives(served.port):
            return
        time.sleep(0.1)
    raise RuntimeError(f"the server did not come up:\n{served.said()}")


def _lives(port: int) -> bool:
    """Whether somebody answers at the door that says so."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End this one process, and wait till it is gone."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
