"""The demo county in a database, and `flask demo run` as a person at the keyboard sees it."""

import http.client
import json
import math
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import flask_migrate
import pytest
import sqlalchemy as sa
from alembic.script import ScriptDirectory
from cryptography import x509
from flask import Flask
from flask.testing import FlaskClient

from mobile_stub.pretend import county as pretend
from server import clock
from server.app import create_app
from server.cli import certificate, demo, stage
from server.cli.county import bulk, kept, places, roster, rounds
from server.cli.county.journey import County
from server.cli.county.month import Size
from server.cli.stage import Stage
from server.db import MIGRATIONS, Base, db
from server.models.areas import Area
from server.models.checkins import Checkin
from server.models.events import Event
from server.models.notices import Notice
from server.models.patrols import Patrol
from server.models.people import Person
from server.models.positions import Fix
from server.models.projects import Project
from server.models.reviews import Review
from server.models.trips import Consent, Trip
from server.queries import actors, log, patrol_walks, positions
from server.queries import trips as reads
from server.queries.log import Filter
from server.rules.access import Actor
from tests.support import databases
from tests.support.postgis import Cluster

TREE = Path(__file__).resolve().parent.parent.parent
READY_WITHIN_S = 120.0


@pytest.fixture(scope="module", params=["spatialite", "postgis"])
def filled(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application on a database of its own that `flask demo fill` has filled."""
    folder = tmp_path_factory.mktemp("demo")
    url = f"sqlite:///{folder / 'guatu.sqlite'}"
    if request.param == "postgis":
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.sql("CREATE DATABASE guatu_demo")
        url = cluster.url("guatu_demo")
    made = databases.migrated(url, folder)
    done = made.test_cli_runner().invoke(args=["demo", "fill"])
    assert done.exit_code == 0, done.output
    made.extensions["said_by_fill"] = done.output
    yield made
    databases.close(made)


@pytest.fixture
def in_county(filled: Flask) -> Iterator[Flask]:
    with filled.app_context():
        yield filled


@pytest.fixture
def copy(filled: Flask, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    """The application on a copy of the filled database, within its context."""
    with filled.app_context():
        on_sqlite = db.engine.dialect.name == "sqlite"
        db.session.remove()
        db.engine.dispose()
    if on_sqlite:
        url = databases.copied(filled, tmp_path / "copy.sqlite")
    else:
        cluster: Cluster = request.getfixturevalue("cluster")
        cluster.sql("DROP DATABASE IF EXISTS guatu_copy")
        cluster.sql("CREATE DATABASE guatu_copy TEMPLATE guatu_demo")
        url = cluster.url("guatu_copy")
    made = create_app(databases.settings_for(url, tmp_path))
    with made.app_context():
        yield made
    databases.close(made)


def passwords_in(said: str) -> dict[str, str]:
    """The sign-ins that were printed, by user name."""
    words = said.split()
    return {username: words[words.index(username) + 1] for username, _ in roster.SIGN_INS}


def sign_in(client: FlaskClient, username: str, password: str) -> Any:
    told = {"username": username, "password": password, "device_name": "test"}
    return client.post("/api/v1/sessions", json=told)


def watcher() -> Actor:
    found = actors.by_person(kept.read().people["ducha"])
    assert found is not None
    return found


@pytest.mark.usefixtures("in_county")
def test_nobody_begins_with_an_unread_notice_of_the_password_they_were_just_told() -> None:
    resets = sa.select(Person.username, Notice.was_read).join(Person, Person.id == Notice.person_id)
    told = db.session.execute(resets.where(Notice.kind == "password.reset")).all()
    assert {username for username, _ in roster.SIGN_INS} <= {row.username for row in told}
    assert all(row.was_read for row in told)


@pytest.mark.usefixtures("in_county")
def test_every_project_lies_in_an_area_its_investors_own_where_there_is_one() -> None:
    lies = sa.select(Project.investor, Area.name).outerjoin(Area, Area.id == Project.area_id)
    ground = {row.investor: row.name for row in db.session.execute(lies)}
    assert len(ground) > 5
    assert None not in ground.values()
    assert ground["禾木家居"] == "禾木家居"


def kept_rows() -> dict[str, int]:
    """How many rows each of our tables holds, of those that hold any."""
    with db.engine.connect() as connection:
        there = sorted({*sa.inspect(connection).get_table_names()} & {*Base.metadata.tables})
        counts = {name: connection.scalar(sa.text(f'SELECT count(*) FROM "{name}"')) for name in there}
    return {name: count for name, count in counts.items() if count}


@pytest.mark.usefixtures("copy")
@pytest.mark.parametrize("release", ["0028", "0025", "0023", "0022", "0014"])
def test_a_county_of_an_older_release_is_whole_in_this_one(release: str) -> None:
    flask_migrate.downgrade(revision=release)
    older = kept_rows()
    flask_migrate.upgrade()
    newer = kept_rows()
    assert older["checkins"] > 100
    assert {name: newer.get(name) for name in older} == older


def test_a_migration_that_leaves_a_reference_to_nothing_is_undone_whole(copy: Flask, tmp_path: Path) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses the statement itself")
    scripts = Path(shutil.copytree(MIGRATIONS, tmp_path / "migrations"))
    newest = ScriptDirectory(str(scripts)).get_current_head()
    (scripts / "versions" / "9001_losing.py").write_text(LOSING.format(before=newest), encoding="utf-8")
    before = kept_rows()
    failed = copy.test_cli_runner().invoke(args=["db", "upgrade", "--directory", str(scripts)])
    assert failed.exit_code == 1
    assert "trips → people" in failed.output
    assert kept_rows() == before


LOSING = """
from alembic import op

revision = "9001"
down_revision = "{before}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM people")


