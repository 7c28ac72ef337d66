"""What `flask demo run` puts on the stage: the data, the server, the pretend phones and the sweep, as child processes.

The children have process groups of their own, so that one Ctrl+C reaches this process only, which ends them in order.
"""

import fcntl
import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click

from server.cli import certificate

PREPARE = [sys.executable, "-m", "flask", "--app", "wsgi", "demo", "prepare"]
TREE = Path(__file__).resolve().parent.parent.parent
ANSWERS_WITHIN_S = 30.0
ENDS_WITHIN_S = 6.0
GLANCE_S = 0.3
BACKLOG = 1024


@dataclass(frozen=True, slots=True)
class Stage:
    """Where the demo plays: its folder, its port, and who can reach it how."""

    folder: Path
    port: int
    tls: bool
    public: bool

    @property
    def address(self) -> str:
        """Where this machine's own browser finds it."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}"

    @property
    def database(self) -> Path:
        """The demo's own database."""
        return self.folder / "guatu.sqlite"

    @property
    def filled(self) -> Path:
        """A mark beside the database that the county in it is whole."""
        return self.folder / "filled"

    def environment(self) -> dict[str, str]:
        """The settings of the demo's server."""
        return os.environ | {
            "GUATU_DATABASE_URL": f"sqlite:///{self.database}",
            "GUATU_INSTANCE": str(self.folder),
            "GUATU_SECURE_COOKIES": "1" if self.tls else "0",
            "GUATU_SECOND_FACTOR": "",
        }


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Only one demo plays in a folder; `click.ClickException` for the second."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            raise click.ClickException(
                "演示已在另一个窗口运行，请先结束它 / the demo is already running elsewhere: end that one first"
            ) from taken
        yield


@contextmanager
def listening(stage: Stage) -> Iterator[socket.socket]:
    """The port, taken at once so that nobody else can; `click.ClickException` where it cannot be had."""
    host = "0.0.0.0" if stage.public else "127.0.0.1"  # noqa: S104  phones reach it only so, and only when asked for
    try:
        taken = socket.create_server((host, stage.port), backlog=BACKLOG)
    except PermissionError as refusal:
        raise click.ClickException(_elsewhere(stage, "无权使用", "may not be used", 8000)) from refusal
    except (OSError, OverflowError) as refusal:
        raise click.ClickException(_elsewhere(stage, "已被占用", "is taken", stage.port + 1)) from refusal
    with taken:
        taken.set_inheritable(True)
        yield taken


def _elsewhere(stage: Stage, zh: str, en: str, port: int) -> str:
    """The one sentence about a port: what to do instead."""
    instead = f"make demo PORT={port}{' TLS=1' if stage.tls else ''}"
    return f"端口 {stage.port} {zh}：请用 {instead} / Port {stage.port} {en}: run {instead}"


def prepare(stage: Stage, *, fresh: bool) -> dict[str, Any]:
    """Have the data made, or made ready again; tells the sign-ins and the plan for the pretend phones."""
    if fresh or not stage.filled.exists():
        _clear(stage)
    with subprocess.Popen(PREPARE, cwd=TREE, env=stage.environment(), stdout=subprocess.PIPE) as child:
        assert child.stdout is not None, "asked for as a pipe"
        told = child.stdout.read()
    if child.returncode:
        raise click.ClickException("演示数据没有准备好 / the demo's data could not be made ready")
    stage.filled.touch()
    prepared: dict[str, Any] = json.loads(told)
    return prepared


def _clear(stage: Stage) -> None:
    """Take away the county before, with what it kept beside its database: closings of another record never agree."""
    for kept in (stage.filled, *stage.folder.glob(f"{stage.database.name}*")):
        kept.unlink(missing_ok=True)
    for folder in ("closings", "photos"):
        shutil.rmtree(stage.folder / folder, ignore_errors=True)


