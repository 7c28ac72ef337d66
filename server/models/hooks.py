"""Hooks 群机器人: robots in the group chats of units, and every message that was or is to be handed to one."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.hooks import KINDS, LANGUAGES, STATES


class Hook(Base):
    """A robot that a group of a unit listens to. Its address holds its key, so both are sealed.

    `told_upto` and `urged_upto` are the last notices that a digest and an urgent message spoke of, `told_at` when the
    last digest was due.
    """

    __tablename__ = "hooks"
    __table_args__ = (
        sa.CheckConstraint(sa.column("kind").in_(KINDS), name="kind"),
        sa.CheckConstraint(sa.column("lang").in_(LANGUAGES), name="lang"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(60))
    kind: Mapped[str] = mapped_column(sa.String(16))
    lang: Mapped[str] = mapped_column(sa.String(2), default="zh")
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    sealed_address: Mapped[str] = mapped_column(sa.Text())
    sealed_secret: Mapped[str | None] = mapped_column(sa.Text())
    enabled: Mapped[bool] = mapped_column(default=False)
    told_upto: Mapped[int] = mapped_column(default=0)
    urged_upto: Mapped[int] = mapped_column(default=0)
    told_at: Mapped[datetime]


class HookMessage(Base):
    """A message for a robot: what it says (counts of units, never a person or a place), and what became of it.

    `said` is what the robot answered, or why it did not.
    """

    __tablename__ = "hook_messages"
    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_(STATES), name="state"),
        sa.Index("ix_hook_messages_state_next_at", "state", "next_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    hook_id: Mapped[int] = mapped_column(sa.ForeignKey("hooks.id", ondelete="CASCADE"), index=True)
    text: Mapped[str] = mapped_column(sa.Text())
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(sa.String(8), default="waiting")
    tries: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    next_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    said: Mapped[str] = mapped_column(sa.String(200), default="")
