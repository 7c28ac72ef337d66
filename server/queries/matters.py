"""Matters as their readers may see them: one, a list, and the document both are told in.

A matter is read by who reported it, by who watches the unit it came from or the one that holds it, and by the unit it
is assigned to; suggestions by county-wide roles, complaints by those of them that watch nobody.
"""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.matters import Matter, MatterAnswer, MatterCategory, MatterStep
from server.models.people import Person
from server.models.units import Unit
from server.queries import pages, proofs, scopes, working_calendar
from server.rules import access, matters
from server.rules.access import Actor, Scope
from server.rules.working_calendar import WorkingCalendar, between

_Reporter, _Holder, _Assigned, _Handler = aliased(Person), aliased(Unit), aliased(Unit), aliased(Person)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which matters: all open ones (`open`), those overdue now, those to be handled by the reader or their unit."""

    mine: bool = False
    to_me: bool = False
    kind: str | None = None
    state: str | None = None
    open: bool = False
    overdue: bool = False
    unit_id: int | None = None
    q: str = ""


def get(actor: Actor, matter_id: int, *, to_change: bool = False) -> Matter:
    """A matter the actor may read; `NotFound` otherwise. `to_change` locks its row until the verb is over."""
    statement = sa.select(Matter).where(Matter.id == matter_id, readable(actor))
    if to_change:
        statement = statement.with_for_update(of=Matter).execution_options(populate_existing=True)
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found


def listed(actor: Actor, asked: Asked, *, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """The matters the actor may read, newest first: `{items, next}`."""
    statement = rows().where(*_where(actor, asked)).order_by(Matter.id.desc())
    if cursor:
        statement = statement.where(Matter.id < pages.keys_of(cursor, pages.row_id)[0])
    found = db.session.execute(statement.limit(limit + 1)).all()
    after = pages.cursor_of(found[limit - 1].Matter.id) if len(found) > limit else None
    return {"items": summaries(found[:limit]), "next": after}


def among(actor: Actor, matter_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Those of some matters that are to be solved and that the actor may read, by number."""
    wanted = rows().where(
        Matter.id.in_(matter_ids), Matter.kind.not_in(matters.CONFIDENTIAL), readable(actor)
    )
    return summaries(db.session.execute(wanted.order_by(Matter.id)).all())


def document(actor: Actor, matter_id: int) -> dict[str, Any]:
    """One matter in full: every step, and what the actor may do now. For who may read it."""
    row = db.session.execute(rows().where(Matter.id == matter_id)).one()
    shown = proofs.of_matter(matter_id)
    return summaries([row])[0] | {
        **shown.get(None, proofs.NONE),
        "plan": _plan(matter_id),
        "steps": [_step(each) | shown.get(each.MatterStep.id, proofs.NONE) for each in _steps(matter_id)],
        "may": _may(actor, row),
        "may_erase": _may_erase(actor, row.Matter),
        "merged": _merged(matter_id),
    }


def as_left(actor: Actor, matter_id: int, step_id: int) -> dict[str, Any]:
    """A matter as a step left it, and nothing of what came after: for who took the step and may read no more."""
    told = document(actor, matter_id)
    steps = [each for each in told["steps"] if each["id"] <= step_id]
    now = steps[-1]["id"] == told["steps"][-1]["id"]
    return told if now else told | {"steps": steps, "state": steps[-1]["state"], **_UNTOLD}


_UNTOLD: dict[str, Any] = {
    "holder": None,
    "assigned": {"unit": None, "person": None},
    "closed_at": None,
    "due_at": None,
    "overdue": False,
    "left": None,
    "held_until": None,
    "report_due_at": None,
    "plan": None,
    "answers": [],
    "merged": [],
    "merged_into": None,
    "may": [],
}
"""What is not told of a matter to whom it was out of sight for."""


def taken(matter_id: int) -> Sequence[matters.Taken]:
    """The steps taken on a matter, in order. Unscoped, for reckoning its terms."""
    statement = sa.select(MatterStep.step, MatterStep.at, MatterStep.until).where(
        MatterStep.matter_id == matter_id
    )
    found = db.session.execute(statement.order_by(MatterStep.id))
    return [matters.Taken(row.step, row.at, row.until and clock.day_ends_at(row.until)) for row in found]