@contextmanager
def server(stage: Stage, listener: socket.socket) -> Iterator[subprocess.Popen[bytes]]:
    """The server on that socket, answering, until the block is left."""
    command = [sys.executable, "-m", "gunicorn", "--bind", f"fd://{listener.fileno()}", "--workers", "1"]
    command += ["--worker-class", "gevent", "--worker-connections", "2000", "--graceful-timeout", "1"]
    command += ["--log-level", "warning", "--no-control-socket"]
    if stage.tls:
        pem, key = certificate.ensure(stage.folder, certificate.lan_addresses())
        command += ["--certfile", str(pem), "--keyfile", str(key)]
    with _child([*command, "wsgi:app"], stage, "server", pass_fds=[listener.fileno()]) as child:
        _wait_till_it_answers(stage, child)
        yield child


@contextmanager
def phones(stage: Stage, plan: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """The pretend phones, walking until the block is left, or until this process is gone."""
    command = [
        sys.executable,
        "-m",
        "mobile_stub.pretend",
        "county",
        "--plan",
        "-",
        "--server",
        stage.address,
    ]
    if stage.tls:
        command += ["--cafile", str(stage.folder / "certificate.pem")]
    with _child(command, stage, "phones", stdin=subprocess.PIPE) as child:
        assert child.stdin is not None, "asked for as a pipe"
        child.stdin.write(json.dumps(plan).encode() + b"\n")
        child.stdin.flush()
        yield child


@contextmanager
def sweep(stage: Stage) -> Iterator[subprocess.Popen[bytes]]:
    """What must be done as time passes, once a minute until the block is left."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "sweep", "run", "--every", "60"]
    with _child(command, stage, "sweep") as child:
        yield child


def watch(children: dict[str, subprocess.Popen[bytes]], folder: Path) -> NoReturn:
    """Wait until a child dies, and say so; a signal leaves by its exception."""
    while True:
        time.sleep(GLANCE_S)
        for name, child in children.items():
            if child.poll() is not None:
                raise click.ClickException(_died(name, child.returncode, folder))


def leave_on_signals() -> None:
    """Let SIGTERM and a closed terminal end this process as Ctrl+C does: by unwinding, which ends the children."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)


@contextmanager
def _child(
    command: list[str],
    stage: Stage,
    name: str,
    *,
    stdin: int | None = None,
    pass_fds: list[int] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child process in a group of its own that ends with the block; what it says goes to `<name>.log`."""
    with (stage.folder / f"{name}.log").open("wb") as log:
        child = subprocess.Popen(
            command,
            cwd=TREE,
            env=stage.environment() | {"PYTHONUNBUFFERED": "1"},
            stdin=stdin or subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            pass_fds=pass_fds or (),
            start_new_session=True,
        )
    try:
        yield child
    finally:
        _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ask the child's whole group to end, and after a while make it."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
        except ProcessLookupError:
            break
        try:
            child.wait(ENDS_WITHIN_S)
            break
        except subprocess.TimeoutExpired:
            continue
    if child.stdin is not None:
        child.stdin.close()


def _wait_till_it_answers(stage: Stage, child: subprocess.Popen[bytes]) -> None:
    """Ask the server whether it lives until it says so."""
    give_up_at = time.monotonic() + ANSWERS_WITHIN_S
    while child.poll() is None and time.monotonic() < give_up_at:
        if _answers(stage):
            return
        time.sleep(0.1)
    raise click.ClickException(_died("server", child.returncode, stage.folder))


def _answers(stage: Stage) -> bool:
    """Whether somebody answers at the door that says so."""
    if stage.tls:
        trust = ssl.create_default_context(cafile=stage.folder / "certificate.pem")
        door: http.client.HTTPConnection = http.client.HTTPSConnection(
            "localhost", stage.port, timeout=5, context=trust
        )
    else:
        door = http.client.HTTPConnection("localhost", stage.port, timeout=5)
    try:
        door.request("GET", "/health/live")
        return door.getresponse().status == http.client.OK
    except OSError:
        return False
    finally:
        door.close()


_CHILDREN = {
    "server": ("服务器", "the server"),
    "phones": ("模拟手机", "the pretend phones"),
    "sweep": ("定时清扫", "the sweep"),
}


def _died(name: str, code: int | None, folder: Path) -> str:
    """What to say of a child that is gone: its last words and where the others are."""
    zh, en = _CHILDREN[name]
    log = folder / f"{name}.log"
    last = "".join(log.read_text(errors="replace").splitlines(keepends=True)[-12:])
    return f"{zh}意外结束（{code}） / {en} ended unexpectedly ({code}): {log}\n{last}"
