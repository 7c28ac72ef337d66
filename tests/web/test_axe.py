"""Every page of the desk, read by a machine in both languages: names, roles, contrast, targets; narrow as well."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from playwright.sync_api import Page, ViewportSize, expect
from sqlalchemy.orm import InstrumentedAttribute

from server import clock
from server.cli.county import fill, kept
from server.config import Settings
from server.db import db
from server.gate import COOKIE
from server.held import held
from server.models.bulletins import Bulletin
from server.models.campaigns import Campaign
from server.models.flags import Flag
from server.models.matters import Matter
from server.models.patrols import Patrol, PatrolPlan
from server.models.people import Person, RoleGrant
from server.models.projects import Project
from server.models.trips import Trip
from server.services import invitations
from server.web import language
from server.web.shell import NAVIGATION
from tests.people import PASSWORD, Someone, person
from tests.phone.test_reading import AXE, faults
from tests.support import databases
from tests.support.lasting import Lasting
from tests.support.serving import Served
from tests.web.conftest import Desk, Open
from tests.web.test_factors import set_up

pytestmark = pytest.mark.browser

STANDARD = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
"""WCAG 2.2 up to AA."""

WIDE: ViewportSize = {"width": 1366, "height": 768}
TALL: ViewportSize = {"width": 1366, "height": 2400}
"""For long forms: so tall that nothing lies under the bar at their bottom."""

NARROW: ViewportSize = {"width": 360, "height": 740}

SUPERVISOR, ADMINISTRATOR, AUDITOR, CADRE = "supervisor", "administrator", "auditor", "cadre"
READERS = {
    SUPERVISOR: (
        "/",
        "/wall",
        "/trips",
        "/trips/<int:trip_id>",
        "/reports",
        "/log",
        "/reviews",
        "/projects",
        "/projects/<int:project_id>",
        "/flags/<int:flag_id>",
        "/matters",
        "/matters/<int:matter_id>",
        "/campaigns",
        "/campaigns/<int:campaign_id>",
        "/bulletins",
        "/bulletins/<int:bulletin_id>",
        "/boards",
        "/patrols",
        "/patrols/<int:patrol_id>",
        "/patrols/plans",
        "/patrols/plans/new",
        "/patrols/plans/<int:plan_id>",
        "/patrols/walked",
        "/households",
        "/notices",
    ),
    ADMINISTRATOR: ("/", "/areas", "/people", "/matters/terms", "/hooks", "/status"),
    AUDITOR: ("/record",),
    CADRE: ("/trips/new", "/trips/<int:trip_id>/edit", "/logs", "/trackers", "/account"),
}
"""Who opens which pages, by their rules; whoever opens a page may."""

STRANGERS = ("/sign-in", "/invited")
"""The pages of whoever is not signed in; the second step has no address to go to."""

ELSEWHERE = ("/sign-in/provider", "/sign-in/provider/back")
"""Only lead on."""

ASKING = (SUPERVISOR, "/")
"""Where a reason is asked for before anything is shown."""

DETAILS: dict[str, InstrumentedAttribute[int]] = {
    "trip_id": Trip.id,
    "project_id": Project.id,
    "flag_id": Flag.id,
    "matter_id": Matter.id,
    "campaign_id": Campaign.id,
    "bulletin_id": Bulletin.id,
    "patrol_id": Patrol.id,
    "plan_id": PatrolPlan.id,
}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An application with the demo county in a database of its own, once for all tests."""
    folder = tmp_path_factory.mktemp("demo")
    made = databases.migrated(f"sqlite:///{folder / 'guatu.sqlite'}", folder)
    with made.app_context():
        fill.fill(clock.now(), lambda _: None)
        db.session.execute(sa.update(Person).values(must_change_password=False))
        db.session.commit()
        yield made
    databases.close(made)


@pytest.fixture(scope="module")
def server(app: Flask, lasting: Lasting) -> Iterator[Served]:
    """It really running, once for all tests."""
    with lasting.serve(held(Settings)) as served:
        yield served


@pytest.fixture(scope="module")
def readers(app: Flask) -> dict[str, Someone]:
    """The demo county's people, by what they open pages as."""
    names = {SUPERVISOR: "ducha", ADMINISTRATOR: kept.ADMINISTRATOR, CADRE: "ganbu"}
    wanted = {role: _someone(Person.username == name) for role, name in names.items()}
    auditors = sa.select(RoleGrant.person_id).where(RoleGrant.role == "auditor")
    return wanted | {AUDITOR: _someone(Person.id.in_(auditors))}


