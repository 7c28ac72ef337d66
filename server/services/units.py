"""Keeping the unit tree: make, rename, move, retire. One change of the tree at a time."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import NotFound, UnitRefused
from server.models.people import Person
from server.models.units import Unit
from server.queries import units as reads
from server.rules import access, units
from server.rules.access import Actor
from server.services import events, matters, patrol_plans, projects
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be made below another."""

    parent_id: int
    code: str
    name: str
    kind: str
    position: int = 0


@verb
def create(actor: Actor, told: NewUnit) -> dict[str, Any]:
    """Make a unit. `UnitRefused` where it does not fit there, or its code is taken."""
    _hold_the_tree()
    above = _open(told.parent_id)
    access.ensure(actor, "unit.create", path=above.path)
    return reads.document(add(told, above, actor_id=actor.person_id))


def add(told: NewUnit, above: Unit, *, actor_id: int | None) -> Unit:
    """Add the row below `above`. Within a verb."""
    units.check_place(kind=told.kind, path="", above_kind=above.kind, above_path=above.path)
    units.check_depth(units.depth_of(above.path) + 1)
    unit = Unit(
        parent_id=above.id, code=told.code, name=told.name, kind=told.kind, path="", position=told.position
    )
    db.session.add(unit)
    _flush()
    unit.path = f"{above.path}{unit.id}/"
    db.session.flush()
    events.record("unit.created", actor_id=actor_id, unit_id=unit.id, subject=unit.id, parent=above.id)
    return unit


@verb
def update(actor: Actor, unit_id: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Change `code`, `name`, `kind`, `position`; move it (`parent_id`); retire it or take it back (`retired`).

    Who moves or retires a unit administers the unit above it as well. `UnitRefused` where the tree would not hold.
    """
    _hold_the_tree()
    unit = _get(unit_id)
    access.ensure_seen(actor, "unit.read", path=unit.path, own=unit.id == actor.unit_id)
    access.ensure(actor, "unit.update", path=unit.path)
    changed = {name: value for name, value in changes.items() if _now(unit, name) != value}
    moved = (
        {"from_parent": unit.parent_id, "to_parent": changed["parent_id"]} if "parent_id" in changed else {}
    )
    for name, value in changed.items():
        _CHANGES.get(name, _plainly(name))(actor, unit, value)
    if {"kind", "parent_id"} & changed.keys():
        _ensure_in_place(unit)
    _flush()
    if changed:
        events.record(
            "unit.updated",
            actor_id=actor.person_id,
            unit_id=unit.id,
            subject=unit.id,
            changed=sorted(changed),
            **moved,
        )
    return reads.document(unit)


def _now(unit: Unit, name: str) -> Any:
    """What a field of the unit says now."""
    return unit.retired_at is not None if name == "retired" else getattr(unit, name)


def _plainly(name: str) -> Callable[[Actor, Unit, Any], None]:
    """A change that is no more than another value."""

    def change(_actor: Actor, unit: Unit, value: Any) -> None:
        setattr(unit, name, value)

    return change


def _move(actor: Actor, unit: Unit, parent_id: int | None) -> None:
    """Hang the unit, with all below it, under another one."""
    _ensure_governs_above(actor, unit)
    if parent_id is None or unit.parent_id is None:
        units.refuse(
            "县级单位不能移动，其他单位必须有上级", "the county stays at the top, every other one below"
        )
    above = _open(parent_id)
    access.ensure(actor, "unit.update", path=above.path)
    units.check_place(kind=unit.kind, path=unit.path, above_kind=above.kind, above_path=above.path)
    old, new = unit.path, f"{above.path}{unit.id}/"
    below = list(db.session.scalars(sa.select(Unit).where(Unit.path.startswith(old))))
    units.check_depth(
        max(units.depth_of(each.path) for each in below) + units.depth_of(new) - units.depth_of(old)
    )
    unit.parent_id = above.id
    for each in below:
        each.path = new + each.path.removeprefix(old)


def _retire(actor: Actor, unit: Unit, retired: bool) -> None:
    """Retire a unit that nobody and nothing is in any more, or take it back under one that is not retired."""
    _ensure_governs_above(actor, unit)
    if not retired:
        _open(unit.parent_id or unit.id)
        unit.retired_at = None
        return
    if db.session.scalar(
        sa.select(Unit.id).where(Unit.parent_id == unit.id, Unit.retired_at.is_(None)).limit(1)
    ):
        units.refuse("还有下级单位", "there are units below it")
    if db.session.scalar(
        sa.select(Person.id).where(Person.unit_id == unit.id, Person.left_at.is_(None)).limit(1)
    ):
        units.refuse("还有人员，请先调出", "there are people in it; move them first")
    matters.ensure_none_with(unit.id)
    projects.ensure_none_with(unit.id)
    patrol_plans.ensure_none_with(unit.id)
    unit.retired_at = clock.now()


_CHANGES: dict[str, Callable[[Actor, Unit, Any], None]] = {"parent_id": _move, "retired": _retire}


def _ensure_governs_above(actor: Actor, unit: Unit) -> None:
    """`Forbidden` unless the actor administers the unit above; `UnitRefused` for the county, which has none."""
    if unit.parent_id is None:
        units.refuse("县级单位不能移动或停用", "the county is neither moved nor retired")
    access.ensure(actor, "unit.update", path=_get(unit.parent_id).path)


def _ensure_in_place(unit: Unit) -> None:
    """`UnitRefused` unless the unit, of this kind, may stand where it stands, with what stands below it."""
    above = None if unit.parent_id is None else _get(unit.parent_id)
    units.check_place(
        kind=unit.kind,
        path=unit.path,
        above_kind=above.kind if above else None,
        above_path=above.path if above else "",
    )
    below = db.session.scalars(sa.select(Unit.kind).where(Unit.parent_id == unit.id).limit(1)).first()
    if below is not None:
        units.check_place(kind=below, path="", above_kind=unit.kind, above_path=unit.path)


def _hold_the_tree() -> None:
    """Let only one change of the tree go on at a time: a unit made below one that moves would keep its old path."""
    db.session.scalar(sa.select(Unit.id).where(Unit.parent_id.is_(None)).with_for_update(key_share=True))


def _get(unit_id: int) -> Unit:
    """The unit; `NotFound` when there is none."""
    unit = db.session.get(Unit, unit_id, populate_existing=True)
    if unit is None:
        raise NotFound
    return unit


def _open(unit_id: int) -> Unit:
    """The unit; `UnitRefused` when there is none, or it is retired."""
    unit = db.session.get(Unit, unit_id, populate_existing=True)
    if unit is None or unit.retired_at is not None:
        units.refuse("上级单位不存在或已停用", "there is no such unit above, or it is retired")
    return unit


def _flush() -> None:
    """Write; `UnitRefused` when the code is taken."""
    try:
        db.session.flush()
    except sa.exc.IntegrityError as error:
        raise UnitRefused(why_zh="编码已被使用", why_en="the code is taken") from error
