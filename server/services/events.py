"""Recording what was done: one row in the append-only table, in the transaction that did it."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.events import Event
from server.rules.events import KINDS


def record(
    kind: str,
    *,
    actor_id: int | None,
    unit_id: int | None = None,
    person_id: int | None = None,
    trip_id: int | None = None,
    subject: int | UUID | str = "",
    **data: Any,
) -> None:
    """Append one event. `data` holds ids and plain facts only: no coordinate, name, note or contact.

    `kind` is one of `rules.events.KINDS`; anything else is a programming error (`KeyError`).
    """
    db.session.execute(sa.insert(Event), [row(kind, actor_id, unit_id, person_id, trip_id, subject, data)])


def row(
    kind: str,
    actor_id: int | None,
    unit_id: int | None,
    person_id: int | None,
    trip_id: int | None,
    subject: int | UUID | str,
    data: dict[str, Any],
) -> dict[str, Any]:
    """The row of one event, for a statement that inserts many."""
    return {
        "at": clock.now(),
        "kind": KINDS[kind].name,
        "actor_id": actor_id,
        "unit_id": unit_id,
        "person_id": person_id,
        "trip_id": trip_id,
        "subject": str(subject),
        "data": data,
    }
