"""Units as they were when a period was over: where each lay, which were there, how many people each had.

Told from the record: today's tables, with what events say was done since taken back, the newest first. So whoever is
moved, leaves or comes back later changes no month that is over, and the record alone tells the same.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.events import Event
from server.models.people import Person
from server.models.units import Unit
from server.rules.bulletins import Covered

Parents = dict[int, int | None]


@dataclass(frozen=True, slots=True)
class Tree:
    """The units right below the county in their order; for which of them each unit counts; how many people each had."""

    below: list[Unit]
    homes: Mapping[int, int]
    people: Mapping[int, int]


def at_end_of(period: Covered) -> Tree:
    """The tree as it was when a period was over, or is now where it is not; with those retired in the period."""
    by = min(period.ends_at, clock.now())
    parents = _parents(by)
    root = next((unit_id for unit_id, above in parents.items() if above is None), None)
    gone = _retired(by) & _retired(period.begins_at)
    heads = {unit_id for unit_id, above in parents.items() if above == root and unit_id not in gone}
    found = db.session.scalars(sa.select(Unit).where(Unit.id.in_(heads)).order_by(Unit.position, Unit.id))
    homes = {unit_id: home for unit_id in parents if (home := _home(unit_id, parents, root)) in heads}
    return Tree(list(found), homes, _people(by, homes))


def _home(unit_id: int, parents: Parents, root: int | None) -> int:
    """The unit right below the county that a unit is or lies below; the county itself counts for none."""
    above = parents[unit_id]
    while above is not None and above != root:
        unit_id, above = above, parents.get(above)
    return unit_id


def _parents(by: datetime) -> Parents:
    """Below which unit each lay that was made by then."""
    parents: Parents = dict(db.session.execute(sa.select(Unit.id, Unit.parent_id)).all())
    for event in _since(by, "unit.updated"):
        if "from_parent" in event.data:
            parents[int(event.subject)] = event.data["from_parent"]
    made_later = {int(event.subject) for event in _since(by, "unit.created")}
    return {unit_id: above for unit_id, above in parents.items() if unit_id not in made_later}


def _retired(by: datetime) -> set[int]:
    """The units that were retired then: each retiring and taking back since turns it round."""
    retired = set(db.session.scalars(sa.select(Unit.id).where(Unit.retired_at.is_not(None))))
    for event in _since(by, "unit.updated"):
        if "retired" in event.data.get("changed", ()):
            retired ^= {int(event.subject)}
    return retired


def _people(by: datetime, homes: Mapping[int, int]) -> dict[int, int]:
    """How many people each unit right below the county had then: only to tell which are too small."""
    there = sa.or_(Person.left_at.is_(None), Person.left_at >= by)
    rows = db.session.execute(sa.select(Person.id, Person.unit_id, there).where(Person.created_at < by))
    whose: dict[int, tuple[int, bool]] = {row[0]: (row[1], bool(row[2])) for row in rows}
    for event in _since(by, "person.updated"):
        if event.person_id in whose:
            whose[event.person_id] = _before(event, *whose[event.person_id])
    found: dict[int, int] = defaultdict(int)
    for unit_id, present in whose.values():
        found[homes.get(unit_id, 0)] += present
    return found


def _before(event: Event, unit_id: int, present: bool) -> tuple[int, bool]:
    """In which unit somebody was before an event, and whether they were there."""
    turned = {("left",): True, ("returned",): False}
    was = turned.get(tuple(event.data.get("changed", ())), present)
    return event.data.get("from_unit", unit_id), was


def _since(by: datetime, kind: str) -> Iterator[Event]:
    """The events of a kind since an instant, the newest first."""
    wanted = sa.select(Event).where(Event.kind == kind, Event.at >= by).order_by(Event.number.desc())
    yield from db.session.scalars(wanted)
