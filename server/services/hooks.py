"""Hooks 群机器人: kept and tried by the administrator, told in digests by the sweep; off unless switched on.

A message is written down before it is sent, and marked as being sent before the first byte leaves. So a crash at any
moment loses none and doubles none: what was being sent then is called unsure and is not sent again.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import KeysRefused
from server.held import held
from server.models.hooks import Hook, HookMessage
from server.models.units import Unit
from server.queries import hooks as reads
from server.queries import working_calendar
from server.rules import access, hooks, notices
from server.rules.access import Actor
from server.rules.hooks import Outcome
from server.services import events, hook_calls
from server.services import notices as told_people
from server.services.seals import Seals
from server.transaction import verb

logger = logging.getLogger("guatu.hooks")

MOST = 50
"""So many robots a county has at the most."""

LEASE = timedelta(minutes=1)
"""A message that is being sent for longer than this was left by a process that ended in the middle."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of a robot; None leaves what there is. An empty `secret` takes it away."""

    name: str | None = None
    kind: str | None = None
    lang: str | None = None
    unit_id: int | None = None
    address: str | None = None
    secret: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class Handed:
    """How many messages were handed over, and how many were not."""

    sent: int
    others: int


# ── by the administrator ────────────────────────────────────────────────────────────────────────────────


@verb
def add(actor: Actor, told: Told) -> dict[str, Any]:
    """Keep a robot; it is told of nothing that came up before. `HookRefused` for an address that is not allowed."""
    access.ensure_holds(actor, "hook.add")
    if len(db.session.scalars(sa.select(Hook.id)).all()) >= MOST:
        hooks.refuse(f"最多 {MOST} 个", f"there are {MOST} already")
    newest = reads.last_notice()
    hook = Hook(told_upto=newest, urged_upto=newest, told_at=clock.now())
    _lay_out(hook, told)
    db.session.add(hook)
    db.session.flush()
    _record(actor, hook, "hook.added")
    return reads.document(hook.id)


@verb
def change(actor: Actor, hook_id: int, told: Told) -> dict[str, Any]:
    """Change a robot; one that is switched on again is told of nothing that came up meanwhile."""
    access.ensure_holds(actor, "hook.change")
    hook = reads.get(hook_id)
    if told.enabled and not hook.enabled:
        hook.told_upto = hook.urged_upto = reads.last_notice()
        hook.told_at = clock.now()
    _lay_out(hook, told)
    db.session.flush()
    _record(actor, hook, "hook.changed")
    return reads.document(hook.id)


@verb
def remove(actor: Actor, hook_id: int) -> None:
    """Take a robot away with all that was or was to be said to it."""
    access.ensure_holds(actor, "hook.remove")
    hook = reads.get(hook_id)
    db.session.execute(sa.delete(HookMessage).where(HookMessage.hook_id == hook.id))
    db.session.delete(hook)
    _record(actor, hook, "hook.removed")


def try_out(actor: Actor, hook_id: int) -> dict[str, Any]:
    """Send a test message now, once, and say what the robot answered: `{state, said}`.

    `HookRefused` while the operator has not switched hooks on.
    """
    if not held(Settings).hooks:
        hooks.refuse("服务器未开启此功能（GUATU_HOOKS）", "the server has it switched off (GUATU_HOOKS)")
    message_id = _write_trial(actor, hook_id)
    outcome = _send(message_id, once=True)
    return {"state": outcome.state, "said": outcome.said}


@verb
def _write_trial(actor: Actor, hook_id: int) -> int:
    """Write a test message down; it has one try."""
    access.ensure_holds(actor, "hook.try")
    hook = reads.get(hook_id)
    text = hooks.trial(reads.unit_name(hook.unit_id), lang=hook.lang)
    message = HookMessage(
        hook_id=hook.id, text=text, made_at=clock.now(), next_at=clock.now(), state="waiting"
    )
    db.session.add(message)
    db.session.flush()
    _record(actor, hook, "hook.tried")
    return message.id


def _lay_out(hook: Hook, told: Told) -> None:
    """Write what is told onto a robot."""
    for name in ("name", "kind", "lang", "enabled"):
        if (value := getattr(told, name)) is not None:
            setattr(hook, name, value)
    if told.unit_id is not None:
        unit = db.session.get(Unit, told.unit_id)
        if unit is None or unit.retired_at is not None:
            hooks.refuse("单位不存在或已停用", "there is no such unit, or it is retired")
        hook.unit_id = unit.id
    if told.address is not None:
        hooks.check_address(told.address, held(Settings).hook_origins)
        hook.sealed_address = held(Seals).seal(told.address)
    if told.secret is not None:
        hook.sealed_secret = held(Seals).seal(told.secret) if told.secret else None


def _record(actor: Actor, hook: Hook, kind: str) -> None:
    """The event of a change; never the address, which holds a key."""
    events.record(kind, actor_id=actor.person_id, unit_id=hook.unit_id, subject=hook.id, enabled=hook.enabled)


@verb
def reseal() -> tuple[int, int]:
    """Seal every robot's address and secret with the key that seals now: how many robots, and how many do not open."""
    found = list(db.session.scalars(sa.select(Hook).order_by(Hook.id).with_for_update()))
    renewed = sum(map(_reseal, found))
    return renewed, len(found) - renewed


def _reseal(hook: Hook) -> bool:
    """Seal one robot's anew; one that does not open stays as it is, and is told in the log."""
    seals = held(Seals)
    try:
        address, secret = _opened(hook)
    except KeysRefused as problem:
        logger.error("Robot %d: %s", hook.id, problem)
        return False
    hook.sealed_address, hook.sealed_secret = seals.seal(address), secret and seals.seal(secret)
    return True


