"""Importing and retiring areas: versions, all or nothing, and what the record says."""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import shapely
import sqlalchemy as sa
from flask import Flask
from shapely.geometry import LineString, Point

from server import clock
from server.config import Settings
from server.db import db
from server.errors import AreaRefused, AreasRefused, Forbidden, NotFound, Problem
from server.geo.datum import Datum
from server.held import held, hold
from server.ingest.boundaries import BoundaryFileError
from server.models.areas import Area, AreaGeneration, AreaVersion
from server.models.events import Event
from server.queries import boundaries
from server.queries.areas import Snapshots
from server.queries.boundaries import Wanted
from server.rules.access import Actor
from server.services import areas
from tests.people import County, county
from tests.support.boundary_files import BOW_TIE, FAR, HERE, WEST, WHOLE, geojson

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def people(app: Flask) -> County:
    return county(app)


@pytest.fixture
def administrator(people: County) -> Actor:
    return people.administrator.actor


def publish(actor: Actor | None, data: bytes, *, at: datetime = NOW, **more: Any) -> dict[str, Any]:
    """Import at an instant; villages in WGS-84 unless told otherwise."""
    told: dict[str, Any] = {
        "kind": "village",
        "datum": Datum.WGS84,
        "code_field": "code",
        "name_field": "name",
    }
    with clock.at(at):
        return areas.import_file(actor, data, "villages.geojson", **told | more)


def counted(report: dict[str, Any]) -> tuple[int, int, int]:
    return report["created"], report["changed"], report["unchanged"]


def stored() -> tuple[int, int, int, int]:
    """How much the database holds: areas, versions, the generation, events about areas."""
    rows = [sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in (Area, AreaVersion)]
    told = sa.select(sa.func.count()).where(Event.kind.startswith("area.")).scalar_subquery()
    generation = sa.select(AreaGeneration.number).scalar_subquery()
    found = db.session.execute(sa.select(*rows, generation, told)).one()
    db.session.rollback()
    return found[0], found[1], found[2], found[3]


def versions_at(*instants: datetime, lng: float = HERE["lng"], lat: float = HERE["lat"]) -> list[list[int]]:
    """The numbers of the versions in force at one place, at each instant."""
    snapshot = held(Snapshots).current()
    return [[hit.version for hit in snapshot.at(lng=lng, lat=lat, at=instant)] for instant in instants]


def test_a_file_makes_its_areas_and_the_record_names_ids_and_versions_only(administrator: Actor) -> None:
    report = publish(administrator, geojson({"01": WHOLE, "02": FAR}, **{"01": "柳树村"}))
    assert counted(report) == (2, 0, 0)
    assert stored() == (2, 2, 1, 1)
    event = db.session.scalars(sa.select(Event).where(Event.kind == "area.published")).one()
    ids = list(db.session.scalars(sa.select(Area.id).order_by(Area.code)))
    assert event.actor_id == administrator.person_id
    assert event.data == {
        "area_kind": "village",
        "versions": [[ids[0], 1], [ids[1], 1]],
        "moved": [],
        "generation": 1,
    }


def test_a_new_area_is_valid_since_always_when_nobody_says_from_when(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}))
    assert versions_at(NOW - 9000 * DAY, NOW) == [[1], [1]]


def test_a_new_area_is_valid_from_the_instant_that_was_said(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}), valid_from=NOW - DAY)
    assert versions_at(NOW - 2 * DAY, NOW - DAY) == [[], [1]]


def test_another_boundary_makes_a_version_valid_from_now_on(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WEST}))
    assert counted(publish(administrator, geojson({"01": WHOLE}), at=NOW + DAY)) == (0, 1, 0)
    assert versions_at(NOW, NOW + DAY) == [[], [2]]
    assert versions_at(NOW, NOW + DAY, lng=120.05, lat=30.1) == [[1], [2]]


def test_another_name_makes_a_version_and_the_past_keeps_the_old_one(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}, **{"01": "柳树村"}))
    publish(administrator, geojson({"01": WHOLE}, **{"01": "柳树社区"}), at=NOW + DAY)
    snapshot = held(Snapshots).current()
    names = [snapshot.at(**HERE, at=NOW + days * DAY)[0].name for days in (0, 1)]
    assert names == ["柳树村", "柳树社区"]
    assert db.session.scalar(sa.select(Area.name)) == "柳树社区"


