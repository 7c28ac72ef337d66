"""Check-ins of many people at one instant: kept together, judged and answered as if each had come alone."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from functools import partial
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db, is_locked
from server.errors import Busy, CheckinConflict, CheckinRefused
from server.models.checkins import Checkin, CheckinDetail, LastPlace
from server.models.events import Event
from server.models.trips import Trip
from server.queries import checkins as reads
from server.rules.access import Actor
from server.rules.checkins import Told, VisitTold
from server.services import checkins, sessions
from server.services.checkins import Answer
from server.transaction import transaction
from tests import people
from tests.people import County, Someone
from tests.support import databases
from tests.support.together import together
from tests.trips import told, under_way

MANY = 12
CHECKINS = "/api/v1/checkins"


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


def on_duty(folk: County, count: int = MANY) -> list[tuple[Someone, Told]]:
    """People on a duty each, with what they tell on arriving."""
    found = [people.person(f"外勤{number}", folk.township_a) for number in range(count)]
    return [(who, told(under_way(who, folk.supervisor_a))) for who in found]


def sending(told_by: Sequence[tuple[Someone, Told]]) -> list[Callable[[], object]]:
    """Each of these to be sent."""
    return [partial(_send, who.actor, what) for who, what in told_by]


def _send(actor: Actor, what: Told) -> object:
    """Send one; what the database refuses is an answer too."""
    try:
        return checkins.make(actor, what)
    except sa.exc.DBAPIError as error:
        return error


def kept() -> list[UUID]:
    db.session.rollback()
    return list(db.session.execute(sa.select(Checkin.id)).scalars())


def test_each_of_many_at_once_is_kept_once_and_told_as_it_is_read_later(app: Flask, folk: County) -> None:
    sent = on_duty(folk)
    visit = VisitTold(kind="outbound", enterprise="某厂", amount=Decimal("12.50"), amount_unit="万元")
    zone = clock.SHANGHAI
    sent = [
        (who, replace(what, visit=visit, datum="GCJ-02", made_at=what.made_at.astimezone(zone)))
        for who, what in sent
    ]
    ends = together(app, *sending(sent))
    answers = [end for end in ends if isinstance(end, Answer)]
    assert len(answers) == MANY
    db.session.rollback()
    read = reads.documents([what.id for _, what in sent])
    assert [answer.document for answer in answers] == list(read.values())
    counts = [db.session.scalar(sa.select(sa.func.count()).select_from(t)) for t in (Checkin, CheckinDetail)]
    assert counts == [MANY, MANY]
    made = sa.select(sa.func.count()).where(Event.kind == "checkin.made")
    assert db.session.scalar(made) == MANY
    assert db.session.scalar(sa.select(sa.func.count()).select_from(LastPlace)) == MANY


def test_of_many_at_once_each_meets_only_what_is_wrong_with_their_own(app: Flask, folk: County) -> None:
    sent = on_duty(folk)
    sent[2] = (sent[2][0], replace(sent[2][1], kind="no such kind"))
    sent[5] = (sent[5][0], replace(sent[5][1], stop_id=4711))
    sent[8] = (sent[8][0], replace(sent[8][1], trip_id=sent[0][1].trip_id, stop_id=None))
    ends = together(app, *sending(sent))
    assert [place for place, end in enumerate(ends) if not isinstance(end, Answer)] == [2, 5, 8]
    assert isinstance(ends[2], sa.exc.IntegrityError | sa.exc.DataError)
    assert isinstance(ends[5], CheckinRefused)
    assert isinstance(ends[8], CheckinRefused)
    assert len(kept()) == MANY - 3


def test_two_of_one_person_at_once_are_judged_one_by_the_other(app: Flask, folk: County) -> None:
    (who, first), *others = on_duty(folk)
    fix = clock.now()
    near, far = replace(first, fixed_at=fix), replace(first, id=uuid4(), fixed_at=fix, lng=121.0)
    ends = together(app, *sending([*others, (who, near), (who, far)]))
    odd = [{each["code"] for each in end.document["signals"]} for end in ends[-2:] if isinstance(end, Answer)]
    assert sorted(map(sorted, odd)) == [[], ["too_fast"]]


def test_one_id_of_two_people_at_once_is_kept_for_one_and_a_conflict_for_the_other(
    app: Flask, folk: County
) -> None:
    sent = on_duty(folk)
    one_id = uuid4()
    ends = together(app, *sending([(who, replace(what, id=one_id)) for who, what in sent]))
    assert sum(isinstance(end, Answer) and end.fresh for end in ends) == 1
    assert sum(isinstance(end, CheckinConflict) for end in ends) == MANY - 1
    assert kept() == [one_id]


def test_one_whose_trip_is_being_changed_holds_up_nobody_else(postgis_app: Flask) -> None:
    databases.empty(postgis_app)
    with postgis_app.app_context():
        (waits, first), (other, second) = on_duty(people.county(postgis_app), 2)
        answers: list[object] = []

        def send_first() -> None:
            with postgis_app.app_context():
                answers.append(_send(waits.actor, first))

        sender = threading.Thread(target=send_first)
        with transaction() as session, postgis_app.app_context():
            held = sa.select(Trip.id).where(Trip.id == first.trip_id).with_for_update()
            session.execute(held).all()
            sender.start()
            assert checkins.make(other.actor, second).fresh
            assert answers == []
        sender.join()
        assert isinstance(answers[0], Answer)


def test_connections_lost_in_the_middle_lose_no_check_in_and_double_none(postgis_app: Flask) -> None:
    databases.empty(postgis_app)
    with postgis_app.app_context():
        sent = [(who.actor, what) for who, what in on_duty(people.county(postgis_app))]
        db.session.rollback()
        answered: set[UUID] = set()
        with _cutting(postgis_app):
            for _ in range(15):
                again = [(actor, replace(what, id=uuid4())) for actor, what in sent]
                ends = together(postgis_app, *(partial(_send, *each) for each in again))
                assert all(_comes_again(end) for end in ends if not isinstance(end, Answer))
                told_by = zip(again, ends, strict=True)
                answered |= {what.id for (_, what), end in told_by if isinstance(end, Answer)}
        found = kept()
        assert answered <= set(found)
        assert len(found) == len(set(found))


@contextmanager
def _cutting(app: Flask) -> Iterator[None]:
    """Cut every connection again and again within the block; after it there are new ones."""
    over = threading.Event()
    cutter = threading.Thread(target=_cut, args=(app, over))
    cutter.start()
    try:
        yield
    finally:
        over.set()
        cutter.join()
        db.engine.dispose()


def _cut(app: Flask, over: threading.Event) -> None:
    """Cut every connection but one's own, until it is over."""
    with app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other:
        cut = sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        while not over.wait(0.05):
            other.execute(cut)


