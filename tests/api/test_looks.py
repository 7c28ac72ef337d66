"""Looking needs a reason: it is asked for, kept, and the person looked at can read it."""

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import Base, db
from server.errors import ReasonNeeded
from server.models.events import Event
from server.models.looks import Look, LookReason
from server.queries import looks as reads
from server.queries import sessions
from server.rules.access import Actor
from server.services import checkins, looks
from server.transaction import transaction
from tests import people
from tests.people import County, Someone
from tests.trips import planned, told, under_way

URL = "/api/v1/looks"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def sitting(person: Someone) -> Actor:
    """They as an actor with a session of their own."""
    standing = sessions.by_id(person.tokens().session_id)
    assert standing is not None
    return standing.actor


def again(actor: Actor) -> Actor:
    """The same sitting, as its next request sees it."""
    assert actor.session_id is not None
    standing = sessions.by_id(actor.session_id)
    assert standing is not None
    return standing.actor


def count(model: type[Base], **facts: object) -> int:
    """How many rows there are with these facts."""
    return db.session.execute(sa.select(sa.func.count()).select_from(model).filter_by(**facts)).scalar_one()


# ── the reason ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_ready_made_reasons_are_there_in_both_languages(folk: County, client: FlaskClient) -> None:
    items = client.get(f"{URL}/reasons", headers=folk.supervisor.sign_in(client)).get_json()["items"]
    assert {"code": "trip_review", "zh": "本次行程复核", "en": "Review of this trip"} in items
    assert all(item["zh"] and item["en"] for item in items)


def test_a_reason_for_the_map_holds_for_this_sitting_and_no_other(folk: County, client: FlaskClient) -> None:
    one, other = folk.supervisor_a.sign_in(client), folk.supervisor_a.sign_in(client)
    assert client.get("/api/v1/places", headers=one).get_json()["code"] == "reason_needed"
    answer = client.post(URL, json={"reason": "duty_watch"}, headers=one)
    assert (answer.status_code, answer.get_json()) == (201, {"reason": "值班查看", "trip_id": None})
    assert client.get("/api/v1/places", headers=one).status_code == 200
    assert client.get("/api/v1/places", headers=other).get_json()["code"] == "reason_needed"


def test_a_reason_for_one_trip_opens_that_trip_only(folk: County) -> None:
    first, second = planned(folk.cadre), planned(folk.cadre)
    actor = sitting(folk.supervisor_a)
    looks.give_reason(actor, "本次行程复核", first["id"])
    assert reads.may_see_positions(actor, trip_id=first["id"])
    assert not reads.may_see_positions(actor, trip_id=second["id"])
    assert not reads.may_see_positions(actor, trip_id=None)
    assert not reads.may_see_positions(sitting(folk.supervisor_a), trip_id=first["id"])


def test_a_reason_for_the_map_covers_every_trip(folk: County) -> None:
    actor = sitting(folk.supervisor_a)
    looks.give_reason(actor, "值班")
    assert reads.may_see_positions(again(actor), trip_id=planned(folk.cadre)["id"])
    assert reads.may_see_positions(again(actor), trip_id=None)


def test_the_command_line_sees_no_positions_and_can_give_no_reason(folk: County) -> None:
    assert not reads.may_see_positions(folk.supervisor.actor, trip_id=None)
    with pytest.raises(ReasonNeeded):
        looks.give_reason(folk.supervisor.actor, "值班查看")


def test_a_trip_beyond_ones_scope_is_not_there_to_give_a_reason_for(
    folk: County, client: FlaskClient
) -> None:
    trip = planned(folk.cadre)
    headers = folk.supervisor_b.sign_in(client)
    for trip_id in (trip["id"], 999_999):
        answer = client.post(URL, json={"reason": "复核", "trip_id": trip_id}, headers=headers)
        assert answer.status_code == 404
    assert count(LookReason) == 0


