"""Patrols through the services: made ahead, taken, walked, judged, missed, called out; and who is told."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import Forbidden, NotFound, PatrolChanged, PatrolRefused
from server.models.patrols import Patrol, PatrolledArea
from server.models.people import Person
from server.queries import grids, logs, reports
from server.queries import patrols as reads
from server.queries import trips as duties
from server.queries.patrols import Asked
from server.rules.logs import Period
from server.services import areas, consents, patrol_plans, patrols, sweeps, tracks, trips
from server.services import people as staff
from server.services.matters import Report
from server.services.patrols import Call
from server.services.sweeps import Did
from tests import people
from tests.patrols import a_category, at_point, begun, one_more_grid, plan, planned
from tests.patrols import grids as on_the_map
from tests.people import County, Someone, unit
from tests.positions import fix, fixes, phone, rows
from tests.support.together import together

MORNING = datetime.fromisoformat("2026-09-01T07:00:00+08:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def morning(folk: County) -> Iterator[County]:
    """Seven o'clock on a Tuesday."""
    with clock.at(MORNING):
        yield folk


def sweep() -> Did | None:
    step = next(step for step in sweeps.STEPS if step.name == "patrols")
    [swept] = sweeps.run([step])
    return swept.did


def of_plan(told: dict[str, Any], reader: Someone) -> list[dict[str, Any]]:
    """The patrols of a plan, the earliest first."""
    found = reads.listed(reader.actor, Asked(plan_id=told["id"]))["items"]
    return [reads.document(reader.actor, reads.get(reader.actor, each["id"])) for each in reversed(found)]


def again(patrol: dict[str, Any], reader: Someone) -> dict[str, Any]:
    """The patrol as it stands now."""
    return reads.document(reader.actor, reads.get(reader.actor, patrol["id"]))


def told(kind: str) -> list[int]:
    """Whom an event of a kind is for."""
    found = rows("events", "number", "kind", "person_id")
    return [person_id for _, each, person_id in sorted(found) if each == kind and person_id is not None]


def done_by(kind: str) -> list[int | None]:
    """Who did what an event of a kind is of."""
    found = rows("events", "number", "kind", "actor_id")
    return [actor_id for _, each, actor_id in sorted(found) if each == kind]


def of_plan_due(morning: County) -> list[dict[str, Any]]:
    """The patrols that are due in the first township."""
    return list(reads.listed(morning.supervisor_a.actor, Asked(states=("due",)))["items"])


# ── made ────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_plan_makes_its_next_days_at_once_and_the_sweep_goes_on(morning: County) -> None:
    made = planned(morning)
    first = of_plan(made, morning.supervisor_a)
    assert [f"{each['day']:%m-%d}" for each in first] == [f"09-0{day}" for day in range(1, 9)]
    assert {each["state"] for each in first} == {"due"}
    assert [each["walkers"][0]["id"] for each in first] == [morning.grid_member.id] * 8
    sweep()
    assert len(of_plan(made, morning.supervisor_a)) == 8  # once, however often it is swept
    with clock.at(MORNING + timedelta(days=1)):
        sweep()
        assert len(of_plan(made, morning.supervisor_a)) == 9


def test_a_rota_takes_turns_and_goes_on_where_it_was(morning: County) -> None:
    walkers = [morning.cadre.id, morning.colleague.id]
    made = planned(morning, who="rota", walker_ids=walkers, unit_id=morning.township_a)
    names = [each["walkers"][0]["id"] for each in of_plan(made, morning.supervisor_a)]
    assert names == walkers * 4
    with clock.at(MORNING + timedelta(days=1)):
        sweep()
    assert of_plan(made, morning.supervisor_a)[-1]["walkers"][0]["id"] == walkers[0]


def test_a_plan_that_is_changed_twice_a_day_leaves_nobodys_turn_out(morning: County) -> None:
    walkers = [morning.cadre.id, morning.colleague.id, morning.grid_member.id]
    rota = {"who": "rota", "walker_ids": walkers, "unit_id": morning.township_a}
    made = planned(morning, **rota)
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.cadre, of_plan(made, morning.supervisor_a)[0])
        for _ in range(2):
            patrol_plans.edit(morning.supervisor_a.actor, made["id"], plan(morning, **rota))
    due = [each for each in of_plan(made, morning.supervisor_a) if each["state"] == "due"]
    names = [each["walkers"][0]["id"] for each in due]
    assert names == (walkers * 3)[1:8]


