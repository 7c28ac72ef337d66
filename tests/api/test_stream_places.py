"""Places and crossings on the stream: who hears of them, what is kept of it, and what a page makes of it."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.db import db
from server.held import held, hold
from server.live.hub import Hub
from server.models.areas import Area
from server.models.looks import Look
from server.models.positions import Crossing
from server.services import consents, events, people, tracks
from server.transaction import transaction
from tests import people as folks
from tests.people import County, Headers, Someone
from tests.positions import Phone, fix, fixes, phone
from tests.support import streams
from tests.support.listening import Stream, listen
from tests.support.serving import Served
from tests.trips import under_way

MAP = {"reason": "duty_watch"}
LNG, LAT = 118.502, 29.601


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    """A county, and a stream that looks often and beats fast."""
    usual = held(Settings)
    hold(app, replace(usual, stream_poll_ms=20, stream_heartbeat_s=0.3, stream_places_ms=100))  # type: ignore[arg-type]  # tests are hasty
    hold(app, Hub())
    yield folks.county(app)
    held(Hub).rest()
    hold(app, usual)


@pytest.fixture
def trip(folk: County) -> dict[str, Any]:
    """A duty of the cadre's that keeps a track, begun a while ago."""
    with clock.at(clock.now() - timedelta(minutes=10)):
        return under_way(folk.cadre, folk.supervisor_a, tracking="track")


@pytest.fixture
def walker(folk: County, trip: dict[str, Any]) -> Phone:
    """The cadre's tracker."""
    return phone(folk.cadre)


def step(walker: Phone, number: int) -> None:
    """The phone tells its `number`th place."""
    at = clock.now() - timedelta(seconds=300 - number)
    walker.deliver(fixes([fix(at, lng=LNG + number / 1000, lat=LAT)]))


def watching(client: FlaskClient, person: Someone) -> Headers:
    """A sitting of theirs that has said why it looks at the map."""
    headers = person.sign_in(client)
    assert client.post("/api/v1/looks", json=MAP, headers=headers).status_code == 201
    return headers


def test_a_trackers_moves_reach_those_above_who_said_why_and_leave_where_they_stand_untouched(
    folk: County, client: FlaskClient, walker: Phone
) -> None:
    above, county, beside, silent = (
        Stream(client, watching(client, folk.supervisor_a)),
        Stream(client, watching(client, folk.leader)),
        Stream(client, watching(client, folk.supervisor_b)),
        listen(client, folk.supervisor_a),
    )
    step(walker, 1)
    for stream in (above, county):
        [data] = stream.of("place")
        [item] = data["items"]
        assert (item["person"]["id"], item["checkin_id"]) == (folk.cadre.id, None)
        assert item["position"] == {"lng": pytest.approx(LNG + 0.001), "lat": LAT, "accuracy_m": 10.0}
        assert data["now"].endswith("Z")
        assert [told.id for told in stream.told if told.event == "place"] == [None]
    assert beside.of("place", within_s=0.5) == silent.of("place", within_s=0.5) == []


