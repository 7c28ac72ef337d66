"""Matters 事项: for now what people complain of or suggest, and the answers; kept for the county, deleted by nobody."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

KINDS = ("complaint", "suggestion")


class Matter(Base):
    """Something found or said that the county must answer."""

    __tablename__ = "matters"
    __table_args__ = (sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text())
    page: Mapped[str] = mapped_column(sa.String(200), default="")
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default="reported")
    reported_at: Mapped[datetime]


class MatterAnswer(Base):
    """What the county answers to who reported a matter; appended, never changed."""

    __tablename__ = "matter_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(sa.Text())
    at: Mapped[datetime]
