"""Last places: where a person on duty was last known to be, whatever order the news come in."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import Insert
from server.models.checkins import LastPlace
from server.rules.checkins import Accuracy


@dataclass(frozen=True, slots=True)
class Position:
    """A position that may be kept: WGS-84, with the accuracy it is judged with, at its own corrected time."""

    lng: float
    lat: float
    accuracy: Accuracy
    at: datetime


def row(
    person_id: int, checkin_id: UUID, position: Position, *, trip_id: int, unit_id: int
) -> dict[str, Any]:
    """The row of a person's last place, for a trip that is under way; `unit_id` is of which unit they are on it."""
    return {
        "person_id": person_id,
        "trip_id": trip_id,
        "unit_id": unit_id,
        "lng": position.lng,
        "lat": position.lat,
        "accuracy_m": position.accuracy.used_m,
        "at": position.at,
        "checkin_id": checkin_id,
        "moved_at": clock.now(),
    }


def where_newer(insert: Insert) -> Insert:
    """An INSERT of last places that moves nobody to where they were before what is known.

    Of two check-ins with one fix the one of the larger id stands, whichever comes first; before a tracker's a check-in.
    """
    new, known = insert.excluded, cast(sa.Table, LastPlace.__table__).c
    earlier = sa.or_(known.checkin_id.is_(None), known.checkin_id < new.checkin_id)
    same_fix = sa.and_(known.at == new.at, earlier)
    return insert.on_conflict_do_update(
        index_elements=["person_id"],
        set_={column.name: new[column.name] for column in known if column.name != "person_id"},
        where=sa.or_(known.at < new.at, same_fix),
    )


def where_moved(insert: Insert) -> Insert:
    """An INSERT of last places by trackers, which likewise moves nobody backwards.

    Where two say one instant, a check-in stands, else what is told now: the caller knows all that is kept of it.
    """
    new, known = insert.excluded, cast(sa.Table, LastPlace.__table__).c
    elsewhere = sa.or_(*(new[name] != known[name] for name in ("accuracy_m", "lng", "lat")))
    same_instant = sa.and_(known.at == new.at, known.checkin_id.is_(None), elsewhere)
    return insert.on_conflict_do_update(
        index_elements=["person_id"],
        set_={column.name: new[column.name] for column in known if column.name != "person_id"},
        where=sa.or_(known.at < new.at, same_instant),
    )