def last_handler(matter_id: int) -> int | None:
    """Who last reported the matter as handled."""
    statement = sa.select(MatterStep.by_id).where(
        MatterStep.matter_id == matter_id, MatterStep.step == "handle"
    )
    return db.session.scalar(statement.order_by(MatterStep.id.desc()).limit(1))


def is_answered(matter_id: int) -> bool:
    """Whether somebody has answered a complaint or suggestion."""
    statement = sa.select(MatterAnswer.id).where(MatterAnswer.matter_id == matter_id)
    return db.session.scalar(statement.limit(1)) is not None


def expired(before: datetime) -> Sequence[int]:
    """What was over before an instant, closed or last answered, and still tells something. Unscoped, for the sweep."""
    answered = (
        sa.select(sa.func.max(MatterAnswer.at)).where(MatterAnswer.matter_id == Matter.id).scalar_subquery()
    )
    ended = sa.case((Matter.kind.in_(matters.CONFIDENTIAL), answered), else_=Matter.closed_at)
    statement = sa.select(Matter.id).where(Matter.erased_at.is_(None), ended < before)
    return db.session.scalars(statement.order_by(Matter.id)).all()


def holder_for(unit_id: int, *, confidential: bool) -> Unit:
    """The unit that answers for what is reported in a unit: the county for what is confidential, else the nearest
    unit from there upwards that is no grid.
    """
    path = db.session.scalars(sa.select(Unit.path).where(Unit.id == unit_id)).one()
    above = sa.select(Unit).where(sa.literal(path).startswith(Unit.path)).order_by(sa.func.length(Unit.path))
    line = list(db.session.scalars(above))
    if confidential:
        return line[0]
    return next(unit for unit in reversed(line) if unit.kind != "grid" or unit.parent_id is None)


def to_remind() -> Sequence[int]:
    """The open matters of which something ends within the longest holiday and may want a reminder. Unscoped."""
    soon = clock.now() + timedelta(days=REMIND_DAYS)
    ends = (
        sa.and_(due < soon, due.is_distinct_from(told))
        for due, told in (
            (Matter.due_at, Matter.reminded_for),
            (Matter.report_due_at, Matter.reminded_report_for),
        )
    )
    open_ = Matter.state.in_(matters.OPEN)
    return db.session.scalars(sa.select(Matter.id).where(open_, sa.or_(*ends)).order_by(Matter.id)).all()


REMIND_DAYS = 14


def overdue() -> Sequence[Matter]:
    """The open matters whose term is over. Unscoped, for the sweep."""
    late = sa.and_(Matter.state.in_(matters.OPEN), Matter.due_at < clock.now())
    return list(db.session.scalars(sa.select(Matter).where(late).order_by(Matter.id)))


# ── who may read, and which ─────────────────────────────────────────────────────────────────────────────


def readable(actor: Actor) -> ColumnElement[bool]:
    """The matters the actor may read."""
    own = sa.or_(Matter.by_id == actor.person_id, Matter.assigned_to_id == actor.person_id)
    return sa.or_(
        own,
        sa.and_(Matter.kind == "complaint", _within(Matter.unit_id, matters.complaints(actor))),
        sa.and_(Matter.kind == "suggestion", _within(Matter.unit_id, matters.suggestions(actor))),
        sa.and_(Matter.kind.not_in(matters.CONFIDENTIAL), _to_solve(actor)),
    )


def _to_solve(actor: Actor) -> ColumnElement[bool]:
    """The matters to be solved that the actor watches or that are theirs to handle."""
    watched = matters.to_solve(actor)
    return sa.or_(
        _within(Matter.unit_id, watched),
        _within(Matter.holder_id, watched),
        _within(Matter.assigned_unit_id, watched),
        _within(Matter.assigned_unit_id, access.scope(actor, "matter.handle")),
    )


def _within(unit_id: sa.orm.InstrumentedAttribute[Any], scope: Scope) -> ColumnElement[bool]:
    """Whether a matter's unit lies in a scope."""
    return unit_id.in_(scopes.units_within(scope.paths))


