"""The bench: its commands say what they do, and its pieces fit the server."""

import runpy
import sys

import pytest

from bench import county, load
from bench.limits import doors
from tests.house.source import ROOT


@pytest.mark.parametrize(
    "command",
    [
        "bench.checkins",
        "bench.areas",
        "bench.positions",
        "bench.streams",
        "bench.desk",
        "bench.map",
        "bench.upgrade",
    ],
)
def test_a_measurement_says_what_it_measures(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [command, "--help"])
    monkeypatch.delitem(sys.modules, command, raising=False)
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(command, run_name="__main__")
    assert not ended.value.code
    said = capsys.readouterr().out.lower()
    assert "check-in" in said or "positions" in said


def test_the_limits_are_no_doors_of_the_product() -> None:
    assert doors.name == "limits"
    assert not [path for path in (ROOT / "server").rglob("*.py") if "bench." in path.read_text("utf-8")]


def test_a_phones_check_ins_are_equally_long_and_never_the_same() -> None:
    phone = load.Phone("t", 1, 2, *county.centre(7, 10))
    requests = load.checkins("/api/v1/checkins", [phone])
    one, other = next(requests), next(requests)
    assert len(one) == len(other)
    assert one != other
    head, _, body = one.partition(b"\r\n\r\n")
    assert f"Content-Length: {len(body)}".encode() in head
