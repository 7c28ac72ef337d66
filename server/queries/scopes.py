"""A scope as SQL: which rows of a table a reader may see, by the row's unit or because it is theirs."""

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server.models.units import Unit
from server.rules.access import Scope


def units_within(paths: tuple[str, ...]) -> sa.Select[int]:
    """The ids of all units in the subtrees of these paths."""
    return sa.select(Unit.id).where(within(paths))


def units_below(unit_id: int) -> sa.Select[int]:
    """The ids of a unit and all below it; none where there is no such unit."""
    path = sa.select(Unit.path).where(Unit.id == unit_id).scalar_subquery()
    return sa.select(Unit.id).where(Unit.path.startswith(path))


def within(paths: tuple[str, ...]) -> ColumnElement[bool]:
    """Whether a unit's path lies in one of the subtrees; false for none."""
    return sa.or_(sa.false(), *(Unit.path.startswith(path) for path in paths))


def visible(scope: Scope, *, unit_id: ColumnElement[int], mine: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a row of this unit lies in the scope, or is the reader's own (`mine`) and the scope has an own part."""
    seen: list[ColumnElement[bool]] = []
    if scope.paths:
        seen.append(unit_id.in_(units_within(scope.paths)))
    if scope.person_id is not None:
        seen.append(mine)
    return sa.or_(sa.false(), *seen)
