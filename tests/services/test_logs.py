import threading
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.errors import LogConflict, LogRefused, NotFound
from server.models.events import Event
from server.models.logs import LogDay, Supplement
from server.queries import checkins as records
from server.queries import logs as reads
from server.queries import reports
from server.rules.checkins import Told, VisitTold
from server.rules.logs import DayTold, Saving, SupplementTold, named
from server.services import checkins, logs, trips
from server.services import reports as taken
from tests import people
from tests.people import County, Someone
from tests.trips import planned, told, under_way

DAY = date(2026, 11, 25)


def shanghai(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=clock.SHANGHAI)


def saving(after: UUID | None = None, **changed: Any) -> Saving:
    return replace(Saving(uuid4(), after, clock.now(), clock.now()), **changed)


def wrote(
    who: Someone, remark: str, *, day: date = DAY, after: UUID | None = None, plan: str = ""
) -> DayTold:
    said = DayTold(saving(after), remark=remark, plan=plan)
    logs.write(who.actor, day, said)
    return said


def checked_in(who: Someone, trip: dict[str, Any] | None = None, **changed: Any) -> Told:
    said = told(trip, **changed)
    checkins.make(who.actor, said)
    return said


def log(who: Someone, name: str = "2026-11-25") -> dict[str, Any]:
    return reads.read(who.actor, named(name))


def report(who: Someone, unit_id: int | None = None) -> dict[str, Any]:
    return reports.read(who.actor, named("2026-11"), unit_id)


def journey(folk: County, who: Someone, visit: VisitTold | None = None, **plan: Any) -> dict[str, Any]:
    """A trip from the 23rd at eight to the 25th at seven in the evening, with a visit on the 24th."""
    with clock.at(shanghai(23, 8)):
        trip = under_way(who, folk.leader, **plan)
    with clock.at(shanghai(24, 10)):
        checked_in(who, trip, kind="visit", visit=visit)
    with clock.at(shanghai(25, 19)):
        trips.complete(who.actor, trip["id"], outcome="三家企业愿意来访")
    return trip


# ── what the server writes ──────────────────────────────────────────────────────────────────────────────


def test_the_log_writes_itself_from_check_ins_visits_and_trips(app: Flask) -> None:
    folk = people.county(app)
    visit = VisitTold(
        "outbound", enterprise="临江重工", contact="王建国", contact_post="董事长", outcome="达成意向"
    )
    trip = journey(folk, folk.cadre, visit)
    with clock.at(shanghai(25, 20)):
        week = log(folk.cadre, "2026-W48")
    [row] = week["trips"]
    assert (row["id"], row["days_away"], week["days_away"]) == (trip["id"], 3, 3)
    assert (row["destination"], row["chain"], row["outcome"]) == ("临江市", "高端装备", "三家企业愿意来访")
    assert [visited["enterprise"] for visited in row["visits"]] == ["临江重工"]
    [day] = week["days"]
    [entry] = day["entries"]
    assert (day["day"], entry["at"], entry["place"]) == (date(2026, 11, 24), shanghai(24, 10), "临江一厂")
    assert (entry["met"]["contact"], entry["met"]["outcome"]) == ("王建国", "达成意向")
    assert "lng" not in str(week)


def test_a_day_holds_what_happened_on_it_in_shanghai(app: Flask) -> None:
    folk = people.county(app)
    for day, hour, minute in ((24, 23, 59), (25, 0, 0), (25, 23, 59), (26, 0, 0)):
        with clock.at(shanghai(day, hour, minute)):
            checked_in(folk.cadre, note=f"{day} {hour}")
    with clock.at(shanghai(26, 9)):
        assert [entry["note"] for entry in log(folk.cadre)["days"][0]["entries"]] == ["25 0", "25 23"]
        month = log(folk.cadre, "2026-11")
    assert [len(day["entries"]) for day in month["days"]] == [1, 2, 1]


def test_a_trip_under_way_counts_up_to_today_and_one_not_begun_not_at_all(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(23, 8)):
        under_way(folk.cadre, folk.leader)
        draft = planned(folk.cadre)
    with clock.at(shanghai(25, 12)):
        month = log(folk.cadre, "2026-11")
        assert (month["days_away"], [row["id"] == draft["id"] for row in month["trips"]]) == (3, [False])
        assert month["trips"][0]["ended_at"] is None
        assert log(folk.cadre, "2026-12")["trips"] == []


def test_the_log_of_a_trip_holds_what_happened_on_it_from_its_first_day_to_its_last(app: Flask) -> None:
    folk = people.county(app)
    trip = journey(folk, folk.cadre, VisitTold("outbound", enterprise="临江重工"))
    with clock.at(shanghai(24, 12)):
        checked_in(folk.cadre, note="行程外")
        wrote(folk.cadre, "当天的补记", day=date(2026, 11, 24))
    with clock.at(shanghai(30, 9)):
        told_of = reads.of_trip(folk.cadre.actor, trip["id"])
        ahead = planned(folk.cadre)
    assert (told_of["period"]["first"], told_of["period"]["last"]) == (date(2026, 11, 23), date(2026, 11, 25))
    [day] = told_of["days"]
    assert (len(day["entries"]), day["words"]["remark"], told_of["days_away"]) == (1, "当天的补记", 3)
    with pytest.raises(LogRefused, match="not started"):
        reads.of_trip(folk.cadre.actor, ahead["id"])
    for other in (folk.colleague, folk.leader):
        with pytest.raises(NotFound):
            reads.of_trip(other.actor, trip["id"])


