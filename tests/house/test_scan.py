"""The scan for secrets and for packages astray finds what it is there for; `make check` runs it over the tree."""

from pathlib import Path

import pytest

from setup import scan
from setup.say import ROOT

KEY = "-----BEGIN RSA PRIVATE KEY-----"
TOKEN = "ghp_" + "a1B2" * 9
HASH = "    --hash=sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("place", "text", "kind"),
    [
        ("docs/note.md", KEY, "Private Key"),
        ("tests/sample.py", f"token = '{TOKEN}'", "GitHub Token"),
        ("deploy/county.env", "URL=https://admin:vT7mq0Lx@db.example/", "Basic Auth Credentials"),
        ("server/settings.py", 'api_key = "vT7mq0LxR2"', "Secret Keyword"),
    ],
)
def test_a_secret_is_found_wherever_it_lies(tmp_path: Path, place: str, text: str, kind: str) -> None:
    path = tmp_path / place
    path.parent.mkdir()
    path.write_text(f"one\n{text}\n")
    assert list(scan.secrets(tmp_path)) == [f"{place}:2 {kind}"]


def test_what_is_allowed_is_still_there_to_be_allowed() -> None:
    assert [place for place, _ in scan.ALLOWED if not (ROOT / place).is_file()] == []
    assert all(scan.ALLOWED.values())


def test_an_installed_package_that_is_not_the_pinned_one_is_found(tmp_path: Path) -> None:
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "test.txt").write_text(f"Flask==0.1 \\\n{HASH}\n")
    [found] = scan.astray(tmp_path)
    assert found.startswith("flask ")
    assert found.endswith("pinned 0.1")
