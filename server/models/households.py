"""Households 住户: whom a grid member looks after and how often, and each visit to them."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Household(Base):
    """A household that a member visits every so many days; `door` is its address, `name` what it is called by.

    Released (`released_at`), nobody visits it any more; erased (`erased_at`), its words are blank as well.
    """

    __tablename__ = "households"
    __table_args__ = (sa.CheckConstraint("every_days > 0", name="every_days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    member_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    door: Mapped[str] = mapped_column(sa.String(120))
    name: Mapped[str] = mapped_column(sa.String(60), default="")
    concern: Mapped[str] = mapped_column(sa.Text(), default="")
    every_days: Mapped[int]
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]


class HouseholdLook(Base):
    """That somebody opened what is told of a household they do not look after, once a sitting, and why. Only added."""

    __tablename__ = "household_looks"
    __table_args__ = (sa.UniqueConstraint("session_id", "household_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    reader_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    session_id: Mapped[UUID] = mapped_column(sa.Uuid())
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"), index=True)
    reason: Mapped[str] = mapped_column(sa.String(200))
    at: Mapped[datetime]


class HouseholdVisit(Base):
    """One visit to a household, as its member tells it; `told_as` is the id the phone gave it. Appended, never changed.

    Only erasure of the household, or its retention, blanks the note.
    """

    __tablename__ = "household_visits"
    __table_args__ = (sa.Index("ix_household_visits_household_id_visited_on", "household_id", "visited_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    told_as: Mapped[UUID] = mapped_column(sa.Uuid(), unique=True)
    household_id: Mapped[int] = mapped_column(sa.ForeignKey("households.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"))
    visited_on: Mapped[date]
    note: Mapped[str] = mapped_column(sa.Text(), default="")
    told_at: Mapped[datetime]