# ── by the sweep ────────────────────────────────────────────────────────────────────────────────────────


def hand_over() -> Handed:
    """Write what is due to the robots, and send what waits; nothing where hooks are switched off."""
    if not held(Settings).hooks:
        return Handed(0, 0)
    _own_up()
    for hook_id in reads.enabled():
        _write(hook_id)
    outcomes = [_send(message_id) for message_id in reads.to_send(clock.now())]
    sent = sum(outcome.state == "sent" for outcome in outcomes)
    return Handed(sent, len(outcomes) - sent)


@verb
def _own_up() -> None:
    """What was being sent when its process ended in the middle: nobody knows whether it arrived."""
    lost = sa.update(HookMessage).where(HookMessage.state == "sending", HookMessage.next_at < clock.now())
    db.session.execute(lost.values(state="unsure", ended_at=clock.now(), said="interrupted"))


@verb
def _write(hook_id: int) -> None:
    """Write down what a robot is to be told now: what is urgent at once, a digest at its times; nothing where it was
    taken away or switched off meanwhile.
    """
    hook = reads.to_tell(hook_id)
    if hook is None:
        return
    settings, now = held(Settings), clock.now()
    hook.urged_upto = _put(hook, hook.urged_upto, urgent=True)
    calendar = working_calendar.current()
    if notices.digest_due(now, hook.told_at, settings.digest_times, settings.quiet_hours, calendar):
        hook.told_upto, hook.told_at = _put(hook, hook.told_upto, urgent=False), now


def _put(hook: Hook, after: int, *, urgent: bool) -> int:
    """A message of what was counted, unless there is nothing; up to which notice it was."""
    counted, upto = reads.counted(hook, after=after, urgent=urgent)
    if counted:
        now = clock.now()
        unit = reads.unit_name(hook.unit_id)
        text = hooks.text(unit, clock.local(now)[5:16], counted, lang=hook.lang, urgent=urgent)
        db.session.add(HookMessage(hook_id=hook.id, text=text, urgent=urgent, made_at=now, next_at=now))
    return upto


@dataclass(frozen=True, slots=True)
class _Call:
    """What goes where."""

    address: str
    body: bytes


def _send(message_id: int, *, once: bool = False) -> Outcome:
    """Send one message, between two transactions; `once`: whatever comes of it."""
    call = _begin(message_id)
    if call is None:
        return Outcome("refused", "")
    outcome = hook_calls.call(call.address, call.body)
    _end(message_id, outcome, once=once)
    return outcome


@verb
def _begin(message_id: int) -> _Call | None:
    """Mark a message as being sent; None where another sends it, its robot is gone, or its address does not open."""
    hook = reads.hook_of(message_id)
    message = _message(message_id)
    if hook is None or message is None or message.state != "waiting":
        return None
    try:
        address, secret = _opened(hook)
    except KeysRefused:
        logger.exception("the address of robot %d does not open", hook.id)
        message.state, message.ended_at, message.said = "given_up", clock.now(), "sealed under a lost key"
        return None
    message.state, message.tries, message.next_at = "sending", message.tries + 1, clock.now() + LEASE
    return _Call(hooks.signed(hook.kind, address, secret, clock.now()), hooks.body(message.text))


def _opened(hook: Hook) -> tuple[str, str | None]:
    """A robot's address and secret."""
    seals = held(Seals)
    return seals.unseal(hook.sealed_address), hook.sealed_secret and seals.unseal(hook.sealed_secret)


@verb
def _end(message_id: int, outcome: Outcome, *, once: bool) -> None:
    """Note what became of a message: over, or to be tried again later; nothing where its robot was taken away."""
    message, now = _message(message_id), clock.now()
    if message is None:
        return
    message.said = outcome.said
    again = hooks.tries_at(message.tries, now=now, made_at=message.made_at)
    if outcome.state == "again" and again is not None and not once:
        message.state, message.next_at = "waiting", again
        return
    message.state, message.ended_at = _ends_as(outcome), now


def _ends_as(outcome: Outcome) -> str:
    """The state a message ends in."""
    return outcome.state if outcome.state in {"sent", "unsure"} else "given_up"


def _message(message_id: int) -> HookMessage | None:
    """A message, its row held until the verb is over; None where it went with its robot."""
    statement = sa.select(HookMessage).where(HookMessage.id == message_id).with_for_update()
    return db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()


# ── after a restore ─────────────────────────────────────────────────────────────────────────────────────


def begin_anew() -> int:
    """Tell the groups only of what comes up from now on, as after a restore: how many messages are left unsent.

    What waited when the backup was made went out since, or nobody knows. People read their own notices all the same.
    """
    told_people.tell()
    return _begin_anew()


@verb
def _begin_anew() -> int:
    """Call unsure what waits, and take every robot's marks to the newest notice."""
    now, newest = clock.now(), reads.last_notice()
    waiting = sa.update(HookMessage).where(HookMessage.state.in_(("waiting", "sending")))
    ended = waiting.values(state="unsure", ended_at=now, said="restored").returning(HookMessage.id)
    left = len(db.session.execute(ended).all())
    db.session.execute(sa.update(Hook).values(told_upto=newest, urged_upto=newest, told_at=now))
    return left


@verb
def expire(before: datetime) -> None:
    """Delete what was said long enough ago."""
    db.session.execute(sa.delete(HookMessage).where(HookMessage.made_at < before))