def test_moving_on_and_on_is_one_look_which_the_person_can_read(
    folk: County, client: FlaskClient, walker: Phone, trip: dict[str, Any]
) -> None:
    stream = Stream(client, watching(client, folk.supervisor_a))
    for number in (1, 2, 3):
        step(walker, number)
        stream.of("place", number)
    db.session.rollback()
    assert db.session.execute(sa.select(sa.func.count()).select_from(Look)).scalar_one() == 1
    [look] = client.get("/api/v1/looks/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]
    assert (look["by"]["name"], look["trip"]["id"], look["reason"]) == ("吴清", trip["id"], "值班查看")


def test_heartbeats_come_while_somebody_moves_without_a_pause(
    folk: County, client: FlaskClient, walker: Phone
) -> None:
    stream = Stream(client, watching(client, folk.supervisor_a))
    for number in range(1, 12):
        step(walker, number)
        stream.of("place", number, within_s=1.0)
    assert stream.parser.comments >= 2


@pytest.mark.parametrize("ends", ["withdrawn", "left"])
def test_after_the_end_the_place_is_gone_and_nothing_brings_it_back(
    folk: County, client: FlaskClient, walker: Phone, trip: dict[str, Any], ends: str
) -> None:
    stream = Stream(client, watching(client, folk.supervisor_a))
    step(walker, 1)
    stream.of("place")
    if ends == "withdrawn":
        consents.withdraw(folk.cadre.actor, trip["id"])
    else:
        people.update(folk.administrator.actor, folk.cadre.id, {"left": True})
    assert stream.of("place", 2)[1] == {"gone": [folk.cadre.id]}
    walker_back = [fix(clock.now(), lng=LNG + 0.7, lat=LAT)]
    if ends == "withdrawn":
        assert walker.deliver(fixes(walker_back)).kept == 0
    assert stream.of("place", 3, within_s=0.7)[2:] == []


def test_between_the_snapshot_and_the_stream_nothing_is_lost_and_nobody_moves_backwards(
    folk: County, client: FlaskClient, walker: Phone
) -> None:
    headers, over = watching(client, folk.supervisor_a), threading.Event()
    app = client.application

    def move() -> None:
        with app.app_context():
            for number in range(1, 40):
                step(walker, number)
                time.sleep(0.02)
        over.set()

    walking = threading.Thread(target=move)
    walking.start()
    time.sleep(0.2)
    stream = Stream(client, headers)
    snapshot = client.get("/api/v1/places", headers=headers).get_json()["items"]
    stream.hear(over.is_set)
    walking.join()
    stream.hear(within_s=0.5)
    told = [item for data in stream.of("place") for item in data["items"]]
    instants = [item["at"] for item in told]
    assert instants == sorted(set(instants))
    assert max([*snapshot, *told], key=lambda item: item["at"])["position"]["lng"] == pytest.approx(
        LNG + 0.039
    )


def test_a_place_that_may_not_be_kept_is_on_no_stream(
    folk: County, client: FlaskClient, walker: Phone, trip: dict[str, Any]
) -> None:
    open_ = [Stream(client, watching(client, each)) for each in (folk.supervisor_a, folk.leader)]
    open_.append(listen(client, folk.cadre))
    _send(client, walker, clock.now() - timedelta(hours=3))
    step(walker, 1)
    assert open_[0].of("place")
    consents.withdraw(folk.cadre.actor, trip["id"])
    _send(client, walker, clock.now())
    for stream in open_:
        stream.hear(within_s=1.0)
    told = repr([message for stream in open_ for message in stream.told])
    assert "118.503" in told
    assert "691241" not in told
    assert "802137" not in told


def _send(client: FlaskClient, walker: Phone, at: datetime) -> None:
    """A fix that may not be kept, at the open door."""
    told = {"id": walker.secret, "lat": "29.802137", "lon": "119.691241", "timestamp": int(at.timestamp())}
    assert client.post("/ingest/traccar", query_string=told).status_code == 200


# ── crossings ───────────────────────────────────────────────────────────────────────────────────────────


def crossing(folk: County, trip: dict[str, Any], *, code: str = "a1", gone: bool = False) -> int:
    """The cadre enters an area, as the pipeline keeps it."""
    with transaction() as session:
        area = Area(code=code, kind="township", name="东河镇", created_at=clock.now())
        session.add(area)
        session.flush()
        found = Crossing(
            person_id=folk.cadre.id,
            trip_id=trip["id"],
            area_id=area.id,
            version=1,
            at=clock.now(),
            entered=True,
        )
        session.add(found)
        session.flush()
        events.record(
            "crossing.found",
            actor_id=None,
            unit_id=folk.township_a,
            person_id=folk.cadre.id,
            trip_id=trip["id"],
            subject=found.id,
            entered=True,
        )
        number = found.id
        if gone:
            session.delete(found)
    return number


def test_a_crossing_is_told_to_those_who_may_see_where_they_are_and_kept_as_a_look(
    folk: County, client: FlaskClient, trip: dict[str, Any]
) -> None:
    headers = watching(client, folk.supervisor_a)
    above, own, silent = Stream(client, headers), listen(client, folk.cadre), listen(client, folk.leader)
    crossing_id = crossing(folk, trip)
    for stream in (above, own):
        [data] = stream.of("crossing")
        assert (data["crossing"]["id"], data["crossing"]["area"]["name"]) == (crossing_id, "东河镇")
        assert (data["crossing"]["entered"], data["crossing"]["person"]["name"]) == (True, "陈晓")
    assert silent.nothing()
    [listed] = client.get("/api/v1/crossings", headers=headers).get_json()["items"]
    assert listed["id"] == crossing_id
    assert len(client.get("/api/v1/looks/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]) == 1


def test_a_crossing_that_is_gone_or_whose_person_withdrew_tells_nothing(
    folk: County, client: FlaskClient, trip: dict[str, Any]
) -> None:
    stream = Stream(client, watching(client, folk.supervisor_a))
    crossing(folk, trip, gone=True)
    assert stream.nothing()
    consents.withdraw(folk.cadre.actor, trip["id"])
    stream.of("place")
    crossing(folk, trip, code="a2")
    assert stream.nothing()


@pytest.mark.parametrize("act", [tracks.erase, consents.withdraw], ids=["erased", "withdrawn"])
def test_pages_hear_that_somebodys_crossings_are_gone(
    folk: County, client: FlaskClient, trip: dict[str, Any], act: Callable[..., object]
) -> None:
    above = Stream(client, watching(client, folk.supervisor_a))
    beside = Stream(client, watching(client, folk.supervisor_b))
    crossing(folk, trip)
    above.of("crossing")
    act(folk.cadre.actor, trip["id"])
    told = above.of("crossing", 2)[-1]
    assert told["gone"] == {"person_id": folk.cadre.id, "trip_id": trip["id"]}
    assert beside.nothing()


# ── as it is run ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.slow
def test_a_phone_at_the_open_door_moves_its_dot_on_every_stream_of_every_process(
    app: Flask, client: FlaskClient, server: Served
) -> None:
    folk = folks.county(app)
    with clock.at(clock.now() - timedelta(minutes=10)):
        under_way(folk.cadre, folk.supervisor_a, tracking="track")
    walker, headers = phone(folk.cadre), watching(client, folk.supervisor_a)
    opened = [streams.Stream(server.port, headers) for _ in range(6)]
    try:
        assert streams.listen(opened, until=lambda: all(each.status == 200 for each in opened), within_s=10)
        at = clock.now().timestamp()
        with streams.Stream(
            server.port, {}, path=f"/ingest/traccar?id={walker.secret}&lat={LAT}&lon={LNG}&timestamp={at:.0f}"
        ) as sent:
            assert streams.listen([sent], until=lambda: sent.status == 200, within_s=10)
        assert streams.listen(opened, until=lambda: all(each.counts["place"] for each in opened), within_s=5)
        for each in opened:
            assert each.of("place")[0]["items"][0]["position"]["lng"] == LNG
    finally:
        for each in opened:
            each.close()
