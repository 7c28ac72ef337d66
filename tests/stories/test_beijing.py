"""Real boundaries, a real track: every check-in lands in the district an independent computation says."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from shapely.geometry import Point, shape

from server.db import db
from server.geo.datum import Datum
from server.queries import boundaries, log
from server.queries.areas import read_generation
from server.queries.boundaries import Wanted
from server.queries.log import Filter
from server.services import areas
from server.services.trips import StopPlan
from tests import people
from tests.people import County
from tests.support.serving import Served
from tests.trips import approved

TREE = Path(__file__).resolve().parent.parent.parent
TRACK = "geolife_000_20081026134407.plt"
WENT_THROUGH = {"西城区", "东城区", "海淀区"}


def publish(data: Path, datum: Datum) -> None:
    """Import Beijing's districts as being in this datum."""
    file = data / "areas" / "beijing_districts.gcj02.geojson"
    areas.import_file(
        None, file.read_bytes(), file.name, kind="county", datum=datum, code_field="code", name_field="name"
    )


def walk(folk: County, data: Path, served: Served) -> list[dict[str, Any]]:
    """Replay the track as a cadre on a trip to two of the districts, a note every two minutes; the log of it."""
    listed = boundaries.listed(folk.cadre.actor, Wanted(kind="county"))["items"]
    numbers = {area["name"]: area["id"] for area in listed}
    stops = [StopPlan(name=f"到{name}", area_id=numbers[name]) for name in ("西城区", "海淀区")]
    trip = approved(folk.cadre, folk.supervisor_a, title="北京考察", destination="北京市", stops=stops)
    command = [sys.executable, "-m", "mobile_stub.pretend", "walk", str(data / "tracks" / TRACK)]
    command += [
        "--server",
        served.url,
        "--username",
        folk.cadre.username,
        "--trip",
        str(trip["id"]),
        "--consent",
    ]
    command += [
        "--complete",
        "--speed",
        "1e9",
        "--longest-pause",
        "0",
        "--checkin-every",
        "120",
        "--settle",
        "1",
    ]
    environment = os.environ | {"GUATU_PRETEND_PASSWORD": folk.cadre.password}
    done = subprocess.run(command, cwd=TREE, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    db.session.rollback()
    return log.page(folk.cadre.actor, Filter(trip_id=trip["id"]), limit=200)["items"]  # type: ignore[no-any-return]


def gcj02(lng: float, lat: float) -> tuple[float, float]:
    """WGS-84 → GCJ-02 by the published formula, written apart from the server's."""
    x, y = lng - 105.0, lat - 35.0
    ripple = 20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += (ripple + 20 * math.sin(y * math.pi) + 40 * math.sin(y / 3 * math.pi)) * 2 / 3
    north += (160 * math.sin(y / 12 * math.pi) + 320 * math.sin(y * math.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += (ripple + 20 * math.sin(x * math.pi) + 40 * math.sin(x / 3 * math.pi)) * 2 / 3
    east += (150 * math.sin(x / 12 * math.pi) + 300 * math.sin(x / 30 * math.pi)) * 2 / 3
    a, ee = 6378245.0, 0.00669342162296594323
    magic = 1 - ee * math.sin(math.radians(lat)) ** 2
    north_deg = north * 180 / (a * (1 - ee) / (magic * math.sqrt(magic)) * math.pi)
    east_deg = east * 180 / (a / math.sqrt(magic) * math.cos(math.radians(lat)) * math.pi)
    return lng + east_deg, lat + north_deg


def expected(data: Path, lng: float, lat: float) -> set[str]:
    """The districts of the published file that hold a WGS-84 position, in the file's own datum."""
    features = json.loads((data / "areas" / "beijing_districts.gcj02.geojson").read_text())["features"]
    here = Point(gcj02(lng, lat))
    return {item["properties"]["name"] for item in features if shape(item["geometry"]).covers(here)}


@pytest.mark.slow
def test_every_check_in_of_a_real_track_is_in_the_right_district(
    app: Flask, server: Served, shared_data: Path
) -> None:
    folk = people.county(app)
    publish(shared_data, Datum.GCJ02)
    found = walk(folk, shared_data, server)
    assert len(found) > 30
    for checkin in found:
        position = checkin["position"]
        said = {area["name"] for area in checkin["areas"]}
        assert said == expected(shared_data, position["lng"], position["lat"])
    assert {area["name"] for checkin in found for area in checkin["areas"]} == WENT_THROUGH
    arrivals = {
        item["stop"]["name"]: item["verdict"]["outcome"] for item in found if item["kind"] == "arrive"
    }
    assert arrivals["到西城区"] == "inside"
    assert arrivals["到海淀区"] != "outside"


@pytest.mark.slow
def test_boundaries_taken_for_wgs84_by_mistake_show_in_the_districts(
    app: Flask, server: Served, shared_data: Path
) -> None:
    folk = people.county(app)
    publish(shared_data, Datum.WGS84)
    assert read_generation() > 0
    found = walk(folk, shared_data, server)
    said = {area["name"] for checkin in found for area in checkin["areas"]}
    assert "东城区" in WENT_THROUGH - said
