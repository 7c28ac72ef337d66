"""The sweep on both databases: what ends, what goes, what stays; interrupted, run again, and run twice at once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.checkins import LastPlace
from server.models.events import Event
from server.models.positions import Fix
from server.queries import trips as reads
from server.services import checkins, consents, positions, sweeps, tracks, trips
from server.services.sweeps import Did, Step
from tests import people
from tests import trips as journeys
from tests.people import County
from tests.positions import Phone, fix, fixes, phone, rows
from tests.support.databases import cut_off
from tests.support.together import together

NOW = datetime.fromisoformat("2026-09-01T02:00:00+00:00")
"""Ten in the morning in Shanghai."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HERE = {"lng": 118.502, "lat": 29.601}


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def trip(folk: County) -> dict[str, Any]:
    """A duty of two days that keeps a track, under way since `NOW`."""
    with clock.at(NOW):
        return journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")


@pytest.fixture
def tracked(folk: County, trip: dict[str, Any]) -> Phone:
    return phone(folk.cadre)


def deliver(tracked: Phone, *ats: datetime) -> None:
    """Fixes of these instants, told a minute after the last one."""
    with clock.at(max(ats) + timedelta(minutes=1)):
        assert tracked.deliver(fixes([fix(at, **HERE) for at in ats])).kept == len(ats)


def swept(at: datetime) -> dict[str, Did | None]:
    """What each step of a sweep did at an instant."""
    with clock.at(at):
        return {each.step.name: each.did for each in sweeps.run()}


def kept() -> list[datetime]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Fix.at).order_by(Fix.at)))


def recorded(kind: str) -> list[tuple[Any, ...]]:
    """Events of a kind: by whom, whose, of which trip, and the facts."""
    db.session.rollback()
    found = db.session.execute(sa.select(Event).where(Event.kind == kind).order_by(Event.number)).scalars()
    return [(each.actor_id, each.person_id, each.trip_id, each.data) for each in found]


# ── retention ───────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_older_than_positions_are_kept_goes_by_whole_days_and_the_rest_stays(
    folk: County, trip: dict[str, Any], tracked: Phone
) -> None:
    days = held(Settings).position_days
    deliver(tracked, NOW + HOUR, NOW + DAY)
    assert swept(NOW + days * DAY + 13 * HOUR)["retention"] is not None
    assert kept() == [NOW + HOUR, NOW + DAY]
    swept(NOW + (days + 1) * DAY)
    assert kept() == [NOW + DAY]
    assert len(rows("standings", "person_id")) == 1
    swept(NOW + (days + 2) * DAY)
    assert kept() == []
    assert rows("standings", "person_id") == rows("crossings", "id") == []
    expired = recorded("track.expired")
    assert expired == [(None, folk.cadre.id, trip["id"], {"whole": True})] * 2


def test_nobody_elses_track_goes_with_it_and_check_ins_stay(
    folk: County, trip: dict[str, Any], tracked: Phone
) -> None:
    days = held(Settings).position_days
    deliver(tracked, NOW + HOUR)
    with clock.at(NOW + HOUR):
        checkins.make(folk.cadre.actor, journeys.told(trip))
    with clock.at(NOW + 30 * DAY):
        journeys.under_way(folk.colleague, folk.supervisor_a, tracking="track")
    deliver(phone(folk.colleague), NOW + 30 * DAY + HOUR)
    swept(NOW + (days + 2) * DAY)
    assert kept() == [NOW + 30 * DAY + HOUR]
    assert len(rows("checkins", "id")) == 1
    assert None not in [row[0] for row in rows("checkin_details", "lng")]


def test_what_has_expired_is_not_kept_again_when_it_comes_again(tracked: Phone) -> None:
    days = held(Settings).position_days
    deliver(tracked, NOW + HOUR)
    swept(NOW + (days + 2) * DAY)
    with clock.at(NOW + (days + 2) * DAY):
        assert tracked.deliver(fixes([fix(NOW + HOUR, **HERE)])).set_aside == {"too_old": 1}
    assert kept() == []


