"""A copy of all that is held about oneself: whole, without secrets, without others, and not too often."""

import io
import json
import zipfile
from datetime import timedelta
from functools import partial
from itertools import repeat
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import Base, db
from server.exports import archive
from server.models.events import Event
from server.models.people import Person
from server.queries import copies
from server.rules.checkins import VisitTold
from server.services import checkins, matters, photos, reviews
from server.services import copies as begun
from server.services.matters import Report
from server.services.trips import StopPlan
from tests import people
from tests.people import County, Headers
from tests.photos import Taken, checked_in, drawn, sent, written
from tests.positions import fix, fixes, phone
from tests.support.together import together
from tests.trips import FACTORY, told, under_way

URL = "/api/v1/me/copy"
ABOUT_NOBODY = {
    "areas",
    "area_versions",
    "area_generation",
    "units",
    "sweeps",
    "alembic_version",
    "matter_categories",
    "calendar_days",
    "closings",
    "contractions",
    "flags",
    "campaign_links",
    "campaign_tasks",
    "hook_messages",
    "hooks",
    "notice_marks",
    "patrol_checkpoints",
    "patrolled_areas",
    "project_investments",
    "project_milestones",
    "project_units",
}
LEFT_OUT = {"refresh_tokens"}
"""Secrets: a copy of them would be a copy of the key."""


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def lived(folk: County) -> dict[str, Any]:
    """A cadre's trip with a colleague: a check-in that was asked about, a track, a complaint, another's supervisor."""
    trip = under_way(
        folk.cadre,
        folk.leader,
        consenting=[folk.cadre, folk.colleague],
        tracking="track",
        member_ids=[folk.cadre.id, folk.colleague.id],
        stops=[StopPlan(name="临江一厂", radius_m=300, **FACTORY)],
    )
    visit = VisitTold("outbound", enterprise="临江一厂", contact="周经理")
    said = checkins.make(folk.cadre.actor, told(trip, note="见到厂长", visit=visit)).document
    checkins.make(folk.colleague.actor, told(trip, note="同事的备注"))
    reviews.review(folk.supervisor.actor, said["id"], "query", "请补充")
    at = clock.now() + timedelta(seconds=1)
    for owner in (folk.cadre, folk.colleague):
        with clock.at(at + timedelta(minutes=1)):
            phone(owner).deliver(fixes([fix(at, **FACTORY), fix(at + timedelta(seconds=9), **FACTORY)]))
    matters.report(folk.cadre.actor, Report("complaint", "定位太勤", "/m/"))
    return trip


def copy_of(client: FlaskClient, headers: Headers) -> dict[str, str]:
    """The files of a copy, by name."""
    answer = client.get(URL, headers=headers, buffered=True)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
        assert found.testzip() is None
        return {name: found.read(name).decode("utf-8-sig") for name in found.namelist()}


def test_a_copy_holds_all_there_is_and_says_what_it_is_in_both_languages(
    folk: County, client: FlaskClient
) -> None:
    trip = lived(folk)
    files = copy_of(client, folk.cadre.sign_in(client))
    assert "本人全部资料" in files["README.txt"]
    assert "all that is held about you" in files["README.txt"]
    read = {name: json.loads(text) for name, text in files.items() if name.endswith(".json")}
    assert set(read) == {part.name for part in copies.PARTS}
    [account], [journey], [checkin] = read["person.json"], read["trips.json"], read["checkins.json"]
    assert (account["username"], account["last_place"] != []) == (folk.cadre.username, True)
    assert (journey["planned_by_me"], journey["stops"][0]["name"]) == (True, "临江一厂")
    assert journey["companions"] == [{"name": folk.colleague.name}]
    assert (checkin["note"], checkin["visit"]["contact"]) == ("见到厂长", "周经理")
    assert checkin["position"]["lng"] == FACTORY["lng"]
    assert checkin["reviews"][0]["note"] == "请补充"
    assert "我同意" in read["consents.json"][0]["words_zh"]
    assert read["matters.json"][0]["text"] == "定位太勤"
    assert {"trip.planned", "checkin.made", "copy.taken"} <= {each["kind"] for each in read["events.json"]}
    track = files[f"tracks/trip-{trip['id']}.csv"].splitlines()
    assert len(track) == 3
    assert track[0].startswith("tracker_id,at,trip_id,fixed_at")
    assert files[f"tracks/trip-{trip['id']}.gpx"].count("<trkpt") == 2
    assert "见到厂长" in files["check-ins.csv"]


