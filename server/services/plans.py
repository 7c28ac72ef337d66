"""Plans that phones send: kept once, under the phone's own number, however often they come."""

from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from server.db import db
from server.errors import TripConflict
from server.models.trips import Trip
from server.queries import trips as reads
from server.rules.access import Actor
from server.services import trips
from server.services.trips import Plan
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a plan: its trip's document, and whether it is new (or was kept before)."""

    document: dict[str, Any]
    fresh: bool


@verb
def keep(actor: Actor, told_id: UUID, told: Plan) -> Answer:
    """Make a draft of a plan; sent again, it is answered with its trip, as that is by now.

    `TripConflict` where the id is of another plan, or of another's: it stores and reveals nothing.
    """
    known = _known(actor, told_id, told)
    if known is not None:
        return known
    try:
        with db.session.begin_nested():
            document = trips.plan(actor, told)
            _number(document["id"], told_id, told)
    except sa.exc.IntegrityError:
        known = _known(actor, told_id, told)  # it came twice at once
        if known is None:
            raise
        return known
    return Answer(document, fresh=True)


def _known(actor: Actor, told_id: UUID, told: Plan) -> Answer | None:
    """The answer to a plan that is here already; None to a new one."""
    trip = reads.told_as(told_id)
    if trip is None:
        return None
    if trip.planner_id != actor.person_id or trip.told_digest != digest(told):
        raise TripConflict
    return Answer(reads.document(actor, trip), fresh=False)


def _number(trip_id: int, told_id: UUID, told: Plan) -> None:
    """Write down under which number a trip was told, and what was said."""
    named = sa.update(Trip).where(Trip.id == trip_id)
    db.session.execute(named.values(told_id=told_id, told_digest=digest(told)))


def digest(told: Plan) -> str:
    """SHA-256 over what was told, instants the same in every zone."""
    option = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return sha256(orjson.dumps(asdict(told), option=option, default=_plain)).hexdigest()


def _plain(value: date | datetime) -> str:
    """A day, or an instant in UTC."""
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value.isoformat()
