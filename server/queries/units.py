"""The unit tree as its readers see it."""

from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.units import Unit
from server.queries import scopes
from server.rules import access, units
from server.rules.access import Actor


def listed(actor: Actor, *, retired: bool = False) -> dict[str, Any]:
    """The units the reader's roles cover, and their own, in tree order: `{items: [Unit]}`.

    Retired ones only with `retired`; their depth is that of the whole tree, 0 for the county.
    """
    scope = access.scope(actor, "unit.read")
    rows = db.session.scalars(
        sa.select(Unit).where(sa.or_(scopes.within(scope.paths), Unit.id == actor.unit_id))
    )
    shown = [unit for unit in rows if retired or unit.retired_at is None]
    return {"items": [document(unit) for unit in in_tree_order(shown)]}


def document(unit: Unit) -> dict[str, Any]:
    """A unit as it goes out."""
    return {
        "id": unit.id,
        "parent_id": unit.parent_id,
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "path": unit.path,
        "depth": units.depth_of(unit.path),
        "position": unit.position,
        "retired_at": unit.retired_at,
    }


def in_tree_order(found: list[Unit]) -> list[Unit]:
    """Each unit before those below it; neighbours by their position, then as they were made."""
    place = {unit.id: (unit.position, unit.id) for unit in found}

    def key(unit: Unit) -> list[tuple[int, int]]:
        above = [int(step) for step in unit.path.strip("/").split("/")]
        return [place.get(step, (0, step)) for step in above]

    return sorted(found, key=key)
