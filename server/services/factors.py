"""The second factor 两步验证: set up, confirmed by a first code, used, taken off; recovery codes for a lost phone.

The seed must be read back to compute codes, and is kept under the server's own keys (`seals`); a recovery code is
kept as its SHA-256. A code is used up in the transaction that it opens: of two senders at one instant one is first.
"""

import logging
from dataclasses import dataclass, field
from hashlib import sha256

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import FactorRefused, KeysRefused, NotFound, PersonRefused, WrongCode
from server.held import held
from server.models.factors import RecoveryCode, SecondFactor
from server.models.people import Person
from server.rules import access, factors, people
from server.rules.access import Actor
from server.services import events, lockout, passwords, sessions, standing
from server.services.lockout import Count
from server.services.seals import Seals
from server.transaction import verb

logger = logging.getLogger("guatu.factors")


@dataclass(frozen=True, slots=True)
class Begun:
    """What an authenticator app takes, told once: the seed to type, the address behind the picture."""

    seed: str = field(repr=False)
    address: str = field(repr=False)


# ── by their owner ──────────────────────────────────────────────────────────────────────────────────────


def begin(actor: Actor, *, password: str) -> Begun:
    """Make a seed, of no use until `confirm`. `WrongPassword`; `FactorRefused` where one is in use already."""
    access.ensure_holds(actor, "factor.begin")
    passwords.ensure(actor, password)
    return _begin(actor)


@verb
def _begin(actor: Actor) -> Begun:
    """Keep a fresh seed in place of one that was never confirmed."""
    person = standing.locked(actor.person_id)
    if is_on(person.id):
        raise FactorRefused(
            why_zh="已经启用；换手机请先移除", why_en="it is in use; to change phones take it off first"
        )
    _forget(person.id)
    seed = factors.new_seed()
    sealed = held(Seals).seal(seed)
    db.session.add(SecondFactor(person_id=person.id, sealed_seed=sealed, begun_at=clock.now()))
    return Begun(seed, factors.address(seed, person.username))


@verb
def confirm(actor: Actor, code: str) -> list[str]:
    """Put the second factor to use by its first code: the recovery codes, told once. All other sessions end.

    `WrongCode`; `FactorRefused` where none was begun, or it is in use already.
    """
    access.ensure_holds(actor, "factor.confirm")
    person = standing.locked(actor.person_id)
    if _row(person.id) is None or is_on(person.id):
        raise FactorRefused(why_zh="请重新开始设置", why_en="begin to set it up anew")
    if not _is_current(person.id, factors.plain(code)):
        raise WrongCode
    _set(person.id, confirmed_at=clock.now())
    sessions.end_all_of(person.id, "factor", actor_id=person.id, but=actor.session_id)
    _record("factor.confirmed", person, actor.person_id)
    return _new_codes(person.id)


def renew(actor: Actor, *, password: str, code: str) -> list[str]:
    """New recovery codes, told once; those of before are void. `WrongPassword`, `WrongCode`, `LockedOut`."""
    access.ensure_holds(actor, "factor.renew")
    counts = _count(actor, password)
    return _renew(actor, counts, code)


@verb
def _renew(actor: Actor, counts: tuple[Count, ...], code: str) -> list[str]:
    """Use the code up, make the others."""
    person = _proven(actor, counts, code)
    _record("factor.renewed", person, person.id)
    return _new_codes(person.id)


def remove(actor: Actor, *, password: str, code: str) -> None:
    """Take one's own off. All other sessions end. `WrongPassword`, `WrongCode`, `LockedOut`."""
    access.ensure_holds(actor, "factor.remove")
    counts = _count(actor, password)
    _remove(actor, counts, code)


@verb
def _remove(actor: Actor, counts: tuple[Count, ...], code: str) -> None:
    """Use the code up, then forget all of it."""
    person = _proven(actor, counts, code)
    _forget(person.id)
    sessions.end_all_of(person.id, "factor", actor_id=person.id, but=actor.session_id)
    _record("factor.removed", person, person.id)


def _count(actor: Actor, password: str) -> tuple[Count, ...]:
    """Look at the password, then count the code that is about to be tried."""
    passwords.ensure(actor, password)
    return _counted(actor)


@verb
def _counted(actor: Actor) -> tuple[Count, ...]:
    """Count one code of the actor's."""
    counts = lockout.counts_of_factor(standing.locked(actor.person_id).username)
    lockout.count(counts)
    return counts


def _proven(actor: Actor, counts: tuple[Count, ...], code: str) -> Person:
    """The actor's row, when the code is good; its count is taken back. `WrongCode`. Within a verb."""
    person = standing.locked(actor.person_id)
    if not proves(person, code):
        raise WrongCode
    lockout.take_back(counts)
    return person


# ── by an administrator ─────────────────────────────────────────────────────────────────────────────────


