"""Tracks: ended with their duty, erased by their owner, gone when their time is over. Always row by row."""

from datetime import datetime

import sqlalchemy as sa

from server.db import db
from server.held import held
from server.models.positions import Fix
from server.models.trips import TripMember
from server.queries import positions as reads
from server.queries.areas import Snapshots
from server.services import crossings, set_aside
from server.services.crossings import Whose


def end(trip_id: int, ended_at: datetime) -> None:
    """Take back what was kept of a duty from after its end, within the caller's verb, which holds the trip.

    A phone without a network says later that a duty is over; meanwhile its tracker went on. What lies after the end
    is treated as if the end had been known: set aside, and counted.
    """
    members = sa.select(TripMember.person_id).where(TripMember.trip_id == trip_id)
    reads.people_held(db.session.scalars(members).all())
    for person_id in reads.tracked(trip_id):
        counted = _deleted(person_id, trip_id, after=ended_at)
        if counted:
            set_aside.count({(tracker_id, "not_on_duty"): n for tracker_id, n in counted.items()})
            crossings.anew(_whose(person_id, trip_id), held(Snapshots).current())


def _deleted(person_id: int, trip_id: int, *, after: datetime) -> dict[int, int]:
    """Delete a person's fixes on a duty from after an instant: how many of each tracker."""
    gone = sa.delete(Fix).where(Fix.person_id == person_id, Fix.trip_id == trip_id, Fix.at > after)
    counted: dict[int, int] = {}
    for tracker_id in db.session.execute(gone.returning(Fix.tracker_id)).scalars():
        counted[tracker_id] = counted.get(tracker_id, 0) + 1
    return counted


def _whose(person_id: int, trip_id: int) -> Whose:
    """A person on a duty, with the unit they are on it of."""
    unit = sa.select(TripMember.unit_id).where(
        TripMember.trip_id == trip_id, TripMember.person_id == person_id
    )
    return Whose(person_id, trip_id, db.session.execute(unit).scalar_one())
