"""Signing keys: made once, kept secret, rotated."""

import json
import stat
import threading
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import jwt
import pytest

from server import clock
from server.config import Settings
from server.errors import KeysRefused, SignInNeeded
from server.services import keyfiles, keys
from server.services.keys import FILE, LONGEST_TOKEN, Ring

SESSION = "5f0c4dd8-35a5-4b2c-9d35-1a6b0b5b2c11"


def settings(folder: Path, **given: str) -> Settings:
    return Settings(instance=folder / "var", **given)  # type: ignore[arg-type]  # texts only


def claims(**changed: object) -> dict[str, object]:
    now = int(clock.now().timestamp())
    return {"sub": "1", "sid": SESSION, "iat": now, "exp": now + 900} | changed


def test_the_file_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    first, second = Ring.open(settings(tmp_path)), Ring.open(settings(tmp_path))
    assert first.keys == second.keys
    assert stat.S_IMODE((tmp_path / "var" / FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var").stat().st_mode) == 0o700


def test_many_who_open_at_one_instant_hold_the_same_key(tmp_path: Path) -> None:
    rings: list[Ring] = []
    threads = [
        threading.Thread(target=lambda: rings.append(Ring.open(settings(tmp_path)))) for _ in range(16)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.keys[0].kid for ring in rings}) == 1
    assert [file.name for file in (tmp_path / "var").iterdir()] == [FILE]


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Ring.open(settings(tmp_path))
    (tmp_path / "var" / FILE).chmod(0o640)
    with pytest.raises(KeysRefused, match="others can read"):
        Ring.open(settings(tmp_path))


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"keys": []}', '{"keys": [{"kid": "a"}]}'])
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    Ring.open(settings(tmp_path))
    (tmp_path / "var" / FILE).write_text(content)
    with pytest.raises(KeysRefused):
        Ring.open(settings(tmp_path))


def test_keys_from_the_environment_write_no_file(tmp_path: Path) -> None:
    ring = Ring.open(settings(tmp_path, signing_keys=f"new:{'n' * 32},old:{'o' * 32}"))
    assert [key.kid for key in ring.keys] == ["new", "old"]
    assert not (tmp_path / "var").exists()
    with pytest.raises(KeysRefused, match="GUATU_SIGNING_KEYS"):
        keys.rotate(settings(tmp_path, signing_keys=f"new:{'n' * 32}"))


@pytest.mark.parametrize("text", ["secret", "a:short", f"a:{'x' * 32},a:{'y' * 32}", f":{'x' * 32}", ","])
def test_badly_written_keys_are_refused_without_being_repeated(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeysRefused) as caught:
        Ring.open(settings(tmp_path, signing_keys=text))
    assert "xxxx" not in str(caught.value)


def test_after_a_rotation_old_tokens_hold_until_they_run_out(tmp_path: Path) -> None:
    ring = Ring.open(settings(tmp_path))
    old = ring.sign(claims())
    keys.rotate(settings(tmp_path))
    fresh = Ring.open(settings(tmp_path))
    assert fresh.keys[0].kid != ring.keys[0].kid
    assert str(fresh.verify(old).session_id) == SESSION
    with clock.at(clock.now() + LONGEST_TOKEN + timedelta(seconds=1)):
        assert [key.kid for key in Ring.open(settings(tmp_path)).keys] == [fresh.keys[0].kid]


def test_after_a_leak_old_keys_verify_nothing(tmp_path: Path) -> None:
    old = Ring.open(settings(tmp_path)).sign(claims())
    keys.rotate(settings(tmp_path), at_once=True)
    with pytest.raises(SignInNeeded):
        Ring.open(settings(tmp_path)).verify(old)


def test_a_running_server_takes_up_a_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfiles, "LOOK_AGAIN_S", 0.0)
    ring = Ring.open(settings(tmp_path))
    before = ring.sign(claims())
    made = keys.rotate(settings(tmp_path))
    assert jwt.get_unverified_header(ring.sign(claims()))["kid"] == made.kid
    assert ring.verify(before).session_id == UUID(SESSION)


def test_a_running_server_keeps_its_keys_when_the_file_is_spoilt(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keyfiles, "LOOK_AGAIN_S", 0.0)
    ring = Ring.open(settings(tmp_path))
    (tmp_path / "var" / FILE).write_text("spoilt")
    assert ring.verify(ring.sign(claims())).session_id == UUID(SESSION)


def test_a_token_runs_out_by_our_clock(tmp_path: Path) -> None:
    ring = Ring.open(settings(tmp_path))
    token = ring.sign(claims())
    assert ring.verify(token).session_id == UUID(SESSION)
    with clock.at(clock.now() + timedelta(seconds=900)), pytest.raises(SignInNeeded):
        ring.verify(token)


def test_forged_and_mangled_tokens_are_refused(tmp_path: Path) -> None:
    ring = Ring.open(settings(tmp_path))
    key = ring.keys[0]
    kid = {"kid": key.kid}
    bad = [
        "",
        "x",
        "a.b.c",
        "ключ.ключ.ключ",
        ring.sign(claims())[:-2],
        jwt.encode(claims(), "another secret of more than 32 bytes", headers=kid),
        jwt.encode(claims(), "", algorithm="none", headers=kid),
        jwt.encode(claims(), key.secret),
        jwt.encode(claims(), key.secret, headers={"kid": "another"}),
        jwt.encode({"sub": "1", "sid": SESSION}, key.secret, headers=kid),
        jwt.encode(claims(sid="not a uuid"), key.secret, headers=kid),
        jwt.encode(claims(sid=7), key.secret, headers=kid),
        jwt.encode(claims(exp="soon"), key.secret, headers=kid),
        jwt.encode(claims(exp=[1]), key.secret, headers=kid),
        jwt.encode(claims(exp=1e400), key.secret, headers=kid),
    ]
    for token in bad:
        with pytest.raises(SignInNeeded):
            ring.verify(token)


def test_the_secret_shows_in_no_representation(tmp_path: Path) -> None:
    ring = Ring.open(settings(tmp_path))
    secret = json.loads((tmp_path / "var" / FILE).read_text())["keys"][0]["secret"]
    assert secret not in repr(ring.keys)
