"""An upgrade: the release before takes check-ins while the next one migrates, and goes on until it is replaced."""

import http.client
import json
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import flask_migrate
import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.config import Settings
from server.db import MIGRATIONS, db
from server.held import held
from server.queries import health
from tests import people
from tests.support import databases, serving
from tests.support.postgis import Cluster
from tests.support.serving import Served

HEAD = """
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"
branch_labels = None
depends_on = None
"""

EXPANDING = """
def upgrade() -> None:
    op.create_table("whole", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("checkins", sa.Column("weather", sa.String(8), nullable=True))


def downgrade() -> None:
    op.drop_column("checkins", "weather")
    op.drop_table("whole")
"""

INDEXING = """
def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        with op.get_context().autocommit_block():
            op.execute("SET lock_timeout = '1min'")
            op.execute("DROP INDEX CONCURRENTLY IF EXISTS ix_checkins_weather")
            op.execute("CREATE INDEX CONCURRENTLY ix_checkins_weather ON checkins (weather)")


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP INDEX ix_checkins_weather")
"""

CONTRACTING = """
CONTRACTS = "9001"


def upgrade() -> None:
    op.drop_table("whole")


def downgrade() -> None:
    op.create_table("whole", sa.Column("id", sa.Integer(), primary_key=True))
"""


@dataclass
class Phone:
    """A phone that checks in again and again until it is told to stop."""

    served: Served
    token: str
    statuses: list[int] = field(default_factory=list)
    longest_s: float = 0.0

    def check_in(self, stop: threading.Event) -> None:
        """Each check-in waits for the answer to the one before."""
        while not stop.is_set():
            begun = time.monotonic()
            self.statuses.append(self._once())
            self.longest_s = max(self.longest_s, time.monotonic() - begun)

    def _once(self) -> int:
        """One check-in; the status of its answer."""
        now = clock.iso(clock.now())
        told = {"id": str(uuid4()), "kind": "note", "made_at": now, "sent_at": now}
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        return asked(self.served, "POST", "/api/v1/checkins", json.dumps(told), headers)[0]


def asked(
    served: Served, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> tuple[int, Any]:
    """One request; the status and the document of its answer."""
    with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=30)) as connection:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, json.load(answer)


def ready(served: Served) -> tuple[int, Any]:
    """What the server says of itself."""
    return asked(served, "GET", "/health/ready")


@pytest.fixture(params=["spatialite", "postgis"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """This release on a database of its own, as the release before the next one."""
    url = f"sqlite:///{tmp_path / 'guatu.sqlite'}"
    if request.param == "postgis":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.sql("DROP DATABASE IF EXISTS guatu_upgraded WITH (FORCE)")
        cluster.sql("CREATE DATABASE guatu_upgraded")
        url = cluster.url("guatu_upgraded")
    made = databases.migrated(url, tmp_path)
    with made.app_context():
        yield made
    databases.close(made)


@pytest.fixture
def scripts(tmp_path: Path) -> Path:
    """The migrations of the releases to come."""
    folder = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    before = health.newest()
    for revision, text in (("9001", EXPANDING), ("9002", INDEXING), ("9003", CONTRACTING)):
        file = folder / "versions" / f"{revision}_later.py"
        file.write_text(HEAD.format(revision=revision, before=before) + text, encoding="utf-8")
        before = revision
    return folder


@contextmanager
def checking_in(served: Served, tokens: list[str]) -> Iterator[list[Phone]]:
    """Phones that check in as long as the block lasts."""
    phones, stop = [Phone(served, token) for token in tokens], threading.Event()
    threads = [threading.Thread(target=phone.check_in, args=(stop,)) for phone in phones]
    for thread in threads:
        thread.start()
    try:
        yield phones
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_check_ins_go_on_while_the_next_release_migrates_and_stop_when_one_takes_away_what_they_need(
    before: Flask, scripts: Path
) -> None:
    folk = people.county(before)
    tokens = [folk.cadre.tokens().access_token, folk.colleague.tokens().access_token]
    db.session.rollback()
    with serving.serve(held(Settings)) as served:
        with checking_in(served, tokens) as phones:
            time.sleep(0.3)
            flask_migrate.upgrade(directory=str(scripts), revision="9002")
            time.sleep(0.3)
        assert {status for phone in phones for status in phone.statuses} == {201}
        assert max(phone.longest_s for phone in phones) < 10
        assert ready(served)[0] == 200
        flask_migrate.upgrade(directory=str(scripts), revision="9003")
        status, told = ready(served)
        assert (status, told["code"]) == (503, "database_refused")
        assert "too new for this release" in str(told)
        flask_migrate.downgrade(directory=str(scripts), revision="9002")
        assert ready(served)[0] == 200
    db.session.rollback()
    kept = db.session.execute(sa.text("SELECT count(*) FROM checkins")).scalar_one()
    assert kept == sum(len(phone.statuses) for phone in phones)


@pytest.mark.parametrize("before", ["postgis"], indirect=True)
def test_a_migration_waits_behind_a_long_transaction_without_anybody_waiting_behind_it(
    before: Flask, scripts: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    token = people.county(before).cadre.tokens().access_token
    db.session.rollback()
    with serving.serve(held(Settings)) as served, db.engine.connect() as slow:
        slow.execute(sa.text("SELECT count(*) FROM checkins"))
        ended = threading.Timer(4.0, slow.rollback)
        with checking_in(served, [token]) as [phone]:
            ended.start()
            flask_migrate.upgrade(directory=str(scripts), revision="9001")
        assert set(phone.statuses) == {201}
        assert phone.longest_s < 3.5
    assert "trying again" in capfd.readouterr().err