def test_a_change_makes_what_nobody_has_begun_anew_and_leaves_the_rest(morning: County) -> None:
    made = planned(morning)
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, of_plan(made, morning.supervisor_a)[0])
        told = plan(morning, title="晚间巡查", revision=made["revision"])
        patrol_plans.edit(morning.supervisor_a.actor, made["id"], told)
        with pytest.raises(PatrolChanged):
            patrol_plans.edit(morning.supervisor_a.actor, made["id"], told)
        kept = reads.listed(morning.supervisor_a.actor, Asked(plan_id=made["id"]), limit=50)["items"]
    assert [each["title"] for each in kept if each["state"] == "under_way"] == ["柳树村一网格日常巡查"]
    assert {each["title"] for each in kept if each["state"] == "due"} == {"晚间巡查"}
    assert sum(each["state"] == "called_off" for each in kept) == 7
    assert sum(state == "cancelled" for (state,) in rows("trips", "state")) == 7


def test_an_ended_plan_makes_nothing_more(morning: County) -> None:
    made = planned(morning)
    patrol_plans.end(morning.supervisor_a.actor, made["id"])
    patrol_plans.end(morning.supervisor_a.actor, made["id"])
    assert sweep() == Did("生成 0 次，提醒 0 次，未巡查 0 次", "made 0, reminded of 0, missed 0")
    assert {each["state"] for each in of_plan(made, morning.supervisor_a)} == {"called_off"}
    with pytest.raises(PatrolRefused):
        patrol_plans.edit(morning.supervisor_a.actor, made["id"], plan(morning))


def test_another_townships_plan_is_not_there_and_its_people_cannot_be_sent(morning: County) -> None:
    made = planned(morning)
    with pytest.raises(NotFound):
        patrol_plans.end(morning.supervisor_b.actor, made["id"])
    with pytest.raises(Forbidden):
        patrol_plans.plan(morning.supervisor_b.actor, plan(morning))
    with pytest.raises(PatrolRefused, match="number 2 is not"):
        planned(morning, who="rota", walker_ids=[morning.grid_member.id, morning.cadre_b.id])
    with pytest.raises(Forbidden):
        patrol_plans.plan(morning.grid_member.actor, plan(morning))


# ── walked ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_patrol_is_walked_as_any_duty_and_judged_by_its_check_ins(morning: County) -> None:
    patrol = of_plan(planned(morning), morning.supervisor_a)[0]
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, patrol)
        assert again(patrol, morning.supervisor_a)["state"] == "under_way"
        at_point(morning.grid_member, patrol, 0)
        half = again(patrol, morning.supervisor_a)
        assert [point["state"] for point in half["points"]] == ["reached", "open"]
        trips.complete(morning.grid_member.actor, patrol["trip_id"])
        partly = again(patrol, morning.supervisor_a)
        assert (partly["state"], partly["reached"], partly["checkpoints"]) == ("partly_done", 1, 2)
    with clock.at(MORNING + 2.5 * HOUR):
        at_point(morning.grid_member, patrol, 1)  # the phone had no network; now it has
    with clock.at(MORNING + 3 * HOUR):
        sweep()
    done = again(patrol, morning.supervisor_a)
    assert (done["state"], done["reached"], done["share"]) == ("done", 2, None)
    kinds = [kind for _, kind in sorted(rows("events", "number", "kind")) if kind.startswith("patrol.")]
    assert [kind for kind in kinds if kind not in {"patrol.made", "patrol.planned", "patrol.reminded"}] == [
        "patrol.started",
        "patrol.walked",
    ]


def test_a_check_in_without_a_position_speaks_for_its_checkpoint_and_one_elsewhere_does_not(
    morning: County,
) -> None:
    patrol = of_plan(planned(morning, tracking="none"), morning.supervisor_a)[0]
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, patrol, consent=False)
        at_point(morning.grid_member, patrol, 0, lng=None, lat=None, fixed_at=None, accuracy_m=None)
        found = again(patrol, morning.supervisor_a)["points"]
    assert [point["state"] for point in found] == ["told", "open"]
    other = of_plan(planned(morning), morning.supervisor_a)[0]
    with clock.at(MORNING + 3 * HOUR):
        begun(morning.grid_member, other)
        at_point(morning.grid_member, other, 0, lng=118.6)
        assert again(other, morning.supervisor_a)["points"][0]["state"] == "outside"


