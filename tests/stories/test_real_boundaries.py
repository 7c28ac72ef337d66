"""Published boundaries of 119 counties and districts: they come in whole, and lie where they should."""

import math
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import pyproj
import pytest
import shapely
import sqlalchemy as sa
from flask import Flask
from shapely.geometry import MultiPolygon, Polygon, shape
from shapely.geometry.base import BaseGeometry

from mobile_stub.pretend.datum import emitted
from server.db import db
from server.geo.datum import Datum
from server.held import held
from server.models.areas import AreaVersion
from server.queries.areas import Snapshots
from server.services import areas

FILES = {
    "beijing_districts.gcj02.geojson": 16,
    "seed_counties.gcj02.geojson": 13,
    "zhejiang_counties.gcj02.geojson": 90,
}
GEOD = pyproj.Geod(ellps="WGS84")
TIENANMEN = {"lng": 116.39128, "lat": 39.90734}
NOW = datetime.now(UTC)


def publish(file: Path, datum: Datum) -> dict[str, Any]:
    return areas.import_file(
        None,
        file.read_bytes(),
        file.name,
        kind="county",
        datum=datum,
        code_field="code",
        name_field="name",
    )


def drawn(file: Path) -> dict[str, BaseGeometry]:
    """What the publisher drew, by code, as it stands in the file."""
    features = orjson.loads(file.read_bytes())["features"]
    return {feature["properties"]["code"]: shape(feature["geometry"]) for feature in features}


def true_position(lng: float, lat: float) -> tuple[float, float]:
    """Where a GCJ-02 position is in WGS-84: sought with the pretend phones' own forward formula, step by step."""
    at_lng, at_lat = lng, lat
    for _ in range(20):
        told_lng, told_lat = emitted("GCJ-02", lng=at_lng, lat=at_lat)
        step_lng, step_lat = lng - told_lng, lat - told_lat
        at_lng, at_lat = at_lng + step_lng, at_lat + step_lat
        if math.hypot(step_lng, step_lat) < 1e-10:
            break
    return at_lng, at_lat


@cache
def expected_m2(file: Path) -> dict[str, float]:
    """The area of each county in square metres: ring by ring, vertex by vertex, on the ellipsoid."""
    return {
        code: sum(map(_polygon_m2, shapely.get_parts(county)), start=0.0)
        for code, county in drawn(file).items()
    }


def _polygon_m2(polygon: Polygon) -> float:
    outer, *holes = (_ring_m2(shapely.get_coordinates(ring)) for ring in shapely.get_rings(polygon))
    return outer - sum(holes)


def _ring_m2(ring: Any) -> float:
    lng, lat = zip(*(true_position(*vertex) for vertex in ring.tolist()), strict=True)
    return abs(float(GEOD.polygon_area_perimeter(lng, lat)[0]))


@pytest.fixture(params=FILES)
def file(request: pytest.FixtureRequest, shared_data: Path) -> Path:
    found: Path = shared_data / "areas" / request.param
    return found


def stored() -> Iterator[tuple[str, MultiPolygon, float]]:
    """Code, boundary and recorded area of every county in the database."""
    snapshot = held(Snapshots).current()
    recorded = dict(db.session.execute(sa.select(AreaVersion.id, AreaVersion.area_m2)).all())
    for hit in snapshot.hits:
        yield hit.code, snapshot.boundaries[hit.version_id], recorded[hit.version_id]


def test_the_three_files_come_in_whole(app: Flask, shared_data: Path) -> None:
    reports = [publish(shared_data / "areas" / name, Datum.GCJ02) for name in FILES]
    told = [sum(report[word] for word in ("created", "changed", "unchanged")) for report in reports]
    assert told == list(FILES.values())
    assert sum(told) == 119
    assert not any(report["changed"] for report in reports)


@pytest.mark.slow
def test_each_stored_area_is_what_an_independent_conversion_gives(app: Flask, file: Path) -> None:
    publish(file, Datum.GCJ02)
    expected, found = expected_m2(file), {code: (area, m2) for code, area, m2 in stored()}
    assert found.keys() == expected.keys()
    for code, (area, recorded_m2) in found.items():
        measured_m2 = abs(GEOD.geometry_area_perimeter(shapely.orient_polygons(area))[0])
        assert measured_m2 == pytest.approx(expected[code], rel=1e-4), code
        assert recorded_m2 == pytest.approx(expected[code], rel=1e-4), code


def test_every_vertex_lies_where_a_phone_there_would_tell_what_the_file_says(
    app: Flask, shared_data: Path
) -> None:
    file = shared_data / "areas" / "seed_counties.gcj02.geojson"
    publish(file, Datum.GCJ02)
    told = drawn(file)
    for code, area, _ in stored():
        vertices = shapely.get_coordinates(area)[:: len(shapely.get_coordinates(area)) // 20]
        again = shapely.points([emitted("GCJ-02", lng=lng, lat=lat) for lng, lat in vertices.tolist()])
        assert shapely.distance(again, told[code].boundary).max() < 1e-9, code


def test_in_the_right_datum_a_place_lies_in_its_district_and_in_the_wrong_one_500_metres_off(
    app: Flask, shared_data: Path
) -> None:
    file = shared_data / "areas" / "beijing_districts.gcj02.geojson"
    publish(file, Datum.GCJ02)
    (right,) = held(Snapshots).current().at(**TIENANMEN, at=NOW)
    assert (right.code, right.version) == ("110101", 1)
    assert publish(file, Datum.WGS84)["changed"] == 16
    snapshot = held(Snapshots).current()
    drawn_as = {
        hit.version: snapshot.boundaries[hit.version_id] for hit in snapshot.hits if hit.code == "110101"
    }
    middles = [shapely.get_coordinates(shapely.centroid(drawn_as[version]))[0] for version in (1, 2)]
    assert 400 < GEOD.inv(*middles[0], *middles[1])[2] < 700
