"""A bulletin from its draft to the wall: who may do what, what it says, and that nobody changes it afterwards."""

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from docx import Document
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook

from server import clock
from server.db import db
from server.errors import BulletinRefused
from server.models.bulletins import Bulletin
from server.models.events import Event
from server.queries import patrols
from server.queries.patrols import Asked
from server.rules.boards import MEASURES, Rule
from server.rules.checkins import VisitTold
from server.services import boards, checkins, patrol_plans, trips
from server.services import bulletins as service
from tests import bulletins, people
from tests import patrols as walks
from tests.bulletins import LATE, Folk, shanghai
from tests.support.databases import tamper
from tests.support.together import together
from tests.trips import told, under_way

URL = "/api/v1/bulletins"
JUNE = shanghai(2026, 6, 3)


@pytest.fixture
def folk(app: Flask) -> Iterator[Folk]:
    """May lived through in three townships; it is the third of June."""
    with clock.at(shanghai(2026, 5, 1)):
        made = bulletins.made(people.county(app))
    first, second, _ = made.offices
    bulletins.lived(made, first, shanghai(2026, 5, 6))
    bulletins.lived(made, first, shanghai(2026, 5, 11))
    bulletins.lived(made, second, shanghai(2026, 5, 6), LATE)
    with clock.at(JUNE):
        yield made


class Desk:
    """Those who make bulletins, at their desks."""

    def __init__(self, client: FlaskClient, folk: Folk) -> None:
        self.client = client
        self.signed = people.Signed(client, folk.county)

    def drafts(self, kind: str = "boards", period: str = "2026-05", **told: Any) -> Any:
        """The supervisor lets the server draft."""
        return self.client.post(
            URL, json={"kind": kind, "period": period, **told}, headers=self.signed["supervisor"]
        )

    def does(self, who: str, bulletin_id: int, step: str, **told: Any) -> Any:
        """Somebody takes a step."""
        return self.client.post(f"{URL}/{bulletin_id}/{step}", json=told, headers=self.signed[who])

    def edits(self, bulletin_id: int, **told: Any) -> Any:
        """The supervisor changes the words."""
        return self.client.put(f"{URL}/{bulletin_id}", json=told, headers=self.signed["supervisor"])

    def sees(self, who: str, bulletin_id: int, ending: str = "") -> Any:
        """What somebody reads."""
        return self.client.get(f"{URL}/{bulletin_id}{ending}", headers=self.signed[who])

    def published(self, kind: str = "boards", period: str = "2026-05", **told: Any) -> dict[str, Any]:
        """A bulletin all the way."""
        row = self.drafts(kind, period, **told).get_json()
        self.edits(row["id"], number=f"青督通〔2026〕{row['id']}号", opening="现将有关情况通报如下。")
        assert self.does("leader", row["id"], "approve").status_code == 200
        answer = self.does("supervisor", row["id"], "publish")
        assert answer.status_code == 200, answer.get_json()
        return dict(answer.get_json())


@pytest.fixture
def desk(client: FlaskClient, folk: Folk) -> Desk:
    return Desk(client, folk)


def unit(told: dict[str, Any], unit_id: int) -> dict[str, Any]:
    """A unit's row."""
    [row] = [row for row in told["data"]["units"] if row["unit"]["id"] == unit_id]
    return dict(row)


def test_the_server_drafts_a_board_whose_every_number_opens_its_rows(desk: Desk, folk: Folk) -> None:
    row = desk.drafts().get_json()
    assert (row["state"], row["title"]) == ("drafted", "关于2026年5月重点工作推进情况的通报")
    assert row["opening"] == "现将2026年5月重点工作推进情况通报如下。"
    first, second, third = (unit(row, office.unit_id) for office in folk.offices)
    by_matters = [first["numbers"][name] for name in ("solved", "answered", "lasting")]
    assert [(each["got"], each["of"]) for each in by_matters] == [(2, 2)] * 3
    assert set(first["numbers"]) == set(MEASURES)
    assert (first["score"], first["rank"], second["rank"]) == ("100.0", 1, 2)
    assert second["numbers"]["solved"]["got"] == 0
    [late] = second["numbers"]["solved"]["rows"]
    assert (late["kept"], late["due_at"][:10]) == (False, "2026-05-14")
    assert (third["why"], third["rank"]) == ("nothing_due", None)
    small = unit(row, folk.county.township_b)
    assert (small["why"], small["numbers"]) == ("small", {})