def test_a_purge_that_is_interrupted_goes_on_where_it_stopped(
    folk: County, tracked: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "PIECE", 3)
    told = [NOW + HOUR + n * timedelta(minutes=1) for n in range(10)]
    deliver(tracked, *told)
    late = NOW + (held(Settings).position_days + 2) * DAY
    with clock.at(late), interrupted(after=2), pytest.raises(KeyboardInterrupt):
        list(sweeps.run())
    assert kept() == told[6:]
    assert len(rows("standings", "person_id")) == 1
    swept(late)
    assert kept() == []
    assert rows("standings", "person_id") == []
    assert [facts["whole"] for *_, facts in recorded("track.expired")] == [False] * 3 + [True]


@contextmanager
def interrupted(*, after: int) -> Iterator[None]:
    """Ctrl+C, as it were, at the deletion after so many pieces were committed."""
    seen = 0

    def at_a_deletion(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal seen
        if statement.startswith("DELETE FROM fixes WHERE"):
            seen += 1
            if seen > after:
                raise KeyboardInterrupt

    sa.event.listen(db.engine, "before_cursor_execute", at_a_deletion)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", at_a_deletion)


@pytest.mark.parametrize("app", ["postgis"], indirect=True)
def test_a_purge_that_loses_its_database_says_so_on_one_line_and_the_same_again_goes_on(
    app: Flask, folk: County, tracked: Phone, caplog: pytest.LogCaptureFixture
) -> None:
    deliver(tracked, NOW + HOUR)
    with clock.at(NOW):
        journeys.under_way(folk.colleague, folk.supervisor_a, tracking="track")
    deliver(phone(folk.colleague), NOW + HOUR)
    late = NOW + (held(Settings).position_days + 2) * DAY
    with cut_off("DELETE FROM fixes WHERE", nth=1):
        did = swept(late)
    assert did.pop("retention") is None
    assert None not in did.values()
    assert [line.exc_info for line in caplog.records if line.name == "guatu.sweep"] == [None]
    assert "is kept" in caplog.text
    assert len(kept()) == 2
    assert swept(late)["retention"] == Did(
        "删除 2 段期满轨迹，撤去 0 个分区", "expired tracks deleted: 2, partitions dropped: 0"
    )
    assert kept() == []


# ── forgotten duties ────────────────────────────────────────────────────────────────────────────────────


def test_a_forgotten_duty_ends_as_of_its_planned_end_plus_the_setting(
    folk: County, trip: dict[str, Any], tracked: Phone
) -> None:
    end = clock.day_ends_at(clock.day_of(NOW + DAY))
    lapses = end + held(Settings).forgotten_hours * HOUR
    deliver(tracked, end, lapses, lapses + HOUR)
    assert swept(lapses - HOUR)["forgotten"] == Did("自动结束 0 次", "ended 0")
    assert swept(lapses + 5 * HOUR)["forgotten"] == Did("自动结束 1 次", "ended 1")
    assert swept(lapses + 6 * HOUR)["forgotten"] == Did("自动结束 0 次", "ended 0")
    found = journey(folk, trip)
    assert (found["state"], found["ended_at"], found["lapsed_at"]) == (
        "completed",
        lapses,
        lapses + 5 * HOUR,
    )
    assert found["overran_h"] == held(Settings).forgotten_hours
    assert kept() == [end, lapses]
    assert db.session.scalars(sa.select(LastPlace)).all() == []
    assert recorded("trip.lapsed") == [
        (None, None, trip["id"], {"state": "completed", "revision": found["revision"]})
    ]


def journey(folk: County, trip: dict[str, Any]) -> dict[str, Any]:
    """The trip as its planner reads it now."""
    db.session.rollback()
    return reads.document(folk.cadre.actor, reads.get(folk.cadre.actor, trip["id"]))


def test_a_duty_that_started_after_its_planned_end_is_given_its_hours_from_its_start(folk: County) -> None:
    with clock.at(NOW):
        late = journeys.approved(folk.cadre, folk.supervisor_a)
    begun = NOW + 5 * DAY
    with clock.at(begun):
        trips.start(folk.cadre.actor, late["id"])
    hours = held(Settings).forgotten_hours * HOUR
    swept(begun + hours - timedelta(seconds=1))
    assert journey(folk, late)["state"] == "under_way"
    swept(begun + hours)
    assert journey(folk, late)["ended_at"] == begun + hours


def test_an_earlier_end_that_a_phone_says_late_still_counts_and_a_later_one_does_not(
    folk: County, trip: dict[str, Any], tracked: Phone
) -> None:
    deliver(tracked, NOW + HOUR, NOW + 3 * HOUR)
    swept(NOW + 4 * DAY)
    lapsed = journey(folk, trip)
    with clock.at(NOW + 5 * DAY):
        assert trips.complete(folk.cadre.actor, trip["id"], outcome="迟")["ended_at"] == lapsed["ended_at"]
        ended = trips.complete(folk.cadre.actor, trip["id"], at=NOW + 2 * HOUR, outcome="签约")
        again = trips.complete(folk.cadre.actor, trip["id"], at=NOW + HOUR)
    assert (ended["ended_at"], ended["lapsed_at"], ended["outcome"]) == (NOW + 2 * HOUR, None, "签约")
    assert again["ended_at"] == ended["ended_at"]
    assert kept() == [NOW + HOUR]


def test_one_duty_that_cannot_be_ended_does_not_keep_the_others(folk: County, trip: dict[str, Any]) -> None:
    with clock.at(NOW):
        other = journeys.under_way(folk.colleague, folk.supervisor_a)
    with bad_trip(trip["id"]):
        assert swept(NOW + 9 * DAY)["forgotten"] is None
    assert journey_of(folk, other) == "completed"
    assert journey(folk, trip)["state"] == "under_way"


def journey_of(folk: County, trip: dict[str, Any]) -> str:
    db.session.rollback()
    return reads.get(folk.supervisor_a.actor, trip["id"]).state


@contextmanager
def bad_trip(trip_id: int) -> Iterator[None]:
    """A trip whose end the database refuses."""

    def refuse(_session: object, _context: object, _instances: object) -> None:
        for each in db.session.dirty:
            if getattr(each, "id", None) == trip_id:
                raise sa.exc.StatementError("refused", "UPDATE trips", {}, ValueError())

    sa.event.listen(db.session, "before_flush", refuse)
    try:
        yield
    finally:
        sa.event.remove(db.session, "before_flush", refuse)


# ── the steps together ──────────────────────────────────────────────────────────────────────────────────


def test_a_step_that_fails_is_told_and_does_not_keep_the_others_from_their_turn(app: Flask) -> None:
    def fail() -> Did:
        raise ValueError

    steps = [Step("bad", "坏", "bad", fail), Step("good", "好", "good", lambda: Did("好了", "done"))]
    assert [each.did for each in sweeps.run(steps)] == [None, Did("好了", "done")]


def test_of_two_sweeps_at_once_one_does_nothing(app: Flask) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def wait() -> Did:
        begun.set()
        assert let_go.wait(20)
        return Did("", "")

    def second() -> int:
        assert begun.wait(20)
        found = list(sweeps.run([Step("other", "", "", lambda: Did("", ""))]))
        let_go.set()
        return len(found)

    first = [Step("first", "", "", wait)]
    assert together(app, lambda: len(list(sweeps.run(first))), second) == [1, 0]
    assert len(list(sweeps.run([Step("later", "", "", lambda: Did("", ""))]))) == 1


def test_health_says_how_long_ago_the_sweep_was_done_by_its_oldest_step(
    app: Flask, client: FlaskClient
) -> None:
    ready: Any = client.get("/health/ready").json
    assert ready["sweep"] == {"age_s": None}
    swept(clock.now() - timedelta(hours=2))
    with clock.at(clock.now() - timedelta(minutes=1)):
        list(sweeps.run(sweeps.STEPS[:1]))
    ready = client.get("/health/ready").json
    assert 7190 <= ready["sweep"]["age_s"] <= 7260


def test_the_command_tells_each_step_in_both_languages_and_its_exit_code_says_whether_one_failed(
    app: Flask,
) -> None:
    runner = app.test_cli_runner()
    done = runner.invoke(args=["sweep", "run"])
    assert done.exit_code == 0, done.output
    assert len(done.output.splitlines()) == len(sweeps.STEPS)
    assert "保存期限：删除 0 段期满轨迹" in done.output
    assert "retention: expired tracks deleted: 0" in done.output
    with refused("trips"):
        failed = runner.invoke(args=["sweep", "run"])
    assert failed.exit_code == 1
    assert "forgotten duties: failed" in failed.output
    assert "retention: expired tracks deleted" in failed.output


@contextmanager
def refused(table: str) -> Iterator[None]:
    """A database that will not read a table."""

    def refuse(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if f"FROM {table} " in statement.replace("\n", " "):
            raise ValueError(table)

    sa.event.listen(db.engine, "before_cursor_execute", refuse)
    try:
        yield
    finally:
        sa.event.remove(db.engine, "before_cursor_execute", refuse)


# ── erasure ─────────────────────────────────────────────────────────────────────────────────────────────


def test_ones_own_track_is_erased_at_once_and_nobody_elses(
    app: Flask, client: FlaskClient, folk: County, trip: dict[str, Any], tracked: Phone
) -> None:
    with clock.at(NOW):
        journeys.under_way(folk.colleague, folk.supervisor_a, tracking="track")
    deliver(tracked, NOW + HOUR, NOW + 2 * HOUR)
    deliver(phone(folk.colleague), NOW + HOUR)
    headers = folk.cadre.sign_in(client)
    answer: Any = client.delete(f"/api/v1/trips/{trip['id']}/track", headers=headers)
    assert answer.status_code == 200
    assert (answer.json["goes_on"], "撤回同意" in answer.json["words_zh"]) == (True, True)
    assert rows("fixes", "person_id") == [(folk.colleague.id,)]
    assert rows("standings", "person_id") == [(folk.colleague.id,)]
    assert rows("last_places", "person_id") == [(folk.colleague.id,)]
    assert recorded("track.erased") == [(folk.cadre.id, folk.cadre.id, trip["id"], {"whole": True})]
    assert client.delete(f"/api/v1/trips/{trip['id']}/track", headers=headers).status_code == 200
    assert len(recorded("track.erased")) == 1
    for other in (folk.supervisor_a, folk.colleague):
        refusal = client.delete(f"/api/v1/trips/{trip['id']}/track", headers=other.sign_in(client))
        assert refusal.status_code == 404


def test_after_an_erasure_a_duty_under_way_keeps_new_fixes_until_the_consent_is_withdrawn(
    folk: County, trip: dict[str, Any], tracked: Phone
) -> None:
    deliver(tracked, NOW + HOUR)
    tracks.erase(folk.cadre.actor, trip["id"])
    deliver(tracked, NOW + 2 * HOUR)
    assert kept() == [NOW + 2 * HOUR]
    with clock.at(NOW + 3 * HOUR):
        consents.withdraw(folk.cadre.actor, trip["id"])
        assert tracks.erase(folk.cadre.actor, trip["id"])["goes_on"] is False
        assert tracked.deliver(fixes([fix(NOW + HOUR, **HERE)])).set_aside == {"no_consent": 1}
    assert kept() == []


def test_an_erasure_that_is_interrupted_can_be_asked_for_again(
    folk: County, trip: dict[str, Any], tracked: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracks, "PIECE", 2)
    deliver(tracked, *(NOW + n * HOUR for n in range(1, 6)))
    with interrupted(after=1), pytest.raises(KeyboardInterrupt):
        tracks.erase(folk.cadre.actor, trip["id"])
    assert len(kept()) == 3
    tracks.erase(folk.cadre.actor, trip["id"])
    assert kept() == []


def test_of_an_erasure_and_deliveries_at_one_instant_nothing_is_left_half(
    app: Flask, folk: County, trip: dict[str, Any], tracked: Phone
) -> None:
    deliver(tracked, *(NOW + n * HOUR for n in range(1, 4)))
    late = fixes([fix(NOW + 30 * timedelta(minutes=1), **HERE)])
    with clock.at(NOW + 5 * HOUR):
        delivery = tracked.delivery(late)

    together(app, lambda: positions.accept([delivery]), lambda: tracks.erase(folk.cadre.actor, trip["id"]))
    assert kept() in ([], [NOW + 30 * timedelta(minutes=1)])
    assert len(rows("standings", "person_id")) == len(kept())
