"""A person's rows of any table as documents, a page at a time: what a copy of oneself is made of."""

from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import InstrumentedAttribute

from server.db import Base, db

PAGE = 1_000
"""So many rows are read at a time."""

Row = dict[str, Any]
Pages = Iterator[list[Row]]


def columns(table: type[Base], *, leave: Iterable[str] = ()) -> list[InstrumentedAttribute[Any]]:
    """All columns of a table but some, so that one added later is in the copy too."""
    return [getattr(table, name) for name in table.__table__.c.keys() if name not in set(leave)]  # noqa: SIM118  a collection of columns is no dict


def rows(statement: sa.Select[*tuple[Any, ...]]) -> list[Row]:
    """Rows as documents; no connection is held while they are taken."""
    found = [dict(row._mapping) for row in db.session.execute(statement)]
    db.session.rollback()
    return found


def mine_of(
    table: type[Base],
    key: InstrumentedAttribute[Any],
    mine: sa.ColumnElement[bool],
    *,
    leave: Iterable[str] = (),
) -> Pages:
    """The person's rows of a table, in the order of a key, a page at a time."""
    wanted = sa.select(*columns(table, leave=leave)).where(mine).order_by(key).limit(PAGE)
    page = rows(wanted)
    while page:
        yield page
        page = rows(wanted.where(key > page[-1][key.key]))
