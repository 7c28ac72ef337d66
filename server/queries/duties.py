"""Duties 任务: which trips are journeys, and which the duties of patrols. Unscoped: the caller scopes."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.models.patrols import Patrol
from server.models.trips import Trip


def is_patrol() -> ColumnElement[bool]:
    """Whether a trip is the duty of a patrol."""
    return sa.exists().where(Patrol.trip_id == Trip.id)


def patrol_of(trip_id: int) -> int | None:
    """The patrol whose duty a trip is; None where it is a journey."""
    return db.session.scalars(sa.select(Patrol.id).where(Patrol.trip_id == trip_id)).one_or_none()


def patrols_of(trip_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """The patrols whose duties these trips are, by trip: their numbers, windows, and what came of them so far."""
    told = (Patrol.id, Patrol.state, Patrol.opens_at, Patrol.closes_at)
    found = db.session.execute(sa.select(Patrol.trip_id, *told).where(Patrol.trip_id.in_(trip_ids)))
    return {row.trip_id: {column.key: getattr(row, column.key) for column in told} for row in found}
