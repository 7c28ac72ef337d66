"""Every door and page tried as every role, from inside and outside the unit's subtree: made from the URL map.

One person's trip, check-in and words hold marks that occur nowhere else. Whoever may not see them must not find
them in any answer; whoever lacks a route's permission is refused; nothing is ever a failure of ours.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from server import clock
from server.rules import access
from server.rules.checkins import VisitTold
from server.services import checkins, evidence_files, households, looks, matters, progress, trackers
from server.services.evidence_files import FileTold
from server.services.households import Told as Household
from server.services.matters import Report
from server.services.progress import EvidenceTold
from tests import patrols, people
from tests.people import County, Headers, Someone
from tests.photos import MAKER, Taken, exif, sent, written
from tests.projects import planned, registered
from tests.trips import told, under_way

TITLE, NOTE, ENTERPRISE, CONTACT = "标记行程甲", "标记说明乙", "标记企业丙", "标记人丁"
WORDS = (TITLE, NOTE, ENTERPRISE, CONTACT)
LNG = 118.5023457
COMPLAINT = "标记投诉戊"
PHONE = "标记手机己"
PROJECT = "标记项目庚"
FILE = "mark of a file eight"
HOUSEHOLD = "标记住户壬"

MARKS = (*WORDS, str(LNG), COMPLAINT, PHONE, MAKER, PROJECT, FILE, HOUSEHOLD)

SEES_WORDS = {"cadre", "supervisor_a", "supervisor", "leader"}
SEES_POSITION = {"cadre"}
SEES_COMPLAINT = {"cadre", "administrator", "auditor"}
SEES_PHONE = {"cadre"}
SEES_HOUSEHOLD = {"grid_member"}
SEES_PROJECT = {"cadre", "colleague", "supervisor_a", "supervisor", "leader"}

STREAMS = {"stream.stream"}
ENDS_THE_SESSION = {"accounts.sign_out", "accounts.end_current", "signin.leave"}


@dataclass(frozen=True)
class Marked:
    """What there is to find."""

    folk: County
    trip_id: int
    checkin_id: str
    tracker_id: int
    photo_id: UUID
    plan_id: int
    project_id: int
    flag_id: int
    file_id: UUID


@pytest.fixture
def marked(app: Flask) -> Marked:
    """A cadre of township A on a trip, checked in, with words and a place that occur nowhere else."""
    folk = people.county(app)
    trip = under_way(folk.cadre, folk.supervisor_a, title=TITLE)
    visit = VisitTold(kind="outbound", enterprise=ENTERPRISE, contact=CONTACT)
    said = told(trip, note=NOTE, visit=visit, lng=LNG, photo_count=1)
    checkins.make(folk.cadre.actor, said)
    photo = Taken(said.id, written(exif=exif()))
    sent(folk.cadre, photo)
    matters.report(folk.cadre.actor, Report("complaint", COMPLAINT, "/m/"))
    phone = trackers.add(folk.cadre.actor, "traccar", PHONE).tracker
    walked = patrols.planned(folk)
    project = planned(folk, registered(folk, name=PROJECT))
    progress.link(folk.cadre.actor, project["id"], checkin_id=said.id)
    [flag] = project["flags"]
    file = shown(folk, project["id"])
    households.add(folk.grid_member.actor, Household("老屋巷 6 号", 30, concern=HOUSEHOLD))
    return Marked(
        folk, trip["id"], str(said.id), phone["id"], photo.id, walked["id"], project["id"], flag["id"], file
    )


def shown(folk: County, project_id: int) -> UUID:
    """A file of evidence of a project."""
    told = progress.show(folk.supervisor_a.actor, project_id, EvidenceTold("lead", "线索登记表"))
    file = FileTold(uuid4(), "登记表.pdf", f"%PDF-1.7 {FILE} %%EOF".encode())
    evidence_files.attach(folk.supervisor_a.actor, project_id, told["evidence"][0]["id"], file)
    return file.id


def rules(app: Flask) -> Iterator[tuple[Rule, str]]:
    """Every route with each of its methods, streams apart (they do not end)."""
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            if rule.endpoint not in STREAMS and not rule.rule.endswith("/stream"):
                yield rule, method


def address(rule: Rule, marked: Marked) -> str:
    """The rule's address with the marked things in it."""
    known = {
        "trip_id": marked.trip_id,
        "checkin_id": marked.checkin_id,
        "area_id": 1,
        "unit_id": marked.folk.township_a,
        "person_id": marked.folk.cadre.id,
        "session_id": uuid4(),
        "tracker_id": marked.tracker_id,
        "identity_id": 1,
        "photo_id": marked.photo_id,
        "matter_id": 1,
        "plan_id": marked.plan_id,
        "patrol_id": 1,
        "household_id": 1,
        "view_id": uuid4(),
        "category_id": 1,
        "project_id": marked.project_id,
        "flag_id": marked.flag_id,
        "commitment_id": 1,
        "evidence_id": 1,
        "file_id": marked.file_id,
        "notice_id": 1,
        "campaign_id": 1,
        "task_id": 1,
        "hook_id": 1,
        "bulletin_id": 1,
        "year": 2026,
        "day": "2026-11-28",
        "name": "no-such-file",
        "period": clock.day_of(clock.now()).isoformat(),
        "month": f"{clock.now().astimezone(clock.SHANGHAI):%Y-%m}",
    }
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(known[found[1]]), rule.rule)