def test_the_same_file_again_changes_and_records_nothing(administrator: Actor) -> None:
    data = geojson({"01": WHOLE, "02": FAR})
    publish(administrator, data)
    before = stored()
    assert counted(publish(administrator, data, at=NOW + DAY)) == (0, 0, 2)
    assert stored() == before


def test_the_same_boundary_drawn_from_another_corner_is_no_other_boundary(administrator: Actor) -> None:
    corners = list(WHOLE.exterior.coords)[:-1]
    publish(administrator, geojson({"01": WHOLE}))
    turned = shapely.Polygon([*corners[2:], *corners[:2]])
    assert counted(publish(administrator, geojson({"01": turned}))) == (0, 0, 1)


def test_the_same_boundary_from_an_earlier_instant_is_a_version_from_a_later_one_is_not(
    administrator: Actor,
) -> None:
    data = geojson({"01": WHOLE})
    publish(administrator, data, valid_from=NOW)
    assert counted(publish(administrator, data, valid_from=NOW + DAY)) == (0, 0, 1)
    assert counted(publish(administrator, data, valid_from=NOW - DAY)) == (0, 1, 0)
    assert versions_at(NOW - DAY, NOW) == [[2], [2]]


def test_a_retroactive_version_rules_from_its_valid_from_on(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}))
    publish(administrator, geojson({"01": WEST}), valid_from=NOW - 10 * DAY)
    assert versions_at(NOW - 11 * DAY, NOW - 10 * DAY, NOW) == [[1], [], []]


def test_a_version_may_come_into_force_later(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WEST}))
    publish(administrator, geojson({"01": WHOLE}), valid_from=NOW + DAY)
    assert versions_at(NOW, NOW + DAY) == [[], [2]]
    with clock.at(NOW):
        (item,) = boundaries.listed(administrator, Wanted())["items"]
    assert item["version"] == 1


def test_the_same_code_in_another_kind_is_another_area(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}))
    assert counted(publish(administrator, geojson({"01": WHOLE}), kind="grid")) == (1, 0, 0)


def test_without_a_code_field_names_are_codes(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}, **{"01": "柳树村"}), code_field=None)
    assert db.session.scalar(sa.select(Area.code)) == "柳树村"


def test_one_bad_feature_and_nothing_is_stored_and_every_bad_one_is_named(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WEST}))
    before = stored()
    shapes = {"01": WHOLE, "02": LineString([(0, 0), (1, 1)]), "03": FAR, "04": Point(1, 1), "05": None}
    with pytest.raises(AreasRefused) as refused:
        publish(administrator, geojson(shapes))
    fields = refused.value.fields or {}
    assert list(fields) == ["feature 2", "feature 4", "feature 5"]
    assert [said[0]["code"] for said in fields.values()] == ["not_polygon", "not_polygon", "empty"]
    assert refused.value.facts == {"count": 3}
    assert stored() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (geojson({"01": WHOLE}, **{"01": "柳\0村"}), "name_unprintable"),
        (geojson({"01": WHOLE}, **{"01": "村" * 121}), "name_too_long"),
        (geojson({"0" * 65: WHOLE}), "code_too_long"),
        (geojson({"": WHOLE}), "name_empty"),
        (geojson({"01": shapely.box(1120, 30, 1121, 31)}), "absurd_coordinates"),
        (geojson({"01": WHOLE}).replace(b"30.2", b"1e999", 1), "not_finite"),
    ],
)
def test_what_cannot_be_an_area_is_refused_by_name(administrator: Actor, data: bytes, said: str) -> None:
    with pytest.raises(AreasRefused) as refused:
        publish(administrator, data)
    assert (refused.value.fields or {})["feature 1"][0]["code"] == said
    assert stored() == (0, 0, 0, 0)


def test_a_file_that_is_no_boundary_file_is_refused_with_its_reason(administrator: Actor) -> None:
    with pytest.raises(BoundaryFileError) as refused:
        publish(administrator, b"%PDF-1.7")
    assert refused.value.reason == "unknown_format"


