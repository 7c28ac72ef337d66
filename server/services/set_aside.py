"""Counts of positions that were not kept: by tracker, day and reason, and never a place."""

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.models.trackers import SetAside
from server.transaction import verb


def count(more: Mapping[tuple[int, str], int]) -> None:
    """Count what was set aside today (Shanghai) of trackers, by id and reason, within the caller's verb."""
    day = clock.day_of(clock.now())
    rows = [
        {"tracker_id": tracker_id, "day": day, "reason": reason, "count": n}
        for (tracker_id, reason), n in sorted(more.items())
    ]
    if rows:
        statement = upsert(SetAside)
        added = {"count": SetAside.count + statement.excluded.count}
        key = ["tracker_id", "day", "reason"]
        db.session.execute(statement.on_conflict_do_update(index_elements=key, set_=added), rows)


@verb
def expire(before: date) -> None:
    """Delete the counts of the days (Shanghai) before one."""
    db.session.execute(sa.delete(SetAside).where(SetAside.day < before))
