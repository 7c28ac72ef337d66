"""The pipeline of positions on both databases: what is kept, once, on duty, with consent; and never what is not."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import TrackerUnknown
from server.geo.datum import Datum
from server.models.checkins import LastPlace
from server.models.positions import Fix, Standing
from server.models.trackers import Tracker
from server.services import consents, positions, trips
from tests import people
from tests import trips as journeys
from tests.people import County
from tests.positions import Phone, fix, fixes, phone, rows

NOW = datetime.fromisoformat("2026-09-01T08:00:00+00:00")
HERE = {"lng": 118.502, "lat": 29.601}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def tracked(folk: County) -> Phone:
    """The cadre's phone, on a duty that keeps a track since `NOW`."""
    with clock.at(NOW):
        journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
    return phone(folk.cadre)


def stored() -> list[Fix]:
    db.session.rollback()
    return list(db.session.scalars(sa.select(Fix).order_by(Fix.at)))


def test_a_fix_on_duty_is_kept_as_it_was_told(tracked: Phone) -> None:
    at = NOW + MINUTE
    told = fix(
        at, **HERE, altitude_m=120.5, speed_mps=1.5, heading_deg=90.0, battery=0.5, charging=1, note="到了"
    )
    with clock.at(at + MINUTE):
        assert tracked.deliver(fixes([told])).kept == 1
    kept = stored()[0]
    assert (kept.lng, kept.lat, kept.at, kept.fixed_at, kept.received_at) == (
        *HERE.values(),
        at,
        at,
        at + MINUTE,
    )
    assert (kept.accuracy_m, kept.altitude_m, kept.speed_mps, kept.heading_deg) == (10.0, 120.5, 1.5, 90.0)
    assert (kept.battery, kept.charging, kept.mock, kept.note, kept.datum) == (
        0.5,
        1,
        False,
        "到了",
        "WGS-84",
    )


def test_what_is_not_known_is_null(tracked: Phone) -> None:
    with clock.at(NOW + MINUTE):
        tracked.deliver(fixes([fix(NOW + MINUTE, **HERE, accuracy_m=float("nan"))]))
    kept = stored()[0]
    assert (kept.accuracy_m, kept.speed_mps, kept.battery, kept.note) == (None, None, None, None)


def test_the_same_batch_again_stores_nothing(tracked: Phone) -> None:
    batch = fixes([fix(NOW + n * MINUTE, **HERE) for n in range(1, 5)])
    with clock.at(NOW + 10 * MINUTE):
        assert [tracked.deliver(batch).kept, tracked.deliver(batch).kept] == [4, 4]
    assert len(stored()) == 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"lng": 118.502}, {"lng": 118.503}),
        ({"lng": 118.502, "accuracy_m": 20.0}, {"lng": 118.6, "accuracy_m": 5.0}),
        ({"lng": 118.502, "note": "tag: 招商一组"}, {"lng": 118.502, "note": "tag: 招商二组"}),
    ],
)
def test_of_two_contents_at_one_instant_the_same_stays_whichever_came_first(
    tracked: Phone, one: dict[str, Any], other: dict[str, Any]
) -> None:
    told = [fix(NOW + MINUTE, lat=29.601, **each) for each in (one, other)]
    kept = set()
    for order in (told, told[::-1]):
        for table in (Fix, Standing, LastPlace):
            db.session.execute(sa.delete(table))
        db.session.commit()
        with clock.at(NOW + 10 * MINUTE):
            for each in order:
                tracked.deliver(fixes([each]))
        kept.add(tuple((row.lng, row.note, row.fingerprint) for row in stored()))
        assert rows("last_places", "lng") == [(row.lng,) for row in stored()]
    assert len(kept) == 1


def test_a_place_in_another_datum_is_kept_in_wgs84_and_says_where_it_came_from(tracked: Phone) -> None:
    with clock.at(NOW + MINUTE):
        tracked.deliver(fixes([fix(NOW + MINUTE, **HERE)], datum=Datum.GCJ02))
    kept = stored()[0]
    assert kept.datum == "GCJ-02"
    assert 0.002 < abs(kept.lng - HERE["lng"]) < 0.008


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (fix(NOW + timedelta(hours=2), **HERE), "in_the_future"),
        (fix(NOW - timedelta(days=400), **HERE), "too_old"),
        (fix(NOW + MINUTE, lng=0.0, lat=0.0), "implausible"),
        (fix(NOW + MINUTE, **HERE, accuracy_m=60_000.0), "implausible"),
        (fix(NOW - MINUTE, **HERE), "not_on_duty"),
    ],
)
def test_what_may_not_be_kept_is_answered_as_success_and_counted_without_its_place(
    tracked: Phone, told: Fix, reason: str
) -> None:
    good = fix(NOW + 2 * MINUTE, **HERE)
    with clock.at(NOW + 5 * MINUTE):
        became = tracked.deliver(fixes([told, good]))  # type: ignore[list-item]  # the decoder's fix
    assert (became.kept, became.set_aside) == (1, {reason: 1})
    assert rows("set_aside", "tracker_id", "reason", "count") == [(tracked.id, reason, 1)]