@pytest.mark.parametrize("reason", ["", "看", "   看   ", "看" * 201, "a\x00b", None, 7])
def test_what_is_no_reason_is_refused_by_name(folk: County, client: FlaskClient, reason: object) -> None:
    answer = client.post(URL, json={"reason": reason}, headers=folk.supervisor.sign_in(client))
    assert answer.status_code == 422
    assert "reason" in answer.get_json()["fields"]


def test_a_cadre_has_nobody_to_give_reasons_for(folk: County, client: FlaskClient) -> None:
    assert client.post(URL, json={"reason": "看看"}, headers=folk.cadre.sign_in(client)).status_code == 403


def test_a_reason_said_again_holds_from_then_on_and_both_are_recorded(folk: County) -> None:
    trip = planned(folk.cadre)
    actor = sitting(folk.supervisor_a)
    looks.give_reason(actor, "先看一眼", trip["id"])
    looks.give_reason(actor, "核实投诉", trip["id"])
    assert actor.session_id is not None
    assert reads.reasons(actor.session_id, {trip["id"]}) == {trip["id"]: "核实投诉"}
    assert count(Event, kind="look.reasoned", actor_id=folk.supervisor_a.id, trip_id=trip["id"]) == 2


def test_the_record_of_what_was_done_does_not_hold_the_words_of_a_reason(folk: County) -> None:
    looks.give_reason(sitting(folk.supervisor_a), "核实陈晓的行程")
    [data] = db.session.execute(sa.select(Event.data).where(Event.kind == "look.reasoned")).scalars()
    assert data == {"about": "map"}


# ── the record ──────────────────────────────────────────────────────────────────────────────────────────


def opened_on(folk: County) -> tuple[Actor, int]:
    """A sitting of a supervisor that said why for a trip of the cadre's, and the trip."""
    trip = planned(folk.cadre)
    actor = sitting(folk.supervisor_a)
    looks.give_reason(actor, "trip_review", trip["id"])
    return actor, trip["id"]


def test_one_look_a_sitting_person_trip_and_door_is_kept_however_often_they_look(folk: County) -> None:
    actor, trip_id = opened_on(folk)
    for _ in range(3):
        looks.opened(actor, [(folk.cadre.id, trip_id), (folk.cadre.id, trip_id)], door="trip")
    looks.opened(actor, [(folk.cadre.id, trip_id)], door="log")
    assert count(Look) == count(Event, kind="look.opened") == 2


