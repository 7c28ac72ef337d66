"""Trips 行程: a planned journey of a team, its stops, its members, and each member's consent."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.trips import PURPOSES, STATES, TRACKINGS


class Trip(Base):
    """A trip and where it stands. `revision` grows with every change, so that nobody overwrites unseen.

    `started_at` is when it started (a phone may have said so later); tracking begins at `start_known_at`, when the
    server acknowledged it. `lapsed_at` is when the system ended it because nobody had. `told_id` is the number
    its planner's phone gave it, and `told_digest` is of what it said then, so that a plan sent twice is one trip.
    """

    __tablename__ = "trips"
    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state"),
        sa.CheckConstraint(sa.column("purpose").in_(PURPOSES), name="purpose"),
        sa.CheckConstraint(sa.column("tracking").in_(TRACKINGS), name="tracking"),
        sa.Index("ix_trips_state_starts_on", "state", "starts_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    told_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), index=True, unique=True)
    told_digest: Mapped[str | None] = mapped_column(sa.String(64))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    planner_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    leader_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    aim: Mapped[str] = mapped_column(sa.Text())
    purpose: Mapped[str] = mapped_column(sa.String(16))
    basis: Mapped[str] = mapped_column(sa.Text(), default="")
    chain: Mapped[str] = mapped_column(sa.String(60), default="")
    destination: Mapped[str] = mapped_column(sa.String(120))
    destination_area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"))
    tracking: Mapped[str] = mapped_column(sa.String(16))
    photos_required: Mapped[bool] = mapped_column(default=False)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    state: Mapped[str] = mapped_column(sa.String(16))
    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    approved_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    returned_because: Mapped[str] = mapped_column(sa.Text(), default="")
    cancelled_because: Mapped[str] = mapped_column(sa.Text(), default="")
    started_at: Mapped[datetime | None]
    start_known_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    lapsed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(sa.Text(), default="")


class TripMember(Base):
    """Who is on a trip, and of which unit they were when they joined it."""

    __tablename__ = "trip_members"

    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)


class TripStop(Base):
    """A place a trip means to visit: an area, or a point (WGS-84) and a radius in metres; never both.

    A stop taken out of the plan after check-ins were judged against it stays, marked `dropped_at`.
    """

    __tablename__ = "trip_stops"
    __table_args__ = (
        sa.CheckConstraint(
            "(area_id IS NOT NULL AND lng IS NULL AND lat IS NULL AND radius_m IS NULL) OR "
            "(area_id IS NULL AND lng IS NOT NULL AND lat IS NOT NULL AND radius_m > 0)",
            name="place",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"), index=True)
    position: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    area_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"))
    lng: Mapped[float | None]
    lat: Mapped[float | None]
    radius_m: Mapped[float | None]
    tolerance_m: Mapped[float] = mapped_column(default=0.0)
    planned_from: Mapped[datetime | None]
    planned_to: Mapped[datetime | None]
    host_enterprise: Mapped[str] = mapped_column(sa.String(120), default="")
    dropped_at: Mapped[datetime | None]


class Consent(Base):
    """A person's consent for one trip, as a record: given once, withdrawn at most once, never changed otherwise."""

    __tablename__ = "consents"
    __table_args__ = (sa.Index("ix_consents_trip_id_person_id", "trip_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    level: Mapped[str] = mapped_column(sa.String(16))
    words: Mapped[str] = mapped_column(sa.String(16))
    session_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    given_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
