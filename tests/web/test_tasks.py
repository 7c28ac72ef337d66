"""What people come to the desk for, counted: from the map within three clicks, or with one search."""

from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from server.rules.checkins import VisitTold
from server.services import checkins
from server.services.trips import StopPlan
from tests.people import County
from tests.trips import FACTORY, told, under_way
from tests.web.conftest import Desk, Open

pytestmark = [
    pytest.mark.browser,
    pytest.mark.parametrize("app", ["spatialite"], indirect=True),
    pytest.mark.usefixtures("land"),
]


@dataclass
class Counted:
    """Whoever stands at the map and wants something; what it cost them."""

    page: Page
    clicks: int = 0
    searches: int = 0

    def click(self, what: Locator) -> None:
        """One click."""
        what.click()
        self.clicks += 1

    def search(self, words: str, first: str) -> None:
        """One search in the field that every page has, the first that is offered taken."""
        self.page.get_by_role("combobox", name="查找", exact=True).fill(words)
        expect(self.page.locator("#search-words-list li").first).to_contain_text(first)
        self.page.keyboard.press("Enter")
        self.searches += 1

    def cheap(self) -> bool:
        """Within three clicks, or one search."""
        return (self.clicks <= 3 and self.searches == 0) or (self.clicks == 0 and self.searches == 1)


def at_the_map(here: Desk) -> Counted:
    """The map, open."""
    page = here.open("/")
    expect(page.locator("#people-count")).not_to_be_empty()
    return Counted(page)


def test_what_people_ask_at_the_map_takes_three_clicks_or_one_search(desk: Open, people: County) -> None:
    stops = [
        StopPlan(name="一厂", radius_m=300, **FACTORY),
        StopPlan(name="二厂", lng=118.45, lat=29.55, radius_m=300),
    ]
    trip = under_way(people.cadre, people.leader, title="赴南京招商", destination="南京市", stops=stops)
    met = VisitTold("outbound", enterprise="望舒新材", contact="王工")
    checkins.make(people.cadre.actor, told(trip, visit=met))
    here = desk(people.supervisor)
    here.context.add_init_script("window.print = () => { window.printed = (window.printed || 0) + 1; }")
    here.open("/")
    here.say_why()

    where = at_the_map(here)
    where.search("陈晓", "在岗")
    expect(where.page.locator(".map-card")).to_contain_text("陈晓")
    expect(where.page.locator("#people .row").first).to_contain_text("陈晓")
    where.page.wait_for_url("**view=*%2C12.00*")  # the map has gone to them, wherever that is

    whom = at_the_map(here)
    whom.search("望舒", "本月见过谁")
    expect(whom.page.locator("#log tbody")).to_contain_text("陈晓")
    expect(whom.page.locator("#filter-period")).to_have_value("month")

    reached = at_the_map(here)
    reached.search("南京", "已到 1 / 2 点")
    stops_told = reached.page.locator("#stops li")
    expect(stops_told.filter(has_text="一厂").locator("time")).to_be_visible()
    expect(stops_told.filter(has_text="二厂")).to_contain_text("尚无签到")

    paper = at_the_map(here)
    paper.click(paper.page.get_by_role("navigation").get_by_role("link", name="行程"))
    paper.click(paper.page.get_by_role("link", name="赴南京招商"))
    paper.click(paper.page.get_by_role("button", name="打印"))
    paper.page.wait_for_function("window.printed === 1")

    assert [task for task in (where, whom, reached, paper) if not task.cheap()] == []


def test_a_wall_goes_to_whom_its_address_chooses_and_stays_for_who_may_not_see_them(
    desk: Open, people: County
) -> None:
    trip = under_way(people.cadre, people.leader)
    checkins.make(people.cadre.actor, told(trip))
    scales = []
    for who in (people.supervisor_a, people.supervisor_b):
        here = desk(who)
        page = here.open(f"/wall?at=person:{people.cadre.id}")
        here.say_why()
        expect(page.locator(".map-wait")).to_have_count(0)
        page.wait_for_timeout(800)
        scales.append(page.locator(".ol-scale-line-inner").inner_text())
    assert scales == ["2 km", "5 km"]
