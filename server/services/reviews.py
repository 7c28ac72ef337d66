"""Reviews 复核: a supervisor's accept or query on a check-in, and the person's answer; appended, never overwritten.

What a check-in waits for after a word stands in the review queue; a query that nobody pursues lapses.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.errors import ReviewRefused
from server.models.reviews import Review, Waiting
from server.queries import checkins as reads
from server.queries import reviews as queue
from server.rules import access
from server.rules import reviews as rules
from server.rules.access import Actor
from server.services import events, looks
from server.transaction import verb


@verb
def review(
    actor: Actor, checkin_id: UUID, kind: str, note: str, *, after: int | None = None
) -> dict[str, Any]:
    """Accept or query another person's check-in; the same again, as from a double press, is said once.

    `after` is the last word the reviewer has read (0: none). `ReviewRefused` for one's own, for a query that asks
    nothing, and where somebody else has said something since.
    """
    reads.ensure_readable(actor, checkin_id, permission="checkin.review")
    document = queue.to_change(checkin_id)
    if document["person"]["id"] == actor.person_id:
        raise ReviewRefused(why_zh="不能复核本人的签到", why_en="nobody reviews a check-in of their own")
    if kind == "query" and not note:
        raise ReviewRefused(why_zh="提出疑问时请写明内容", why_en="a query must say what is asked")
    if _is_said(actor, document, kind, note):
        return _stands(actor, checkin_id)
    if after is not None and after != _last(document)["id"]:
        raise ReviewRefused(
            why_zh="刚才已有人复核或答复，请重新读取",
            why_en="somebody has said something since; read it again",
        )
    return _append(actor, document, kind, note, "checkin.reviewed")


@verb
def answer(actor: Actor, checkin_id: UUID, note: str) -> dict[str, Any]:
    """The person's answer to a query on their own check-in; the same again is said once."""
    reads.ensure_readable(actor, checkin_id)
    document = queue.to_change(checkin_id)
    if document["person"]["id"] != actor.person_id:
        raise access.forbidden("checkin.answer")
    if not any(said["kind"] == "query" for said in document["reviews"]):
        raise ReviewRefused(why_zh="没有需要答复的疑问", why_en="there is no query to answer")
    if _is_said(actor, document, "answer", note):
        return _stands(actor, checkin_id)
    return _append(actor, document, "answer", note, "checkin.answered")


@verb
def lapse(checkin_id: UUID, before: datetime) -> bool:
    """Let a query lapse whose last word is older than an instant; False where it was pursued meanwhile."""
    document = queue.to_change(checkin_id)
    last = _last(document)
    if last["kind"] not in rules.AFTER or last["at"] >= before:
        return False
    _say(document, "lapse", "", None)
    _record(None, document, "review.lapsed", last["kind"])
    return True


_NOTHING: dict[str, Any] = {"id": 0, "kind": None, "by": None, "note": None}
"""The last word where none was said."""


def _last(document: dict[str, Any]) -> dict[str, Any]:
    """The last word on a check-in."""
    said: list[dict[str, Any]] = document["reviews"]
    return said[-1] if said else _NOTHING


def _is_said(actor: Actor, document: dict[str, Any], kind: str, note: str) -> bool:
    """Whether this very word is the last that was said, by the same person."""
    last = _last(document)
    by_them = last["by"] is not None and last["by"]["id"] == actor.person_id
    return by_them and (last["kind"], last["note"]) == (kind, note)


def _append(actor: Actor, document: dict[str, Any], kind: str, note: str, event: str) -> dict[str, Any]:
    """Append a review or an answer, recorded, and say how the check-in stands."""
    _say(document, kind, note, actor.person_id)
    _record(actor.person_id, document, event, kind)
    return _stands(actor, document["id"])


def _say(document: dict[str, Any], kind: str, note: str, by_id: int | None) -> None:
    """Append a word, and let the check-in wait for what follows it, or for nothing."""
    now, checkin_id = clock.now(), document["id"]
    said = {"checkin_id": checkin_id, "kind": kind, "by_id": by_id, "note": note, "at": now}
    db.session.execute(sa.insert(Review), [said])
    stand = rules.AFTER.get(kind)
    if stand is None:
        db.session.execute(sa.delete(Waiting).where(Waiting.checkin_id == checkin_id))
        return
    waits = queue.row(document) | {"stand": stand, "since": now}
    put = upsert(Waiting).values(waits)
    db.session.execute(
        put.on_conflict_do_update(index_elements=["checkin_id"], set_={"stand": stand, "since": now})
    )


def _record(actor_id: int | None, document: dict[str, Any], event: str, kind: str) -> None:
    """The event of a word: of whose check-in, never what was said."""
    events.record(
        event,
        actor_id=actor_id,
        unit_id=document["unit"]["id"],
        person_id=document["person"]["id"],
        trip_id=None if document["trip"] is None else document["trip"]["id"],
        subject=document["id"],
        review=kind,
    )


def _stands(actor: Actor, checkin_id: UUID) -> dict[str, Any]:
    """How a check-in stands now; a position that this shows is a look."""
    stands = reads.get(actor, checkin_id)
    looks.opened(actor, reads.subjects([stands]), door="checkin")
    return stands
