"""Photos as their readers may see them: by what they may see of what it is of; and what the verbs must know."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.models.checkins import Checkin
from server.models.evidence_files import EvidenceFile
from server.models.matters import Matter, MatterProof
from server.models.photos import Photo
from server.models.units import Unit
from server.queries import matters, proofs
from server.rules import access
from server.rules.access import Actor


def get(actor: Actor, photo_id: UUID, permission: str) -> Photo:
    """A photo that is kept, of a check-in or matter the actor may read; `NotFound` otherwise.

    `Forbidden` where they may see photos of it, but lack `permission`. An original of a matter's is its owner's alone.
    """
    photo = db.session.get(Photo, photo_id, populate_existing=True)
    if photo is None or photo.kept_at is None or photo.erased_at is not None:
        raise NotFound
    own = photo.person_id == actor.person_id
    if photo.checkin_id is not None:
        path = _path(photo.checkin_id)
        access.ensure_seen(actor, "checkin.read", path=path, own=own)
        access.ensure(actor, permission, path=path, own=own)
    elif not own:
        matters.get(actor, _matter_of(photo))
        if permission != "photo.read":
            raise access.forbidden(permission)
    return photo


def _matter_of(photo: Photo) -> int:
    """The matter a photo is of."""
    statement = sa.select(MatterProof.matter_id).where(MatterProof.id == photo.proof_id)
    return db.session.execute(statement).scalar_one()


def mine(actor: Actor, photo_id: UUID) -> Photo:
    """A photo the actor sent or is sending, erased or not; `NotFound` for anybody else's."""
    photo = db.session.get(Photo, photo_id, populate_existing=True)
    if photo is None or photo.person_id != actor.person_id:
        raise NotFound
    return photo


def checkin(actor: Actor, checkin_id: UUID) -> Checkin:
    """A check-in of the actor's own; `NotFound` for anybody else's."""
    found = db.session.get(Checkin, checkin_id)
    if found is None or found.person_id != actor.person_id:
        raise NotFound
    return found


def proof(actor: Actor, proof_id: UUID) -> MatterProof:
    """What the actor told of photos with a report or step; `NotFound` for anybody else's, or once it is erased."""
    statement = sa.select(MatterProof).join(Matter, Matter.id == MatterProof.matter_id)
    mine = (MatterProof.id == proof_id, MatterProof.by_id == actor.person_id, Matter.erased_at.is_(None))
    found = db.session.scalars(statement.where(*mine)).first()
    if found is None:
        raise NotFound
    return found


def trip_of(checkin_id: UUID) -> int | None:
    """On which trip a check-in was made."""
    return db.session.execute(sa.select(Checkin.trip_id).where(Checkin.id == checkin_id)).scalar_one()


def of(checkin_ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The photos of check-ins that have arrived, in the order they were taken in. Unscoped: the caller has scoped."""
    return proofs.photos(Photo.checkin_id, checkin_ids)


def document(photo: Photo, received: int) -> dict[str, Any]:
    """A photo as its sender is told of it: how many of its bytes are here, and whether it is kept."""
    return {
        "id": photo.id,
        "checkin_id": photo.checkin_id,
        "proof_id": photo.proof_id,
        "number": photo.number,
        "size": photo.size,
        "received": received,
        "kept": photo.kept_at is not None,
        "erased": photo.erased_at is not None,
    }


# ── for the quotas ──────────────────────────────────────────────────────────────────────────────────────


def begun_since(person_id: int, since: datetime) -> int:
    """How many photos a person has begun to send since an instant."""
    begun = sa.select(sa.func.count()).where(Photo.person_id == person_id, Photo.begun_at >= since)
    return db.session.execute(begun).scalar_one()


def kept_bytes() -> int:
    """How many bytes all photos and files of evidence take, those on their way included; what is there twice counts
    twice.
    """
    sums = (
        sa.select(sa.func.coalesce(sa.func.sum(table.size), 0)).where(table.erased_at.is_(None))
        for table in _KEEPING
    )
    return sum(int(db.session.execute(each).scalar_one()) for each in sums)


# ── for the sweep, unscoped ─────────────────────────────────────────────────────────────────────────────


def is_named(sha256: str, *, besides: UUID) -> bool:
    """Whether another photo or file of evidence that is kept is the same."""
    others = (
        sa.select(table.id).where(table.sha256 == sha256, table.id != besides, *_kept(table))
        for table in _KEEPING
    )
    return any(db.session.execute(each.limit(1)).first() is not None for each in others)


_KEEPING: tuple[type[Photo] | type[EvidenceFile], ...] = (Photo, EvidenceFile)
"""Whose rows name an original: what lies in one place is one whole for backups and for what may be removed."""


def _kept(table: type[Photo] | type[EvidenceFile]) -> tuple[sa.ColumnElement[bool], ...]:
    """What is kept of a table."""
    return table.kept_at.is_not(None), table.erased_at.is_(None)


def abandoned(before: datetime) -> Sequence[UUID]:
    """The photos that were begun before an instant and never arrived."""
    return _ids(Photo.kept_at.is_(None), Photo.erased_at.is_(None), Photo.begun_at < before)


def expired(before: datetime) -> Sequence[UUID]:
    """The photos that arrived before an instant."""
    return _ids(Photo.erased_at.is_(None), Photo.kept_at < before)


def kept_of(person_id: int) -> Sequence[UUID]:
    """A person's photos that are here. Unscoped, for their own copy."""
    return _ids(Photo.person_id == person_id, Photo.kept_at.is_not(None), Photo.erased_at.is_(None))


def originals() -> Sequence[str]:
    """What the photos and files of evidence that are kept hold, as digests, each once, in their order."""
    kept = (sa.select(table.sha256).where(table.sha256.is_not(None), *_kept(table)) for table in _KEEPING)
    return sorted({sha256 for each in kept for sha256 in db.session.execute(each).scalars() if sha256})


def not_erased(checkin_ids: Sequence[UUID]) -> Sequence[UUID]:
    """The photos of these check-ins that are not erased, arrived or not."""
    return _ids(Photo.erased_at.is_(None), Photo.checkin_id.in_(checkin_ids))


def half_erased() -> Sequence[UUID]:
    """The photos that are erased while their files may still be there."""
    return _ids(Photo.erased_at.is_not(None), Photo.sha256.is_not(None))


def not_on_their_way(photo_ids: Iterable[UUID]) -> list[UUID]:
    """Those of the photos of which nothing more is to come."""
    wanted = list(photo_ids)
    coming = set(_ids(Photo.kept_at.is_(None), Photo.erased_at.is_(None), Photo.id.in_(wanted)))
    return [photo_id for photo_id in wanted if photo_id not in coming]


def _ids(*conditions: sa.ColumnElement[bool]) -> Sequence[UUID]:
    """The ids of the photos that fulfil conditions, oldest first."""
    statement = sa.select(Photo.id).where(*conditions).order_by(Photo.begun_at, Photo.id)
    return db.session.execute(statement).scalars().all()


def _path(checkin_id: UUID) -> str:
    """The path of the unit a check-in belongs to."""
    statement = sa.select(Unit.path).join(Checkin, Checkin.unit_id == Unit.id).where(Checkin.id == checkin_id)
    return db.session.execute(statement).scalar_one()
