from datetime import date, timedelta
from functools import partial
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import Forbidden, NotFound, OwnTrip, StepNotAllowed, TripChanged, TripRefused
from server.models.events import Event
from server.queries import trips as reads
from server.services import people as accounts
from server.services import plans, trips
from server.services.trips import StopPlan
from tests import people
from tests.support.together import together
from tests.trips import approved, plan, planned, under_way


def kinds() -> list[str]:
    return list(db.session.execute(sa.select(Event.kind).order_by(Event.number)).scalars())


def test_a_trip_goes_from_plan_to_done_and_each_step_is_recorded(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    done = trips.complete(folk.cadre.actor, trip["id"], outcome="签约意向一项")
    assert done["state"] == "completed"
    assert done["outcome"] == "签约意向一项"
    assert kinds() == [
        "trip.planned",
        "trip.submitted",
        "trip.approved",
        "consent.given",
        "trip.started",
        "trip.completed",
    ]


def test_a_plan_that_comes_twice_at_once_is_one_trip(app: Flask) -> None:
    folk = people.county(app)
    ends = together(app, *[partial(plans.keep, folk.cadre.actor, uuid4(), plan())] * 2)
    made = [end for end in ends if isinstance(end, plans.Answer)]
    assert sorted(end.fresh for end in made) == [False, True]
    assert len({end.document["id"] for end in made}) == 1
    db.session.rollback()
    assert kinds() == ["trip.planned"]


def test_a_cadre_may_not_approve_their_own_trip(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre)
    trips.submit(folk.cadre.actor, trip["id"])
    with pytest.raises(OwnTrip):
        trips.approve(folk.cadre.actor, trip["id"])


def test_a_supervisor_may_not_approve_a_trip_they_travel_on(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre, member_ids=[folk.supervisor_a.id])
    trips.submit(folk.cadre.actor, trip["id"])
    with pytest.raises(OwnTrip):
        trips.approve(folk.supervisor_a.actor, trip["id"])
    assert trips.approve(folk.supervisor.actor, trip["id"])["state"] == "approved"


def test_a_supervisor_of_elsewhere_does_not_see_it(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre)
    for stranger in (folk.supervisor_b, folk.cadre_b, folk.colleague, folk.administrator, folk.auditor):
        with pytest.raises(NotFound):
            reads.get(stranger.actor, trip["id"])


def test_a_colleague_on_the_trip_sees_it_but_may_not_edit_it(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre, member_ids=[folk.colleague.id])
    assert reads.get(folk.colleague.actor, trip["id"]).title == trip["title"]
    with pytest.raises(Forbidden):
        trips.edit(folk.colleague.actor, trip["id"], plan())


def test_a_returned_trip_says_why_and_may_come_again(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre)
    trips.submit(folk.cadre.actor, trip["id"])
    back = trips.send_back(folk.supervisor_a.actor, trip["id"], "请补充接待企业")
    assert (back["state"], back["returned_because"]) == ("returned", "请补充接待企业")
    again = trips.submit(folk.cadre.actor, trip["id"])
    assert (again["state"], again["returned_because"]) == ("submitted", "")


def test_an_edit_after_approval_goes_through_approval_again(app: Flask) -> None:
    folk = people.county(app)
    trip = approved(folk.cadre, folk.supervisor_a)
    changed = trips.edit(folk.cadre.actor, trip["id"], plan(title="改道"))
    assert changed["state"] == "draft"
    assert changed["approved_by"] is None
    with pytest.raises(StepNotAllowed):
        trips.start(folk.cadre.actor, trip["id"])


def test_two_who_edit_at_once_do_not_overwrite_unseen(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre)
    trips.edit(folk.cadre.actor, trip["id"], plan(title="第一次改", revision=trip["revision"]))
    with pytest.raises(TripChanged):
        trips.edit(folk.cadre.actor, trip["id"], plan(title="第二次改", revision=trip["revision"]))
    assert reads.get(folk.cadre.actor, trip["id"]).title == "第一次改"


def test_what_is_approved_is_what_was_read(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre)
    read = trips.submit(folk.cadre.actor, trip["id"])["revision"]
    trips.edit(folk.cadre.actor, trip["id"], plan(title="改成别处"))
    again = trips.submit(folk.cadre.actor, trip["id"])["revision"]
    with pytest.raises(TripChanged):
        trips.approve(folk.supervisor_a.actor, trip["id"], read)
    assert trips.approve(folk.supervisor_a.actor, trip["id"], again)["state"] == "approved"


def test_a_trip_stays_with_its_unit_whoever_of_those_it_belongs_to_edits_it(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre, leader_id=folk.cadre_b.id)
    assert trips.edit(folk.cadre_b.actor, trip["id"], plan())["unit"]["id"] == folk.township_a
    with pytest.raises(TripRefused):
        trips.edit(folk.cadre_b.actor, trip["id"], plan(unit_id=folk.township_b))
    at_the_county = trips.edit(folk.cadre_b.actor, trip["id"], plan(unit_id=folk.root))
    assert at_the_county["unit"]["id"] == folk.root
    accounts.update(folk.administrator.actor, folk.cadre.id, {"unit_id": folk.township_b})
    assert trips.edit(folk.cadre.actor, trip["id"], plan())["unit"]["id"] == folk.root


def test_of_approval_and_cancelling_at_one_instant_either_happens_whole(app: Flask) -> None:
    folk = people.county(app)
    for _ in range(5):
        trip = planned(folk.cadre)
        trips.submit(folk.cadre.actor, trip["id"])
        together(
            app,
            partial(trips.approve, folk.supervisor_a.actor, trip["id"], trip["revision"] + 1),
            partial(trips.cancel, folk.cadre.actor, trip["id"], "改期"),
            partial(trips.edit, folk.cadre.actor, trip["id"], plan()),
        )
        db.session.rollback()
        found = reads.get(folk.supervisor_a.actor, trip["id"])
        assert found.state in {"draft", "cancelled"}
        steps = [kind for kind in kinds() if kind in {"trip.approved", "trip.cancelled", "trip.edited"}]
        assert (found.state == "cancelled") is (steps[-1] == "trip.cancelled")


def test_start_and_completion_said_twice_are_done_once(app: Flask) -> None:
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a)
    assert trips.start(folk.cadre.actor, trip["id"])["started_at"] == trip["started_at"]
    trips.complete(folk.cadre.actor, trip["id"])
    trips.complete(folk.cadre.actor, trip["id"])
    assert kinds().count("trip.started") == 1
    assert kinds().count("trip.completed") == 1


