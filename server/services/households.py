"""Households: taken on by a member, visited, opened by others with a reason, let go, and forgotten."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db, upsert
from server.errors import HouseholdReasonNeeded, HouseholdRefused
from server.models.households import Household, HouseholdLook, HouseholdVisit
from server.queries import households as reads
from server.rules import access, households, looks
from server.rules.access import Actor
from server.services import events, standing
from server.transaction import unique_or, verb

_BLANK = {"door": "", "name": "", "concern": ""}
_LET_GO = {"concern": ""}
"""What is forgotten at once when nobody looks after a household any more: it may tell of somebody's health."""


@dataclass(frozen=True, slots=True)
class Told:
    """A household as its member tells it."""

    door: str
    every_days: int
    name: str = ""
    concern: str = ""


@verb
def add(actor: Actor, told: Told) -> dict[str, Any]:
    """Take a household on; `HouseholdRefused` for one more than a member looks after."""
    access.ensure(actor, "household.add", path=actor.unit_path, own=True)
    standing.locked(actor.person_id)  # two at once are counted one after the other
    households.check_more(len(reads.looked_after(actor.person_id)))
    made = Household(
        unit_id=actor.unit_id,
        member_id=actor.person_id,
        door=told.door,
        name=told.name,
        concern=told.concern,
        every_days=told.every_days,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    _record("household.added", actor, made)
    return reads.document(made)


@verb
def visit(actor: Actor, household_id: int, told_as: UUID, visited_on: date, note: str) -> dict[str, Any]:
    """Tell of a visit to a household of one's own. The same told again is the same visit."""
    household = reads.held(actor, household_id, "household.visit")
    taken = HouseholdRefused(why_zh="编号已被使用", why_en="its id is taken")
    again = db.session.scalars(
        sa.select(HouseholdVisit).where(HouseholdVisit.told_as == told_as)
    ).one_or_none()
    if again is not None:
        if (again.household_id, again.person_id) != (household.id, actor.person_id):
            raise taken
        return reads.document(household)
    _ensure_open(household)
    today = clock.day_of(clock.now())
    households.check_visit(visited_on, today=today, since=clock.day_of(household.created_at))
    made = HouseholdVisit(
        told_as=told_as,
        household_id=household.id,
        person_id=actor.person_id,
        unit_id=household.unit_id,
        visited_on=visited_on,
        note=note,
        told_at=clock.now(),
    )
    with unique_or(taken):
        db.session.add(made)
    _record("household.visited", actor, household)
    return reads.document(household)


@verb
def release(actor: Actor, household_id: int) -> dict[str, Any]:
    """Let a household go: another may take it on. Said again, it changes nothing."""
    household = reads.held(actor, household_id, "household.release")
    if household.released_at is None:
        _let_go(household)
        _record("household.released", actor, household)
    own = household.member_id == actor.person_id
    return reads.document(household) if own else reads.short(household)


@verb
def open_(actor: Actor, household_id: int, reason: str | None) -> dict[str, Any]:
    """What is told of a household, and of the visits to it; kept as a look of whoever does not look after it.

    `NotFound` for one they may not read or that is let go, `HouseholdReasonNeeded` before this sitting has said why
    for this very household, `BadInput` for something that is no reason.
    """
    household = reads.one(actor, household_id, "household.open")
    if household.member_id != actor.person_id:
        _keep_look(actor, household, reason)
    return reads.in_full(household)


def _keep_look(actor: Actor, household: Household, reason: str | None) -> None:
    """Keep that the actor opens a household, once a sitting, before anything of it is told."""
    if actor.session_id is None:
        raise HouseholdReasonNeeded
    if reads.is_opened(actor.session_id, household.id):
        return
    if reason is None:
        raise HouseholdReasonNeeded
    row = {
        "reader_id": actor.person_id,
        "session_id": actor.session_id,
        "household_id": household.id,
        "reason": looks.words(reason),
        "at": clock.now(),
    }
    kept = upsert(HouseholdLook).values(row).on_conflict_do_nothing()
    if db.session.scalar(kept.returning(HouseholdLook.id)) is not None:
        _record("household.opened", actor, household)


@verb
def erase(actor: Actor, household_id: int) -> None:
    """Forget a household, as its people may ask: its words and those of every visit; that it was visited stays."""
    household = reads.held(actor, household_id, "household.erase")
    if household.erased_at is None:
        _forget(household)
        _record("household.erased", actor, household)


def release_all_of(person_id: int) -> None:
    """Let go the households of somebody who leaves. Within a verb."""
    theirs = sa.update(Household).where(Household.member_id == person_id, Household.released_at.is_(None))
    gone = theirs.values(released_at=clock.now(), **_LET_GO)
    db.session.execute(gone.execution_options(synchronize_session=False))


@verb
def let_go_idle(before: datetime) -> int:
    """Let go the households that nobody visited since an instant; how many."""
    found = reads.idle(before)
    for household in found:
        _let_go(household)
        _record("household.released", None, household)
    return len(found)


@verb
def expire(before: datetime) -> int:
    """Forget households let go before an instant, and notes of visits from before it; how many were forgotten."""
    over = sa.select(Household).where(Household.released_at < before, Household.erased_at.is_(None))
    found = db.session.scalars(over.order_by(Household.id).with_for_update()).all()
    for household in found:
        _forget(household)
    old = sa.update(HouseholdVisit).where(
        HouseholdVisit.visited_on < clock.day_of(before), HouseholdVisit.note != ""
    )
    db.session.execute(old.values(note="").execution_options(synchronize_session=False))
    return len(found)


def _ensure_open(household: Household) -> None:
    """`HouseholdRefused` for one that was let go."""
    if household.released_at is not None:
        households.refuse("已不再联系这一户", "the household was let go")


def _let_go(household: Household) -> None:
    """Nobody looks after it any more: what to look after is forgotten."""
    household.released_at = clock.now()
    for name, blank in _LET_GO.items():
        setattr(household, name, blank)
    db.session.flush()


def _forget(household: Household) -> None:
    """Blank the words of a household and of its visits."""
    now = clock.now()
    household.released_at, household.erased_at = household.released_at or now, now
    for name, blank in _BLANK.items():
        setattr(household, name, blank)
    notes = sa.update(HouseholdVisit).where(HouseholdVisit.household_id == household.id)
    db.session.execute(notes.values(note="").execution_options(synchronize_session=False))
    db.session.flush()


def _record(kind: str, actor: Actor | None, household: Household) -> None:
    """One event about a household: by its number alone."""
    actor_id = None if actor is None else actor.person_id
    events.record(kind, actor_id=actor_id, unit_id=household.unit_id, subject=household.id)
