"""Projects to try things with: registered, planned, taken on, by whoever may."""

from datetime import date
from decimal import Decimal
from typing import Any

from server.rules.projects import Half
from server.services import milestones, projects
from server.services.projects import ProjectTold
from tests.people import County, Someone

PLAN = {
    "signed": date(2026, 2, 1),
    "land": date(2026, 4, 1),
    "started": date(2026, 6, 1),
    "completed": date(2026, 12, 1),
}


def registered(folk: County, **told: Any) -> dict[str, Any]:
    """A project of township A, a lead since the first of January."""
    facts: dict[str, Any] = {
        "name": "东河精密铸件",
        "investor": "云杉铸造",
        "chain": "装备制造",
        "amount": Decimal("1.2"),
        "amount_unit": "亿元",
        "unit_id": folk.township_a,
        "known_on": date(2026, 1, 1),
    }
    return projects.register(folk.supervisor.actor, ProjectTold(**facts | told))


def planned(folk: County, project: dict[str, Any], **money: str) -> dict[str, Any]:
    """The same with days for its stages, and money by half-year (`H1="0.5"`)."""
    amounts = {Half(2026, int(half[1])): Decimal(amount) for half, amount in money.items()}
    return milestones.plan(folk.supervisor.actor, project["id"], days=PLAN, money=amounts)


def reached(who: Someone, project: dict[str, Any], **days: date) -> dict[str, Any]:
    """The same after it reached these stages."""
    for stage, on in days.items():
        project = milestones.advance(who.actor, project["id"], stage=stage, on=on)
    return project
