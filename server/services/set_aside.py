"""Counts of positions that were not kept: by tracker, day and reason, and never a place."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import Insert, db, upsert
from server.models.trackers import SetAside
from server.transaction import verb


def rows(more: Mapping[tuple[int, str], int]) -> list[dict[str, Any]]:
    """The rows of what was set aside today (Shanghai) of trackers, by id and reason."""
    day = clock.day_of(clock.now())
    return [
        {"tracker_id": tracker_id, "day": day, "reason": reason, "count": n}
        for (tracker_id, reason), n in sorted(more.items())
    ]


def added(insert: Insert) -> Insert:
    """An INSERT of counts that adds them to those of the day."""
    total = {"count": SetAside.count + insert.excluded.count}
    return insert.on_conflict_do_update(index_elements=["tracker_id", "day", "reason"], set_=total)


def count(more: Mapping[tuple[int, str], int]) -> None:
    """Count what was set aside today of trackers, within the caller's verb."""
    if more:
        db.session.execute(added(upsert(SetAside)), rows(more))


@verb
def expire(before: date) -> None:
    """Delete the counts of the days (Shanghai) before one."""
    db.session.execute(sa.delete(SetAside).where(SetAside.day < before))
