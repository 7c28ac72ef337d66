"""Check-ins 签到: the fact (never changed), its personal part (may be blanked), visits, last places."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.checkins import KINDS, VISIT_KINDS

_ODD = sa.text("signals <> '[]'")
"""A check-in with signals: few of all, so that looking for them reads few."""


class Checkin(Base):
    """One act by a person. No coordinate, name or note stands here: those are in `CheckinDetail`.

    `happened_at` is the corrected instant that governs windows; `fixed_at` and `made_at` are as the phone said.
    """

    __tablename__ = "checkins"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
        sa.Index("ix_checkins_happened_at_id", "happened_at", "id"),
        sa.Index("ix_checkins_person_id_happened_at", "person_id", "happened_at"),
        sa.Index("ix_checkins_trip_id_happened_at", "trip_id", "happened_at"),
        sa.Index("ix_checkins_unit_id_happened_at", "unit_id", "happened_at"),
        sa.Index("ix_checkins_received_at_id", "received_at", "id"),
        sa.Index("ix_checkins_odd", "happened_at", "id", postgresql_where=_ODD, sqlite_where=_ODD),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    session_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    trip_id: Mapped[int | None] = mapped_column(sa.ForeignKey("trips.id"))
    stop_id: Mapped[int | None] = mapped_column(sa.ForeignKey("trip_stops.id"))
    kind: Mapped[str] = mapped_column(sa.String(8))
    fixed_at: Mapped[datetime | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    happened_at: Mapped[datetime]
    skew_s: Mapped[float | None]
    has_position: Mapped[bool]
    withheld: Mapped[str] = mapped_column(sa.String(16), default="")
    outcome: Mapped[str] = mapped_column(sa.String(16))
    why: Mapped[str] = mapped_column(sa.String(24), default="")
    edge_m: Mapped[float | None]
    accuracy_used_m: Mapped[float | None]
    accuracy_assumed: Mapped[bool] = mapped_column(default=False)
    against_version: Mapped[int | None]
    photo_count: Mapped[int] = mapped_column(default=0)
    timing: Mapped[str | None] = mapped_column(sa.String(8))
    timing_s: Mapped[float | None]
    areas: Mapped[list[Any]] = mapped_column(default=list)
    signals: Mapped[list[Any]] = mapped_column(default=list)


class CheckinDetail(Base):
    """The personal part of a check-in: where, and what was written. Only erasure and retention may blank it.

    `lng`, `lat` are WGS-84; `raw_…` as they came, in `datum`; `at` is the fix's instant on our clock.
    `digest` is of the content the phone sent (all but sent-at), to tell a repeat from a conflict.
    """

    __tablename__ = "checkin_details"

    checkin_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"), primary_key=True)
    digest: Mapped[str | None] = mapped_column(sa.String(64))
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    at: Mapped[datetime | None]
    raw_lng: Mapped[float | None]
    raw_lat: Mapped[float | None]
    datum: Mapped[str | None] = mapped_column(sa.String(16))
    accuracy_m: Mapped[float | None]
    accuracy_source: Mapped[str | None] = mapped_column(sa.String(16))
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    erased_at: Mapped[datetime | None]


class CheckinArea(Base):
    """An area a check-in lay in, by the version it was judged with; the log is filtered by it."""

    __tablename__ = "checkin_areas"

    checkin_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(sa.ForeignKey("areas.id"), primary_key=True, index=True)
    version: Mapped[int]


class Visit(Base):
    """Whom we met 走访 / 接待, as told with a check-in.

    `unit_id` and `happened_at` repeat the check-in's, which never change: companies are looked up by them alone.
    """

    __tablename__ = "visits"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(VISIT_KINDS), name="kind"),
        sa.Index("ix_visits_enterprise", "enterprise"),
        sa.Index("ix_visits_happened_at", "happened_at"),
    )

    checkin_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    happened_at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(16))
    enterprise: Mapped[str] = mapped_column(sa.String(120), default="")
    contact: Mapped[str] = mapped_column(sa.String(64), default="")
    contact_post: Mapped[str] = mapped_column(sa.String(64), default="")
    topic: Mapped[str] = mapped_column(sa.Text(), default="")
    outcome: Mapped[str] = mapped_column(sa.Text(), default="")
    amount: Mapped[Decimal | None]
    amount_unit: Mapped[str] = mapped_column(sa.String(8), default="")
    next_step: Mapped[str] = mapped_column(sa.Text(), default="")
    next_on: Mapped[date | None]


class LastPlace(Base):
    """Where a person on duty was last known to be; gone when the duty ends or consent is withdrawn.

    `moved_at` is when we heard of it; `checkin_id` is None where it came from a tracker.
    """

    __tablename__ = "last_places"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    lng: Mapped[float]
    lat: Mapped[float]
    accuracy_m: Mapped[float]
    at: Mapped[datetime]
    checkin_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    moved_at: Mapped[datetime | None] = mapped_column(index=True)
