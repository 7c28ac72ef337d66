"""That photos are told of with a report or a step on a matter; they come afterwards (`services.photos`)."""

from uuid import UUID

from server.db import db
from server.errors import MatterRefused
from server.models.matters import MatterProof, MatterStep
from server.rules import matters
from server.rules.access import Actor
from server.transaction import unique_or


def tell(
    actor: Actor, matter_id: int, told_as: UUID | None, photo_count: int, *, step_id: int | None = None
) -> None:
    """Keep under what id a report or step was told, and of how many photos. Within a verb.

    `MatterRefused` for photos without an id, or an id that is taken.
    """
    if told_as is None:
        if photo_count:
            matters.refuse("带照片的须有编号", "what comes with photos needs an id")
        return
    taken = MatterRefused(why_zh="编号已被使用", why_en="its id is taken")
    if db.session.get(MatterProof, told_as) is not None:
        raise taken
    row = MatterProof(
        id=told_as, matter_id=matter_id, step_id=step_id, by_id=actor.person_id, photo_count=photo_count
    )
    with unique_or(taken):
        db.session.add(row)


def is_told(actor: Actor, matter_id: int, step: str, told_as: UUID | None) -> bool:
    """Whether the actor took this very step under this id before."""
    return step_told(actor, matter_id, step, told_as) is not None


def step_told(actor: Actor, matter_id: int, step: str, told_as: UUID | None) -> int | None:
    """The step that the actor took under this id before; None where there is none, or it was another."""
    known = None if told_as is None else db.session.get(MatterProof, told_as)
    if (
        known is None
        or known.step_id is None
        or (known.by_id, known.matter_id) != (actor.person_id, matter_id)
    ):
        return None
    return known.step_id if db.session.get_one(MatterStep, known.step_id).step == step else None