def downgrade() -> None:
    pass
"""


def counted(statement: sa.Select[int]) -> int:
    return db.session.scalar(statement) or 0


# ── what is in the database ─────────────────────────────────────────────────────────────────────────────


def test_the_three_sign_ins_open_at_once_and_are_what_they_say(in_county: Flask) -> None:
    told = passwords_in(in_county.extensions["said_by_fill"])
    roles = {}
    for username, password in told.items():
        answer = sign_in(in_county.test_client(), username, password)
        assert answer.status_code == 201, answer.json
        assert answer.json["must_change_password"] is False
        roles[username] = {each["role"] for each in answer.json["person"]["roles"]}
    assert "cadre" in roles["ganbu"]
    assert "supervisor" in roles["ducha"]
    assert roles["guanli"] == {"administrator"}


def test_nobody_else_can_sign_in_before_an_administrator_gives_them_a_password(in_county: Flask) -> None:
    assert sign_in(in_county.test_client(), "zhengqian", "zhengqian").status_code == 401


def test_the_county_has_its_areas_units_and_people(in_county: Flask) -> None:
    county = kept.read()
    assert len(county.areas) == len(places.everywhere())
    assert set(county.units) == {unit.code for unit in roster.units(places.everywhere())} | {"990126000000"}
    assert len(county.people) == len(roster.people(places.everywhere())) + 1


def test_there_are_trips_in_every_state_and_three_are_under_way(in_county: Flask) -> None:
    rows = db.session.execute(sa.select(Trip.state, sa.func.count()).group_by(Trip.state))
    states = dict(rows.all())
    assert set(states) == {
        "draft",
        "submitted",
        "returned",
        "approved",
        "under_way",
        "completed",
        "cancelled",
    }
    assert states["under_way"] == 3
    assert states["completed"] >= 8


def test_the_share_of_a_route_was_measured_where_its_walker_agreed_to_a_track(in_county: Flask) -> None:
    walked = db.session.scalars(
        sa.select(Patrol).where(Patrol.plan_id.is_not(None), Patrol.judged_at.is_not(None))
    )
    shares = [patrol_walks.came_to(each, own=False)["share"] for each in walked]
    measured = [share for share in shares if share is not None]
    assert len(measured) >= 8
    assert None in shares
    assert all(0.0 < share <= 1.0 for share in measured)
    assert min(measured) < 0.9


def test_nobody_approved_a_trip_of_their_own(in_county: Flask) -> None:
    of_patrols = sa.select(Patrol.trip_id).where(
        Patrol.trip_id.is_not(None)
    )  # planned and ordered by one person
    planned = sa.and_(Trip.approved_by == Trip.planner_id, Trip.id.not_in(of_patrols))
    own = sa.or_(Trip.approved_by == Trip.leader_id, planned)
    assert counted(sa.select(sa.func.count()).select_from(Trip).where(own)) == 0


def test_check_ins_come_out_in_every_way_there_is(in_county: Flask) -> None:
    outcomes = set(db.session.scalars(sa.select(Checkin.outcome)))
    assert outcomes == {"inside", "uncertain", "outside", "not_judged"}
    assert "late" in set(db.session.scalars(sa.select(Checkin.timing)))
    raised = {
        signal["code"] for signals in db.session.scalars(sa.select(Checkin.signals)) for signal in signals
    }
    assert {"mock_location", "stale_fix"} <= raised
    assert "too_fast" not in raised


def test_no_position_is_kept_of_who_did_not_consent(in_county: Flask) -> None:
    consented = sa.select(Consent.id).where(
        Consent.trip_id == Checkin.trip_id, Consent.person_id == Checkin.person_id
    )
    without = sa.select(sa.func.count()).select_from(Checkin).where(~consented.exists())
    assert counted(without) > 0
    assert counted(without.where(Checkin.has_position)) == 0


def test_reviews_ask_accept_and_are_answered_and_one_still_waits(in_county: Flask) -> None:
    kinds = list(db.session.scalars(sa.select(Review.kind)))
    assert kinds.count("query") > kinds.count("answer") > 0
    assert kinds.count("accept") > 0


def test_all_was_recorded_in_the_past_in_the_order_of_its_numbers(in_county: Flask) -> None:
    steps = (
        "trip.planned",
        "trip.submitted",
        "trip.approved",
        "trip.started",
        "checkin.made",
        "trip.completed",
    )
    at = list(db.session.scalars(sa.select(Event.at).where(Event.kind.in_(steps)).order_by(Event.number)))
    assert at == sorted(at)
    assert at[0] < clock.now() - timedelta(days=20)
    assert at[-1] <= clock.now()


def test_a_park_has_two_versions(in_county: Flask) -> None:
    county = kept.read()
    client = in_county.test_client()
    password = passwords_in(in_county.extensions["said_by_fill"])["ducha"]
    session: Any = sign_in(client, "ducha", password).json
    bearer = {"Authorization": f"Bearer {session['access_token']}"}
    park: Any = client.get(f"/api/v1/areas/{county.areas['云岭经济开发区']}", headers=bearer)
    assert [version["number"] for version in park.json["versions"]] == [2, 1]


def test_a_database_with_anything_in_it_is_left_alone(in_county: Flask) -> None:
    before = kept.checkins()
    done = in_county.test_cli_runner().invoke(args=["demo", "fill"])
    assert done.exit_code == 1
    assert "数据库里已有数据" in done.output
    assert "the database is not empty" in done.output
    assert kept.checkins() == before


def test_the_plan_for_the_phones_is_one_they_can_follow_and_keeps_the_trips(in_county: Flask) -> None:
    first, second = (in_county.test_cli_runner().invoke(args=["demo", "phones"]) for _ in range(2))
    phones = pretend.plan(json.loads(first.stdout))
    again = pretend.plan(json.loads(second.stdout))
    assert len(phones) == sum(len(each.walkers) for each in rounds.ROUNDS)
    assert [phone.trip_id for phone in phones] == [phone.trip_id for phone in again]
    assert [phone.password for phone in phones] != [phone.password for phone in again]
    assert sign_in(in_county.test_client(), again[0].username, again[0].password).status_code == 201


def test_a_trip_left_over_from_another_day_is_completed_and_begun_anew(in_county: Flask) -> None:
    later = clock.now() + timedelta(days=4)
    before = set(db.session.scalars(sa.select(Trip.id).where(Trip.state == "under_way")))
    with clock.at(later):
        county = County(kept.read(), places.by_name(places.everywhere()), clock.day_of(later))
        numbers = {phone["trip_id"] for phone in rounds.send_out(county, later)}
    assert not numbers & before
    assert {reads.get(watcher(), number).state for number in before} == {"completed"}
    assert {reads.get(watcher(), number).state for number in numbers} == {"under_way"}


# ── what a person at the keyboard sees ──────────────────────────────────────────────────────────────────


@dataclass
class Play:
    """`flask demo run`, running: what it said so far, and its process."""

    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def said(self) -> str:
        return "".join(self.lines)

    def listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)

    def until(self, true: Callable[[], bool]) -> None:
        end = time.monotonic() + READY_WITHIN_S
        while not true():
            assert time.monotonic() < end, self.said()
            assert self.process.poll() is None or true(), self.said()
            time.sleep(0.1)

    def ends(self) -> int:
        return self.process.wait(30)

    def children(self) -> list[int]:
        """The processes it has started, by the kernel's own list."""
        pid = self.process.pid
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def playing(folder: Path, *options: str) -> Iterator[Play]:
    command = [
        sys.executable,
        "-m",
        "flask",
        "--app",
        "wsgi",
        "demo",
        "run",
        "--folder",
        str(folder),
        *options,
    ]
    process = subprocess.Popen(
        command,
        cwd=TREE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    play = Play(process)
    listening = Thread(target=play.listen, daemon=True)
    listening.start()
    try:
        yield play
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.wait(30)
        listening.join(5)
        assert process.stdout is not None
        process.stdout.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def signs_in_at(connection: http.client.HTTPConnection, username: str, password: str) -> int:
    told = {"username": username, "password": password, "device_name": "test"}
    try:
        connection.request("POST", "/api/v1/sessions", json.dumps(told), {"Content-Type": "application/json"})
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.slow
def test_a_demo_plays_over_https_says_when_its_server_dies_and_plays_again_on_the_same_data(
    tmp_path: Path,
) -> None:
    folder, port = tmp_path / "demo", free_port()
    with playing(folder, "--port", str(port), "--tls") as play:
        play.until(lambda: "Ctrl+C ends it" in play.said())
        assert f"https://localhost:{port}/m/" in play.said()
        assert "证书" in play.said()
        first = passwords_in(play.said())
        trust = ssl.create_default_context(cafile=folder / "certificate.pem")
        secure = http.client.HTTPSConnection("localhost", port, timeout=20, context=trust)
        assert signs_in_at(secure, "ganbu", first["ganbu"]) == 201
        play.until(lambda: (folder / "phones.log").read_text().count("with a track") >= 3)
        server, *others = play.children()
        os.kill(server, signal.SIGKILL)
        assert play.ends() == 1
    assert "服务器意外结束" in play.said()
    assert len(others) == 2
    assert all(is_gone(other) for other in others)

    with playing(folder, "--port", str(port)) as play:
        play.until(lambda: "Ctrl+C ends it" in play.said())
        assert "沿用上次的数据" in play.said()
        assert "make demo TLS=1" in play.said()
        second = passwords_in(play.said())
        assert not set(first.values()) & set(second.values())
        plain = http.client.HTTPConnection("localhost", port, timeout=20)
        assert signs_in_at(plain, "ducha", second["ducha"]) == 201
        children = play.children()
        with playing(folder, "--port", str(free_port())) as other:
            assert other.ends() == 1
        assert "演示已在另一个窗口运行" in other.said()
        play.process.send_signal(signal.SIGTERM)
        assert play.ends() == 0
    assert "演示已结束" in play.said()
    assert all(is_gone(child) for child in children)


@pytest.mark.parametrize(
    ("option", "instead"), [([], "make demo PORT={}"), (["--tls"], "make demo PORT={} TLS=1")]
)
def test_a_taken_port_is_one_sentence_that_says_what_to_do(
    tmp_path: Path, option: list[str], instead: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with playing(tmp_path / "demo", "--port", str(port), *option) as play:
            assert play.ends() == 1
    run = instead.format(port + 1)
    sentence = f"端口 {port} 已被占用：请用 {run} / Port {port} is taken: run {run}"
    assert play.said().strip().removeprefix("Error: ") == sentence


def test_data_that_were_left_half_made_are_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Stage(tmp_path, 8000, tls=False, public=False)
    here.database.write_text("half")
    (tmp_path / "guatu.sqlite-wal").write_text("half")
    monkeypatch.setattr(stage, "PREPARE", [sys.executable, "-c", "print('{}')"])
    assert stage.prepare(here, fresh=False) == {}
    assert not here.database.exists()
    assert not (tmp_path / "guatu.sqlite-wal").exists()
    here.database.write_text("whole")
    closing = tmp_path / "closings" / "2026-11-01.json"
    closing.parent.mkdir()
    closing.write_text("of the county before")
    stage.prepare(here, fresh=False)
    assert here.database.exists()
    assert closing.exists()
    stage.prepare(here, fresh=True)
    assert not here.database.exists()
    assert not closing.exists()


def test_the_certificate_is_for_this_machine_and_its_key_for_its_owner(tmp_path: Path) -> None:
    pem, key = certificate.ensure(tmp_path, ["192.168.7.9"])
    made = x509.load_pem_x509_certificate(pem.read_bytes())
    named = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert named.get_values_for_type(x509.DNSName) == ["localhost"]
    ips = [str(address) for address in named.get_values_for_type(x509.IPAddress)]
    assert ips == ["127.0.0.1", "::1", "192.168.7.9"]
    assert key.stat().st_mode & 0o777 == 0o600


def test_a_certificate_is_kept_until_it_is_old_or_an_address_is_new(tmp_path: Path) -> None:
    pem, _ = certificate.ensure(tmp_path, ["192.168.7.9"])
    first = pem.read_bytes()
    certificate.ensure(tmp_path, ["192.168.7.9"])
    assert pem.read_bytes() == first
    certificate.ensure(tmp_path, ["192.168.7.10"])
    second = pem.read_bytes()
    assert second != first
    with clock.at(clock.now() + timedelta(days=360)):
        certificate.ensure(tmp_path, ["192.168.7.10"])
    assert pem.read_bytes() != second


def test_what_is_printed_tells_address_sign_ins_and_phones(tmp_path: Path) -> None:
    told = {"sign_ins": {username: f"pw-{username}" for username, _ in roster.SIGN_INS}, "phones": [{}] * 5}
    said = demo.programme(Stage(tmp_path, 8001, tls=False, public=False), told)
    assert "http://localhost:8001/m/" in said
    assert passwords_in(said) == told["sign_ins"]
    assert "5 pretend phones" in said


TRACKS = sa.select(sa.func.count()).select_from(sa.select(Fix.trip_id, Fix.person_id).distinct().subquery())


def test_a_month_of_a_whole_county_holds_together(in_county: Flask) -> None:
    now = clock.now()
    before = db.session.scalar(sa.select(sa.func.count()).select_from(Checkin)) or 0
    walked = counted(sa.select(sa.func.count()).select_from(Fix))
    tracks = counted(TRACKS)
    bulk.fill(now, Size(people=400, trips=90, fixes=3600), lambda _: None)
    assert counted(sa.select(sa.func.count()).select_from(Person)) == 400
    assert counted(sa.select(sa.func.count()).select_from(Fix)) == walked + 3600
    month = db.session.scalars(sa.select(Checkin).where(Checkin.skew_s == 1.0)).all()
    assert len(month) == 360
    assert len({row.id for row in month}) == 360
    for row in month:
        assert row.edge_m is not None
        assert row.accuracy_used_m is not None
        near = abs(row.edge_m) < row.accuracy_used_m
        assert row.outcome == ("uncertain" if near else "inside" if row.edge_m > 0 else "outside")
    found = log.page(watcher(), Filter(), limit=200)
    assert found["next"] is not None
    assert before + 360 == log.count(watcher(), Filter())
    trip = db.session.scalars(
        sa.select(Trip).where(Trip.state == "completed").order_by(Trip.id.desc())
    ).first()
    assert trip is not None
    track = db.session.execute(positions.of_duty(trip.leader_id, trip.id, from_s=-math.inf, to_s=math.inf))
    assert len(track.all()) == 20
    expired = positions.expired(now + timedelta(days=1))
    assert len(expired) == counted(TRACKS) == tracks + 180


def test_a_size_without_its_command_is_refused(filled: Flask) -> None:
    run = filled.test_cli_runner().invoke
    assert "go after fill" in run(args=["demo", "--size", "county", "fill"]).output
    assert "goes with --size county" in run(args=["demo", "--fixes", "5"]).output
    assert "not empty" in run(args=["demo", "--size", "county"]).output
