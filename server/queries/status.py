"""How the installation stands: what the sweep did last, how far the record is closed, what was set aside today."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.closings import Closing
from server.models.sweeps import Sweep
from server.models.trackers import SetAside


def swept() -> dict[str, datetime]:
    """When each step of the sweep was last done."""
    rows = db.session.execute(sa.select(Sweep.step, Sweep.done_at).order_by(Sweep.step)).all()
    return {row.step: row.done_at for row in rows}


def last_closed() -> date | None:
    """The last closed day of the record."""
    return db.session.execute(sa.select(sa.func.max(Closing.day))).scalar_one_or_none()


def set_aside(day: date) -> list[dict[str, Any]]:
    """How many fixes were set aside on a day, by reason; nobody's in particular."""
    statement = (
        sa.select(SetAside.reason, sa.func.sum(SetAside.count).label("total"))
        .where(SetAside.day == day)
        .group_by(SetAside.reason)
        .order_by(SetAside.reason)
    )
    return [{"reason": row.reason, "count": int(row.total)} for row in db.session.execute(statement)]
