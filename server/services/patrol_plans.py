"""Patrol plans: made, changed and ended by those who watch the unit; patrols that nobody has begun follow a change."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import PatrolChanged
from server.geo import datum
from server.geo.datum import Datum
from server.models.areas import Area
from server.models.patrols import PatrolCheckpoint, PatrolPlan, PatrolWalker
from server.models.people import Person
from server.models.units import Unit
from server.queries import patrol_plans as reads
from server.rules import access, patrols, units
from server.rules.access import Actor
from server.rules.patrols import Checkpoint, Plan
from server.services import events, walks
from server.services import patrols as made
from server.transaction import verb


@verb
def plan(actor: Actor, told: Plan) -> dict[str, Any]:
    """Make a plan, and the patrols of its next days. `PatrolRefused` where it does not hold together."""
    new = PatrolPlan(made_by=actor.person_id, created_at=clock.now(), turns=0, revision=1)
    _lay_out(actor, new, told, "patrol.plan")
    db.session.add(new)
    db.session.flush()
    _fill(new.id, told)
    return _done(actor, new, "patrol.planned")


@verb
def edit(actor: Actor, plan_id: int, told: Plan) -> dict[str, Any]:
    """Change a plan; the patrols that nobody has begun are made anew. `PatrolChanged` where somebody was faster."""
    found = _to_change(actor, plan_id, "patrol.edit")
    if told.revision not in {None, found.revision}:
        raise PatrolChanged
    by_turns = bool(reads.rota(found.id))
    _lay_out(actor, found, told, "patrol.edit")
    found.revision += 1
    _fill(found.id, told)
    called_off = walks.call_off_of_plan(found.id, actor.person_id, because="巡查计划已修改")
    if by_turns:  # whose turn it was has not walked it: it is theirs again
        found.turns = max(0, found.turns - called_off)
    return _done(actor, found, "patrol.edited")


@verb
def end(actor: Actor, plan_id: int) -> dict[str, Any]:
    """End a plan: no patrol is made of it any more, and those that nobody has begun are called off. Again is fine."""
    found = _to_change(actor, plan_id, "patrol.end", again=True)
    if found.ended_at is None:
        found.ended_at, found.revision = clock.now(), found.revision + 1
        walks.call_off_of_plan(found.id, actor.person_id, because="巡查计划已停止")
        _record(actor, found, "patrol.ended")
    return reads.document(actor, found)


def ensure_none_with(unit_id: int) -> None:
    """`UnitRefused` while a plan of a unit goes on."""
    statement = sa.select(PatrolPlan.id).where(PatrolPlan.unit_id == unit_id, PatrolPlan.ended_at.is_(None))
    if db.session.scalar(statement.limit(1)) is not None:
        units.refuse("还有未停止的巡查计划，请先停止", "it has patrol plans that go on; end them first")


def _to_change(actor: Actor, plan_id: int, permission: str, *, again: bool = False) -> PatrolPlan:
    """A plan the actor may change, locked; one that has ended is changed no more."""
    found = reads.get(actor, plan_id, to_change=True)
    access.ensure(actor, permission, path=_unit(found.unit_id).path)
    if found.ended_at is not None and not again:
        patrols.refuse("巡查计划已停止", "the plan has ended")
    return found


def _done(actor: Actor, found: PatrolPlan, kind: str) -> dict[str, Any]:
    """Record the change, make the patrols of the next days, and say how the plan stands."""
    _record(actor, found, kind)
    made.make_of(found.id)
    return reads.document(actor, found)


def _record(actor: Actor, found: PatrolPlan, kind: str) -> None:
    """One event about a plan."""
    db.session.flush()
    events.record(
        kind, actor_id=actor.person_id, unit_id=found.unit_id, subject=found.id, revision=found.revision
    )


def _lay_out(actor: Actor, plan: PatrolPlan, told: Plan, permission: str) -> None:
    """Write what is told onto the plan, once all of it is found good."""
    patrols.check_plan(told)
    unit = _unit(told.unit_id or actor.unit_id)
    access.ensure(actor, permission, path=unit.path)
    _ensure_areas({told.area_id} | {point.area_id for point in told.checkpoints})
    _ensure_people(told.walker_ids, unit)
    plan.unit_id = unit.id
    for name in _WRITTEN:
        setattr(plan, name, getattr(told, name))
    plan.route = [_wgs84(lng, lat, told.datum) for lng, lat in told.route]


_WRITTEN = (
    *("title", "area_id", "purpose", "basis", "tracking", "photos_required", "who", "rule", "days_off"),
    *("starts_on", "until_on", "opens", "closes", "window_days", "in_order"),
)


def _unit(unit_id: int) -> Unit:
    """A unit that is not retired; `PatrolRefused` otherwise."""
    unit = db.session.get(Unit, unit_id)
    if unit is None or unit.retired_at is not None:
        patrols.refuse("单位不存在或已停用", "there is no such unit, or it is retired")
    return unit


def _ensure_areas(area_ids: set[int | None]) -> None:
    """`PatrolRefused` unless every area named is there and not retired."""
    wanted = {area_id for area_id in area_ids if area_id is not None}
    there = db.session.scalars(sa.select(Area.id).where(Area.id.in_(wanted), Area.retired_from.is_(None)))
    if wanted - set(there):
        patrols.refuse("区域不存在或已停用", "there is no such area, or it is retired")


def _ensure_people(person_ids: Sequence[int], unit: Unit) -> None:
    """`PatrolRefused` telling who, by their places in the list, is not of the unit or one below it, or has left."""
    own = (
        sa.select(Person.id)
        .join(Unit, Unit.id == Person.unit_id)
        .where(Person.id.in_(person_ids), Person.left_at.is_(None), Unit.path.startswith(unit.path))
    )
    known = set(db.session.scalars(own))
    strange = [str(place) for place, person_id in enumerate(person_ids, 1) if person_id not in known]
    if strange:
        patrols.refuse(
            f"第 {'、'.join(strange)} 名巡查人员不在该单位及其下级",
            f"of those named, number {', '.join(strange)} is not of the unit or one below it",
        )


def _fill(plan_id: int, told: Plan) -> None:
    """Replace who walks a plan, and its checkpoints."""
    for table in (PatrolWalker, PatrolCheckpoint):
        db.session.execute(sa.delete(table).where(table.plan_id == plan_id))
    for position, person_id in enumerate(told.walker_ids):
        db.session.add(PatrolWalker(plan_id=plan_id, position=position, person_id=person_id))
    for position, point in enumerate(told.checkpoints, start=1):
        db.session.add(_checkpoint(plan_id, position, point))
    db.session.flush()


def _checkpoint(plan_id: int, position: int, told: Checkpoint) -> PatrolCheckpoint:
    """One checkpoint's row, its point in WGS-84."""
    point = told.lng is not None and told.lat is not None and told.radius_m is not None
    partly = told.lng is not None or told.lat is not None or told.radius_m is not None
    if point != partly or point == (told.area_id is not None):
        patrols.refuse(
            f"第 {position} 个巡查点应选一个区域，或一个点加半径",
            f"checkpoint {position} needs an area, or a point with a radius",
        )
    lng, lat = _wgs84(told.lng, told.lat, told.datum) if point else (None, None)
    return PatrolCheckpoint(
        plan_id=plan_id,
        position=position,
        name=told.name,
        area_id=told.area_id,
        lng=lng,
        lat=lat,
        radius_m=told.radius_m,
        tolerance_m=told.tolerance_m,
    )


def _wgs84(lng: float | None, lat: float | None, source: str) -> tuple[float, float]:
    """A point in WGS-84."""
    assert lng is not None, "looked at before"
    assert lat is not None, "looked at before"
    return datum.convert_point(lng=lng, lat=lat, source=Datum(source), target=Datum.WGS84)
