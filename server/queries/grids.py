"""Grids 网格: the ground that patrols walk, the unit that walks each, and when each was last walked.

The ground is the grids, and the villages that have none. A grid's unit is the one of its code, else of the area above
it. Nothing here is of a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.areas import Area
from server.models.patrols import Patrol, PatrolledArea
from server.models.units import Unit
from server.rules import access
from server.rules.access import Actor


@dataclass(frozen=True, slots=True)
class Grid:
    """A grid, with the unit that walks it."""

    area_id: int
    name: str
    unit_id: int
    unit: str
    path: str


def of_scope(actor: Actor, permission: str) -> Sequence[Grid]:
    """The grids whose units the actor has a permission over, in the order of units, then by code."""
    scope = access.scope(actor, permission)
    return [grid for grid in _all() if scope.covers(grid.path)]


def _all() -> Sequence[Grid]:
    """Every grid that has a unit."""
    areas = {
        row.id: row
        for row in db.session.execute(
            sa.select(Area.id, Area.kind, Area.code, Area.name, Area.parent_id).where(
                Area.retired_from.is_(None)
            )
        )
    }
    units = {
        row.code: row
        for row in db.session.execute(
            sa.select(Unit.id, Unit.code, Unit.name, Unit.path).where(Unit.retired_at.is_(None))
        )
    }
    divided = {row.parent_id for row in areas.values() if row.kind == "grid"}
    walked = (
        row
        for row in areas.values()
        if row.kind == "grid" or (row.kind == "village" and row.id not in divided)
    )
    found = ((row, _unit_of(row, areas, units)) for row in walked)
    grids = [(row.code, Grid(row.id, row.name, unit.id, unit.name, unit.path)) for row, unit in found if unit]
    return [grid for _, grid in sorted(grids, key=lambda each: (each[1].path, each[0]))]


def _unit_of(area: Any, areas: Mapping[int, Any], units: Mapping[str, Any]) -> Any:
    """The unit of an area, or of the nearest one above it that has one; None where none has."""
    while area is not None and area.code not in units:
        area = areas.get(area.parent_id)
    return None if area is None else units[area.code]


def last_walked(actor: Actor, *, unit_id: int | None = None, since: date | None = None) -> dict[str, Any]:
    """When each grid in the actor's scope was last walked: `{now, since, grids, not_walked}`; grids in unit order.

    `since` is a Shanghai day, this week's Monday if None; `not_walked` counts the grids nobody has walked since.
    """
    now = clock.now()
    since = since or clock.monday_of(clock.day_of(now))
    found = of_scope(actor, "patrol.read")
    if unit_id is not None:
        top = db.session.scalars(sa.select(Unit.path).where(Unit.id == unit_id)).one_or_none()
        found = [grid for grid in found if top is not None and grid.path.startswith(top)]
    walked, due = _walked([grid.area_id for grid in found]), _due()
    told = [_told(grid, walked.get(grid.area_id), due.get(grid.area_id), since) for grid in found]
    return {
        "now": now,
        "since": since,
        "grids": told,
        "not_walked": sum(not grid["walked"] for grid in told),
    }


def _told(grid: Grid, at: datetime | None, due: Any, since: date) -> dict[str, Any]:
    """One grid: when it was last walked, whether since a day, and which patrol comes next."""
    return {
        "area": {"id": grid.area_id, "name": grid.name},
        "unit": {"id": grid.unit_id, "name": grid.unit},
        "last_walked_at": at,
        "walked": at is not None and at >= clock.day_starts_at(since),
        "next": None if due is None else {"id": due.id, "opens_at": due.opens_at, "state": due.state},
    }


def _walked(area_ids: Sequence[int]) -> Mapping[int, datetime]:
    """When each of some areas was last walked by a patrol.

    One look into the index for each, however many years of patrols lie below it.
    """
    latest = (
        sa.select(PatrolledArea.at)
        .where(PatrolledArea.area_id == Area.id)
        .order_by(PatrolledArea.at.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = db.session.execute(sa.select(Area.id, latest.label("at")).where(Area.id.in_(area_ids)))
    return {row.id: row.at for row in found if row.at is not None}


def _due() -> Mapping[int, Any]:
    """The next patrol of each area that is due or under way."""
    statement = (
        sa.select(Patrol.area_id, Patrol.id, Patrol.opens_at, Patrol.state)
        .where(Patrol.state.in_(("due", "under_way")), Patrol.area_id.is_not(None))
        .order_by(Patrol.opens_at.desc(), Patrol.id.desc())
    )
    return {row.area_id: row for row in db.session.execute(statement)}
