"""Patrols 巡查: plans of who walks which grid and checkpoints how often, and the runs that are made of them."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.patrols import DAYS_OFF, PURPOSES, STATES, WHO
from server.rules.trips import TRACKINGS

_NOT_CALLED_OFF = sa.text("state <> 'called_off'")


class PatrolPlan(Base):
    """Who walks what how often. `revision` grows with every change; runs that have not begun are then made anew.

    `rule` is an RRULE whose first day is `starts_on`; `opens` and `closes` are by the Shanghai clock, the window ends
    on the `window_days`-th day. `route` is the line to walk, `[[lng, lat], …]` in WGS-84, empty where there is none.
    """

    __tablename__ = "patrol_plans"
    __table_args__ = (
        sa.CheckConstraint(sa.column("purpose").in_(PURPOSES), name="purpose"),
        sa.CheckConstraint(sa.column("who").in_(WHO), name="who"),
        sa.CheckConstraint(sa.column("days_off").in_(DAYS_OFF), name="days_off"),
        sa.CheckConstraint(sa.column("tracking").in_(TRACKINGS), name="tracking"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"), index=True)
    purpose: Mapped[str] = mapped_column(sa.String(16))
    basis: Mapped[str] = mapped_column(sa.Text(), default="")
    tracking: Mapped[str] = mapped_column(sa.String(16))
    photos_required: Mapped[bool] = mapped_column(default=False)
    who: Mapped[str] = mapped_column(sa.String(8))
    rule: Mapped[str] = mapped_column(sa.String(120))
    days_off: Mapped[str] = mapped_column(sa.String(8))
    starts_on: Mapped[date]
    until_on: Mapped[date | None]
    opens: Mapped[time]
    closes: Mapped[time]
    window_days: Mapped[int]
    in_order: Mapped[bool]
    route: Mapped[list[Any]] = mapped_column(default=list)
    turns: Mapped[int] = mapped_column(default=0)
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class PatrolWalker(Base):
    """Who walks the runs of a plan: one person, or a rota in its order."""

    __tablename__ = "patrol_walkers"

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("patrol_plans.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)


class PatrolCheckpoint(Base):
    """A place a plan's walk comes by: an area, or a point (WGS-84) and a radius in metres; never both."""

    __tablename__ = "patrol_checkpoints"
    __table_args__ = (
        sa.CheckConstraint(
            "(area_id IS NOT NULL AND lng IS NULL AND lat IS NULL AND radius_m IS NULL) OR "
            "(area_id IS NULL AND lng IS NOT NULL AND lat IS NOT NULL AND radius_m > 0)",
            name="place",
        ),
    )

    plan_id: Mapped[int] = mapped_column(sa.ForeignKey("patrol_plans.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"))
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    radius_m: Mapped[float | None]
    tolerance_m: Mapped[float] = mapped_column(default=0.0)


class Patrol(Base):
    """One walk: of a plan, or called out without one (`call_id`: those called out together, `made_by`: by whom).

    The duty its walkers are on is a trip, from the moment somebody is to walk it: consent, check-ins, tracks and
    their erasure are those of any duty, and its stops are the checkpoints. `reached` of `checkpoints` were, and the
    last of them at `walked_at`, as judged at `judged_at`. One that was called off by itself (`cancelled_at`) is made
    no more; one whose plan was changed is made anew.
    """

    __tablename__ = "patrols"
    __table_args__ = (
        sa.CheckConstraint(sa.column("purpose").in_(PURPOSES), name="purpose"),
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state"),
        sa.CheckConstraint(sa.column("tracking").in_(TRACKINGS), name="tracking"),
        sa.CheckConstraint("(plan_id IS NULL) <> (call_id IS NULL)", name="origin"),
        sa.Index(
            "uq_patrols_plan_id_day",
            "plan_id",
            "day",
            unique=True,
            postgresql_where=_NOT_CALLED_OFF,
            sqlite_where=_NOT_CALLED_OFF,
        ),
        sa.Index("uq_patrols_call_id_area_id", "call_id", "area_id", unique=True),
        sa.Index("ix_patrols_state_closes_at", "state", "closes_at"),
        sa.Index("ix_patrols_day_id", "day", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int | None] = mapped_column(sa.ForeignKey("patrol_plans.id"))
    call_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    trip_id: Mapped[int | None] = mapped_column(sa.ForeignKey("trips.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    made_by: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    title: Mapped[str] = mapped_column(sa.String(120))
    area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"))
    purpose: Mapped[str] = mapped_column(sa.String(16))
    basis: Mapped[str] = mapped_column(sa.Text(), default="")
    tracking: Mapped[str] = mapped_column(sa.String(16))
    photos_required: Mapped[bool] = mapped_column(default=False)
    in_order: Mapped[bool] = mapped_column(default=False)
    route: Mapped[list[Any]] = mapped_column(default=list)
    day: Mapped[date]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(sa.String(16), default="due")
    checkpoints: Mapped[int]
    reached: Mapped[int] = mapped_column(default=0)
    walked_at: Mapped[datetime | None]
    judged_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    missed_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    made_at: Mapped[datetime]


class PatrolledArea(Base):
    """An area that a patrol walked in: its own, and those that check-ins on it lay in; when last."""

    __tablename__ = "patrolled_areas"
    __table_args__ = (sa.Index("ix_patrolled_areas_area_id_at", "area_id", "at"),)

    patrol_id: Mapped[int] = mapped_column(sa.ForeignKey("patrols.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(sa.ForeignKey("areas.id"), primary_key=True)
    at: Mapped[datetime]


class PatrolFinding(Base):
    """A matter that was found on a patrol."""

    __tablename__ = "patrol_findings"

    matter_id: Mapped[int] = mapped_column(sa.ForeignKey("matters.id"), primary_key=True)
    patrol_id: Mapped[int] = mapped_column(sa.ForeignKey("patrols.id"), index=True)
