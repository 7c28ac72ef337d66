"""The doors of areas: lists, maps, imports of every format, and bad input of every kind."""

import gzip
import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from shapely.geometry import shape
from sqlalchemy import event
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from server import clock
from server.config import Settings
from server.db import db
from server.geo import measure
from server.held import held, hold
from server.models.areas import AreaVersion
from tests.people import County, county
from tests.support.boundary_files import FAR, WEST, WHOLE, Shapes, geojson, geopackage, kml, shapefile

DAY = timedelta(days=1)
PROBLEM = "application/problem+json"


@dataclass
class Desk:
    """Somebody's desk: a client with their headers."""

    client: FlaskClient
    headers: dict[str, str]

    def get(self, path: str, **more: str) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers | more)

    def document(self, path: str) -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.data
        return json.loads(answer.data)

    def send(self, data: bytes, filename: str = "areas.geojson", **told: str) -> TestResponse:
        form = {"kind": "village", "datum": "WGS-84", "code_field": "code", "name_field": "name"} | told
        return self.post(form | {"file": FileStorage(io.BytesIO(data), filename)})

    def post(self, form: dict[str, Any]) -> TestResponse:
        boundary, body = encode_multipart(form)
        content_type = f'multipart/form-data; boundary="{boundary}"'
        return self.client.post(
            "/api/v1/areas/imports", data=body, content_type=content_type, headers=self.headers
        )

    def publish(self, shapes: Shapes, **told: str) -> None:
        answer = self.send(geojson(shapes), **told)
        assert answer.status_code == 201, answer.data

    def retire(self, area_id: int, **told: str) -> TestResponse:
        return self.client.post(f"/api/v1/areas/{area_id}/retire", json=told, headers=self.headers)


@pytest.fixture
def people(app: Flask) -> County:
    return county(app)


@pytest.fixture
def desk(client: FlaskClient, people: County) -> Desk:
    return Desk(client, people.administrator.sign_in(client))


@pytest.fixture
def small_uploads(app: Flask) -> Iterator[None]:
    """A server that takes boundary files of at most one megabyte."""
    settings = held(Settings)
    hold(app, replace(settings, upload_mb=1))
    yield
    hold(app, settings)


def codes(collection: Any) -> list[str]:
    return [feature["properties"]["code"] for feature in collection["features"]]


def is_problem(answer: TestResponse, status: int, code: str) -> None:
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM), answer.data
    document = json.loads(answer.data)
    assert document["code"] == code
    assert document["title"].endswith("。")
    assert document["title_en"].endswith(".")


def nothing_stored() -> bool:
    count = db.session.scalar(sa.select(sa.func.count()).select_from(AreaVersion))
    db.session.rollback()
    return count == 0


# ── importing ───────────────────────────────────────────────────────────────────────────────────────────

SHAPES = {"柳树村": WHOLE, "桐洲岛": FAR}


@pytest.mark.parametrize(
    ("make", "filename"),
    [
        (lambda: geojson(SHAPES), "村.geojson"),
        (lambda: geopackage(SHAPES), "areas.gpkg"),
        (lambda: shapefile(SHAPES, encoding="GBK"), "gbk.zip"),
        (lambda: shapefile(SHAPES, encoding="UTF-8"), "utf8.zip"),
        (lambda: kml(SHAPES), "areas.kml"),
    ],
    ids=["geojson", "geopackage", "shapefile in GBK", "shapefile in UTF-8", "kml"],
)
def test_every_format_comes_back_as_it_was_drawn(desk: Desk, make: Any, filename: str) -> None:
    answer = desk.send(make(), filename)
    assert answer.status_code == 201, answer.data
    assert answer.json is not None
    assert (answer.json["created"], answer.json["changed"], answer.json["unchanged"]) == (2, 0, 0)
    drawn = {
        feature["properties"]["name"]: shape(feature["geometry"])
        for feature in desk.document("/areas.geojson")["features"]
    }
    assert {name: shapely.equals(drawn[name], SHAPES[name]) for name in drawn} == dict.fromkeys(SHAPES, True)


def test_emoji_and_rare_han_survive_to_the_map(desk: Desk) -> None:
    answer = desk.send(geojson({"01": WHOLE}, **{"01": "𠮷祥村🏞️"}))
    assert answer.status_code == 201
    (feature,) = desk.document("/areas.geojson")["features"]
    assert feature["properties"]["name"] == "𠮷祥村🏞️"
    assert [item["name"] for item in desk.document("/areas?name=𠮷")["items"]] == ["𠮷祥村🏞️"]