def test_with_consent_a_track_says_which_checkpoints_it_came_by_and_how_much_of_the_route(
    morning: County,
) -> None:
    route = [(118.502, 29.601), (118.506, 29.603)]
    made = planned(morning, tracking="track", route=route, purpose="safety", basis="防汛Ⅲ级响应")
    patrol = of_plan(made, morning.supervisor_a)[0]
    with clock.at(MORNING + 2 * HOUR):
        consents.give(morning.grid_member.actor, patrol["trip_id"], "track")
        trips.start(morning.grid_member.actor, patrol["trip_id"])
    steps = [(118.502 + 0.0002 * n, 29.601 + 0.0001 * n) for n in range(21)]
    walked = [
        fix(MORNING + 2 * HOUR + timedelta(seconds=30 * (n + 1)), lng=lng, lat=lat, accuracy_m=5.0)
        for n, (lng, lat) in enumerate(steps)
    ]
    with clock.at(MORNING + 3 * HOUR):
        phone(morning.grid_member).deliver(fixes(walked))
        found = again(patrol, morning.grid_member)
        assert [(point["state"], point["by"]) for point in found["points"]] == [("reached", "track")] * 2
        assert found["share"] == pytest.approx(1.0)
        meanwhile = again(patrol, morning.supervisor_a)
        assert [(point["state"], point["at"]) for point in meanwhile["points"]] == [("open", None)] * 2
        assert meanwhile["share"] is None
        trips.complete(morning.grid_member.actor, patrol["trip_id"])
    over = again(patrol, morning.supervisor_a)
    assert over["state"] == "done"
    assert [(point["state"], point["at"]) for point in over["points"]] == [("reached", None)] * 2
    assert over["share"] == pytest.approx(1.0)
    tracks.erase(morning.grid_member.actor, patrol["trip_id"])
    left = again(patrol, morning.supervisor_a)
    assert (left["state"], left["walked_at"]) == ("done", None)
    assert not db.session.scalars(sa.select(PatrolledArea.area_id)).all()


def test_of_a_checkpoint_others_read_when_somebody_checked_in_there_though_a_track_was_first(
    morning: County,
) -> None:
    patrol = of_plan(planned(morning, tracking="track"), morning.supervisor_a)[0]
    with clock.at(MORNING + 2 * HOUR):
        consents.give(morning.grid_member.actor, patrol["trip_id"], "track")
        trips.start(morning.grid_member.actor, patrol["trip_id"])
    with clock.at(MORNING + 3 * HOUR):
        came = fix(MORNING + 2.5 * HOUR, lng=118.502, lat=29.601, accuracy_m=5.0)
        phone(morning.grid_member).deliver(fixes([came]))
        at_point(morning.grid_member, patrol, 0)
        own, others = (again(patrol, who)["points"][0] for who in (morning.grid_member, morning.supervisor_a))
    assert (own["by"], own["at"]) == ("track", MORNING + 2.5 * HOUR)
    assert (others["by"], others["at"]) == ("checkin", MORNING + 3 * HOUR)


def test_in_order_a_checkpoint_passed_too_early_does_not_count(morning: County) -> None:
    patrol = of_plan(planned(morning, in_order=True), morning.supervisor_a)[0]
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, patrol)
        at_point(morning.grid_member, patrol, 1)
        early = again(patrol, morning.supervisor_a)["points"]
    assert [point["state"] for point in early] == ["open", "out_of_order"]
    with clock.at(MORNING + 3 * HOUR):
        at_point(morning.grid_member, patrol, 0)
        found = again(patrol, morning.supervisor_a)["points"]
    assert [point["state"] for point in found] == ["reached", "out_of_order"]


def test_a_patrol_is_not_begun_before_its_day(morning: County) -> None:
    tomorrow = of_plan(planned(morning), morning.supervisor_a)[1]
    with pytest.raises(PatrolRefused):
        begun(morning.grid_member, tomorrow)


def test_its_duty_is_changed_by_nobody_but_through_its_plan(morning: County) -> None:
    patrol = of_plan(planned(morning), morning.supervisor_a)[0]
    with pytest.raises(PatrolRefused):
        trips.cancel(morning.grid_member.actor, patrol["trip_id"], "不想去")
    duty = duties.get(morning.grid_member.actor, patrol["trip_id"])
    assert duties.document(morning.grid_member.actor, duty)["may"] == ["trip.start"]