def test_what_another_process_kept_already_is_not_kept_again(
    folk: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    actor, trip_id = opened_on(folk)
    for _ in range(2):
        monkeypatch.setattr(looks, "_seen", looks._Seen())
        looks.opened(actor, [(folk.cadre.id, trip_id), (folk.colleague.id, trip_id)], door="trip")
    assert count(Look) == count(Event, kind="look.opened") == 2


def test_what_is_kept_already_costs_no_statement(folk: County) -> None:
    actor, trip_id = opened_on(folk)
    looks.opened(actor, [(folk.cadre.id, trip_id)], door="trip")
    statements: list[str] = []
    hear = lambda *told: statements.append(told[2])  # noqa: E731 - one listener, taken off again below
    sa.event.listen(db.engine, "before_cursor_execute", hear)
    looks.opened(actor, [(folk.cadre.id, trip_id)], door="trip")
    sa.event.remove(db.engine, "before_cursor_execute", hear)
    assert statements == []


def test_what_is_rolled_back_is_not_believed_to_be_kept(folk: County) -> None:
    actor, trip_id = opened_on(folk)
    with transaction() as session:
        looks.opened(actor, [(folk.cadre.id, trip_id)], door="trip")
        session.rollback()
    assert count(Look) == 0
    looks.opened(actor, [(folk.cadre.id, trip_id)], door="trip")
    assert count(Look) == 1


def test_nobody_looks_at_themselves(folk: County) -> None:
    looks.opened(sitting(folk.cadre), [(folk.cadre.id, None)], door="log")
    assert count(Look) == 0


def test_nothing_is_opened_without_a_reason(folk: County) -> None:
    actor, trip_id = opened_on(folk)
    for reader, trip in (
        (actor, None),
        (sitting(folk.supervisor_a), trip_id),
        (folk.supervisor_a.actor, trip_id),
    ):
        with pytest.raises(ReasonNeeded):
            looks.opened(reader, [(folk.cadre.id, trip)], door="log")
    assert count(Look) == 0


def test_thousands_of_looks_at_once_are_each_kept_once(folk: County) -> None:
    actor = sitting(folk.supervisor)
    looks.give_reason(actor, "值班查看")
    everyone = [(person.id, trip) for person in folk.everyone.values() for trip in range(1, 120)]
    looks.opened(again(actor), everyone, door="export")
    assert count(Look) == count(Event, kind="look.opened") == len(everyone) - 119


def test_the_person_looked_at_reads_who_when_why_and_through_which_door(
    folk: County, client: FlaskClient
) -> None:
    trip = under_way(folk.cadre, folk.supervisor_a)
    checkin = checkins.make(folk.cadre.actor, told(trip)).document
    headers = folk.supervisor_a.sign_in(client)
    client.post(URL, json={"reason": "trip_review", "trip_id": trip["id"]}, headers=headers)
    assert client.get(f"/api/v1/checkins/{checkin['id']}", headers=headers).get_json()["position"] is not None
    [look] = client.get(f"{URL}/mine", headers=folk.cadre.sign_in(client)).get_json()["items"]
    assert look["by"] == {
        "id": folk.supervisor_a.id,
        "name": "吴清",
        "unit": {"id": folk.township_a, "name": "东河镇"},
    }
    assert look["trip"] == {"id": trip["id"], "title": trip["title"]}
    assert (look["reason"], look["door"]) == ("本次行程复核", "checkin")
    assert look["at"].endswith("Z")
    assert client.get(f"{URL}/mine", headers=folk.colleague.sign_in(client)).get_json()["items"] == []


def test_looks_are_read_page_by_page_newest_first(folk: County, client: FlaskClient) -> None:
    actor = sitting(folk.supervisor)
    looks.give_reason(actor, "值班查看")
    for trip_id in range(1, 6):
        looks.opened(again(actor), [(folk.cadre.id, trip_id)], door="map")
    headers = folk.cadre.sign_in(client)
    ids, cursor = list[int](), ""
    while True:
        page = client.get(f"{URL}/mine?limit=2{cursor}", headers=headers).get_json()
        ids += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert len(ids) == 5
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "00000000-0000-4000-8000-000000000005"])
def test_a_cursor_that_is_none_of_ours_is_refused(folk: County, client: FlaskClient, cursor: str) -> None:
    answer = client.get(f"{URL}/mine?cursor={cursor}", headers=folk.cadre.sign_in(client))
    assert answer.status_code == 422


def test_an_auditor_reads_whose_positions_were_opened_and_by_whom(folk: County, client: FlaskClient) -> None:
    actor, trip_id = opened_on(folk)
    looks.opened(actor, [(folk.cadre.id, trip_id)], door="trip")
    headers = folk.auditor.sign_in(client)
    [look] = client.get(URL, headers=headers).get_json()["items"]
    assert (look["by"]["id"], look["of"]["id"]) == (folk.supervisor_a.id, folk.cadre.id)
    assert look["of"]["unit"] == {"id": folk.township_a, "name": "东河镇"}
    for query, found in (
        (f"subject_id={folk.cadre.id}", 1),
        (f"reader_id={folk.cadre.id}", 0),
        ("trip_id=9", 0),
        (f"from={clock.iso(clock.now())}", 0),
        (f"to={clock.iso(clock.now())}", 1),
    ):
        assert len(client.get(f"{URL}?{query}", headers=headers).get_json()["items"]) == found
        answer = client.get(f"{URL}.csv?{query}", headers=headers, buffered=True)
        assert answer.get_data(as_text=True).count("\r\n") == 1 + found


@pytest.mark.parametrize("name", ["cadre", "supervisor", "leader", "administrator"])
def test_nobody_but_an_auditor_reads_the_whole_record(folk: County, client: FlaskClient, name: str) -> None:
    assert client.get(URL, headers=folk.everyone[name].sign_in(client)).status_code == 403
