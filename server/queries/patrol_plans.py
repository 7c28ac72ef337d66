"""Patrol plans 巡查计划 as their readers may see them: one, a list, and what the sweep makes patrols of."""

from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.errors import NotFound
from server.models.areas import Area
from server.models.patrols import PatrolCheckpoint, PatrolPlan, PatrolWalker
from server.models.people import Person
from server.models.units import Unit
from server.queries import pages, scopes
from server.rules import access
from server.rules.access import Actor

Document = dict[str, Any]


def get(actor: Actor, plan_id: int, *, to_change: bool = False) -> PatrolPlan:
    """A plan the actor may read; `NotFound` otherwise. `to_change` locks its row until the verb is over."""
    wanted = sa.select(PatrolPlan).where(PatrolPlan.id == plan_id, _readable(actor))
    if to_change:
        wanted = wanted.with_for_update(of=PatrolPlan)
    plan = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if plan is None:
        raise NotFound
    return plan


def _readable(actor: Actor) -> ColumnElement[bool]:
    """The plans of units in the actor's scope, and those whose walker they are."""
    walked = sa.select(PatrolWalker.plan_id).where(PatrolWalker.person_id == actor.person_id)
    mine = sa.or_(PatrolPlan.made_by == actor.person_id, PatrolPlan.id.in_(walked))
    scope = access.scope(actor, "patrol.read")
    return scopes.visible(scope, unit_id=PatrolPlan.unit_id.expression, mine=mine)


def listed(
    actor: Actor,
    *,
    ended: bool = False,
    q: str = "",
    unit_id: int | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Document:
    """The plans the actor may read that go on (or have `ended`), newest first: `{items, next}`."""
    over = PatrolPlan.ended_at.is_not(None) if ended else PatrolPlan.ended_at.is_(None)
    statement = sa.select(PatrolPlan).where(_readable(actor), over).order_by(PatrolPlan.id.desc())
    if q:
        statement = statement.where(PatrolPlan.title.contains(q, autoescape=True))
    if unit_id is not None:
        statement = statement.where(PatrolPlan.unit_id.in_(scopes.units_below(unit_id)))
    if cursor:
        [below] = pages.keys_of(cursor, pages.row_id)
        statement = statement.where(PatrolPlan.id < below)
    found = list(db.session.scalars(statement.limit(limit + 1)))
    more = pages.cursor_of(found[limit - 1].id) if len(found) > limit else None
    return {"items": _documents(found[:limit]), "next": more}


def document(actor: Actor, plan: PatrolPlan) -> Document:
    """A plan in full, with its checkpoints and what the actor may do with it."""
    [told] = _documents([plan])
    path = db.session.scalars(sa.select(Unit.path).where(Unit.id == plan.unit_id)).one()
    steps = () if plan.ended_at else ("edit", "end")
    may = [f"patrol.{step}" for step in steps if access.allows(actor, f"patrol.{step}", path=path)]
    return told | {"checkpoints": checkpoints(plan.id), "may": may}


def _documents(plans: Sequence[PatrolPlan]) -> list[Document]:
    """Plans without their checkpoints."""
    units = _named(Unit, {plan.unit_id for plan in plans})
    areas = _named(Area, {plan.area_id for plan in plans if plan.area_id is not None})
    makers = _named(Person, {plan.made_by for plan in plans})
    walkers = _walkers([plan.id for plan in plans])
    return [
        {name: getattr(plan, name) for name in _TOLD}
        | {
            "unit": units[plan.unit_id],
            "area": None if plan.area_id is None else areas[plan.area_id],
            "made_by": makers[plan.made_by],
            "walkers": walkers[plan.id],
        }
        for plan in plans
    ]


_TOLD = (
    *(
        "id",
        "title",
        "purpose",
        "basis",
        "tracking",
        "photos_required",
        "who",
        "rule",
        "days_off",
        "starts_on",
    ),
    *(
        "until_on",
        "opens",
        "closes",
        "window_days",
        "in_order",
        "route",
        "revision",
        "created_at",
        "ended_at",
    ),
)


def _named(table: Any, ids: Collection[int]) -> dict[int, Document]:
    """Things by id, each with its name."""
    found = db.session.execute(sa.select(table.id, table.name).where(table.id.in_(ids)))
    return {row.id: {"id": row.id, "name": row.name} for row in found}


def _walkers(plan_ids: Collection[int]) -> dict[int, list[Document]]:
    """Who walks each plan, in the order of the rota."""
    found: dict[int, list[Document]] = {plan_id: [] for plan_id in plan_ids}
    statement = (
        sa.select(PatrolWalker.plan_id, Person.id, Person.name)
        .join(Person, Person.id == PatrolWalker.person_id)
        .where(PatrolWalker.plan_id.in_(plan_ids))
        .order_by(PatrolWalker.plan_id, PatrolWalker.position)
    )
    for plan_id, person_id, name in db.session.execute(statement):
        found[plan_id].append({"id": person_id, "name": name})
    return found


def checkpoints(plan_id: int) -> list[Document]:
    """The checkpoints of a plan in order, each with the name of the area where it is one."""
    statement = (
        sa.select(PatrolCheckpoint, Area.name)
        .outerjoin(Area, Area.id == PatrolCheckpoint.area_id)
        .where(PatrolCheckpoint.plan_id == plan_id)
        .order_by(PatrolCheckpoint.position)
    )
    names = ("position", "name", "area_id", "lng", "lat", "radius_m", "tolerance_m")
    return [
        {name: getattr(point, name) for name in names} | {"area_name": area_name}
        for point, area_name in db.session.execute(statement)
    ]


# ── for the sweep ───────────────────────────────────────────────────────────────────────────────────────


def going_on() -> Sequence[int]:
    """The plans that go on. Unscoped."""
    return db.session.scalars(
        sa.select(PatrolPlan.id).where(PatrolPlan.ended_at.is_(None)).order_by(PatrolPlan.id)
    ).all()


def held(plan_id: int) -> PatrolPlan:
    """A plan, locked until the verb is over. Unscoped."""
    return db.session.get_one(PatrolPlan, plan_id, populate_existing=True, with_for_update=True)


def rota(plan_id: int) -> Sequence[int]:
    """Who walks a plan, in order, of those who have not left."""
    statement = (
        sa.select(PatrolWalker.person_id)
        .join(Person, Person.id == PatrolWalker.person_id)
        .where(PatrolWalker.plan_id == plan_id, Person.left_at.is_(None))
        .order_by(PatrolWalker.position)
    )
    return db.session.scalars(statement).all()
