"""The drill: a county is backed up, lost, and restored elsewhere; then all is as it was, and goes on.

Into an empty cluster on PostGIS, into no file at all on SpatiaLite, by the commands an operator types.
"""

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.app import create_app
from server.config import Settings
from server.db import db
from server.held import held
from server.models.events import Event
from server.queries import trackers as phones
from server.rules import backups as rules
from server.services import backups, checkins, originals, trackers
from server.services import closings as record
from tests import people, photos
from tests import trips as journeys
from tests.live.happenings import committed, following
from tests.positions import fix, fixes, phone, rows
from tests.support import databases, postgis
from tests.support.databases import settings_for
from tests.support.postgis import Cluster
from tests.support.together import together

on_spatialite = pytest.mark.parametrize("app", ["spatialite"], indirect=True)
"""For what has nothing to do with the database."""


@dataclass(frozen=True)
class Kept:
    """An application with a county in it, where its backups go, and a phone's secret with its sealed key."""

    app: Flask
    into: Path
    keys: Path
    secret: str
    key: str | None

    def backup(self, *arguments: str) -> str:
        """Make a backup; what the command said."""
        code, told = self.run("backup", str(self.into), "--keys", str(self.keys), *arguments)
        assert code == 0, told
        return told

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a command here; its exit code and what it said."""
        return run(self.app, *arguments)

    def restored(self, place: Flask) -> tuple[int, str]:
        """Restore the newest backup with its keys into a place; the exit code and what the command said."""
        return run(place, "restore", str(self.newest), "--keys", str(self.newest_keys))

    @property
    def newest(self) -> Path:
        """The folder of the newest backup."""
        return max(self.into.glob("guatu-*"))

    @property
    def newest_keys(self) -> Path:
        """The newest file of keys."""
        return max(self.keys.glob("guatu-*"))


@pytest.fixture
def county(app: Flask, tmp_path: Path) -> Iterator[Kept]:
    """A duty with a track, check-ins with a photo, a phone with a sealed key, and closed days."""
    folk, long_ago = people.county(app), clock.now() - timedelta(days=2)
    with clock.at(long_ago):
        trip = journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
        checkins.make(folk.cadre.actor, journeys.told(trip, note="二号车间"))
        photos.sent(folk.cadre, photos.Taken(photos.checked_in(folk.cadre, trip), photos.written(quality=91)))
        told = [
            fix(long_ago + n * timedelta(seconds=10), lng=118.502, lat=29.601 + n / 1e4) for n in range(30)
        ]
        tracked = phone(folk.cadre)
    with clock.at(long_ago + timedelta(minutes=10)):
        assert tracked.deliver(fixes(told)).kept == 30
    added = trackers.add(folk.cadre.actor, "owntracks", "手机", sealed=True)
    record.close()
    yield Kept(app, tmp_path / "backups", tmp_path / "apart", added.secret, added.key)
    shutil.rmtree(record.folder())
    for file in list(originals.kept()):
        originals.remove(file.name)


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Cluster]:
    """Another cluster, in which nothing has ever been, with a role that owns tables and is no superuser."""
    with postgis.cluster() as made:
        made.sql("CREATE ROLE keeper LOGIN")
        yield made


@pytest.fixture
def empty(app: Flask, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on another machine, as it were: an empty database, a folder and keys of its own."""
    if held(Settings).on_sqlite:
        url = f"sqlite:///{tmp_path / 'elsewhere' / 'guatu.sqlite'}"
    else:
        cluster: Cluster = request.getfixturevalue("elsewhere")
        cluster.sql("DROP DATABASE IF EXISTS restored WITH (FORCE)")
        cluster.sql("CREATE DATABASE restored OWNER keeper")
        cluster.sql("CREATE EXTENSION postgis", "restored")
        url = cluster.url("restored").replace("guatu@", "keeper@")
    made = create_app(settings_for(url, tmp_path / "elsewhere"))
    yield made
    databases.close(made)


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """Run a command of an application; its exit code and what it said."""
    with app.app_context():
        done = app.test_cli_runner().invoke(args=arguments, catch_exceptions=False)
    return done.exit_code, done.output


def numbers() -> list[int]:
    """The numbers of all events."""
    db.session.rollback()
    return list(db.session.scalars(sa.select(Event.number).order_by(Event.number)))


# ── the drill ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_county_restored_elsewhere_is_the_same_and_goes_on(county: Kept, empty: Flask) -> None:
    assert "照片 1 张" in county.backup()
    before, fixes_before = numbers(), rows("fixes", "lng", "lat")
    lost = committed("happened after the backup")
    code, told = county.restored(empty)
    assert (code, "restored and compared" in told) == (0, True), told
    with empty.app_context():
        assert (numbers(), rows("fixes", "lng", "lat")) == (before, fixes_before)
        assert len(list(originals.kept())) == 1
        assert run(empty, "events", "verify")[0] == 0
        found = phones.of_secret(county.secret)
        assert found is not None
        assert trackers.opened_key(found.sealed_key) == county.key
        with following() as tailing:
            assert len(tailing.read()) == len(before)
            [number] = committed("after the restore")
            assert tailing.read() == ["after the restore"]
        assert number > lost[-1] + 1000
        db.session.rollback()
        assert run(empty, "sweep", "run")[0] == 0


