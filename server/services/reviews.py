"""Reviews 复核: a supervisor's accept or query on a check-in, and the person's answer; appended, never overwritten."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import ReviewRefused
from server.models.checkins import Review
from server.queries import checkins as reads
from server.rules import access
from server.rules.access import Actor
from server.services import events, looks
from server.transaction import verb


@verb
def review(actor: Actor, checkin_id: UUID, kind: str, note: str) -> dict[str, Any]:
    """Accept or query another person's check-in; `ReviewRefused` for one's own, or for a query that asks nothing."""
    reads.ensure_readable(actor, checkin_id, permission="checkin.review")
    document = reads.documents([checkin_id])[checkin_id]
    if document["person"]["id"] == actor.person_id:
        raise ReviewRefused(why_zh="不能复核本人的签到", why_en="nobody reviews a check-in of their own")
    if kind == "query" and not note:
        raise ReviewRefused(why_zh="提出疑问时请写明内容", why_en="a query must say what is asked")
    return _append(actor, document, kind, note, "checkin.reviewed")


@verb
def answer(actor: Actor, checkin_id: UUID, note: str) -> dict[str, Any]:
    """The person's answer to a query on their own check-in."""
    reads.ensure_readable(actor, checkin_id)
    document = reads.documents([checkin_id])[checkin_id]
    if document["person"]["id"] != actor.person_id:
        raise access.forbidden("checkin.answer")
    if not any(said["kind"] == "query" for said in document["reviews"]):
        raise ReviewRefused(why_zh="没有需要答复的疑问", why_en="there is no query to answer")
    return _append(actor, document, "answer", note, "checkin.answered")


def _append(actor: Actor, document: dict[str, Any], kind: str, note: str, event: str) -> dict[str, Any]:
    """Append a review or an answer, recorded, and say how the check-in stands; a position it shows is a look."""
    said = {
        "checkin_id": document["id"],
        "kind": kind,
        "by_id": actor.person_id,
        "note": note,
        "at": clock.now(),
    }
    db.session.execute(sa.insert(Review), [said])
    events.record(
        event,
        actor_id=actor.person_id,
        unit_id=document["unit"]["id"],
        person_id=document["person"]["id"],
        trip_id=None if document["trip"] is None else document["trip"]["id"],
        subject=document["id"],
        review=kind,
    )
    stands = reads.get(actor, document["id"])
    looks.opened(actor, reads.subjects([stands]), door="checkin")
    return stands
