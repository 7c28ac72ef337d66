"""Projects 项目: what an investor means to build, its stages, money by half-year, commitments, and what is linked."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, Exact
from server.rules.amounts import UNITS
from server.rules.projects import HALVES, PARTS, STAGES, STEPS


class Project(Base):
    """An investment project and where it stands. `revision` grows with every change.

    `unit_id` is the unit that answers for it, which has no other of this name; `lead_id` the leader who takes care of
    it (包联领导). `amount` is exact, in `amount_unit`. `stage` is the last one reached. One without `needs_land` goes
    past that stage. Stopped for good or for the time being, it has `stopped_on` and why.
    """

    __tablename__ = "projects"
    __table_args__ = (
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name="stage"),
        sa.CheckConstraint(sa.column("amount_unit").in_(UNITS), name="amount_unit"),
        sa.CheckConstraint("amount > 0", name="amount"),
        sa.UniqueConstraint("unit_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    investor: Mapped[str] = mapped_column(sa.String(120), default="")
    chain: Mapped[str] = mapped_column(sa.String(60), default="", index=True)
    content: Mapped[str] = mapped_column(sa.Text(), default="")
    amount: Mapped[Decimal] = mapped_column(Exact())
    amount_unit: Mapped[str] = mapped_column(sa.String(8))
    area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"), index=True)
    site: Mapped[str] = mapped_column(sa.String(120), default="")
    introducer: Mapped[str] = mapped_column(sa.String(120), default="")
    lead_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    needs_land: Mapped[bool] = mapped_column(default=True)
    stage: Mapped[str] = mapped_column(sa.String(16), index=True)
    stopped_on: Mapped[date | None]
    stopped_because: Mapped[str] = mapped_column(sa.Text(), default="")
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)


class ProjectUnit(Base):
    """A unit that carries a project beside the one that answers for it ("1+3"): a firm, a department, a township."""

    __tablename__ = "project_units"
    __table_args__ = (sa.CheckConstraint(sa.column("part").in_(PARTS), name="part"),)

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), primary_key=True, index=True)
    part: Mapped[str] = mapped_column(sa.String(16))


class ProjectMember(Base):
    """Who is on a project's service team (服务专班)."""

    __tablename__ = "project_members"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)


class ProjectMilestone(Base):
    """A stage of a project with the day it is planned for and the day it was reached; a row where there is either."""

    __tablename__ = "project_milestones"
    __table_args__ = (
        sa.CheckConstraint(sa.column("stage").in_(STAGES), name="stage"),
        sa.Index("ix_project_milestones_stage_actual_on", "stage", "actual_on"),
        sa.Index("ix_project_milestones_stage_planned_on", "stage", "planned_on"),
    )

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), primary_key=True)
    stage: Mapped[str] = mapped_column(sa.String(16), primary_key=True)
    planned_on: Mapped[date | None]
    actual_on: Mapped[date | None]


class ProjectInvestment(Base):
    """What a project means to invest in a half-year, and what it has invested in it so far; in its `amount_unit`.

    `half` is 1 or 2. `done_on` is the last day that `done` counts.
    """

    __tablename__ = "project_investments"
    __table_args__ = (
        sa.CheckConstraint(sa.column("half").in_(HALVES), name="half"),
        sa.CheckConstraint("planned >= 0", name="planned"),
        sa.CheckConstraint("done >= 0", name="done"),
    )

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    half: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    planned: Mapped[Decimal | None] = mapped_column(Exact())
    done: Mapped[Decimal | None] = mapped_column(Exact())
    done_on: Mapped[date | None]


class ProjectCommitment(Base):
    """What a unit has bound itself to (军令状): what, by which standard, until when; and how it ended."""

    __tablename__ = "project_commitments"
    __table_args__ = (
        sa.CheckConstraint("(settled_on IS NULL) = (kept IS NULL)", name="settled"),
        sa.Index("ix_project_commitments_due_on", "due_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    text: Mapped[str] = mapped_column(sa.Text())
    standard: Mapped[str] = mapped_column(sa.Text())
    due_on: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    kept: Mapped[bool | None]
    settled_on: Mapped[date | None]
    settled_at: Mapped[datetime | None]
    settled_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    proof: Mapped[str] = mapped_column(sa.Text(), default="")


class ProjectEntry(Base):
    """What was told of a project's progress on a day; appended, never changed. `stage` is where it stood then."""

    __tablename__ = "project_entries"
    __table_args__ = (sa.CheckConstraint(sa.column("stage").in_(STAGES), name="stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), index=True)
    told_as: Mapped[UUID | None] = mapped_column(sa.Uuid(), unique=True)
    on: Mapped[date]
    stage: Mapped[str] = mapped_column(sa.String(16))
    text: Mapped[str] = mapped_column(sa.Text())
    trouble: Mapped[str] = mapped_column(sa.Text(), default="")
    next_step: Mapped[str] = mapped_column(sa.Text(), default="")
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    at: Mapped[datetime]


class ProjectEvidence(Base):
    """What shows that a stage was reached: a paper by its title and number, or a check-in; appended, never changed."""

    __tablename__ = "project_evidence"
    __table_args__ = (sa.CheckConstraint(sa.column("stage").in_(STAGES), name="stage"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), index=True)
    stage: Mapped[str] = mapped_column(sa.String(16))
    title: Mapped[str] = mapped_column(sa.String(120))
    number: Mapped[str] = mapped_column(sa.String(60), default="")
    dated_on: Mapped[date | None]
    checkin_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    at: Mapped[datetime]


class ProjectCheckin(Base):
    """A check-in, mostly a visit, that was for a project."""

    __tablename__ = "project_checkins"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), primary_key=True)
    checkin_id: Mapped[UUID] = mapped_column(
        sa.Uuid(), sa.ForeignKey("checkins.id"), primary_key=True, index=True
    )
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    at: Mapped[datetime]


class ProjectMatter(Base):
    """A matter that stands in a project's way."""

    __tablename__ = "project_matters"

    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), primary_key=True)
    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"), primary_key=True, index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    at: Mapped[datetime]


class ProjectStep(Base):
    """One change of what a project is measured by, by whom and why; appended, never changed.

    `was` and `now` are a day or an amount as text, empty where there was none.
    """

    __tablename__ = "project_steps"
    __table_args__ = (sa.CheckConstraint(sa.column("step").in_(list(STEPS)), name="step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"), index=True)
    step: Mapped[str] = mapped_column(sa.String(16))
    stage: Mapped[str | None] = mapped_column(sa.String(16))
    year: Mapped[int | None]
    half: Mapped[int | None]
    was: Mapped[str] = mapped_column(sa.String(32), default="")
    now: Mapped[str] = mapped_column(sa.String(32), default="")
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
