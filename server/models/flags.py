"""Flags 两旗一牌: thresholds from a day on, the flags they gave, and what was answered and decided."""

from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Exact
from server.rules.flags import COLOURS, RULES
from server.rules.projects import HALVES, STAGES


class FlagThreshold(Base):
    """What a rule's threshold is from a day on; added to, never changed.

    Before the first row of a rule its `first` holds (`rules.flags.RULES`).
    """

    __tablename__ = "flag_thresholds"
    __table_args__ = (
        sa.UniqueConstraint("rule", "valid_from"),
        sa.CheckConstraint(sa.column("rule").in_(list(RULES)), name="rule"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule: Mapped[str] = mapped_column(sa.String(16))
    value: Mapped[int]
    valid_from: Mapped[date]
    reason: Mapped[str] = mapped_column(sa.String(200), default="")
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)


class Flag(Base):
    """A flag of a project, from the day it was given (`since`) to the day it was no longer due (`until`, not included).

    The numbers are those of the day it was given; they are never reckoned anew. `lifted_at`: a supervisor has
    decided that it should not stand. A project has at most one flag by one stage or half-year of a rule at a time.
    """

    __tablename__ = "flags"
    __table_args__ = (
        sa.CheckConstraint(sa.column("colour").in_(COLOURS), name="colour"),
        sa.CheckConstraint(sa.column("rule").in_(list(RULES)), name="rule"),
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name="stage"),
        sa.CheckConstraint(sa.column("half").in_(HALVES), name="half"),
        sa.CheckConstraint("until >= since", name="until"),
        sa.Index("ix_flags_project_id_since", "project_id", "since"),
        sa.Index("ix_flags_since_until", "since", "until"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    colour: Mapped[str] = mapped_column(sa.String(8))
    rule: Mapped[str] = mapped_column(sa.String(16))
    threshold: Mapped[int]
    threshold_id: Mapped[int | None] = mapped_column(sa.ForeignKey("flag_thresholds.id"), index=True)
    stage: Mapped[str | None] = mapped_column(sa.String(16))
    year: Mapped[int | None]
    half: Mapped[int | None]
    planned_on: Mapped[date | None]
    actual_on: Mapped[date | None]
    days: Mapped[int | None]
    planned: Mapped[Decimal | None] = mapped_column(Exact())
    done: Mapped[Decimal | None] = mapped_column(Exact())
    share: Mapped[int | None]
    amount_unit: Mapped[str] = mapped_column(sa.String(8), default="")
    since: Mapped[date]
    until: Mapped[date | None]
    given_at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    revision: Mapped[int] = mapped_column(default=1)


class FlagWord(Base):
    """What was said of a flag: a unit's answer, or (with `upheld`) a supervisor's decision; appended, never changed."""

    __tablename__ = "flag_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    flag_id: Mapped[int] = mapped_column(sa.ForeignKey("flags.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text())
    upheld: Mapped[bool | None]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    at: Mapped[datetime]
