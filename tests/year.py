"""A year of a county lived through the verbs: matters, projects, people and units that come, move and go, rules.

In it every time: two offices that live alike (a tie), one with nothing due, units too small to be compared, an office
that somebody leaves and that is small for two months, a village that is moved from one office to another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import sqlalchemy as sa
from flask import Flask

from server import clock
from server.db import db
from server.models.people import Person
from server.models.units import Unit
from server.queries import bulletins as of_bulletins
from server.rules.boards import MEASURES
from server.rules.projects import Half
from server.services import boards, milestones, progress, projects, units
from server.services import bulletins as papers
from server.services import people as accounts
from server.services.people import NewPerson, Role
from server.services.projects import ProjectTold
from server.services.units import NewUnit
from tests import bulletins, people, reckoning
from tests.bulletins import LATE, SOLVED, Folk, Office, lived, shanghai
from tests.people import Someone
from tests.reckoning import World

YEAR = 2026
MONTHS = tuple(f"{YEAR}-{month:02}" for month in range(1, 13))
UNANSWERED = ((5, "accept"), (5.1, "assign"), (9, "handle"), (9.2, "verify"), (9.3, "close"))
REOPENED = (*SOLVED, (6, "reopen"), (7, "handle"), (7.5, "verify"), (7.6, "close"))
REWORKED = (
    (1, "accept"),
    (1.1, "assign"),
    (3, "handle"),
    (4, "rework"),
    (20, "handle"),
    (21, "verify"),
    (21.1, "close"),
)
GIVEN_BACK = (
    (1, "accept"),
    (1.1, "assign"),
    (2, "return"),
    (2.5, "assign"),
    (4, "handle"),
    (5, "verify"),
    (5.1, "close"),
)
LEFT = ((1, "accept"),)
REFUSED = ((2, "refuse"),)
HANDED_UP = ((4, "escalate"),)
LIVES = (SOLVED, SOLVED, LATE, UNANSWERED, REOPENED, REWORKED, GIVEN_BACK, LEFT, REFUSED, HANDED_UP)
NEW_OFFICE = "new-office"
TIES = (2, 5, 8, 11)
"""The months in which the twins have a matter each."""

DOLLARS, STOPPED, RETRACTED = 4, 5, 6
"""The projects (by turns of nine) in a foreign currency, stopped, and taken back by a stage."""


@dataclass(frozen=True, slots=True)
class Year:
    """What was lived: who, and the county as it stood when its record began."""

    folk: Folk
    began: World

    @property
    def administrator(self) -> Any:
        """Who rules the boards."""
        return self.folk.county.administrator.actor

    @property
    def busy(self) -> Sequence[Office]:
        """The offices with lives of their own; before them two twins, behind them one with nothing due."""
        return self.folk.offices[2:-1]


def live(app: Flask, *, offices: int, matters: int, projects_: int) -> Year:
    """A year of a county with so many offices, matters of each busy office in a month, and projects."""
    with clock.at(shanghai(YEAR - 1, 12, 1)):
        folk = bulletins.made(people.county(app), offices)
        village = people.unit("柳河村", "village", folk.offices[2].unit_id)
        reporter = people.person("村民委员", village, ("grid_member", village))
        year = Year(folk, reckoning.world())
        _aim(year)
    _matters(year, matters, Random(7))
    _villages_matters(year, village, reporter)
    _projects(year, projects_, Random(11))
    _people_and_units(year, village)
    return year


def _aim(year: Year) -> None:
    """Targets of the year."""
    for n, office in enumerate(year.busy):
        january, signed = date(YEAR, 1, 1), Decimal(60000 + n)
        boards.aim(
            year.administrator, office.unit_id, valid_from=january, signed=signed, landed=Decimal(36000)
        )


def _matters(year: Year, most: int, chance: Random) -> None:
    """Matters in every month: some of each busy office, and of the twins the same at the same instants."""
    for month in range(1, 13):
        for office in year.busy:
            for _ in range(most):
                if chance.random() < 0.8:
                    lived(year.folk, office, _instant(month, chance), chance.choice(LIVES))
        instant, life = _instant(month, chance), (SOLVED, LATE)[month % 2]
        for twin in year.folk.offices[:2] if month in TIES else ():
            lived(year.folk, twin, instant, life)


def _instant(month: int, chance: Random) -> datetime:
    """Some working hour of a month."""
    return shanghai(YEAR, month, chance.randint(1, 26), chance.randint(8, 20))


def _villages_matters(year: Year, village: int, reporter: Someone) -> None:
    """Matters of a village before and after it is moved: they count for the office it lay below in that month."""
    for month, office, life in ((3, 2, SOLVED), (5, 2, LATE), (9, 3, SOLVED), (10, 3, UNANSWERED)):
        of = year.folk.offices[office]
        there = Office(village, of.watcher, of.handler, reporter)
        if month == 9:
            with clock.at(shanghai(YEAR, 7, 15)):
                units.update(year.administrator, village, {"parent_id": of.unit_id})
        lived(year.folk, there, shanghai(YEAR, month, 5), life)


def _projects(year: Year, number: int, chance: Random) -> None:
    """Projects planned, some moved, some reached early or late, one in dollars, one stopped, one taken back."""
    for n in range(number):
        _project(year, year.busy[n % len(year.busy)].unit_id, n, chance)


def _project(year: Year, unit_id: int, n: int, chance: Random) -> None:
    """One project's year."""
    actor, kind = year.folk.county.supervisor.actor, n % 9
    signed = date(YEAR, chance.randint(1, 6), chance.randint(12, 27))
    started = signed + timedelta(days=chance.randint(40, 150))
    unit = "USD" if kind == DOLLARS else "亿元"
    told = ProjectTold(f"项目{n}", Decimal(chance.randint(1, 90)) / 10, unit, unit_id, needs_land=False)
    with clock.at(shanghai(YEAR - 1, 12, 20)):
        project = projects.register(actor, told)
        halves = {Half(YEAR, 1): Decimal(chance.randint(2, 5)) / 10, Half(YEAR, 2): Decimal("0.5")}
        days = {"signed": signed, "started": started}
        milestones.plan(actor, project["id"], days=days, money={} if kind == DOLLARS else halves)
    _advance(actor, project["id"], "talks", date(YEAR - 1, 12, 28))
    _advance(actor, project["id"], "signed", signed + timedelta(days=chance.randint(-9, 9)))
    if n % 4 == 1:
        with clock.at(_at(started - timedelta(days=chance.choice((1, 40))))):
            later = {"started": started + timedelta(days=30)}
            milestones.plan(actor, project["id"], days=later, money={}, note="地块未净")
    if kind == STOPPED:
        with clock.at(_at(started)):
            projects.stop(actor, project["id"], note="投资方撤资")
        return
    if kind != DOLLARS:
        with clock.at(_at(started + timedelta(days=3))):
            row = projects.to_change(actor, project["id"], "project.progress", None)
            progress.keep_invested(actor, row, Half.of(started), Decimal("0.21"), started)
            db.session.commit()
    _advance(actor, project["id"], "started", started + timedelta(days=chance.randint(-20, 20)))
    if kind == RETRACTED:
        with clock.at(_at(started + timedelta(days=60))):
            milestones.retract(actor, project["id"], note="误报")


