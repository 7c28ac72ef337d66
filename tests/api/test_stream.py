"""The stream over the wire: who hears what, resuming, endings, and what it costs while nothing happens."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.db import Base, db
from server.held import held, hold
from server.live.hub import Hub
from server.models.events import Event
from server.models.looks import Look
from server.models.sessions import SignInSession
from server.services import checkins, consents, events, people, reviews, trips
from server.services.people import Role
from server.transaction import transaction
from tests import people as folks
from tests.live.happenings import on_postgis, unfinished
from tests.people import County, Headers, Someone
from tests.support.listening import URL, Stream, listen
from tests.trips import approved, planned, told, under_way

MAP = {"reason": "duty_watch"}


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    """A county, and a stream that looks often and beats fast."""
    usual = held(Settings)
    hold(app, replace(usual, stream_poll_ms=20, stream_heartbeat_s=0.3))  # type: ignore[arg-type]  # tests are hasty
    hold(app, Hub())
    yield folks.county(app)
    held(Hub).rest()
    hold(app, usual)


def checked_in(person: Someone, trip: dict[str, Any], **changed: Any) -> str:
    """A check-in on a trip. Its id."""
    made = checkins.make(person.actor, told(trip, **changed))
    return str(made.document["id"])


def session_of(client: FlaskClient, headers: Headers) -> str:
    """The id of the session behind these headers."""
    items = client.get("/api/v1/sessions", headers=headers).get_json()["items"]
    return str(next(item["id"] for item in items if item["current"]))


def newest(kind: str | None = None) -> int:
    """The number of the newest event, or of the newest of a kind."""
    db.session.rollback()
    found = sa.select(sa.func.max(Event.number))
    return db.session.execute(found if kind is None else found.where(Event.kind == kind)).scalar_one()


def count(model: type[Base], **facts: object) -> int:
    """How many rows there are with these facts."""
    db.session.rollback()
    return db.session.execute(sa.select(sa.func.count()).select_from(model).filter_by(**facts)).scalar_one()


# ── who hears what ──────────────────────────────────────────────────────────────────────────────────────


def test_a_check_in_reaches_those_above_its_unit_and_nobody_beside_it(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    above, county, beside = (
        listen(client, each) for each in (folk.supervisor_a, folk.leader, folk.supervisor_b)
    )
    checkin_id = checked_in(folk.cadre, trip)
    for stream in (above, county):
        [data] = stream.of("checkin")
        assert data["checkin"]["id"] == checkin_id
        assert data["checkin"]["verdict"]["outcome"] == "inside"
        assert stream.told[-1].id == data["number"]
    assert beside.nothing()


def test_a_cadre_hears_of_their_own_check_in_with_its_position_and_of_nobody_elses(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    own, colleague = listen(client, folk.cadre), listen(client, folk.colleague)
    checked_in(folk.cadre, trip)
    [data] = own.of("checkin")
    assert data["checkin"]["position"]["lng"] == pytest.approx(118.502, abs=1e-6)
    assert colleague.nothing()


def test_a_position_is_withheld_until_the_reader_has_said_why_and_shown_from_then_on(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.supervisor_a.sign_in(client)
    stream = Stream(client, headers)
    checked_in(folk.cadre, trip)
    [before] = stream.of("checkin")
    assert before["checkin"]["position"] is None
    assert before["checkin"]["position_withheld"] == "reason_needed"
    assert client.post("/api/v1/looks", json=MAP, headers=headers).status_code == 201
    checked_in(folk.cadre, trip, kind="note")
    after = stream.of("checkin", 2)[1]
    assert after["checkin"]["position"]["accuracy_m"] == 15.0
    assert after["checkin"]["position_withheld"] is None


def test_no_coordinate_reaches_a_reader_who_said_nothing(folk: County, client: FlaskClient) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    response = client.get(URL, headers=folk.supervisor_a.sign_in(client), buffered=False)
    checked_in(folk.cadre, trip, lng=118.5023457)
    told_bytes = b""
    for line in response.response:
        told_bytes += line if isinstance(line, bytes) else line.encode()
        if b"event: checkin" in told_bytes:
            break
    assert b"118.50" not in told_bytes
    assert b"29.60" not in told_bytes
    response.close()


def test_what_the_stream_shows_is_kept_once_a_sitting_and_the_person_can_read_it(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.supervisor_a.sign_in(client)
    client.post("/api/v1/looks", json=MAP, headers=headers)
    stream = Stream(client, headers)
    for kind in ("arrive", "visit", "leave"):
        checked_in(folk.cadre, trip, kind=kind)
    stream.of("checkin", 3)
    [look] = client.get("/api/v1/looks/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]
    assert (look["by"]["name"], look["reason"], look["door"]) == ("吴清", "值班查看", "map")
    assert look["trip"] == {"id": trip["id"], "title": trip["title"]}
    assert count(Event, kind="look.opened") == 1


def test_nobody_looks_at_themselves_nor_by_a_check_in_without_a_position(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.supervisor_a.sign_in(client)
    client.post("/api/v1/looks", json=MAP, headers=headers)
    watching, own = Stream(client, headers), listen(client, folk.cadre)
    checked_in(folk.cadre, trip, lng=None, lat=None)
    assert watching.of("checkin")[0]["checkin"]["position_withheld"] == "no_position"
    own.of("checkin")
    assert count(Look) == 0


def test_a_review_and_its_answer_tell_the_check_in_anew(folk: County, client: FlaskClient) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    document = checkins.make(folk.cadre.actor, told(trip)).document
    stream = listen(client, folk.cadre)
    reviews.review(folk.supervisor_a.actor, document["id"], "query", "为何晚到？")
    reviews.answer(folk.cadre.actor, document["id"], "路上堵车")
    reviewed = stream.of("checkin", 2)
    assert [len(data["checkin"]["reviews"]) for data in reviewed][-1] == 2


def test_a_trips_steps_reach_its_travellers_and_those_above_them(folk: County, client: FlaskClient) -> None:
    trip = planned(folk.cadre, member_ids=[folk.colleague.id])
    with_them, above, beside = (
        listen(client, each) for each in (folk.colleague, folk.supervisor_a, folk.supervisor_b)
    )
    trips.submit(folk.cadre.actor, trip["id"])
    for stream in (with_them, above):
        [data] = stream.of("trip")
        assert data["trip"] == {
            "id": trip["id"],
            "title": trip["title"],
            "state": "submitted",
            "unit": trip["unit"],
            "revision": trip["revision"] + 1,
        }
    assert beside.nothing()


def test_places_move_for_those_who_said_why_and_for_nobody_else(folk: County, client: FlaskClient) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.supervisor_a.sign_in(client)
    client.post("/api/v1/looks", json=MAP, headers=headers)
    watching, silent = Stream(client, headers), listen(client, folk.leader)
    checked_in(folk.cadre, trip)
    [data] = watching.of("place")
    [item] = data["items"]
    assert (item["person"]["id"], item["trip"]["id"]) == (folk.cadre.id, trip["id"])
    assert item["position"]["lat"] == pytest.approx(29.601, abs=1e-6)
    silent.of("checkin")
    assert silent.of("place", within_s=1.5) == []


@pytest.mark.parametrize("leaves", ["complete", "cancel", "withdraw"])
def test_whoever_is_on_duty_no_longer_leaves_the_map(folk: County, client: FlaskClient, leaves: str) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.supervisor_a.sign_in(client)
    client.post("/api/v1/looks", json=MAP, headers=headers)
    stream = Stream(client, headers)
    checked_in(folk.cadre, trip)
    stream.of("place")
    match leaves:
        case "complete":
            trips.complete(folk.cadre.actor, trip["id"])
        case "cancel":
            trips.cancel(folk.cadre.actor, trip["id"], "客商改期")
        case _:
            consents.withdraw(folk.cadre.actor, trip["id"])
    assert stream.of("place", 2)[1] == {"gone": [folk.cadre.id]}


def test_many_areas_published_at_once_are_told_as_one(folk: County, client: FlaskClient) -> None:
    stream = listen(client, folk.cadre)
    with transaction():
        for area_id in range(30):
            events.record(
                "area.published", actor_id=folk.administrator.id, unit_id=folk.root, subject=area_id
            )
    assert len(stream.of("areas")) == 1
    assert stream.nothing()


def test_a_stream_may_be_narrowed_to_a_unit_but_never_widened_by_one(
    folk: County, client: FlaskClient
) -> None:
    in_a, in_b = under_way(folk.cadre, folk.supervisor_a), under_way(folk.cadre_b, folk.supervisor_b)
    narrowed = listen(client, folk.leader, f"?unit_id={folk.township_b}")
    widened = listen(client, folk.supervisor_a, f"?unit_id={folk.root}")
    first, second = checked_in(folk.cadre, in_a), checked_in(folk.cadre_b, in_b)
    assert [data["checkin"]["id"] for data in narrowed.of("checkin")] == [second]
    assert [data["checkin"]["id"] for data in widened.of("checkin")] == [first]
    assert widened.nothing()


def test_a_unit_that_is_not_there_and_an_event_that_is_no_number_are_refused(
    folk: County, client: FlaskClient
) -> None:
    headers = folk.leader.sign_in(client)
    assert client.get(f"{URL}?unit_id=999999", headers=headers).status_code == 404
    for bad in ("-1", "x", "1e3", "9" * 40, "１２"):
        answer = client.get(URL, headers=headers | {"Last-Event-ID": bad.encode().decode("latin-1")})
        assert answer.status_code == 422, bad
        assert "Last-Event-ID" in answer.get_json()["fields"]
    assert client.get(f"{URL}?after=-1", headers=headers).status_code == 422


# ── resuming ────────────────────────────────────────────────────────────────────────────────────────────


def test_the_first_bytes_say_when_to_come_back_and_where_one_stands(
    folk: County, client: FlaskClient
) -> None:
    under_way(folk.cadre, folk.supervisor_a)
    response = client.get(URL, headers=folk.leader.sign_in(client), buffered=False)
    assert next(iter(response.response)) == b"retry: 3000\nid: %d\n\n" % newest()
    assert response.headers["Content-Type"].startswith("text/event-stream")
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["X-Accel-Buffering"] == "no"
    response.close()


def test_who_comes_back_hears_exactly_what_they_missed_from_memory_or_from_the_database(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.supervisor_a.sign_in(client)
    stream = Stream(client, headers)
    ids = [checked_in(folk.cadre, trip, kind=kind) for kind in ("arrive", "visit", "note", "leave")]
    stream.of("checkin", 4)
    seen = stream.told[1].id
    stream.close()
    for _ in range(2):
        again = Stream(client, headers | {"Last-Event-ID": str(seen)})
        assert [data["checkin"]["id"] for data in again.of("checkin", 2)] == ids[2:]
        assert again.nothing()
        again.close()
        _forget_everything(client)


def test_a_long_absence_is_made_good_page_by_page(
    folk: County, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.live.tail.PAGE", 2)
    trip = under_way(folk.cadre, folk.supervisor_a)
    began = newest()
    ids = [checked_in(folk.cadre, trip, kind="note") for _ in range(7)]
    stream = listen(client, folk.supervisor_a, f"?after={began}")
    assert [data["checkin"]["id"] for data in stream.of("checkin", 7)] == ids
    assert stream.nothing()


def test_who_was_away_too_long_is_told_to_load_everything_anew(
    folk: County, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.live.hub.RING", 3)
    trip = under_way(folk.cadre, folk.supervisor_a)
    for _ in range(5):
        checked_in(folk.cadre, trip, kind="note")
    stream = listen(client, folk.supervisor_a, "?after=1")
    [message] = stream.hear(lambda: bool(stream.told))
    assert (message.event, message.id) == ("resync", message.data["number"])
    checked_in(folk.cadre, trip)
    assert len(stream.of("checkin")) == 1


def test_a_heartbeat_moves_where_one_stands_past_what_one_may_not_see(
    folk: County, client: FlaskClient
) -> None:
    stream = listen(client, folk.supervisor_b)
    trip = under_way(folk.cadre, folk.supervisor_a)
    checked_in(folk.cadre, trip)
    assert stream.nothing()
    assert stream.parser.last_id is not None
    assert stream.parser.last_id >= newest("checkin.made")


def _forget_everything(client: FlaskClient) -> None:
    """As after a restart: a new hub with an empty memory."""
    held(Hub).rest()
    hold(client.application, Hub())


# ── endings ─────────────────────────────────────────────────────────────────────────────────────────────


def test_a_stream_ends_at_once_when_its_session_is_ended(folk: County, client: FlaskClient) -> None:
    headers, other = folk.supervisor_a.sign_in(client), folk.supervisor_a.sign_in(client)
    stream = Stream(client, headers)
    session_id = session_of(client, headers)
    begun = time.monotonic()
    assert client.delete(f"/api/v1/sessions/{session_id}", headers=other).status_code == 204
    stream.hear()
    assert stream.over
    assert [(message.event, message.data) for message in stream.told] == [
        ("ended", {"because": "session_ended"})
    ]
    assert time.monotonic() - begun < 3.0
    assert held(Hub).streams == 1


def test_a_session_that_runs_out_ends_its_stream_though_nothing_happens(
    folk: County, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.api.stream.RECHECK_S", 0.0)
    stream = listen(client, folk.supervisor_a)
    assert stream.nothing()
    with transaction() as session:
        session.execute(sa.update(SignInSession).values(expires_at=clock.now()))
    stream.hear()
    assert stream.over
    assert stream.told[-1].data == {"because": "session_ended"}


@on_postgis
def test_a_stream_that_somebody_holds_up_says_so_and_says_when_it_goes_on(
    folk: County, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.api.stream.STALL_S", 0.2)
    stream = listen(client, folk.leader)
    with unfinished("slow") as slow:
        assert stream.of("stall")[0]["lag_s"] >= 0.2
        slow.commit()
    stream.hear(lambda: bool(stream.told) and stream.told[-1].data == {"lag_s": 0.0})
    assert stream.told[-1].event == "stall"


def test_a_role_that_is_taken_away_is_missed_at_once_and_the_page_told_to_load_anew(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    stream = listen(client, folk.supervisor_a)
    checked_in(folk.cadre, trip)
    stream.of("checkin")
    people.set_roles(folk.administrator.actor, folk.supervisor_a.id, [Role("cadre", folk.township_a)])
    assert len(stream.of("resync")) == 1
    checked_in(folk.cadre, trip, kind="leave")
    assert stream.nothing()


def test_a_role_that_is_given_opens_the_stream_at_once(folk: County, client: FlaskClient) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    stream = listen(client, folk.colleague)
    people.set_roles(folk.administrator.actor, folk.colleague.id, [Role("supervisor", folk.township_a)])
    checked_in(folk.cadre, trip)
    assert len(stream.of("checkin")) == 1


def test_who_leaves_hears_no_more(folk: County, client: FlaskClient) -> None:
    stream = listen(client, folk.supervisor_a)
    people.update(folk.administrator.actor, folk.supervisor_a.id, {"left": True})
    stream.hear()
    assert stream.over
    assert stream.told[-1].event == "ended"


def test_one_sitting_has_only_so_many_streams_and_another_is_not_counted_with_it(
    folk: County, client: FlaskClient
) -> None:
    headers = folk.leader.sign_in(client)
    most = held(Settings).streams_per_session
    streams = [Stream(client, headers) for _ in range(most + 1)]
    other = listen(client, folk.leader)
    streams[0].hear()
    assert streams[0].over
    assert streams[0].told[-1].data == {"because": "too_many_streams"}
    under_way(folk.cadre, folk.supervisor_a)
    assert all(stream.of("trip") for stream in (*streams[1:], other))


# ── what it costs ───────────────────────────────────────────────────────────────────────────────────────


def test_streams_that_wait_hold_no_database_connection(folk: County, client: FlaskClient) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    streams = [listen(client, folk.supervisor) for _ in range(20)]
    checked_in(folk.cadre, trip)
    db.session.remove()
    assert all(stream.of("checkin") for stream in streams)
    assert connections_at_rest() == 1  # the tail's own


def connections_at_rest(*, within_s: float = 4.0) -> int:
    """The fewest connections seen in use: the tail may be making a frame with one more at any moment."""
    fewest, give_up_at = 99, time.monotonic() + within_s
    while fewest > 1 and time.monotonic() < give_up_at:
        fewest = min(fewest, db.engine.pool.checkedout())  # type: ignore[attr-defined]  # both pools count
        time.sleep(0.01)
    return fewest


def test_a_stream_that_is_hung_up_is_forgotten(folk: County, client: FlaskClient) -> None:
    streams = [listen(client, folk.leader) for _ in range(3)]
    assert held(Hub).streams == 3
    for stream in streams:
        stream.close()
    assert held(Hub).streams == 0


def test_a_door_that_asks_for_no_reason_still_asks_who_it_is(folk: County, client: FlaskClient) -> None:
    assert client.get(URL).status_code == 401
    assert client.get(URL, headers=folk.auditor.sign_in(client)).status_code == 200
    assert approved(folk.cadre, folk.supervisor_a)["state"] == "approved"
