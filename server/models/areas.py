"""Areas 区域: named multipolygons with versions; the past keeps the version it was judged by."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from geoalchemy2 import Geometry
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

KINDS = ("county", "township", "village", "grid", "park", "destination", "site")


class Area(Base):
    """What stays the same about an area while its boundary changes."""

    __tablename__ = "areas"
    __table_args__ = (
        sa.UniqueConstraint("kind", "code"),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    code: Mapped[str] = mapped_column(sa.String(64))
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    parent_id: Mapped[int | None] = mapped_column(sa.ForeignKey("areas.id"), index=True)
    households: Mapped[int | None]
    created_at: Mapped[datetime]
    retired_from: Mapped[datetime | None]


class AreaVersion(Base):
    """One boundary of an area (WGS-84), in force from `valid_from` until a later-numbered version's."""

    __tablename__ = "area_versions"
    __table_args__ = (sa.UniqueConstraint("area_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_id: Mapped[int] = mapped_column(sa.ForeignKey("areas.id"))
    number: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(120))
    valid_from: Mapped[datetime]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    source_datum: Mapped[str] = mapped_column(sa.String(16))
    repairs: Mapped[list[Any]] = mapped_column(default=list)
    area_m2: Mapped[float]
    digest: Mapped[str] = mapped_column(sa.String(64))
    boundary: Mapped[Any] = mapped_column(Geometry("MULTIPOLYGON", srid=4326, spatial_index=True))


class AreaGeneration(Base):
    """One row: a number that grows with every publication, so that a process knows its snapshot is old."""

    __tablename__ = "area_generation"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(sa.BigInteger())
