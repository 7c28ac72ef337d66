"""Several pretend phones at once, and the command line in a process of its own."""

import json
import random
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from mobile_stub.pretend import county, ground
from mobile_stub.pretend.__main__ import PASSWORD_VARIABLE, main
from mobile_stub.pretend.client import Link
from mobile_stub.pretend.phone import Stop
from tests.pretend.conftest import PretendServer
from tests.support.waiting import until

ROUND = [[118.498, 29.6], [118.5, 29.6], [118.502, 29.601]]
PHONE = {"username": "zhangsan", "password": "a password", "trip_id": 11, "track": ROUND}


def rounds(**changes: Any) -> county.Rounds:
    (only,) = county.plan({"phones": [PHONE | changes]})
    return only


def pretend(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mobile_stub.pretend", *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def test_a_lap_comes_back_to_where_it_began_in_even_steps() -> None:
    lap = county.laid_out(rounds(pace_mps=5, step_s=4))
    assert (lap[0].lng, lap[0].lat) == (lap[-1].lng, lap[-1].lat) == (118.498, 29.6)
    gaps = [there.after_s - here.after_s for here, there in pairwise(lap)]
    assert max(gaps) <= 4.0001
    assert sum(gaps) == pytest.approx(lap[-1].after_s)


def test_a_lap_holds_arrivals_visits_and_now_and_then_trouble() -> None:
    stops = [Stop(3, "星野园", ground.Circle(118.5, 29.6, 100))]
    met = {"note": "谈了选址", "visit": {"kind": "outbound", "contact": "李四"}}
    elsewhere = {"stop": "别处", "note": "不该出现"}
    walked = rounds(visits=[met, elsewhere], pace_mps=5, step_s=4)
    lap, chance = county.laid_out(walked), random.Random(1)
    acts = [act for _ in range(60) for act in county.lap_acts(lap, stops, walked, chance)]
    kinds = [act.kind for act in acts]
    assert kinds.count("arrive") == 60
    assert 15 < kinds.count("visit") < 45
    assert {act.note for act in acts if act.kind == "visit"} == {"谈了选址"}
    assert any(act.mock for act in acts)
    assert any(act.pocketed for act in acts)
    assert any((act.accuracy_m or 0) >= county.POOR_ACCURACY_M[0] for act in acts)
    assert sum(act.mock for act in acts) < len(acts) / 10


def test_all_phones_walk_at_once_and_stop_when_switched_off(server: PretendServer, link: Link) -> None:
    phones = [rounds(username=name, pace_mps=5000, step_s=0.005) for name in ("zhangsan", "lisi")]
    walking = threading.Thread(target=county.walk_all, args=(phones, link), kwargs={"seed": 3})
    walking.start()
    until(lambda: len(server.checkins) > 12)
    link.off.set()
    walking.join(5)
    assert not walking.is_alive()
    assert server.sessions == 2


def test_one_phone_in_trouble_does_not_stop_the_others(
    server: PretendServer, link: Link, said: list[str]
) -> None:
    lost = rounds(username="lisi", datum="WGS-84", track=[[0.0, 0.0], [0.0, 0.0001]])
    server.trip["state"] = "draft"
    walking = threading.Thread(target=county.walk_all, args=([lost, lost], link))
    walking.start()
    until(lambda: sum("stops" in line for line in said) == 2)
    assert walking.is_alive(), "the process stays for whoever started it"
    link.off.set()
    walking.join(5)


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        ([], "no phones"),
        ({"phones": []}, "no phones"),
        ({"phones": [PHONE, {"username": "x"}]}, r"phone 2: .* missing password, track, trip_id"),
        ({"phones": [PHONE | {"speed": 3}]}, r"phone 1: .* known fields are accuracy_m"),
        ({"phones": [PHONE | {"track": [[1, 2]]}]}, "two points of track"),
    ],
)
def test_a_bad_plan_is_refused_in_words(document: Any, complaint: str) -> None:
    with pytest.raises(county.PlanError, match=complaint):
        county.plan(document)


def test_the_command_line_walks_a_file_and_completes_the_trip(
    server: PretendServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    track = tmp_path / "track.geojson"
    track.write_text(json.dumps({"type": "LineString", "coordinates": ROUND}))
    monkeypatch.setenv(PASSWORD_VARIABLE, "a password")
    options = ["--server", server.address, "--username", "zhangsan", "--trip", "11", "--speed", "100000x"]
    assert main(["walk", str(track), *options, "--consent", "--complete"]) == 0
    assert [made["kind"] for made in server.checkins] == ["arrive", "leave"]
    assert server.trip["state"] == "completed"
    assert "在内 inside" in capsys.readouterr().out


def test_a_bad_track_file_and_a_missing_password_end_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv(PASSWORD_VARIABLE, raising=False)
    track = tmp_path / "track.gpx"
    track.write_text("<gpx>\n<trk")
    assert main(["walk", str(track), "--username", "x", "--trip", "1"]) == 1
    assert "track.gpx: line 2: not well-formed XML" in capsys.readouterr().err
    track.write_text('<gpx><rte><rtept lat="1" lon="2"/><rtept lat="3" lon="4"/></rte></gpx>')
    assert main(["walk", str(track), "--username", "x", "--trip", "1"]) == 1
    assert PASSWORD_VARIABLE in capsys.readouterr().err


def test_the_county_ends_when_standard_input_closes(server: PretendServer) -> None:
    with pretend("county", "--plan", "-", "--server", server.address) as process:
        assert process.stdin is not None
        process.stdin.write(json.dumps({"phones": [PHONE]}) + "\n")
        process.stdin.flush()
        until(lambda: server.sessions == 1)
        assert process.poll() is None
        process.stdin.close()
        assert process.wait(10) == 0


def test_the_county_ends_on_sigterm(server: PretendServer, tmp_path: Path) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps({"phones": [PHONE]}))
    with pretend("county", "--plan", str(plan), "--server", server.address) as process:
        until(lambda: server.sessions == 1)
        process.terminate()
        assert process.wait(10) == 0
