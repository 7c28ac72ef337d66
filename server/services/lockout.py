"""Counting tries at signing in. Each is counted as failed before the password is looked at, and taken back when it
was right: a hundred tries at one instant are a hundred.

Three counts, see `rules.lockout`: this name from this place, this name from all strange places, this address with
all names. A known device (its random number came with an earlier sign-in of this very person) has only the first.
"""

import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.errors import LockedOut
from server.models.sessions import SignInFailure, SignInSession
from server.rules import lockout as rules
from server.rules.lockout import Rule

ALL = ""
"""Stands for all names, or for all strange places."""


@dataclass(frozen=True, slots=True)
class Count:
    """One count: for a name's digest (or all names), at a place (or all strange ones), by a rule."""

    name: str
    place: str
    rule: Rule


def counts_for(
    username: str, *, person_id: int | None, device_id: UUID | None, address: str
) -> tuple[Count, ...]:
    """The counts that a try is subject to, in the order in which their rows are locked.

    `person_id` is whose name it is, None when it is nobody's.
    """
    name = _digest(username)
    if person_id is not None and device_id is not None and _is_known(person_id, device_id):
        return (Count(name, f"device {device_id}", rules.PLACE),)
    place = place_of(address)
    return (
        Count(name, place, rules.PLACE),
        Count(name, ALL, rules.STRANGERS),
        Count(ALL, place, rules.CROWD),
    )


def counts_within(username: str, session_id: UUID | None) -> tuple[Count, ...]:
    """The count of one who is signed in and says the password again: theirs alone, nobody else can add to it."""
    return (Count(_digest(username), f"session {session_id}", rules.PLACE),)


def counts_of_factor(username: str) -> tuple[Count, ...]:
    """The count of codes tried for one name, wherever they come from: only who has the password gets this far."""
    return (Count(_digest(username), "second factor", rules.PLACE),)


def count(counts: tuple[Count, ...]) -> None:
    """Count one try; `LockedOut` when it comes too early, and then it does not count. Within a verb."""
    kept = [_locked(each) for each in counts]
    now = clock.now()  # after the rows are ours: whoever held them before us came earlier
    wait_s = max(_still_s(each, row, now) for each, row in zip(counts, kept, strict=True))
    if wait_s > 0:
        raise LockedOut(wait_s=wait_s, retry_after_s=wait_s)
    for each, row in zip(counts, kept, strict=True):
        is_old = now - row.last_at > rules.FORGOTTEN_AFTER
        failures = (0 if is_old else row.failures) + 1
        wait = timedelta(seconds=each.rule.wait_s(failures))
        _set(each, failures=failures, last_at=now, wait_until=now + wait)


def _still_s(count: Count, row: Any, now: datetime) -> int:
    """Whole seconds that the next try of this count still waits; 0 when it need not."""
    if count.rule.wait_s(row.failures) == 0:
        return 0
    until: datetime = row.wait_until
    return max(0, math.ceil((until - now).total_seconds()))


def take_back(counts: tuple[Count, ...]) -> None:
    """Forget this place's failures of this name, here and in the counts they went into; others' stay. Within a verb."""
    rows = [_locked(each) for each in counts]
    own = rows[0].failures
    _set(counts[0], failures=0)
    for each, row in zip(counts[1:], rows[1:], strict=True):
        _set(each, failures=max(0, row.failures - own))


def forget(username: str) -> None:
    """Forget every failure of this name: somebody who may has set a new password. Within a verb."""
    _delete(SignInFailure.username == _digest(username), skip_locked=False)


def sweep() -> None:
    """Delete the rows that no longer say anything: at nothing, or at rest for long. Within a verb."""
    long_ago = clock.now() - rules.FORGOTTEN_AFTER
    _delete(sa.or_(SignInFailure.failures == 0, SignInFailure.last_at < long_ago), skip_locked=True)


def place_of(address: str) -> str:
    """The place an address is: itself, or its /64 for IPv6, where one subscriber has them all."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return f"address {address[:50]}"
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return f"address {ipaddress.ip_network((parsed, 64), strict=False)}"
    return f"address {getattr(parsed, 'ipv4_mapped', None) or parsed}"


def _digest(username: str) -> str:
    """A name as it is kept here: by its digest, because people type their password into the wrong box."""
    return sha256(username.encode(errors="replace")).hexdigest()


def _is_known(person_id: int, device_id: UUID) -> bool:
    """Whether this device has been signed in by this person before."""
    earlier = sa.exists().where(SignInSession.device_id == device_id, SignInSession.person_id == person_id)
    return bool(db.session.scalar(sa.select(earlier)))


def _locked(count: Count) -> Any:
    """The count's row (failures, last_at, wait_until), made when missing, and ours until the transaction ends."""
    now = clock.now()
    fresh = {"username": count.name, "address": count.place, "failures": 0, "last_at": now, "wait_until": now}
    return db.session.execute(
        upsert(SignInFailure)
        .values(fresh)
        .on_conflict_do_update(
            index_elements=["username", "address"], set_={"failures": SignInFailure.failures}
        )
        .returning(SignInFailure.failures, SignInFailure.last_at, SignInFailure.wait_until)
    ).one()


def _set(count: Count, **values: Any) -> None:
    """Change the count's row."""
    db.session.execute(
        sa.update(SignInFailure)
        .where(SignInFailure.username == count.name, SignInFailure.address == count.place)
        .values(**values)
    )


def _delete(condition: sa.ColumnElement[bool], *, skip_locked: bool) -> None:
    """Delete rows, locking them in the order in which `counts_for` does: the place's before that of all places."""
    key = sa.tuple_(SignInFailure.username, SignInFailure.address)
    rows = (
        sa.select(SignInFailure.username, SignInFailure.address)
        .where(condition)
        .order_by(SignInFailure.username.desc(), SignInFailure.address.desc())
        .with_for_update(skip_locked=skip_locked)
    )
    db.session.execute(sa.delete(SignInFailure).where(key.in_(rows)))
