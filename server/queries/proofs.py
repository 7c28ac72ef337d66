"""Photos as check-ins, reports of matters and steps on them tell of them. Unscoped: the caller has scoped."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from server import clock
from server.db import db
from server.models.matters import Matter, MatterProof, MatterStep
from server.models.people import Person
from server.models.photos import Photo
from server.models.units import Unit
from server.rules.matters import STEPS

NONE: dict[str, Any] = {"photo_count": 0, "photos": []}


def photos(of: InstrumentedAttribute[UUID | None], ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The photos that have arrived, in their order, by what they are of: `Photo.checkin_id` or `Photo.proof_id`."""
    statement = sa.select(of, Photo).where(of.in_(ids), Photo.kept_at.is_not(None)).order_by(of, Photo.number)
    found: dict[UUID, list[dict[str, Any]]] = {}
    for whose, photo in db.session.execute(statement.execution_options(populate_existing=True)):
        if whose is not None:
            found.setdefault(whose, []).append(_told(photo))
    return found


def of_matter(matter_id: int) -> dict[int | None, dict[str, Any]]:
    """What was told of photos, by the step it was told with (None: the report): `{photo_count, photos}`."""
    rows = db.session.scalars(sa.select(MatterProof).where(MatterProof.matter_id == matter_id)).all()
    arrived = photos(Photo.proof_id, [row.id for row in rows])
    return {row.step_id: {"photo_count": row.photo_count, "photos": arrived.get(row.id, [])} for row in rows}


def photos_of(matter_id: int) -> Sequence[UUID]:
    """Every photo of a matter that is not erased."""
    statement = sa.select(Photo.id).join(MatterProof, MatterProof.id == Photo.proof_id)
    mine = statement.where(MatterProof.matter_id == matter_id, Photo.erased_at.is_(None))
    return db.session.scalars(mine.order_by(Photo.id)).all()


def left_over() -> Sequence[UUID]:
    """The photos that are still here of matters that are erased. For the sweep."""
    statement = (
        sa.select(Photo.id)
        .join(MatterProof, MatterProof.id == Photo.proof_id)
        .join(Matter, Matter.id == MatterProof.matter_id)
        .where(Matter.erased_at.is_not(None), Photo.erased_at.is_(None))
    )
    return db.session.scalars(statement.order_by(Photo.id)).all()


def lines(proof_id: UUID | None) -> list[str]:
    """What stands on the stamped copy of a photo of a matter: when by our clock, who, which matter and step, where."""
    told = db.session.execute(
        sa.select(Matter, MatterStep, Person.name, Unit.name.label("unit"))
        .select_from(MatterProof)
        .join(Matter, Matter.id == MatterProof.matter_id)
        .join(Person, Person.id == MatterProof.by_id)
        .join(Unit, Unit.id == Matter.holder_id)
        .outerjoin(MatterStep, MatterStep.id == MatterProof.step_id)
        .where(MatterProof.id == proof_id)
    ).one()
    step: MatterStep | None = told.MatterStep
    at, what = (told.Matter.reported_at, "上报") if step is None else (step.at, STEPS[step.step].zh)
    said = (
        clock.local(at),
        f"{told.name} · {told.unit}",
        f"事项 {told.Matter.id} · {what}",
        told.Matter.place,
    )
    return [line for line in said if line]


def _told(photo: Photo) -> dict[str, Any]:
    """A photo as it is told of."""
    return {
        "id": photo.id,
        "number": photo.number,
        "width": photo.width,
        "height": photo.height,
        "kept_at": photo.kept_at,
        "erased": photo.erased_at is not None,
    }