def test_nobody_approves_what_they_drafted_or_edited_and_it_is_published_with_a_number(
    desk: Desk, folk: Folk
) -> None:
    row = desk.drafts().get_json()
    assert desk.does("cadre", row["id"], "approve").status_code == 403
    assert desk.does("supervisor", row["id"], "publish").get_json()["code"] == "bulletin_step_not_allowed"
    edited = desk.client.put(
        f"{URL}/{row['id']}", json={"note": "请整改。"}, headers=desk.signed["leader"]
    ).get_json()
    assert "approve" not in edited["may"]
    assert desk.does("leader", row["id"], "approve").status_code == 403
    desk.edits(row["id"], note="请按期整改。")
    assert desk.does("leader", row["id"], "approve").status_code == 200
    refused = desk.does("supervisor", row["id"], "publish")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "bulletin_refused")
    assert desk.does("leader", row["id"], "return").status_code == 422
    returned = desk.does("leader", row["id"], "return", note="补文号").get_json()
    assert (returned["state"], returned["returned_because"]) == ("drafted", "补文号")


def test_what_is_published_is_for_everybody_and_says_whether_it_is_whole(desk: Desk, folk: Folk) -> None:
    draft = desk.drafts().get_json()
    for name in ("cadre", "auditor", "supervisor_a", "administrator"):
        assert desk.sees(name, draft["id"]).status_code == 404
    desk.does("supervisor", draft["id"], "drop")
    row = desk.published()
    assert row["edition"] == 2
    for name in ("cadre", "grid_member", "auditor", "supervisor_a"):
        told = desk.sees(name, row["id"]).get_json()
        assert (told["whole"], told["may"], told["data"]) == (True, [], row["data"])
    event = db.session.scalars(sa.select(Event).where(Event.kind == "bulletin.published")).one()
    assert event.data["seal"] == row["seal"]
    assert desk.edits(row["id"], note="改一改").status_code == 409
    for step in ("redraft", "approve", "return", "publish", "drop"):
        assert (
            desk.does("supervisor" if step != "approve" else "leader", row["id"], step, note="x").status_code
            == 409
        )


def test_the_database_keeps_what_was_published_and_the_seal_finds_who_got_round_it(
    desk: Desk, folk: Folk
) -> None:
    row = desk.published()
    for statement in (f"UPDATE bulletins SET title = 'x' WHERE id = {row['id']}", "DELETE FROM bulletins"):
        with pytest.raises(sa.exc.DBAPIError, match="stays as it is"):
            db.session.execute(sa.text(statement))
        db.session.rollback()
    tamper(f"UPDATE bulletins SET number = '假〔2026〕1号' WHERE id = {row['id']}")
    assert desk.sees("cadre", row["id"]).get_json()["whole"] is False


def test_a_rule_changed_in_june_leaves_may_as_it_was(desk: Desk, folk: Folk) -> None:
    row = desk.published()
    harsh = Rule({"answered": 100}, least_people=3, listed=1)
    administrator = folk.county.administrator.actor
    for month in (date(2026, 5, 1), date(2026, 1, 1)):
        with pytest.raises(Exception, match="May 2026"):
            boards.change(administrator, harsh, valid_from=month, reason="重新设定")
    boards.change(administrator, harsh, valid_from=date(2026, 6, 1), reason="突出及时答复")
    assert desk.sees("cadre", row["id"]).get_json()["data"] == row["data"]
    live = desk.client.get("/api/v1/boards/2026-05", headers=desk.signed["leader"]).get_json()
    assert (live["units"], live["rule"]["id"]) == (row["data"]["units"], None)
    june = desk.client.get("/api/v1/boards/2026-06", headers=desk.signed["leader"]).get_json()
    assert (june["rule"]["listed"], june["over"]) == (1, False)
    assert [each["weight"] for each in june["measures"] if each["name"] == "answered"] == [100]


def test_a_correction_is_a_new_bulletin_that_names_the_old_one_and_says_why(desk: Desk, folk: Folk) -> None:
    row = desk.published()
    assert desk.drafts().get_json()["code"] == "bulletin_refused"
    again = desk.drafts(reason="漏计一件").get_json()
    assert (again["corrects"], again["edition"], again["title"][-4:]) == (
        {"id": row["id"], "number": row["number"]},
        2,
        "（更正）",
    )
    assert desk.drafts(reason="再来一份").status_code == 422
    assert desk.sees("cadre", row["id"]).get_json()["corrected_by"] is None
    desk.edits(again["id"], number="青督通〔2026〕99号")
    desk.does("leader", again["id"], "approve")
    desk.does("supervisor", again["id"], "publish")
    old = desk.sees("cadre", row["id"]).get_json()
    assert (old["corrected_by"]["number"], old["whole"], old["data"]) == (
        "青督通〔2026〕99号",
        True,
        row["data"],
    )


