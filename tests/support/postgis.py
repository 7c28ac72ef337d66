"""A PostgreSQL cluster with PostGIS for one test run: made in a temporary folder, started, stopped, removed."""

import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

UNPRIVILEGED = "postgres"
CONFIGURATION = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
synchronous_commit = on
max_connections = 200
jit = off
log_min_messages = fatal
"""
DURABLE = """
fsync = on
full_page_writes = on
shared_buffers = 256MB
"""
FORGETFUL = """
fsync = off
full_page_writes = off
shared_buffers = 64MB
autovacuum_naptime = 5min
"""


PORTS = (20_000, 32_000)
"""Below those that connections are given."""


@dataclass
class Cluster:
    """A cluster that can be stopped, killed and started again."""

    folder: Path
    port: int

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://guatu@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Start and wait till it answers."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "start")

    def stop(self, mode: str = "fast") -> None:
        """Stop; `immediate` is what a crash is."""
        self.run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """Kill every process of it at once, as when the power goes, and start it again."""
        note = self.folder / "data" / "postmaster.pid"
        postmaster = note.read_text().split()[0]
        os.kill(
            int(postmaster), signal.SIGSTOP
        )  # a child it made meanwhile would live on and hold its memory
        while Path(f"/proc/{postmaster}/stat").read_text().rpartition(")")[2].split()[0] != "T":
            time.sleep(0.001)
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
        for process in (postmaster, *children):
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)
        while any(Path(f"/proc/{process}/exe").exists() for process in (postmaster, *children)):
            time.sleep(0.02)
        note.unlink()  # a dead process that nobody has waited for still counts as a running server
        self.start()

    @contextmanager
    def durable(self) -> Iterator[None]:
        """Write through to the disk, as on the server of a county, until the block is left."""
        for name in ("fsync", "full_page_writes"):
            self.sql(f"ALTER SYSTEM SET {name} = on")
        self.sql("SELECT pg_reload_conf()")
        yield
        self.sql("ALTER SYSTEM RESET ALL")
        self.sql("SELECT pg_reload_conf()")

    def owns(self, folder: Path) -> None:
        """Let it write into a folder."""
        folder.chmod(0o700)
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the cluster's owner, return its bare output."""
        psql = ["psql", "-qAt", "-h", "127.0.0.1", "-p", str(self.port), "-U", "guatu", "-d", database]
        return subprocess.run(
            [*psql, "-c", statement], check=True, capture_output=True, text=True
        ).stdout.strip()

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's own programs as a user it agrees to run as."""
        command = [str(programs() / program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", UNPRIVILEGED, "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")


def programs() -> Path:
    """Where the newest installed PostgreSQL keeps its programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed; `make test` installs it")
    return found[-1].parent


@contextmanager
def cluster(*, durable: bool = False) -> Iterator[Cluster]:
    """A running cluster, gone afterwards; a `durable` one outlives a crash of the machine, as a county's does."""
    folder = Path(tempfile.mkdtemp(prefix="guatu-postgis-"))
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
    made = Cluster(folder, _free_port())
    try:
        made.run(
            "initdb",
            "-D",
            str(folder / "data"),
            "-U",
            "guatu",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write(f"{CONFIGURATION}{DURABLE if durable else FORGETFUL}port = {made.port}\n")
        made.start()
        yield made
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            made.stop("immediate")
        shutil.rmtree(folder)


def _free_port() -> int:
    """A port nobody listens on, and nobody takes while its cluster is stopped."""
    while True:
        port = random.SystemRandom().randint(*PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
