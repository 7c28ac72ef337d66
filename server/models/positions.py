"""Positions 定位点: fixes as they were kept, the crossings found in them, and where each person's track stands."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Fix(Base):
    """One kept position (WGS-84). Never changed; erased by row. Partitioned by month on PostgreSQL.

    `at` is its own instant on our clock, which governs; `fixed_at` is as the phone said it. `accuracy_m` is as
    given (None: not known), `charging` −1 unknown, 0, 1. `fingerprint` is of its content: of two contents under one
    key the smaller one stays. `areas` holds which area versions its disc lies in (see `rules.positions.packed`),
    by what was published when it arrived. There are no foreign keys: each row would be checked against four tables.
    """

    __tablename__ = "fixes"
    __table_args__ = (
        sa.Index("ix_fixes_person_id_trip_id_at", "person_id", "trip_id", "at"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    tracker_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    trip_id: Mapped[int]
    fixed_at: Mapped[datetime]
    received_at: Mapped[datetime]
    lng: Mapped[float]
    lat: Mapped[float]
    datum: Mapped[str] = mapped_column(sa.String(8))
    accuracy_m: Mapped[float | None] = mapped_column(sa.REAL())
    altitude_m: Mapped[float | None] = mapped_column(sa.REAL())
    speed_mps: Mapped[float | None] = mapped_column(sa.REAL())
    heading_deg: Mapped[float | None] = mapped_column(sa.REAL())
    battery: Mapped[float | None] = mapped_column(sa.REAL())
    charging: Mapped[int] = mapped_column(sa.SmallInteger())
    mock: Mapped[bool]
    note: Mapped[str | None] = mapped_column(sa.Text())
    areas: Mapped[bytes] = mapped_column(sa.LargeBinary())
    fingerprint: Mapped[int] = mapped_column(sa.BigInteger())


class Standing(Base):
    """Where a person's track on a duty stands: up to which instant crossings were looked for, and what they left open.

    `state` is `{"inside": [area, …], "begun": [[area, since_s, last_s], …]}`.
    """

    __tablename__ = "standings"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"), primary_key=True, index=True)
    until: Mapped[datetime]
    state: Mapped[dict[str, Any]]


class Crossing(Base):
    """A person on a duty entered or left an area, dated at the first evidence of it, by the area's version of then."""

    __tablename__ = "crossings"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "trip_id", "area_id", "at", "entered"),
        sa.Index("ix_crossings_trip_id_at", "trip_id", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    trip_id: Mapped[int] = mapped_column(sa.ForeignKey("trips.id"))
    area_id: Mapped[int] = mapped_column(sa.ForeignKey("areas.id"), index=True)
    version: Mapped[int]
    at: Mapped[datetime]
    entered: Mapped[bool]
