"""The personal part of check-ins on both databases: blanked by its person, blanked by its time, and gone everywhere."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.db import Base, db
from server.held import held
from server.models.events import Event
from server.queries import checkins as reads
from server.queries import stream
from server.rules.checkins import Told, VisitTold
from server.rules.logs import DayTold, Saving, SupplementTold
from server.services import checkins, closings, details, logs, originals, sweeps
from tests import people, photos
from tests import trips as journeys
from tests.live.happenings import following
from tests.people import County
from tests.positions import rows

NOW = datetime.fromisoformat("2026-09-01T02:00:00+00:00")
DAY = timedelta(days=1)
PLACE = {"lng": 118.50317, "lat": 29.60123}
SECRETS = ("118.50317", "29.60123", "二号车间", "恒力机械", "周建国", "下周签约", "再约时间", "明日去杭州")
"""What is told below: found in any table afterwards, it was not blanked."""

ALONE = [step for step in sweeps.STEPS if step.name == "checkins"]
"""The one step of the sweep that this is about."""


@dataclass(frozen=True)
class Kept:
    """A check-in that tells all that a check-in can."""

    folk: County
    trip: dict[str, Any]
    told: Told

    @property
    def id(self) -> UUID:
        """Its id."""
        return self.told.id


@pytest.fixture
def kept(app: Flask) -> Iterator[Kept]:
    folk = people.county(app)
    visit = VisitTold("outbound", enterprise="恒力机械", contact="周建国", outcome="下周签约")
    with clock.at(NOW):
        trip = journeys.under_way(folk.cadre, folk.supervisor_a)
        told = journeys.told(trip, note="二号车间", visit=visit, photo_count=1, **PLACE)
        checkins.make(folk.cadre.actor, told)
        photos.sent(folk.cadre, photos.Taken(told.id, photos.written(quality=88)))
        logs.supplement(folk.cadre.actor, told.id, SupplementTold(saving(), next_step="再约时间"))
        logs.write(folk.cadre.actor, clock.day_of(NOW), DayTold(saving(), plan="明日去杭州"))
    assert found_in_tables() == set(SECRETS)
    yield Kept(folk, trip, told)
    shutil.rmtree(closings.folder(), ignore_errors=True)


def saving() -> Saving:
    """A first saving, now."""
    return Saving(uuid4(), None, clock.now(), clock.now())


def found_in_tables() -> set[str]:
    """Which of the secrets stand in any row of any table."""
    db.session.rollback()
    whole = "".join(
        repr(db.session.execute(sa.select(table)).all())
        for table in Base.metadata.sorted_tables
        if table.name != "areas"
    )
    return {secret for secret in SECRETS if secret in whole}


def swept(at: datetime) -> str:
    """What the step of check-ins did at an instant."""
    with clock.at(at):
        [each] = sweeps.run(ALONE)
    assert each.did is not None
    return each.did.en


def recorded() -> list[tuple[Any, ...]]:
    """The events about what was blanked: kind, by whom, whose, of which trip, what about, facts."""
    db.session.rollback()
    found = db.session.scalars(
        sa.select(Event).where(Event.kind.in_(("checkin.erased", "checkin.expired"))).order_by(Event.number)
    )
    return [(e.kind, e.actor_id, e.person_id, e.trip_id, e.subject, e.data) for e in found]


# ── by its person ───────────────────────────────────────────────────────────────────────────────────────


def test_what_its_person_blanks_is_in_no_table_and_no_file_and_the_fact_stands(
    kept: Kept, client: FlaskClient
) -> None:
    cadre = kept.folk.cadre
    files = len(list(originals.kept()))
    answer = client.delete(f"/api/v1/checkins/{kept.id}/detail", headers=cadre.sign_in(client))
    told = answer.get_json()
    assert answer.status_code == 200, told
    assert (told["position"], told["position_withheld"], told["note"], told["areas"]) == (
        None,
        "erased",
        "",
        [],
    )
    assert told["verdict"]["outcome"] == "inside"
    assert told["visit"]["kind"] == "outbound"
    assert found_in_tables() == {"明日去杭州"}
    assert len(list(originals.kept())) == files - 1
    assert rows("last_places", "person_id") == []
    assert recorded() == [("checkin.erased", cadre.id, cadre.id, kept.trip["id"], str(kept.id), {})]


def test_blanking_again_changes_nothing_and_the_same_check_in_sent_again_brings_nothing_back(
    kept: Kept,
) -> None:
    cadre = kept.folk.cadre
    details.erase(cadre.actor, kept.id)
    details.erase(cadre.actor, kept.id)
    with clock.at(NOW + timedelta(minutes=5)):
        again = checkins.make(cadre.actor, kept.told)
    assert not again.fresh
    assert again.document["position_withheld"] == "erased"
    assert found_in_tables() == {"明日去杭州"}
    assert len(recorded()) == 1


def test_nobody_blanks_anothers_check_in(kept: Kept, client: FlaskClient) -> None:
    door = f"/api/v1/checkins/{kept.id}/detail"
    for who, status in ((kept.folk.supervisor_a, 403), (kept.folk.colleague, 404), (kept.folk.cadre_b, 404)):
        assert client.delete(door, headers=who.sign_in(client)).status_code == status
    assert found_in_tables() == set(SECRETS)


def test_what_was_blanked_leaves_open_pages_and_is_not_told_to_who_comes_back(kept: Kept) -> None:
    with following() as tailing:
        before = stream.frames(tailing.look())
        details.erase(kept.folk.cadre.actor, kept.id)
        after = stream.frames(tailing.look())
    erased = {each for frame in after for each in frame.erased}
    left = [frame.without(erased) for frame in before]
    told = b"".join(part.whole for frame in [*left, *after] for part in frame.parts)
    assert b"118.50317" in b"".join(part.whole for frame in before for part in frame.parts)
    assert not [secret for secret in SECRETS if secret.encode() in told]
    assert b'"position_withheld":"erased"' in told
    assert f'"gone":[{kept.folk.cadre.id}]'.encode() in told


# ── by its time ─────────────────────────────────────────────────────────────────────────────────────────


def test_what_its_time_is_over_for_is_blanked_by_whole_days_with_the_log_of_its_day(kept: Kept) -> None:
    days = held(Settings).checkin_days
    assert swept(NOW + days * DAY + timedelta(hours=13)) == "expired check-ins blanked: 0, logs: 0"
    assert swept(NOW + (days + 1) * DAY) == "expired check-ins blanked: 1, logs: 1"
    assert swept(NOW + (days + 1) * DAY) == "expired check-ins blanked: 0, logs: 0"
    assert found_in_tables() == set()
    assert recorded() == [
        ("checkin.expired", None, kept.folk.cadre.id, kept.trip["id"], str(kept.id), {}),
    ]
    assert rows("photos", "sha256") == [(None,)]
    [document] = reads.documents([kept.id]).values()
    assert document["verdict"]["outcome"] == "inside"


def test_a_sweep_that_is_interrupted_goes_on_where_it_stopped(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(details, "PIECE", 2)
    with clock.at(NOW + timedelta(hours=1)):
        for _ in range(5):
            checkins.make(kept.folk.cadre.actor, journeys.told(kept.trip, note="二号车间"))
    late = NOW + (held(Settings).checkin_days + 2) * DAY
    with clock.at(late), interrupted(after=2), pytest.raises(KeyboardInterrupt):
        list(sweeps.run(ALONE))
    db.session.rollback()
    assert len(recorded()) == 4
    assert swept(late) == "expired check-ins blanked: 2, logs: 1"
    assert found_in_tables() == set()
    assert len(recorded()) == 6


def test_a_shorter_time_reaches_what_the_longer_one_left_and_a_late_check_in_is_kept_from_its_arrival(
    kept: Kept,
) -> None:
    late = NOW + (held(Settings).checkin_days - 10) * DAY
    swept(late)
    with clock.at(late):
        checkins.make(
            kept.folk.colleague.actor, journeys.told(None, note="迟到的", made_at=NOW, consent=True)
        )
    assert swept(late + 12 * DAY) == "expired check-ins blanked: 1, logs: 1"
    assert sorted(rows("checkin_details", "note")) == [("",), ("迟到的",)]


def test_the_record_still_verifies_after_all_of_it_was_blanked(kept: Kept) -> None:
    with clock.at(NOW + 2 * DAY):
        closings.close()
        details.erase(kept.folk.cadre.actor, kept.id)
        assert closings.verify().findings == []


@contextmanager
def interrupted(*, after: int) -> Iterator[None]:
    """Ctrl+C, as it were, at the blanking after so many pieces were committed."""
    seen = 0

    def at_a_blanking(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal seen
        if statement.startswith("UPDATE checkin_details"):
            seen += 1
            if seen > after:
                raise KeyboardInterrupt

    sa.event.listen(db.engine, "before_cursor_execute", at_a_blanking)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", at_a_blanking)