def test_no_patrol_is_among_journeys_but_among_ones_own_duties(morning: County) -> None:
    patrol = of_plan(planned(morning), morning.supervisor_a)[0]
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, patrol)
        day = Period("month", "2026-09", patrol["day"], patrol["day"])
        assert reports.read(morning.supervisor_a.actor, day)["trips"] == []
        assert logs.read(morning.grid_member.actor, day)["days_away"] == 0
        assert duties.listed(morning.supervisor_a.actor)["items"] == []
        assert duties.listed(morning.supervisor_a.actor, mine=True)["items"] == []
        mine = duties.listed(morning.grid_member.actor, mine=True)["items"]
    assert {each["patrol_id"] for each in mine} >= {patrol["id"]}


# ── told, missed, taken ─────────────────────────────────────────────────────────────────────────────────


def test_those_concerned_and_nobody_else_are_reminded_once_and_told_when_it_is_missed(
    morning: County,
) -> None:
    made = planned(morning)
    patrol = of_plan(made, morning.supervisor_a)[0]
    sweep()
    sweep()
    assert told("patrol.reminded") == [morning.grid_member.id]
    with clock.at(MORNING + 11 * HOUR + timedelta(minutes=1)):
        sweep()
        sweep()
        assert again(patrol, morning.supervisor_a)["state"] == "missed"
        assert told("patrol.missed") == [morning.grid_member.id, morning.supervisor_a.id]


def test_a_phone_that_tells_late_that_it_was_walked_in_time_is_believed(morning: County) -> None:
    patrol = of_plan(planned(morning), morning.supervisor_a)[0]
    began = MORNING + 2 * HOUR
    with clock.at(MORNING + 20 * HOUR):
        sweep()
        assert again(patrol, morning.supervisor_a)["state"] == "missed"
        trips.start(morning.grid_member.actor, patrol["trip_id"], at=began, sent_at=clock.now())
        assert again(patrol, morning.supervisor_a)["state"] == "under_way"
    other = of_plan(planned(morning), morning.supervisor_a)[0]
    with clock.at(MORNING + timedelta(days=4)):
        sweep()
        with pytest.raises(Exception, match="cancelled"):
            trips.start(morning.grid_member.actor, other["trip_id"])


def test_a_patrol_of_a_unit_is_taken_by_one_of_it_and_another_goes_along(morning: County) -> None:
    made = planned(morning, who="unit", walker_ids=[], unit_id=morning.township_a)
    patrol = of_plan(made, morning.supervisor_a)[0]
    assert (patrol["trip_id"], patrol["walkers"]) == (None, [])
    sweep()
    assert morning.cadre.id in told("patrol.reminded")
    assert morning.cadre_b.id not in told("patrol.reminded")
    assert patrols.take(morning.cadre.actor, patrol["id"])["walkers"] == [
        {"id": morning.cadre.id, "name": morning.cadre.name or "陈晓"}
    ]
    patrols.take(morning.cadre.actor, patrol["id"])
    assert len(patrols.take(morning.colleague.actor, patrol["id"])["walkers"]) == 2
    with pytest.raises(NotFound):
        patrols.take(morning.cadre_b.actor, patrol["id"])


def test_a_patrol_whose_walker_leaves_is_the_units_again(morning: County) -> None:
    made = planned(morning, unit_id=morning.township_a, walker_ids=[morning.cadre.id])
    patrol = of_plan(made, morning.supervisor_a)[0]
    staff.update(morning.administrator.actor, morning.cadre.id, {"left": True})
    assert again(patrol, morning.supervisor_a)["walkers"] == []
    assert again(patrol, morning.supervisor_a)["state"] == "due"
    assert patrols.take(morning.colleague.actor, patrol["id"])["state"] == "due"


def test_one_patrol_is_called_off_with_a_reason_until_somebody_begins(morning: County) -> None:
    made = of_plan(planned(morning), morning.supervisor_a)
    assert patrols.cancel(morning.supervisor_a.actor, made[1]["id"], "道路封闭")["state"] == "called_off"
    assert told("patrol.cancelled") == [morning.grid_member.id]
    assert done_by("patrol.cancelled") == [morning.supervisor_a.id]
    sweep()
    assert {each["day"] for each in of_plan_due(morning)} == {each["day"] for each in made} - {made[1]["day"]}
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, made[0])
    with pytest.raises(PatrolRefused):
        patrols.cancel(morning.supervisor_a.actor, made[0]["id"], "道路封闭")
    with pytest.raises(Forbidden):
        patrols.cancel(morning.grid_member.actor, made[2]["id"], "不想去")