def _where(actor: Actor, asked: Asked) -> Iterable[ColumnElement[bool]]:
    """The conditions of a list."""
    yield Matter.by_id == actor.person_id if asked.mine else readable(actor)
    if asked.to_me:
        handle = scopes.units_within(access.scope(actor, "matter.handle").paths)
        yield Matter.state == "assigned"
        yield sa.or_(Matter.assigned_to_id == actor.person_id, Matter.assigned_unit_id.in_(handle))
    if asked.kind:
        yield Matter.kind == asked.kind
    if asked.state:
        yield Matter.state == asked.state
    if asked.open:
        yield Matter.state.in_(matters.OPEN)
    if asked.overdue:
        yield sa.and_(Matter.state.in_(matters.OPEN), Matter.due_at < clock.now())
    if asked.unit_id is not None:
        yield with_unit(asked.unit_id)
    if asked.q:
        yield sa.or_(*(each.contains(asked.q, autoescape=True) for each in (Matter.text, Matter.place)))


def with_unit(unit_id: int) -> ColumnElement[bool]:
    """The matters that a unit or one below it holds or handles."""
    below = scopes.units_below(unit_id)
    return sa.or_(Matter.holder_id.in_(below), Matter.assigned_unit_id.in_(below))


# ── how they are told ───────────────────────────────────────────────────────────────────────────────────


def rows() -> sa.Select[*tuple[Any, ...]]:
    """Every matter with the names around it."""
    return (
        sa.select(
            Matter,
            MatterCategory,
            _Reporter.name.label("by"),
            Unit.name.label("unit"),
            _Holder.name.label("holder"),
            _Holder.path.label("holder_path"),
            _Assigned.name.label("assigned"),
            _Assigned.path.label("assigned_path"),
            _Handler.name.label("handler"),
        )
        .join(_Reporter, _Reporter.id == Matter.by_id)
        .join(Unit, Unit.id == Matter.unit_id)
        .join(_Holder, _Holder.id == Matter.holder_id)
        .outerjoin(MatterCategory, MatterCategory.id == Matter.category_id)
        .outerjoin(_Assigned, _Assigned.id == Matter.assigned_unit_id)
        .outerjoin(_Handler, _Handler.id == Matter.assigned_to_id)
    )


def summaries(found: Sequence[Any]) -> list[dict[str, Any]]:
    """Matters with what was answered."""
    answers, calendar = _answers([row.Matter.id for row in found]), working_calendar.current()
    return [
        _summary(row) | {"left": _left(row, calendar), "answers": answers.get(row.Matter.id, [])}
        for row in found
    ]


def _left(row: Any, calendar: WorkingCalendar) -> dict[str, Any] | None:
    """How much of the term that runs is left, or by how much it is over, in its own unit: `{amount, unit, over}`.

    Of one on hold, what will be left when the hold is over.
    """
    matter, category = row.Matter, row.MatterCategory
    if matter.due_at is None or matter.state not in matters.OPEN:
        return None
    unit = category.answer_unit if matter.state == "reported" else category.solve_unit
    now = clock.day_ends_at(matter.held_until) - _INSTANT if is_held(matter) else clock.now()
    over = is_overdue(matter)
    begins, ends = (matter.due_at, now) if over else (now, matter.due_at)
    return {**asdict(between(unit, begins, ends, calendar)), "over": over}


_INSTANT = timedelta(microseconds=1)


