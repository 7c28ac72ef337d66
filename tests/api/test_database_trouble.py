"""When the database is busy, away, or refuses a row: nothing is half-stored, and nothing of a row is said."""

import threading
import time
import traceback
from collections.abc import Sequence
from functools import partial
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import clock, faults, transaction
from server.db import db, is_locked, refused
from server.errors import Broken, Busy
from server.models.checkins import Checkin, CheckinDetail
from server.models.people import Person
from server.models.trips import Trip
from server.rules.checkins import Told
from server.services import checkins
from server.services.checkins import Answer
from tests import people
from tests.people import Someone
from tests.support import databases
from tests.support.together import together
from tests.trips import told, under_way

CHECKINS = "/api/v1/checkins"


def test_a_check_in_that_cannot_be_written_in_time_is_to_be_sent_again(
    app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SpatiaLite: somebody else writes all the while. PostGIS: the connection is lost while waiting for a lock."""
    monkeypatch.setattr(transaction, "WAIT_S", 1.0)
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    headers = folk.cadre.sign_in(client)
    said = {"id": str(uuid4()), "kind": "arrive", "made_at": clock.iso(clock.now()), "trip_id": trip["id"]}
    answers: list[TestResponse] = []
    sender = threading.Thread(
        target=lambda: answers.append(app.test_client().post(CHECKINS, json=said, headers=headers))
    )
    with db.engine.connect() as other:
        _stand_in_the_way(other, trip["id"])
        sender.start()
        _cut_who_waits(other)
        sender.join()
        other.rollback()
    assert (answers[0].status_code, answers[0].get_json()["code"]) == (503, "busy")
    assert int(answers[0].headers["Retry-After"]) > 0
    assert client.get(f"{CHECKINS}/{said['id']}", headers=headers).status_code == 404
    assert client.post(CHECKINS, json=said, headers=headers).status_code == 201


def _stand_in_the_way(other: sa.Connection, trip_id: int) -> None:
    """Hold what a check-in needs: the file's write lock, or the trip's row."""
    if other.dialect.name == "sqlite":
        other.execution_options(guatu_writes=True)
    other.execute(sa.select(Trip.id).where(Trip.id == trip_id).with_for_update())


def _cut_who_waits(other: sa.Connection) -> None:
    """On PostGIS end the connection that waits for a lock, once there is one."""
    if other.dialect.name == "sqlite":
        return
    waits = sa.text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE NOT granted")
    for _ in range(100):
        if other.execute(waits).all():
            return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def test_of_two_who_wait_for_each_other_one_is_told_to_come_again(postgis_app: Flask) -> None:
    databases.empty(postgis_app)
    with postgis_app.app_context():
        root = people.unit("青溪县", "county", None)
        one, other = (people.person(name, root).id for name in ("陈晓", "林远"))
        ready, engine = threading.Barrier(2), db.engine
        found = together(
            postgis_app,
            partial(_change, engine, (one, other), ready),
            partial(_change, engine, (other, one), ready),
        )
    [error] = [end for end in found if isinstance(end, Exception)]
    assert is_locked(error)
    with postgis_app.test_request_context("/api/v1/log"):
        assert isinstance(faults.translate(error), Busy)


def test_of_two_batches_that_wait_for_each_other_one_is_sent_again_whole(app: Flask) -> None:
    folk = people.county(app)
    ids = [uuid4() for _ in range(30)]
    one, other = [told(id=each) for each in ids], [told(id=each) for each in reversed(ids)]
    ends = together(app, partial(_send, folk.cadre, one), partial(_send, folk.cadre_b, other))
    kept = {folk.cadre.id: 0, folk.cadre_b.id: 0}
    kept |= {row[0]: row[1] for row in _kept_by_person()}
    answered = [_answers(end) for end in ends]
    assert answered == list(kept.values())
    assert sum(answered) == 30


def _answers(end: object) -> int:
    """How many of a batch were kept; of one that met a deadlock none."""
    if isinstance(end, list):
        return sum(isinstance(each, Answer) for each in end)
    assert isinstance(end, Exception)
    assert is_locked(end)
    return 0


def _send(who: Someone, batch: list[Told]) -> object:
    """Send a batch; a deadlock is an answer."""
    try:
        return checkins.make_many(who.actor, batch)
    except sa.exc.OperationalError as error:
        return error


def _kept_by_person() -> Sequence[sa.Row[int, int]]:
    """How many check-ins of each person are kept."""
    db.session.rollback()
    return db.session.execute(sa.select(Checkin.person_id, sa.func.count()).group_by(Checkin.person_id)).all()


def _change(engine: sa.Engine, ids: tuple[int, int], ready: threading.Barrier) -> Exception | None:
    """Change two rows, the second one once both have changed their first."""
    try:
        with engine.begin() as connection:
            connection.execute(sa.update(Person).where(Person.id == ids[0]).values(post="副局长"))
            ready.wait()
            connection.execute(sa.update(Person).where(Person.id == ids[1]).values(post="局长"))
    except sa.exc.OperationalError as error:
        return error
    return None


def test_a_row_that_is_refused_is_ours_to_mend_and_is_not_repeated(app: Flask) -> None:
    folk = people.county(app)
    said = told(under_way(folk.cadre, folk.supervisor_a))
    checkins.make(folk.cadre.actor, said)
    wrong = {"checkin_id": said.id, "lng": 118.5023457, "lat": 29.6, "note": None}
    with pytest.raises(sa.exc.IntegrityError) as refusal:
        db.session.execute(sa.insert(CheckinDetail), [wrong])
    db.session.rollback()
    assert refused(refusal.value) is None
    assert "118.5023457" not in "".join(traceback.format_exception(refusal.value))
    with app.test_request_context(CHECKINS):
        assert isinstance(faults.translate(refusal.value), Broken)