# ── found ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_a_patrol_finds_is_a_matter_and_told_twice_is_one(morning: County) -> None:
    patrol = of_plan(planned(morning), morning.supervisor_a)[0]
    report = Report("patrol", "河堤有裂缝", category_id=a_category(), told_as=uuid4())
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, patrol)
        found = patrols.find(morning.grid_member.actor, patrol["id"], report)
        assert patrols.find(morning.grid_member.actor, patrol["id"], report)["id"] == found["id"]
    assert [each["id"] for each in again(patrol, morning.supervisor_a)["findings"]] == [found["id"]]
    with pytest.raises(Forbidden):
        patrols.find(morning.supervisor_a.actor, patrol["id"], report)


def test_what_a_patrol_found_is_read_by_who_may_read_the_matter(morning: County) -> None:
    patrol = of_plan(
        planned(morning, who="unit", walker_ids=[], unit_id=morning.township_a), morning.supervisor_a
    )[0]
    report = Report("patrol", "河堤有裂缝", category_id=a_category(), told_as=uuid4())
    patrols.take(morning.cadre.actor, patrol["id"])
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.cadre, again(patrol, morning.cadre))
        patrols.find(morning.cadre.actor, patrol["id"], report)
    for reader, many in ((morning.cadre, 1), (morning.supervisor_a, 1), (morning.colleague, 0)):
        assert len(again(patrol, reader)["findings"]) == many


# ── called out ──────────────────────────────────────────────────────────────────────────────────────────


def call(**changed: Any) -> Call:
    facts: dict[str, Any] = {
        "id": uuid4(),
        "title": "防汛巡查",
        "purpose": "emergency",
        "basis": "县防指〔2026〕8 号：启动防汛Ⅲ级应急响应",
        "hours": 6,
    }
    return Call(**facts | changed)


def test_every_grid_of_the_caller_is_called_out_at_once_and_only_their_people_are_told(
    morning: County,
) -> None:
    ids = on_the_map(morning)
    asked = call()
    made = patrols.call_out(morning.supervisor.actor, asked)
    assert (len(made["patrols"]), made["unmanned"]) == (2, [])
    assert patrols.call_out(morning.supervisor.actor, asked) == made  # pressed twice
    found = {each["area"]["id"]: each for each in reads.listed(morning.supervisor.actor, Asked())["items"]}
    assert found.keys() == set(ids.values())
    assert found[ids["a"]]["walkers"][0]["id"] == morning.grid_member.id  # the only one of the grid
    assert found[ids["b"]]["walkers"] == []
    points = again(found[ids["b"]], morning.supervisor)["points"]
    assert [(each["area_id"], each["state"]) for each in points] == [(ids["b"], "open")]
    above = [morning.cadre_b.id, morning.supervisor_b.id]  # neither the grid nor its village has anybody
    assert told("patrol.called") == [morning.grid_member.id, *above]
    assert set(done_by("patrol.called")) == {morning.supervisor.id}
    assert {each["basis"] for each in found.values()} == {asked.basis}


def test_where_a_grid_has_nobody_those_of_the_nearest_unit_above_walk_it_and_hear_of_a_call_once(
    morning: County,
) -> None:
    ids = on_the_map(morning)
    later = unit("石桥村二网格", "grid", morning.village_b)
    patrols.call_out(morning.supervisor.actor, call(area_ids=[ids["b"]]))
    told_of = plan(morning, unit_id=later, area_id=ids["b"], who="unit", walker_ids=[])
    made = patrol_plans.plan(morning.supervisor_b.actor, told_of)
    mine = reads.listed(morning.cadre_b.actor, Asked(mine=True))["items"]
    assert {each["unit"]["id"] for each in mine} == {morning.grid_b, later}
    assert reads.listed(morning.cadre.actor, Asked(mine=True))["items"] == []
    first = of_plan(made, morning.cadre_b)[0]
    assert "patrol.take" in again(first, morning.cadre_b)["may"]
    taken = patrols.take(morning.cadre_b.actor, first["id"])
    assert [each["id"] for each in taken["walkers"]] == [morning.cadre_b.id]
    with pytest.raises(NotFound):
        patrols.take(morning.colleague.actor, first["id"])


