"""Matters 事项: what was found or said, every step on it, its proofs and answers; and their categories."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.matters import KINDS, STATES, STEPS
from server.rules.working_calendar import UNITS


class MatterCategory(Base):
    """A category of matters: how soon the county answers, solves, and hands up what is overdue by so much.

    Each term is a number of one of `rules.working_calendar.UNITS`; without a term for handing up it is never done by
    itself. `planned`: it is handled by a dated plan. `kind`: the kind of matters that is put into it unless another
    category is told.
    """

    __tablename__ = "matter_categories"
    __table_args__ = (
        sa.CheckConstraint(sa.column("answer_unit").in_(UNITS), name="answer_unit"),
        sa.CheckConstraint(sa.column("solve_unit").in_(UNITS), name="solve_unit"),
        sa.CheckConstraint(sa.column("escalate_unit").in_(UNITS), name="escalate_unit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matter_categories.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    position: Mapped[int] = mapped_column(default=0)
    answer_amount: Mapped[int]
    answer_unit: Mapped[str] = mapped_column(sa.String(16))
    solve_amount: Mapped[int]
    solve_unit: Mapped[str] = mapped_column(sa.String(16))
    escalate_amount: Mapped[int | None]
    escalate_unit: Mapped[str | None] = mapped_column(sa.String(16))
    planned: Mapped[bool] = mapped_column(default=False)
    kind: Mapped[str | None] = mapped_column(sa.String(16))
    retired_at: Mapped[datetime | None]


class Matter(Base):
    """Something found or said that a unit must answer. `revision` grows with every step.

    `unit_id` is the reporter's unit at the time; `holder_id` the unit that answers for it now; `assigned_unit_id`
    the one that handles it. `due_at` is the end of the term that runs now, None while none does; `held_until` the
    last day of a hold. The place is WGS-84. `report_due_at` is when a plan, or a report on one, is next expected, and
    the two `reminded` the ends a reminder was given for. Erasure sets `erased_at` and blanks all that was said.
    """

    __tablename__ = "matters"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state"),
        sa.CheckConstraint("(lng IS NULL) = (lat IS NULL)", name="place"),
        sa.Index("ix_matters_state_due_at", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    told_as: Mapped[UUID | None] = mapped_column(sa.Uuid(), unique=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    category_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matter_categories.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text())
    page: Mapped[str] = mapped_column(sa.String(200), default="")
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    holder_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    assigned_unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    assigned_to_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matters.id"), index=True)
    state: Mapped[str] = mapped_column(sa.String(16), default="reported")
    revision: Mapped[int] = mapped_column(default=1)
    due_at: Mapped[datetime | None]
    held_until: Mapped[date | None]
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None] = mapped_column(index=True)
    report_due_at: Mapped[datetime | None]
    reminded_for: Mapped[datetime | None]
    reminded_report_for: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    erased_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    erased_why: Mapped[str] = mapped_column(sa.String(200), default="", server_default="")


class MatterAnswer(Base):
    """What the county answers to a complaint or suggestion; appended, never changed."""

    __tablename__ = "matter_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str] = mapped_column(sa.Text())
    at: Mapped[datetime]


class MatterStep(Base):
    """One step taken on a matter, by whom and with what words; appended, never changed. The system has no `by_id`."""

    __tablename__ = "matter_steps"
    __table_args__ = (sa.CheckConstraint(sa.column("step").in_(list(STEPS)), name="step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"), index=True)
    step: Mapped[str] = mapped_column(sa.String(16))
    state: Mapped[str] = mapped_column(sa.String(16))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    unit_id: Mapped[int | None] = mapped_column(sa.ForeignKey("units.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    into_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matters.id"), index=True)
    until: Mapped[date | None]


class MatterProof(Base):
    """That photos were told of with a report (`step_id` None) or a step, under the id that the sender gave it."""

    __tablename__ = "matter_proofs"

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"), index=True)
    step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matter_steps.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    photo_count: Mapped[int]
