"""Trackers 定位设备: the phones from which positions come, each with a secret of its own."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base

KINDS = ("traccar", "owntracks", "app")


class Tracker(Base):
    """One phone that sends positions: a tracker app with its secret, or our own app on a signed-in phone (`app`).

    The secret is kept as its SHA-256 only. `sealed_key` is the key of OwnTracks' encrypted messages, encrypted
    under the server's own key. `device_id` is which phone an `app` tracker is. Battery is 0..1.
    """

    __tablename__ = "trackers"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "device_id"),
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(sa.String(12))
    name: Mapped[str] = mapped_column(sa.String(64))
    secret_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    sealed_key: Mapped[str | None] = mapped_column(sa.String(255))
    device_id: Mapped[UUID | None] = mapped_column(sa.Uuid())
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_seen_at: Mapped[datetime | None]
    battery: Mapped[float | None]
    charging: Mapped[bool | None]


class SetAside(Base):
    """How many positions of a tracker were not kept on a day (Shanghai), and why; approximate, and no place in it.

    `reason` is a word of `rules.positions.SET_ASIDE`.
    """

    __tablename__ = "set_aside"

    tracker_id: Mapped[int] = mapped_column(sa.ForeignKey("trackers.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(sa.String(24), primary_key=True)
    count: Mapped[int] = mapped_column(sa.BigInteger())
