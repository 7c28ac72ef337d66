"""The commands of the units, the containers and the pages, run as they stand there, on a PostGIS of two roles."""

import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import serving
from tests.support.postgis import Cluster
from tests.support.serving import TREE

DEPLOY = TREE / "deploy"
TOOLS = Path(sys.executable).parent
UNITS = DEPLOY / "systemd"

Environment = dict[str, str]


@pytest.fixture(scope="module")
def database(cluster: Cluster) -> Iterator[str]:
    """A new database, as its owner's address."""
    cluster.sql("CREATE DATABASE guatu_deployed")
    yield cluster.url("guatu_deployed")
    cluster.sql("DROP DATABASE guatu_deployed WITH (FORCE)")
    cluster.sql("DROP ROLE IF EXISTS guatu_serving_here")


@pytest.fixture(scope="module")
def owner(database: str, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What the owner's commands find in their environment."""
    folder = tmp_path_factory.mktemp("instance")
    path = f"{TOOLS}:{os.environ.get('PATH', os.defpath)}"
    return os.environ | {"PATH": path, "GUATU_DATABASE_URL": database, "GUATU_INSTANCE": str(folder)}


@pytest.fixture(scope="module")
def serving_role(owner: Environment) -> Environment:
    """What the server finds in its environment, once `upgrade.sh` has made the role that serves."""
    made = owner | {"GUATU_SERVING_PASSWORD": "0123456789abcdef"}
    done = run("sh deploy/upgrade.sh guatu_serving_here", made)
    assert done.returncode == 0, done.stderr
    address = owner["GUATU_DATABASE_URL"].replace("guatu@", "guatu_serving_here:0123456789abcdef@")
    return owner | {"GUATU_DATABASE_URL": address}


def run(command: str, environment: Environment) -> subprocess.CompletedProcess[str]:
    """A command line, in the tree."""
    here = [word.replace("/srv/guatu/.venv/bin", str(TOOLS)) for word in shlex.split(command)]
    return subprocess.run(
        here, cwd=TREE, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def started_by(unit: str) -> str:
    """What a unit starts."""
    found = re.search(r"^ExecStart=(.*)$", (UNITS / unit).read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def image(instruction: str) -> str:
    """The command of the image's last CMD, or of its HEALTHCHECK."""
    told = (DEPLOY / "Dockerfile").read_text()
    found = re.findall(rf"^{instruction}\[(.*)\]$", told, re.MULTILINE)
    return shlex.join(word.strip().strip('"') for word in found[-1].split(","))


def said_of_folders() -> str:
    """The line of the image's file that makes the folders it may write to."""
    [line] = [
        line for line in (DEPLOY / "Dockerfile").read_text().splitlines() if "install --directory" in line
    ]
    return line


@pytest.mark.slow
def test_the_upgrade_makes_the_role_and_may_be_run_again(
    serving_role: Environment, owner: Environment
) -> None:
    again = run("sh deploy/upgrade.sh guatu_serving_here", owner)
    assert again.returncode == 0, again.stderr
    checked = run("flask --app wsgi check", serving_role)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_role_that_serves_cannot_change_the_record(serving_role: Environment) -> None:
    address = serving_role["GUATU_DATABASE_URL"]
    for statement in ("UPDATE events SET kind = 'x'", "DELETE FROM events", "TRUNCATE events"):
        done = run(f'psql --no-psqlrc --command "{statement}" {address}', serving_role)
        assert "permission denied" in done.stderr


def test_an_upgrade_that_fails_says_so(owner: Environment) -> None:
    address = owner["GUATU_DATABASE_URL"].replace("guatu_deployed", "there_is_no_such_database")
    done = run("sh deploy/upgrade.sh guatu_serving_here", owner | {"GUATU_DATABASE_URL": address})
    assert done.returncode != 0


def test_the_sweep_of_the_unit_and_that_of_the_container_sweep(
    serving_role: Environment, owner: Environment
) -> None:
    done = run(started_by("guatu-sweep.service"), owner)
    assert done.returncode == 0, done.stdout + done.stderr
    told = (DEPLOY / "compose.yaml").read_text()
    assert 'command: [flask, --app, wsgi, sweep, run, --every, "60"]' in told


def test_the_backup_of_the_unit_backs_up_and_that_of_the_container_is_the_same_each_night(
    serving_role: Environment, owner: Environment, tmp_path: Path
) -> None:
    command = started_by("guatu-backup.service")
    done = run(command.replace("/var/backups", str(tmp_path)), owner)
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(list((tmp_path / "guatu").glob("guatu-*/backup.json"))) == 1
    assert len(list((tmp_path / "guatu-keys").glob("guatu-*-keys.json"))) == 1
    inside = shlex.split(command.replace("/srv/guatu/.venv/bin/", ""))
    told = (DEPLOY / "compose.yaml").read_text()
    assert f'command: [{", ".join(inside)}, --nightly, "02:30"]' in told
    assert all(word in said_of_folders() for word in inside if word.startswith("/var/"))


@pytest.mark.parametrize("command", [started_by("guatu.service"), image("CMD ")], ids=["unit", "image"])
def test_the_server_of_the_unit_and_that_of_the_image_serve(command: str, serving_role: Environment) -> None:
    with serving.listening() as free:
        port = str(free.getsockname()[1])
    here = [word.replace("/srv/guatu/.venv/bin", str(TOOLS)) for word in shlex.split(command)]
    here = [word.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for word in here]
    asked = serving_role | {"GUATU_HEALTH_PORT": port}
    if "--bind" not in here:
        asked |= {"GUNICORN_CMD_ARGS": f"--bind 127.0.0.1:{port}"}
    healthy = image("  CMD ")
    assert run(healthy, asked).returncode == 1
    child = subprocess.Popen(here, cwd=TREE, env=asked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        give_up_at = time.monotonic() + serving.UP_WITHIN_S
        while run(healthy, asked).returncode and time.monotonic() < give_up_at:
            time.sleep(0.2)
        assert run(healthy, asked).returncode == 0
    finally:
        child.terminate()
        said = child.communicate(timeout=30)[0].decode()
    assert child.returncode == 0, said


def test_settings_are_read_as_systemd_reads_them(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root may run as another user")
    (tmp_path / "guatu.env").write_text("# words\n\nGUATU_INSTANCE=/somewhere with $PATH\nGUATU_PROXIES=1\n")
    (tmp_path / "owner.env").write_text("GUATU_PROXIES=2\n")
    script = (DEPLOY / "guatu-as").read_text().replace("runuser -u guatu --", "")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "guatu-as").write_text(script)
    given = os.environ | {"GUATU_SETTINGS": str(tmp_path)}
    told = subprocess.run(
        ["sh", str(tmp_path / "deploy" / "guatu-as"), "owner", "env"],
        env=given,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert {"GUATU_INSTANCE=/somewhere with $PATH", "GUATU_PROXIES=2"} <= set(told)
