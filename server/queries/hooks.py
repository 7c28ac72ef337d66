"""Hooks as the administrator reads them, what a digest counts, and which messages wait."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.config import Settings
from server.db import db
from server.errors import NotFound
from server.held import held
from server.models.hooks import Hook, HookMessage
from server.models.notices import Notice
from server.models.units import Unit
from server.rules import notice_kinds
from server.rules.hooks import Counted

SHOWN = 10
"""So many of a robot's last messages are shown."""


def listed() -> dict[str, Any]:
    """Every robot with its last messages: `{on, origins, items}`; an address and a secret are never told."""
    settings = held(Settings)
    rows = db.session.execute(_rows().order_by(Unit.path, Hook.id)).all()
    said = _messages([row.Hook.id for row in rows])
    return {
        "on": settings.hooks,
        "origins": list(settings.hook_origins),
        "digest_times": [f"{at:%H:%M}" for at in settings.digest_times],
        "quiet_hours": str(settings.quiet_hours),
        "items": [_document(row) | {"messages": said.get(row.Hook.id, [])} for row in rows],
    }


def document(hook_id: int) -> dict[str, Any]:
    """One robot with its last messages."""
    row = db.session.execute(_rows().where(Hook.id == hook_id)).one()
    return _document(row) | {"messages": _messages([hook_id]).get(hook_id, [])}


def get(hook_id: int) -> Hook:
    """A robot, its row held until the verb is over; `NotFound` when there is none."""
    found = _locked(Hook.id == hook_id)
    if found is None:
        raise NotFound
    return found


def to_tell(hook_id: int) -> Hook | None:
    """A robot that is to be told, held likewise; None where it was taken away or switched off."""
    return _locked(Hook.id == hook_id, Hook.enabled)


def hook_of(message_id: int) -> Hook | None:
    """The robot of a message, held before the message is, as whoever takes it away does; None where it is gone."""
    of = sa.select(HookMessage.hook_id).where(HookMessage.id == message_id)
    return _locked(Hook.id == of.scalar_subquery())


def _locked(*which: ColumnElement[bool] | InstrumentedAttribute[bool]) -> Hook | None:
    """A robot as it is now, its row held."""
    statement = sa.select(Hook).where(*which).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).first()


def _rows() -> sa.Select[*tuple[Any, ...]]:
    """Robots with the names of their units."""
    return sa.select(Hook, Unit.name.label("unit")).join(Unit, Unit.id == Hook.unit_id)


def _document(row: Any) -> dict[str, Any]:
    """One robot without its messages."""
    hook: Hook = row.Hook
    return {
        "id": hook.id,
        "name": hook.name,
        "kind": hook.kind,
        "lang": hook.lang,
        "unit": {"id": hook.unit_id, "name": row.unit},
        "signed": hook.sealed_secret is not None,
        "enabled": hook.enabled,
    }


def _messages(hook_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The last messages of robots, newest first."""
    turn = sa.func.row_number().over(partition_by=HookMessage.hook_id, order_by=HookMessage.id.desc())
    newest = sa.select(HookMessage.id, turn.label("turn")).where(HookMessage.hook_id.in_(hook_ids)).subquery()
    statement = sa.select(HookMessage).join(newest, newest.c.id == HookMessage.id)
    found: dict[int, list[dict[str, Any]]] = {}
    for one in db.session.scalars(statement.where(newest.c.turn <= SHOWN).order_by(HookMessage.id.desc())):
        found.setdefault(one.hook_id, []).append(_message(one))
    return found


def _message(one: HookMessage) -> dict[str, Any]:
    """One message and what became of it."""
    return {
        "id": one.id,
        "text": one.text,
        "urgent": one.urgent,
        "state": one.state,
        "tries": one.tries,
        "made_at": one.made_at,
        "next_at": one.next_at if one.state == "waiting" else None,
        "ended_at": one.ended_at,
        "said": one.said,
    }


# ── for the sweep ───────────────────────────────────────────────────────────────────────────────────────


def enabled() -> Sequence[int]:
    """The robots that are to be told."""
    return list(db.session.scalars(sa.select(Hook.id).where(Hook.enabled).order_by(Hook.id)))


def counted(hook: Hook, *, after: int, urgent: bool) -> tuple[list[Counted], int]:
    """What came up in a robot's units since a notice, by kind and unit in their order; and the last notice there is.

    Each thing counts once, however many people were told of it and how often.
    """
    now = clock.now()
    upto = db.session.scalar(sa.select(sa.func.max(Notice.id)).where(Notice.shows_at <= now)) or after
    wanted = _told_to_groups(after=after, upto=upto, urgent=urgent)
    top = sa.select(Unit.path).where(Unit.id == hook.unit_id).scalar_subquery()
    statement = (
        sa.select(Notice.kind, Unit.name, sa.func.count(sa.distinct(Notice.subject)))
        .join(Unit, Unit.id == Notice.unit_id)
        .where(Unit.path.startswith(top), Notice.shows_at <= now, *wanted)
        .group_by(Notice.kind, Unit.id, Unit.name, Unit.path, Unit.position)
        .order_by(Unit.path, Unit.id, Notice.kind)
    )
    return [Counted(*row) for row in db.session.execute(statement)], upto


def _told_to_groups(*, after: int, upto: int, urgent: bool) -> Iterable[ColumnElement[bool]]:
    """The notices of kinds that groups are told of, within a stretch."""
    yield Notice.kind.in_([kind.name for kind in notice_kinds.KINDS.values() if kind.group is not None])
    yield Notice.id > after
    yield Notice.id <= upto
    yield Notice.urgent.is_(urgent)


def last_notice() -> int:
    """The newest notice there is; a robot that begins is told of none before it."""
    return db.session.scalar(sa.select(sa.func.max(Notice.id))) or 0


def to_send(now: datetime) -> Sequence[int]:
    """The messages whose time has come, oldest first."""
    due = sa.and_(HookMessage.state == "waiting", HookMessage.next_at <= now)
    statement = sa.select(HookMessage.id).join(Hook, Hook.id == HookMessage.hook_id).where(due, Hook.enabled)
    return list(db.session.scalars(statement.order_by(HookMessage.id)))


def unit_name(unit_id: int) -> str:
    """The name of a unit."""
    return db.session.scalars(sa.select(Unit.name).where(Unit.id == unit_id)).one()
