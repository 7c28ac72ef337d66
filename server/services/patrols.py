"""Patrols: made of their plans by the sweep, or called out at once; taken, reminded of, missed; what they found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import PatrolRefused
from server.held import held
from server.models.areas import Area
from server.models.patrols import Patrol, PatrolCheckpoint, PatrolFinding, PatrolPlan
from server.models.trips import TripMember
from server.models.units import Unit
from server.queries import grids as ground
from server.queries import patrol_plans as plans
from server.queries import patrol_units
from server.queries import patrols as reads
from server.queries import working_calendar as calendars
from server.rules import access, patrols
from server.rules.access import Actor
from server.services import matters, standing, walks
from server.services.matters import Report
from server.transaction import unique_or, verb


@dataclass(frozen=True, slots=True)
class Call:
    """A patrol to be walked in many grids at once, now. `id` is the caller's own: the same called again is the same.

    `hours` is how long its window is open; without `area_ids` it is for every grid in the caller's scope.
    """

    id: UUID
    title: str
    purpose: str
    basis: str
    hours: int
    area_ids: Sequence[int] = ()
    tracking: str = "checkins"
    photos_required: bool = False


# ── made ────────────────────────────────────────────────────────────────────────────────────────────────


@verb
def make_of(plan_id: int) -> int:
    """Make the patrols of a plan's next days, those that are not there yet; how many. For the sweep, and its verbs."""
    plan = plans.held(plan_id)
    if plan.ended_at is not None or _is_gone(plan):
        return 0
    today = clock.day_of(clock.now())
    wanted = patrols.days(
        plan.rule,
        starts_on=plan.starts_on,
        until_on=plan.until_on,
        days_off=plan.days_off,
        first=today,
        last=today + timedelta(days=held(Settings).patrol_ahead_days),
        calendar=calendars.current(),
    )
    there = sa.select(Patrol.day).where(
        Patrol.plan_id == plan.id,
        Patrol.day >= today,
        sa.or_(Patrol.state != "called_off", Patrol.cancelled_at.is_not(None)),
    )
    kept = set(db.session.scalars(there))
    return sum(_make(plan, day) for day in wanted if day not in kept)


def _is_gone(plan: PatrolPlan) -> bool:
    """Whether the area or the unit of a plan is retired: nothing is walked there any more."""
    area = None if plan.area_id is None else db.session.get_one(Area, plan.area_id)
    unit = db.session.get_one(Unit, plan.unit_id)
    return unit.retired_at is not None or (area is not None and area.retired_from is not None)


def _make(plan: PatrolPlan, day: date) -> bool:
    """Make one patrol of a plan; not one whose window is over already, as on the day a plan is made."""
    opens_at, closes_at = patrols.window(
        day, opens=plan.opens, closes=plan.closes, window_days=plan.window_days
    )
    if closes_at <= clock.now():
        return False
    points = sa.select(sa.func.count()).where(PatrolCheckpoint.plan_id == plan.id)
    names = ("unit_id", "made_by", "title", "area_id", "purpose", "basis", "tracking", "photos_required")
    patrol = Patrol(
        plan_id=plan.id,
        day=day,
        opens_at=opens_at,
        closes_at=closes_at,
        state="due",
        in_order=plan.in_order,
        route=plan.route,
        checkpoints=db.session.scalar(points) or 1,
        made_at=clock.now(),
        **{name: getattr(plan, name) for name in names},
    )
    db.session.add(patrol)
    db.session.flush()
    _assign(patrol, plan)
    walks.record("patrol.made", patrol, None)
    return True


def _assign(patrol: Patrol, plan: PatrolPlan) -> None:
    """Put on it whose turn it is; where nobody is named any more, it is the unit's."""
    rota = plans.rota(plan.id)
    if rota:
        walks.assign(patrol, [patrols.whose_turn(rota, plan.turns)])
        plan.turns += 1
    else:
        _assign_alone(patrol)