def test_a_copy_holds_ones_photos_as_they_came_but_none_that_is_erased(
    folk: County, client: FlaskClient
) -> None:
    checkin_id = checked_in(folk.cadre, count=2)
    kept, gone = (
        Taken(checkin_id, written(drawn(*size)), number) for number, size in ((1, (40, 30)), (2, (30, 40)))
    )
    for taken in (kept, gone):
        sent(folk.cadre, taken)
    photos.erase(folk.cadre.actor, gone.id)
    sent(folk.colleague, Taken(checked_in(folk.colleague), written(drawn(50, 50))))
    answer = client.get(URL, headers=folk.cadre.sign_in(client), buffered=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as found:
        pictures = {name: found.read(name) for name in found.namelist() if name.startswith("photos/")}
    assert list(pictures.values()) == [kept.content]
    assert str(kept.id) in next(iter(pictures))


def test_a_copy_holds_no_secret_and_nothing_of_others(folk: County, client: FlaskClient) -> None:
    lived(folk)
    files = copy_of(client, folk.colleague.sign_in(client))
    whole = "\n".join(files.values())
    for theirs in ("见到厂长", "周经理", "定位太勤", folk.cadre.name, folk.leader.name, "password_hash"):
        assert theirs not in whole
    secrets = [
        value
        for row in db.session.execute(
            sa.text(
                "SELECT secret_hash FROM trackers UNION ALL SELECT password_hash FROM people"
                " UNION ALL SELECT token_hash FROM refresh_tokens"
            )
        )
        for value in row
        if value
    ]
    assert len(secrets) > 3
    assert [secret for secret in secrets if secret in whole] == []
    assert json.loads(files["trips.json"])[0]["companions"] is None


def test_a_copy_of_somebody_who_has_done_nothing_is_whole_too(folk: County, client: FlaskClient) -> None:
    files = copy_of(client, folk.official.sign_in(client))
    assert json.loads(files["checkins.json"]) == json.loads(files["looks_at_me.json"]) == []
    assert [name for name in files if name.startswith("tracks/")] == []


def test_it_is_recorded_and_not_to_be_had_twice_in_a_moment(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    copy_of(client, headers)
    again = client.get(URL, headers=headers, buffered=True)
    assert (again.status_code, again.get_json()["code"]) == (429, "copy_too_soon")
    assert 240 < int(again.headers["Retry-After"]) <= 300
    copy_of(client, folk.colleague.sign_in(client))
    with clock.at(clock.now() + timedelta(minutes=6)):
        copy_of(client, folk.cadre.sign_in(client))
    taken = sa.select(Event.person_id).where(Event.kind == "copy.taken").order_by(Event.number)
    assert list(db.session.scalars(taken)) == [folk.cadre.id, folk.colleague.id, folk.cadre.id]


def test_pressed_twice_at_once_it_is_taken_once(app: Flask, folk: County) -> None:
    ends = together(app, *[partial(begun.begin, folk.cadre.actor)] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["CopyTooSoon", "NoneType"]


def test_every_table_that_tells_of_people_is_in_the_copy(spatialite_app: Flask) -> None:
    tables = set(Base.metadata.tables) - ABOUT_NOBODY - LEFT_OUT
    read = {table for part in copies.PARTS for table in part.tables} | {"fixes"}
    assert {"people", "fixes", "events"} <= tables
    assert tables == read, "name it in queries.copies.PARTS, or say here why it tells of nobody"


def test_an_archive_leaves_as_it_is_read() -> None:
    endless = archive.write([("a.csv", repeat(bytes(range(256)) * 400))], at=clock.now())
    assert sum(len(next(endless)) for _ in range(500)) > 0


def test_who_has_left_the_account_takes_nothing(folk: County, client: FlaskClient) -> None:
    headers = folk.cadre.sign_in(client)
    db.session.execute(sa.update(Person).where(Person.id == folk.cadre.id).values(left_at=clock.now()))
    db.session.commit()
    assert client.get(URL, headers=headers, buffered=True).status_code == 401
