"""The command line: the first administrator, lost passwords, keys, and sentences instead of tracebacks."""

import stat
import subprocess
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import Result
from flask import Flask
from pysqlite3 import dbapi2 as sqlite

from server.cli.commands import BOOT_FAILED
from server.config import Settings
from server.db import db
from server.held import held
from server.models.events import Event
from server.models.people import Person, RoleGrant
from server.models.units import Unit
from server.services.keys import FILE
from tests.people import county, open_app
from tests.support.commands import flask
from tests.support.postgis import Cluster

TREE = Path(__file__).resolve().parent.parent.parent
GOOD = "Guo-Jia-2031!"


def run(app: Flask, *words: str, typed: str = "") -> Result:
    """One command, with what is typed; the test's own view of the database begins anew after it."""
    done = app.test_cli_runner().invoke(args=list(words), input=typed)
    db.session.rollback()
    return done


def people() -> list[Person]:
    return list(db.session.scalars(sa.select(Person)))


def test_the_first_administrator_comes_with_the_county(app: Flask) -> None:
    done = run(
        app,
        "accounts",
        "create-admin",
        "Admin",
        "--name",
        "李管",
        "--county-name",
        "青溪县",
        "--password-stdin",
        typed=f"{GOOD}\n",
    )
    assert done.exit_code == 0, done.output
    assert GOOD not in done.output
    assert [(unit.name, unit.kind, unit.path) for unit in db.session.scalars(sa.select(Unit))] == [
        ("青溪县", "county", "/1/")
    ]
    opened = open_app(username="admin", password=GOOD, device_name="", device_id=None, address="-")
    assert [(grant.role, grant.path) for grant in opened.actor.grants] == [("administrator", "/1/")]
    assert not opened.actor.must_change_password
    kinds = {
        event.kind: event.actor_id
        for event in db.session.scalars(sa.select(Event).where(Event.actor_id.is_(None)))
    }
    assert set(kinds) == {"unit.created", "person.created", "person.granted"}


def test_a_typed_password_is_asked_for_twice_and_not_shown(app: Flask) -> None:
    assert run(app, "accounts", "create-admin", "admin", typed=f"{GOOD}\nanother\n").exit_code == 1
    done = run(app, "accounts", "create-admin", "admin", typed=f"{GOOD}\n{GOOD}\n")
    assert done.exit_code == 0, done.output
    assert GOOD not in done.output


def test_a_second_administrator_joins_the_county_that_is_there(app: Flask) -> None:
    made = county(app)
    assert run(app, "accounts", "create-admin", "second", "--password-stdin", typed=GOOD).exit_code == 0
    grant = db.session.scalars(sa.select(RoleGrant).order_by(RoleGrant.id.desc())).first()
    assert grant is not None
    assert (grant.role, grant.unit_id) == ("administrator", made.root)


@pytest.mark.parametrize(
    ("username", "password", "sentence"),
    [
        ("管理员", GOOD, "user name"),
        ("admin", "short", "at least 10"),
        ("admin", "", "at least 10"),
        ("taken", GOOD, "taken"),
    ],
)
def test_an_administrator_is_refused_with_a_sentence_and_nothing_is_left(
    app: Flask, username: str, password: str, sentence: str
) -> None:
    run(app, "accounts", "create-admin", "taken", "--password-stdin", typed=GOOD)
    done = run(app, "accounts", "create-admin", username, "--password-stdin", typed=f"{password}\n")
    assert done.exit_code == 1
    assert sentence in done.output
    assert "Traceback" not in done.output
    assert [person.username for person in people()] == ["taken"]


def test_a_lost_password_is_replaced_by_one_told_once(app: Flask) -> None:
    cadre = county(app).cadre
    done = run(app, "accounts", "reset-password", cadre.username)
    assert done.exit_code == 0, done.output
    told = done.output.split()[-1]
    opened = open_app(username=cadre.username, password=told, device_name="", device_id=None, address="-")
    assert opened.actor.must_change_password
    unknown = run(app, "accounts", "reset-password", "nobody")
    assert unknown.exit_code == 1
    assert "Not found" in unknown.output


def test_keys_are_listed_without_their_secrets_and_rotated(app: Flask) -> None:
    file = held(Settings).instance / FILE
    before = run(app, "keys", "list").output.split()[0]
    done = run(app, "keys", "rotate")
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    kid = done.output.split()[-1]
    assert kid != before
    listed = flask("keys", "list", GUATU_INSTANCE=str(file.parent)).stdout
    assert [line.split()[0] for line in listed.splitlines()][:2] == [kid, before]
    assert not any(secret in listed for secret in file.read_text().split('"') if len(secret) > 30)


def test_a_migrated_installation_is_ready(app: Flask) -> None:
    done = run(app, "check")
    assert done.exit_code == 0, done.output


