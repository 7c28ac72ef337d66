"""A dump restored into a fresh cluster, whose transaction ids begin anew, streams on."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from server.app import create_app
from server.config import Settings
from server.db import db
from server.held import held
from server.queries import partitions as reads
from server.services import partitions, sweeps
from tests.live.happenings import committed, following, on_postgis, unfinished
from tests.support import databases, postgis
from tests.support.postgis import Cluster

BURNT = 3_000
"""So many transactions the old cluster is ahead of the fresh one."""


@pytest.fixture
def fresh() -> Iterator[Cluster]:
    """A second cluster, new."""
    with postgis.cluster() as made:
        made.sql("CREATE DATABASE restored")
        yield made


def dump(cluster: Cluster, name: str, folder: Path) -> Path:
    """A dump of a database as operators make it."""
    file = folder / "guatu.sql"
    _run("pg_dump", cluster, "-d", name, "-f", str(file))
    return file


def restore(file: Path, cluster: Cluster, name: str) -> None:
    """Read a dump into an empty database, stopping at the first error."""
    _run("psql", cluster, "-q", "-v", "ON_ERROR_STOP=1", "-d", name, "-f", str(file))


def _run(program: str, cluster: Cluster, *arguments: str) -> None:
    address = ["-h", "127.0.0.1", "-p", str(cluster.port), "-U", "guatu"]
    subprocess.run([str(postgis.programs() / program), *address, *arguments], check=True, capture_output=True)


@on_postgis
@pytest.mark.slow
def test_a_dump_restored_into_a_fresh_cluster_streams_on_and_is_swept(
    app: Flask, cluster: Cluster, fresh: Cluster, tmp_path: Path
) -> None:
    cluster.sql(f"DO $$BEGIN FOR i IN 1..{BURNT} LOOP PERFORM pg_current_xact_id(); COMMIT; END LOOP; END$$")
    partitions.make_ahead()
    months = reads.attached()
    db.session.commit()
    numbers = committed("kept", "kept too")
    restore(dump(cluster, str(db.engine.url.database), tmp_path), fresh, "restored")
    old_id, new_id = (int(each.sql("SELECT pg_current_xact_id()")) for each in (cluster, fresh))
    assert new_id < old_id
    restored = create_app(replace(held(Settings), database_url=fresh.url("restored")))
    with restored.app_context(), following() as tailing:
        assert tailing.read() == ["kept", "kept too"]
        with unfinished("slow") as slow:
            new = committed("new")
            assert tailing.read() == []
            slow.commit()
        assert tailing.read() == ["slow", "new"]
        assert new[0] == numbers[-1] + 2
        assert reads.attached() == months
        assert all(each.did for each in sweeps.run())
    databases.close(restored)