def test_every_refusal_is_named_and_nothing_is_stored(desk: Desk) -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    answer = desk.send(geojson({"01": WHOLE, "02": line, "03": None}))
    is_problem(answer, 422, "areas_refused")
    assert answer.json is not None
    assert list(answer.json["fields"]) == ["feature 2", "feature 3"]
    assert all(said["zh"] and said["en"] for said in answer.json["fields"]["feature 2"])
    assert nothing_stored()


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"kind": "planet"}, "kind"),
        ({"kind": ""}, "kind"),
        ({"datum": "WGS-1984"}, "datum"),
        ({"name_field": ""}, "name_field"),
        ({"valid_from": "tomorrow"}, "valid_from"),
        ({"valid_from": "2026-01-01T00:00:00"}, "valid_from"),
        ({"surprise": "1"}, "surprise"),
        ({"name_field": "na\0me"}, "name_field"),
    ],
)
def test_a_form_that_is_wrong_is_told_where(desk: Desk, told: dict[str, str], field: str) -> None:
    answer = desk.send(geojson({"01": WHOLE}), **told)
    is_problem(answer, 422, "bad_input")
    assert answer.json is not None
    assert list(answer.json["fields"]) == [field]
    assert nothing_stored()


def test_an_import_without_a_file_is_refused(desk: Desk) -> None:
    form = {"kind": "village", "datum": "WGS-84", "name_field": "name"}
    answer = desk.post(form)
    is_problem(answer, 422, "bad_input")
    assert answer.json is not None
    assert list(answer.json["fields"]) == ["file"]


def test_empty_answers_of_a_form_count_as_not_given(desk: Desk) -> None:
    answer = desk.send(geojson({"01": WHOLE}), parent_code="", valid_from="", code_field="")
    assert answer.status_code == 201, answer.data


def test_a_supervisor_may_look_but_not_import(client: FlaskClient, people: County) -> None:
    supervisor = Desk(client, people.supervisor.sign_in(client))
    is_problem(supervisor.send(geojson({"01": WHOLE})), 403, "forbidden")
    is_problem(supervisor.retire(1), 403, "forbidden")
    assert supervisor.document("/areas") == {"items": []}
    assert nothing_stored()


# ── bad files ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_body_larger_than_this_door_takes_is_413(desk: Desk, small_uploads: None) -> None:
    is_problem(desk.send(b" " * 10_000_000), 413, "too_large")
    assert nothing_stored()


def test_this_door_takes_more_than_the_others(desk: Desk) -> None:
    padding = b" " * 3_000_000
    assert desk.send(geojson({"01": WHOLE}) + padding).status_code == 201
    json_headers = desk.headers | {"Content-Type": "application/json"}
    answer = desk.client.post("/api/v1/areas/1/retire", data=padding, headers=json_headers)
    is_problem(answer, 413, "too_large")


def _zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for ending in ("shp", "shx", "dbf"):
            archive.writestr(f"bomb.{ending}", b"\0" * 20_000_000)
    return packed.getvalue()


def _huge_ring() -> bytes:
    turn = np.linspace(0, 2 * np.pi, 1_000_000)
    ring = np.round(np.column_stack((120 + np.cos(turn), 30 + np.sin(turn))), 7)
    return geojson({"01": shapely.Polygon(ring)})


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: b"", "boundary_file_refused"),
        (lambda: b"\0" * 1000, "boundary_file_refused"),
        (lambda: b'{"type":"FeatureCollection","features":' + b"[" * 1_000_000, "boundary_file_refused"),
        (lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000, "boundary_file_refused"),
        (lambda: geojson({"01": WHOLE})[:-40], "boundary_file_refused"),
        (lambda: shapefile({"01": WHOLE})[:-40], "boundary_file_refused"),
        (_zip_bomb, "boundary_file_refused"),
        (_huge_ring, "areas_refused"),
        (lambda: geojson({"01": WHOLE}, **{"01": "柳\0村"}), "areas_refused"),
        (lambda: geojson({"01": WHOLE}).replace(b"30.2", b"NaN", 1), "areas_refused"),
        (lambda: geojson({"01": shapely.box(0, 89, 1, 91)}), "areas_refused"),
    ],
    ids=[
        "empty",
        "zeros",
        "nested lists",
        "nested objects",
        "cut GeoJSON",
        "cut archive",
        "zip bomb",
        "a million vertices",
        "NUL in a name",
        "not a number",
        "beyond the pole",
    ],
)
def test_a_hostile_file_is_refused_and_leaves_nothing(desk: Desk, make: Any, code: str) -> None:
    is_problem(desk.send(make()), 422, code)
    assert nothing_stored()


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────