@verb
def reset(actor: Actor, person_id: int) -> None:
    """Take off that of somebody who lost their phone and their recovery codes; their sessions end.

    `PersonRefused` for oneself, who has `remove`; `FactorRefused` where there is none.
    """
    if person_id == actor.person_id:
        raise PersonRefused(
            why_zh="移除本人的请在“我的账号”", why_en="take your own off on your account's page"
        )
    _reset(standing.governed(actor, person_id, "factor.reset"), actor.person_id)


@verb
def reset_by_operator(username: str) -> None:
    """The same from the command line of the server; `NotFound` when nobody has this name."""
    person_id = db.session.scalar(sa.select(Person.id).where(Person.username == people.normal(username)))
    if person_id is None:
        raise NotFound
    _reset(standing.locked(person_id), None)


def _reset(person: Person, actor_id: int | None) -> None:
    """Forget it and the codes tried for it, end every session, and record who did."""
    if not is_on(person.id):
        raise FactorRefused(why_zh="此人没有启用两步验证", why_en="this person has no second factor")
    _forget(person.id)
    lockout.forget(person.username)
    sessions.end_all_of(person.id, "factor", actor_id=actor_id)
    _record("factor.reset", person, actor_id)


# ── used ────────────────────────────────────────────────────────────────────────────────────────────────


def is_on(person_id: int) -> bool:
    """Whether a person has a second factor in use. Within a verb."""
    row = _row(person_id)
    return row is not None and row.confirmed_at is not None


def proves(person: Person, code: str) -> bool:
    """Use a code up: whether it was good. Within a verb, the person's row locked."""
    plain = factors.plain(code)
    return _is_current(person.id, plain) if factors.is_totp(plain) else _is_unused(person, plain)


def _is_current(person_id: int, code: str) -> bool:
    """Whether the app's code is one of now and newer than the last that was used."""
    row = _row(person_id)
    if row is None:
        return False
    step = factors.step_of(held(Seals).unseal(row.sealed_seed), code, clock.now())
    if step is None or step <= row.last_step:
        return False
    _set(person_id, last_step=step)
    return True


def _is_unused(person: Person, code: str) -> bool:
    """Whether it is one of the person's recovery codes that was not used yet."""
    used = db.session.scalar(
        sa.update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == _digest(code),
            RecoveryCode.person_id == person.id,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.code_hash)
    )
    if used is None:
        return False
    _record("factor.recovered", person, person.id)
    return True


# ── at rest ─────────────────────────────────────────────────────────────────────────────────────────────


@verb
def reseal() -> tuple[int, int]:
    """Seal every seed anew with the server's newest key: how many were, and how many do not open."""
    seals = held(Seals)
    seals.look_again(at_once=True)
    rows = db.session.execute(
        sa.select(SecondFactor.person_id, SecondFactor.sealed_seed)
        .order_by(SecondFactor.person_id)
        .with_for_update()
    ).all()
    renewed = [_reseal(seals, row.person_id, row.sealed_seed) for row in rows]
    return sum(renewed), len(renewed) - sum(renewed)


def _reseal(seals: Seals, person_id: int, sealed: str) -> bool:
    """Seal one anew; one that does not open stays as it is, and is told in the log."""
    try:
        _set(person_id, sealed_seed=seals.renewed(sealed))
    except KeysRefused as problem:
        logger.error("the second factor of person %d: %s", person_id, problem)
        return False
    return True


def _row(person_id: int) -> SecondFactor | None:
    """The person's row as it is now."""
    return db.session.scalar(
        sa.select(SecondFactor)
        .where(SecondFactor.person_id == person_id)
        .execution_options(populate_existing=True)
    )


def _set(person_id: int, **values: object) -> None:
    """Change the person's row."""
    db.session.execute(sa.update(SecondFactor).where(SecondFactor.person_id == person_id).values(**values))


def _forget(person_id: int) -> None:
    """Delete the seed and the recovery codes."""
    db.session.execute(sa.delete(SecondFactor).where(SecondFactor.person_id == person_id))
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))


def _new_codes(person_id: int) -> list[str]:
    """Fresh recovery codes in place of those of before."""
    db.session.execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person_id))
    codes = [factors.new_recovery_code() for _ in range(factors.RECOVERY_CODES)]
    now = clock.now()
    rows = [
        {"code_hash": _digest(factors.plain(code)), "person_id": person_id, "made_at": now} for code in codes
    ]
    db.session.execute(sa.insert(RecoveryCode), rows)
    return codes


def _digest(plain: str) -> str:
    """What is kept of a recovery code."""
    return sha256(plain.encode(errors="replace")).hexdigest()


def _record(kind: str, person: Person, actor_id: int | None) -> None:
    """Record what was done with a person's second factor."""
    events.record(kind, actor_id=actor_id, unit_id=person.unit_id, person_id=person.id)
