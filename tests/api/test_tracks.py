"""One person's track on a trip: who may open it, after saying why; what it says, what leaves, what it proposes."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from xml.etree import ElementTree

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mobile_stub.pretend import tracks as files
from server import clock
from server.db import db
from server.exports import gpx
from server.models.checkins import Checkin
from server.models.events import Event
from server.models.people import Person
from server.services import checkins, consents, trips
from server.services.trips import StopPlan
from tests import people
from tests import trips as journeys
from tests.people import County, Headers, Someone
from tests.positions import fix, fixes, phone, rows

NOW = datetime.fromisoformat("2026-09-01T08:00:00+00:00")
MINUTE = timedelta(minutes=1)
NAME, TITLE = '陈𠮷<&>"晓', "赴苏州 😀 ]]> & 招商"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def trip(folk: County) -> Iterator[dict[str, Any]]:
    """A cadre and a colleague of township A and a cadre of township B on a trip: two were tracked for an hour.

    20 minutes at the factory, 10 minutes on the road east, half an hour of nothing, 10 minutes further on.
    """
    members = [folk.cadre, folk.colleague, folk.cadre_b]
    with clock.at(NOW):
        made = journeys.under_way(
            folk.cadre,
            folk.supervisor_a,
            consenting=members,
            tracking="track",
            title=TITLE,
            member_ids=[person.id for person in members],
            stops=[
                StopPlan(name="临江一厂", radius_m=300, **journeys.FACTORY),
                StopPlan(name="远处", radius_m=300, lng=119.5, lat=29.6),
            ],
        )
    with clock.at(NOW + timedelta(hours=2)):
        for person in (folk.cadre, folk.cadre_b):
            phone(person).deliver(fixes(list(hour(accuracy_m=10.0))))
    with clock.at(NOW + timedelta(hours=2)):
        yield made


def hour(**facts: Any) -> Iterator[Any]:
    here = journeys.FACTORY
    for minute in range(21):
        yield fix(NOW + minute * MINUTE, **here, **facts)
    for minute in [*range(21, 31), *range(61, 71)]:
        yield fix(NOW + minute * MINUTE, lng=here["lng"] + 0.01 * (minute - 20), lat=here["lat"], **facts)


def url(trip: dict[str, Any], door: str, person: Someone | None = None) -> str:
    return f"/api/v1/trips/{trip['id']}/{door}" + ("" if person is None else f"?person_id={person.id}")


def ask(client: FlaskClient, address: str, headers: Headers) -> TestResponse:
    return client.get(address, headers=headers, buffered=True)


def said_why(client: FlaskClient, person: Someone, trip: dict[str, Any]) -> Headers:
    """A sitting of theirs that said why for the trip."""
    headers = person.sign_in(client)
    reason = {"reason": "trip_review", "trip_id": trip["id"]}
    assert client.post("/api/v1/looks", json=reason, headers=headers).status_code == 201
    return headers


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_only_who_may_see_the_member_opens_their_track(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    doors = ("track", "crossings", "track.gpx", "track.geojson")
    seen = {
        "supervisor": (200, 200),
        "leader": (200, 200),
        "supervisor_a": (200, 404),
        "supervisor_b": (404, 200),
        "cadre": (200, 404),
        "colleague": (404, 404),
        "official": (404, 404),
    }
    for name, codes in seen.items():
        someone = folk.everyone[name]
        headers = (
            said_why(client, someone, trip) if 200 in codes and name != "cadre" else someone.sign_in(client)
        )
        for door in doors:
            found = [
                ask(client, url(trip, door, each), headers).status_code for each in (folk.cadre, folk.cadre_b)
            ]
            assert tuple(found) == codes, (name, door)
    outside = folk.administrator.sign_in(client)
    assert {ask(client, url(trip, door, folk.cadre), outside).status_code for door in doors} == {404}


def test_a_page_is_offered_those_whose_tracks_its_reader_may_open(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    offered = {
        "supervisor": ["陈晓", "孙岩"],
        "supervisor_a": ["陈晓"],
        "supervisor_b": ["孙岩"],
        "cadre": ["陈晓"],
        "cadre_b": ["孙岩"],
        "colleague": [],
    }
    for name, names in offered.items():
        answer = ask(client, url(trip, "tracks"), folk.everyone[name].sign_in(client)).get_json()
        assert [item["person"]["name"] for item in answer["items"]] == names, name
        assert all(item.keys() == {"person", "unit"} for item in answer["items"])


def test_a_track_opens_once_the_sitting_said_why_and_its_person_reads_who_looked(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    silent = folk.supervisor_a.sign_in(client)
    for_the_map = {"reason": "duty_watch"}  # opens places, and no way through a day
    assert client.post("/api/v1/looks", json=for_the_map, headers=silent).status_code == 201
    for door in ("track", "crossings", "track.gpx", "track.geojson"):
        refused = ask(client, url(trip, door, folk.cadre), silent)
        assert (refused.status_code, refused.get_json()["code"]) == (403, "reason_needed")
    assert rows("looks", "door") == []
    assert "track.exported" not in {kind for (kind,) in rows("events", "kind")}
    headers = said_why(client, folk.supervisor_a, trip)
    for door in ("track", "track", "crossings", "track.gpx"):
        assert ask(client, url(trip, door, folk.cadre), headers).status_code == 200
    mine = ask(client, "/api/v1/looks/mine", folk.cadre.sign_in(client)).get_json()["items"]
    assert sorted((look["door"], look["by"]["name"], look["reason"]) for look in mine) == [
        ("export", "吴清", "本次行程复核"),
        ("trip", "吴清", "本次行程复核"),
    ]


def test_a_supervisor_of_another_unit_reads_the_trip_their_person_is_on_and_decides_nothing(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    headers = folk.supervisor_b.sign_in(client)
    told = ask(client, url(trip, "")[:-1], headers).get_json()
    assert (told["title"], told["may"]) == (TITLE, [])
    listed = ask(client, "/api/v1/trips", headers).get_json()["items"]
    assert [each["id"] for each in listed] == [trip["id"]]
    refused = client.post(url(trip, "cancel"), json={"reason": "不是我的行程"}, headers=headers)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "forbidden")
    theirs = ask(client, f"/api/v1/log?trip_id={trip['id']}", headers).get_json()["items"]
    assert theirs == []
    with clock.at(NOW + timedelta(hours=2)):
        checkins.make(folk.cadre.actor, journeys.told(trip))
        checkins.make(folk.cadre_b.actor, journeys.told(trip))
    theirs = ask(client, f"/api/v1/log?trip_id={trip['id']}", headers).get_json()["items"]
    assert [each["person"]["name"] for each in theirs] == ["孙岩"]


# ── what it says ────────────────────────────────────────────────────────────────────────────────────────


def test_a_track_tells_stays_moves_and_gaps_and_counts_no_gap_as_covered(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    told = ask(client, url(trip, "track"), folk.cadre.sign_in(client)).get_json()
    assert (told["duration_s"], told["unmeasured_s"]) == (70 * 60, 31 * 60)
    assert len(told["pieces"]) == 2
    [gap] = told["gaps"]
    assert (gap["from"], gap["to"], gap["duration_s"]) == (
        "2026-09-01T08:30:00Z",
        "2026-09-01T09:01:00Z",
        31 * 60,
    )
    assert gap["line"] == [told["pieces"][0][-1][:2], told["pieces"][1][0][:2]]
    stay = told["stays"][0]
    assert (stay["from"], stay["duration_s"], stay["unmeasured_s"]) == ("2026-09-01T08:00:00Z", 20 * 60, 0)
    assert stay["stop"] == {"id": trip["stops"][0]["id"], "name": "临江一厂", "outcome": "inside"}
    [move] = told["moves"]
    assert (move["from"], move["unmeasured_s"]) == ("2026-09-01T08:20:00Z", 31 * 60)
    degree_m = 96_770.0
    assert 0.95 * 0.19 * degree_m < told["length_m"] <= 0.19 * degree_m
    assert move["length_m"] == pytest.approx(told["length_m"], abs=50)


def test_the_track_of_whom_none_is_kept_is_empty(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    told = ask(client, url(trip, "track"), folk.colleague.sign_in(client)).get_json()
    assert (told["fixes"], told["from"], told["pieces"], told["stays"], told["length_m"]) == (
        0,
        None,
        [],
        [],
        0,
    )


# ── in full ─────────────────────────────────────────────────────────────────────────────────────────────


def named(folk: County) -> None:
    """Give the cadre a name that XML has trouble with."""
    db.session.execute(sa.update(Person).where(Person.id == folk.cadre.id).values(name=NAME))
    db.session.commit()


def test_every_kept_fix_leaves_as_gpx_that_others_read_whatever_the_names(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    named(folk)
    second = [fix(NOW + 5 * MINUTE, lng=118.6, lat=29.7, altitude_m=12.5, note="到了 🏭 <b>&\x0b")]
    phone(folk.cadre, "second", kind="owntracks").deliver(fixes(second))
    answer = ask(client, url(trip, "track.gpx"), folk.cadre.sign_in(client))
    assert answer.mimetype == "application/gpx+xml"
    assert "attachment" in answer.headers["Content-Disposition"]
    document = answer.get_data(as_text=True)
    points = files.read_gpx(document)
    assert len(points) == len(rows("fixes", "at")) - 41 == 42
    assert (points[0].lng, points[0].lat, points[0].at) == (118.502, 29.601, NOW)
    root = ElementTree.fromstring(document)  # noqa: S314  our own document
    space = f"{{{gpx.SPACE}}}"
    assert root.findtext(f"{space}metadata/{space}name") == f"{NAME} · {TITLE}"
    assert [len(track.findall(f"{space}trkseg")) for track in root.findall(f"{space}trk")] == [2, 1]
    assert [note.text for note in root.iter(f"{space}cmt")] == ["到了 🏭 <b>&"]
    [data] = db.session.execute(sa.select(Event.data).where(Event.kind == "track.exported")).scalars()
    assert data == {"form": "gpx"}
    assert rows("looks", "door") == []


def test_every_kept_fix_leaves_as_geojson_page_by_page(
    folk: County, trip: dict[str, Any], client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.queries.tracks.PAGE", 7)
    named(folk)
    told = ask(client, url(trip, "track.geojson"), folk.cadre.sign_in(client)).get_json(force=True)
    assert (told["person"], told["trip"]) == (NAME, TITLE)
    assert len(told["features"]) == 41
    first = told["features"][0]
    assert first["geometry"] == {"type": "Point", "coordinates": [118.502, 29.601]}
    assert (first["properties"]["at"], first["properties"]["phone"]) == ("2026-09-01T08:00:00Z", 1)
    assert [each["properties"]["at"] for each in told["features"]] == sorted(
        each["properties"]["at"] for each in told["features"]
    )


# ── arrivals ────────────────────────────────────────────────────────────────────────────────────────────


def test_an_arrival_is_proposed_to_its_person_alone_and_confirmed_by_an_ordinary_check_in(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    headers = folk.cadre.sign_in(client)
    told = ask(client, url(trip, "arrivals"), headers).get_json()
    [proposal] = told["items"]
    assert proposal["stop"] == {"id": trip["stops"][0]["id"], "name": "临江一厂"}
    assert (proposal["arrived_at"], proposal["verdict"]["outcome"]) == ("2026-09-01T08:00:00Z", "inside")
    assert proposal["verdict"]["zh"] == "在临江一厂内 · 离边界 300 米 · 精度 10 米"
    assert ask(client, url(trip, "arrivals"), headers).get_json()["items"] == [proposal]
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Checkin)) == 0
    confirmed = proposal["checkin"] | {"id": str(uuid4()), "made_at": told["now"], "sent_at": told["now"]}
    answer = client.post("/api/v1/checkins", json=confirmed, headers=headers)
    assert (answer.status_code, answer.get_json()["verdict"]["outcome"]) == (201, "inside")
    assert ask(client, url(trip, "arrivals"), headers).get_json()["items"] == []
    for other in (folk.supervisor_a, folk.colleague):
        theirs = ask(client, url(trip, "arrivals", folk.cadre), other.sign_in(client))
        assert theirs.status_code == 404 or theirs.get_json()["items"] == []


def test_nothing_is_proposed_once_consent_is_withdrawn(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    consents.withdraw(folk.cadre.actor, trip["id"])
    headers = folk.cadre.sign_in(client)
    assert ask(client, url(trip, "arrivals"), headers).get_json()["items"] == []


def test_an_arrival_is_still_proposed_when_the_trip_is_over(
    folk: County, trip: dict[str, Any], client: FlaskClient
) -> None:
    trips.complete(folk.cadre.actor, trip["id"])
    headers = folk.cadre.sign_in(client)
    assert len(ask(client, url(trip, "arrivals"), headers).get_json()["items"]) == 1
