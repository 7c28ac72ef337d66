"""Every step from every state: taken where the table says so, refused with a sentence anywhere else; two at once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.errors import MatterChanged, MatterStepNotAllowed
from server.models.events import Event
from server.models.matters import Matter, MatterStep
from server.rules import matters as rules
from server.services import deadlines, matters, sweeps
from server.services.steps import Told
from tests import people
from tests.api.test_matter_steps import FOUND, Desk
from tests.matters import complex_one, ordinary
from tests.people import County
from tests.support.together import together

WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def desk(client: FlaskClient, folk: County) -> Desk:
    return Desk(client, folk, ordinary())


def held_until() -> str:
    """A day after today."""
    return (clock.day_of(clock.now()) + timedelta(days=5)).isoformat()


def paths(desk: Desk, folk: County) -> dict[str, list[tuple[str, str, str, dict[str, Any]]]]:
    """How a matter comes into each state: who presses what, at which door, with which words."""
    accept: list[tuple[str, str, str, dict[str, Any]]] = [("supervisor_a", "route", "accept", {})]
    assign = [*accept, ("supervisor_a", "route", "assign", {"unit_id": folk.village_a})]
    handle = [*assign, ("cadre", "handle", "handle", {"note": "已换"})]
    verify = [*handle, ("supervisor_a", "verify", "verify", {})]
    hold = ("supervisor_a", "route", "hold", {"note": "等供电所", "until": held_until()})
    other = desk.report("grid_member", FOUND | {"category_id": desk.matter["category"]["id"]})
    return {
        "reported": [],
        "refused": [("supervisor_a", "route", "refuse", {"note": "不属本单位"})],
        "accepted": accept,
        "accepted, on hold": [*accept, hold],
        "assigned": assign,
        "assigned, on hold": [*assign, hold],
        "handled": handle,
        "verified": verify,
        "closed": [*verify, ("supervisor_a", "verify", "close", {"note": "谢谢"})],
        "merged": [("supervisor_a", "route", "merge", {"into_id": other["id"]})],
    }


def test_from_every_state_only_the_tables_steps_lead_on_and_any_other_is_refused_with_a_sentence(
    desk: Desk, folk: County
) -> None:
    told = {"note": "说明", "unit_id": folk.village_a, "until": held_until(), "into_id": 1}
    for name, way in paths(desk, folk).items():
        desk.matter = desk.report("grid_member", FOUND | {"category_id": desk.matter["category"]["id"]})
        for who, door, step, words in way:
            desk.does(who, door, step, **words)
        state, held = name.partition(",")[0], "hold" in name
        assert desk.matter["state"] == state, name
        allowed = rules.allowed(state, held=held)
        may = desk.seen("supervisor_a").get_json()["may"]
        assert [each["step"] for each in may] == allowed, name
        for step, rule in rules.STEPS.items():
            if step in allowed:
                continue
            who = "cadre" if rule.permission == "matter.handle" and state == "assigned" else "supervisor_a"
            answer = desk.press(who, rule.permission.removeprefix("matter."), step, **told)
            said = answer.get_json()
            assert answer.status_code in {403, 409}, (name, step)
            if answer.status_code == 409:
                assert rules.STATE_WORDS[state][0] in said["title"], (name, step)
                assert rule.zh in said["title"], (name, step)
                assert ("暂缓中" in said["title"]) == held, (name, step)
            else:
                assert rule.permission == "matter.handle", (
                    name,
                    step,
                )  # nobody handles what nobody was given
                assert "不能进行此操作（办理事项）" in said["title"]
        assert desk.seen("supervisor_a").get_json()["state"] == state, name


def test_handing_on_goes_village_township_county_and_no_further_each_with_its_clock_anew(
    desk: Desk, folk: County
) -> None:
    with clock.at(WEDNESDAY):
        desk.sign_in()
        desk.matter = desk.report("grid_member", FOUND | {"category_id": desk.matter["category"]["id"]})
    for days, holder in ((1, folk.township_a), (2, folk.root)):
        with clock.at(WEDNESDAY + timedelta(days=days)):
            desk.sign_in()
            desk.does("supervisor", "route", "escalate", note="村里办不了")
            assert desk.matter["holder"]["id"] == desk.matter["steps"][-1]["unit"]["id"] == holder
    assert "escalate" not in [each["step"] for each in desk.matter["may"]]
    assert desk.matter["due_at"] == "2026-11-30T10:00:00Z"  # Friday the 27th and three days
    with clock.at(WEDNESDAY + timedelta(days=3)):
        desk.sign_in()
        above = desk.press("supervisor", "route", "escalate", note="再往上")
        assert (above.status_code, "最高一级" in above.get_json()["title"]) == (422, True)
        desk.does("supervisor", "route", "transfer", unit_id=folk.village_b, note="实为石桥村")
        assert (desk.matter["holder"]["id"], desk.matter["state"]) == (folk.village_b, "reported")
        desk.does("supervisor_b", "route", "accept")
        desk.does("supervisor_b", "route", "assign", unit_id=folk.village_b)
        desk.does("supervisor_b", "handle", "return", note="不是我们的")
        assert (desk.matter["state"], desk.matter["assigned"]["unit"]) == ("accepted", None)


@pytest.mark.parametrize("revision", [True, False])
def test_of_two_who_press_at_one_instant_one_wins_and_the_other_is_told(
    app: Flask, desk: Desk, folk: County, revision: bool
) -> None:
    told = Told(note="不归我们", revision=desk.matter["revision"] if revision else None)
    acts: list[Callable[[], object]] = [
        partial(matters.take, folk.supervisor_a.actor, desk.matter["id"], "accept", told),
        partial(matters.take, folk.supervisor.actor, desk.matter["id"], "refuse", told),
    ]
    came = together(app, *acts)
    lost = [one for one in came if isinstance(one, MatterChanged | MatterStepNotAllowed)]
    assert len(lost) == 1, came
    db.session.rollback()
    steps = db.session.scalars(
        sa.select(MatterStep.step).where(MatterStep.matter_id == desk.matter["id"])
    ).all()
    assert len(steps) == 1


def test_a_complex_matter_owes_a_plan_then_a_report_each_month_and_who_answers_is_reminded_once(
    desk: Desk, folk: County
) -> None:
    planned = complex_one()
    with clock.at(WEDNESDAY):
        desk.sign_in()
        desk.matter = desk.report("grid_member", FOUND | {"category_id": planned})
        desk.does("supervisor_a", "route", "accept")
        desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a, person_id=folk.grid_member.id)
        assert desk.matter["report_due_at"] == "2026-11-30T10:00:00Z"  # a plan, within three days
    matter_id = desk.matter["id"]
    friday = datetime(2026, 11, 27, 0, 30, tzinfo=UTC)  # the office opens on the last working day before
    for at, given in ((friday - timedelta(minutes=1), 0), (friday, 1), (friday + timedelta(hours=1), 0)):
        with clock.at(at):
            assert deadlines.remind(matter_id) == given
    with clock.at(friday + timedelta(hours=2)):
        desk.sign_in()
        desk.does("grid_member", "handle", "plan", note="先勘察后施工", until="2026-12-24")
        assert desk.matter["plan"]["until"] == "2026-12-24"
        assert desk.matter["report_due_at"] == "2026-12-28T10:00:00Z"  # a month on is a Sunday
    with clock.at(datetime(2026, 12, 20, 2, tzinfo=UTC)):
        desk.sign_in()
        desk.does("grid_member", "handle", "progress", note="已完成勘察")
        assert desk.matter["report_due_at"] == "2027-01-20T10:00:00Z"
        desk.does("supervisor_a", "route", "hold", note="汛期停工", until="2026-12-31")
        assert desk.matter["report_due_at"] == "2027-02-01T10:00:00Z"  # twelve days stood still
        assert deadlines.remind(matter_id) == 0
    reminded = db.session.scalars(sa.select(Event).where(Event.kind == "matter.reminded")).all()
    assert [(each.person_id, each.unit_id, each.data) for each in reminded] == [
        (folk.grid_member.id, folk.village_a, {"of": "plan"})
    ]


def test_the_sweep_reminds_before_a_term_ends_and_not_of_what_is_closed(desk: Desk, folk: County) -> None:
    matter = db.session.get_one(Matter, desk.matter["id"])
    assert matter.due_at is not None
    due = matter.due_at
    [step] = [each for each in sweeps.STEPS if each.name == "reminders"]
    with clock.at(due - timedelta(hours=9)):
        for given in ("1", "0"):
            assert given in step.act().en
    desk.does("supervisor_a", "route", "refuse", note="不属本单位")
    with clock.at(due - timedelta(hours=1)):
        assert "0" in step.act().en
