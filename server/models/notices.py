"""Notices 提醒: what concerns one person, made of the record, read or not; and how far the record was read for them."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Notice(Base):
    """One thing that one person is told, once: `source` is what it was made of. Ids and plain facts, no words.

    `at` is when it happened, `shows_at` from when on they are told: after quiet hours, unless it is `urgent`.
    `was_read` is kept without its time, which would say when somebody was online.
    """

    __tablename__ = "notices"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "source"),
        sa.Index("ix_notices_person_id_shows_at", "person_id", "shows_at"),
        sa.Index("ix_notices_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(sa.String(48))
    source: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[datetime]
    shows_at: Mapped[datetime]
    urgent: Mapped[bool] = mapped_column(default=False)
    actor_id: Mapped[int | None]
    about_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    trip_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(sa.String(64), default="")
    was_read: Mapped[bool] = mapped_column(default=False)


class NoticeMark(Base):
    """The number of the last event of which notices were made; one row."""

    __tablename__ = "notice_marks"

    id: Mapped[int] = mapped_column(primary_key=True)
    upto: Mapped[int] = mapped_column(sa.BigInteger())
