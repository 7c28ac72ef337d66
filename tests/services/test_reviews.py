"""Reviews: what may be said about a check-in, what it waits for then, and what nobody pursues."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import Forbidden, NotFound, ReviewRefused
from server.models.checkins import Checkin
from server.models.events import Event
from server.models.reviews import Review
from server.queries import checkins as reads
from server.queries import reviews as queue
from server.queries import sessions
from server.queries.looks import at_me
from server.rules.access import Actor
from server.rules.checkins import Told
from server.services import checkins, looks, reviews, sweeps
from server.services.trips import StopPlan
from tests import people
from tests.people import County, Someone
from tests.trips import told, under_way


def checked_in(folk: County) -> Told:
    said = told(under_way(folk.cadre, folk.supervisor_a))
    checkins.make(folk.cadre.actor, said)
    return said


def test_a_query_its_answer_and_the_acceptance_all_stay(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    reviews.review(folk.supervisor_a.actor, said.id, "query", "为何提前离开?")
    reviews.answer(folk.cadre.actor, said.id, "对方临时改期")
    document = reviews.review(folk.supervisor_a.actor, said.id, "accept", "")
    assert [(word["kind"], word["note"]) for word in document["reviews"]] == [
        ("query", "为何提前离开?"),
        ("answer", "对方临时改期"),
        ("accept", ""),
    ]


def test_a_review_that_shows_the_position_is_a_look_and_without_a_reason_shows_none(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    sitting = folk.supervisor_a.tokens().actor
    assert reviews.review(sitting, said.id, "accept", "")["position"] is None
    assert at_me(folk.cadre.actor)["items"] == []
    looks.give_reason(sitting, "trip_review", said.trip_id)
    assert reviews.review(sitting, said.id, "accept", "")["position"] is not None
    assert [(look["door"], look["by"]["id"]) for look in at_me(folk.cadre.actor)["items"]] == [
        ("checkin", folk.supervisor_a.id)
    ]
    reviews.review(sitting, said.id, "query", "?")
    assert reviews.answer(folk.cadre.tokens().actor, said.id, "在")["position"] is not None
    assert len(at_me(folk.cadre.actor)["items"]) == 1


def test_nobody_reviews_a_check_in_of_their_own(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.supervisor_a, folk.supervisor)
    said = told(trip)
    checkins.make(folk.supervisor_a.actor, said)
    with pytest.raises(ReviewRefused):
        reviews.review(folk.supervisor_a.actor, said.id, "accept", "")


def test_a_leader_reads_but_does_not_review(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    with pytest.raises(Forbidden):
        reviews.review(folk.leader.actor, said.id, "accept", "")


def test_a_supervisor_of_elsewhere_finds_nothing_to_review(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    with pytest.raises(NotFound):
        reviews.review(folk.supervisor_b.actor, said.id, "accept", "")


def test_only_the_person_answers_and_only_what_was_asked(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    with pytest.raises(ReviewRefused):
        reviews.answer(folk.cadre.actor, said.id, "没人问我")
    reviews.review(folk.supervisor_a.actor, said.id, "query", "?")
    with pytest.raises(Forbidden):
        reviews.answer(folk.supervisor.actor, said.id, "替他答")


def test_a_query_says_what_it_asks_and_nothing_is_half_stored(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    with pytest.raises(ReviewRefused):
        reviews.review(folk.supervisor_a.actor, said.id, "query", "")
    assert db.session.execute(sa.select(sa.func.count()).select_from(Review)).scalar_one() == 0


# ── what waits ──────────────────────────────────────────────────────────────────────────────────────────


def waiting(who: Any, part: str = "open") -> list[tuple[Any, str]]:
    """What waits in a part of somebody's queue, and for what."""
    found = queue.page(who.actor, part=part)
    assert found["total"] == len(found["items"])
    return [(each["checkin"]["id"], each["stand"]) for each in found["items"]]