def test_files_and_features_have_the_limits_of_the_settings(app: Flask, administrator: Actor) -> None:
    settings = held(Settings)
    hold(app, replace(settings, feature_vertices=100))
    try:
        with pytest.raises(AreasRefused) as refused:
            publish(administrator, geojson({"01": Point(120, 30).buffer(0.1, quad_segs=50)}))
    finally:
        hold(app, settings)
    assert (refused.value.fields or {})["feature 1"][0]["code"] == "too_many_vertices"


def test_every_mend_is_reported_and_kept_with_the_version(administrator: Actor) -> None:
    report = publish(administrator, geojson({"01": WHOLE, "02": BOW_TIE}))
    mends = [mend["code"] for mend in report["mended"] if mend["feature"] == 2]
    assert mends == ["self_intersection"]
    repairs = sa.select(AreaVersion.repairs).join(Area, Area.id == AreaVersion.area_id)
    assert db.session.scalar(repairs.where(Area.code == "02")) == ["self_intersection"]


def test_holes_and_parts_are_kept(administrator: Actor) -> None:
    holed = shapely.Polygon(WHOLE.exterior.coords, [shapely.box(120.1, 30.05, 120.18, 30.15).exterior.coords])
    publish(administrator, geojson({"01": shapely.MultiPolygon([holed, FAR])}))
    (stored_shape,) = held(Snapshots).current().boundaries.values()
    assert shapely.equals(stored_shape, shapely.union_all([holed, FAR]))
    assert versions_at(NOW) == [[]]
    assert versions_at(NOW, lng=121.05, lat=30.05) == [[1]]


def test_the_wrong_datum_moves_an_area_by_hundreds_of_metres_and_the_version_says_it(
    administrator: Actor,
) -> None:
    data = geojson({"01": WHOLE})
    publish(administrator, data, datum=Datum.GCJ02)
    assert counted(publish(administrator, data, datum=Datum.WGS84)) == (0, 1, 0)
    boundaries_by_id = held(Snapshots).current().boundaries
    right, wrong = (boundaries_by_id[version_id] for version_id in sorted(boundaries_by_id))
    gap_deg = shapely.get_coordinates(wrong).min(axis=0) - shapely.get_coordinates(right).min(axis=0)
    assert 0.001 < abs(gap_deg[0]) < 0.01
    datums = db.session.scalars(sa.select(AreaVersion.source_datum).order_by(AreaVersion.number))
    assert list(datums) == ["GCJ-02", "WGS-84"]


def test_areas_lie_in_the_area_whose_code_is_given_and_can_be_moved(administrator: Actor) -> None:
    publish(administrator, geojson({"A": WHOLE, "B": FAR}), kind="township")
    data = geojson({"01": WHOLE})
    publish(administrator, data, parent_code="A")
    generation = stored()[2]
    assert counted(publish(administrator, data, parent_code="B")) == (0, 1, 0)
    parent = sa.select(Area.parent_id).where(Area.kind == "village").scalar_subquery()
    assert db.session.scalar(sa.select(Area.code).where(Area.id == parent)) == "B"
    assert stored()[1:3] == (3, generation + 1)
    assert counted(publish(administrator, data)) == (0, 0, 1)


@pytest.mark.parametrize(("kind", "parent"), [("village", "nowhere"), ("county", "A"), ("grid", "A")])
def test_a_parent_that_is_not_there_refuses_the_file(administrator: Actor, kind: str, parent: str) -> None:
    publish(administrator, geojson({"A": WHOLE}), kind="township")
    before = stored()
    with pytest.raises(AreasRefused) as refused:
        publish(administrator, geojson({"01": WHOLE}), kind=kind, parent_code=parent)
    assert list(refused.value.fields or {}) == ["parent_code"]
    assert stored() == before


def test_only_an_administrator_of_the_county_may_import_or_retire(people: County) -> None:
    data = geojson({"01": WHOLE})
    publish(people.administrator.actor, data)
    area_id = db.session.scalar(sa.select(Area.id)) or 0
    for name in ("cadre", "grid_member", "supervisor", "leader", "auditor", "administrator_a"):
        someone = people.everyone[name].actor
        with pytest.raises(Forbidden):
            publish(someone, data)
        with pytest.raises(Forbidden):
            areas.retire(someone, area_id)
    assert stored() == (1, 1, 1, 1)


