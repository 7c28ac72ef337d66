"""Matters: reported, accepted, assigned, handled, verified, closed. Every step is appended; nothing said is taken away.

`take` is the one way from state to state; `rules.matters.STEPS` says which steps there are. A complaint or suggestion
is answered instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import Forbidden, MatterChanged, NotFound, OwnMatter
from server.geo import datum
from server.geo.datum import Datum
from server.models.matters import Matter, MatterAnswer, MatterCategory, MatterStep
from server.models.people import Person
from server.models.units import Unit
from server.queries import matters as reads
from server.queries import working_calendar as calendars
from server.rules import access, matters, units
from server.rules.access import Actor
from server.services import deadlines, events
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. `told_as` is the id the phone gave it: the same told again is the same matter."""

    kind: str
    text: str
    page: str = ""
    category_id: int | None = None
    place: str = ""
    lng: float | None = None
    lat: float | None = None
    datum: str = Datum.WGS84
    told_as: UUID | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What is told with a step; which of it is needed says `rules.matters.STEPS`. `revision` is the one last read."""

    note: str = ""
    unit_id: int | None = None
    person_id: int | None = None
    until: date | None = None
    into_id: int | None = None
    category_id: int | None = None
    revision: int | None = None

    @property
    def given(self) -> list[str]:
        """The names of what was told."""
        return [name for name in self.__slots__ if getattr(self, name)]


@verb
def report(actor: Actor, told: Report) -> dict[str, Any]:
    """Keep a matter, for the unit that answers for it; the county for a complaint or suggestion.

    `MatterRefused` for a category that is not used, or an id already given to another matter.
    """
    access.ensure(actor, "matter.report", path=actor.unit_path, own=True)
    if (again := _told_before(actor, told)) is not None:
        return reads.document(actor, again)
    matter = _matter(actor, told)
    db.session.add(matter)
    db.session.flush()
    deadlines.reckon(matter, calendars.current())
    events.record(
        "matter.reported",
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        subject=matter.id,
        matter=told.kind,
        **deadlines.facts(matter),
    )
    return reads.document(actor, matter.id)


@verb
def take(actor: Actor, matter_id: int, step: str, told: Told) -> dict[str, Any]:
    """Take a step on a matter.

    `NotFound` for one the actor may not read, `MatterChanged` where somebody was faster, `Forbidden`,
    `MatterStepNotAllowed`, or `MatterRefused` where what is told does not hold together.
    """
    matter = reads.get(actor, matter_id, to_change=True)
    if matter.kind in matters.CONFIDENTIAL:
        matters.refuse("投诉建议只作答复", "a complaint or suggestion is answered, no more")
    _ensure_may(actor, matter, matters.STEPS[step].permission)
    if told.revision not in {None, matter.revision}:
        raise MatterChanged
    target = matters.step(step, matter.state, held=reads.is_held(matter))
    matters.check_told(step, told.given)
    _CHANGES.get(step, _nothing_else)(actor, matter, told)
    _append(matter, step, target, told, actor.person_id)
    return reads.document(actor, matter.id)


@verb
def answer(actor: Actor, matter_id: int, text: str) -> dict[str, Any]:
    """Answer whoever reported a matter; they read it where they said it. `NotFound` for what one may not read.

    `OwnMatter` where that is oneself. Another answer is added to the first.
    """
    matter = reads.get(actor, matter_id)
    access.ensure_holds(actor, "matter.answer")
    if matter.kind not in matters.CONFIDENTIAL:
        matters.refuse(
            "只答复投诉建议，其他事项按步骤办理",
            "only a complaint or suggestion is answered; others go by their steps",
        )
    if matter.by_id == actor.person_id:
        raise OwnMatter
    db.session.add(MatterAnswer(matter_id=matter.id, by_id=actor.person_id, text=text, at=clock.now()))
    db.session.flush()
    events.record(
        "matter.answered",
        actor_id=actor.person_id,
        unit_id=matter.unit_id,
        person_id=matter.by_id,
        subject=matter.id,
        matter=matter.kind,
    )
    return reads.document(actor, matter.id)


@verb
def escalate(matter_id: int) -> bool:
    """Hand up a matter that has been overdue for its category's time; whether it was. For the sweep."""
    matter = db.session.get_one(Matter, matter_id, populate_existing=True, with_for_update=True)
    if not reads.is_overdue(matter) or not deadlines.is_to_be_handed_up(matter):
        return False
    _hand_up(matter)
    _append(matter, "escalate", "reported", Told(note="超过时限，系统自动提请上级"), None)
    return True


@verb
def reckon(*, category_id: int | None = None) -> None:
    """Reckon anew when the terms of open matters end: the calendar has changed, or a category has."""
    which = sa.select(Matter).where(Matter.state.in_(matters.OPEN)).order_by(Matter.id).with_for_update()
    if category_id is not None:
        which = which.where(Matter.category_id == category_id)
    calendar = calendars.current()
    for matter in db.session.scalars(which.execution_options(populate_existing=True)):
        before = matter.due_at
        deadlines.reckon(matter, calendar)
        if matter.due_at != before:
            _record("matter.reckoned", matter, None)


