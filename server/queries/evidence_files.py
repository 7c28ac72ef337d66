"""Files of evidence as those may see them who may read the project; and what the sweep must know."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.models.evidence_files import EvidenceFile
from server.models.people import Person
from server.models.projects import Project, ProjectEvidence
from server.queries import projects
from server.queries.projects import named
from server.queries.rows import Pages, mine_of
from server.rules import access
from server.rules.access import Actor

HERE = (EvidenceFile.kept_at.is_not(None), EvidenceFile.erased_at.is_(None))


def get(actor: Actor, file_id: UUID) -> EvidenceFile:
    """A file that is kept, of a project the actor may read; `NotFound` otherwise."""
    found = db.session.get(EvidenceFile, file_id, populate_existing=True)
    if found is None or found.kept_at is None or found.erased_at is not None:
        raise NotFound
    projects.get(actor, project_of(found))
    return found


def project_of(file: EvidenceFile) -> int:
    """The project a file shows a stage of."""
    statement = sa.select(ProjectEvidence.project_id).where(ProjectEvidence.id == file.evidence_id)
    return db.session.execute(statement).scalar_one()


def evidence(project: Project, evidence_id: int) -> ProjectEvidence:
    """A piece of evidence of a project; `NotFound` for another's."""
    found = db.session.get(ProjectEvidence, evidence_id)
    if found is None or found.project_id != project.id:
        raise NotFound
    return found


def count(evidence_id: int) -> int:
    """How many files a piece of evidence has, those on their way included."""
    counted = sa.select(sa.func.count()).where(
        EvidenceFile.evidence_id == evidence_id, EvidenceFile.erased_at.is_(None)
    )
    return db.session.execute(counted).scalar_one()


def of_project(actor: Actor, project: Project) -> dict[int, list[dict[str, Any]]]:
    """The files of a project's evidence, in the order they came; an erased one says that it was there."""
    statement = (
        sa.select(EvidenceFile, Person.name.label("by"))
        .join(ProjectEvidence, ProjectEvidence.id == EvidenceFile.evidence_id)
        .join(Person, Person.id == EvidenceFile.by_id)
        .where(ProjectEvidence.project_id == project.id, EvidenceFile.kept_at.is_not(None))
        .order_by(EvidenceFile.kept_at, EvidenceFile.id)
    )
    found: dict[int, list[dict[str, Any]]] = {}
    for row in db.session.execute(statement.execution_options(populate_existing=True)):
        found.setdefault(row.EvidenceFile.evidence_id, []).append(_told(actor, project, row))
    return found


def may_erase(actor: Actor, project: Project, file: EvidenceFile) -> bool:
    """Whether the actor may erase a file: who sent it, and who answers for such things of the project."""
    path = projects.paths_of(project)[0]
    return access.allows(actor, "evidence.erase", path=path, own=file.by_id == actor.person_id)


def _told(actor: Actor, project: Project, row: Any) -> dict[str, Any]:
    """A file as it is told of."""
    file: EvidenceFile = row.EvidenceFile
    erased = file.erased_at is not None
    return {
        "id": file.id,
        "name": file.name,
        "form": file.form,
        "size": file.size,
        "by": named(file.by_id, row.by),
        "at": file.kept_at,
        "erased": erased,
        "may_erase": not erased and may_erase(actor, project, file),
    }


# ── for the sweep and for a copy of oneself, unscoped ───────────────────────────────────────────────────


def expired(before: datetime) -> Sequence[UUID]:
    """The files that were kept before an instant."""
    return _ids(EvidenceFile.erased_at.is_(None), EvidenceFile.kept_at < before)


def half_erased() -> Sequence[UUID]:
    """The files that are erased while their bytes may still be there."""
    return _ids(EvidenceFile.erased_at.is_not(None), EvidenceFile.sha256.is_not(None))


def left_lying(before: datetime) -> Sequence[UUID]:
    """The files that were begun before an instant and never came to be kept."""
    return _ids(EvidenceFile.kept_at.is_(None), EvidenceFile.begun_at < before)


def own(actor: Actor) -> Pages:
    """The files of evidence somebody sent."""
    mine = EvidenceFile.by_id == actor.person_id
    return mine_of(EvidenceFile, EvidenceFile.id, mine, leave={"by_id"})


def _ids(*conditions: sa.ColumnElement[bool]) -> Sequence[UUID]:
    """The ids of the files that fulfil conditions, oldest first."""
    statement = sa.select(EvidenceFile.id).where(*conditions)
    return db.session.scalars(statement.order_by(EvidenceFile.begun_at, EvidenceFile.id)).all()