def test_of_a_call_that_nobody_walked_each_hears_once(morning: County) -> None:
    on_the_map(morning)
    for name in ("石桥村二网格", "石桥村三网格"):
        made = unit(name, "grid", morning.village_b)
        one_more_grid(morning, made)
    called = patrols.call_out(morning.supervisor.actor, call())
    assert len(called["patrols"]) == 4
    with clock.at(MORNING + 7 * HOUR):
        assert sweep() == Did("生成 0 次，提醒 0 次，未巡查 4 次", "made 0, reminded of 0, missed 4")
    heard = [morning.grid_member.id, morning.cadre_b.id, morning.supervisor_b.id, morning.supervisor.id]
    assert sorted(told("patrol.missed")) == sorted(heard)


def test_a_call_names_the_grids_for_which_nobody_below_the_county_could_be_told(morning: County) -> None:
    ids = on_the_map(morning)
    for who in (morning.cadre_b, morning.supervisor_b):
        db.session.get_one(Person, who.id).left_at = clock.now()
    db.session.commit()
    made = patrols.call_out(morning.supervisor.actor, call())
    assert [each["id"] for each in made["unmanned"]] == [ids["b"]]
    assert told("patrol.called") == [morning.grid_member.id]


def test_a_call_that_is_sent_twice_at_once_is_one(app: Flask, morning: County) -> None:
    on_the_map(morning)
    actor, asked = morning.supervisor.actor, call()

    def call_out() -> object:
        with clock.at(MORNING):
            return patrols.call_out(actor, asked)

    first, *others = together(app, *[call_out] * 4)
    assert isinstance(first, dict)
    assert others == [first] * 3


def test_a_call_outside_ones_scope_without_a_basis_or_under_anothers_number_is_refused(
    morning: County,
) -> None:
    ids = on_the_map(morning)
    with pytest.raises(Forbidden):
        patrols.call_out(morning.supervisor_a.actor, call(area_ids=[ids["b"]]))
    with pytest.raises(Forbidden):
        patrols.call_out(morning.grid_member.actor, call())
    for wrong in ({"basis": " "}, {"purpose": "routine"}):
        with pytest.raises(PatrolRefused):
            patrols.call_out(morning.supervisor_a.actor, call(**wrong))
    asked = call()
    assert len(patrols.call_out(morning.supervisor_a.actor, asked)["patrols"]) == 1
    with pytest.raises(PatrolRefused):
        patrols.call_out(morning.supervisor.actor, asked)


# ── when each grid was last walked ──────────────────────────────────────────────────────────────────────


def test_a_grid_is_walked_by_a_patrol_in_it_and_each_week_begins_anew(morning: County) -> None:
    ids = on_the_map(morning)
    patrol = of_plan(planned(morning, area_id=ids["a"]), morning.supervisor_a)[0]
    before = grids.last_walked(morning.supervisor.actor)
    assert (before["not_walked"], len(before["grids"])) == (2, 2)
    with clock.at(MORNING + 2 * HOUR):
        begun(morning.grid_member, patrol)
        at_point(morning.grid_member, patrol, 0)
        trips.complete(morning.grid_member.actor, patrol["trip_id"])
        after = grids.last_walked(morning.supervisor.actor)
        walked = {each["area"]["id"]: each["walked"] for each in after["grids"]}
        assert walked == {ids["a"]: True, ids["b"]: False}
        assert after["grids"][0]["last_walked_at"] == MORNING + 2 * HOUR
        assert [each["area"]["id"] for each in grids.last_walked(morning.supervisor_b.actor)["grids"]] == [
            ids["b"]
        ]
    with clock.at(MORNING + timedelta(days=7)):
        assert grids.last_walked(morning.supervisor.actor)["not_walked"] == 2


def test_a_retired_grid_is_walked_no_more(morning: County) -> None:
    ids = on_the_map(morning)
    made = planned(morning, area_id=ids["a"])
    areas.retire(morning.administrator.actor, ids["a"])
    with clock.at(MORNING + timedelta(days=5)):
        assert patrols.make_of(made["id"]) == 0
        assert [each["area"]["id"] for each in grids.last_walked(morning.supervisor.actor)["grids"]] == [
            ids["b"]
        ]


def test_a_patrol_is_made_once_whoever_sweeps_at_the_same_moment(morning: County) -> None:
    made = planned(morning)
    before = db.session.query(Patrol).count()
    assert [patrols.make_of(made["id"]) for _ in range(3)] == [0, 0, 0]
    assert db.session.query(Patrol).count() == before
