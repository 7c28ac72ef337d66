"""Point-in-time recovery as docs/operations.md says it: a base backup and the archived log bring back any instant."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.app import create_app
from server.db import db
from server.queries import health
from tests.live.happenings import committed
from tests.positions import rows
from tests.support import databases, postgis
from tests.support.postgis import UNPRIVILEGED, Cluster
from tests.support.waiting import until

ARCHIVING = """
wal_level = replica
archive_mode = on
archive_command = 'test ! -f {archive}/%f && cp %p {archive}/%f'
"""
RECOVERING = """
restore_command = 'cp {archive}/%f %p'
recovery_target_time = '{instant}'
recovery_target_action = promote
archive_mode = off
"""


@pytest.fixture
def archiving() -> Iterator[Cluster]:
    """A cluster that archives its log into the folder `archive` beside its data."""
    with postgis.cluster(durable=True) as made:
        _folder(made, "archive")
        _configure(made, ARCHIVING)
        made.stop()
        made.start()
        made.sql("CREATE DATABASE guatu")
        yield made


def _folder(cluster: Cluster, name: str) -> Path:
    """A folder beside the data that PostgreSQL may write into."""
    folder = cluster.folder / name
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, UNPRIVILEGED)
    return folder


def _configure(cluster: Cluster, text: str, **told: str) -> None:
    """Add to the cluster's configuration."""
    with (cluster.folder / "data" / "postgresql.conf").open("a") as file:
        file.write(text.format(archive=cluster.folder / "archive", **told))


@pytest.mark.slow
def test_the_instant_before_a_mistake_comes_back(archiving: Cluster, tmp_path: Path) -> None:
    made = databases.migrated(archiving.url("guatu"), tmp_path)
    address = ["-h", "127.0.0.1", "-p", str(archiving.port), "-U", "guatu"]
    base = _folder(archiving, "base")
    archiving.run("pg_basebackup", *address, "-D", str(base), "--checkpoint=fast")
    with made.app_context():
        committed("kept", "kept too")
        instant = archiving.sql("SELECT clock_timestamp()", "guatu")
        committed("the mistake")
        db.session.rollback()
    databases.close(made)
    last = archiving.sql("SELECT pg_walfile_name(pg_switch_wal())", "guatu")
    archived = "SELECT last_archived_wal FROM pg_stat_archiver"  # whole: its file is there before that
    until(lambda: archiving.sql(archived) == last)
    archiving.stop("immediate")
    shutil.rmtree(archiving.folder / "data")
    base.rename(archiving.folder / "data")
    _configure(archiving, RECOVERING, instant=instant)
    (archiving.folder / "data" / "recovery.signal").touch()
    archiving.start()
    until(lambda: archiving.sql("SELECT pg_is_in_recovery()", "guatu") == "f")
    again = create_app(databases.settings_for(archiving.url("guatu"), tmp_path))
    with again.app_context():
        assert rows("events", "subject") == [("kept",), ("kept too",)]
        assert health.migration() == health.newest()
        assert committed("and on it goes")
    databases.close(again)