def test_what_is_not_as_it_was_backed_up_is_said_and_is_a_failure(county: Kept, empty: Flask) -> None:
    county.backup()
    told = (county.newest / rules.LIST).read_text()
    (county.newest / rules.LIST).write_text(told.replace('"rows": 30', '"rows": 31', 1))
    code, said = county.restored(empty)
    assert code == 1
    assert "table fixes is not as backed up: rows wanted: 31, here: 30" in said


def test_a_restore_into_a_place_that_is_not_empty_is_refused_and_changes_nothing(
    county: Kept, empty: Flask
) -> None:
    county.backup()
    before = numbers()
    code, said = county.run("restore", str(county.newest))
    assert (code, "the database is not empty" in said) == (1, True)
    with empty.app_context():
        stray = originals.original("ab" * 32)
        stray.parent.mkdir(parents=True)
        stray.write_bytes(b"somebody's")
        code, said = county.restored(empty)
        assert (code, "there are files in" in said, stray.read_bytes()) == (1, True, b"somebody's")
        stray.unlink()
    assert numbers() == before


@on_spatialite
def test_a_damaged_backup_is_refused_before_anything_is_written(county: Kept, empty: Flask) -> None:
    county.backup()
    [photo] = (county.newest / "photos").glob("*/*")
    photo.write_bytes(photo.read_bytes()[:-1])
    code, said = county.restored(empty)
    assert (code, "missing or damaged" in said) == (1, True)
    (county.newest / rules.LIST).unlink()
    code, said = county.restored(empty)
    assert (code, "is no whole backup" in said) == (1, True)
    with empty.app_context():
        assert not list(originals.kept())


def test_an_interrupted_backup_leaves_nothing_and_one_that_was_killed_is_taken_away_by_the_next(
    county: Kept,
) -> None:
    with interrupted("FROM photos"), pytest.raises(KeyboardInterrupt):
        backups.make(county.into, county.keys, days=30)
    assert [each.name for each in county.into.iterdir()] == [".lock"]
    assert not county.keys.exists()
    killed = county.into / ".partial-guatu-20260101T000000Z"
    killed.mkdir()
    (killed / "database.dump").write_bytes(b"half")
    county.backup()
    assert not killed.exists()


def test_an_interrupted_restore_can_be_run_again(county: Kept, empty: Flask) -> None:
    county.backup()
    dump = next(county.newest.glob("database.*"))
    aside = dump.with_name("aside")
    with empty.app_context():
        originals.bring(next((county.newest / "photos").glob("*/*")), photo_of(county))
        record.folder().mkdir()
        shutil.copy(next((county.newest / "closings").glob("*.json")), record.folder())
    dump.rename(aside)
    assert county.restored(empty)[0] == 1
    aside.rename(dump)
    assert county.restored(empty)[0] == 0


def photo_of(county: Kept) -> str:
    """What the one photo of the newest backup holds."""
    [photo] = (county.newest / "photos").glob("*/*")
    return photo.name


@on_spatialite
def test_a_second_backup_holds_the_same_photo_once_on_the_disk_and_old_ones_go_with_their_keys(
    county: Kept,
) -> None:
    old = clock.now() - timedelta(days=31)
    with clock.at(old):
        county.backup()
    first = county.newest
    county.backup("--days", "60")
    photo = next((county.newest / "photos").glob("*/*"))
    assert photo.stat().st_nlink == 2
    with clock.at(clock.now() + timedelta(minutes=1)):
        assert first.name in county.backup()
    assert not first.exists()
    assert not (county.keys / f"{first.name}-keys.json").exists()
    assert photo.stat().st_nlink == 2


@on_spatialite
def test_the_backup_of_each_night_is_made_at_its_time_until_it_is_ended(county: Kept) -> None:
    soon = clock.local(clock.now() + timedelta(seconds=2)).split()[1]

    def end_it() -> None:
        while not list(county.keys.glob("guatu-*-keys.json")):
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=end_it, daemon=True).start()
    code, told = county.run("backup", str(county.into), "--keys", str(county.keys), "--nightly", soon)
    assert (code, len(list(county.into.glob("guatu-*")))) == (0, 1), told


@on_spatialite
def test_keys_do_not_lie_beside_what_they_open(county: Kept) -> None:
    for keys in (county.into, county.into / "keys", county.into.parent):
        code, said = county.run("backup", str(county.into), "--keys", str(keys))
        assert (code, "keys do not lie beside" in said) == (1, True)
    assert not county.into.exists()


@on_spatialite
def test_a_lost_photo_is_named_and_the_rest_is_backed_up_all_the_same(county: Kept) -> None:
    [file] = originals.kept()
    originals.remove(file.name)
    code, said = county.run("backup", str(county.into), "--keys", str(county.keys))
    assert (code, file.name in said) == (1, True)
    assert (county.newest / rules.LIST).exists()


def test_a_backup_beside_check_ins_that_go_on_is_of_one_instant(county: Kept, empty: Flask) -> None:
    together(
        county.app,
        lambda: backups.make(county.into, county.keys, days=30),
        lambda: [committed(f"meanwhile {n}") for n in range(40)],
    )
    assert county.restored(empty)[0] == 0
    with empty.app_context():
        there = numbers()
    assert there == numbers()[: len(there)]


@contextmanager
def interrupted(at: str) -> Iterator[None]:
    """Ctrl+C, as it were, at a statement."""

    def at_a_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if at in statement:
            raise KeyboardInterrupt

    sa.event.listen(db.engine, "before_cursor_execute", at_a_statement)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", at_a_statement)
        db.session.rollback()