# ── sentences instead of tracebacks ─────────────────────────────────────────────────────────────────────


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a failing command says."""
    lines = done.stderr.strip().splitlines()
    assert done.returncode != 0
    assert len(lines) == 1, done.stderr
    assert done.stdout == ""
    return lines[0]


def upgrade(folder: Path, url: str, *more: str) -> subprocess.CompletedProcess[str]:
    return flask("db", "upgrade", *more, GUATU_INSTANCE=str(folder), GUATU_DATABASE_URL=url)


def test_a_server_that_does_not_answer_is_said_in_a_sentence(tmp_path: Path) -> None:
    assert "does not answer" in refusal(upgrade(tmp_path, "postgresql://guatu@127.0.0.1:1/guatu"))


@pytest.mark.slow
def test_a_missing_database_and_missing_tables_are_said_in_a_sentence(
    tmp_path: Path, cluster: Cluster
) -> None:
    assert "create it first" in refusal(upgrade(tmp_path, cluster.url("nowhere")))
    cluster.sql("CREATE DATABASE bare")
    bare = {"GUATU_INSTANCE": str(tmp_path), "GUATU_DATABASE_URL": cluster.url("bare")}
    assert "flask db upgrade" in refusal(flask("check", **bare))
    assert "flask db upgrade" in refusal(flask("accounts", "reset-password", "x", **bare))


def test_a_user_who_may_not_make_the_extension_is_told_so(tmp_path: Path, cluster: Cluster) -> None:
    cluster.sql("CREATE ROLE plain LOGIN")
    cluster.sql("CREATE DATABASE plains OWNER plain")
    url = cluster.url("plains").replace("guatu@", "plain@")
    assert "may not create the PostGIS extension" in refusal(upgrade(tmp_path, url))


def test_a_file_that_is_no_database_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "guatu.sqlite"
    file.write_text("no database at all, but long enough to be looked at" * 20)
    assert "not a database" in refusal(upgrade(tmp_path, f"sqlite:///{file}"))


def test_a_locked_file_is_said_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "guatu.sqlite"
    other = sqlite.connect(str(file), isolation_level=None)
    try:
        other.execute("PRAGMA journal_mode=WAL").close()
        other.execute("BEGIN IMMEDIATE").close()
        assert "another program is writing" in refusal(
            upgrade(tmp_path, f"sqlite:///{file}", "-x", "patience=0")
        )
    finally:
        other.close()


def test_a_migration_that_fails_leaves_nothing_half_done_and_says_so(tmp_path: Path) -> None:
    file = tmp_path / "guatu.sqlite"
    other = sqlite.connect(str(file))
    other.execute("CREATE TABLE sessions (something INTEGER)").close()
    other.commit()
    assert "undone whole" in refusal(upgrade(tmp_path, f"sqlite:///{file}"))
    names = {row[0] for row in other.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    other.close()
    assert "sessions" in names
    assert not {"units", "people"} & names


@pytest.mark.slow
def test_a_database_of_a_newer_release_is_said_in_a_sentence(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'guatu.sqlite'}"
    assert upgrade(tmp_path, url).returncode == 0
    other = sqlite.connect(str(tmp_path / "guatu.sqlite"))
    other.execute("UPDATE alembic_version SET version_num = '9999'").close()
    other.commit()
    other.close()
    assert "does not know" in refusal(upgrade(tmp_path, url))
    environment = {"GUATU_INSTANCE": str(tmp_path), "GUATU_DATABASE_URL": url}
    assert flask("check", **environment).returncode == 0, "one that was only expanded serves this release too"
    other = sqlite.connect(str(tmp_path / "guatu.sqlite"))
    other.execute("INSERT INTO contractions (migration, oldest) VALUES ('9999', '9998')").close()
    other.commit()
    other.close()
    assert "too new" in refusal(flask("check", **environment))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUATU_ACCESS_TOKEN_S", "for ever"),
        ("GUATU_SIGNING_KEYS", "short"),
        ("GUATU_SEALING_KEYS", "short"),
        ("GUATU_INSTANCE", "/proc/nowhere"),
        ("GUATU_DATABASE_URL", "sqlite:////proc/nowhere/guatu.sqlite"),
        ("GUATU_DATABASE_URL", "mysql://guatu:hunter2@localhost/guatu"),
        ("GUATU_DATABASE_URL", "postgresql://guatu:hunter2@localhost:port/guatu"),
    ],
)
def test_what_keeps_the_application_from_starting_is_said_in_a_sentence(
    tmp_path: Path, name: str, value: str
) -> None:
    done = flask("check", **{"GUATU_INSTANCE": str(tmp_path), name: value})
    assert refusal(done)
    assert "hunter2" not in done.stderr
    assert done.returncode == BOOT_FAILED
