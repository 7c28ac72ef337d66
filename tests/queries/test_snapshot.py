"""The area snapshot: which version is in force, in what order, and when it is renewed."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import shapely
import sqlalchemy as sa
from flask import Flask
from shapely.geometry import MultiPolygon, box
from sqlalchemy import event

from server.db import db
from server.geo import verdict
from server.models.areas import Area, AreaGeneration, AreaVersion
from server.queries.areas import Snapshots
from server.transaction import transaction

DAY = timedelta(days=1)
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
HERE = {"lng": 120.5, "lat": 30.5}
WEST, EAST, WHOLE = box(120, 30, 120.4, 31), box(120.4, 30, 121, 31), box(120, 30, 121, 31)


def publish(
    code: str,
    shape: shapely.Polygon,
    valid_from: datetime,
    *,
    kind: str = "county",
    name: str = "",
    retired_from: datetime | None = None,
) -> int:
    """One version more of an area, made where it is new; the area's id."""
    with transaction() as session:
        area = session.scalar(sa.select(Area).filter_by(kind=kind, code=code))
        if area is None:
            area = Area(kind=kind, code=code, name=name or code, created_at=valid_from)
        area.retired_from = retired_from
        session.add(area)
        session.flush()
        count = sa.select(sa.func.count()).where(AreaVersion.area_id == area.id)
        session.add(_version(area, session.scalar(count) or 0, name or code, shape, valid_from))
        session.execute(sa.update(AreaGeneration).values(number=AreaGeneration.number + 1))
        return area.id


def _version(area: Area, before: int, name: str, shape: shapely.Polygon, valid_from: datetime) -> AreaVersion:
    return AreaVersion(
        area_id=area.id,
        number=before + 1,
        name=name,
        valid_from=valid_from,
        published_at=valid_from,
        source_datum="WGS-84",
        repairs=[],
        area_m2=1.0,
        digest="",
        boundary=f"SRID=4326;{MultiPolygon([shape]).wkt}",
    )


def versions_at(snapshots: Snapshots, at: datetime, **where: Any) -> list[int]:
    """The numbers of the versions in force at an instant, at one place."""
    return [hit.version for hit in snapshots.current().at(**(where or HERE), at=at)]


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    asked: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement.lower())

    event.listen(db.engine, "before_cursor_execute", listen)
    yield asked
    event.remove(db.engine, "before_cursor_execute", listen)


@pytest.fixture
def snapshots(app: Flask) -> Snapshots:
    return Snapshots()


def test_an_empty_county_has_an_empty_snapshot(snapshots: Snapshots) -> None:
    assert snapshots.current().at(**HERE, at=MONDAY) == []
    assert snapshots.current().boundary(1, at=MONDAY) is None


def test_a_hit_names_area_version_kind_code_and_name(snapshots: Snapshots) -> None:
    area_id = publish("330702", WHOLE, MONDAY, name="婺城区")
    (hit,) = snapshots.current().at(**HERE, at=MONDAY)
    version_id = db.session.scalar(sa.select(AreaVersion.id))
    assert (hit.area_id, hit.version, hit.version_id) == (area_id, 1, version_id)
    assert (hit.kind, hit.code, hit.name) == ("county", "330702", "婺城区")


def test_hits_go_from_county_to_site_and_then_by_code(snapshots: Snapshots) -> None:
    for kind in ("site", "grid", "county", "park", "destination", "village", "township"):
        publish("b", WHOLE, MONDAY, kind=kind)
    publish("a", WHOLE, MONDAY, kind="grid")
    hits = snapshots.current().at(**HERE, at=MONDAY)
    assert [(hit.kind, hit.code) for hit in hits] == [
        ("county", "b"),
        ("township", "b"),
        ("village", "b"),
        ("grid", "a"),
        ("grid", "b"),
        ("park", "b"),
        ("destination", "b"),
        ("site", "b"),
    ]


def test_a_version_is_in_force_from_its_first_instant_until_the_next_ones(snapshots: Snapshots) -> None:
    publish("a", WHOLE, MONDAY)
    publish("a", WHOLE, MONDAY + DAY)
    instant = timedelta(microseconds=1)
    at = (MONDAY - instant, MONDAY, MONDAY + DAY - instant, MONDAY + DAY, MONDAY + 365 * DAY)
    assert [versions_at(snapshots, moment) for moment in at] == [[], [1], [1], [2], [2]]


def test_what_is_published_later_wins_from_its_own_valid_from(snapshots: Snapshots) -> None:
    publish("a", WHOLE, MONDAY)
    publish("a", WHOLE, MONDAY + 4 * DAY)
    publish("a", WHOLE, MONDAY + 2 * DAY)
    found = [versions_at(snapshots, MONDAY + days * DAY) for days in range(6)]
    assert found == [[1], [1], [3], [3], [3], [3]]


