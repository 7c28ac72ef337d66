"""The parcel for a closed network: its index is what apt reads, its sums are what sha256sum checks."""

import subprocess
from pathlib import Path

import pytest

from setup import parcel
from setup.say import Stop

CONTROL = "Package: a-thing\nVersion: 1.2-3\nArchitecture: all\nMaintainer: A <a@b.c>\nDescription: a thing\n"


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A folder with one Debian package."""
    made, folder = tmp_path / "made" / "DEBIAN", tmp_path / "packages"
    made.mkdir(parents=True)
    folder.mkdir()
    (made / "control").write_text(CONTROL)
    command = ["dpkg-deb", "--build", "--root-owner-group", str(made.parent), str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def test_apt_finds_what_the_index_names(packages: Path, tmp_path: Path) -> None:
    (packages / "Packages").write_text("".join(parcel.index(packages)))
    (tmp_path / "guatu.list").write_text(f"deb [trusted=yes] file://{packages} ./\n")
    (tmp_path / "lists" / "partial").mkdir(parents=True)
    (tmp_path / "status").touch()
    options = {
        "Dir::Etc::sourcelist": tmp_path / "guatu.list",
        "Dir::Etc::sourceparts": "-",
        "Dir::State::lists": tmp_path / "lists",
        "Dir::State::status": tmp_path / "status",
        "Dir::Cache": tmp_path / "cache",
        "APT::Sandbox::User": "root",
        "Debug::NoLocking": "true",
    }
    told = [part for name, value in options.items() for part in ("--option", f"{name}={value}")]
    (tmp_path / "cache" / "archives" / "partial").mkdir(parents=True)
    subprocess.run(["apt-get", *told, "update"], check=True, capture_output=True)
    policy = ["apt-cache", *told, "policy", "a-thing"]
    assert "Candidate: 1.2-3" in subprocess.run(policy, check=True, capture_output=True, text=True).stdout


def test_a_file_that_changed_on_the_way_is_found(packages: Path) -> None:
    check = ["sha256sum", "--check", "--quiet", "SHA256SUMS"]
    (packages / "SHA256SUMS").write_text("".join(parcel.sums(packages)))
    assert subprocess.run(check, cwd=packages, check=False, capture_output=True).returncode == 0
    next(packages.glob("*.deb")).write_bytes(b"something else")
    assert subprocess.run(check, cwd=packages, check=False, capture_output=True).returncode == 1


def test_a_folder_that_is_there_is_never_written_into(tmp_path: Path) -> None:
    with pytest.raises(Stop, match="is there already"):
        parcel.make(tmp_path)


def test_a_tree_of_git_is_no_parcel() -> None:
    assert not parcel.is_ours()