def _comes_again(end: object) -> bool:
    """Whether an end is one after which the same is sent again."""
    lost = isinstance(end, sa.exc.DBAPIError) and (end.connection_invalidated or is_locked(end))
    return lost or isinstance(end, Busy)


# ── whose session is over ───────────────────────────────────────────────────────────────────────────────


def note(client: FlaskClient, headers: dict[str, str]) -> tuple[int, str | None]:
    """Send a check-in; the status, and the code of its problem."""
    body = {"id": str(uuid4()), "kind": "note", "made_at": clock.iso(clock.now())}
    answer = client.post(CHECKINS, json=body, headers=headers)
    return answer.status_code, answer.get_json().get("code")


def end_session(folk: County) -> None:
    with transaction():
        sessions.end_all_of(folk.cadre.id, "revoked", actor_id=None)


def reset(folk: County) -> None:
    with transaction() as session:
        session.execute(sa.text(f"UPDATE people SET must_change_password = true WHERE id = {folk.cadre.id}"))


@pytest.mark.parametrize(("done", "code"), [(end_session, "session_ended"), (reset, "password_must_change")])
def test_the_gates_memory_lets_in_no_check_in_after_the_session_is_over(
    client: FlaskClient, folk: County, done: Callable[[County], None], code: str
) -> None:
    headers = folk.cadre.sign_in(client)
    assert note(client, headers) == (201, None)
    done(folk)
    assert note(client, headers)[1] == code
    assert len(kept()) == 1


def test_the_gate_remembers_a_session_for_a_minute_at_the_most(client: FlaskClient, folk: County) -> None:
    headers = folk.cadre.sign_in(client)
    assert note(client, headers) == (201, None)
    with clock.at(clock.now() + timedelta(seconds=61)):
        end_session(folk)
        assert note(client, headers) == (401, "session_ended")
        body = {"id": "no uuid"}
        assert client.post(CHECKINS, json=body, headers=headers).status_code == 401
