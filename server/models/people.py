"""People: accounts and the roles they hold over unit subtrees."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server import clock
from server.db import Base
from server.rules.access import ROLES


class Person(Base):
    """Somebody with an account. `unit_id` is where they are a member now; rows of theirs keep the unit of then."""

    __tablename__ = "people"

    id: Mapped[int] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    username: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    post: Mapped[str] = mapped_column(sa.String(64), default="")
    password_hash: Mapped[str] = mapped_column(sa.String(255))
    password_set_at: Mapped[datetime]
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


class RoleGrant(Base):
    """A role that a person holds over a unit and everything below it.

    `given_at` is None only where a release of before gave it while this one migrated.
    """

    __tablename__ = "role_grants"
    __table_args__ = (
        sa.UniqueConstraint("person_id", "role", "unit_id"),
        sa.CheckConstraint(sa.column("role").in_(ROLES), name="role"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    role: Mapped[str] = mapped_column(sa.String(16))
    unit_id: Mapped[int] = mapped_column(sa.ForeignKey("units.id"), index=True)
    given_at: Mapped[datetime | None] = mapped_column(default=clock.now)
