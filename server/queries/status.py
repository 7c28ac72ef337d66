"""How the installation stands: what the sweep did last, how far the record is closed, what was set aside today."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.checkins import Checkin
from server.models.closings import Closing
from server.models.events import Event
from server.models.sweeps import Sweep
from server.models.trackers import SetAside


def swept() -> dict[str, datetime]:
    """When each step of the sweep was last done."""
    rows = db.session.execute(sa.select(Sweep.step, Sweep.done_at).order_by(Sweep.step)).all()
    return {row.step: row.done_at for row in rows}


def last_closed() -> date | None:
    """The last closed day of the record."""
    return db.session.execute(sa.select(sa.func.max(Closing.day))).scalar_one_or_none()


def last_recorded_at() -> datetime | None:
    """When the newest event was recorded, by the server's clock of then."""
    return db.session.scalar(sa.select(Event.at).order_by(Event.number.desc()).limit(1))


def skews_s(*, since: datetime, upto: datetime, most: int) -> list[float]:
    """By how many seconds the server's clock was ahead of the phones that checked in last, one figure for a phone's
    owner; nobody's in particular.
    """
    newest = (
        sa.select(Checkin.person_id, Checkin.skew_s)
        .where(Checkin.received_at.between(since, upto), Checkin.skew_s.is_not(None))
        .order_by(Checkin.received_at.desc(), Checkin.id)
        .limit(most)
    )
    return list({row.person_id: row.skew_s for row in db.session.execute(newest)}.values())


def set_aside(day: date) -> list[dict[str, Any]]:
    """How many fixes were set aside on a day, by reason; nobody's in particular."""
    statement = (
        sa.select(SetAside.reason, sa.func.sum(SetAside.count).label("total"))
        .where(SetAside.day == day)
        .group_by(SetAside.reason)
        .order_by(SetAside.reason)
    )
    return [{"reason": row.reason, "count": int(row.total)} for row in db.session.execute(statement)]
