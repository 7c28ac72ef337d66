"""A disk without room: what is not kept is not answered as kept, phones hold it, and room is all that is needed."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.services import originals
from tests import people, photos
from tests.api.test_evidence_files import PDF, Cabinet
from tests.bend import phones
from tests.bend.phones import comes_again, kept
from tests.people import County
from tests.positions import phone
from tests.support import databases, small_disk
from tests.support.postgis import Cluster
from tests.support.serving import TREE
from tests.support.small_disk import SmallDisk
from tests.trips import under_way

MOST = 400
"""After so many check-ins, of 2 kB each, no disk of ours has taken one more."""


@pytest.fixture(scope="module")
def disk() -> Iterator[SmallDisk]:
    """A disk, where PostgreSQL may go too."""
    with small_disk.mounted(mb=96) as made:
        yield made


@pytest.fixture(scope="module")
def app(request: pytest.FixtureRequest, disk: SmallDisk, cluster: Cluster) -> Iterator[Flask]:
    """The application whose database and own folder lie on that disk."""
    made = databases.opened(databases.settings_for(_database(request, disk, cluster), disk.folder / "own"))
    with made.app_context():
        yield made
    databases.close(made)
    if request.param == "postgis":
        cluster.sql("DROP DATABASE full_disk")
        cluster.sql("DROP TABLESPACE small")


def _database(request: pytest.FixtureRequest, disk: SmallDisk, cluster: Cluster) -> str:
    """A copy of the migrated database on the disk."""
    migrated: Flask = request.getfixturevalue(f"{request.param}_app")
    if request.param == "spatialite":
        return databases.copied(migrated, disk.folder / "guatu.sqlite")
    databases.close(migrated)  # a database in use is not copied; it opens again by itself
    place = disk.folder / "tables"
    place.mkdir()
    cluster.owns(place)
    cluster.sql(f"CREATE TABLESPACE small LOCATION '{place}'")
    cluster.sql("CREATE DATABASE full_disk TEMPLATE guatu_tests TABLESPACE small")
    return cluster.url("full_disk")


both = pytest.mark.parametrize("app", ["spatialite", "postgis"], indirect=True)
on_spatialite = pytest.mark.parametrize("app", ["spatialite"], indirect=True)
"""For what has nothing to do with the database."""


@pytest.fixture
def folk(app: Flask, disk: SmallDisk) -> Iterator[County]:
    """Everybody, in an empty database on a disk that has room."""
    databases.empty(app)
    yield people.county(app)
    db.session.rollback()
    disk.make_room()


@both
def test_what_was_answered_is_kept_and_the_rest_waits_on_the_phone_until_there_is_room(
    folk: County, client: FlaskClient, disk: SmallDisk
) -> None:
    under_way(folk.cadre, folk.supervisor_a, tracking="track")
    headers, tracker = folk.cadre.sign_in(client), phone(folk.cadre)
    disk.fill()
    answered, refused = _until_refused(client, headers)
    assert client.get("/api/v1/log", headers=headers).status_code == 200
    fix = phones.traccar(client, tracker, at_s=(at_s := int(clock.now().timestamp()) + 1))
    assert (kept("checkins"), kept("fixes")) == (answered, fix.status_code == 200)
    disk.make_room()
    assert phones.check_in(client, headers, refused).status_code == 201
    assert phones.traccar(client, tracker, at_s=at_s).status_code == 200
    assert (kept("checkins"), kept("fixes")) == (answered + 1, 1)


def _until_refused(client: FlaskClient, headers: dict[str, str]) -> tuple[int, dict[str, Any]]:
    """Send check-ins until one is not taken; how many were, and that one."""
    for answered in range(MOST):
        told = phones.said(note="山高路远" * 500)
        answer = phones.check_in(client, headers, told)
        if answer.status_code != 201:
            comes_again(answer, "database_refused")
            assert "磁盘已满" in answer.get_json()["title"]
            return answered, told
    raise AssertionError("the disk was never full")


@on_spatialite
def test_a_photo_waits_on_its_phone_and_the_check_in_it_belongs_to_does_not(
    folk: County, client: FlaskClient, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers = folk.cadre.sign_in(client)
    taken = photos.Taken(photos.checked_in(folk.cadre), photos.written())
    door = f"/api/v1/photos/{taken.id}"
    comes_again(client.put(door, json=_announced(taken), headers=headers), "photos_full")
    assert phones.check_in(client, headers, phones.said(photo_count=1)).status_code == 201
    monkeypatch.setattr(originals, "SPARE_BYTES", 0)  # another program took what we had spared
    assert client.put(door, json=_announced(taken), headers=headers).status_code == 200
    disk.fill()
    part = {"data": taken.content, "headers": headers, "content_type": "application/octet-stream"}
    comes_again(client.patch(f"{door}?offset=0", **part), "photos_full")
    disk.make_room()
    answer = client.patch(f"{door}?offset=0", **part)
    assert (answer.status_code, answer.get_json()["kept"]) == (200, True)


def _announced(taken: photos.Taken) -> dict[str, Any]:
    """A photo as its phone announces it."""
    return taken.announced | {"checkin_id": str(taken.checkin_id)}


@on_spatialite
def test_files_that_are_brought_or_taken_away_wait_for_room_and_pages_do_not(
    folk: County, client: FlaskClient, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    headers, cabinet = folk.cadre.sign_in(client), Cabinet(client, folk)
    assert phones.check_in(client, headers, phones.said()).status_code == 201
    monkeypatch.setattr(originals, "SPARE_BYTES", 0)
    monkeypatch.setattr(tempfile, "tempdir", str(disk.folder))
    disk.fill()
    log = f"/api/v1/me/logs/{clock.day_of(clock.now())}"
    assert client.get(log, headers=headers).status_code == 200
    for form in ("docx", "xlsx"):  # taking a file away is recorded, or it is not given
        comes_again(client.get(f"{log}.{form}", headers=headers), "database_refused")
    for content, name, code in (
        (PDF, "协议.pdf", "photos_full"),
        (photos.written(), "现场.jpg", "disk_full"),
    ):
        comes_again(cabinet.puts("supervisor_a", content, name), code)
        disk.make_room()
        assert cabinet.puts("supervisor_a", content, name).status_code == 201
        disk.fill()
    disk.make_room()
    assert client.get(f"{log}.docx", headers=headers).data.startswith(b"PK")


@on_spatialite
def test_the_status_page_needs_no_room_and_says_what_to_do(
    folk: County, client: FlaskClient, disk: SmallDisk
) -> None:
    headers = folk.administrator.sign_in(client)
    disk.fill()
    items = {item["name"]: item for item in client.get("/api/v1/status", headers=headers).get_json()["items"]}
    assert items["disk"]["state"] == "wrong"
    assert items["disk"]["do_zh"]


@on_spatialite
def test_a_backup_without_room_says_so_and_leaves_nothing_half(
    app: Flask, folk: County, disk: SmallDisk, tmp_path: Path
) -> None:
    into, runner = disk.folder / "backups", app.test_cli_runner()
    into.mkdir()
    disk.fill()
    done = runner.invoke(args=["backup", str(into), "--keys", str(tmp_path / "keys")])
    assert done.exit_code == 1
    assert "磁盘" in done.output
    assert "Traceback" not in done.output
    assert [file.name for file in into.iterdir()] == [".lock"]
    disk.make_room()
    assert runner.invoke(args=["backup", str(into), "--keys", str(tmp_path / "keys")]).exit_code == 0


def test_counting_needs_no_room(disk: SmallDisk) -> None:
    """What is counted is written through memory: on a full disk that would be the end of the process (SIGBUS)."""
    disk.fill()
    count = (
        "from server import processes; processes.count_together(under=True); from server import meters;"
        "meters.CHECKINS.labels('kept').inc(); print(meters.told({}).decode())"
    )
    environment = {"GUATU_INSTANCE": str(disk.folder / "own"), "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", count], cwd=TREE, env=environment, capture_output=True, text=True, check=False
    )
    disk.make_room()
    assert done.returncode == 0, done.stderr
    assert 'guatu_checkins_total{became="kept"} 1.0' in done.stdout
