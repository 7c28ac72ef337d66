"""Last places: where a person on duty was last known to be, whatever order the news come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import UtcDateTime, db, upsert
from server.models.checkins import LastPlace
from server.models.trips import Trip
from server.rules.checkins import Accuracy


@dataclass(frozen=True, slots=True)
class Position:
    """A position that may be kept: WGS-84, with the accuracy it is judged with, at its own corrected time."""

    lng: float
    lat: float
    accuracy: Accuracy
    at: datetime


def remember(person_id: int, checkin_id: UUID, position: Position, *, trip_id: int, unit_id: int) -> None:
    """Move a person's last place, within the caller's verb, if the trip is under way and this is newer than known.

    `unit_id` is of which unit they are on the trip. Of two check-ins with one fix the one of the larger id stands,
    whichever comes first.
    """
    if not _under_way(trip_id):
        return
    place = {
        "trip_id": trip_id,
        "unit_id": unit_id,
        "lng": position.lng,
        "lat": position.lat,
        "accuracy_m": position.accuracy.used_m,
        "at": position.at,
        "checkin_id": checkin_id,
        "moved_at": clock.now(),
    }
    statement = upsert(LastPlace).values(place | {"person_id": person_id})
    earlier = sa.or_(LastPlace.checkin_id.is_(None), LastPlace.checkin_id < checkin_id)
    same_fix = sa.and_(LastPlace.at == position.at, earlier)
    newer = sa.or_(LastPlace.at < position.at, same_fix)
    db.session.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=place, where=newer))


_MOVE = sa.text(
    "INSERT INTO last_places (person_id, trip_id, unit_id, lng, lat, accuracy_m, at, moved_at) "
    "VALUES (:person_id, :trip_id, :unit_id, :lng, :lat, :accuracy_m, :at, :moved_at) "
    "ON CONFLICT (person_id) DO UPDATE SET trip_id = excluded.trip_id, unit_id = excluded.unit_id, "
    "lng = excluded.lng, lat = excluded.lat, accuracy_m = excluded.accuracy_m, at = excluded.at, "
    "checkin_id = NULL, moved_at = excluded.moved_at "
    "WHERE last_places.at < excluded.at OR (last_places.at = excluded.at AND last_places.checkin_id IS NULL "
    "AND (excluded.accuracy_m, excluded.lng, excluded.lat) "
    "< (last_places.accuracy_m, last_places.lng, last_places.lat))"
).bindparams(sa.bindparam("at", type_=UtcDateTime()), sa.bindparam("moved_at", type_=UtcDateTime()))


def move(moved: Sequence[dict[str, Any]]) -> None:
    """Move the last places of several people by their trackers, each if this is newer; within the caller's verb.

    Where two say one instant, a check-in stands; of two trackers the more accurate one, then the one further west,
    then south.
    """
    if moved:
        rows = [place | {"moved_at": clock.now()} for place in moved]
        db.session.connection().execute(_MOVE, sorted(rows, key=lambda row: row["person_id"]))


def _under_way(trip_id: int) -> bool:
    """Whether a trip is under way now."""
    state = db.session.execute(sa.select(Trip.state).where(Trip.id == trip_id)).scalar_one_or_none()
    return state == "under_way"