def test_of_two_who_press_at_once_one_wins(desk: Desk, folk: Folk) -> None:
    row = desk.drafts().get_json()
    desk.edits(row["id"], number="1号", revision=1)
    assert desk.edits(row["id"], number="2号", revision=1).get_json()["code"] == "bulletin_changed"
    assert desk.does("leader", row["id"], "approve", revision=1).status_code == 409
    assert desk.does("leader", row["id"], "approve", revision=2).status_code == 200


def test_a_month_drafted_by_two_at_one_instant_gets_one_draft(app: Flask, folk: Folk) -> None:
    actor = folk.county.supervisor.actor

    def draft() -> object:
        return service.draft(actor, "boards", "2026-05")

    found = together(app, draft, draft, draft)
    assert [isinstance(each, BulletinRefused) for each in found].count(False) == 1, found
    db.session.rollback()
    assert db.session.scalars(sa.select(Bulletin.edition)).all() == [1]


def test_only_a_period_that_is_over_is_drafted_and_only_one_that_exists(desk: Desk, folk: Folk) -> None:
    assert desk.drafts(period="2026-06").get_json()["code"] == "bulletin_refused"
    for period in ("2026-13", "2026-Q5", "五月五月", "2026-5", "2026-W20"):
        assert desk.drafts(period=period).status_code == 404


def test_a_quarter_is_made_of_published_months_and_names_the_others(desk: Desk, folk: Folk) -> None:
    with clock.at(shanghai(2026, 7, 3)):
        desk = Desk(desk.client, folk)
        assert desk.drafts(period="2026-Q2").get_json()["code"] == "bulletin_refused"
        may = desk.published()
        row = desk.drafts(period="2026-Q2").get_json()
    assert [each["bulletin"] and each["bulletin"]["id"] for each in row["data"]["months"]] == [
        None,
        may["id"],
        None,
    ]
    first = unit(row, folk.offices[0].unit_id)
    assert (first["months"], first["score"], first["rank"]) == ({"2026-05": "100.0"}, "100.0", 1)
    assert unit(row, folk.county.township_b)["why"] == "small"


def test_longer_bulletins_are_taken_as_files_too(desk: Desk, folk: Folk) -> None:
    for kind in ("boards", "trips"):
        desk.published(kind)
    with clock.at(shanghai(2027, 1, 4)):
        desk = Desk(desk.client, folk)
        for kind, period in (
            ("boards", "2026-Q2"),
            ("trips", "2026-Q2"),
            ("boards", "2026"),
            ("trips", "2026"),
        ):
            row = desk.drafts(kind, period).get_json()
            read = Document(BytesIO(desk.sees("leader", row["id"], ".docx").get_data()))
            said = "".join(paragraph.text for paragraph in read.paragraphs)
            assert "（送审稿，未发布）" in said
            assert "没有已发布的通报，未计入" in said
            heads = [cell.text for cell in read.tables[-1].rows[0].cells]
            assert heads[0] == "单位"
            assert len(heads) == (6 if period == "2026-Q2" else 15) - (kind == "trips")
            assert load_workbook(BytesIO(desk.sees("leader", row["id"], ".xlsx").get_data())).sheetnames
            assert "甲镇" in desk.sees("leader", row["id"], ".html").get_data(as_text=True)


def test_trips_are_stated_in_unit_order_with_who_was_not_out_and_nobody_named(desk: Desk, folk: Folk) -> None:
    office = folk.offices[0]
    with clock.at(shanghai(2026, 5, 20)):
        trip = under_way(office.handler, office.watcher, destination="苏州市")
        checkins.make(
            office.handler.actor,
            told(trip, visit=VisitTold(kind="outbound", enterprise="某公司", contact="某人")),
        )
    with clock.at(shanghai(2026, 5, 22, 9)):
        trips.complete(office.handler.actor, trip["id"], outcome="达成意向")
    row = desk.drafts("trips").get_json()
    first, second = unit(row, office.unit_id), unit(row, folk.offices[1].unit_id)
    assert first["stated"] == {
        "trips": 1,
        "people": 1,
        "days": 3,
        "visits": {"outbound": 1, "reception": 0, "enterprise_help": 0},
        "rows": [{"trip": trip["id"], "destination": "苏州市", "first": "2026-05-20", "last": "2026-05-22"}],
    }
    assert (second["out"], second["stated"]) == (False, None)
    names = [each["unit"]["id"] for each in row["data"]["units"]]
    assert names == sorted(names)
    said = str(row["data"])
    assert "rank" not in said
    assert not [name for name in (office.handler.name, "某公司", "某人") if name in said]