def _someone(which: sa.ColumnElement[bool]) -> Someone:
    found = db.session.scalars(sa.select(Person).where(which).order_by(Person.id).limit(1)).one()
    return Someone(found.id, found.username, found.unit_id, found.name)


def test_every_page_there_is_has_somebody_who_opens_it_here(app: Flask) -> None:
    there = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("desk_") and "GET" in (rule.methods or ())
    }
    here = {address for addresses in READERS.values() for address in addresses}
    assert there - set(ELSEWHERE) == here | set(STRANGERS)
    assert {entry.address for entry in NAVIGATION} <= here


@pytest.mark.slow
@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_every_page_reaches_the_standard_and_none_is_wider_than_a_phone(
    desk: Open, readers: dict[str, Someone], lang: str
) -> None:
    wrong: list[str] = []
    for role, addresses in READERS.items():
        here = opened(desk, readers[role], lang)
        for rule in addresses:
            wrong += [f"{rule}, {role}: {each}" for each in visited(here, role, rule)]
    assert wrong == []


@pytest.mark.parametrize("lang", language.LANGUAGES)
def test_the_ways_in_reach_it_as_well(desk: Open, readers: dict[str, Someone], lang: str) -> None:
    new = person("宋新", readers[CADRE].unit_id, ("cadre", readers[CADRE].unit_id))
    link = invitations.make(readers[ADMINISTRATOR].actor, new.id)
    here = opened(desk, new, lang)
    here.context.clear_cookies(name=COOKIE)
    wrong = {}
    page = here.open(f"/invited#{link['secret']}")
    expect(page.locator("#invited input[type=password]").first).to_be_visible()
    wrong["invited"] = seen(page)
    page = here.open("/sign-in")
    wrong["sign-in"] = seen(page)
    set_up(new)
    page.locator("[name=username]").fill(new.username)
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    expect(page.locator("#code")).to_be_visible()
    wrong["second step"] = seen(page)
    assert [(where, found) for where, found in wrong.items() if found] == []


def opened(desk: Open, who: Someone, lang: str) -> Desk:
    """Their browser, in a language, with axe on every page."""
    here = desk(who)
    here.context.add_cookies([{"name": language.COOKIE, "value": lang, "url": here.url}])
    here.page.add_init_script(path=str(AXE))
    return here


def visited(here: Desk, role: str, rule: str) -> list[str]:
    """What is wrong with a page as one of these opens it, and with the question why one looks."""
    found = []
    page = here.page
    asked = address(rule)
    answer = page.goto(here.url + asked)
    if answer is None or not answer.ok or urlsplit(page.url).path != asked:
        return [f"leads to {page.url}"]
    if (role, rule) == ASKING:
        dialog = page.get_by_role("dialog")
        expect(dialog).to_be_visible()
        found = seen(page)
        dialog.get_by_role("radio").first.check()
        dialog.locator(".button-main").click()
        expect(dialog).to_have_count(0)
    return found + seen(page)


def seen(page: Page) -> list[str]:
    """What is wrong with a page that has got what it asked for: at a desk by the standard, on a phone by width."""
    expect(page.locator(".loading")).to_have_count(0)
    page.set_viewport_size(TALL if page.url.endswith(("/new", "/edit")) or "/plans/" in page.url else WIDE)
    found = faults(page, STANDARD)
    page.set_viewport_size(NARROW)
    wide = page.evaluate("document.documentElement.scrollWidth")
    page.set_viewport_size(WIDE)
    return found if wide <= NARROW["width"] else [*found, f"is {wide} px wide on a phone"]


def address(rule: str) -> str:
    """The address of a rule: of the first of its noun, or of the draft that is the reader's own to change."""
    if rule.endswith("/edit"):
        return f"/trips/{_first(Trip.id, Trip.state == 'draft')}/edit"
    for name, column in DETAILS.items():
        if f"<int:{name}>" in rule:
            return rule.replace(f"<int:{name}>", str(_first(column)))
    return rule


def _first(column: InstrumentedAttribute[int], *which: sa.ColumnElement[bool]) -> int:
    """The lowest number that a noun has."""
    return db.session.scalars(sa.select(column).where(*which).order_by(column).limit(1)).one()
