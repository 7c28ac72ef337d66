"""Sweeps 清扫: when each step of the sweep was last done without failure. A row for each step, no more."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Sweep(Base):
    """When one step of the sweep (see `services.sweeps.STEPS`) was last done to its end.

    `upto` is the instant up to which nothing is left for it, where it works through what arrived.
    """

    __tablename__ = "sweeps"

    step: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    done_at: Mapped[datetime]
    upto: Mapped[datetime | None]
