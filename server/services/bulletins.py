"""Bulletins: drafted by the server, edited, approved by another, published; then sealed, and nobody changes them."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import BulletinChanged, Forbidden
from server.models.bulletins import Bulletin
from server.queries import bulletins as reads
from server.rules import access, bulletins
from server.rules.access import Actor
from server.rules.bulletins import PERMISSIONS, covered
from server.services import events
from server.transaction import verb

TEXTS = ("title", "number", "opening", "note")
"""What people write into a bulletin; its numbers are the server's."""


@verb
def draft(actor: Actor, kind: str, period: str, *, reason: str = "") -> dict[str, Any]:
    """Let the server draft a bulletin of a period that is over.

    Where one was published the draft corrects it, and says why. `BulletinRefused` where one is open already.
    """
    access.ensure_holds(actor, "bulletin.draft")
    of = covered(period)
    bulletins.ensure_over(of, clock.now())
    edition = reads.next_edition(kind, of.name)  # first: a draft that is not seen below has this number too
    before = reads.last(kind, of.name)
    corrects = _ensure_may_follow(before, reason)
    row = Bulletin(
        kind=kind,
        period=of.name,
        edition=edition,
        state="drafted",
        revision=1,
        title=bulletins.title(kind, of, corrects=corrects is not None),
        opening=bulletins.opening(kind, of, corrects=corrects is not None),
        data=reads.drawn(kind, of),
        corrects_id=corrects,
        reason=reason,
        drafted_by=actor.person_id,
        drafted_at=clock.now(),
        drawn_at=clock.now(),
    )
    _keep(row)
    _record("bulletin.drafted", actor, row, corrects=corrects)
    return reads.document(actor, row)


def _ensure_may_follow(before: Bulletin | None, reason: str) -> int | None:
    """The published bulletin that a new one corrects; None for the first."""
    if before is None:
        return None
    if before.state in bulletins.OPEN:
        bulletins.refuse("这一期已有尚未发布的通报", "one of this period is being dealt with already")
    if not reason:
        bulletins.refuse("这一期已发布；更正须写明原因", "it is published; a correction says why")
    return before.id


def _keep(row: Bulletin) -> None:
    """Add the row; `BulletinRefused` where somebody drafted the same at this moment."""
    db.session.add(row)
    try:
        db.session.flush()
    except sa.exc.IntegrityError:
        bulletins.refuse("这一期刚由他人拟稿", "somebody drafted it at this moment")


@verb
def edit(actor: Actor, bulletin_id: int, texts: Mapping[str, str], *, revision: int | None) -> dict[str, Any]:
    """Change the words of a draft: title, number, opening, note. `BulletinChanged` where somebody was faster."""
    row = _begin(actor, bulletin_id, "edit", revision)
    for name in TEXTS:
        setattr(row, name, texts.get(name, getattr(row, name)))
    row.edited_by = actor.person_id
    return _end(actor, row, "bulletin.edited")


@verb
def take(
    actor: Actor, bulletin_id: int, step: str, *, revision: int | None = None, note: str = ""
) -> dict[str, Any]:
    """Take a step on a bulletin: draw its numbers anew, approve, return, publish or drop it.

    `NotFound`, `Forbidden`, `BulletinStepNotAllowed`, `BulletinChanged`, or `BulletinRefused` for what it lacks.
    """
    row = _begin(actor, bulletin_id, step, revision)
    target = bulletins.step(step, row.state)
    _CHANGES[step](actor, row, note)
    row.state = target
    return _end(actor, row, _RECORDED[step], **(_published(row) if row.seal else {}))


def _published(row: Bulletin) -> dict[str, Any]:
    """What the event of a publication says: the seal, and the units that the bulletin speaks of."""
    return {"seal": row.seal, "units": [each["unit"]["id"] for each in row.data["units"]]}


def _begin(actor: Actor, bulletin_id: int, step: str, revision: int | None) -> Bulletin:
    """The bulletin, locked, if the step may be taken on it by the actor."""
    row = reads.get(actor, bulletin_id, to_change=True)
    access.ensure_holds(actor, PERMISSIONS[step])
    bulletins.step(step, row.state)
    if revision not in {None, row.revision}:
        raise BulletinChanged
    return row


def _end(actor: Actor, row: Bulletin, kind: str, **facts: Any) -> dict[str, Any]:
    """Keep the change, record it, and tell the bulletin."""
    row.revision += 1
    db.session.flush()
    _record(kind, actor, row, **facts)
    return reads.document(actor, row)


def _record(kind: str, actor: Actor, row: Bulletin, **facts: Any) -> None:
    """An event about a bulletin; once published with its seal, which the day's closing then holds."""
    events.record(
        kind,
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        subject=row.id,
        bulletin=row.kind,
        period=row.period,
        **facts,
    )


def _redraft(_actor: Actor, row: Bulletin, _note: str) -> None:
    """Draw its numbers as they are now."""
    row.data, row.drawn_at = reads.drawn(row.kind, covered(row.period)), clock.now()


def _approve(actor: Actor, row: Bulletin, _note: str) -> None:
    """`Forbidden` for who drafted or edited it."""
    if actor.person_id in reads.makers(row):
        raise Forbidden(
            permission_zh="审定本人起草或修改的通报", permission_en="approve what they drafted or edited"
        )
    row.approved_by, row.approved_at = actor.person_id, clock.now()


def _return(_actor: Actor, row: Bulletin, note: str) -> None:
    """Back to its draft, with why."""
    if not note:
        bulletins.refuse("退回须写明原因", "say why it is returned")
    row.returned_because, row.approved_by, row.approved_at = note, None, None


def _publish(actor: Actor, row: Bulletin, _note: str) -> None:
    """Seal it; it needs its number first."""
    if not row.number:
        bulletins.refuse("发布前须填写文号", "it needs its number first")
    row.published_by, row.published_at = actor.person_id, clock.now()
    row.seal = bulletins.seal(reads.content(row))


def _drop(_actor: Actor, _row: Bulletin, _note: str) -> None:
    """A draft that nobody wants."""


_CHANGES = {
    "redraft": _redraft,
    "approve": _approve,
    "return": _return,
    "publish": _publish,
    "drop": _drop,
}
_RECORDED = {
    "redraft": "bulletin.drafted",
    "approve": "bulletin.approved",
    "return": "bulletin.returned",
    "publish": "bulletin.published",
    "drop": "bulletin.dropped",
}


@verb
def export(actor: Actor, bulletin_id: int, *, form: str) -> dict[str, Any]:
    """Record that somebody takes a bulletin as a file; the bulletin."""
    access.ensure_holds(actor, "bulletin.export")
    row = reads.get(actor, bulletin_id)
    _record("bulletin.exported", actor, row, form=form)
    return reads.document(actor, row)