def test_what_is_odd_or_uncertain_waits_until_it_is_accepted(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    north_m = 1 / 110_900
    odd = told(trip, mock=True)
    near = told(trip, lat=29.601 + 290 * north_m)
    for said in (odd, near, told(trip)):
        checkins.make(folk.cadre.actor, said)
    with clock.at(clock.now() + timedelta(hours=3)):
        checkins.make(folk.cadre.actor, told(trip, lat=29.9))
    assert waiting(folk.supervisor_a) == [(odd.id, "look"), (near.id, "look")]
    assert waiting(folk.supervisor_b) == waiting(folk.leader) == waiting(folk.cadre) == []
    reviews.review(folk.supervisor_a.actor, odd.id, "accept", "")
    assert waiting(folk.supervisor_a) == [(near.id, "look")]


def test_a_small_stops_honest_uncertainty_waits_for_nobody(app: Flask) -> None:
    folk = people.county(app)
    stop = StopPlan(name="门卫室", radius_m=20, lng=118.502, lat=29.601)
    trip = under_way(folk.cadre, folk.supervisor_a, stops=[stop])
    honest = told(trip, accuracy_m=35.0)
    beside = told(trip, accuracy_m=35.0, mock=True)
    vague = told(trip, accuracy_m=5000.0)
    for said in (honest, beside, vague):
        document = checkins.make(folk.cadre.actor, said).document
        assert document["verdict"]["outcome"] == "uncertain"
    assert waiting(folk.supervisor_a) == [(beside.id, "look"), (vague.id, "look")]


def test_a_query_waits_for_its_person_and_an_answer_for_the_supervisor(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    reviews.review(folk.supervisor_a.actor, said.id, "query", "为何提前离开?")
    assert waiting(folk.supervisor_a) == []
    assert waiting(folk.supervisor_a, "asked") == [(said.id, "answer")]
    assert waiting(folk.cadre, "mine") == [(said.id, "answer")]
    assert waiting(folk.colleague, "mine") == waiting(folk.cadre, "asked") == []
    reviews.answer(folk.cadre.actor, said.id, "对方临时改期")
    assert waiting(folk.supervisor_a) == [(said.id, "reply")]
    assert waiting(folk.cadre, "mine") == []


def test_duties_come_by_the_oldest_that_waits_and_whoever_works_through_them_misses_none(app: Flask) -> None:
    folk = people.county(app)
    long, short = (under_way(who, folk.supervisor_a) for who in (folk.cadre, folk.colleague))
    start = clock.now()
    made = []
    for minute, (who, trip) in enumerate(
        [(folk.cadre, long), (folk.colleague, short), (folk.cadre, long), (folk.cadre, None)]
    ):
        with clock.at(start + timedelta(minutes=minute)):
            said = told(trip, mock=True)
            checkins.make(who.actor, said)
            made.append(said.id)
    first = queue.page(folk.supervisor.actor, limit=2)
    assert [(each["trip"] or {}).get("id") for each in first["duties"]] == [long["id"]]
    assert (first["total"], first["duties"][0]["waiting"]) == (4, 2)
    reviews.review(folk.supervisor.actor, made[0], "accept", "")
    second = queue.page(folk.supervisor.actor, limit=2, cursor=first["next"])
    told_of = [each["checkin"]["id"] for each in first["items"] + second["items"]]
    assert told_of == [made[0], made[2], made[1], made[3]]
    assert (second["next"], second["duties"][-1]["trip"]) == (None, None)
    one_by_one: list[Any] = []
    cursor: str | None = None
    while cursor is not None or not one_by_one:
        page = queue.page(folk.supervisor.actor, limit=1, cursor=cursor)
        one_by_one += [each["checkin"]["id"] for each in page["items"]]
        cursor = page["next"]
    assert one_by_one == [made[1], made[2], made[3]]
    of_one = queue.page(folk.supervisor.actor, trip_id=short["id"])
    assert [each["checkin"]["id"] for each in of_one["items"]] == [made[1]]


def test_nobody_finds_a_check_in_of_their_own_to_review(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.supervisor_a, folk.supervisor)
    checkins.make(folk.supervisor_a.actor, told(trip, mock=True))
    assert waiting(folk.supervisor_a) == []
    assert len(waiting(folk.supervisor)) == 1


def test_pressed_twice_a_word_is_said_once(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    for _ in range(2):
        reviews.review(folk.supervisor_a.actor, said.id, "query", "?")
    reviews.answer(folk.cadre.actor, said.id, "在")
    document = reviews.answer(folk.cadre.actor, said.id, "在")
    assert [word["kind"] for word in document["reviews"]] == ["query", "answer"]
    assert len(recorded("checkin.reviewed")) == len(recorded("checkin.answered")) == 1


def test_who_has_not_read_the_last_word_says_nothing(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    accepted = reviews.review(folk.supervisor.actor, said.id, "accept", "", after=0)
    with pytest.raises(ReviewRefused):
        reviews.review(folk.supervisor_a.actor, said.id, "query", "?", after=0)
    last = accepted["reviews"][-1]["id"]
    assert (
        reviews.review(folk.supervisor_a.actor, said.id, "query", "?", after=last)["reviews"][-1]["id"] > last
    )


# ── what nobody pursues ─────────────────────────────────────────────────────────────────────────────────

DAY = timedelta(days=1)


def recorded(kind: str) -> list[tuple[Any, ...]]:
    """Events of a kind: by whom, whose, and the facts."""
    db.session.rollback()
    found = db.session.execute(sa.select(Event).where(Event.kind == kind).order_by(Event.number)).scalars()
    return [(each.actor_id, each.person_id, each.data) for each in found]


def swept(at: datetime) -> str:
    """What the sweep did with queries at an instant."""
    with clock.at(at):
        [did] = [each.did for each in sweeps.run() if each.step.name == "queries"]
    assert did is not None
    return did.en


def test_a_query_that_nobody_pursues_lapses_once_and_is_recorded(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    asked_at = clock.now()
    reviews.review(folk.supervisor_a.actor, said.id, "query", "为何提前离开?")
    assert swept(asked_at + 13 * DAY) == "lapsed 0"
    assert swept(asked_at + 15 * DAY) == "lapsed 1"
    assert swept(asked_at + 40 * DAY) == "lapsed 0"
    assert recorded("review.lapsed") == [(None, folk.cadre.id, {"review": "query"})]
    document = checkins_of(folk.cadre, said)
    assert [(word["kind"], word["by"] and word["by"]["id"]) for word in document["reviews"]] == [
        ("query", folk.supervisor_a.id),
        ("lapse", None),
    ]
    assert waiting(folk.cadre, "mine") == waiting(folk.supervisor_a, "asked") == []


def test_a_further_word_keeps_a_query_from_lapsing_and_what_was_never_looked_at_stays(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk)
    odd = told(under_way(folk.colleague, folk.supervisor_a), mock=True)
    checkins.make(folk.colleague.actor, odd)
    asked_at = clock.now()
    reviews.review(folk.supervisor_a.actor, said.id, "query", "?")
    with clock.at(asked_at + 10 * DAY):
        reviews.answer(folk.cadre.actor, said.id, "在")
    assert swept(asked_at + 20 * DAY) == "lapsed 0"
    assert swept(asked_at + 25 * DAY) == "lapsed 1"
    assert waiting(folk.supervisor_a) == [(odd.id, "look")]


def checkins_of(who: Any, said: Told) -> dict[str, Any]:
    """A check-in as its person reads it."""
    return reads.get(who.actor, said.id)


# ── the evidence ────────────────────────────────────────────────────────────────────────────────────────


def test_the_evidence_shows_the_last_fix_and_the_speed_between_once_the_sitting_said_why(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    start = clock.now()
    first = told(trip)
    checkins.make(folk.cadre.actor, first)
    with clock.at(start + timedelta(minutes=10)):
        second = told(trip, lng=120.5)
        checkins.make(folk.cadre.actor, second)
    sitting = folk.supervisor_a.tokens().actor
    closed = queue.evidence(sitting, second.id)
    assert (closed["checkin"]["position"], closed["last"]["position"], closed["way"]) == (None, None, None)
    looks.give_reason(sitting, "trip_review", trip["id"])
    found = queue.evidence(sitting, second.id)
    assert found["last"]["id"] == first.id
    assert found["against"]["radius_m"] == 300
    way = found["way"]
    [signal] = found["checkin"]["signals"]
    assert signal["code"] == "too_fast"
    assert round(way["distance_m"]) == signal["evidence"]["distance_m"]
    assert way["least_mps"] == pytest.approx((way["distance_m"] - 30) / way["seconds"])
    assert queue.evidence(sitting, first.id)["last"] is None


def test_a_last_fix_on_a_duty_of_another_unit_is_not_shown(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(clock.now() - timedelta(hours=2)):
        adhoc = told(consent=True)
        checkins.make(folk.cadre.actor, adhoc)
    db.session.execute(sa.update(Checkin).where(Checkin.id == adhoc.id).values(unit_id=folk.township_b))
    db.session.commit()
    said = checked_in(folk)
    sitting = said_why(folk.supervisor_a)
    found = queue.evidence(sitting, said.id)
    assert found["checkin"]["position"] is not None
    assert (found["last"], found["way"]) == (None, None)
    assert queue.evidence(said_why(folk.supervisor), said.id)["last"]["id"] == adhoc.id


def said_why(who: Someone) -> Actor:
    """A sitting of theirs that said why it watches the map."""
    session_id = who.tokens().actor.session_id
    assert session_id is not None
    standing = sessions.by_id(session_id)
    assert standing is not None
    looks.give_reason(standing.actor, "duty_watch")
    again = sessions.by_id(session_id)
    assert again is not None
    return again.actor