def _advance(actor: Any, project_id: int, stage: str, on: date) -> None:
    """A stage that is said to be reached on the day after."""
    with clock.at(_at(on + timedelta(days=1))):
        milestones.advance(actor, project_id, stage=stage, on=on)


def _at(day: date) -> datetime:
    """Nine in the morning of a day."""
    return shanghai(day.year, day.month, day.day, 9)


def _people_and_units(year: Year, village: int) -> None:
    """Somebody leaves and comes back, somebody moves, an office is made in the year with people of its own."""
    by, left = year.administrator, year.folk.offices[2]
    with clock.at(shanghai(YEAR, 4, 10)):
        made = units.create(by, NewUnit(year.folk.county.root, NEW_OFFICE, "新设镇", "township"))
        for n in range(5):
            told = NewPerson(f"newcomer{n}", f"新人{n}", made["id"])
            person = accounts.create_hashed(by, told, people.password_hash())
            accounts.set_roles(by, person["id"], [Role("cadre", made["id"])])
    with clock.at(shanghai(YEAR, 9, 10)):
        accounts.update(by, left.reporter.id, {"left": True})
    with clock.at(shanghai(YEAR, 11, 10)):
        accounts.update(by, left.reporter.id, {"left": False})
        accounts.update(by, year.folk.county.official.id, {"unit_id": village})


