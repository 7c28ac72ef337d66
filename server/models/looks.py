"""Looks: who looked at whose positions, when, through which door and why. The person looked at can read it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

DOORS = ("map", "trip", "log", "export", "checkin")


class Look(Base):
    """One person's positions opened by another, once per sitting, duty and door."""

    __tablename__ = "looks"
    __table_args__ = (
        sa.UniqueConstraint("session_id", "subject_id", "trip_id", "door"),
        sa.CheckConstraint(sa.column("door").in_(DOORS), name="door"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    session_id: Mapped[UUID] = mapped_column(sa.Uuid())
    subject_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    trip_id: Mapped[int] = mapped_column(default=0)
    door: Mapped[str] = mapped_column(sa.String(8))
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime]


class LookReason(Base):
    """Why a sitting opens the positions of one trip: said once, before the first look."""

    __tablename__ = "look_reasons"

    session_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("sessions.id"), primary_key=True)
    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime]