def leave_to_unit(person_id: int) -> None:
    """Leave the open matters that a person had to handle to their unit. Within a verb."""
    theirs = sa.update(Matter).where(Matter.assigned_to_id == person_id, Matter.state.in_(matters.OPEN))
    db.session.execute(theirs.values(assigned_to_id=None))


def ensure_none_with(unit_id: int) -> None:
    """`UnitRefused` while a unit holds or handles an open matter."""
    with_it = sa.or_(Matter.holder_id == unit_id, Matter.assigned_unit_id == unit_id)
    statement = sa.select(Matter.id).where(with_it, Matter.state.in_(matters.OPEN)).limit(1)
    if db.session.scalar(statement) is not None:
        units.refuse("还有未办结的事项，请先转办", "it has open matters; hand them on first")


# ── reporting ───────────────────────────────────────────────────────────────────────────────────────────


def _told_before(actor: Actor, told: Report) -> int | None:
    """The matter that the same report became before; `MatterRefused` where the id says something else."""
    if told.told_as is None:
        return None
    found = db.session.scalars(sa.select(Matter).where(Matter.told_as == told.told_as)).first()
    if found is None:
        return None
    if (found.by_id, found.kind, found.text) != (actor.person_id, told.kind, told.text):
        matters.refuse("编号已被另一事项使用", "its id belongs to another matter")
    return found.id


def _matter(actor: Actor, told: Report) -> Matter:
    """The row of a new matter."""
    confidential = told.kind in matters.CONFIDENTIAL
    lng, lat = _position(told)
    return Matter(
        told_as=told.told_as,
        kind=told.kind,
        category_id=None if confidential else _category(told.category_id).id,
        text=told.text,
        page=told.page,
        place=told.place,
        lng=lng,
        lat=lat,
        by_id=actor.person_id,
        unit_id=actor.unit_id,
        holder_id=reads.holder_for(actor.unit_id, confidential=confidential).id,
        state="reported",
        revision=1,
        reported_at=clock.now(),
    )


def _category(category_id: int | None) -> MatterCategory:
    """A category in use; `MatterRefused` otherwise."""
    found = db.session.get(MatterCategory, category_id) if category_id is not None else None
    if found is None or found.retired_at is not None:
        matters.refuse("请选择事项类别", "choose one of the categories")
    return found


def _position(told: Report) -> tuple[float | None, float | None]:
    """Where it is, in WGS-84."""
    if told.lng is None or told.lat is None:
        return None, None
    return datum.convert_point(lng=told.lng, lat=told.lat, source=Datum(told.datum), target=Datum.WGS84)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────


def _ensure_may(actor: Actor, matter: Matter, permission: str) -> None:
    """`Forbidden` unless the actor has a step's permission: over the unit that holds, or (to handle) that has it."""
    if permission != "matter.handle":
        access.ensure(actor, permission, path=_unit(matter.holder_id).path)
        return
    path = "\x01" if matter.assigned_unit_id is None else _unit(matter.assigned_unit_id).path
    access.ensure(actor, permission, path=path, own=matter.assigned_to_id == actor.person_id)


def _append(matter: Matter, step: str, target: str, told: Told, by_id: int | None) -> None:
    """Append the step, bring the matter into its new state, and reckon its term."""
    db.session.add(
        MatterStep(
            matter_id=matter.id,
            step=step,
            state=target,
            at=clock.now(),
            by_id=by_id,
            note=told.note,
            unit_id=told.unit_id,
            person_id=told.person_id,
            into_id=told.into_id,
            until=told.until,
        )
    )
    matter.state, matter.revision = target, matter.revision + 1
    db.session.flush()
    deadlines.reckon(matter, calendars.current())
    _record(_RECORDED[step], matter, by_id)


def _record(kind: str, matter: Matter, by_id: int | None) -> None:
    """An event about a matter, with who answers for it from now on and by when: boards are reckoned from these."""
    events.record(
        kind, actor_id=by_id, unit_id=matter.holder_id, subject=matter.id, **deadlines.facts(matter)
    )


_RECORDED = {
    "accept": "matter.accepted",
    "refuse": "matter.refused",
    "assign": "matter.assigned",
    "transfer": "matter.transferred",
    "escalate": "matter.escalated",
    "merge": "matter.merged",
    "hold": "matter.held",
    "resume": "matter.resumed",
    "return": "matter.returned",
    "plan": "matter.scheduled",
    "progress": "matter.progressed",
    "handle": "matter.handled",
    "rework": "matter.reworked",
    "verify": "matter.verified",
    "close": "matter.closed",
    "reopen": "matter.reopened",
    "urge": "matter.urged",
}
"""The event of each step."""


def _nothing_else(_actor: Actor, _matter: Matter, _told: Told) -> None:
    """A step that changes nothing but the state."""


