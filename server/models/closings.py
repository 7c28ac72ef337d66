"""Closings 每日存证: one row a closed day, chained and signed; only ever added."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Closing(Base):
    """One closed day of the record (see `rules.closings.Closing`), with its signature."""

    __tablename__ = "closings"

    day: Mapped[date] = mapped_column(primary_key=True)
    after: Mapped[int] = mapped_column(sa.BigInteger())
    upto: Mapped[int] = mapped_column(sa.BigInteger())
    count: Mapped[int]
    late: Mapped[int]
    digest: Mapped[str] = mapped_column(sa.String(64))
    before: Mapped[str] = mapped_column(sa.String(64))
    kid: Mapped[str] = mapped_column(sa.String(64))
    signature: Mapped[str] = mapped_column(sa.String(88))
    closed_at: Mapped[datetime]
