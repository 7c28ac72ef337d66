import pytest
import sqlalchemy as sa
from flask import Flask

from server.db import db
from server.errors import Forbidden, NotFound, ReviewRefused
from server.models.checkins import Review
from server.queries.looks import at_me
from server.rules.checkins import Told
from server.services import checkins, looks, reviews
from tests import people
from tests.people import County
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
