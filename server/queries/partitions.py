"""Partitions: which months of fixes have a table of their own on PostgreSQL, as its catalogue says."""

import re
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from server.db import db

_BOUND = re.compile(r"FROM \((?:MINVALUE|'(?P<starts_at>[^']+)')\) TO \('(?P<ends_at>[^']+)'\)")

_ATTACHED = """
SELECT child.relname, pg_get_expr(child.relpartbound, child.oid)
FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid
WHERE inhparent = 'fixes'::regclass
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """A table with the fixes from an instant (None: since ever) up to another, which is not in it any more."""

    name: str
    starts_at: datetime | None
    ends_at: datetime

    def covers(self, instant: datetime) -> bool:
        """Whether a fix of this instant is kept in it."""
        return (self.starts_at is None or self.starts_at <= instant) and instant < self.ends_at


def by_month() -> bool:
    """Whether the database keeps fixes by month at all."""
    return db.engine.dialect.name == "postgresql"


def attached() -> list[Partition]:
    """The partitions, the oldest first; the default one, for what fits nowhere, is not among them."""
    found = [_partition(*row) for row in db.session.execute(sa.text(_ATTACHED))]
    return sorted((each for each in found if each is not None), key=lambda each: each.ends_at)


def any_in_default() -> bool:
    """Whether the default partition holds any fix."""
    return bool(db.session.execute(sa.text("SELECT EXISTS (SELECT 1 FROM fixes_default)")).scalar_one())


def _partition(name: str, bound: str) -> Partition | None:
    """A partition by its bound as PostgreSQL writes it; None for the default one."""
    told = _BOUND.search(bound)
    if told is None:
        return None
    begins = told["starts_at"]
    return Partition(
        name,
        None if begins is None else datetime.fromisoformat(begins),
        datetime.fromisoformat(told["ends_at"]),
    )
