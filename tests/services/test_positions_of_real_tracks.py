"""Against what users of such servers complain about, on a real track: boundary chatter, late floods, duplicates."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from flask import Flask
from numpy.typing import NDArray

from mobile_stub.pretend import tracks as files
from server import clock
from server.db import db
from server.geo import track
from server.geo.datum import Datum
from server.geo.track import Track
from server.ingest.fixes import Fix
from server.queries import tracks as reads
from server.services import areas
from tests import people
from tests import trips as journeys
from tests.people import County
from tests.positions import Phone, fixes, phone, rows
from tests.support.boundary_files import geojson

BEGUN = datetime(2026, 9, 1, 1, tzinfo=UTC)
NAME = "geolife_000_20081026134407"
SIGMA_M = 10.0


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def way(shared_data: Path) -> Track:
    """A real way, begun when the duty did."""
    points = files.read(shared_data / "tracks" / f"{NAME}.plt")
    at_s = np.array([point.at.timestamp() for point in points if point.at])
    lnglat = np.array([(point.lng, point.lat) for point in points])
    plain = track.clean(Track.of(lnglat, at_s, np.full(len(at_s), 5.0)))
    return Track(plain.lnglat, plain.at_s - plain.at_s[0] + BEGUN.timestamp() + 60.0, plain.accuracy_m)


def noisy(way: Track) -> list[Fix]:
    """Its fixes as a phone tells them: each with an error of its own, and an accuracy of 68 %."""
    error_m = np.random.default_rng(3).normal(0.0, SIGMA_M, (len(way), 2))
    lnglat = way.lnglat + error_m / track.degree_m(way.lnglat[:, 1])
    return [
        Fix(lng=lng, lat=lat, fixed_at_s=at_s, accuracy_m=1.51 * SIGMA_M)
        for (lng, lat), at_s in zip(lnglat.tolist(), way.at_s.tolist(), strict=True)
    ]


def beside(way: Track) -> Any:
    """The land on the left of a way: the way itself is its edge, which is the worst there is."""
    line = shapely.linestrings(track.thin(way, 5.0).lnglat)
    return shapely.make_valid(shapely.buffer(line, 0.004, single_sided=True))


def on_duty(folk: County, way: Track) -> tuple[Phone, int]:
    """The cadre's phone, on a duty along the edge of a village."""
    told: dict[str, Any] = {"kind": "village", "datum": Datum.WGS84, "code_field": "code"}
    land = shapely.multipolygons(
        [part for part in shapely.get_parts(beside(way)) if isinstance(part, shapely.Polygon)]
    )
    areas.import_file(
        folk.administrator.actor,
        geojson({"01": land}),
        "villages.geojson",
        valid_from=BEGUN,
        name_field="name",
        **told,
    )
    with clock.at(BEGUN):
        trip = journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
    return phone(folk.cadre), trip["id"]


def changes(told: list[Fix], land: Any) -> int:
    """How often bare points would say that the edge was crossed."""
    points = np.array([(fix.lng, fix.lat) for fix in told])
    inside: NDArray[np.bool_] = shapely.contains_xy(land, points[:, 0], points[:, 1])
    return int(np.count_nonzero(np.diff(inside)))


def left(folk: County, trip_id: int) -> dict[str, Any]:
    """All that is left of it: fixes, crossings, where the track stands, the last place, the track as it is drawn."""
    theirs = reads.whose(folk.cadre.actor, "track.read", trip_id, None)
    return {
        "fixes": rows("fixes", "tracker_id", "at", "lng", "lat"),
        "crossings": rows("crossings", "area_id", "at", "entered"),
        "standings": rows("standings", "until", "CAST(state AS text)"),
        "last_places": rows("last_places", "at", "lng", "lat"),
        "drawn": reads.drawn(theirs, zoom=14.0),
    }


def test_hours_along_an_edge_cross_it_seldom_and_a_late_flood_with_duplicates_changes_nothing(
    folk: County, way: Track
) -> None:
    here, trip_id = on_duty(folk, way)
    told = noisy(way)
    half = len(told) // 2
    again = [told[begin : begin + 250] for begin in range(0, len(told), 250)]
    flood = [told[half:], told[:half], told[half:], *again]
    with clock.at(BEGUN + timedelta(days=2)):
        for begin in range(0, len(told), 100):
            here.deliver(fixes(told[begin : begin + 100]))
        expected = left(folk, trip_id)
        assert changes(told, beside(way)) > len(told) / 14
        assert 1 <= len(expected["crossings"]) <= len(told) / 100
        for table in ("fixes", "crossings", "standings", "last_places"):
            db.session.execute(sa.text(f"DELETE FROM {table}"))
        db.session.commit()
        for batch in flood:
            assert here.deliver(fixes(batch)).kept == len(batch)
            assert rows("last_places", "at") == [row[:1] for row in expected["last_places"]]
        assert left(folk, trip_id) == expected
