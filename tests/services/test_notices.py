"""Notices: who is told of what, once each, and not at night unless it is an emergency."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pyotp
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.matters import MatterCategory
from server.models.notices import Notice, NoticeMark
from server.queries import flags as of_flags
from server.queries import households as of_households
from server.queries import notices as reads
from server.services import (
    bulletins,
    campaigns,
    checkins,
    commitments,
    factors,
    flags,
    households,
    identities,
    looks,
    matters,
    notices,
    patrols,
    reviews,
    sweeps,
    trips,
)
from server.services.commitments import CommitmentTold
from server.services.matters import Report
from server.services.provider import Told as Identified
from server.services.steps import Told
from tests import people
from tests import trips as journeys
from tests.patrols import grids as on_the_map
from tests.patrols import planned as walk_planned
from tests.people import County, Someone
from tests.projects import planned, registered

NOON = datetime.fromisoformat("2026-09-01T04:00:00+00:00")
"""A Tuesday, twelve in Shanghai."""

NIGHT = NOON + timedelta(hours=12)
MORNING = datetime.fromisoformat("2026-09-01T23:30:00+00:00")
"""Half past seven in Shanghai, when the quiet hours end."""

URL = "/api/v1/notices"


@pytest.fixture
def folk(app: Flask) -> Iterator[County]:
    with clock.at(NOON):
        yield people.county(app)


def kinds(who: Someone) -> list[str]:
    """What somebody is told, newest first."""
    db.session.rollback()
    return [item["kind"] for item in reads.listed(who.actor)["items"]]


def told(folk: County) -> dict[str, list[str]]:
    """What each is told that is told anything."""
    notices.tell()
    found = {name: kinds(who) for name, who in folk.everyone.items()}
    return {name: each for name, each in found.items() if each}


def category(answer: tuple[int, str] = (3, "days")) -> int:
    """A category of matters with this term to answer."""
    made = MatterCategory(
        name="一般事项",
        answer_amount=answer[0],
        answer_unit=answer[1],
        solve_amount=7,
        solve_unit="days",
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def reported(folk: County, category_id: int) -> int:
    """A matter that the colleague found; their township holds it."""
    found = Report("patrol", "村口路灯不亮", category_id=category_id, place="柳树村口")
    return int(matters.report(folk.colleague.actor, found)["id"])


def test_a_trip_is_told_to_who_approves_it_and_its_answer_to_who_is_on_it(folk: County) -> None:
    trip = journeys.planned(folk.cadre, member_ids=[folk.colleague.id])
    trips.submit(folk.cadre.actor, trip["id"])
    assert told(folk) == {"supervisor_a": ["trip.submitted"]}
    trips.send_back(folk.supervisor_a.actor, trip["id"], "日期冲突")
    trips.submit(folk.cadre.actor, trip["id"])
    trips.approve(folk.supervisor_a.actor, trip["id"])
    assert told(folk) == {
        "supervisor_a": ["trip.submitted", "trip.submitted"],
        "cadre": ["trip.approved", "trip.returned"],
        "colleague": ["trip.approved"],
    }


def test_nobody_is_asked_to_approve_a_trip_of_their_own(folk: County) -> None:
    trip = journeys.planned(folk.supervisor_a)
    trips.submit(folk.supervisor_a.actor, trip["id"])
    assert told(folk) == {"supervisor": ["trip.submitted"], "leader": ["trip.submitted"]}


def test_a_query_its_answer_and_a_look_are_told_and_an_acceptance_is_not(folk: County) -> None:
    said = journeys.told(journeys.under_way(folk.cadre, folk.supervisor_a))
    checkins.make(folk.cadre.actor, said)
    notices.tell()
    before = len(kinds(folk.cadre))
    sitting = folk.supervisor_a.tokens().actor
    looks.give_reason(sitting, "trip_review", said.trip_id)
    reviews.review(sitting, said.id, "query", "为何提前离开?")
    reviews.answer(folk.cadre.actor, said.id, "对方改期")
    reviews.review(sitting, said.id, "accept", "")
    found = told(folk)
    assert sorted(found["cadre"][: len(found["cadre"]) - before]) == ["checkin.reviewed", "look.opened"]
    assert "checkin.answered" in found["supervisor_a"]
    [query] = [one for one in reads.listed(folk.cadre.actor)["items"] if one["kind"] == "checkin.reviewed"]
    assert query["words"] == {
        "zh": "吴清询问您9月1日的一次签到，请答复",
        "en": "吴清 asks about a check-in of yours of 01 Sep; please answer",
    }
    assert query["about"] == {"noun": "checkin", "id": str(said.id), "trip_id": said.trip_id}


def test_a_matter_is_told_at_every_hand_over_to_whoever_has_to_move(folk: County) -> None:
    matter_id = reported(folk, category())
    assert told(folk) == {"supervisor_a": ["matter.reported"]}

    def step(who: Someone, name: str, **facts: Any) -> None:
        matters.take(who.actor, matter_id, name, Told(**facts))

    step(folk.supervisor_a, "accept")
    step(folk.supervisor_a, "assign", unit_id=folk.township_a, person_id=folk.cadre.id)
    step(folk.supervisor, "urge", note="尽快")
    assert told(folk) == {
        "supervisor_a": ["matter.reported"],
        "colleague": ["matter.accepted"],
        "cadre": ["matter.urged", "matter.assigned"],
    }
    step(folk.cadre, "return", note="非本单位")
    step(folk.supervisor_a, "assign", unit_id=folk.grid_a)
    assert told(folk)["supervisor_a"] == ["matter.returned", "matter.reported"]
    assert kinds(folk.grid_member) == ["matter.assigned"]


def test_a_term_that_passes_is_told_once_and_again_only_for_another_term(folk: County) -> None:
    matter_id = reported(folk, category())
    notices.tell()
    with clock.at(NOON + timedelta(days=6)):
        assert [told(folk)["supervisor_a"][0] for _ in range(3)] == ["matter.overdue"] * 3
        assert len(kinds(folk.supervisor_a)) == 2
        matters.take(folk.supervisor_a.actor, matter_id, "accept", Told())
    with clock.at(NOON + timedelta(days=20)):
        assert told(folk)["supervisor_a"] == ["matter.overdue", "matter.overdue", "matter.reported"]


def test_a_complaint_is_told_to_nobody_who_watches_and_its_words_to_nobody(folk: County) -> None:
    matters.report(folk.cadre.actor, Report("complaint", "定位太勤"))
    assert told(folk) == {"administrator": ["matter.reported"]}
    [notice] = reads.listed(folk.administrator.actor)["items"]
    assert "定位太勤" not in str(notice)
    assert notice["words"]["zh"] == "新上报的投诉，等待受理"


def test_a_second_factor_that_somebody_else_took_off_is_told_to_whose_it_was(folk: County) -> None:
    began = factors.begin(folk.cadre.actor, password=people.PASSWORD)
    factors.confirm(folk.cadre.actor, pyotp.TOTP(began.seed).at(clock.now()))
    factors.reset(folk.administrator.actor, folk.cadre.id)
    assert told(folk) == {"cadre": ["factor.reset"]}


def test_a_flag_is_told_to_who_cares_for_the_project_and_a_campaigns_finished_task_to_its_lead(
    folk: County,
) -> None:
    with clock.at(datetime.fromisoformat("2026-01-10T04:00:00+00:00")):
        planned(folk, registered(folk))
    for project_id in of_flags.to_judge():
        flags.judge(project_id)
    found = told(folk)["supervisor_a"]
    assert set(found) == {"flag.given"}
    said = [item["words"] for item in reads.listed(folk.supervisor_a.actor)["items"]]
    assert {
        "zh": "项目“东河精密铸件”得黄旗",
        "en": "The project “东河精密铸件” was given a yellow flag",
    } in said
    today, root = clock.day_of(clock.now()), folk.root
    campaign = campaigns.open_(
        folk.supervisor.actor, campaigns.Told("百日攻坚", root, folk.leader.id, today, today)
    )
    task = campaigns.TaskTold("供地", folk.township_a, today, today)
    [task] = campaigns.add_task(folk.leader.actor, campaign["id"], task)["tasks"]
    for step in ("progress", "finish"):
        campaigns.report(folk.cadre.actor, campaign["id"], task["id"], step, "已组卷")
    notices.tell()
    [notice, _opened] = reads.listed(folk.leader.actor)["items"]
    assert (notice["kind"], notice["words"]["zh"]) == ("campaign.reported", "“百日攻坚”的一项任务已完成")


def test_a_campaign_is_told_to_its_lead_and_to_the_units_concerned_and_to_no_other(folk: County) -> None:
    today, by = clock.day_of(clock.now()), folk.supervisor.actor
    opened = campaigns.Told("百日攻坚", folk.root, folk.leader.id, today, today)
    campaign_id = campaigns.open_(by, opened)["id"]
    assert told(folk) == {"leader": ["campaign.opened"]}
    tasks = [
        campaigns.add_task(by, campaign_id, campaigns.TaskTold("供地", unit_id, today, today))["tasks"][-1]
        for unit_id in (folk.township_a, folk.department)
    ]
    project = registered(folk, unit_id=folk.township_b, lead_id=None)
    for _ in range(2):
        campaigns.link(by, campaign_id, "project", project["id"])
    named = {
        "supervisor_a": "campaign.tasked",
        "official": "campaign.tasked",
        "supervisor_b": "campaign.linked",
    }
    assert told(folk) == {"leader": ["campaign.opened"]} | {name: [kind] for name, kind in named.items()}
    campaigns.report(by, campaign_id, tasks[0]["id"], "drop", "不再需要")
    campaigns.change(by, campaign_id, replace(opened, closed=True))
    campaigns.unlink(by, campaign_id, "project", project["id"])
    found = told(folk)
    assert found["supervisor_b"] == ["campaign.unlinked", "campaign.linked"]
    assert found["supervisor_a"][0] == "campaign.tasked", (
        "what was dropped is theirs; what followed no longer"
    )
    assert found["official"] == ["campaign.changed", "campaign.tasked"]
    assert found["leader"][0] == "campaign.changed"
    assert {"cadre", "colleague", "grid_member", "cadre_b"} & set(found) == set()


def test_what_says_the_same_is_told_once_a_day_until_it_is_read(folk: County) -> None:
    today, by = clock.day_of(clock.now()), folk.supervisor.actor
    campaign = campaigns.open_(by, campaigns.Told("百日攻坚", folk.root, folk.leader.id, today, today))
    task = campaigns.TaskTold("供地", folk.township_a, today, today)
    for _ in range(3):
        campaigns.add_task(by, campaign["id"], task)
    assert told(folk)["supervisor_a"] == ["campaign.tasked"]
    campaigns.add_task(by, campaign["id"], task)
    assert told(folk)["supervisor_a"] == ["campaign.tasked"]
    [first] = reads.listed(folk.supervisor_a.actor)["items"]
    notices.mark(folk.supervisor_a.actor, notice_id=first["id"])
    campaigns.add_task(by, campaign["id"], task)
    assert told(folk)["supervisor_a"] == ["campaign.tasked"] * 2
    with clock.at(NOON + timedelta(days=1)):
        campaigns.add_task(by, campaign["id"], task)
        assert told(folk)["supervisor_a"] == ["campaign.tasked"] * 3


def test_a_commitment_is_told_when_made_a_week_before_its_day_and_when_it_is_over_once_each(
    folk: County,
) -> None:
    project = registered(folk, lead_id=folk.leader.id)
    due_on = clock.day_of(NOON) + timedelta(days=20)
    commitments.commit(
        folk.cadre.actor, project["id"], CommitmentTold(folk.township_a, "按期开工", "桩基完成", due_on)
    )
    made = ["project.committed"]
    assert told(folk) == {"leader": made, "supervisor_a": made}
    for days in (12, 13, 14, 20):
        with clock.at(NOON + timedelta(days=days)):
            soon = ["commitment.due"] if days >= 13 else []
            assert told(folk)["leader"] == soon + made
    for days in (21, 22):
        with clock.at(NOON + timedelta(days=days)):
            found = told(folk)
            over = ["commitment.overdue", "commitment.due"]
            assert found == {"leader": over + made, "supervisor_a": over + made, "cadre": over}
            [notice, *_] = reads.listed(folk.leader.actor)["items"]
            assert notice["words"]["zh"] == "项目“东河精密铸件”的军令状已到期，尚未核定"
            assert notice["about"]["id"] == str(project["id"])
    long_after = NOON + timedelta(days=30 + held(Settings).notice_days)
    with clock.at(long_after):
        notices.tell()
        notices.expire(long_after)
        assert (notices.tell(), told(folk)) == (0, {}), "nor is it told again once the notice is forgotten"


def test_a_member_is_told_once_for_a_day_on_which_households_fall_due(folk: County) -> None:
    for door in ("1号", "2号"):
        households.add(folk.grid_member.actor, households.Told(door, 30))
    assert told(folk) == {"grid_member": ["household.due"]}
    for one in of_households.looked_after(folk.grid_member.id):
        households.visit(folk.grid_member.actor, one.id, uuid4(), clock.day_of(NOON), "")
    for days, count in ((29, 1), (30, 2), (33, 2)):
        with clock.at(NOON + timedelta(days=days)):
            assert told(folk) == {"grid_member": ["household.due"] * count}


def test_what_opens_an_account_is_told_to_its_owner_though_it_was_done_in_their_name(folk: County) -> None:
    began = factors.begin(folk.cadre.actor, password=people.PASSWORD)
    factors.confirm(folk.cadre.actor, pyotp.TOTP(began.seed).at(clock.now()))
    with clock.at(NOON + timedelta(minutes=5)):
        code = pyotp.TOTP(began.seed).at(clock.now())
        factors.remove(folk.cadre.actor, password=people.PASSWORD, code=code)
        identities.link(folk.cadre.actor, Identified("https://sso.example", "42", "陈晓"))
        assert told(folk) == {"cadre": ["identity.linked", "factor.removed"]}


def test_a_bulletin_is_told_to_who_made_it_and_once_published_to_who_watches_over_units(folk: County) -> None:
    with clock.at(NOON + timedelta(days=40)):
        row = bulletins.draft(folk.supervisor.actor, "boards", "2026-09")

        def step(who: Someone, name: str, note: str = "") -> None:
            bulletins.take(who.actor, row["id"], name, note=note)

        step(folk.leader, "approve")
        step(folk.leader, "return", "文号有误")
        assert told(folk) == {"supervisor": ["bulletin.returned", "bulletin.approved"]}
        bulletins.edit(folk.supervisor.actor, row["id"], {"number": "青督〔2026〕9号"}, revision=None)
        step(folk.leader, "approve")
        step(folk.leader, "publish")
        found = told(folk)
        assert {name for name, each in found.items() if "bulletin.published" in each} == {
            "supervisor",
            "supervisor_a",
            "supervisor_b",
            "official",
        }
        [notice] = reads.listed(folk.supervisor_a.actor)["items"]
        assert notice["words"]["zh"] == "《关于2026年9月重点工作推进情况的通报》已发布"


def test_patrols_are_told_to_those_concerned_and_an_emergency_at_night_too(folk: County) -> None:
    on_the_map(folk)
    steps = [step for step in sweeps.STEPS if step.name in {"patrols", "notices"}]
    for hours in (-6, 8):
        with clock.at(NOON + timedelta(hours=hours)):
            if hours < 0:
                walk_planned(folk)
            assert [each.did is not None for each in sweeps.run(steps)] == [True, True]
            notices.tell()
    with clock.at(NIGHT):
        assert "patrol.missed" in kinds(folk.grid_member)
        call = patrols.Call(uuid4(), "防汛巡查", "emergency", "防汛Ⅱ级响应", 3)
        patrols.call_out(folk.supervisor_a.actor, call)
        notices.tell()
        [called] = [one for one in reads.listed(folk.grid_member.actor)["items"] if one["urgent"]]
    assert called["words"]["zh"] == "临时巡查：“防汛巡查”，请您或本单位派人前往"


def test_nothing_is_told_at_night_but_emergencies(folk: County) -> None:
    ordinary, pressing = category(), category((1, "hours"))
    with clock.at(NIGHT):
        reported(folk, ordinary)
        assert told(folk) == {}
        assert reads.unread(folk.supervisor_a.actor)["unread"] == 0
        urgent_id = reported(folk, pressing)
        assert told(folk) == {"supervisor_a": ["matter.reported"]}
        [notice] = reads.listed(folk.supervisor_a.actor)["items"]
        assert (notice["about"]["id"], notice["urgent"]) == (str(urgent_id), True)
        assert reads.unread(folk.supervisor_a.actor)["urgent"] == 1
    with clock.at(MORNING):
        assert told(folk)["supervisor_a"] == ["matter.overdue", "matter.reported", "matter.reported"]
        hours = {each["at"] for each in reads.listed(folk.supervisor_a.actor)["items"]}
        assert hours == {NIGHT, MORNING}, "it stands at the hour it was told, not at the one it came up"


def test_a_sweep_that_is_interrupted_anywhere_tells_everything_once(
    folk: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notices, "PAGE", 2)
    category_id = category()
    for _ in range(5):
        reported(folk, category_id)
    keep = notices._keep
    rounds = iter(range(100))

    def keep_or_die(rows: list[dict[str, Any]]) -> int:
        kept = keep(rows)
        if next(rounds) % 2 == 1:
            raise KeyboardInterrupt
        return kept

    monkeypatch.setattr(notices, "_keep", keep_or_die)
    for _ in range(8):
        try:
            notices.tell()
        except KeyboardInterrupt:
            db.session.rollback()
    monkeypatch.setattr(notices, "_keep", keep)
    notices.tell()
    assert kinds(folk.supervisor_a) == ["matter.reported"] * 5
    assert notices.tell() == 0
    db.session.execute(sa.delete(NoticeMark))
    db.session.commit()
    assert notices.tell() == 0, "nor is anything told twice where the mark was lost"


def test_all_looks_of_one_reader_at_one_duty_in_a_day_are_one_notice(folk: County) -> None:
    trip = journeys.under_way(folk.cadre, folk.supervisor_a)
    for _ in range(3):
        sitting = folk.supervisor_a.tokens().actor
        looks.give_reason(sitting, "trip_review", trip["id"])
        looks.opened(sitting, [(folk.cadre.id, trip["id"])], door="trip")
    assert told(folk)["cadre"].count("look.opened") == 1


def test_everybody_reads_and_marks_their_own_alone(folk: County, client: FlaskClient) -> None:
    for _ in range(3):
        reported(folk, category())
    notices.tell()
    mine, others = folk.supervisor_a.sign_in(client), folk.supervisor_b.sign_in(client)
    page = client.get(f"{URL}?limit=2", headers=mine).get_json()
    rest = client.get(f"{URL}?limit=2&cursor={page['next']}", headers=mine).get_json()
    ids = [item["id"] for item in (*page["items"], *rest["items"])]
    assert (len(ids), ids, rest["next"]) == (3, sorted(ids, reverse=True), None)
    assert client.get(URL, headers=others).get_json()["items"] == []
    client.post(f"{URL}/{ids[0]}/read", headers=others)
    client.post(f"{URL}/read", json={"upto": ids[0]}, headers=others)
    assert client.get(f"{URL}/unread", headers=mine).get_json() == {
        "unread": 3,
        "urgent": 0,
        "newest": ids[0],
    }
    for _ in range(2):
        assert client.post(f"{URL}/{ids[0]}/read", headers=mine).get_json()["unread"] == 2
    unread = client.get(f"{URL}?unread=1", headers=mine).get_json()["items"]
    assert [item["id"] for item in unread] == ids[1:]
    assert client.post(f"{URL}/read", json={"upto": ids[1]}, headers=mine).get_json()["unread"] == 0


def test_notices_are_deleted_when_they_are_old_and_the_mark_stays(folk: County) -> None:
    reported(folk, category())
    notices.tell()
    late = NOON + timedelta(days=held(Settings).notice_days + 1)
    with clock.at(late):
        assert notices.expire(late) == 1
        assert kinds(folk.supervisor_a) == []
    with clock.at(NOON):
        assert notices.tell() == 0


def test_the_sweep_tells_and_no_row_says_when_anybody_read(folk: County) -> None:
    reported(folk, category())
    did = {each.step.name: each.did for each in sweeps.run()}
    assert did["notices"] is not None
    assert kinds(folk.supervisor_a) == ["matter.reported"]
    assert [name for name in Notice.__table__.c.keys() if "read" in name] == ["was_read"]  # noqa: SIM118  columns