def _accept(_actor: Actor, matter: Matter, told: Told) -> None:
    """Accept, in the category it really belongs to where another one is told."""
    if told.category_id is not None:
        matter.category_id = _category(told.category_id).id


def _assign(_actor: Actor, matter: Matter, told: Told) -> None:
    """Give it to a unit that lies below the holder, and perhaps to a person of it."""
    unit = _open_unit(told.unit_id)
    if not unit.path.startswith(_unit(matter.holder_id).path):
        matters.refuse("只能交办给本单位或下级单位", "it is assigned to the holding unit or one below it")
    if told.person_id is not None:
        _ensure_in(told.person_id, unit)
    matter.assigned_unit_id, matter.assigned_to_id = unit.id, told.person_id


def _transfer(_actor: Actor, matter: Matter, told: Told) -> None:
    """Hand it to another unit of the county."""
    unit = _open_unit(told.unit_id)
    if unit.id == matter.holder_id:
        matters.refuse("事项已在该单位", "that unit holds it already")
    matter.holder_id = unit.id
    _take_back(matter)


def _escalate(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Hand it up to the unit above the holder."""
    _hand_up(matter)


def _hand_up(matter: Matter) -> None:
    """Let the unit above hold it; `MatterRefused` for the county, which has none."""
    above = _unit(matter.holder_id).parent_id
    if above is None:
        matters.refuse("县级已是最高一级", "there is no unit above the county")
    matter.holder_id = above
    _take_back(matter)


def _merge(actor: Actor, matter: Matter, told: Told) -> None:
    """Let it go into another open matter that the actor may read."""
    try:
        into = reads.get(actor, told.into_id or 0)
    except NotFound:
        matters.refuse("并入的事项不存在", "there is no such matter to go into")
    if into.id == matter.id or into.state not in matters.OPEN or into.kind in matters.CONFIDENTIAL:
        matters.refuse("只能并入另一件未办结的事项", "it goes into another matter that is open")
    matter.merged_into_id, matter.closed_at = into.id, clock.now()


def _hold(_actor: Actor, matter: Matter, told: Told) -> None:
    """Stop its clock until a day to come is over."""
    assert told.until is not None
    if told.until <= clock.day_of(clock.now()):
        matters.refuse("暂缓日期应在今天之后", "it is held until a day after today")
    matter.held_until = told.until


def _resume(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Let its clock run again."""
    matter.held_until = None


def _return(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Back to who assigned it."""
    _take_back(matter)


def _take_back(matter: Matter) -> None:
    """Nobody handles it any more."""
    matter.assigned_unit_id = matter.assigned_to_id = matter.held_until = None


def _handle(_actor: Actor, matter: Matter, _told: Told) -> None:
    """`MatterRefused` where its category wants a dated plan first and there is none."""
    if not db.session.get_one(MatterCategory, matter.category_id).planned:
        return
    if not any(each.step == "plan" for each in reads.taken(matter.id)):
        matters.refuse(
            "此类事项须先制定有日期的办理计划", "a matter of this category needs a dated plan first"
        )


def _ensure_another(actor: Actor, matter: Matter, _told: Told) -> None:
    """`Forbidden` for who handled it: nobody verifies what they did themselves."""
    if reads.last_handler(matter.id) == actor.person_id:
        raise Forbidden(
            permission_zh="核实本人办理的事项", permission_en="verify what they handled themselves"
        )


def _close(actor: Actor, matter: Matter, told: Told) -> None:
    """Close it; by another than who handled it."""
    _ensure_another(actor, matter, told)
    matter.closed_at = clock.now()


def _refuse(_actor: Actor, matter: Matter, _told: Told) -> None:
    """Close it without solving it."""
    matter.closed_at = clock.now()


def _reopen(_actor: Actor, matter: Matter, _told: Told) -> None:
    """It was not solved after all."""
    matter.closed_at = None


_CHANGES: dict[str, Callable[[Actor, Matter, Told], None]] = {
    "accept": _accept,
    "refuse": _refuse,
    "assign": _assign,
    "transfer": _transfer,
    "escalate": _escalate,
    "merge": _merge,
    "hold": _hold,
    "resume": _resume,
    "return": _return,
    "handle": _handle,
    "verify": _ensure_another,
    "close": _close,
    "reopen": _reopen,
}


def _open_unit(unit_id: int | None) -> Unit:
    """A unit that is not retired; `MatterRefused` otherwise."""
    found = None if unit_id is None else db.session.get(Unit, unit_id)
    if found is None or found.retired_at is not None:
        matters.refuse("单位不存在或已停用", "there is no such unit, or it is retired")
    return found


def _ensure_in(person_id: int, unit: Unit) -> None:
    """`MatterRefused` unless the person is of the unit or one below it, and still there."""
    found = db.session.get(Person, person_id)
    if found is None or found.left_at is not None or not _unit(found.unit_id).path.startswith(unit.path):
        matters.refuse("承办人不在该单位", "that person is not of the unit")


def _unit(unit_id: int) -> Unit:
    """A unit by its id."""
    return db.session.get_one(Unit, unit_id)