def test_the_list_goes_by_kind_and_code_and_can_be_asked_by_kind_name_and_parent(desk: Desk) -> None:
    desk.publish({"A": WHOLE}, kind="township")
    desk.publish({"02": FAR, "01": WEST}, parent_code="A")
    everything = desk.document("/areas")["items"]
    assert [item["code"] for item in everything] == ["A", "01", "02"]
    township = everything[0]
    asked = {
        "?kind=village": ["01", "02"],
        "?name=0": ["01", "02"],
        "?name=02": ["02"],
        "?name=%25": [],
        f"?parent_id={township['id']}": ["01", "02"],
    }
    found = {query: [item["code"] for item in desk.document(f"/areas{query}")["items"]] for query in asked}
    assert found == asked


def test_an_area_is_told_with_all_its_versions(desk: Desk, people: County) -> None:
    desk.publish({"01": WEST})
    desk.publish({"01": WHOLE}, datum="GCJ-02", valid_from="2026-01-01T00:00:00+08:00")
    (item,) = desk.document("/areas")["items"]
    area = desk.document(f"/areas/{item['id']}")
    assert {key: area[key] for key in item} == item
    assert [version["number"] for version in area["versions"]] == [2, 1]
    assert area["versions"][0]["valid_from"] == "2025-12-31T16:00:00Z"
    assert area["versions"][0]["datum"] == "GCJ-02"
    publisher = {"id": people.administrator.id, "name": people.administrator.name}
    assert area["versions"][0]["published_by"] == publisher
    assert area["versions"][1]["area_km2"] == pytest.approx(measure.area_m2(WEST) / 1e6, abs=1e-6)


@pytest.mark.parametrize(
    "path",
    [
        "/areas/404",
        "/areas/404.geojson",
        "/areas/1.geojson?version=9",
        "/areas/99999999999999999999",
        "/areas/99999999999999999999.geojson",
    ],
)
def test_what_is_not_there_is_not_found(desk: Desk, path: str) -> None:
    desk.publish({"01": WHOLE})
    is_problem(desk.get(path), 404, "not_found")


def test_each_version_of_a_boundary_can_be_read(desk: Desk) -> None:
    desk.publish({"01": WEST})
    desk.publish({"01": WHOLE})
    (item,) = desk.document("/areas")["items"]
    now, first = (desk.document(f"/areas/{item['id']}.geojson{query}") for query in ("", "?version=1"))
    assert (now["type"], now["properties"]["version"], first["properties"]["version"]) == ("Feature", 2, 1)
    assert shapely.equals(shape(now["geometry"]), WHOLE)
    assert shapely.equals(shape(first["geometry"]), WEST)


def test_a_box_finds_what_touches_it_through_the_databases_index(desk: Desk) -> None:
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    desk.publish({"01": WHOLE, "02": FAR})
    event.listen(db.engine, "before_cursor_execute", listen)
    boxes = {
        "120.01,30.01,120.02,30.02": ["01"],
        "119,29,122,31": ["01", "02"],
        "120.2,30.2,120.3,30.3": ["01"],
        "100,20,101,21": [],
    }
    found = {box: codes(desk.document(f"/areas.geojson?bbox={box}")) for box in boxes}
    event.remove(db.engine, "before_cursor_execute", listen)
    assert found == boxes
    index = "SpatialIndex" if db.engine.dialect.name == "sqlite" else "ST_Intersects"
    assert sum(index in statement for statement in asked) == len(boxes)


def test_a_box_goes_by_the_boundary_and_not_by_the_box_around_it(desk: Desk) -> None:
    triangle = shapely.Polygon([(120, 30), (121, 30), (120, 31)])
    desk.publish({"01": triangle})
    assert codes(desk.document("/areas.geojson?bbox=120.9,30.9,120.95,30.95")) == []


