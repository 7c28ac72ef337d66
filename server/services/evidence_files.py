"""Files of evidence: taken in, checked, opened by who may read the project, erased, deleted when their time is over.

A row is there before its file and outlives it, so that whatever a crash interrupts the sweep finds again; the bytes lie
with the originals of photos, once for each content (`services.originals`).
"""

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import EvidenceRefused, NotFound
from server.held import held
from server.ingest import evidence_files as files
from server.ingest.evidence_files import Read
from server.models.evidence_files import EvidenceFile
from server.models.projects import Project
from server.queries import evidence_files as reads
from server.queries import photos as pictures
from server.queries import project_pages as pages
from server.queries import projects
from server.rules import evidence_files as rules
from server.rules import photos as room
from server.rules.access import Actor
from server.services import events, originals
from server.services.photos import SEATS
from server.services.projects import to_change
from server.transaction import unique_or, verb

logger = logging.getLogger("guatu.evidence")

LEFT_LYING = timedelta(days=1)
"""A file that was not kept for so long never will be."""


@dataclass(frozen=True, slots=True)
class FileTold:
    """A file as its page sends it; `id` is the page's own, so that it may be sent again."""

    id: UUID
    name: str
    content: bytes


def attach(actor: Actor, project_id: int, evidence_id: int, told: FileTold) -> dict[str, Any]:
    """Put a file to a piece of evidence; the same sent again is the same. The whole project.

    `NotFound`, `Forbidden`, `EvidenceRefused` for what is of no kind we keep or one too many, `PhotosFull`.
    """
    most = held(Settings).photo_megapixels
    _ensure_may(actor, project_id, evidence_id)
    read = SEATS.do(lambda: files.read(told.content, most_megapixels=most))
    sha256 = hashlib.sha256(read.content).hexdigest()
    _begin(actor, project_id, evidence_id, told, read, sha256)
    with originals.alone(sha256):
        originals.put(sha256, read.content)
        return _keep(actor, project_id, told.id)


def content(actor: Actor, file_id: UUID) -> tuple[EvidenceFile, bytes]:
    """A file and its bytes, for whoever may read its project; `NotFound` otherwise."""
    file = reads.get(actor, file_id)
    try:
        return file, originals.original(file.sha256 or "").read_bytes()
    except FileNotFoundError as error:
        logger.error("the bytes of the file of evidence %s are not there", file.id)
        raise NotFound from error


def erase(actor: Actor, file_id: UUID) -> dict[str, Any]:
    """Erase a file for good: one's own, or as whoever answers for it; that there was one stays said. The project."""
    file = reads.get(actor, file_id)
    project = projects.get(actor, reads.project_of(file))
    if not reads.may_erase(actor, project, file):
        raise NotFound
    _let_go(_blank(file_id, "evidence.erased", actor.person_id))
    return pages.document(actor, project)


def expire(file_id: UUID) -> None:
    """Delete a file whose time is over."""
    _let_go(_blank(file_id, "evidence.expired", None))


def finish() -> int:
    """Take away the bytes of erased files, and what never came to be kept; how many there were."""
    half, lying = reads.half_erased(), reads.left_lying(clock.now() - LEFT_LYING)
    for file_id in (*half, *lying):
        _let_go(db.session.get_one(EvidenceFile, file_id, populate_existing=True))
    return len(half) + len(lying)


def expired(before: datetime) -> list[UUID]:
    """The files whose time is over."""
    return list(reads.expired(before))


# ── taking one in ───────────────────────────────────────────────────────────────────────────────────────


@verb
def _ensure_may(actor: Actor, project_id: int, evidence_id: int) -> None:
    """Look whether the actor may, before much is done with what they sent."""
    reads.evidence(to_change(actor, project_id, "evidence.send", None), evidence_id)


@verb
def _begin(actor: Actor, project_id: int, evidence_id: int, told: FileTold, read: Read, sha256: str) -> None:
    """The file's row, made where there is none yet; `EvidenceRefused` where its id is another's."""
    project = to_change(actor, project_id, "evidence.send", None)
    shown = reads.evidence(project, evidence_id)
    known = db.session.get(EvidenceFile, told.id, populate_existing=True)
    if known is not None:
        if (known.by_id, known.evidence_id, known.sha256) != (actor.person_id, shown.id, sha256):
            raise _taken()
        return
    rules.ensure_more(reads.count(shown.id))
    room.ensure_room(pictures.kept_bytes(), len(read.content), most_gb=held(Settings).photos_gb)
    originals.ensure_disk(len(read.content))
    with unique_or(_taken()):
        db.session.add(
            EvidenceFile(
                id=told.id,
                evidence_id=shown.id,
                by_id=actor.person_id,
                name=rules.name_of(told.name, read.form),
                form=read.form,
                size=len(read.content),
                sha256=sha256,
                begun_at=clock.now(),
            )
        )


def _taken() -> EvidenceRefused:
    """The refusal of an id that is another's; whose is not told."""
    return EvidenceRefused(why_zh="编号已被使用", why_en="its id is taken")


@verb
def _keep(actor: Actor, project_id: int, file_id: UUID) -> dict[str, Any]:
    """Let the row say that the file is here. The project."""
    file = _locked(file_id)
    if file.kept_at is None and file.erased_at is None:
        file.kept_at = clock.now()
        _record("evidence.sent", file, actor.person_id)
    return pages.document(actor, projects.get(actor, project_id))


# ── letting it go ───────────────────────────────────────────────────────────────────────────────────────


@verb
def _blank(file_id: UUID, kind: str, actor_id: int | None) -> EvidenceFile:
    """Let the row say that the file is gone, before it goes."""
    file = _locked(file_id)
    if file.erased_at is None:
        file.erased_at, file.name = clock.now(), ""
        _record(kind, file, actor_id)
    return file


def _let_go(file: EvidenceFile) -> None:
    """Take the bytes away unless another file or photo is the same, and the row's word of what they were."""
    if file.sha256 is None:
        return
    with originals.alone(file.sha256):
        _forget(file.id)


@verb
def _forget(file_id: UUID) -> None:
    """Remove the bytes, and the row of what was never kept."""
    file = db.session.get(EvidenceFile, file_id, populate_existing=True, with_for_update=True)
    if file is None or (file.kept_at is not None and file.erased_at is None):
        return
    if file.sha256 is not None and not pictures.is_named(file.sha256, besides=file.id):
        originals.remove(file.sha256)
    if file.kept_at is None:
        db.session.execute(sa.delete(EvidenceFile).where(EvidenceFile.id == file_id))
    else:
        file.sha256 = None


def _locked(file_id: UUID) -> EvidenceFile:
    """A file's row, locked."""
    return db.session.get_one(EvidenceFile, file_id, populate_existing=True, with_for_update=True)


def _record(kind: str, file: EvidenceFile, actor_id: int | None) -> None:
    """An event about a file, under its project: which, never what it is called or shows."""
    project = db.session.get_one(Project, reads.project_of(file))
    events.record(
        kind,
        actor_id=actor_id,
        unit_id=project.unit_id,
        subject=project.id,
        evidence=file.evidence_id,
        file=str(file.id),
    )
