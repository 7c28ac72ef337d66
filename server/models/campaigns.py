"""Campaigns 专项行动、战役: projects and matters under one headquarters, its tasks and its reviews."""

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.campaigns import ENTRIES, STATES, TASK_STATES


class Campaign(Base):
    """A campaign of the unit that is its headquarters, led by one person. `revision` grows with every change."""

    __tablename__ = "campaigns"
    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state"),
        sa.CheckConstraint("ends_on >= starts_on", name="dates"),
        sa.UniqueConstraint("unit_id", "name"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    aim: Mapped[str] = mapped_column(sa.Text(), default="")
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    lead_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    closed_on: Mapped[date | None]
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)


class CampaignTask(Base):
    """One line of a campaign's task list (任务书): what a unit does, by which standard, from when until when."""

    __tablename__ = "campaign_tasks"
    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_(TASK_STATES), name="state"),
        sa.CheckConstraint("due_on >= starts_on", name="dates"),
        sa.CheckConstraint("(state = 'done') = (done_on IS NOT NULL)", name="done"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    standard: Mapped[str] = mapped_column(sa.Text(), default="")
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    starts_on: Mapped[date]
    due_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(8), default="open")
    done_on: Mapped[date | None]


class CampaignEntry(Base):
    """What was told of a task; appended, never changed."""

    __tablename__ = "campaign_entries"
    __table_args__ = (sa.CheckConstraint(sa.column("step").in_(list(ENTRIES)), name="step"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("campaign_tasks.id"), index=True)
    step: Mapped[str] = mapped_column(sa.String(8))
    text: Mapped[str] = mapped_column(sa.Text())
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    at: Mapped[datetime]


class CampaignLink(Base):
    """A project, a matter or a patrol plan that belongs to a campaign; exactly one of them."""

    __tablename__ = "campaign_links"
    __table_args__ = (
        sa.UniqueConstraint("campaign_id", "project_id"),
        sa.UniqueConstraint("campaign_id", "matter_id"),
        sa.UniqueConstraint("campaign_id", "plan_id"),
        sa.CheckConstraint(
            "(project_id IS NOT NULL AND matter_id IS NULL AND plan_id IS NULL) OR "
            "(project_id IS NULL AND matter_id IS NOT NULL AND plan_id IS NULL) OR "
            "(project_id IS NULL AND matter_id IS NULL AND plan_id IS NOT NULL)",
            name="one",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    project_id: Mapped[int | None] = mapped_column(sa.ForeignKey("projects.id"), index=True)
    matter_id: Mapped[int | None] = mapped_column(sa.ForeignKey("matters.id"), index=True)
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("patrol_plans.id"), index=True)


class CampaignReview(Base):
    """A review of a month, a quarter or a year; appended: a correction is another one. `facts` are those of its day."""

    __tablename__ = "campaign_reviews"
    __table_args__ = (sa.Index("ix_campaign_reviews_campaign_id_period", "campaign_id", "period"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(sa.ForeignKey("campaigns.id"))
    period: Mapped[str] = mapped_column(sa.String(8))
    text: Mapped[str] = mapped_column(sa.Text())
    trouble: Mapped[str] = mapped_column(sa.Text(), default="")
    next_step: Mapped[str] = mapped_column(sa.Text(), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    at: Mapped[datetime]
