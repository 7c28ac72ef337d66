"""Matters: reported, accepted, assigned, handled, verified, closed. Every step is appended; nothing said is taken away.

`take` is the one way from state to state; `rules.matters.STEPS` says which steps there are. A complaint or suggestion
is answered instead.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import MatterChanged, MatterRefused, NotFound, OwnMatter
from server.geo import datum
from server.geo.datum import Datum
from server.models.matters import Matter, MatterAnswer, MatterStep
from server.queries import categories
from server.queries import matters as reads
from server.queries import working_calendar as calendars
from server.rules import access, matters, units
from server.rules.access import Actor
from server.services import deadlines, events, proofs, standing, steps
from server.services.steps import Told
from server.transaction import unique_or, verb


@dataclass(frozen=True, slots=True)
class Report:
    """What is reported. `told_as` is the id the phone gave it: the same told again is the same matter; photos are sent
    under it afterwards, `photo_count` of them.
    """

    kind: str
    text: str
    page: str = ""
    category_id: int | None = None
    place: str = ""
    lng: float | None = None
    lat: float | None = None
    datum: str = Datum.WGS84
    told_as: UUID | None = None
    photo_count: int = 0


@verb
def report(actor: Actor, told: Report) -> dict[str, Any]:
    """Keep a matter, for the unit that answers for it; the county for a complaint or suggestion.

    `MatterRefused` for a category that is not used, or an id already given to another matter.
    """
    access.ensure(actor, "matter.report", path=actor.unit_path, own=True)
    standing.locked(actor.person_id)  # of the same report sent twice at once, the second finds the first
    if (again := _told_before(actor, told)) is not None:
        return reads.document(actor, again)
    matter = _matter(actor, told)
    with unique_or(_taken()):
        db.session.add(matter)
    proofs.tell(actor, matter.id, told.told_as if told.photo_count else None, told.photo_count)
    deadlines.reckon(matter, calendars.current())
    events.record(
        "matter.reported",
        actor_id=actor.person_id,
        unit_id=matter.holder_id if told.kind in matters.CONFIDENTIAL else actor.unit_id,
        subject=matter.id,
        matter=told.kind,
        **deadlines.facts(matter),
    )
    return reads.document(actor, matter.id)


@verb
def take(actor: Actor, matter_id: int, step: str, told: Told) -> dict[str, Any]:
    """Take a step on a matter.

    The same told again (`told_as`) is the same step. `NotFound` for one the actor may not read, `MatterChanged` where
    somebody was faster, `Forbidden`, `MatterStepNotAllowed`, or `MatterRefused` where what is told does not hold
    together.
    """
    try:
        matter = reads.get(actor, matter_id, to_change=True)
    except NotFound:
        return _as_handed_on(actor, matter_id, step, told)
    _ensure_told(matter)
    if matter.kind in matters.CONFIDENTIAL:
        matters.refuse("投诉建议只作答复", "a complaint or suggestion is answered, no more")
    if proofs.is_told(actor, matter.id, step, told.told_as):
        return reads.document(actor, matter.id)
    _ensure_may(actor, matter, matters.STEPS[step].permission)
    if told.revision not in {None, matter.revision}:
        raise MatterChanged
    target = matters.step(step, matter.state, held=reads.is_held(matter))
    matters.check_told(step, told.given)
    steps.change(actor, matter, step, told)
    step_id = _append(matter, step, target, told, actor.person_id)
    proofs.tell(actor, matter.id, told.told_as, told.photo_count, step_id=step_id)
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
    _ensure_told(matter)
    if matter.by_id == actor.person_id:
        raise OwnMatter
    db.session.add(MatterAnswer(matter_id=matter.id, by_id=actor.person_id, text=text, at=clock.now()))
    db.session.flush()
    events.record(
        "matter.answered",
        actor_id=actor.person_id,
        unit_id=matter.holder_id,
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
    steps.hand_up(matter)
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
    same_words = found.text == told.text or found.erased_at is not None
    if (found.by_id, found.kind) != (actor.person_id, told.kind) or not same_words:
        raise _taken()
    return found.id


def _taken() -> MatterRefused:
    """The refusal of an id that says something else."""
    return MatterRefused(why_zh="编号已被另一事项使用", why_en="its id belongs to another matter")


def _matter(actor: Actor, told: Report) -> Matter:
    """The row of a new matter."""
    confidential = told.kind in matters.CONFIDENTIAL
    lng, lat = _position(told)
    return Matter(
        told_as=told.told_as,
        kind=told.kind,
        category_id=None if confidential else _category(told),
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


def _category(told: Report) -> int:
    """The category that is told, or else that of the kind; `MatterRefused` where that is none in use."""
    return steps.category(told.category_id or categories.of_kind(told.kind)).id


def _position(told: Report) -> tuple[float | None, float | None]:
    """Where it is, in WGS-84."""
    if told.lng is None or told.lat is None:
        return None, None
    return datum.convert_point(lng=told.lng, lat=told.lat, source=Datum(told.datum), target=Datum.WGS84)


def _ensure_told(matter: Matter) -> None:
    """`MatterRefused` once what it told is erased: nobody knows any more what is to be done."""
    if matter.erased_at is not None:
        matters.refuse("内容已删除，不能再办理", "what it told is erased; nothing more is done on it")


def _as_handed_on(actor: Actor, matter_id: int, step: str, told: Told) -> dict[str, Any]:
    """The answer to a step that gave the matter out of the actor's sight, sent again; `NotFound` for any other."""
    step_id = proofs.step_told(actor, matter_id, step, told.told_as)
    if step_id is None:
        raise NotFound
    return reads.as_left(actor, matter_id, step_id)


# ── steps ───────────────────────────────────────────────────────────────────────────────────────────────


def _ensure_may(actor: Actor, matter: Matter, permission: str) -> None:
    """`Forbidden` unless the actor has a step's permission: over the unit that holds, or (to handle) that has it."""
    if permission != "matter.handle":
        access.ensure(actor, permission, path=steps.unit_of(matter.holder_id).path)
        return
    path = "\x01" if matter.assigned_unit_id is None else steps.unit_of(matter.assigned_unit_id).path
    access.ensure(actor, permission, path=path, own=matter.assigned_to_id == actor.person_id)


def _append(matter: Matter, step: str, target: str, told: Told, by_id: int | None) -> int:
    """Append the step, with the unit it was handed up to, bring the matter into its new state, and reckon its term.

    The step's id.
    """
    row = MatterStep(
        matter_id=matter.id,
        step=step,
        state=target,
        at=clock.now(),
        by_id=by_id,
        note=told.note,
        unit_id=matter.holder_id if step == "escalate" else told.unit_id,
        person_id=told.person_id,
        into_id=told.into_id,
        until=told.until,
    )
    db.session.add(row)
    matter.state, matter.revision = target, matter.revision + 1
    db.session.flush()
    deadlines.reckon(matter, calendars.current())
    _record(steps.RECORDED[step], matter, by_id)
    return row.id


def _record(kind: str, matter: Matter, by_id: int | None) -> None:
    """An event about a matter, with who answers for it from now on and by when: boards are reckoned from these."""
    events.record(
        kind, actor_id=by_id, unit_id=matter.holder_id, subject=matter.id, **deadlines.facts(matter)
    )
