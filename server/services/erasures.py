"""Erasing what a matter tells: its words, its place, the notes on its steps, its answers and its photos.

That there was one, of which category, with which steps and when, stays: that tells of nobody. The rows are blanked
first, the photos go afterwards; what is interrupted in between the sweep goes on with.
"""

from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.matters import Matter, MatterAnswer, MatterStep
from server.queries import matters as reads
from server.queries import proofs
from server.rules import access, matters
from server.rules.access import Actor
from server.services import events, photos
from server.transaction import verb


def erase(actor: Actor, matter_id: int, why: str = "") -> dict[str, Any]:
    """Erase for good what a matter tells: one's own, or (the county) one that tells of whoever asks for it.

    `NotFound` for what one may not read, `Forbidden`, or `MatterRefused` by the rules. Erasing again changes nothing.
    """
    _erased(actor, matter_id, why.strip())
    for photo_id in proofs.photos_of(matter_id):
        photos.take_away(actor.person_id, photo_id)
    return reads.document(actor, matter_id)


@verb
def _erased(actor: Actor, matter_id: int, why: str) -> None:
    """Blank the rows, where that is allowed."""
    matter = reads.get(actor, matter_id, to_change=True)
    own = matter.by_id == actor.person_id
    if not own:
        access.ensure_holds_for_others(actor, "matter.erase")
    if matter.erased_at is not None:
        return
    answered = reads.is_answered(matter.id)
    matters.ensure_erasable(matter.kind, matter.state, own=own, answered=answered, why=why)
    _blank(matter)
    matter.erased_by_id, matter.erased_why = actor.person_id, why
    events.record(
        "matter.erased",
        actor_id=actor.person_id,
        unit_id=matter.holder_id,
        person_id=matter.by_id,
        subject=matter.id,
    )


@verb
def expire(matter_id: int) -> None:
    """Delete what a matter tells whose time is over. Its photos follow (`finish`)."""
    matter = db.session.get_one(Matter, matter_id, populate_existing=True, with_for_update=True)
    if matter.erased_at is not None:
        return
    _blank(matter)
    events.record("matter.expired", actor_id=None, unit_id=matter.holder_id, subject=matter.id)


def finish() -> int:
    """Take away the photos of matters that are erased; how many there were."""
    left = proofs.left_over()
    for photo_id in left:
        photos.take_away(None, photo_id)
    return len(left)


def _blank(matter: Matter) -> None:
    """Let its rows tell nothing any more."""
    matter.text = matter.page = matter.place = ""
    matter.lng = matter.lat = None
    matter.erased_at = clock.now()
    db.session.execute(sa.update(MatterStep).where(MatterStep.matter_id == matter.id).values(note=""))
    db.session.execute(sa.update(MatterAnswer).where(MatterAnswer.matter_id == matter.id).values(text=""))
    db.session.flush()
