"""Matters: complain or suggest, and answer. What was said stays: there is no verb that changes or deletes it."""

from typing import Any

from server import clock
from server.db import db
from server.errors import OwnMatter
from server.models.matters import Matter, MatterAnswer
from server.queries import matters as reads
from server.rules import access
from server.rules.access import Actor
from server.services import events
from server.transaction import verb


@verb
def report(actor: Actor, *, kind: str, text: str, page: str) -> dict[str, Any]:
    """Keep a complaint or a suggestion for the county; `page` is where it was said."""
    access.ensure(actor, "matter.report", path=actor.unit_path, own=True)
    matter = Matter(
        kind=kind,
        text=text,
        page=page,
        by_id=actor.person_id,
        unit_id=actor.unit_id,
        state="reported",
        reported_at=clock.now(),
    )
    db.session.add(matter)
    db.session.flush()
    events.record(
        "matter.reported",
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        subject=matter.id,
        matter=kind,
    )
    return reads.one(matter.id)


@verb
def answer(actor: Actor, matter_id: int, text: str) -> dict[str, Any]:
    """Answer whoever reported a matter; they read it where they said it. `NotFound` for what one may not read.

    `OwnMatter` where that is oneself. Another answer is added to the first.
    """
    matter = reads.get(actor, matter_id)
    access.ensure_holds(actor, "matter.answer")
    if matter.by_id == actor.person_id:
        raise OwnMatter
    db.session.add(MatterAnswer(matter_id=matter.id, by_id=actor.person_id, text=text, at=clock.now()))
    db.session.flush()
    events.record(
        "matter.answered",
        actor_id=actor.person_id,
        unit_id=matter.unit_id,
        person_id=matter.by_id,
        subject=matter.id,
        matter=matter.kind,
    )
    return reads.one(matter.id)
