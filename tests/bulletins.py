"""Matters lived through at their instants, for boards and bulletins, in townships that can be compared."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from server import clock
from server.db import db
from server.models.matters import MatterCategory
from server.services import matters
from server.services.matters import Report
from server.services.steps import Told
from tests import people
from tests.people import County, Someone

_numbers = count(1)

Steps = Sequence[tuple[float, str]]
"""The steps of a matter: (days after its report, step)."""

SOLVED: Steps = ((1, "accept"), (1.1, "assign"), (3, "handle"), (4, "verify"), (4.1, "close"))
LATE: Steps = ((1, "accept"), (1.1, "assign"), (12, "handle"), (13, "verify"), (13.1, "close"))


@dataclass(frozen=True, slots=True)
class Office:
    """A township with who watches, who handles and who reports there."""

    unit_id: int
    watcher: Someone
    handler: Someone
    reporter: Someone


@dataclass(frozen=True, slots=True)
class Folk:
    """A county and offices in it that are large enough to be compared."""

    county: County
    offices: tuple[Office, ...]
    category_id: int


def made(county: County, number: int = 3) -> Folk:
    """So many townships more in a county, of five people each, and an ordinary category of matters."""
    category = MatterCategory(
        name=f"一般事项{next(_numbers)}",
        answer_amount=3,
        answer_unit="days",
        solve_amount=7,
        solve_unit="days",
        escalate_amount=None,
        escalate_unit=None,
    )
    db.session.add(category)
    db.session.commit()
    return Folk(county, tuple(_office(county, n) for n in range(number)), category.id)


def _office(county: County, number: int) -> Office:
    """A township with five people."""
    unit_id = people.unit(f"{'甲乙丙丁戊己庚辛壬癸子丑'[number]}镇", "township", county.root)
    watcher, handler, reporter, *_ = (
        people.person(f"{'甲乙丙丁戊己庚辛壬癸子丑'[number]}{n}", unit_id, (role, unit_id))
        for n, role in enumerate(("supervisor", "cadre", "grid_member", "cadre", "cadre"))
    )
    return Office(unit_id, watcher, handler, reporter)


def lived(told: Folk, office: Office, begins_at: datetime, steps: Steps = SOLVED) -> int:
    """A matter reported at an instant, and each step taken so many days later. Its id."""
    with clock.at(begins_at):
        report = Report("patrol", "路面塌陷", category_id=told.category_id)
        matter_id: int = matters.report(office.reporter.actor, report)["id"]
    for days, step in steps:
        with clock.at(begins_at + timedelta(days=days)):
            take(office, matter_id, step)
    return matter_id


def take(office: Office, matter_id: int, step: str) -> None:
    """One step, by whoever in the office takes such steps."""
    by = office.handler if step in {"handle", "progress", "return"} else office.watcher
    unit_id = office.unit_id if step == "assign" else None
    matters.take(by.actor, matter_id, step, Told(note="已处理", unit_id=unit_id))


def shanghai(year: int, month: int, day: int, hour: int = 10) -> datetime:
    """An instant by the clock in Shanghai."""
    return datetime(year, month, day, hour, tzinfo=clock.SHANGHAI)
