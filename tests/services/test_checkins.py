import threading
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import Base, db
from server.errors import CheckinConflict, CheckinRefused, NotFound, Problem
from server.models.events import Event
from server.models.trips import Trip
from server.queries import checkins as reads
from server.queries import places
from server.rules.checkins import Told, VisitTold
from server.services import checkins, consents, trips
from server.services import people as accounts
from server.services.checkins import Answer
from server.services.trips import StopPlan
from server.transaction import transaction
from tests import people
from tests.people import Someone
from tests.trips import FACTORY, approved, told, under_way

EAST_1_KM = FACTORY["lng"] + 0.01034


def make(who: Someone, what: Told) -> dict[str, Any]:
    return checkins.make(who.actor, what).document


def count(table: str) -> int:
    db.session.rollback()  # a fresh view: others may have written since ours began
    number: int = db.session.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one()
    return number


# ── one check-in, one record ────────────────────────────────────────────────────────────────────────────


def test_the_same_check_in_again_is_the_first_record_and_stores_nothing(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    said = told(trip, visit=VisitTold(kind="outbound", enterprise="临江重工"))
    first = checkins.make(folk.cadre.actor, said)
    again = checkins.make(folk.cadre.actor, replace(said, sent_at=clock.now() + timedelta(hours=2)))
    assert (first.fresh, again.fresh) == (True, False)
    assert first.document == again.document
    assert [count(table) for table in ("checkins", "checkin_details", "visits")] == [1, 1, 1]
    events = sa.select(sa.func.count()).where(Event.kind == "checkin.made")
    assert db.session.execute(events).scalar_one() == 1


def test_other_content_under_the_same_id_is_a_conflict_and_stores_nothing(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    said = told(trip)
    first = make(folk.cadre, said)
    with pytest.raises(CheckinConflict):
        make(folk.cadre, replace(said, note="改一改"))
    assert reads.get(folk.cadre.actor, said.id) == first
    assert count("checkins") == 1


def test_another_persons_id_is_a_conflict_that_reveals_nothing(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    said = told(trip, note="机密")
    make(folk.cadre, said)
    own_trip = under_way(folk.cadre_b, folk.supervisor_b)
    with pytest.raises(CheckinConflict) as refused:
        make(folk.cadre_b, replace(told(own_trip), id=said.id))
    assert "机密" not in str(refused.value.document())
    with pytest.raises(CheckinConflict):
        make(folk.cadre_b, said)


def test_two_at_the_same_instant_are_still_one(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    said, actor = told(trip), folk.cadre.actor
    start, answers = threading.Barrier(6), []

    def send() -> None:
        with app.app_context():
            start.wait()
            answers.append(checkins.make(actor, said))

    senders = [threading.Thread(target=send) for _ in range(6)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(answer.fresh for answer in answers) == [False] * 5 + [True]
    assert len({str(answer.document) for answer in answers}) == 1
    assert count("checkins") == 1


def test_a_batch_keeps_each_good_one_and_names_each_bad_one(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    good, other = told(trip), told(trip)
    bad_stop = told(trip, stop_id=4711)
    became = checkins.make_many(
        folk.cadre.actor, [good, bad_stop, replace(good, note="x"), other, good, told(None, trip_id=4711)]
    )
    assert [end.fresh if isinstance(end, Answer) else end.code for end in became] == [
        True,
        "checkin_refused",
        "checkin_conflict",
        True,
        False,
        "checkin_refused",
    ]
    assert count("checkins") == 2


def test_a_poison_row_in_a_batch_fails_alone(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    poison = told(trip, kind="no such kind")
    became = checkins.make_many(folk.cadre.actor, [told(trip), poison, told(trip)])
    assert [isinstance(end, Problem) for end in became] == [False, True, False]
    assert count("checkins") == count("checkin_details") == 2


# ── the verdict ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lng", "accuracy_m", "tolerance_m", "outcome", "edge_m"),
    [
        (FACTORY["lng"], 15.0, 0.0, "inside", 300),
        (FACTORY["lng"], 299.0, 0.0, "inside", 300),
        (FACTORY["lng"], 301.0, 0.0, "uncertain", 300),
        (EAST_1_KM, 15.0, 0.0, "outside", -702),
        (EAST_1_KM, 800.0, 0.0, "uncertain", -702),
        (EAST_1_KM, 15.0, 720.0, "inside", -702),
    ],
)
def test_the_disc_decides_and_the_metres_are_signed(
    app: Flask, lng: float, accuracy_m: float, tolerance_m: float, outcome: str, edge_m: float
) -> None:
    folk = people.county(app)
    stop = StopPlan(name="临江一厂", radius_m=300, tolerance_m=tolerance_m, **FACTORY)
    trip = under_way(folk.cadre, folk.supervisor_a, stops=[stop])
    verdict = make(folk.cadre, told(trip, lng=lng, accuracy_m=accuracy_m))["verdict"]
    assert verdict["outcome"] == outcome
    assert verdict["edge_m"] == pytest.approx(edge_m, abs=3)
    assert verdict["accuracy_used_m"] == accuracy_m
    assert verdict["against"]["name"] == "临江一厂"


def test_without_a_usable_accuracy_the_default_judges_and_says_so(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    document = make(folk.cadre, told(trip, accuracy_m=0.0))
    assert document["verdict"]["accuracy_used_m"] == 100
    assert document["verdict"]["accuracy_assumed"] is True
    assert "按默认" in document["verdict"]["zh"]
    assert document["position"]["accuracy_m"] == 0.0
    assert [signal["code"] for signal in document["signals"]] == ["accuracy_missing"]


def test_a_position_is_kept_as_it_came_and_in_wgs84(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    position = make(folk.cadre, told(trip, datum="GCJ-02"))["position"]
    assert (position["raw_lng"], position["raw_lat"], position["datum"]) == (*FACTORY.values(), "GCJ-02")
    assert 300 < abs(position["lng"] - FACTORY["lng"]) * 96_800 < 700


def test_without_a_position_it_is_kept_and_not_judged(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    document = make(folk.cadre, told(trip, lng=None, lat=None, accuracy_m=None, fixed_at=None))
    assert document["verdict"]["outcome"] == "not_judged"
    assert document["verdict"]["why"] == "no_position"
    assert document["position"] is None
    assert document["signals"] == []


def test_early_and_late_are_told_against_the_stops_window(app: Flask) -> None:
    folk = people.county(app)
    over = clock.now() - timedelta(hours=2)
    stop = StopPlan(name="厂", radius_m=300, planned_to=over, **FACTORY)
    trip = under_way(folk.cadre, folk.supervisor_a, stops=[stop])
    document = make(folk.cadre, told(trip))
    assert document["window"] == "late"
    assert document["window_s"] == pytest.approx(7200, abs=30)


# ── consent and duty ────────────────────────────────────────────────────────────────────────────────────


def no_trace_of_the_position() -> bool:
    """Whether no table holds the factory's longitude in any form."""
    needle = str(FACTORY["lng"])
    for table in Base.metadata.sorted_tables:
        if table.name in {"trip_stops", "area_versions"}:
            continue
        for row in db.session.execute(sa.select(table)):
            if needle in str(tuple(row)):
                return False
    return True


def test_without_consent_a_check_in_is_kept_and_its_position_leaves_no_trace(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a, consenting=[])
    document = make(folk.cadre, told(trip, note="照样记录"))
    assert document["note"] == "照样记录"
    assert document["position_withheld"] == "no_consent"
    assert document["verdict"]["outcome"] == "not_judged"
    assert document["areas"] == []
    assert no_trace_of_the_position()


def test_a_duty_that_takes_no_positions_keeps_none(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a, consenting=[], tracking="none")
    assert make(folk.cadre, told(trip))["position_withheld"] == "not_tracked"
    assert no_trace_of_the_position()


def test_before_the_start_no_position_is_kept(app: Flask) -> None:
    folk = people.county(app)
    trip = approved(folk.cadre, folk.supervisor_a)
    consents.give(folk.cadre.actor, trip["id"], "checkins")
    assert make(folk.cadre, told(trip))["position_withheld"] == "not_on_duty"
    assert no_trace_of_the_position()


def test_a_late_check_in_from_during_the_duty_is_kept_one_from_after_it_is_not(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    during = told(trip)
    trips.complete(folk.cadre.actor, trip["id"])
    assert make(folk.cadre, replace(during, sent_at=clock.now()))["position"] is not None
    later = make(folk.cadre, told(trip))
    assert later["position_withheld"] == "not_on_duty"
    assert "after_end" in [signal["code"] for signal in later["signals"]]


def test_a_duty_begun_without_a_network_keeps_no_position_from_before_the_server_heard_of_it(
    app: Flask,
) -> None:
    folk = people.county(app)
    with clock.at(clock.now() - timedelta(hours=3)):
        trip = approved(folk.cadre, folk.supervisor_a, member_ids=[folk.colleague.id])
        consents.give(folk.colleague.actor, trip["id"], "checkins")
    an_hour_ago = clock.now() - timedelta(hours=1)
    before = replace(told(trip, made_at=an_hour_ago, fixed_at=an_hour_ago), sent_at=None)
    two_hours_ago = clock.now() - timedelta(hours=2)
    trips.start(folk.cadre.actor, trip["id"], at=two_hours_ago, sent_at=clock.now())
    kept = make(folk.colleague, before)
    assert kept["position_withheld"] == "start_not_known"
    assert kept["signals"] == []
    assert no_trace_of_the_position()
    assert make(folk.colleague, told(trip))["position"] is not None


def test_off_duty_one_position_needs_its_own_consent(app: Flask) -> None:
    folk = people.county(app)
    with_it, without = make(folk.cadre, told(consent=True)), make(folk.cadre, told())
    assert with_it["ad_hoc"] is True
    assert with_it["position"] is not None
    assert without["position_withheld"] == "no_consent"
    assert places.items([folk.cadre.id]) == []


def test_a_trip_of_somebody_else_is_refused_without_telling_of_it(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    with pytest.raises(CheckinRefused) as theirs:
        make(folk.colleague, told(trip))
    with pytest.raises(CheckinRefused) as nobodys:
        make(folk.colleague, replace(told(trip), trip_id=4711))
    assert theirs.value.document() == nobodys.value.document()


# ── signals ─────────────────────────────────────────────────────────────────────────────────────────────


def codes(document: dict[str, Any]) -> list[str]:
    return [signal["code"] for signal in document["signals"]]


def test_signals_never_refuse_a_check_in(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    make(folk.cadre, told(trip))
    far = told(trip, lng=121.0, mock=True, accuracy_m=None)
    document = make(folk.cadre, replace(far, fixed_at=far.made_at))
    assert codes(document) == ["mock_location", "too_fast", "accuracy_missing"]
    assert document["position"] is not None


def test_a_clock_an_hour_off_is_put_right_and_said(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    fast = clock.now() + timedelta(hours=1)
    document = make(folk.cadre, told(trip, made_at=fast, fixed_at=fast, sent_at=fast))
    assert codes(document) == ["clock_skew"]
    assert abs((document["happened_at"] - clock.now()).total_seconds()) < 5
    assert document["made_at"] == fast
    assert document["position"] is not None


def test_the_very_same_coordinates_again_and_again_are_odd(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    found = []
    for minute in range(5):
        with clock.at(clock.now() + timedelta(minutes=minute)):
            found.append(codes(make(folk.cadre, told(trip))))
    assert found == [[], [], [], ["same_coordinates"], ["same_coordinates"]]


def test_the_same_coordinates_are_odd_too_where_the_phone_hides_when_they_were_fixed(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    found = [codes(make(folk.cadre, told(trip, fixed_at=None))) for _ in range(4)]
    assert found == [[], [], [], ["same_coordinates"]]


def test_one_fix_told_in_several_check_ins_is_no_repetition(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    fix = clock.now()
    found = [
        codes(make(folk.cadre, told(trip, fixed_at=fix, kind=kind))) for kind in ("arrive", "visit", "note")
    ]
    found += [codes(make(folk.cadre, told(trip, fixed_at=fix, kind="leave")))]
    assert found == [[], [], [], []]


def test_a_phone_that_was_somebody_elses_is_said(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    phone = uuid4()
    folk.colleague.tokens(device_id=phone)
    session = folk.cadre.tokens(device_id=phone)
    assert codes(checkins.make(session.actor, told(trip)).document) == ["other_device"]


# ── units and times ─────────────────────────────────────────────────────────────────────────────────────


def move(folk: people.County, who: Someone, unit_id: int) -> None:
    accounts.update(folk.administrator.actor, who.id, {"unit_id": unit_id})


def test_what_a_person_did_on_a_duty_belongs_to_the_unit_they_were_in_then(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    late = told(trip)
    move(folk, folk.cadre, folk.township_b)
    kept = make(folk.cadre, late)
    assert kept["unit"]["id"] == folk.township_a
    assert reads.get(folk.supervisor_a.actor, late.id)["id"] == late.id
    with pytest.raises(NotFound):
        reads.get(folk.supervisor_b.actor, late.id)
    assert places.items([folk.cadre.id])[0]["unit"]["id"] == folk.township_a
    consents.withdraw(folk.cadre.actor, trip["id"])
    of_units = sa.select(Event.kind, Event.unit_id).where(
        Event.kind.in_(["checkin.made", "consent.withdrawn"])
    )
    assert {tuple(row) for row in db.session.execute(of_units)} == {
        ("checkin.made", folk.township_a),
        ("consent.withdrawn", folk.township_a),
    }


def test_who_moves_between_plan_and_start_is_on_the_duty_for_the_new_unit(app: Flask) -> None:
    folk = people.county(app)
    trip = approved(folk.cadre, folk.supervisor_a, member_ids=[folk.colleague.id])
    move(folk, folk.colleague, folk.township_b)
    started = trips.start(folk.cadre.actor, trip["id"])
    assert {member["id"]: member["unit"]["id"] for member in started["members"]} == {
        folk.cadre.id: folk.township_a,
        folk.colleague.id: folk.township_b,
    }
    assert make(folk.colleague, told(trip))["unit"]["id"] == folk.township_b


def test_waiting_for_others_who_write_is_no_skew_of_the_phones_clock(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    said, actor = told(trip), folk.cadre.actor
    held, let_go, answers = threading.Event(), threading.Event(), list[Answer]()

    def hold() -> None:
        with app.app_context(), transaction() as session:
            session.execute(sa.select(Trip).where(Trip.id == trip["id"]).with_for_update()).all()
            held.set()
            let_go.wait()

    def send() -> None:
        with app.app_context():
            answers.append(checkins.make(actor, said))

    holder, sender = threading.Thread(target=hold), threading.Thread(target=send)
    holder.start()
    held.wait()
    sender.start()
    time.sleep(1.5)
    let_go.set()
    holder.join()
    sender.join()
    document = answers[0].document
    assert document["skew_s"] < 1
    assert said.sent_at is not None
    assert document["received_at"] == said.sent_at + timedelta(seconds=document["skew_s"])


# ── last places ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_late_check_in_does_not_move_the_dot_backwards(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(clock.now() - timedelta(hours=1)):
        trip = under_way(folk.cadre, folk.supervisor_a)
        early = told(trip, lng=118.4)
    now = told(trip, lng=118.6)
    make(folk.cadre, now)
    make(folk.cadre, replace(early, sent_at=clock.now()))
    assert places.items([folk.cadre.id])[0]["position"]["lng"] == 118.6


def test_two_check_ins_with_one_fix_leave_the_same_last_place_in_either_order(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    fix = clock.now()
    for first, second in ((UUID(int=1), UUID(int=2)), (UUID(int=4), UUID(int=3))):
        for checkin_id in (first, second):
            make(folk.cadre, told(trip, id=checkin_id, fixed_at=fix))
        assert places.items([folk.cadre.id])[0]["checkin_id"] == max(first, second)


def test_the_end_of_a_duty_takes_its_people_off_the_map(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    make(folk.cadre, told(trip))
    assert len(places.items([folk.cadre.id])) == 1
    trips.complete(folk.cadre.actor, trip["id"])
    assert places.items([folk.cadre.id]) == []


# ── what is told back ───────────────────────────────────────────────────────────────────────────────────


def test_whom_they_met_is_kept_to_the_fen(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    visit = VisitTold(
        kind="outbound",
        enterprise="𠮷星新材料",
        contact="李工",
        amount=Decimal("12.3456"),
        amount_unit="亿元",
    )
    told_back = make(folk.cadre, told(trip, visit=visit))["visit"]
    assert (told_back["enterprise"], told_back["amount"], told_back["amount_unit"]) == (
        "𠮷星新材料",
        "12.3456",
        "亿元",
    )


def test_no_event_holds_a_coordinate_a_name_or_a_note(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    make(
        folk.cadre,
        told(trip, note="私语", visit=VisitTold(kind="outbound", enterprise="某厂", contact="某人")),
    )
    text = str(db.session.execute(sa.select(Event.data, Event.subject, Event.kind)).all())
    for needle in (str(FACTORY["lng"]), "私语", "某厂", "某人", "陈晓"):
        assert needle not in text


def test_one_who_may_not_read_it_finds_nothing(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    said = told(trip)
    make(folk.cadre, said)
    for stranger in (folk.colleague, folk.supervisor_b, folk.administrator, folk.auditor):
        with pytest.raises(NotFound):
            reads.get(stranger.actor, said.id)
    assert reads.get(folk.supervisor_a.actor, said.id)["position_withheld"] == "reason_needed"
