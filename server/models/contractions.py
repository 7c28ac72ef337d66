"""Contractions 收缩: which migrations took something away that older releases still need."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Contraction(Base):
    """A migration that contracts, and the oldest migration that a release must know to serve from here on.

    Written by `migrations/env.py`; a release that does not know the migration reads here whether it may go on.
    """

    __tablename__ = "contractions"

    migration: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    oldest: Mapped[str] = mapped_column(sa.String(32))
