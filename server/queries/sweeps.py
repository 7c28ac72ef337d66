"""How long ago the sweep was last done."""

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.sweeps import Sweep


def age_s() -> float | None:
    """For how many seconds some step of the sweep has not been done; None where there never was a sweep."""
    oldest = db.session.execute(
        sa.select(Sweep.done_at).order_by(Sweep.done_at).limit(1)
    ).scalar_one_or_none()
    return None if oldest is None else (clock.now() - oldest).total_seconds()
