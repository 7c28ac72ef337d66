"""Invitations 邀请: one-time links by which people set a password of their own."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Invitation(Base):
    """The link that a person may use now, by the SHA-256 of its secret; there is one for each at the most."""

    __tablename__ = "invitations"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, autoincrement=False)
    secret_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
