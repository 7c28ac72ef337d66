"""Households 住户 as their readers may see them: one's own by when the next visit is due; a unit's without whose."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.households import Household, HouseholdVisit
from server.models.units import Unit
from server.queries import scopes
from server.queries.rows import Pages, mine_of
from server.rules import access, households
from server.rules.access import Actor

Document = dict[str, Any]
MOST_TOLD = 500
"""So many households one list tells; a county reads unit by unit."""


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
    told = _documents(found)
    told.sort(key=lambda each: (each["due_on"], each["id"]))
    return {"today": clock.day_of(clock.now()), "items": told, "most": households.MOST}


def listed(actor: Actor, *, unit_id: int | None = None) -> Document:
    """The households in the actor's scope, in the order of units, then by door; nobody's name stands there."""
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
        "items": _documents(found[:MOST_TOLD]),
        "most": households.MOST,
        "cut": len(found) > MOST_TOLD,
    }


def document(household: Household) -> Document:
    """One household."""
    [told] = _documents([household])
    return told


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


def own_visits(actor: Actor) -> Pages:
    """The visits to households somebody told of."""
    mine_only = HouseholdVisit.person_id == actor.person_id
    return mine_of(HouseholdVisit, HouseholdVisit.id, mine_only, leave={"person_id"})