def test_the_command_line_imports_as_the_system(administrator: Actor) -> None:
    publish(None, geojson({"01": WHOLE}))
    event = db.session.scalars(sa.select(Event).where(Event.kind == "area.published")).one()
    assert event.actor_id is None
    assert boundaries.one(administrator, 1)["versions"][0]["published_by"] is None


def test_a_retired_area_is_out_of_force_from_then_on_and_stays_in_the_list(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}))
    area_id = db.session.scalar(sa.select(Area.id)) or 0
    with clock.at(NOW):
        retired = areas.retire(administrator, area_id, NOW + DAY)
        assert retired["retired_at"] == NOW + DAY
        assert [item["id"] for item in boundaries.listed(administrator, Wanted())["items"]] == [area_id]
    assert versions_at(NOW, NOW + DAY) == [[1], []]
    event = db.session.scalars(sa.select(Event).where(Event.kind == "area.retired")).one()
    assert (event.subject, event.data["retired_from"]) == (str(area_id), "2026-03-03T01:00:00Z")


def test_an_area_is_retired_once_and_for_good(administrator: Actor) -> None:
    publish(administrator, geojson({"01": WHOLE}))
    area_id = db.session.scalar(sa.select(Area.id)) or 0
    areas.retire(administrator, area_id)
    with pytest.raises(AreaRefused):
        areas.retire(administrator, area_id)
    with pytest.raises(AreasRefused) as refused:
        publish(administrator, geojson({"01": WEST}))
    assert (refused.value.fields or {})["feature 1"][0]["code"] == "retired"
    assert stored() == (1, 1, 2, 2)


def test_an_area_that_is_not_there_cannot_be_retired(administrator: Actor) -> None:
    with pytest.raises(NotFound):
        areas.retire(administrator, 404)


def test_two_imports_of_one_file_at_once_make_one_version(app: Flask, administrator: Actor) -> None:
    publish(administrator, geojson({"01": WEST}))
    data = geojson({"01": WHOLE, "02": FAR})
    start = threading.Barrier(4)
    told: list[tuple[int, int, int] | Problem] = []

    def import_it() -> None:
        with app.app_context():
            start.wait()
            try:
                told.append(counted(publish(administrator, data)))
            except Problem as problem:
                told.append(problem)

    threads = [threading.Thread(target=import_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told, key=str) == [(0, 0, 2)] * 3 + [(1, 1, 0)]
    assert stored() == (2, 3, 2, 2)


def test_a_file_that_tells_households_sets_them_and_one_that_leaves_them_out_changes_nothing(
    administrator: Actor,
) -> None:
    def file(**counts: Any) -> bytes:
        told = json.loads(geojson({"01": WHOLE, "02": FAR}))
        for feature in told["features"]:
            feature["properties"]["户数"] = counts.get(f"c{feature['properties']['code']}")
        return json.dumps(told).encode()

    def households() -> dict[str, int | None]:
        return {area["code"]: area["households"] for area in boundaries.listed(None, Wanted())["items"]}

    first = publish(administrator, file(c01=64, c02="120"), households_field="户数")
    assert (first["created"], first["counted"], households()) == (2, 2, {"01": 64, "02": 120})
    again = publish(administrator, file(c01=65), households_field="户数")
    assert (counted(again), again["counted"], households()) == ((0, 0, 2), 1, {"01": 65, "02": 120})
    assert publish(administrator, file(c01=1))["counted"] == 0
    [event] = db.session.execute(
        sa.select(Event).where(Event.kind == "area.updated").order_by(Event.number.desc()).limit(1)
    ).scalars()
    assert [number for _, number in event.data["households"]] == [65]
    with pytest.raises(AreasRefused) as refused:
        publish(administrator, file(c01="六十", c02=-1), households_field="户数")
    assert [said[0]["code"] for said in (refused.value.fields or {}).values()] == ["households_odd"] * 2
