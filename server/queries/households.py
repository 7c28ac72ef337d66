"""Households 住户 as their readers may see them: one's own by when the next visit is due; a unit's without whose."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.households import Household, HouseholdLook, HouseholdVisit
from server.models.people import Person
from server.models.units import Unit
from server.queries import pages, scopes
from server.queries.rows import Pages, mine_of
from server.rules import access, households
from server.rules.access import Actor

Document = dict[str, Any]
MOST_TOLD = 500
"""So many households one list tells; a county reads unit by unit."""


def one(actor: Actor, household_id: int, permission: str) -> Household:
    """A household somebody looks after, that is the actor's or of a unit in their scope; `NotFound` otherwise."""
    wanted = sa.select(Household).where(
        Household.id == household_id, Household.released_at.is_(None), _readable(actor, permission)
    )
    found = db.session.scalars(wanted.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NotFound
    return found


def held(actor: Actor, household_id: int, permission: str) -> Household:
    """A household that is the actor's, or of a unit in their scope, locked; `NotFound` otherwise."""
    wanted = sa.select(Household).where(Household.id == household_id, _readable(actor, permission))
    found = db.session.scalars(
        wanted.with_for_update().execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise NotFound
    return found


def _readable(actor: Actor, permission: str) -> ColumnElement[bool]:
    """Those the actor looks after, and those of units in their scope."""
    mine = Household.member_id == actor.person_id
    scope = access.scope(actor, permission)
    return scopes.visible(scope, unit_id=Household.unit_id.expression, mine=mine)


def looked_after(member_id: int) -> Sequence[Household]:
    """The households a member looks after. Unscoped."""
    wanted = sa.select(Household).where(Household.member_id == member_id, Household.released_at.is_(None))
    return db.session.scalars(wanted.order_by(Household.id)).all()


def mine(actor: Actor) -> Document:
    """The actor's own households, that which is due first at the head: `{today, items, most}`."""
    found = looked_after(actor.person_id)
    looks = _looks([each.id for each in found])
    told = [each | {"looks": looks.get(each["id"], [])} for each in _documents(found)]
    told.sort(key=lambda each: (each["due_on"], each["id"]))
    return {"today": clock.day_of(clock.now()), "items": told, "most": households.MOST}


def listed(actor: Actor, *, unit_id: int | None = None) -> Document:
    """The households in the actor's scope, in the order of units, then by door: nobody's name stands there, nor what
    to look after; that opens with a reason.
    """
    statement = (
        sa.select(Household)
        .join(Unit, Unit.id == Household.unit_id)
        .where(_readable(actor, "household.read"), Household.released_at.is_(None))
        .order_by(Unit.path, Household.door, Household.id)
    )
    if unit_id is not None:
        statement = statement.where(Household.unit_id.in_(scopes.units_below(unit_id)))
    found = db.session.scalars(statement.limit(MOST_TOLD + 1)).all()
    return {
        "today": clock.day_of(clock.now()),
        "items": [_shortened(each) for each in _documents(found[:MOST_TOLD])],
        "may_open": bool(access.scope(actor, "household.open").paths),
        "most": households.MOST,
        "cut": len(found) > MOST_TOLD,
    }


def document(household: Household) -> Document:
    """One household, for who looks after it."""
    [told] = _documents([household])
    return told


def short(household: Household) -> Document:
    """One household as everybody may read it who watches its unit."""
    return _shortened(document(household))


def in_full(household: Household) -> Document:
    """One household with the visits to it, the last first."""
    statement = sa.select(HouseholdVisit).where(HouseholdVisit.household_id == household.id)
    latest = statement.order_by(HouseholdVisit.visited_on.desc(), HouseholdVisit.id.desc()).limit(MOST_VISITS)
    visits = [{"visited_on": each.visited_on, "note": each.note} for each in db.session.scalars(latest)]
    return document(household) | {"visits": visits}


MOST_VISITS = 20


def is_opened(session_id: UUID, household_id: int) -> bool:
    """Whether a sitting has opened a household before."""
    statement = sa.select(HouseholdLook.id).where(
        HouseholdLook.session_id == session_id, HouseholdLook.household_id == household_id
    )
    return db.session.scalar(statement) is not None


def idle(before: datetime) -> Sequence[Household]:
    """The households somebody looks after that were taken on before an instant and not visited since, locked.

    Unscoped, for the sweep.
    """
    visited = sa.select(HouseholdVisit.household_id).where(HouseholdVisit.visited_on >= clock.day_of(before))
    wanted = sa.select(Household).where(
        Household.released_at.is_(None), Household.created_at < before, Household.id.not_in(visited)
    )
    return db.session.scalars(wanted.order_by(Household.id).with_for_update()).all()


def looks(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Document:
    """The record of looks at households of units the actor's audit covers, newest first: `{items, next}`."""
    scope = access.scope(actor, "look.read")
    seen = scopes.visible(scope, unit_id=Household.unit_id.expression, mine=sa.false())
    statement = _opened().where(seen).order_by(HouseholdLook.id.desc())
    if cursor:
        statement = statement.where(HouseholdLook.id < pages.keys_of(cursor, pages.row_id)[0])
    rows = db.session.execute(statement.limit(limit + 1)).all()
    after = pages.cursor_of(rows[limit - 1].HouseholdLook.id) if len(rows) > limit else None
    items = [
        _look(row)
        | {
            "household_id": row.HouseholdLook.household_id,
            "unit": {"id": row.of_unit_id, "name": row.of_unit},
        }
        for row in rows[:limit]
    ]
    return {"items": items, "next": after}


def _looks(ids: Sequence[int]) -> dict[int, list[Document]]:
    """Who opened each of some households, when and why, the latest first."""
    found: dict[int, list[Document]] = {}
    opened = _opened().where(HouseholdLook.household_id.in_(ids)).order_by(HouseholdLook.id.desc())
    for row in db.session.execute(opened):
        found.setdefault(row.HouseholdLook.household_id, []).append(_look(row))
    return found


def _opened() -> sa.Select[*tuple[Any, ...]]:
    """Every look at a household with the names it mentions; of the household only its unit."""
    return (
        sa.select(
            HouseholdLook,
            Person.name.label("reader"),
            Unit.id.label("unit_id"),
            Unit.name.label("unit"),
            _OfUnit.id.label("of_unit_id"),
            _OfUnit.name.label("of_unit"),
        )
        .join(Person, Person.id == HouseholdLook.reader_id)
        .join(Unit, Unit.id == Person.unit_id)
        .join(Household, Household.id == HouseholdLook.household_id)
        .join(_OfUnit, _OfUnit.id == Household.unit_id)
    )


_OfUnit = sa.orm.aliased(Unit)


def _look(row: Any) -> Document:
    """One look at a household, as who looks after it reads it."""
    look: HouseholdLook = row.HouseholdLook
    unit = {"id": row.unit_id, "name": row.unit}
    by = {"id": look.reader_id, "name": row.reader, "unit": unit}
    return {"id": look.id, "at": look.at, "by": by, "reason": look.reason}


def _shortened(told: Document) -> Document:
    """A household without what opens only with a reason."""
    return {name: value for name, value in told.items() if name not in ("name", "concern")}


def _documents(found: Sequence[Household]) -> list[Document]:
    """Households with the last visit and when the next is due."""
    last = _last([household.id for household in found])
    names = sa.select(Unit.id, Unit.name).where(Unit.id.in_({each.unit_id for each in found}))
    units = {row.id: row.name for row in db.session.execute(names)}
    return [
        {
            "id": each.id,
            "unit": {"id": each.unit_id, "name": units[each.unit_id]},
            "door": each.door,
            "name": each.name,
            "concern": each.concern,
            "every_days": each.every_days,
            "last_on": last.get(each.id),
            "due_on": households.due_on(
                last.get(each.id), since=clock.day_of(each.created_at), every_days=each.every_days
            ),
        }
        for each in found
    ]


def _last(ids: Sequence[int]) -> Mapping[int, date]:
    """When each household was last visited."""
    latest = sa.func.max(HouseholdVisit.visited_on).label("day")
    found = sa.select(HouseholdVisit.household_id, latest).where(HouseholdVisit.household_id.in_(ids))
    return {
        row.household_id: row.day for row in db.session.execute(found.group_by(HouseholdVisit.household_id))
    }


# ── for the sweep ───────────────────────────────────────────────────────────────────────────────────────


def last_due(today: date) -> Mapping[int, date]:
    """Of each member who looks after households due for a visit, the last day on which one fell due. Unscoped."""
    found = db.session.scalars(sa.select(Household).where(Household.released_at.is_(None)))
    due: dict[int, date] = {}
    for each, told in _with_due(list(found)):
        if told <= today:
            due[each.member_id] = max(told, due.get(each.member_id, told))
    return dict(sorted(due.items()))


def _with_due(found: Sequence[Household]) -> Iterator[tuple[Household, date]]:
    """Households, each with the day of the next visit."""
    last = _last([household.id for household in found])
    for each in found:
        since = clock.day_of(each.created_at)
        yield each, households.due_on(last.get(each.id), since=since, every_days=each.every_days)


# ── for a copy of oneself ───────────────────────────────────────────────────────────────────────────────


def own(actor: Actor) -> Pages:
    """The households somebody looks after, or did."""
    return mine_of(Household, Household.id, Household.member_id == actor.person_id, leave={"member_id"})


def own_looks(actor: Actor) -> Pages:
    """When and why somebody opened households, and who opened those they look after, or did."""
    mine = HouseholdLook.reader_id == actor.person_id
    yield from mine_of(HouseholdLook, HouseholdLook.id, mine, leave={"reader_id", "session_id"})
    theirs = sa.select(Household.id).where(Household.member_id == actor.person_id)
    opened = _opened().where(HouseholdLook.household_id.in_(theirs)).order_by(HouseholdLook.id)
    found = [
        _look(row) | {"household_id": row.HouseholdLook.household_id} for row in db.session.execute(opened)
    ]
    db.session.rollback()
    if found:
        yield found


def own_visits(actor: Actor) -> Pages:
    """The visits to households somebody told of."""
    mine_only = HouseholdVisit.person_id == actor.person_id
    return mine_of(HouseholdVisit, HouseholdVisit.id, mine_only, leave={"person_id"})
