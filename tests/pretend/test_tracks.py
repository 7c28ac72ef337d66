"""Track files: what can be read, and what is said of what cannot."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mobile_stub.pretend import ground, tracks

PLT_HEAD = "Geolife trajectory\nWGS 84\nAltitude is in Feet\nReserved 3\n0,2,255,My Track,0,0,2,8421376\n0\n"
PLT = PLT_HEAD + (
    "29.600000,118.500000,0,492,39744.12,2008-10-23,02:53:04\n"
    "29.600100,118.500200,0,492,39744.12,2008-10-23,02:53:09\n"
)
GPX = """<?xml version="1.0"?>
<gpx xmlns="http://www.topografix.com/GPX/1/1" version="1.1">
 <metadata><time>2001-01-01T00:00:00Z</time></metadata>
 <trk><trkseg>
  <trkpt lat="29.6" lon="118.5"><ele>12</ele><time>2026-03-01T08:00:00+08:00</time></trkpt>
  <trkpt lat="29.7" lon="118.6"><time>2026-03-01T00:10:00Z</time></trkpt>
 </trkseg></trk>
</gpx>
"""


def test_a_geolife_file_gives_lng_lat_and_times_in_utc() -> None:
    first, second = tracks.read_plt(PLT)
    assert first == tracks.Point(118.5, 29.6, datetime(2008, 10, 23, 2, 53, 4, tzinfo=UTC))
    assert (second.lng, second.lat) == (118.5002, 29.6001)


def test_a_gpx_track_is_read_with_its_times_whatever_their_zone() -> None:
    first, second = tracks.read_gpx(GPX)
    assert first == tracks.Point(118.5, 29.6, datetime(2026, 3, 1, tzinfo=UTC))
    assert second.at == datetime(2026, 3, 1, 0, 10, tzinfo=UTC)


def test_a_gpx_route_serves_when_there_is_no_track() -> None:
    route = '<gpx><rte><rtept lat="1" lon="2"/><rtept lat="3" lon="4"/></rte></gpx>'
    assert tracks.read_gpx(route) == (tracks.Point(2, 1), tracks.Point(4, 3))


def test_a_geojson_line_is_read_with_and_without_times() -> None:
    line = {"type": "LineString", "coordinates": [[118.5, 29.6], [118.6, 29.7, 12.0]]}
    assert tracks.read_geojson(json.dumps(line)) == (tracks.Point(118.5, 29.6), tracks.Point(118.6, 29.7))
    times = ["2026-03-01T00:00:00Z", "2026-03-01T00:01:00Z"]
    feature = {"type": "Feature", "properties": {"coordTimes": times}, "geometry": line}
    assert [point.at and point.at.minute for point in tracks.read_geojson(json.dumps(feature))] == [0, 1]


def test_geojson_points_are_put_in_order_of_time() -> None:
    later = geojson_point([118.6, 29.7], "2026-03-01T00:01:00Z")
    earlier = geojson_point([118.5, 29.6], "2026-03-01T00:00:00Z")
    document = {"type": "FeatureCollection", "features": [later, earlier]}
    assert [point.lng for point in tracks.read_geojson(json.dumps(document))] == [118.5, 118.6]


def geojson_point(position: list[float], time: str) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"time": time},
        "geometry": {"type": "Point", "coordinates": position},
    }


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("lat,lng\n", "line 1: a .plt file begins"),
        (PLT + "29.6,118.5,0\n", "line 9: 7 fields expected, 3 found"),
        (PLT + "north,118.5,0,0,0,2008-10-23,02:53:04\n", "line 9: longitude '118.5', latitude 'north'"),
        (PLT + "400.2,118.5,0,0,0,2008-10-23,02:53:04\n", "line 9: longitude 118.5, latitude 400.2"),
        (PLT + "nan,118.5,0,0,0,2008-10-23,02:53:04\n", "not on the Earth"),
        (PLT + "29.6,118.5,0,0,0,yesterday,noon\n", "line 9: time 'yesterdayTnoon' is not ISO 8601"),
        (PLT_HEAD, "at least two points; this file has 0"),
    ],
)
def test_a_bad_geolife_file_is_refused_with_the_line(text: str, complaint: str) -> None:
    with pytest.raises(tracks.TrackError, match=re.escape(complaint)):
        tracks.read_plt(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GPX.replace("</trkseg>", ""), "line 7: not well-formed XML (mismatched tag)"),
        (GPX.replace('lat="29.7"', 'lat="x"'), "line 6: longitude '118.6', latitude 'x' are not numbers"),
        (GPX.replace('lon="118.6"', ""), "line 6: longitude None"),
        (GPX.replace("2026-03-01T00:10:00Z", "noon"), "line 6: time 'noon' is not ISO 8601"),
        (
            GPX.replace("<time>2026-03-01T00:10:00Z</time>", ""),
            "point 2: has no time though other points have",
        ),
        ("<gpx/>", "this file has 0"),
    ],
)
def test_a_bad_gpx_file_is_refused_with_the_line(text: str, complaint: str) -> None:
    with pytest.raises(tracks.TrackError, match=re.escape(complaint)):
        tracks.read_gpx(text)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{\n,", "line 2: not JSON"),
        ("[1, 2]", "not GeoJSON"),
        ('{"type": "FeatureCollection", "features": [{}]}', "feature 1: has no geometry"),
        ('{"type": "Feature", "geometry": {"type": "Polygon"}}', "feature 1: a LineString or Point"),
        ('{"type": "LineString", "coordinates": [[1, 2], [3]]}', "feature 1, point 2: [3] is not a"),
        ('{"type": "LineString", "coordinates": [[1, 2], ["a", 3]]}', "feature 1, point 2: longitude 'a'"),
    ],
)
def test_bad_geojson_is_refused_with_the_feature_and_point(text: str, complaint: str) -> None:
    with pytest.raises(tracks.TrackError, match=re.escape(complaint)):
        tracks.read_geojson(text)


def test_a_file_is_read_by_its_ending_and_its_name_stands_in_complaints(tmp_path: Path) -> None:
    good, bad, unknown = tmp_path / "a.PLT", tmp_path / "b.gpx", tmp_path / "c.kmz"
    good.write_text(PLT)
    bad.write_bytes(b"\xff\xfe\x00")
    assert len(tracks.read(good)) == 2
    with pytest.raises(tracks.TrackError, match=r"b\.gpx: not UTF-8"):
        tracks.read(bad)
    with pytest.raises(tracks.TrackError, match=r"c\.kmz: not a track file; known endings: \.geojson, \.gpx"):
        tracks.read(unknown)
    with pytest.raises(tracks.TrackError, match=r"d\.plt: No such file"):
        tracks.read(tmp_path / "d.plt")


def test_a_track_with_times_keeps_them_and_one_without_goes_at_the_pace() -> None:
    assert [step.after_s for step in tracks.timed(tracks.read_plt(PLT), pace_mps=1)] == [0, 5]
    north = ground.moved(lng=118.5, lat=29.6, east_m=0, north_m=140)
    untimed = (tracks.Point(118.5, 29.6), tracks.Point(*north))
    assert tracks.timed(untimed, pace_mps=1.4)[1].after_s == pytest.approx(100, rel=1e-6)


def test_long_gaps_are_filled_evenly_and_standing_still_is_not() -> None:
    away = ground.moved(lng=118.5, lat=29.6, east_m=100, north_m=0)
    walk = (tracks.Step(118.5, 29.6, 0), tracks.Step(118.5, 29.6, 600), tracks.Step(*away, 700))
    filled = tracks.filled(walk, gap_m=26)
    assert [round(step.after_s) for step in filled] == [0, 600, 625, 650, 675, 700]
    assert filled[3].lng == pytest.approx((118.5 + away[0]) / 2)
