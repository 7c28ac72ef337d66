"""Second factors 两步验证: the seed of somebody's one-time codes, and the recovery codes for when the phone is lost."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class SecondFactor(Base):
    """A person's second factor. Of use once it is confirmed by a first code; before that it opens and closes nothing.

    `sealed_seed` is encrypted under the server's own key. `last_step` is the half minute of the newest code that was
    used: it and those before it are never good again.
    """

    __tablename__ = "second_factors"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    sealed_seed: Mapped[str] = mapped_column(sa.String(255))
    begun_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(sa.BigInteger(), default=0)


class RecoveryCode(Base):
    """A code that stands in for the phone, once; by its SHA-256."""

    __tablename__ = "recovery_codes"

    code_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
