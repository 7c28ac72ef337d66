"""The bench: its commands say what they do, and its pieces fit the server."""

import subprocess
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
def test_a_measurement_says_what_it_measures(command: str) -> None:
    asked = [sys.executable, "-m", command, "--help"]
    said = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    assert "check-in" in said.stdout.lower() or "positions" in said.stdout.lower()


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
