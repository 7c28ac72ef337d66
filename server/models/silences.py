"""Silences 手机失联: a phone that was expected on a safety or emergency duty and was not heard."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Silence(Base):
    """A member of a trip whose phone was not heard since an instant; one row a silence, ended at most once.

    `unit_id` is the unit they are on the trip of. `heard` says, once it ended, whether the phone spoke again
    (otherwise it is expected no longer: the duty is over, or consent withdrawn).
    """

    __tablename__ = "silences"
    __table_args__ = (sa.UniqueConstraint("trip_id", "person_id", "since"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    since: Mapped[datetime]
    raised_at: Mapped[datetime]
    ended_at: Mapped[datetime | None] = mapped_column(index=True)
    heard: Mapped[bool | None]
