"""Views 视图: a person's own ways to look at the visit log, by name; and the columns they chose."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class View(Base):
    """Filters, order and columns under a name. Whoever is given its address may use it on what they may see."""

    __tablename__ = "views"
    __table_args__ = (sa.UniqueConstraint("person_id", "name"),)

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    name: Mapped[str] = mapped_column(sa.String(40))
    filters: Mapped[dict[str, Any]]
    columns: Mapped[list[Any]]
    saved_at: Mapped[datetime]


class ChosenColumns(Base):
    """The columns a person wants where no view says others."""

    __tablename__ = "chosen_columns"

    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True, autoincrement=False)
    columns: Mapped[list[Any]]
