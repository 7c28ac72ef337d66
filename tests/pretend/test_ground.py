"""A phone's small geometry and its datums, against known distances and published values."""

import pytest

from mobile_stub.pretend import datum, ground

SQUARE = [[118.0, 29.0], [119.0, 29.0], [119.0, 30.0], [118.0, 30.0], [118.0, 29.0]]
HOLE = [[118.4, 29.4], [118.6, 29.4], [118.6, 29.6], [118.4, 29.6], [118.4, 29.4]]


def test_a_degree_of_latitude_is_about_111_kilometres() -> None:
    assert ground.metres(lng=118, lat=29, to_lng=118, to_lat=30) == pytest.approx(111_195, abs=1)


@pytest.mark.parametrize(("east_m", "north_m"), [(300, 0), (0, -400), (300, 400)])
def test_a_move_ends_as_far_away_as_it_was_long(east_m: float, north_m: float) -> None:
    lng, lat = ground.moved(lng=118.5, lat=29.6, east_m=east_m, north_m=north_m)
    apart_m = ground.metres(lng=118.5, lat=29.6, to_lng=lng, to_lat=lat)
    assert apart_m == pytest.approx((east_m**2 + north_m**2) ** 0.5, rel=1e-4)
    assert (lng > 118.5, lat > 29.6) == (east_m > 0, north_m > 0)


def test_a_circle_covers_what_is_within_its_radius() -> None:
    circle = ground.Circle(118.5, 29.6, 100)
    for away_m, within in ((99, True), (101, False)):
        lng, lat = ground.moved(lng=118.5, lat=29.6, east_m=away_m, north_m=0)
        assert ground.covers(circle, lng=lng, lat=lat) is within


def test_a_hole_and_the_world_beside_are_outside_an_area() -> None:
    shape = ground.polygons({"type": "Polygon", "coordinates": [SQUARE, HOLE]})
    assert ground.covers(shape, lng=118.2, lat=29.5)
    assert not ground.covers(shape, lng=118.5, lat=29.5)
    assert not ground.covers(shape, lng=119.2, lat=29.5)


def test_every_part_of_a_multipolygon_counts() -> None:
    east = [[lng + 2, lat] for lng, lat in SQUARE]
    shape = ground.polygons({"type": "MultiPolygon", "coordinates": [[SQUARE], [east]]})
    assert ground.covers(shape, lng=120.5, lat=29.5)
    assert not ground.covers(shape, lng=119.5, lat=29.5)


def test_a_line_is_not_an_area() -> None:
    with pytest.raises(ValueError, match="not LineString"):
        ground.polygons({"type": "LineString", "coordinates": SQUARE})


@pytest.mark.parametrize(
    ("name", "place", "expected", "tolerance_m"),
    [
        ("GCJ-02", (121.5272106, 31.1774276), (121.531541859215, 31.17530398364597), 0.5),
        ("GCJ-02", (113.912316, 22.543847), (113.9171764808363, 22.540796131694766), 0.5),
        ("GCJ-02", (123.0, 45.0), (123.00607541, 45.00197815), 0.1),
        ("GCJ-02", (183.0, 45.0), (183.0, 45.0), 0.0),
        ("BD-09", (116.403988, 39.914266), (116.41661560068297, 39.92196580126834), 0.5),
        ("CGCS2000", (118.5, 29.6), (118.5, 29.6), 0.0),
    ],
)
def test_phones_emit_their_datum_as_published(
    name: str, place: tuple[float, float], expected: tuple[float, float], tolerance_m: float
) -> None:
    lng, lat = datum.emitted(name, lng=place[0], lat=place[1])
    assert ground.metres(lng=lng, lat=lat, to_lng=expected[0], to_lat=expected[1]) <= tolerance_m


def test_an_unknown_datum_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unknown datum 'Mars'"):
        datum.emitted("Mars", lng=118.5, lat=29.6)
