"""The duty of a patrol: made when somebody is to walk it, followed through its steps, judged when it is over.

A duty is a trip: consent, check-ins, tracks, reviews and erasure are those of any duty. What is done here belongs to
the verbs of others and joins their transaction; whoever holds a patrol holds its duty first.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.models.areas import Area
from server.models.checkins import Checkin, CheckinArea
from server.models.patrols import Patrol, PatrolCheckpoint, PatrolledArea
from server.models.people import Person
from server.models.trips import Trip, TripMember, TripStop
from server.queries import duties, patrol_walks
from server.queries import patrols as reads
from server.rules import patrols
from server.services import events


def assign(patrol: Patrol, person_ids: Sequence[int]) -> None:
    """Let these people walk a patrol: on a duty of its own, approved, with its checkpoints as stops."""
    duty = Trip(
        unit_id=patrol.unit_id,
        planner_id=patrol.made_by,
        leader_id=person_ids[0],
        title=patrol.title,
        aim="巡查",
        purpose=patrols.DUTY_PURPOSES[patrol.purpose],
        basis=patrol.basis,
        destination=_ground(patrol),
        destination_area_id=patrol.area_id,
        tracking=patrol.tracking,
        photos_required=patrol.photos_required,
        starts_on=patrol.day,
        ends_on=clock.day_of(patrol.closes_at),
        state="approved",
        created_at=clock.now(),
        submitted_at=clock.now(),
        approved_by=patrol.made_by,
        approved_at=clock.now(),
    )
    db.session.add(duty)
    db.session.flush()
    patrol.trip_id = duty.id
    db.session.add_all(_stops(patrol, duty.id))
    join(duty.id, person_ids)


def join(trip_id: int, person_ids: Iterable[int]) -> None:
    """Put people on a patrol's duty, each of the unit they are of now."""
    own = sa.select(Person.id, Person.unit_id).where(Person.id.in_(person_ids)).order_by(Person.id)
    for person_id, unit_id in db.session.execute(own).all():
        db.session.add(TripMember(trip_id=trip_id, person_id=person_id, unit_id=unit_id))
    db.session.flush()


def _ground(patrol: Patrol) -> str:
    """Where a patrol walks, in words."""
    name = sa.select(Area.name).where(Area.id == patrol.area_id)
    return db.session.scalars(name).one_or_none() or patrol.title


def _stops(patrol: Patrol, trip_id: int) -> list[TripStop]:
    """The checkpoints as stops of the duty; where there are none, the area itself is the one."""
    points = (
        sa.select(PatrolCheckpoint)
        .where(PatrolCheckpoint.plan_id == patrol.plan_id)
        .order_by(PatrolCheckpoint.position)
    )
    names = ("position", "name", "area_id", "lng", "lat", "radius_m", "tolerance_m")
    found = [
        TripStop(trip_id=trip_id, **{name: getattr(point, name) for name in names})
        for point in db.session.scalars(points)
    ]
    return found or [TripStop(trip_id=trip_id, position=1, name=_ground(patrol), area_id=patrol.area_id)]


# ── following the duty ──────────────────────────────────────────────────────────────────────────────────


def ensure_may_begin(trip: Trip, at: datetime) -> None:
    """`PatrolRefused` when a patrol's duty is begun before its day, or too late to be told."""
    patrol_id = duties.patrol_of(trip.id)
    if patrol_id is None:
        return
    patrol = db.session.get_one(Patrol, patrol_id)
    if not patrols.may_begin(at, opens_at=patrol.opens_at, closes_at=patrol.closes_at):
        patrols.refuse("还没到巡查日，或已过期太久", "it is not its day yet, or too long ago")


def ensure_journey(trip_id: int) -> None:
    """`PatrolRefused` for the duty of a patrol, whose plan is changed instead."""
    if duties.patrol_of(trip_id) is not None:
        patrols.refuse(
            "巡查任务随巡查计划安排，请在巡查页面修改或撤销",
            "a patrol's duty follows its plan; change or call off the patrol instead",
        )


def follow(trip: Trip, actor_id: int | None) -> None:
    """Let the patrol whose duty this is go where the duty has gone; nothing for a journey."""
    patrol_id = duties.patrol_of(trip.id)
    if patrol_id is None:
        return
    patrol = reads.held(patrol_id)
    if trip.state == "under_way" and patrol.state != "under_way":
        patrol.state = "under_way"
        record("patrol.started", patrol, actor_id)
    elif trip.state == "completed" or (trip.state == "cancelled" and trip.started_at is not None):
        judge(patrol)
        record("patrol.walked", patrol, actor_id, state=patrol.state, reached=patrol.reached)
    elif trip.state == "cancelled" and patrol.state == "due":
        patrol.trip_id = None  # whoever was to walk it has left: it is their unit's again


