"""Days, weeks and months as the phone reckons them without a network: the same as the server's."""

import json
import shutil
import subprocess
from datetime import date, timedelta
from pathlib import Path

import pytest

from server.rules import logs

SOURCE = Path(__file__).resolve().parents[2] / "mobile_stub" / "webapp" / "src" / "periods.js"
ASK = """
const periods = await import(process.argv[1]);
const beside = (name) => [periods.beside(name, -1), periods.beside(name, 1)];
const told = (name) => [name, periods.kindOf(name), ...periods.bounds(name), ...beside(name)];
const days = JSON.parse(process.argv[2]);
console.log(JSON.stringify(days.map((day) => ["day", "week", "month"].map((kind) => told(periods.around(kind, day))))));
"""
DAYS = [date(2023, 12, 25) + timedelta(days=n) for n in range(0, 2600, 3)]


def reckoned(kind: str, day: date) -> list[str]:
    period = logs.around(kind, day)
    bounds = [period.first.isoformat(), period.last.isoformat()]
    return [period.name, kind, *bounds, period.previous.name, period.next.name]


def test_the_phone_reckons_days_weeks_and_months_as_the_server_does() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("there is no Node here")
    days = json.dumps([day.isoformat() for day in DAYS])
    command = [node, "--input-type=module", "--eval", ASK, SOURCE.as_uri(), days]
    told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert told == [[reckoned(kind, day) for kind in logs.KINDS] for day in DAYS]