def test_a_patrol_is_no_day_out_and_nothing_met_on_it_is_counted(desk: Desk, folk: Folk) -> None:
    office = folk.offices[1]
    with clock.at(shanghai(2026, 5, 20)):
        facts = {"unit_id": office.unit_id, "walker_ids": [office.handler.id]}
        made = patrol_plans.plan(office.watcher.actor, walks.plan(folk.county, **facts))
        [patrol, *_] = patrols.listed(office.watcher.actor, Asked(plan_id=made["id"]))["items"][::-1]
        walks.begun(office.handler, patrol)
        checkins.make(
            office.handler.actor,
            told(
                trip_id=patrol["trip_id"],
                visit=VisitTold(kind="enterprise_help", enterprise="某公司", contact="某人"),
            ),
        )
    row = unit(desk.drafts("trips").get_json(), office.unit_id)
    assert (row["out"], row["stated"]) == (False, None)


def test_the_files_say_what_the_page_says(desk: Desk, folk: Folk) -> None:
    row = desk.published()
    read = Document(BytesIO(desk.sees("cadre", row["id"], ".docx").get_data()))
    said = [paragraph.text for paragraph in read.paragraphs]
    assert said[:3] == [row["title"], row["number"], "现将有关情况通报如下。"]
    assert any(row["seal"] in text for text in said)
    assert "2026年6月3日" in said
    assert any("东河镇" in text or "西岭镇" in text for text in said if "不参加比较" in text)
    book = load_workbook(BytesIO(desk.sees("cadre", row["id"], ".xlsx").get_data()))
    cells = [cell.value for line in book["各单位情况"].iter_rows() for cell in line]
    assert {"甲镇", 100, "2/2\n100.0%", row["title"]} <= set(cells)
    page = desk.sees("cadre", row["id"], ".html").get_data(as_text=True)
    assert not [each for each in ("<script", "http") if each in page]
    assert "甲镇" in page
    kept = sa.select(Event.data).where(Event.kind == "bulletin.exported").order_by(Event.number)
    taken = db.session.scalars(kept).all()
    assert [each["form"] for each in taken] == ["docx", "xlsx", "html"]


def test_words_that_would_be_markup_stay_words_on_the_wall(desk: Desk, folk: Folk) -> None:
    row = desk.drafts().get_json()
    desk.edits(row["id"], opening="<script>alert(1)</script>", title="<b>通报</b>")
    page = desk.sees("supervisor", row["id"], ".html").get_data(as_text=True)
    assert "<script" not in page
    assert "&lt;b&gt;通报" in page


@pytest.mark.parametrize("name", ["supervisor_a", "cadre", "grid_member", "administrator_a"])
def test_the_county_s_live_board_is_for_who_sees_the_whole_county(desk: Desk, folk: Folk, name: str) -> None:
    assert desk.client.get("/api/v1/boards/2026-05", headers=desk.signed[name]).status_code == 403
    assert desk.client.get("/api/v1/boards/2026-W20", headers=desk.signed["leader"]).status_code == 404


def test_no_rule_compares_units_of_one_or_two(desk: Desk, folk: Folk) -> None:
    body = {
        "valid_from": "2026-07-01",
        "weights": {"solved": 1},
        "least_people": 1,
        "listed": 3,
        "reason": "试行",
    }
    answer = desk.client.post("/api/v1/boards/rules", json=body, headers=desk.signed["administrator"])
    assert list(answer.get_json()["fields"]) == ["least_people"]
    answer = desk.client.post(
        "/api/v1/boards/rules", json=body | {"least_people": 3}, headers=desk.signed["administrator"]
    )
    assert answer.status_code == 201
    listed = desk.client.get("/api/v1/boards/rules", headers=desk.signed["leader"]).get_json()["items"]
    assert [each["weights"]["solved"] for each in listed] == [1]
