"""The files of `deploy/`, read by the programs that know their kind; and what they must agree on."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from setup import nginx, parcel, system
from tests.support.serving import TREE

DEPLOY = TREE / "deploy"
SCRIPTS = ["install.sh", "upgrade.sh", "guatu-as"]
TOOLS = Path(sys.executable).parent


def lint(*command: str | Path) -> None:
    """Run a program that reads files and says what is wrong with them."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=TREE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_container_file_is_clean() -> None:
    lint(TOOLS / "hadolint", DEPLOY / "Dockerfile")


def test_the_compose_file_is_what_compose_knows() -> None:
    schema = ["--builtin-schema", "vendor.compose-spec"]
    lint(TOOLS / "check-jsonschema", *schema, DEPLOY / "compose.yaml")


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_shell_script_is_clean_and_may_be_run(script: str) -> None:
    lint(TOOLS / "shellcheck", DEPLOY / script)
    assert (DEPLOY / script).stat().st_mode & 0o111


def test_the_units_are_what_systemd_knows(tmp_path: Path) -> None:
    if (analyze := shutil.which("systemd-analyze")) is None:
        pytest.skip("there is no systemd-analyze here")
    for unit in (DEPLOY / "systemd").iterdir():
        here = unit.read_text().replace("/srv/guatu/.venv/bin", str(TOOLS))
        (tmp_path / unit.name).write_text(here)
    done = subprocess.run(
        [analyze, "verify", *sorted(tmp_path.iterdir())], capture_output=True, text=True, check=False
    )
    ours = [line for line in done.stderr.splitlines() if "guatu" in line and "Cannot find" not in line]
    assert not ours, done.stderr


def test_the_container_brings_the_debian_packages_that_running_needs() -> None:
    told = (DEPLOY / "Dockerfile").read_text()
    needed = {name for need in system.needs("run") for name in need.packages()}
    needed = {re.sub(r"^python3\.\d+-venv$", "python3-venv", name) for name in needed}
    assert all(name in told for name in needed), needed


def test_the_installer_asks_for_what_the_parcel_holds() -> None:
    told = (DEPLOY / "install.sh").read_text()
    held = {*parcel.SERVING, *(name for need in system.needs("run") for name in need.packages())}
    held = {re.sub(r"^python3\.\d+-venv$", "python3-venv", name) for name in held}
    asked = re.search(r"install --no-install-recommends ([^>]*)>", told)
    assert asked is not None
    assert set(asked[1].replace("\\\n", " ").split()) == held


def test_the_application_has_no_root_and_a_file_system_it_cannot_write_to() -> None:
    image, compose = (DEPLOY / "Dockerfile").read_text(), (DEPLOY / "compose.yaml").read_text()
    assert re.search(r"^USER 10001:10001$", image, re.MULTILINE)
    assert "read_only: true" in compose
    assert "cap_drop: [ALL]" in compose
    for unit in ("guatu.service", "guatu-sweep.service", "guatu-backup.service"):
        told = (DEPLOY / "systemd" / unit).read_text()
        assert all(line in told for line in ("User=guatu", "ProtectSystem=strict", "NoNewPrivileges=yes"))
        assert "SystemCallErrorNumber=EPERM" in told, "a library's mbind is refused, not the process killed"


def test_where_there_is_apt_there_is_an_nginx_to_test_with() -> None:
    assert nginx.command() is not None or shutil.which("apt-get") is None
