"""Boundaries looked at before they are published, and held against each other afterwards."""

import json
from typing import Any

import pytest
import shapely
from flask import Flask

from server.errors import AreaRefused, Forbidden, NotFound
from server.geo.datum import Datum, convert
from server.queries import boundaries, boundary_checks
from server.queries.boundaries import Wanted
from server.services import area_previews, areas
from tests import people


def drawn(*shapes: shapely.Polygon, name: str = "网格") -> bytes:
    """A GeoJSON file of these shapes."""
    features = [
        {
            "type": "Feature",
            "properties": {"name": f"{name}{number}"},
            "geometry": shapely.geometry.mapping(shape),
        }
        for number, shape in enumerate(shapes, 1)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def put(kind: str, *shapes: shapely.Polygon, **more: Any) -> None:
    """Areas of a kind, in WGS-84."""
    areas.import_file(
        None, drawn(*shapes), "a.geojson", kind=kind, datum=Datum.WGS84, name_field="name", **more
    )


HERE = shapely.box(118.5, 29.6, 118.6, 29.7)
WEST, EAST = shapely.box(118.5, 29.6, 118.55, 29.7), shapely.box(118.549, 29.6, 118.59, 29.7)


def test_a_file_in_gcj02_shows_in_the_preview_which_of_the_three_readings_fits(app: Flask) -> None:
    folk = people.county(app)
    put("county", HERE)
    shifted = shapely.transform(HERE, lambda lnglat: convert(lnglat, source=Datum.WGS84, target=Datum.GCJ02))
    told = area_previews.preview(
        folk.administrator.actor, drawn(shifted), "a.geojson", kind="county", name_field="name"
    )
    by = {each["datum"]: each for each in told["readings"]}
    assert list(by) == ["WGS-84", "GCJ-02", "BD-09"]
    assert by["GCJ-02"]["off_m"] < 1
    assert by["WGS-84"]["off_m"] > 300
    assert by["GCJ-02"]["inside_share"] > 0.999 > by["WGS-84"]["inside_share"] > by["BD-09"]["inside_share"]
    assert (told["created"], told["changed"], told["unchanged"]) == (0, 1, 0)


def test_a_preview_tells_mends_and_refusals_and_keeps_nothing(app: Flask) -> None:
    folk = people.county(app)
    bow = shapely.Polygon([(118.5, 29.6), (118.6, 29.7), (118.6, 29.6), (118.5, 29.7)])
    nothing = shapely.Polygon([(118.5, 29.6), (118.6, 29.6), (118.5, 29.6)])
    told = area_previews.preview(
        folk.administrator.actor, drawn(bow, nothing), "a.geojson", kind="grid", name_field="name"
    )
    assert [each["code"] for each in told["mended"]] == ["self_intersection"]
    assert list(told["refused"]) == ["feature 2"]
    assert boundaries.listed(None, Wanted())["items"] == []
    with pytest.raises(Forbidden):
        area_previews.preview(folk.supervisor.actor, drawn(bow), "a.geojson", kind="grid", name_field="name")


def test_grids_that_overlap_or_leave_a_gap_in_their_village_are_found_and_told(app: Flask) -> None:
    folk = people.county(app)
    put("village", HERE)
    put("grid", WEST, EAST, parent_code="网格1")
    told = boundary_checks.joints_of(folk.supervisor.actor, "grid")
    assert (told["overlaps"], told["gaps"]) == (1, 1)
    by = {each["kind"]: each for each in told["items"]}
    assert [area["name"] for area in by["overlap"]["areas"]] == ["网格1", "网格2"]
    assert by["gap"]["area_m2"] == pytest.approx(0.01 * 0.1 * 111_000 * 96_600, rel=0.02)
    assert boundary_checks.joints_of(folk.supervisor.actor, "site") == {"items": [], "overlaps": 0, "gaps": 0}


def test_ground_is_no_gap_where_an_area_of_the_kind_lies_without_being_entered_below_the_parent(
    app: Flask,
) -> None:
    folk = people.county(app)
    put("village", HERE)
    put("grid", WEST, parent_code="网格1")
    areas.import_file(
        None,
        drawn(shapely.box(118.55, 29.6, 118.6, 29.7), name="散"),
        "a.geojson",
        kind="grid",
        datum=Datum.WGS84,
        name_field="name",
    )
    told = boundary_checks.joints_of(folk.supervisor.actor, "grid")
    assert (told["overlaps"], told["gaps"]) == (0, 0)


def test_two_versions_are_held_against_each_other(app: Flask) -> None:
    folk = people.county(app)
    put("village", HERE)
    put("village", WEST)
    [area] = boundaries.listed(None, Wanted())["items"]
    told = boundary_checks.difference(folk.cadre.actor, area["id"], 1, 2)
    assert (told["gained"]["area_m2"], told["lost"]["area_m2"] > 1e7) == (0.0, True)
    with pytest.raises(NotFound):
        boundary_checks.difference(folk.cadre.actor, area["id"], 1, 3)


@pytest.mark.parametrize(
    ("households", "mark"), [(49, "few"), (50, None), (100, None), (101, "many"), (None, None)]
)
def test_a_grid_with_unusually_few_or_many_households_is_marked(
    app: Flask, households: int | None, mark: str | None
) -> None:
    folk = people.county(app)
    put("grid", HERE)
    [area] = boundaries.listed(None, Wanted())["items"]
    told = areas.update(folk.administrator.actor, area["id"], households)
    assert (told["households"], told["households_are"]) == (households, mark)
    assert told["version"] == 1
    with pytest.raises(Forbidden):
        areas.update(folk.administrator_a.actor, area["id"], 60)


@pytest.mark.parametrize(
    "shape",
    [
        {},
        {"type": 7},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[]]},
        {"type": "Polygon", "coordinates": [[None]]},
        {"type": "Polygon", "coordinates": "abc"},
        {"type": "Point", "coordinates": [118.5, 29.6]},
        {"type": "GeometryCollection", "geometries": [{}]},
    ],
    ids=str,
)
def test_what_is_no_shape_cannot_be_cut_and_breaks_nothing(app: Flask, shape: dict[str, Any]) -> None:
    folk = people.county(app)
    with pytest.raises(AreaRefused):
        boundary_checks.pieces(folk.administrator.actor, shape, [[118.4, 29.65], [118.7, 29.65]])


def test_a_line_that_does_not_cross_is_refused_with_what_to_do(app: Flask) -> None:
    folk = people.county(app)
    shape = shapely.geometry.mapping(HERE)
    with pytest.raises(AreaRefused) as refused:
        boundary_checks.pieces(folk.administrator.actor, shape, [[118.4, 29.65], [118.55, 29.65]])
    assert "边界外" in refused.value.sentence_zh
    assert (
        len(
            boundary_checks.pieces(folk.administrator.actor, shape, [[118.4, 29.65], [118.7, 29.65]])["items"]
        )
        == 2
    )