def test_fixes_are_judged_by_their_own_time_without_tolerance_however_late_they_come(
    folk: County, tracked: Phone
) -> None:
    begin = NOW + timedelta(hours=3)
    with clock.at(begin):
        trip_id = rows("trips", "id")[0][0]
        trips.complete(folk.cadre.actor, trip_id)
    told = [fix(begin + timedelta(milliseconds=ms), **HERE) for ms in (-1, 0, 1)]
    early = [fix(NOW + timedelta(milliseconds=ms), **HERE) for ms in (-1, 0, 1)]
    with clock.at(begin + timedelta(days=2)):
        became = tracked.deliver(fixes([*told, *early]))
    assert (became.kept, became.set_aside) == (4, {"not_on_duty": 2})


def test_after_a_withdrawal_nothing_is_stored_whatever_its_time(folk: County, tracked: Phone) -> None:
    trip_id = rows("trips", "id")[0][0]
    with clock.at(NOW + timedelta(hours=1)):
        consents.withdraw(folk.cadre.actor, trip_id)
    with clock.at(NOW + timedelta(hours=2)):
        became = tracked.deliver(fixes([fix(NOW + MINUTE, **HERE)]))
    assert (became.kept, became.set_aside) == (0, {"no_consent": 1})
    assert rows("fixes", "tracker_id") == []


def test_who_agrees_to_check_ins_alone_from_now_on_is_off_the_map_at_once(
    folk: County, tracked: Phone
) -> None:
    with clock.at(NOW + MINUTE):
        tracked.deliver(fixes([fix(NOW + MINUTE, **HERE)]))
        consents.give(folk.cadre.actor, stored()[0].trip_id, "checkins")
    assert rows("last_places", "person_id") == []


def test_without_consent_to_a_track_none_is_kept(folk: County) -> None:
    with clock.at(NOW):
        journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track", consenting=[])
        journeys.under_way(folk.cadre_b, folk.supervisor_b, tracking="checkins")
    with clock.at(NOW + 2 * MINUTE):
        told = fixes([fix(NOW + MINUTE, **HERE)])
        assert phone(folk.cadre).deliver(told).set_aside == {"no_consent": 1}
        assert phone(folk.cadre_b).deliver(told).set_aside == {"not_tracked": 1}


def test_a_duty_begins_for_positions_when_the_server_has_heard_of_it(folk: County) -> None:
    with clock.at(NOW):
        trip = journeys.approved(folk.cadre, folk.supervisor_a, tracking="track")
        consents.give(folk.cadre.actor, trip["id"], "track")
    with clock.at(NOW + timedelta(hours=1)):
        trips.start(folk.cadre.actor, trip["id"], at=NOW + MINUTE)
    told = [fix(NOW + 5 * MINUTE, **HERE), fix(NOW + timedelta(hours=1), **HERE)]
    with clock.at(NOW + timedelta(hours=2)):
        became = phone(folk.cadre).deliver(fixes(told))
    assert (became.kept, became.set_aside) == (1, {"start_not_known": 1})


def test_a_phone_that_is_unknown_or_revoked_or_whose_owner_left_is_refused(
    folk: County, tracked: Phone
) -> None:
    told = fixes([fix(NOW + MINUTE, **HERE)])
    with clock.at(NOW + 2 * MINUTE):
        strange = positions.accept([Phone(0, "nobody").delivery(told), tracked.delivery(told)])
    assert isinstance(strange[0], TrackerUnknown)
    assert len(stored()) == 1
    db.session.execute(sa.update(Tracker).values(revoked_at=NOW))
    db.session.commit()
    assert isinstance(positions.accept([tracked.delivery(told)])[0], TrackerUnknown)


def test_a_fix_without_a_time_is_of_now_and_the_same_one_when_it_comes_again(tracked: Phone) -> None:
    told = fixes([fix(None, **HERE)])
    for minutes in (1, 3, 9):
        with clock.at(NOW + minutes * MINUTE):
            assert tracked.deliver(told).kept == 1
    with clock.at(NOW + timedelta(hours=3)):
        tracked.deliver(told)
    with clock.at(NOW + timedelta(hours=3, seconds=1)):
        tracked.deliver(fixes([fix(None, lng=118.51, lat=29.601)]))
    assert len(stored()) == 3
    assert stored()[0].at == NOW + MINUTE


def test_a_phone_whose_clock_is_off_is_corrected_and_its_fixes_still_come_once(tracked: Phone) -> None:
    off = timedelta(hours=9)
    told = fixes([fix(NOW + MINUTE - off, **HERE)])
    for minutes in (2, 3):
        received = NOW + minutes * MINUTE
        sent_s = (received - off).timestamp() - 0.3 * minutes
        with clock.at(received):
            assert tracked.deliver(told, sent_at_s=sent_s).kept == 1
    kept = stored()
    assert len(kept) == 1
    assert kept[0].fixed_at == NOW + MINUTE - off
    assert abs(kept[0].at - (NOW + MINUTE)) < timedelta(seconds=2)


