"""Boards 榜: by which rule a month's board is made, and what units mean to reach in a year; each only ever added to."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Exact


class BoardRule(Base):
    """A rule from a month on (`valid_from` is its first day): weights by measure, the least people of a unit that is
    compared, how many units a list names. Of several for a month the one made last counts.
    """

    __tablename__ = "board_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(index=True)
    weights: Mapped[dict[str, Any]]
    least_people: Mapped[int]
    listed: Mapped[int]
    reason: Mapped[str] = mapped_column(sa.Text())
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]


class BoardTarget(Base):
    """What a unit means to sign and see landed in a year (万元), from a month of it on; the last one counts."""

    __tablename__ = "board_targets"
    __table_args__ = (
        sa.CheckConstraint("signed >= 0", name="signed"),
        sa.CheckConstraint("landed >= 0", name="landed"),
        sa.Index("ix_board_targets_unit_id_valid_from", "unit_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    valid_from: Mapped[date]
    signed: Mapped[Decimal] = mapped_column(Exact())
    landed: Mapped[Decimal] = mapped_column(Exact())
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]