def _answers(matter_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """What was answered to matters, oldest first."""
    statement = (
        sa.select(MatterAnswer, Person.name)
        .join(Person, Person.id == MatterAnswer.by_id)
        .where(MatterAnswer.matter_id.in_(matter_ids))
        .order_by(MatterAnswer.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for said, name in db.session.execute(statement):
        told = {"by": {"id": said.by_id, "name": name}, "text": said.text, "at": said.at}
        found.setdefault(said.matter_id, []).append(told)
    return found


def _summary(row: Any) -> dict[str, Any]:
    """One matter without its steps and answers."""
    matter: Matter = row.Matter
    return {
        "id": matter.id,
        "kind": matter.kind,
        "category": _named(matter.category_id, row.MatterCategory and row.MatterCategory.name),
        "text": matter.text,
        "page": matter.page,
        "place": matter.place,
        "lng": matter.lng,
        "lat": matter.lat,
        "by": _named(matter.by_id, row.by),
        "unit": _named(matter.unit_id, row.unit),
        "holder": _named(matter.holder_id, row.holder),
        "assigned": {
            "unit": _named(matter.assigned_unit_id, row.assigned),
            "person": _named(matter.assigned_to_id, row.handler),
        },
        "state": matter.state,
        "revision": matter.revision,
        "reported_at": matter.reported_at,
        "closed_at": matter.closed_at,
        "due_at": matter.due_at,
        "overdue": is_overdue(matter),
        "held_until": matter.held_until if is_held(matter) else None,
        "report_due_at": matter.report_due_at,
        "merged_into": matter.merged_into_id,
        "erased_at": matter.erased_at,
    }


def is_held(matter: Matter) -> bool:
    """Whether the matter is on hold now."""
    return matter.held_until is not None and matter.held_until >= clock.day_of(clock.now())


def is_overdue(matter: Matter) -> bool:
    """Whether the term that runs on the matter is over."""
    return matter.state in matters.OPEN and matter.due_at is not None and matter.due_at < clock.now()


def _named(id_: int | None, name: str | None) -> dict[str, Any] | None:
    """An id with its name."""
    return None if id_ is None else {"id": id_, "name": name}


def _steps(matter_id: int) -> Iterable[Any]:
    """Every step taken on a matter, in order, with the names around it."""
    statement = (
        sa.select(MatterStep, Person.name.label("by"), Unit.name.label("unit"), _Handler.name.label("person"))
        .outerjoin(Person, Person.id == MatterStep.by_id)
        .outerjoin(Unit, Unit.id == MatterStep.unit_id)
        .outerjoin(_Handler, _Handler.id == MatterStep.person_id)
        .where(MatterStep.matter_id == matter_id)
        .order_by(MatterStep.id)
    )
    return db.session.execute(statement)


def _step(row: Any) -> dict[str, Any]:
    """One step as it is told; the system has no name."""
    step: MatterStep = row.MatterStep
    return {
        "id": step.id,
        "step": step.step,
        "state": step.state,
        "at": step.at,
        "by": _named(step.by_id, row.by),
        "note": step.note,
        "unit": _named(step.unit_id, row.unit),
        "person": _named(step.person_id, row.person),
        "into": step.into_id,
        "until": step.until,
    }


def _may(actor: Actor, row: Any) -> list[dict[str, Any]]:
    """The steps the actor may take now: `{step, door, asks}`."""
    matter: Matter = row.Matter
    if matter.kind in matters.CONFIDENTIAL or matter.erased_at is not None:
        return []
    steps = matters.allowed(matter.state, held=is_held(matter))
    return [
        {
            "step": name,
            "door": rule.permission.removeprefix("matter."),
            "asks": list(rule.asks),
        }
        for name in steps
        if _allows(actor, (rule := matters.STEPS[name]).permission, row) and _fits(actor, row, name)
    ]


def _fits(actor: Actor, row: Any, step: str) -> bool:
    """Whether a step is not refused: above the county there is nobody, and nobody verifies what they did themselves."""
    if step == "escalate":
        return not access.is_root(row.holder_path)
    return step not in matters.NOT_ONES_OWN or last_handler(row.Matter.id) != actor.person_id


def _may_erase(actor: Actor, matter: Matter) -> bool:
    """Whether the actor may ask for what it tells to be erased; whether it is time, the verb says."""
    theirs = matter.by_id == actor.person_id or bool(access.scope(actor, "matter.erase").paths)
    return theirs and matter.erased_at is None


def _allows(actor: Actor, permission: str, row: Any) -> bool:
    """Whether the actor has a step's permission over a matter."""
    if permission != "matter.handle":
        return access.allows(actor, permission, path=row.holder_path)
    own = row.Matter.assigned_to_id == actor.person_id
    return access.allows(actor, permission, path=row.assigned_path or "\x01", own=own)


def _plan(matter_id: int) -> dict[str, Any] | None:
    """The plan that a matter is handled by, the newest: `{note, until, at}`."""
    statement = sa.select(MatterStep).where(MatterStep.matter_id == matter_id, MatterStep.step == "plan")
    found = db.session.scalars(statement.order_by(MatterStep.id.desc()).limit(1)).first()
    return None if found is None else {"note": found.note, "until": found.until, "at": found.at}


def _merged(matter_id: int) -> list[int]:
    """The matters that went into this one."""
    statement = sa.select(Matter.id).where(Matter.merged_into_id == matter_id).order_by(Matter.id)
    return list(db.session.scalars(statement))