def test_what_took_long_to_send_and_then_no_time_at_all_still_comes_once(tracked: Phone) -> None:
    told = fixes([fix(NOW + n * MINUTE, **HERE) for n in range(1, 5)])
    for on_its_way_s in (7.0, 1.0, 9.0):
        with clock.at(NOW + 10 * MINUTE):
            sent_s = clock.now().timestamp() - on_its_way_s
            assert tracked.deliver(told, sent_at_s=sent_s).kept == 4
    assert len(stored()) == 4


@pytest.mark.parametrize("on_their_way_s", [(40.0, 1.0), (1.0, 40.0), (40.0, 25.0, 1.0)])
def test_what_waited_and_was_sent_again_meanwhile_comes_once_though_both_are_kept_together(
    tracked: Phone, on_their_way_s: tuple[float, ...]
) -> None:
    told = fixes([fix(NOW + n * MINUTE, **HERE) for n in range(1, 5)])
    with clock.at(NOW + 10 * MINUTE):
        now_s = clock.now().timestamp()
        positions.accept([tracked.delivery(told, sent_at_s=now_s - each) for each in on_their_way_s])
    assert [each.at - each.fixed_at for each in stored()] == [timedelta(0)] * 4


def test_late_fixes_do_not_move_the_last_place_backwards(tracked: Phone) -> None:
    with clock.at(NOW + timedelta(hours=2)):
        tracked.deliver(fixes([fix(NOW + timedelta(hours=1), lng=118.6, lat=29.7)]))
        tracked.deliver(fixes([fix(NOW + n * MINUTE, **HERE) for n in range(1, 50)]))
    place = db.session.scalars(sa.select(LastPlace)).one()
    assert (place.lng, place.lat, place.at, place.checkin_id) == (118.6, 29.7, NOW + timedelta(hours=1), None)


def test_an_end_that_was_heard_late_takes_back_what_was_kept_after_it(folk: County, tracked: Phone) -> None:
    trip_id = rows("trips", "id")[0][0]
    with clock.at(NOW + timedelta(hours=3)):
        tracked.deliver(fixes([fix(NOW + n * timedelta(hours=1), **HERE) for n in (1, 2, 3)]))
        trips.complete(folk.cadre.actor, trip_id, at=NOW + timedelta(hours=1, minutes=30))
    assert [each.at for each in stored()] == [NOW + timedelta(hours=1)]
    assert rows("last_places", "person_id") == []


def test_an_end_that_was_heard_late_gives_what_lies_after_it_to_the_duty_that_goes_on(
    folk: County, tracked: Phone
) -> None:
    with clock.at(NOW + MINUTE):
        other = journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
    with clock.at(NOW + 10 * MINUTE):
        tracked.deliver(fixes([fix(NOW + n * MINUTE, **HERE) for n in (0, 2, 3, 8)]))
        trips.complete(folk.cadre.actor, other["id"], at=NOW + timedelta(minutes=2, seconds=30))
    first = rows("trips", "id")[0][0]
    assert [each.trip_id for each in stored()] == [first, other["id"], first, first]
    until = dict(rows("standings", "trip_id", "CAST(until AS text)"))
    assert {key: text[14:19] for key, text in until.items()} == {first: "08:00", other["id"]: "02:00"}
    assert rows("set_aside", "count") == []


def test_the_owner_is_shown_when_the_phone_was_heard_and_its_battery(tracked: Phone) -> None:
    with clock.at(NOW + timedelta(hours=2)):
        tracked.deliver(fixes([fix(NOW + timedelta(hours=1), **HERE, battery=0.4, charging=0)]))
    with clock.at(NOW + timedelta(hours=3)):
        tracked.deliver(fixes([fix(NOW + MINUTE, **HERE, battery=0.9)]))  # late: no news of the battery
    seen = db.session.get_one(Tracker, tracked.id, populate_existing=True)
    assert (seen.last_seen_at, seen.battery, seen.charging) == (NOW + timedelta(hours=3), 0.4, False)


def test_no_batch_of_many_phones_is_answered_for_another(folk: County, tracked: Phone) -> None:
    colleague = phone(folk.colleague)
    with clock.at(NOW + 5 * MINUTE):
        became = positions.accept(
            [
                colleague.delivery(fixes([fix(NOW + MINUTE, **HERE)])),
                tracked.delivery(fixes([fix(NOW + MINUTE, **HERE), fix(NOW + 2 * MINUTE, **HERE)])),
            ]
        )
    assert became == [
        positions.Accepted(0, {"not_on_duty": 1}),
        positions.Accepted(2, {}),
    ]
    assert {each.person_id for each in stored()} == {folk.cadre.id}


def test_a_delivery_says_nothing_of_places_in_its_repr(tracked: Phone) -> None:
    delivery = tracked.delivery(fixes([fix(NOW, **HERE)]))
    assert "118.5" not in repr(delivery) + repr(replace(delivery, tracker_id=1))