def test_a_retroactive_version_takes_the_place_of_all_before_it(snapshots: Snapshots) -> None:
    publish("a", WHOLE, MONDAY)
    publish("a", WEST, MONDAY - DAY)
    assert versions_at(snapshots, MONDAY) == []
    assert versions_at(snapshots, MONDAY, lng=120.2, lat=30.5) == [2]


def test_nothing_is_in_force_once_the_area_is_retired(snapshots: Snapshots) -> None:
    publish("a", WHOLE, MONDAY)
    publish("a", WHOLE, MONDAY + 4 * DAY, retired_from=MONDAY + 2 * DAY)
    found = [versions_at(snapshots, MONDAY + days * DAY) for days in range(6)]
    assert found == [[1], [1], [], [], [], []]


def test_many_points_are_each_judged_by_their_own_time(snapshots: Snapshots) -> None:
    publish("a", WEST, MONDAY)
    publish("a", WHOLE, MONDAY + DAY)
    lnglat = np.array([[120.2, 30.5], [120.5, 30.5], [120.5, 30.5], [0.0, 0.0]])
    at_s = np.array([MONDAY.timestamp(), MONDAY.timestamp(), (MONDAY + DAY).timestamp(), MONDAY.timestamp()])
    rows, positions = snapshots.current().at_many(lnglat, at_s)
    hits = snapshots.current().hits
    assert [(row, hits[at].version) for row, at in zip(rows, positions, strict=True)] == [(0, 1), (2, 2)]


def test_a_boundary_is_the_one_in_force_then_and_can_be_judged_against(snapshots: Snapshots) -> None:
    area_id = publish("a", WEST, MONDAY)
    publish("a", WHOLE, MONDAY + DAY)
    first = snapshots.current().boundary(area_id, at=MONDAY)
    second = snapshots.current().boundary(area_id, at=MONDAY + DAY)
    assert first is not None
    assert second is not None
    assert (first.version, second.version) == (1, 2)
    assert verdict.judge(first.edges, **HERE, accuracy_m=10).outcome == "outside"
    assert verdict.judge(second.edges, **HERE, accuracy_m=10).outcome == "inside"
    assert snapshots.current().boundary(area_id, at=MONDAY - DAY) is None


def test_a_boundary_comes_back_to_the_last_digit(snapshots: Snapshots) -> None:
    shape = shapely.Polygon([(120.1 + 1 / 3e9, 30.1), (120.7, 30.1 + 1 / 7), (120.7 / 1.00001, 30.9)])
    area_id = publish("a", shape, MONDAY)
    boundary = snapshots.current().boundary(area_id, at=MONDAY)
    assert boundary is not None
    assert shapely.equals_identical(boundary.edges.area, MultiPolygon([shape]))


def test_the_snapshot_is_renewed_by_a_publication_and_not_before(snapshots: Snapshots) -> None:
    publish("a", WHOLE, MONDAY)
    first = snapshots.current()
    assert snapshots.current() is first
    publish("b", WHOLE, MONDAY)
    assert snapshots.current(first.generation) is first
    assert len(snapshots.current().at(**HERE, at=MONDAY)) == 2
    assert len(first.at(**HERE, at=MONDAY)) == 1


def test_renewal_reads_only_the_boundaries_that_are_new(snapshots: Snapshots) -> None:
    old = publish("a", WHOLE, MONDAY)
    before = snapshots.current().boundary(old, at=MONDAY)
    new = publish("b", EAST, MONDAY)
    after = snapshots.current().boundary(old, at=MONDAY)
    assert before is not None
    assert after is not None
    assert after.edges.area is before.edges.area
    assert snapshots.current().boundary(new, at=MONDAY) is not None


def test_with_a_generation_already_read_the_database_is_asked_nothing(
    snapshots: Snapshots,
) -> None:
    publish("a", WHOLE, MONDAY)
    generation = snapshots.current().generation
    with statements() as asked:
        snapshots.current(generation)
        assert asked == []
        snapshots.current()
        assert len(asked) == 1


def test_many_who_ask_at_once_after_a_publication_read_the_boundaries_once(
    app: Flask, snapshots: Snapshots
) -> None:
    publish("a", WHOLE, MONDAY)
    db.session.rollback()
    found: list[int] = []

    def ask() -> None:
        with app.app_context():
            found.append(len(snapshots.current().at(**HERE, at=MONDAY)))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    with statements() as asked:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [1] * 8
    assert sum("asbinary" in statement for statement in asked) == 1
