"""Bulletins 通报: a period's result, its numbers with what made them, its words, and how it came to be published."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.bulletins import KINDS, STATES


class Bulletin(Base):
    """A bulletin of a kind for a month, quarter or year; `edition` counts those of the same kind and period.

    `data` are its numbers with the rows that made them and the rule they were made by, `seal` the SHA-256 of all it
    says since it was published; from then on the row is never changed, which triggers hold. A correction names the one
    it corrects and says why.
    """

    __tablename__ = "bulletins"
    __table_args__ = (
        sa.UniqueConstraint("kind", "period", "edition"),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state"),
        sa.CheckConstraint("(state = 'published') = (seal IS NOT NULL)", name="sealed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    period: Mapped[str] = mapped_column(sa.String(8), index=True)
    edition: Mapped[int]
    state: Mapped[str] = mapped_column(sa.String(16))
    revision: Mapped[int] = mapped_column(default=1)
    title: Mapped[str] = mapped_column(sa.String(120))
    number: Mapped[str] = mapped_column(sa.String(60), default="")
    opening: Mapped[str] = mapped_column(sa.Text(), default="")
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    data: Mapped[dict[str, Any]]
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("bulletins.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.Text(), default="")
    drafted_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    drafted_at: Mapped[datetime]
    drawn_at: Mapped[datetime]
    edited_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    returned_because: Mapped[str] = mapped_column(sa.Text(), default="")
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    approved_at: Mapped[datetime | None]
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    published_at: Mapped[datetime | None]
    seal: Mapped[str | None] = mapped_column(sa.String(64))
