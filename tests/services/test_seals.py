"""Seals: closed at rest, opened with the keys of now and of before, in any process."""

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from server.config import Settings
from server.errors import KeysRefused
from server.services import keys, seals
from server.services.seals import FILE, Seals
from tests.house.source import ROOT

NEW, OLD = f"new:{'n' * 32}", f"old:{'o' * 32}"


def settings(folder: Path, sealing_keys: str = "") -> Settings:
    return Settings(instance=folder / "var", sealing_keys=sealing_keys)


UNDER_GEVENT = """
from gevent import monkey
monkey.patch_all()
from pathlib import Path
from server.config import Settings
from server.services.keys import Ring
from server.services.seals import Seals
settings = Settings(instance=Path("keys"))
Ring.open(settings), Seals.open(settings), Ring.open(settings)
"""


def test_what_is_sealed_opens_in_another_process_and_is_never_twice_the_same(tmp_path: Path) -> None:
    one, other = Seals.open(settings(tmp_path)), Seals.open(settings(tmp_path))
    sealed = {one.seal("秘密") for _ in range(3)}
    assert len(sealed) == 3
    assert {other.unseal(each) for each in sealed} == {"秘密"}
    assert stat.S_IMODE((tmp_path / "var" / FILE).stat().st_mode) == 0o600


def test_a_longest_key_of_a_phone_fits_its_column(tmp_path: Path) -> None:
    assert len(Seals.open(settings(tmp_path)).seal("k" * 32)) <= 255


def test_a_running_server_opens_at_once_what_was_sealed_after_a_rotation(tmp_path: Path) -> None:
    running = Seals.open(settings(tmp_path))
    before = running.seal("甲")
    made = seals.rotate(settings(tmp_path))
    after = Seals.open(settings(tmp_path)).seal("乙")
    assert (running.unseal(after), running.unseal(before)) == ("乙", "甲")
    assert running.keys[0].kid == made.kid


def test_the_first_key_of_the_environment_seals_and_the_others_open(tmp_path: Path) -> None:
    before = Seals.open(settings(tmp_path, OLD)).seal("甲")
    both = Seals.open(settings(tmp_path, f"{NEW},{OLD}"))
    renewed = both.renewed(before)
    only = Seals.open(settings(tmp_path, NEW))
    assert (both.unseal(before), only.unseal(renewed)) == ("甲", "甲")
    with pytest.raises(KeysRefused, match="does not open"):
        only.unseal(before)
    with pytest.raises(KeysRefused, match="GUATU_SEALING_KEYS"):
        seals.rotate(settings(tmp_path, NEW))
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("sealed", ["", "秘密", "gAAAAAB", "not sealed at all"])
def test_what_was_never_sealed_is_refused(tmp_path: Path, sealed: str) -> None:
    with pytest.raises(KeysRefused):
        Seals.open(settings(tmp_path)).unseal(sealed)


def test_one_process_under_gevent_opens_every_file_of_keys(tmp_path: Path) -> None:
    (tmp_path / "server").symlink_to(ROOT / "server")
    subprocess.run([sys.executable, "-c", UNDER_GEVENT], cwd=tmp_path, check=True, timeout=30)
    assert sorted(file.name for file in (tmp_path / "keys").iterdir()) == [FILE, keys.FILE]
