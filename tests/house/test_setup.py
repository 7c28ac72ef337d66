"""Setting up: what is done, what is left alone, and what is said when it cannot be done."""

import json
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from setup import environment, network, node, pages, stamps, system
from setup.say import ROOT, Failed, Stop, step

APT_NEEDED = system.Need("a thing", lambda: False, lambda: ["a-package"])
NO_NAME = "Temporary failure resolving 'mirror.example'"


class Machine:
    """A machine whose commands are only those put on it; each keeps a record of how it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.record = folder / "record"

    def has(self, command: str, script: str) -> None:
        file = self.folder / command
        file.write_text(f'#!/bin/sh\necho "{command} $*" >> {self.record}\n{script}\n')
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    @property
    def calls(self) -> list[str]:
        return self.record.read_text().splitlines() if self.record.exists() else []


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine with a shell's everyday commands and a person who is root."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr(system, "NO_MAIN_CLUSTER", str(tmp_path / "cluster" / "off.conf"))
    bin_folder = tmp_path / "bin"
    bin_folder.mkdir()
    for everyday in ["dirname", "env", "mkdir", "rm", "sh", "cat", "true"]:
        (bin_folder / everyday).symlink_to(f"/usr/bin/{everyday}")
    monkeypatch.setenv("PATH", str(bin_folder))
    return Machine(bin_folder)


def thing_that_comes_with(machine: Machine, *packages: str) -> system.Need:
    return system.Need("a thing", (machine.folder / "installed").exists, lambda: list(packages))


# ---- Debian packages


def test_a_machine_that_has_everything_is_left_alone(machine: Machine) -> None:
    machine.has("apt-get", "")
    system.install([system.Need("a thing", lambda: True, lambda: ["a-package"])])
    assert machine.calls == []


def test_only_what_is_missing_is_installed(machine: Machine) -> None:
    machine.has("apt-get", f"touch=1; : > {machine.folder}/installed")
    present = system.Need("another", lambda: True, lambda: ["another-package"])
    system.install([present, thing_that_comes_with(machine, "a-package")])
    assert machine.calls[-1].endswith("install --no-install-recommends a-package")
    assert not any("another-package" in call for call in machine.calls)


def test_old_package_lists_are_refreshed_before_giving_up(machine: Machine) -> None:
    machine.has(
        "apt-get",
        f'case "$*" in *update*) : > {machine.folder}/fresh;; esac\n'
        f"[ -e {machine.folder}/fresh ] || exit 100\n: > {machine.folder}/installed",
    )
    system.install([thing_that_comes_with(machine, "a-package")])
    said = [call for call in machine.calls if call.startswith("apt-get")]
    assert "update" in said[-2]
    assert "install" in said[-1]


def test_debian_makes_no_database_cluster_of_its_own(machine: Machine) -> None:
    machine.has("apt-get", f"cat {system.NO_MAIN_CLUSTER} > {machine.folder}/installed")
    system.install([thing_that_comes_with(machine, "postgresql", "postgresql-postgis")])
    assert (machine.folder / "installed").read_text() == "create_main_cluster = false\n"
    assert not Path(system.NO_MAIN_CLUSTER).exists()


def test_a_machine_without_root_or_sudo_is_told_what_to_run(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has("apt-get", "")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Stop, match="apt-get install -y a-package") as stopped:
        system.install([APT_NEEDED])
    assert "\n" not in str(stopped.value)
    assert machine.calls == []


def test_a_sudo_that_asks_for_a_password_is_not_waited_for(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.has("apt-get", "")
    machine.has("sudo", "exit 1")
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(Stop, match="apt-get install -y a-package"):
        system.install([APT_NEEDED])
    assert machine.calls == ["sudo -n true"]


def test_a_sudo_without_a_password_is_used(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.has("apt-get", f": > {machine.folder}/installed")
    machine.has("sudo", 'shift; exec "$@"')
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    system.install([thing_that_comes_with(machine, "a-package")])
    assert any(call.startswith("sudo -n env") and call.endswith("a-package") for call in machine.calls)


def test_a_machine_without_apt_is_told_what_to_install(machine: Machine) -> None:
    with pytest.raises(Stop, match="a-package"):
        system.install([APT_NEEDED])


def test_apt_without_a_network_is_said_in_one_sentence(machine: Machine) -> None:
    machine.has("apt-get", f'echo "{NO_NAME}"; exit 100')
    with pytest.raises(Stop, match="No network to fetch a-package") as stopped:
        system.install([APT_NEEDED])
    assert "\n" not in str(stopped.value)


def test_apt_failing_for_another_reason_shows_what_it_said(machine: Machine) -> None:
    machine.has("apt-get", 'echo "No space left on device"; exit 100')
    with pytest.raises(Failed) as failed:
        system.install([APT_NEEDED])
    assert "No space left" in failed.value.output


def test_testing_needs_all_that_running_needs() -> None:
    running = {need.name for need in system.needs("run")}
    assert running < {need.name for need in system.needs("test")}


# ---- the network


@pytest.mark.parametrize(
    "said",
    [
        "W: Failed to fetch http://mirror.example/dists  Temporary failure resolving 'mirror.example'",
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)'",
        "npm error code EAI_AGAIN",
        "npm error network request failed, reason: connect ECONNREFUSED 127.0.0.1:9",
    ],
)
def test_a_missing_network_is_recognised(said: str) -> None:
    assert network.absent(said)


@pytest.mark.parametrize("said", ["THESE PACKAGES DO NOT MATCH THE HASHES", "npm error code EUSAGE", ""])
def test_other_failures_are_not_blamed_on_the_network(said: str) -> None:
    failed = Failed(["pip"], said, 1)
    assert network.blame(failed, zh="", en="") is failed


# ---- the second time


def test_a_stamp_holds_until_a_fact_changes(tmp_path: Path) -> None:
    stamps.write(tmp_path / "stamp", {"run": "1", "test": "2"})
    assert stamps.holds(tmp_path / "stamp", {"run": "1"})
    assert not stamps.holds(tmp_path / "stamp", {"run": "1", "test": "3"})


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_a_broken_stamp_holds_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "stamp").write_text(content)
    assert not stamps.holds(tmp_path / "stamp", {"run": "1"})


def test_no_stamp_holds_nothing(tmp_path: Path) -> None:
    assert not stamps.holds(tmp_path / "stamp", {})


def test_a_digest_changes_with_any_of_its_files(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("a")
    two.write_text("b")
    before = stamps.digest(one, two)
    two.write_text("c")
    assert stamps.digest(one, two) != before


def test_an_environment_made_for_tests_serves_for_running() -> None:
    """These tests run in it, so it is there: there must be nothing to do."""
    assert environment.is_filled("run", Path(sys.prefix))
    assert environment.is_filled("test", Path(sys.prefix))


def test_an_environment_that_several_trees_share_by_a_link_is_left_as_it_is(tmp_path: Path) -> None:
    shared = tmp_path / ".venv"
    shared.symlink_to(sys.prefix)
    assert environment.is_filled("test", shared)


# ---- Node


@pytest.mark.parametrize(("version", "will_do"), [("v16.20.2", False), ("v18.0.0", True), ("v24.19.0", True)])
def test_a_node_that_is_too_old_is_not_used(machine: Machine, version: str, will_do: bool) -> None:
    machine.has("node", f"echo {version}")
    machine.has("npm", "")
    assert node.own_node_will_do() is will_do


def test_a_node_without_npm_is_not_used(machine: Machine) -> None:
    machine.has("node", "echo v20.0.0")
    assert not node.own_node_will_do()


# ---- translations


def test_a_catalogue_is_compiled_only_when_its_source_is_newer(tmp_path: Path) -> None:
    source = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text('msgid ""\nmsgstr ""\n')
    assert pages.stale_catalogues(tmp_path) == [source]
    source.with_suffix(".mo").touch()
    assert pages.stale_catalogues(tmp_path) == []


def test_a_catalogue_that_was_passed_over_is_not_taken_for_compiled(tmp_path: Path) -> None:
    source = tmp_path / "messages.po"
    source.write_text('msgid "挂图"\nmsgstr "Guatu"\n')
    with pytest.raises(Stop, match="header"):
        pages.ensure_compiled(source)
    source.with_suffix(".mo").touch()
    pages.ensure_compiled(source)


# ---- what is pinned


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return dict(re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE))


@pytest.mark.parametrize("name", ["run", "test", "node", "lock"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    blocks = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]
    assert blocks
    assert all("==" in block and "--hash=sha256:" in block for block in blocks)


@pytest.mark.parametrize("name", ["run", "test", "node", "lock"])
def test_requirements_name_no_place_they_come_from(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    assert not re.search(r"https?:|file:/|--(index|extra-index|find-links|trusted-host)", text)


def test_what_is_tested_is_what_runs() -> None:
    assert pins("run").items() <= pins("test").items()


def test_the_npm_lock_names_no_place_and_every_package_has_its_hash() -> None:
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    fetched = {name: facts for name, facts in packages.items() if name}
    assert fetched
    assert not any("resolved" in facts for facts in fetched.values())
    assert all(facts["integrity"].startswith("sha512-") for facts in fetched.values())


# ---- what is said


def test_a_step_that_fails_hands_on_what_the_tool_said(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Failed) as failed:
        step("a check", [sys.executable, "-c", "print('what was wrong'); raise SystemExit(3)"])
    assert failed.value.output == "what was wrong\n"
    assert failed.value.code == 3
    assert capsys.readouterr().out == "· a check … ✗\n"


def test_a_command_that_is_not_there_is_a_failure_and_no_traceback() -> None:
    with pytest.raises(Failed, match="no-such-command"):
        step("a check", ["no-such-command"])


def test_make_alone_lists_every_target_in_both_languages() -> None:
    command = ["make", "--no-print-directory"]  # the tests may themselves be run by make
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    listed = {line.split()[1] for line in said}
    assert {"demo", "test", "fast", "setup", "bundle", "format", "check", "clean"} <= listed
    assert all(re.search(r"[\u4e00-\u9fff].* / [a-z]", line) for line in said)
