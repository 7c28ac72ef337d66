"""What runs while it is measured: a database of our own, the server as it is really run, and the CPU each uses."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import sqlalchemy as sa
from flask import Flask

from server.config import Settings
from server.db import db
from server.held import held
from tests.support import databases, postgis, serving
from tests.support.serving import Served

SQLITE = ("journal_mode", "synchronous")
POSTGRESQL = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "shared_buffers")
TICKS_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Ground:
    """A migrated, empty database with the application on it; `postmaster` is PostgreSQL's process where it runs."""

    app: Flask
    postmaster: int | None

    @property
    def settings(self) -> Settings:
        """The application's settings."""
        with self.app.app_context():
            return held(Settings)

    def says(self) -> dict[str, str]:
        """The settings of the database that decide what a commit is worth."""
        with self.app.app_context(), db.engine.connect() as connection:
            if self.postmaster is None:
                found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in SQLITE}
                version = connection.exec_driver_sql("SELECT sqlite_version()").scalar_one()
                return {"SQLite": version} | {name: str(value) for name, value in found.items()}
            return {name: connection.execute(sa.text(f"SHOW {name}")).scalar_one() for name in POSTGRESQL}


@contextmanager
def ground(kind: str) -> Iterator[Ground]:
    """A database of `kind`, postgis or spatialite, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="guatu-bench-") as name:
        folder = Path(name)
        if kind == "spatialite":
            with _migrated(f"sqlite:///{folder / 'guatu.sqlite'}", folder) as app:
                yield Ground(app, None)
            return
        with postgis.cluster(durable=True) as cluster:
            cluster.sql("CREATE DATABASE guatu_bench")
            with _migrated(cluster.url("guatu_bench"), folder) as app:
                pid = int((cluster.folder / "data" / "postmaster.pid").read_text().split()[0])
                yield Ground(app, pid)


@contextmanager
def _migrated(url: str, folder: Path) -> Iterator[Flask]:
    """The application on a migrated database, with limits that a measurement needs."""
    app = databases.migrated(url, folder, access_token_s=3600, upload_mb=512, sender_per_s=100_000)
    try:
        yield app
    finally:
        databases.close(app)


def settle() -> None:
    """Let PostgreSQL look at its tables, as it does by itself within its first minute; a measurement begins after it.

    Until then it takes tables for as small as they were, and plans by that.
    """
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("ANALYZE")


@contextmanager
def served(ground: Ground, *, workers: int) -> Iterator[Served]:
    """The application with its limits beside it (`bench.limits`), served by gunicorn's gevent workers."""
    with serving.serve(ground.settings, workers=workers, application="bench.limits:application()") as running:
        yield running


def cpu_s(*pids: int | None) -> float:
    """The CPU seconds that these processes and all below them have used so far."""
    return sum(_own_s(each) for pid in pids if pid is not None for each in (pid, *below(pid)))


def below(pid: int) -> Iterator[int]:
    """The processes below one."""
    for child in _read(f"/proc/{pid}/task/{pid}/children").split():
        yield int(child)
        yield from below(int(child))


def _own_s(pid: int) -> float:
    """What one process has used, with its children that are over."""
    _, _, rest = _read(f"/proc/{pid}/stat").rpartition(")")
    fields = rest.split()
    return sum(map(int, fields[11:15])) / TICKS_S if fields else 0.0


def _read(path: str) -> str:
    """A file of /proc; empty when its process is over."""
    try:
        return Path(path).read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""


def sync_ms(folder: Path, tries: int = 200) -> float:
    """What it costs to have a page of 8 KB on the disk for good: the median, in milliseconds."""
    took = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(tries):
            file.write(bytes(8192))
            file.flush()
            begun = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - begun)
    return median(took) * 1000


def memory_mb(pid: int) -> dict[str, float]:
    """What a process holds in memory: resident, and its proportional share of what several hold, in MB."""
    rows = dict(line.split(":") for line in _read(f"/proc/{pid}/smaps_rollup").splitlines()[1:])
    return {name: int(rows[name].split()[0]) / 1024 for name in ("Rss", "Pss")}