def judge(patrol: Patrol) -> None:
    """Say what a patrol that is over came to; the same however often, for the same evidence."""
    found = [each for each in patrol_walks.reached(patrol) if each.counts]
    at = [each.at for each in found if each.at is not None]
    patrol.state = "done" if len(found) == patrol.checkpoints else "partly_done"
    patrol.reached, patrol.walked_at, patrol.judged_at = len(found), max(at, default=None), clock.now()
    _keep_ground(patrol)


def remember_less(trip_ids: Sequence[int]) -> None:
    """After an erasure on these duties: of their patrols keep only where and when what is left says they walked.

    What they came to stands. Within a verb.
    """
    judged = sa.select(Patrol).where(Patrol.trip_id.in_(trip_ids), Patrol.judged_at.is_not(None))
    for patrol in db.session.scalars(judged.order_by(Patrol.id).with_for_update()).all():
        at = [each.at for each in patrol_walks.reached(patrol) if each.counts and each.at is not None]
        patrol.walked_at = max(at, default=None)
        _keep_ground(patrol)


def _keep_ground(patrol: Patrol) -> None:
    """Keep in which areas a patrol walked: its own where it reached anything, and those its check-ins lay in."""
    found = sa.select(CheckinArea.area_id, sa.func.max(Checkin.happened_at).label("at")).join(
        Checkin, Checkin.id == CheckinArea.checkin_id
    )
    lay_in = found.where(Checkin.trip_id == patrol.trip_id).group_by(CheckinArea.area_id)
    ground = {row.area_id: row.at for row in db.session.execute(lay_in)}
    if patrol.area_id is not None and patrol.walked_at is not None:
        ground[patrol.area_id] = max(patrol.walked_at, ground.get(patrol.area_id, patrol.walked_at))
    left = sa.delete(PatrolledArea).where(
        PatrolledArea.patrol_id == patrol.id, PatrolledArea.area_id.not_in(ground)
    )
    db.session.execute(left.execution_options(synchronize_session=False))
    for area_id, at in sorted(ground.items()):
        row = {"patrol_id": patrol.id, "area_id": area_id, "at": at}
        kept = upsert(PatrolledArea).values(row)
        db.session.execute(
            kept.on_conflict_do_update(index_elements=["patrol_id", "area_id"], set_={"at": at})
        )


def call_off_of_plan(plan_id: int, actor_id: int, *, because: str) -> int:
    """Call off the patrols of a plan that nobody has begun; recorded, and told to nobody: others take their place.

    How many there were.
    """
    due = sa.select(Patrol.id).where(Patrol.plan_id == plan_id, Patrol.state == "due").order_by(Patrol.id)
    called_off = 0
    for patrol_id in db.session.scalars(due).all():
        patrol = reads.held(patrol_id)
        if patrol.state == "due":
            call_off(patrol, because=because)
            record("patrol.cancelled", patrol, actor_id)
            called_off += 1
    return called_off


def call_off(patrol: Patrol, *, because: str) -> None:
    """Call off a patrol that nobody has begun, and its duty."""
    patrol.state = "called_off"
    let_go(patrol, because=because)


def let_go(patrol: Patrol, *, because: str) -> None:
    """End the duty of a patrol that was not begun; nothing was kept on it, and the patrol's own event says so."""
    trip = (
        None if patrol.trip_id is None else db.session.get_one(Trip, patrol.trip_id, populate_existing=True)
    )
    if trip is not None and trip.state == "approved":
        trip.state, trip.cancelled_because, trip.revision = "cancelled", because, trip.revision + 1


def record(kind: str, patrol: Patrol, actor_id: int | None, **data: Any) -> None:
    """One event about a patrol."""
    db.session.flush()
    events.record(
        kind,
        actor_id=actor_id,
        unit_id=patrol.unit_id,
        trip_id=patrol.trip_id,
        subject=patrol.id,
        purpose=patrol.purpose,
        **data,
    )


def tell(kind: str, patrol: Patrol, person_ids: Iterable[int], actor_id: int | None = None) -> None:
    """An event about a patrol for each whom it concerns: what their notices are made of.

    Where that is nobody it is one for none: the record says who did it all the same.
    """
    db.session.flush()
    for person_id in dict.fromkeys(person_ids) or (None,):
        events.record(
            kind,
            actor_id=actor_id,
            unit_id=patrol.unit_id,
            person_id=person_id,
            trip_id=patrol.trip_id,
            subject=patrol.id,
            purpose=patrol.purpose,
            opens_at=clock.iso(patrol.opens_at),
            closes_at=clock.iso(patrol.closes_at),
        )
