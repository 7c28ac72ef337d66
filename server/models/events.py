"""Events 事件: the append-only record of everything that was done; also the stream's log and the work list.

A row holds ids and plain facts, never coordinates, names, notes or contacts.
"""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Event(Base):
    """One thing done. `number` grows; on PostgreSQL it is given after the transaction's own id (a trigger)."""

    __tablename__ = "events"
    __table_args__ = (
        sa.Index("ix_events_unit_id_number", "unit_id", "number"),
        sa.Index("ix_events_kind_number", "kind", "number"),
        {"sqlite_autoincrement": True},
    )

    number: Mapped[int] = mapped_column(
        sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True
    )
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(sa.String(48))
    actor_id: Mapped[int | None]
    unit_id: Mapped[int | None]
    person_id: Mapped[int | None]
    trip_id: Mapped[int | None]
    subject: Mapped[str] = mapped_column(sa.String(64), default="")
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)
