"""Logs 日志: what its person added to the log that the server writes; each saving is a row, the newest one counts.

The log itself has no table: it is made of check-ins, visits and trips whenever somebody reads it.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

_KEPT = sa.text("erased_at IS NULL")
"""Savings that are not blanked: those whose time is over are found among them by their day."""


class LogDay(Base):
    """One saving of what a person wrote into the log of a day: `revision` counts them. Erasure blanks the texts."""

    __tablename__ = "log_days"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "day", "revision"),
        sa.Index("ix_log_days_kept", "day", "id", postgresql_where=_KEPT, sqlite_where=_KEPT),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    day: Mapped[date]
    revision: Mapped[int]
    remark: Mapped[str] = mapped_column(sa.Text(), default="")
    plan: Mapped[str] = mapped_column(sa.Text(), default="")
    written_at: Mapped[datetime]
    received_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]


class Supplement(Base):
    """One saving of what a person added to a check-in of theirs afterwards 补记. Erasure blanks the texts."""

    __tablename__ = "supplements"
    __table_args__ = (sa.UniqueConstraint("checkin_id", "revision"),)

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    checkin_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    revision: Mapped[int]
    enterprise: Mapped[str] = mapped_column(sa.String(120), default="")
    contact: Mapped[str] = mapped_column(sa.String(64), default="")
    contact_post: Mapped[str] = mapped_column(sa.String(64), default="")
    outcome: Mapped[str] = mapped_column(sa.Text(), default="")
    next_step: Mapped[str] = mapped_column(sa.Text(), default="")
    remark: Mapped[str] = mapped_column(sa.Text(), default="")
    written_at: Mapped[datetime]
    received_at: Mapped[datetime]
    erased_at: Mapped[datetime | None]
