"""`flask positions import`: a phone's own GPX goes the way of what comes late, and may be interrupted and run again."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from server import clock
from server.ingest import gpx
from tests import people
from tests import trips as journeys
from tests.people import County
from tests.positions import Phone, phone, rows
from tests.support.databases import cut_off

NOW = datetime.fromisoformat("2026-09-01T02:00:00+00:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def tracked(folk: County) -> Phone:
    """A cadre's phone, on a duty since `NOW`."""
    with clock.at(NOW):
        journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
    return phone(folk.cadre)


def written(file: Path, *ats: datetime, end: str = "</trkseg></trk></gpx>") -> Path:
    """A GPX file with a point of each instant, a hundred metres apart."""
    points = (
        f'<trkpt lat="29.6{n:03}" lon="118.5"><ele>30</ele><time>{clock.iso(at)}</time><extensions><speed>1.5</speed>'
        "</extensions></trkpt>"
        for n, at in enumerate(ats)
    )
    head = '<gpx version="1.1" xmlns="http://www.topografix.com/GPX/1/1"><wpt lat="1" lon="2"/><trk><trkseg>'
    file.write_text(head + "".join(points) + end)
    return file


def brought_in(app: Flask, file: Path, *more: str, who: str) -> Any:
    with clock.at(NOW + 3 * HOUR):
        return app.test_cli_runner().invoke(args=["positions", "import", who, str(file), *more])


def test_a_file_is_kept_as_if_the_phone_had_sent_it_and_once_however_often_it_comes(
    app: Flask, folk: County, tracked: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpx, "PIECE", 2)
    ats = [NOW - HOUR, NOW - timedelta(seconds=1), *(NOW + n * timedelta(minutes=5) for n in range(5))]
    file = written(tmp_path / "a.gpx", *ats)
    for _ in range(2):
        done = brought_in(app, file, who=folk.cadre.username)
        assert done.exit_code == 0, done.output
        assert "kept 5" in done.output
        assert "not kept 2: you were not on duty then" in done.output
    assert [speed for (speed,) in rows("fixes", "speed_mps")] == pytest.approx([1.5] * 5)
    assert rows("events", "kind", "person_id").count(("position.imported", folk.cadre.id)) == 2


def test_a_torn_file_keeps_what_is_whole_and_says_so_and_the_whole_one_adds_the_rest(
    app: Flask, folk: County, tracked: Phone, tmp_path: Path
) -> None:
    ats = [NOW + n * timedelta(minutes=5) for n in range(4)]
    torn = brought_in(
        app, written(tmp_path / "a.gpx", *ats[:3], end='<trkpt lat="29'), who=folk.cadre.username
    )
    assert torn.exit_code == 1
    assert "kept 3" in torn.output
    assert "breaks off" in torn.output
    assert "kept 4" in brought_in(app, written(tmp_path / "a.gpx", *ats), who=folk.cadre.username).output
    assert len(rows("fixes", "at")) == 4


@pytest.mark.parametrize("app", ["postgis"], indirect=True)
def test_a_database_that_goes_away_meanwhile_is_told_in_one_sentence_and_the_same_again_adds_the_rest(
    app: Flask, folk: County, tracked: Phone, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gpx, "PIECE", 2)
    file = written(tmp_path / "a.gpx", *(NOW + n * timedelta(minutes=5) for n in range(5)))
    with cut_off("INSERT INTO fixes", nth=2):
        lost = brought_in(app, file, who=folk.cadre.username)
    assert lost.exit_code == 1
    assert "kept 2" in lost.output
    assert "run this again" in lost.output
    assert len(rows("fixes", "at")) == 2
    assert "kept 5" in brought_in(app, file, who=folk.cadre.username).output
    assert len(rows("fixes", "at")) == 5


def test_what_is_no_gpx_or_declares_entities_is_refused(
    app: Flask, folk: County, tracked: Phone, tmp_path: Path
) -> None:
    file = tmp_path / "a.gpx"
    for content in (b"", b"PK\x03\x04", b'<!DOCTYPE gpx [<!ENTITY a "b">]><gpx>&a;</gpx>'):
        file.write_bytes(content)
        done = brought_in(app, file, who=folk.cadre.username)
        assert done.exit_code == 1
        assert "no GPX" in done.output


def test_of_several_trackers_one_must_be_named(
    app: Flask, folk: County, tracked: Phone, tmp_path: Path
) -> None:
    other = phone(folk.cadre, kind="owntracks")
    file = written(tmp_path / "a.gpx", NOW + HOUR)
    unsaid = brought_in(app, file, who=folk.cadre.username)
    assert unsaid.exit_code == 1
    assert f"{other.id}  owntracks" in unsaid.output
    assert brought_in(app, file, "--tracker", str(other.id), who=folk.cadre.username).exit_code == 0
    assert [row[0] for row in rows("fixes", "tracker_id")] == [other.id]
    assert brought_in(app, file, who="nobody").exit_code == 1
