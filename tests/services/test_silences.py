"""Silent phones: raised once on safety and emergency duties, ended when heard or expected no longer; else never."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.live.frames import Frame
from server.queries import stream
from server.services import consents, silences, sweeps, tracks, trips
from server.services.silences import Seen
from server.services.sweeps import Did
from tests import people
from tests import trips as journeys
from tests.people import County, Someone
from tests.positions import Phone, fix, fixes, phone, rows

NOW = datetime.fromisoformat("2026-09-01T08:00:00+00:00")
MINUTE = timedelta(minutes=1)
HERE = {"lng": 118.502, "lat": 29.601}
NOTHING = Seen(raised=0, ended=0)


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def duty(folk: County) -> Iterator[dict[str, Any]]:
    """A safety duty of the cadre and a colleague, who both agree to a track, since `NOW`."""
    with clock.at(NOW):
        yield begun(folk, purpose="safety", consenting=[folk.cadre, folk.colleague])


def begun(folk: County, **facts: Any) -> dict[str, Any]:
    told: dict[str, Any] = {"tracking": "track", "basis": "防汛Ⅲ级响应", "member_ids": [folk.colleague.id]}
    return journeys.under_way(folk.cadre, folk.supervisor_a, **told | facts)


def look(minute: float) -> Seen:
    with clock.at(NOW + minute * MINUTE):
        return silences.look()


def heard(sender: Phone, minute: float, *, fixed: float | None = None) -> None:
    """A fix of a minute (or of an earlier one) comes in."""
    with clock.at(NOW + minute * MINUTE):
        at = NOW + (minute if fixed is None else fixed) * MINUTE
        assert sender.deliver(fixes([fix(at, **HERE)])).kept == 1


def test_a_silence_is_raised_once_and_ends_when_the_phone_is_heard(
    folk: County, duty: dict[str, Any]
) -> None:
    here = phone(folk.cadre)
    for minute in (20, 40):
        heard(here, minute)
        heard(phone(folk.colleague, f"other{minute}"), minute)
    assert look(60) == NOTHING
    heard(phone(folk.colleague, "other65"), 65)
    assert [look(minute) for minute in (71, 72, 80)] == [Seen(raised=1, ended=0), NOTHING, NOTHING]
    assert rows("silences", "person_id", "trip_id", "ended_at") == [(folk.cadre.id, duty["id"], None)]
    heard(here, 90, fixed=75)  # late, but it is heard now
    assert look(91) == Seen(raised=0, ended=1)
    kinds = [kind for (kind,) in rows("events", "kind") if kind.startswith("silence")]
    assert kinds == ["silence.ended", "silence.raised"]


def test_a_phone_that_falls_silent_again_is_another_silence(folk: County, duty: dict[str, Any]) -> None:
    assert look(31) == Seen(raised=2, ended=0)
    heard(phone(folk.cadre), 40)
    assert [look(41), look(71)] == [Seen(raised=0, ended=1), Seen(raised=1, ended=0)]
    assert len(rows("silences", "id")) == 3


@pytest.mark.parametrize("facts", [{"purpose": "ordinary"}, {"tracking": "checkins"}, {"consenting": []}])
def test_nothing_is_raised_on_ordinary_duties_without_a_track_or_without_consent(
    folk: County, facts: dict[str, Any]
) -> None:
    with clock.at(NOW):
        begun(folk, **{"purpose": "emergency"} | facts)
    assert look(6_000) == NOTHING
    assert rows("silences", "id") == []


def test_a_silence_ends_with_the_duty_and_with_consent_and_says_that_nothing_was_heard(
    folk: County, duty: dict[str, Any]
) -> None:
    look(31)
    with clock.at(NOW + 32 * MINUTE):
        consents.withdraw(folk.colleague.actor, duty["id"])
    assert look(33) == Seen(raised=0, ended=1)
    with clock.at(NOW + 34 * MINUTE):
        trips.complete(folk.cadre.actor, duty["id"])
    assert look(35) == Seen(raised=0, ended=1)
    assert [bool(heard) for (heard,) in rows("silences", "heard")] == [False, False]


def test_the_sweep_looks_and_what_is_over_goes_with_the_track_it_was_found_in(
    folk: County, duty: dict[str, Any]
) -> None:
    with clock.at(NOW + 31 * MINUTE):
        [told] = [each.did for each in sweeps.run() if each.step.name == "silences"]
    assert told == Did("新增 2 条，结束 0 条", "raised 2, ended 0")
    heard(phone(folk.cadre), 40)
    look(41)
    with clock.at(NOW + 42 * MINUTE):
        tracks.erase(folk.cadre.actor, duty["id"])
    assert rows("silences", "person_id") == [(folk.colleague.id,)]


def test_those_whose_scope_covers_the_member_are_told_and_so_is_the_member(
    folk: County, duty: dict[str, Any], client: FlaskClient
) -> None:
    look(31)
    for name, whose in {
        "supervisor": {folk.cadre.id, folk.colleague.id},
        "supervisor_a": {folk.cadre.id, folk.colleague.id},
        "cadre": {folk.cadre.id},
        "supervisor_b": set(),
        "official": set(),
    }.items():
        headers = folk.everyone[name].sign_in(client)
        for door in ("/api/v1/silences", f"/api/v1/trips/{duty['id']}/silences"):
            answer = client.get(door, headers=headers)
            found = {each["person"]["id"] for each in answer.get_json().get("items", [])}
            assert found == whose, (name, door)
        assert told_on_the_stream(folk.everyone[name]) == whose, name


def told_on_the_stream(reader: Someone) -> set[int]:
    """The people whose silence the stream tells a reader of, without any reason said."""
    [seen] = stream.sights([reader.tokens().session_id]).values()
    parts = [part for frame in frames() for part in frame.parts if part.permission == "silence.read"]
    messages = [told.message for part in parts if (told := seen[1].of(part)) is not None]
    return {silence_in(message)["person"]["id"] for message in messages}


def frames() -> list[Frame]:
    return stream.missed(0, 10_000)[0]


def silence_in(message: bytes) -> dict[str, Any]:
    data = message.split(b"data: ", 1)[1].strip()
    silence: dict[str, Any] = orjson.loads(data)["silence"]
    assert b"lng" not in message
    return silence
