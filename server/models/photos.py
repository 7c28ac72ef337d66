"""Photos 照片 of check-ins and matters: what each is; the pictures are files (`services.originals`)."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.photos import FORMS


class Photo(Base):
    """One photo of a check-in, or of a report or step on a matter (`proof_id`), under the id that its phone gave it:
    the `number`-th of those it told of.

    On its way until `kept_at`. `size` in bytes and `sha256` are as the phone told them and as the file was found.
    Erasure sets `erased_at`, and takes the `sha256` away once the files are gone.
    """

    __tablename__ = "photos"
    __table_args__ = (
        sa.CheckConstraint(sa.column("form").in_(FORMS), name="form"),
        sa.CheckConstraint("(checkin_id IS NULL) <> (proof_id IS NULL)", name="of"),
        sa.UniqueConstraint("checkin_id", "number"),
        sa.UniqueConstraint("proof_id", "number"),
        sa.Index("ix_photos_person_id_begun_at", "person_id", "begun_at"),
    )

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    checkin_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), sa.ForeignKey("checkins.id"))
    proof_id: Mapped[UUID | None] = mapped_column(sa.Uuid(), sa.ForeignKey("matter_proofs.id"))
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    number: Mapped[int]
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    begun_at: Mapped[datetime]
    kept_at: Mapped[datetime | None] = mapped_column(index=True)
    form: Mapped[str | None] = mapped_column(sa.String(4))
    width: Mapped[int | None]
    height: Mapped[int | None]
    erased_at: Mapped[datetime | None] = mapped_column(index=True)