def _assign_alone(patrol: Patrol) -> None:
    """Where a unit is one person, there is nothing to take: it is theirs."""
    people = patrol_units.people_of(patrol.unit_id)
    if len(people) == 1:
        walks.assign(patrol, people)


@verb
def call_out(actor: Actor, told: Call) -> dict[str, Any]:
    """Have many grids walked at once, from now on; those concerned are told. The same call again changes nothing.

    `PatrolRefused` for a routine one, without a basis, or without a grid; `Forbidden` for a grid out of scope.
    """
    access.ensure_holds(actor, "patrol.call")
    if told.purpose == "routine":
        patrols.refuse("临时巡查只用于安全或应急", "only safety and emergency patrols are called out")
    patrols.check_purpose(purpose=told.purpose, basis=told.basis, photos_required=told.photos_required)
    standing.locked(actor.person_id)  # of the same call sent twice at once, the second finds the first
    if not _called_before(actor, told.id):
        units = _grids_of_call(actor, told)
        with unique_or(_taken()):
            made = [_called(actor, told, area_id, unit_id) for area_id, unit_id in sorted(units.items())]
        _tell_of_call(made, actor)
    return {"call_id": told.id, "patrols": _ids_of_call(told.id), "unmanned": reads.unmanned(told.id)}


def _tell_of_call(made: Sequence[Patrol], actor: Actor) -> None:
    """Tell each whom a call concerns once, however many of its grids are theirs to walk."""
    told: set[int] = set()
    for patrol in made:
        concerned = [person_id for person_id in reads.concerned(patrol) if person_id not in told]
        told.update(concerned)
        walks.tell("patrol.called", patrol, concerned, actor.person_id)


def _called_before(actor: Actor, call_id: UUID) -> bool:
    """Whether this call was made before; `PatrolRefused` where it was somebody else's."""
    by = db.session.scalars(sa.select(Patrol.made_by).where(Patrol.call_id == call_id).limit(1)).one_or_none()
    if by not in {None, actor.person_id}:
        raise _taken()
    return by is not None


def _taken() -> PatrolRefused:
    """The refusal of a call's id that is another's."""
    return PatrolRefused(why_zh="编号已被使用", why_en="its id is taken")


def _ids_of_call(call_id: UUID) -> list[int]:
    """The patrols that were called out together."""
    return list(db.session.scalars(sa.select(Patrol.id).where(Patrol.call_id == call_id).order_by(Patrol.id)))


def _grids_of_call(actor: Actor, told: Call) -> Mapping[int, int]:
    """The unit that walks each of the grids called for, by area."""
    mine = {grid.area_id: grid.unit_id for grid in ground.of_scope(actor, "patrol.call")}
    wanted = list(told.area_ids) or list(mine)
    if set(wanted) - set(mine):
        raise access.forbidden("patrol.call")
    if not 0 < len(wanted) <= patrols.MOST_GRIDS:
        patrols.refuse(f"一次 1 到 {patrols.MOST_GRIDS} 个网格", f"1 to {patrols.MOST_GRIDS} grids at once")
    return {area_id: mine[area_id] for area_id in wanted}


def _called(actor: Actor, told: Call, area_id: int, unit_id: int) -> Patrol:
    """One patrol of a call."""
    now = clock.now()
    patrol = Patrol(
        call_id=told.id,
        unit_id=unit_id,
        made_by=actor.person_id,
        title=told.title,
        area_id=area_id,
        purpose=told.purpose,
        basis=told.basis,
        tracking=told.tracking,
        photos_required=told.photos_required,
        day=clock.day_of(now),
        opens_at=now,
        closes_at=now + timedelta(hours=told.hours),
        state="due",
        checkpoints=1,
        reminded_at=now,
        made_at=now,
    )
    db.session.add(patrol)
    db.session.flush()
    _assign_alone(patrol)
    return patrol


# ── taken, called off, found ────────────────────────────────────────────────────────────────────────────


