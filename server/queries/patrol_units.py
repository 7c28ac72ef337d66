"""Whose a patrol is to walk: the people of its unit or, where that has nobody, of the nearest unit above that has some.

The county itself stands in for nobody: what no unit below it can walk is told to who calls it out. Unscoped.
"""

from collections.abc import Collection, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.db import db
from server.models.people import Person
from server.models.units import Unit
from server.rules import access, patrols
from server.rules.access import Actor


def walking(unit_ids: Collection[int]) -> Mapping[int, int]:
    """The unit whose people walk the patrols of each of these units; those that nobody can walk are left out."""
    found = db.session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_(unit_ids))).all()
    ways = {row.id: _upwards(row.path) for row in found}
    peopled = _peopled(Unit.path.in_({path for way in ways.values() for path in way}))
    nearest = {unit_id: _nearest(way, peopled) for unit_id, way in ways.items()}
    return {unit_id: peopled[path] for unit_id, path in nearest.items() if path}


def walked_by(actor: Actor) -> Sequence[int]:
    """The units whose patrols the people of the actor's unit walk: their own, and those below that have nobody."""
    if access.is_root(actor.unit_path):
        return [actor.unit_id]
    below = Unit.path.startswith(actor.unit_path)
    units = db.session.execute(sa.select(Unit.id, Unit.path).where(below)).all()
    if len(units) == 1:
        return [actor.unit_id]
    peopled = _peopled(below)
    return [row.id for row in units if _nearest(_upwards(row.path), peopled) == actor.unit_path]


def people_of(unit_id: int) -> Sequence[int]:
    """The people of a unit itself who have not left, as far as a patrol can be told to."""
    own = sa.select(Person.id).where(Person.unit_id == unit_id, Person.left_at.is_(None))
    return db.session.scalars(own.order_by(Person.id).limit(patrols.MAX_WALKERS)).all()


def walkers_of(unit_id: int) -> Sequence[int]:
    """The people who may walk the patrols of a unit; none where nobody below the county could."""
    walks = walking([unit_id]).get(unit_id)
    return [] if walks is None else people_of(walks)


def _peopled(which: ColumnElement[bool]) -> Mapping[str, int]:
    """Those of some units that have people who have not left: their ids by their paths."""
    there = sa.select(Person.unit_id).where(Person.left_at.is_(None))
    found = db.session.execute(sa.select(Unit.path, Unit.id).where(Unit.id.in_(there), which))
    return {row.path: row.id for row in found}


def _nearest(way: Sequence[str], peopled: Collection[str]) -> str:
    """The first path of a way that has people; empty where none has."""
    return next((path for path in way if path in peopled), "")


def _upwards(path: str) -> Sequence[str]:
    """The paths of a unit and of those above it, the nearest first; the county's only for itself."""
    parts = path.strip("/").split("/")
    way = [f"/{'/'.join(parts[:end])}/" for end in range(len(parts), 0, -1)]
    return way if len(way) == 1 else way[:-1]
