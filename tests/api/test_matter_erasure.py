"""What a matter tells of people: erased at their request or when its time is over; that it was handled stays."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.db import db
from server.models.events import Event
from server.models.matters import Matter
from server.services import sweeps
from tests import people
from tests.api.test_matter_photos import send
from tests.api.test_matter_steps import FOUND, URL, Desk
from tests.matters import ordinary
from tests.people import County

WORDS = ("路灯", "柳树村口", "灯泡", "电话")


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def desk(client: FlaskClient, folk: County) -> Desk:
    return Desk(client, folk, ordinary())


def erase(desk: Desk, who: str, why: str = "") -> Any:
    """Ask for what the matter tells to be erased."""
    return desk.client.post(f"{URL}/{desk.matter['id']}/erase", json={"why": why}, headers=desk.signed[who])


def handled(desk: Desk, folk: County) -> str:
    """A matter with a photo, taken to its end. The photo's address."""
    proof = str(uuid4())
    told = FOUND | {"category_id": desk.matter["category"]["id"], "told_as": proof, "photo_count": 2}
    desk.matter = desk.report("grid_member", told)
    url, _ = send(desk.client, desk.signed["grid_member"], proof)
    desk.does("supervisor_a", "route", "accept")
    desk.does("supervisor_a", "route", "assign", unit_id=folk.village_a, note="请联系电话 0571")
    desk.does("cadre", "handle", "handle", note="灯泡已换")
    desk.does("supervisor_a", "verify", "verify")
    desk.does("supervisor_a", "verify", "close", note="路灯亮了")
    return url


def test_what_a_closed_matter_told_is_erased_for_good_and_its_handling_stays(
    desk: Desk, folk: County
) -> None:
    assert erase(desk, "grid_member").status_code == 422  # still to be solved
    url = handled(desk, folk)
    assert erase(desk, "supervisor_a", "户主要求").status_code == 403
    assert erase(desk, "supervisor_b", "户主要求").status_code == 404
    assert erase(desk, "supervisor").status_code == 422  # for whom, and why
    assert erase(desk, "supervisor", "户主要求").status_code == 200
    seen = desk.seen("supervisor_a")
    assert not any(word in seen.get_data(as_text=True) for word in WORDS)
    left = seen.get_json()
    assert (left["text"], left["place"], left["lng"], left["may"]) == ("", "", None, [])
    assert [step["step"] for step in left["steps"]] == ["accept", "assign", "handle", "verify", "close"]
    assert left["erased_at"] is not None
    assert desk.client.get(f"{url}/thumb", headers=desk.signed["grid_member"]).status_code == 404
    again = desk.client.put(
        f"/api/v1/photos/{uuid4()}",
        json={"proof_id": str(uuid4()), "number": 2, "size": 9, "sha256": "0" * 64},
        headers=desk.signed["grid_member"],
    )
    assert again.status_code == 404
    refused = desk.press("supervisor_a", "verify", "reopen", note="又坏了")
    assert (refused.status_code, "已删除" in refused.get_json()["title"]) == (422, True)
    event = db.session.scalars(sa.select(Event).where(Event.kind == "matter.erased")).one()
    assert (event.subject, event.data) == (str(desk.matter["id"]), {})
    assert erase(desk, "supervisor", "户主要求").status_code == 200  # a double press


def test_ones_own_complaint_goes_at_any_time_and_the_county_erases_only_what_it_has_answered(
    desk: Desk,
) -> None:
    desk.matter = desk.report("cadre", {"kind": "complaint", "text": "李某的电话不该在这里"})
    unread = erase(desk, "administrator", "李某要求")
    assert (unread.status_code, "答复之后" in unread.get_json()["title"]) == (422, True)
    for who in ("supervisor", "auditor", "administrator_a"):
        assert erase(desk, who, "李某要求").status_code in {403, 404}, who
    answers = f"{URL}/{desk.matter['id']}/answers"
    desk.client.post(answers, json={"text": "电话已去掉"}, headers=desk.signed["administrator"])
    told = erase(desk, "administrator", "李某要求").get_json()
    assert (told["text"], [each["text"] for each in told["answers"]]) == ("", [""])
    late = desk.client.post(answers, json={"text": "还有"}, headers=desk.signed["administrator"])
    assert late.status_code == 422
    desk.matter = desk.report("cadre", {"kind": "suggestion", "text": "字再大些"})
    assert erase(desk, "cadre").get_json()["text"] == ""


def test_when_its_time_is_over_the_sweep_erases_what_was_closed_or_answered_and_finishes_what_broke_off(
    desk: Desk, folk: County
) -> None:
    opened = desk.matter["id"]
    complaint = desk.report("cadre", {"kind": "complaint", "text": "没有人答复"})["id"]
    url = handled(desk, folk)
    closed = desk.matter["id"]
    for days, left in ((1094, {opened, complaint, closed}), (1097, {opened, complaint})):
        with clock.at(clock.now() + timedelta(days=days)):
            [step] = [each for each in sweeps.STEPS if each.name == "matters"]
            step.act()
        db.session.rollback()
        kept = db.session.scalars(sa.select(Matter.id).where(Matter.erased_at.is_(None), Matter.text != ""))
        assert set(kept) == left
    assert desk.client.get(f"{url}/thumb", headers=desk.signed["grid_member"]).status_code == 404


def test_a_report_sent_again_after_it_was_erased_is_still_the_same(desk: Desk) -> None:
    told = {"kind": "suggestion", "text": "字再大些", "told_as": str(uuid4())}
    desk.matter = desk.report("cadre", told)
    erase(desk, "cadre")
    assert desk.report("cadre", told)["id"] == desk.matter["id"]