def test_a_start_told_late_keeps_its_own_time_but_is_known_only_now(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(clock.now() - timedelta(hours=3)):
        trip = approved(folk.cadre, folk.supervisor_a)
    an_hour_ago = clock.now() - timedelta(hours=1)
    started = trips.start(folk.cadre.actor, trip["id"], at=an_hour_ago, sent_at=clock.now())
    assert abs((started["started_at"] - an_hour_ago).total_seconds()) < 5
    known_at = started["start_known_at"]
    assert known_at - started["started_at"] > timedelta(minutes=59)


def test_a_start_is_never_in_the_future_nor_before_the_approval(app: Flask) -> None:
    folk = people.county(app)
    trip = approved(folk.cadre, folk.supervisor_a)
    long_ago = clock.now() - timedelta(days=9)
    started = trips.start(folk.cadre.actor, trip["id"], at=long_ago, sent_at=clock.now())
    assert started["started_at"] == trip["approved_at"]


def test_a_cancelled_trip_keeps_its_reason_and_goes_nowhere(app: Flask) -> None:
    folk = people.county(app)
    trip = approved(folk.cadre, folk.supervisor_a)
    off = trips.cancel(folk.supervisor_a.actor, trip["id"], "汛情")
    assert (off["state"], off["cancelled_because"], off["may"]) == ("cancelled", "汛情", [])
    with pytest.raises(StepNotAllowed, match="cancelled"):
        trips.start(folk.cadre.actor, trip["id"])


def test_a_stop_is_an_area_or_a_point_with_a_radius_never_half_of_either(app: Flask) -> None:
    folk = people.county(app)
    for wrong in (
        StopPlan(name="无处"),
        StopPlan(name="半个点", lng=118.5, lat=29.5),
        StopPlan(name="只有半径", radius_m=100),
        StopPlan(name="两者", area_id=1, lng=118.5, lat=29.5, radius_m=100),
    ):
        with pytest.raises(TripRefused):
            planned(folk.cadre, stops=[wrong])
    assert reads.listed(folk.cadre.actor)["items"] == []


def test_a_stop_in_another_datum_is_kept_in_wgs84(app: Flask) -> None:
    folk = people.county(app)
    given = StopPlan(name="厂", lng=118.5, lat=29.6, datum="GCJ-02", radius_m=100)
    stop = planned(folk.cadre, stops=[given])["stops"][0]
    assert stop["lng"] == pytest.approx(118.495, abs=0.002)
    assert stop["lng"] != 118.5


def test_an_area_that_is_not_there_is_refused_by_its_number(app: Flask) -> None:
    folk = people.county(app)
    with pytest.raises(TripRefused, match="4711"):
        planned(folk.cadre, destination_area_id=4711)


def test_a_person_who_is_not_there_cannot_come_along(app: Flask) -> None:
    folk = people.county(app)
    with pytest.raises(TripRefused, match="4711"):
        planned(folk.cadre, member_ids=[4711])


def test_a_trip_is_of_a_unit_above_or_below_ones_own(app: Flask) -> None:
    folk = people.county(app)
    assert planned(folk.cadre, unit_id=folk.root)["unit"]["id"] == folk.root
    with pytest.raises(TripRefused):
        planned(folk.cadre, unit_id=folk.township_b)


def test_old_stops_stay_for_what_was_judged_against_them(app: Flask) -> None:
    folk = people.county(app)
    trip = planned(folk.cadre)
    changed = trips.edit(folk.cadre.actor, trip["id"], plan(stops=[]))
    assert changed["stops"] == []
    kept = db.session.execute(sa.text("SELECT count(*) FROM trip_stops WHERE dropped_at IS NOT NULL"))
    assert kept.scalar_one() == 1


def test_the_list_is_paged_without_loss_or_double(app: Flask) -> None:
    folk = people.county(app)
    today = date(2026, 5, 1)
    made = {
        planned(folk.cadre, starts_on=today + timedelta(days=n // 3), ends_on=today + timedelta(days=9))["id"]
        for n in range(11)
    }
    seen: list[int] = []
    cursor = None
    while True:
        page = reads.listed(folk.cadre.actor, cursor=cursor, limit=4)
        seen += [trip["id"] for trip in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == len(made)
    assert set(seen) == made


def test_the_list_is_filtered_by_state_unit_and_words(app: Flask) -> None:
    folk = people.county(app)
    draft, going = planned(folk.cadre, title="甲%乙"), under_way(folk.cadre, folk.supervisor_a)
    other = planned(folk.official)

    def ids(**wanted: object) -> list[int]:
        found = reads.listed(folk.supervisor.actor, **wanted)  # type: ignore[arg-type]  # one filter at a time
        return sorted(trip["id"] for trip in found["items"])

    assert ids() == sorted([draft["id"], going["id"], other["id"]])
    assert ids(states=["under_way"]) == [going["id"]]
    assert ids(unit_id=folk.department) == [other["id"]]
    assert ids(q="甲%") == [draft["id"]]
    assert ids(q="%") == [draft["id"]]
    assert ids(unit_id=4711) == []
