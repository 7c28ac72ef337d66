"""Reviews 复核: what was said about a check-in, and which check-ins wait for a word."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.reviews import KINDS, STANDS


class Review(Base):
    """A supervisor's accept or query on a check-in, the person's answer, or a query's lapse, which nobody says.

    Appended, never overwritten.
    """

    __tablename__ = "reviews"
    __table_args__ = (sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    checkin_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    note: Mapped[str] = mapped_column(sa.Text())
    at: Mapped[datetime]


class Waiting(Base):
    """A check-in that waits, since when, and for what; gone once nothing more is expected.

    It repeats of the check-in what the queue is read by: whose duty, of which unit, when.
    """

    __tablename__ = "waiting_reviews"
    __table_args__ = (
        sa.CheckConstraint(sa.column("stand").in_(STANDS), name="stand"),
        sa.Index("ix_waiting_reviews_stand_since", "stand", "since"),
    )

    checkin_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    trip_id: Mapped[int | None] = mapped_column(sa.ForeignKey("trips.id"), index=True)
    happened_at: Mapped[datetime]
    stand: Mapped[str] = mapped_column(sa.String(8))
    since: Mapped[datetime]