def test_a_log_is_its_persons_alone(app: Flask) -> None:
    folk = people.county(app)
    journey(folk, folk.cadre, VisitTold("outbound", enterprise="临江重工"))
    with clock.at(shanghai(25, 20)):
        wrote(folk.cadre, "只给自己看")
        for other in (folk.colleague, folk.supervisor_a, folk.leader):
            seen = log(other, "2026-11")
            assert (seen["days"], seen["trips"], seen["days_away"]) == ([], [], 0)


# ── what its person adds ────────────────────────────────────────────────────────────────────────────────


def test_what_one_writes_stands_beside_what_happened_and_each_saving_is_kept(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(25, 20)):
        first = wrote(folk.cadre, "上午接待", plan="去石桥村")
        wrote(folk.cadre, "上午接待，下午入户", after=first.saving.id, plan="去石桥村")
        [day] = log(folk.cadre)["days"]
        assert (day["words"]["remark"], day["words"]["plan"]) == ("上午接待，下午入户", "去石桥村")
        assert [earlier["remark"] for earlier in day["earlier"]] == ["上午接待"]
        assert log(folk.cadre, "2026-11-26")["days"][0]["planned"] == "去石桥村"
    kinds = db.session.execute(sa.select(Event.kind, Event.data).where(Event.kind == "log.written")).all()
    assert [row.data for row in kinds] == [{"day": "2026-11-25"}] * 2


def test_a_saving_sent_again_is_kept_once_even_after_a_later_one(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(25, 20)):
        first = wrote(folk.cadre, "其一")
        second = DayTold(saving(first.saving.id), remark="其二")
        for said in (second, second, first):
            logs.write(folk.cadre.actor, DAY, said)
        [day] = log(folk.cadre)["days"]
    assert (day["words"]["remark"], len(day["earlier"])) == ("其二", 1)


def test_two_phones_never_overwrite_each_other_unseen(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(25, 20)):
        wrote(folk.cadre, "电脑上写的")
        offline = saving()
        for said in (
            DayTold(offline, remark="手机上写的"),
            DayTold(saving(offline.id), remark="手机上又写的"),
        ):
            with pytest.raises(LogConflict):
                logs.write(folk.cadre.actor, DAY, said)
        assert log(folk.cadre)["days"][0]["words"]["remark"] == "电脑上写的"


def test_anothers_id_or_other_content_under_it_is_a_conflict(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(25, 20)):
        said = wrote(folk.cadre, "其一")
        for who, again in (
            (folk.cadre, replace(said, remark="改过")),
            (folk.colleague, said),
            (folk.colleague, replace(said, remark="改过")),
        ):
            with pytest.raises(LogConflict):
                logs.write(who.actor, DAY, again)
        with pytest.raises(LogConflict):
            logs.write(folk.cadre.actor, DAY - timedelta(days=1), said)


def test_pressed_on_two_devices_at_once_one_saving_is_kept_and_the_same_one_twice_is_one(app: Flask) -> None:
    folk = people.county(app)
    actor, said, ends = folk.cadre.actor, DayTold(saving(), remark="同时"), []
    others = [said, said, DayTold(saving(), remark="别的")]
    today = clock.day_of(clock.now())
    begin = threading.Barrier(len(others))

    def write(what: DayTold) -> None:
        with app.app_context():
            begin.wait()
            try:
                logs.write(actor, today, what)
                ends.append("kept")
            except LogConflict:
                ends.append("conflict")

    threads = [threading.Thread(target=write, args=[each]) for each in others]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    db.session.rollback()
    [kept] = db.session.execute(sa.select(LogDay)).scalars()
    assert sorted(ends) == (
        ["conflict", "kept", "kept"] if kept.remark == "同时" else ["conflict", "conflict", "kept"]
    )


def test_a_day_that_has_not_come_or_is_long_over_takes_nothing_more(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(9, 0)):
        for day in (date(2026, 11, 10), date(2026, 10, 24)):
            with pytest.raises(LogRefused):
                wrote(folk.cadre, "补记", day=day)
        wrote(folk.cadre, "补记", day=date(2026, 10, 25))
        assert not log(folk.cadre, "2026-10-24")["days"][0]["open"]


def test_what_was_written_in_time_without_a_network_is_taken_late(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(30, 9)):
        in_time = saving(made_at=shanghai(10, 9))
        logs.write(folk.cadre.actor, date(2026, 11, 10), DayTold(in_time, remark="山里没有信号"))
        late = DayTold(saving(in_time.id), remark="改一改")
        with pytest.raises(LogRefused):
            logs.write(folk.cadre.actor, date(2026, 11, 10), late)