@verb
def take(actor: Actor, patrol_id: int) -> dict[str, Any]:
    """Take a patrol of one's unit upon oneself, or go along on it. Taken twice is taken.

    `NotFound` for one the actor may not read, `Forbidden` for another unit's, `PatrolRefused` once it is over.
    """
    reads.get(actor, patrol_id)
    patrol = reads.held(patrol_id)
    if reads.is_walker(actor, patrol):
        return reads.document(actor, patrol)
    if not reads.is_of_the_unit(actor, patrol):
        raise access.forbidden("patrol.take")
    if patrol.state not in patrols.OPEN:
        patrols.refuse("巡查已结束", "the patrol is over")
    if patrol.trip_id is None:
        walks.assign(patrol, [actor.person_id])
    else:
        walks.join(patrol.trip_id, [actor.person_id])
    walks.record("patrol.taken", patrol, actor.person_id)
    return reads.document(actor, patrol)


@verb
def cancel(actor: Actor, patrol_id: int, reason: str) -> dict[str, Any]:
    """Call off one patrol that nobody has begun, with a reason; those concerned are told."""
    reads.get(actor, patrol_id)
    patrol = reads.held(patrol_id)
    access.ensure(actor, "patrol.cancel", path=db.session.get_one(Unit, patrol.unit_id).path)
    if patrol.state not in {"due", "missed"}:
        patrols.refuse("巡查已开始或已结束", "it has begun, or is over")
    walks.tell("patrol.cancelled", patrol, reads.concerned(patrol), actor.person_id)
    walks.call_off(patrol, because=reason)
    patrol.cancelled_at = clock.now()
    db.session.flush()
    return reads.document(actor, patrol)


@verb
def find(actor: Actor, patrol_id: int, told: Report) -> dict[str, Any]:
    """Report a matter found on a patrol that one walks or walked. Told again, it is the same matter."""
    patrol = reads.get(actor, patrol_id)
    if patrol.trip_id is None or db.session.get(TripMember, (patrol.trip_id, actor.person_id)) is None:
        raise access.forbidden("patrol.find")
    matter = matters.report(actor, replace(told, kind="patrol"))
    if db.session.get(PatrolFinding, matter["id"]) is None:
        db.session.add(PatrolFinding(matter_id=matter["id"], patrol_id=patrol.id))
        walks.record("patrol.found", patrol, actor.person_id, matter=matter["id"])
    return matter


# ── as time passes ──────────────────────────────────────────────────────────────────────────────────────


@verb
def remind(patrol_id: int) -> bool:
    """Remind those concerned of a patrol whose window opens soon; whether it was still to be done."""
    patrol = reads.held(patrol_id)
    if patrol.state != "due" or patrol.reminded_at is not None:
        return False
    patrol.reminded_at = clock.now()
    walks.tell("patrol.reminded", patrol, reads.concerned(patrol))
    return True


@verb
def miss(patrol_id: int) -> bool:
    """Mark a patrol that nobody began in its window as missed, and tell those concerned and who planned it."""
    patrol = reads.held(patrol_id)
    if patrol.state != "due" or patrol.closes_at > clock.now():
        return False
    patrol.state, patrol.missed_at = "missed", clock.now()
    walks.tell("patrol.missed", patrol, reads.concerned_by_miss(patrol))
    return True


@verb
def give_up(patrol_id: int) -> bool:
    """Let the duty of a patrol go that was missed too long ago to be walked or told of."""
    patrol = reads.held(patrol_id)
    if patrol.state != "missed" or patrol.closes_at + patrols.LATE > clock.now():
        return False
    walks.let_go(patrol, because="巡查时段已过")
    walks.record("patrol.cancelled", patrol, None, late=True)
    return True


@verb
def judge_again(patrol_id: int) -> bool:
    """Judge a patrol once more by what a phone told late."""
    patrol = reads.held(patrol_id)
    if patrol.state not in patrols.WALKED:
        return False
    walks.judge(patrol)
    return True


def remind_at(now: datetime) -> Sequence[int]:
    """The patrols of which those concerned are to be reminded now."""
    return reads.to_remind(now, timedelta(hours=held(Settings).patrol_remind_hours))
