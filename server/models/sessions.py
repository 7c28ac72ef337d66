"""Sessions: one per device or browser, the refresh tokens of each, and the failed tries at signing in."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class SignInSession(Base):
    """One signed-in device (`app`) or browser. Ends by sign-out, revocation, replay, idleness or age.

    `device_id` is a random number the app made once on that device, so that a phone shared by two people is seen.
    `map_reason` is why this sitting looks at the live map; empty until said.
    """

    __tablename__ = "sessions"
    __table_args__ = (sa.CheckConstraint("kind IN ('app', 'browser')", name="kind"),)

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(sa.String(8))
    device_name: Mapped[str] = mapped_column(sa.String(120))
    device_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), index=True)
    cookie_hash: Mapped[str | None] = mapped_column(sa.String(64), unique=True)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(sa.String(16), default="")
    map_reason: Mapped[str] = mapped_column(sa.String(200), default="")


class RefreshToken(Base):
    """A refresh token, by its SHA-256; one that was used already ends its session when it comes again."""

    __tablename__ = "refresh_tokens"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    session_id: Mapped[UUID] = mapped_column(sa.Uuid(), sa.ForeignKey("sessions.id"), index=True)
    issued_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInFailure(Base):
    """Failed tries for one name from one address, and until when the next one waits."""

    __tablename__ = "sign_in_failures"

    username: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    address: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    wait_until: Mapped[datetime]
