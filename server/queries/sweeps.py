"""How long ago the sweep was last done, and how far its steps have come."""

from datetime import datetime

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.sweeps import Sweep


def upto(step: str) -> datetime | None:
    """The instant up to which nothing is left for a step; None where it was never done."""
    return db.session.execute(sa.select(Sweep.upto).where(Sweep.step == step)).scalar_one_or_none()


def age_s() -> float | None:
    """For how many seconds some step of the sweep has not been done; None where there never was a sweep."""
    oldest = db.session.execute(
        sa.select(Sweep.done_at).order_by(Sweep.done_at).limit(1)
    ).scalar_one_or_none()
    return None if oldest is None else (clock.now() - oldest).total_seconds()