def ask(client: FlaskClient, rule: Rule, method: str, marked: Marked, headers: Headers) -> Any:
    """The route's answer to an empty request."""
    body: dict[str, Any] | None = {} if method in {"POST", "PUT", "PATCH"} else None
    return client.open(address(rule, marked), method=method, headers=headers, json=body, buffered=True)


def text_of(answer: Any) -> str:
    """What an answer says: of a picture whatever in it is text, of an archive what is in its parts."""
    data: bytes = answer.get_data()
    if zipfile.is_zipfile(BytesIO(data)):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            data = b"".join(map(archive.read, archive.namelist()))
    return data.decode("utf-8", "replace")


def permission_of(app: Flask, rule: Rule) -> str | None:
    """The permission a route asks for; None for a public one."""
    view: Any = app.view_functions[rule.endpoint]
    permission: str | None = view.permission
    return permission


def reads(app: Flask) -> list[tuple[Rule, str]]:
    """The routes that only read."""
    return [(rule, method) for rule, method in rules(app) if method == "GET"]


def test_nobody_gets_anywhere_private_without_signing_in(
    app: Flask, client: FlaskClient, marked: Marked
) -> None:
    for rule, method in rules(app):
        if permission_of(app, rule) is None:
            continue
        answer = ask(client, rule, method, marked, {})
        assert answer.status_code in {302, 303, 401}, (method, rule.rule, answer.status_code)
        assert not [mark for mark in MARKS if mark in text_of(answer)]


def test_who_lacks_the_permission_is_refused_and_nothing_breaks(
    app: Flask, client: FlaskClient, marked: Marked
) -> None:
    for name, someone in marked.folk.everyone.items():
        headers, actor = someone.sign_in(client), someone.actor
        for rule, method in rules(app):
            permission = permission_of(app, rule)
            if rule.endpoint in ENDS_THE_SESSION or rule.rule.endswith("/sessions/current"):
                continue
            answer = ask(client, rule, method, marked, headers)
            assert answer.status_code < 500, (name, method, rule.rule, text_of(answer))
            if permission is not None and not access.holds(actor, permission):
                assert answer.status_code == 403, (name, method, rule.rule, answer.status_code)


def test_who_may_not_see_a_trip_finds_its_marks_nowhere(
    app: Flask, client: FlaskClient, marked: Marked
) -> None:
    found = {
        name: _marks_found(app, client, marked, someone) for name, someone in marked.folk.everyone.items()
    }
    for name, marks in found.items():
        assert (marks & set(WORDS) == set(WORDS)) is (name in SEES_WORDS), (name, marks)
        assert (str(LNG) in marks) is (name in SEES_POSITION), (name, marks)
        assert (COMPLAINT in marks) is (name in SEES_COMPLAINT), (name, marks)
        assert (PHONE in marks) is (name in SEES_PHONE), (name, marks)
        assert (MAKER in marks) is (name in SEES_POSITION), (name, marks)
        assert (PROJECT in marks) is (name in SEES_PROJECT), (name, marks)
        assert (FILE in marks) is (name in SEES_PROJECT), (name, marks)
        assert (HOUSEHOLD in marks) is (name in SEES_HOUSEHOLD), (name, marks)
        if name not in SEES_WORDS:
            assert not marks & set(WORDS), (name, marks)


def test_a_reason_opens_positions_only_to_whom_the_trip_is_open(
    app: Flask, client: FlaskClient, marked: Marked
) -> None:
    for name in ("supervisor_a", "supervisor_b", "supervisor", "leader"):
        someone = getattr(marked.folk, name)
        tokens = someone.tokens()
        looks.give_reason(tokens.actor, "值班查看")
        headers = {"Authorization": f"Bearer {tokens.access_token}"}
        marks = _marks_among(app, client, marked, headers)
        assert (str(LNG) in marks) is (name != "supervisor_b"), name
        assert (MAKER in marks) is (name in {"supervisor_a", "supervisor"}), name


def _marks_found(app: Flask, client: FlaskClient, marked: Marked, someone: Someone) -> set[str]:
    """The marks somebody finds by reading everything they can."""
    return _marks_among(app, client, marked, someone.sign_in(client))


def _marks_among(app: Flask, client: FlaskClient, marked: Marked, headers: Headers) -> set[str]:
    """The marks that any answer to a reader holds."""
    found: set[str] = set()
    for rule, method in reads(app):
        text = text_of(ask(client, rule, method, marked, headers))
        found |= {mark for mark in MARKS if mark in text}
    return found