def test_a_supplement_reaches_the_log_and_never_changes_the_check_in(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(24, 10)):
        said = checked_in(folk.cadre, visit=VisitTold("reception", enterprise="临江重工", outcome="达成意向"))
        before = records.get(folk.cadre.actor, said.id)
        more = SupplementTold(saving(), contact="王建国", outcome="首期 2 亿元", next_step="回访")
        logs.supplement(folk.cadre.actor, said.id, more)
        logs.supplement(folk.cadre.actor, said.id, more)
        [entry] = log(folk.cadre, "2026-11-24")["days"][0]["entries"]
    assert entry["met"]["outcome"] == "达成意向；首期 2 亿元"
    assert (entry["met"]["enterprise"], entry["met"]["contact"]) == ("临江重工", "王建国")
    after = records.get(folk.cadre.actor, said.id)
    assert after["supplement"]["outcome"] == "首期 2 亿元"
    since = ("supplement", "met")
    assert {name: after[name] for name in after if name not in since} == {
        name: before[name] for name in before if name not in since
    }


def test_nobody_adds_to_anothers_check_in(app: Flask) -> None:
    folk = people.county(app)
    said = checked_in(folk.cadre)
    for other in (folk.colleague, folk.supervisor_a):
        with pytest.raises(NotFound):
            logs.supplement(other.actor, said.id, SupplementTold(saving(), outcome="代笔"))


def test_erasing_blanks_every_saving_of_the_day_and_a_late_phone_brings_none_back(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(shanghai(25, 20)):
        first = wrote(folk.cadre, "秘密一")
        second = wrote(folk.cadre, "秘密二", after=first.saving.id)
        kept = checked_in(folk.cadre)
        logs.supplement(folk.cadre.actor, kept.id, SupplementTold(saving(), outcome="秘密三"))
        wrote(folk.colleague, "别人的")
        [day] = logs.erase(folk.cadre.actor, DAY)["days"]
        logs.write(folk.cadre.actor, DAY, second)
        assert "秘密" not in str(log(folk.cadre))
        assert (len(day["entries"]), day["earlier"]) == (1, [])
        wrote(folk.cadre, "重写", after=second.saving.id)
        assert log(folk.colleague)["days"][0]["words"]["remark"] == "别人的"
    for table in (LogDay.remark, Supplement.outcome):
        assert not [text for text in db.session.execute(sa.select(table)).scalars() if "秘密" in text]


# ── what a supervisor hands on ──────────────────────────────────────────────────────────────────────────


def test_a_report_has_a_row_for_each_trip_in_the_order_of_the_units(app: Flask) -> None:
    folk = people.county(app)
    visit = VisitTold("outbound", enterprise="临江重工")
    of_b = journey(folk, folk.cadre_b, visit)
    of_a = journey(folk, folk.cadre, visit, member_ids=[folk.cadre.id, folk.colleague.id])
    with clock.at(shanghai(25, 20)):
        rows = report(folk.supervisor)["trips"]
        assert [(row["id"], row["unit"]) for row in rows] == [(of_a["id"], "东河镇"), (of_b["id"], "西岭镇")]
        assert [member["name"] for member in rows[0]["members"]] == ["陈晓", "林远"]
        assert {"days_away", "unit", "trips", "cut", "period"} - report(folk.supervisor).keys() == {
            "days_away"
        }
        assert [row["id"] for row in report(folk.supervisor_b)["trips"]] == [of_b["id"]]
        assert [row["id"] for row in report(folk.leader, folk.township_a)["trips"]] == [of_a["id"]]


def test_a_report_holds_supplements_but_not_what_people_wrote_into_their_days(app: Flask) -> None:
    folk = people.county(app)
    trip = journey(folk, folk.cadre)
    with clock.at(shanghai(25, 20)):
        wrote(folk.cadre, "只给自己看")
        [checkin_id] = [row["checkin_id"] for row in log(folk.cadre, "2026-11-24")["days"][0]["entries"]]
        more = SupplementTold(saving(), enterprise="临江重工", outcome="达成意向", remark="自己的备注")
        logs.supplement(folk.cadre.actor, checkin_id, more)
        [row] = report(folk.supervisor_a)["trips"]
    assert (row["id"], [visited["outcome"] for visited in row["visits"]]) == (trip["id"], ["达成意向"])
    assert "只给自己看" not in str(row)
    assert "自己的备注" not in str(row)


def test_a_report_of_a_unit_out_of_scope_is_not_found_and_an_export_is_recorded(app: Flask) -> None:
    folk = people.county(app)
    for unit_id in (folk.township_b, folk.root, 4711):
        with pytest.raises(NotFound):
            taken.export(folk.supervisor_a.actor, named("2026-11"), unit_id, form="xlsx")
    taken.export(folk.supervisor_a.actor, named("2026-11"), None, form="xlsx")
    [row] = db.session.execute(sa.select(Event).where(Event.kind == "report.exported")).scalars()
    assert (row.unit_id, row.subject, row.data) == (folk.township_a, "2026-11", {"form": "xlsx"})