@pytest.mark.parametrize(
    "query",
    [
        "bbox=1,2,3",
        "bbox=a,b,c,d",
        "bbox=nan,0,1,1",
        "bbox=0,0,inf,1",
        "bbox=2,0,1,1",
        "bbox=0,0,181,1",
        "kind=planet",
        "id=0",
        "id=99999999999999999999",
        "id=x",
        "parent_id=1.5",
        "simplify_m=-1",
        "simplify_m=nan",
        "simplify_m=1e9",
        "name=%00",
    ],
)
def test_a_question_that_means_nothing_is_refused(desk: Desk, query: str) -> None:
    is_problem(desk.get(f"/areas.geojson?{query}"), 422, "bad_input")


def test_the_map_shows_what_is_in_force_now(desk: Desk) -> None:
    desk.publish({"01": WHOLE, "02": FAR})
    desk.publish({"01": WEST}, valid_from="2090-01-01T00:00:00Z")
    desk.publish({"03": FAR}, valid_from="2090-01-01T00:00:00Z")
    retired = desk.document("/areas?name=02")["items"][0]["id"]
    assert desk.retire(retired).status_code == 200
    collection = desk.document("/areas.geojson")
    assert [
        (each["properties"]["code"], each["properties"]["version"]) for each in collection["features"]
    ] == [("01", 1)]
    listed = {item["code"]: item for item in desk.document("/areas")["items"]}
    assert listed["02"]["retired_at"] is not None
    assert listed["03"]["version"] == 1


def test_an_area_can_be_retired_from_a_later_instant(desk: Desk) -> None:
    desk.publish({"01": WHOLE})
    answer = desk.retire(desk.document("/areas")["items"][0]["id"], **{"from": "2090-01-01T00:00:00+08:00"})
    assert answer.json is not None
    assert answer.json["retired_at"] == "2089-12-31T16:00:00Z"
    assert codes(desk.document("/areas.geojson")) == ["01"]


def test_a_map_that_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    desk.publish({"01": WHOLE})
    tag = desk.get("/areas.geojson").headers["ETag"]
    again = desk.get("/areas.geojson", **{"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert desk.get("/areas.geojson?kind=village", **{"If-None-Match": tag}).status_code == 200
    desk.publish({"02": FAR})
    assert desk.get("/areas.geojson", **{"If-None-Match": tag}).status_code == 200


def test_a_map_changes_when_the_time_of_a_version_comes_or_of_an_areas_end(
    desk: Desk, people: County
) -> None:
    now = clock.now()
    desk.publish({"01": WEST})
    desk.publish({"01": WHOLE}, valid_from=clock.iso(now + DAY))
    desk.retire(desk.document("/areas")["items"][0]["id"], **{"from": clock.iso(now + 2 * DAY)})
    tags = []
    for days in range(3):
        with clock.at(now + days * DAY + timedelta(minutes=1)):
            desk.headers = people.cadre.sign_in(desk.client)
            tags.append(desk.get("/areas.geojson").headers["ETag"])
    assert len(set(tags)) == 3


def test_a_map_is_packed_for_readers_that_take_it_so(desk: Desk) -> None:
    desk.publish({f"{number:02}": WHOLE for number in range(20)})
    plain, packed = desk.get("/areas.geojson"), desk.get("/areas.geojson", **{"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert packed.mimetype == "application/geo+json"


def test_boundaries_can_be_thinned_for_drawing(desk: Desk) -> None:
    round_one = shapely.Point(120, 30).buffer(0.1, quad_segs=500)
    desk.publish({"01": round_one})
    (thin,) = desk.document("/areas.geojson?simplify_m=100")["features"]
    drawn = shape(thin["geometry"])
    assert shapely.get_num_coordinates(drawn) < 100
    assert shapely.hausdorff_distance(drawn, round_one) < 0.001
    (whole,) = desk.document("/areas.geojson")["features"]
    assert shapely.get_num_coordinates(shape(whole["geometry"])) == 2001


def test_instants_are_told_in_utc(desk: Desk) -> None:
    begins = datetime(2026, 1, 1, 8, 30, tzinfo=UTC)
    desk.publish({"01": WHOLE}, valid_from="2026-01-01T16:30:00+08:00")
    told = {desk.document("/areas")["items"][0]["valid_from"]}
    told |= {desk.document("/areas.geojson")["features"][0]["properties"]["valid_from"]}
    assert told == {clock.iso(begins)}
