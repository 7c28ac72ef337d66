"""Files of evidence 佐证材料: what shows a stage of a project, as a picture or a document."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base
from server.rules.evidence_files import FORMS, NAME


class EvidenceFile(Base):
    """A file of a piece of evidence, under the id that its page gave it; its bytes lie with the originals of photos.

    On its way until `kept_at`. `sha256` and `size` in bytes are of the file as it is kept. Erasure sets `erased_at`,
    and takes the name and the `sha256` away once the file is gone.
    """

    __tablename__ = "evidence_files"
    __table_args__ = (sa.CheckConstraint(sa.column("form").in_(FORMS), name="form"),)

    id: Mapped[UUID] = mapped_column(sa.Uuid(), primary_key=True)
    evidence_id: Mapped[int] = mapped_column(sa.ForeignKey("project_evidence.id"), index=True)
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    name: Mapped[str] = mapped_column(sa.String(NAME))
    form: Mapped[str] = mapped_column(sa.String(8))
    size: Mapped[int]
    sha256: Mapped[str | None] = mapped_column(sa.String(64), index=True)
    begun_at: Mapped[datetime]
    kept_at: Mapped[datetime | None] = mapped_column(index=True)
    erased_at: Mapped[datetime | None] = mapped_column(index=True)