# ── what is seen of it ──────────────────────────────────────────────────────────────────────────────────


def ensure_telling(told: Mapping[str, Any], lived_through: Year) -> None:
    """Fail unless the year tells something of each measure, ties, small units, one with nothing due, both lists."""
    rows = [row for board in told.values() for row in board["units"]]
    for name in MEASURES:
        seen = {(row["numbers"][name]["got"], row["numbers"][name]["of"]) for row in rows if row["numbers"]}
        assert len(seen) >= 3, name
    one, other = (office.unit_id for office in lived_through.folk.offices[:2])
    for month, board in told.items():
        ranks = {row["unit"]["id"]: row["rank"] for row in board["units"]}
        assert ranks[one] == ranks[other], month
        assert ranks[one] is not None or int(month[5:]) not in TIES, month
    assert {row["why"] for row in rows} == {"", "small", "nothing_due"}
    assert {row["listed"] for row in rows} == {"", "ahead", "behind"}
    small = {month: _small(board) for month, board in told.items()}
    left = lived_through.folk.offices[2].unit_id
    assert [month for month in MONTHS if left in small[month]] == ["2026-09", "2026-10"]
    sizes = [len(board["units"]) for board in told.values()]
    assert sizes == [sizes[0]] * 3 + [sizes[0] + 1] * 9, "an office made in April is there from April on"


def _small(board: Mapping[str, Any]) -> set[int]:
    """The units that were too small to be compared."""
    return {row["unit"]["id"] for row in board["units"] if row["why"] == "small"}


def publish_may(lived_through: Year) -> dict[str, Any]:
    """May's bulletin, published."""
    county = lived_through.folk.county
    drafted = papers.draft(county.supervisor.actor, "boards", f"{YEAR}-05")
    papers.edit(county.supervisor.actor, drafted["id"], {"number": "青督〔2026〕5号"}, revision=None)
    papers.take(county.leader.actor, drafted["id"], "approve")
    return papers.take(county.leader.actor, drafted["id"], "publish")


def still_whole(lived_through: Year, published: Mapping[str, Any]) -> bool:
    """Whether a bulletin says to the letter what it said, under a seal that fits."""
    actor = lived_through.folk.county.auditor.actor
    now = of_bulletins.document(actor, of_bulletins.get(actor, published["id"]))
    same = all(now[name] == published[name] for name in ("data", "seal", "title", "number"))
    return same and now["whole"] is True


def empty_offices(lived_through: Year) -> None:
    """Two people of a busy office are moved, which is too small from now on; an office of the year is given up."""
    by, county = lived_through.administrator, lived_through.folk.county
    new = db.session.scalars(sa.select(Unit.id).where(Unit.code == NEW_OFFICE)).one()
    newcomers = db.session.scalars(sa.select(Person.id).where(Person.unit_id == new)).all()
    for person_id in (lived_through.busy[0].reporter.id, lived_through.busy[0].handler.id, *newcomers):
        accounts.update(by, person_id, {"unit_id": county.department})
    units.update(by, new, {"retired": True})
