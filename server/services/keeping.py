"""Keeping positions: the fixes of a batch by one statement, and by another what came of them, table by table.

PostgreSQL is handed each column of the fixes as one array, and the few rows of the other tables as JSON. SQLite, which
is no further away than a function call, is handed row after row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import starmap
from operator import itemgetter
from typing import Any, cast

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from server import columns
from server.columns import Kind
from server.db import Base, Insert, UtcDateTime, db, json_rows
from server.express import Line
from server.models.checkins import LastPlace
from server.models.events import Event
from server.models.positions import Crossing, Standing
from server.models.trackers import SetAside, Tracker
from server.queries.positions import Sender
from server.services import places, set_aside
from server.services.batch import Batch, Delivery

Row = dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """What comes of a batch, to be kept with it: where tracks stand and people are, when phones were heard and how full
    their batteries are (None: no news), what was set aside, and what is recorded of all this.
    """

    standings: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    heard: list[Row] = field(default_factory=list)
    set_aside: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)

    def rows(self) -> dict[str, list[Row]]:
        """By the name of the drawer, and in the order of their keys, in which whoever writes them takes them."""
        told = {
            "standings": sorted(self.standings, key=itemgetter("person_id", "trip_id")),
            "places": sorted(self.places, key=itemgetter("person_id")),
            "heard": sorted(self.heard, key=itemgetter("heard_id")),
            "set_aside": sorted(self.set_aside, key=itemgetter("tracker_id", "reason")),
            "events": self.events,
        }
        return {name: rows for name, rows in told.items() if rows}


def heard(delivery: Delivery, sender: Sender) -> Row:
    """When a phone was heard, and how full its battery is by a fix that is newer than all before; None: no news."""
    fixes, heard = delivery.fixes, sender.last_seen_at
    newest = int(np.argmax(fixes.fixed_at_s)) if len(fixes) else -1
    news = newest >= 0 and (heard is None or fixes.fixed_at_s[newest] > heard.timestamp())
    battery = float(fixes.battery[newest]) if news else np.nan
    charging = int(fixes.charging[newest]) if news else -1
    return {
        "heard_id": sender.id,
        "heard_at": delivery.received_at if heard is None else max(heard, delivery.received_at),
        "heard_battery": None if np.isnan(battery) else battery,
        "heard_charging": None if charging < 0 else bool(charging),
    }


# ── fixes ───────────────────────────────────────────────────────────────────────────────────────────────

_COLUMNS: dict[str, tuple[str, Kind]] = {
    "tracker_id": ("tracker_id", columns.INTEGER),
    "at": ("at_us", columns.INSTANT),
    "person_id": ("person_id", columns.INTEGER),
    "trip_id": ("trip_id", columns.INTEGER),
    "fixed_at": ("fixed_us", columns.INSTANT),
    "received_at": ("received_us", columns.INSTANT),
    "lng": ("lng", columns.DOUBLE),
    "lat": ("lat", columns.DOUBLE),
    "datum": ("datum", columns.TEXT),
    "accuracy_m": ("accuracy_m", columns.REAL),
    "altitude_m": ("altitude_m", columns.REAL),
    "speed_mps": ("speed_mps", columns.REAL),
    "heading_deg": ("heading_deg", columns.REAL),
    "battery": ("battery", columns.REAL),
    "charging": ("charging", columns.SMALLINT),
    "mock": ("mock", columns.BOOLEAN),
    "note": ("note", columns.TEXT),
    "areas": ("areas", columns.BYTES),
    "fingerprint": ("fingerprint", columns.BIGINT),
}
"""The table's columns: from which of the batch's, and how each is written."""

_NAMES, _VALUES = ", ".join(_COLUMNS), ", ".join(f":{name}" for name in _COLUMNS)
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in {"tracker_id", "at"})
_CONFLICT = (
    f"ON CONFLICT (tracker_id, at) DO UPDATE SET {_SET} WHERE excluded.fingerprint < fixes.fingerprint"
)
_FIXES = {
    "postgresql": sa.text(f"INSERT INTO fixes ({_NAMES}) SELECT * FROM unnest({_VALUES}) {_CONFLICT}"),  # noqa: S608 - of constants
    "sqlite": sa.text(f"INSERT INTO fixes ({_NAMES}) VALUES ({_VALUES}) {_CONFLICT}"),  # noqa: S608 - of constants
}


def store(line: Line, batch: Batch) -> None:
    """Keep the fixes. What is there already stays; of two contents at one instant the smaller fingerprint's."""
    dialect = db.engine.dialect.name
    if dialect == "sqlite":
        told = (columns.listed(batch[source], kind) for source, kind in _COLUMNS.values())
        line.put(_FIXES[dialect], [dict(zip(_COLUMNS, row, strict=True)) for row in zip(*told, strict=True)])
    else:
        line.put(_FIXES[dialect], encoded(batch))


def encoded(batch: Batch) -> dict[str, Any]:
    """The columns of a batch as PostgreSQL takes them."""
    return {name: columns.encoded(batch[source], kind) for name, (source, kind) in _COLUMNS.items()}


# ── what comes of them ──────────────────────────────────────────────────────────────────────────────────


def keep(line: Line, sheet: Sheet) -> None:
    """Keep what came of a batch."""
    rows = sheet.rows()
    if not rows:
        return
    if db.engine.dialect.name == "sqlite":
        for name, some in rows.items():
            line.put(_one_by_one(name), some)
    else:
        line.put(_at_once(tuple(rows)), rows)


def insert_crossings(line: Line, rows: list[Row]) -> list[tuple[int, bool]]:
    """Keep crossings; of each its row's id, and whether an area was entered."""
    dialect = db.engine.dialect.name
    asked = rows if dialect == "sqlite" else [{"crossings": rows}]
    return [(row.id, bool(row.entered)) for each in asked for row in line.ask(_crossed(dialect), each)]


# ── the tables ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Drawer:
    """Where some of the rows go, with which columns, and what else the INSERT says."""

    model: type[Base]
    names: tuple[str, ...]
    clause: Callable[[Insert], Insert] = lambda insert: insert

    @property
    def table(self) -> sa.Table:
        """The table."""
        return cast(sa.Table, self.model.__table__)

    def told(self, name: str) -> sa.FromClause:
        """Its rows as they are told in JSON, under a name."""
        return json_rows(name, [sa.column(each, self.table.c[each].type) for each in self.names])

    def insert(self, name: str) -> Insert:
        """The INSERT of such rows."""
        told = self.told(name)
        return self.clause(postgresql.insert(self.table).from_select(self.names, sa.select(*told.c)))


def _further(insert: Insert) -> Insert:
    """An INSERT of where tracks stand, in place of where they stood."""
    new, key = insert.excluded, ["person_id", "trip_id"]
    return insert.on_conflict_do_update(
        index_elements=key, set_={name: new[name] for name in ("until", "state")}
    )


_CROSSED = _Drawer(Crossing, ("person_id", "trip_id", "area_id", "version", "at", "entered"))
_DRAWERS = {
    "standings": _Drawer(Standing, ("person_id", "trip_id", "until", "state"), _further),
    "places": _Drawer(
        LastPlace,
        ("person_id", "trip_id", "unit_id", "lng", "lat", "accuracy_m", "at", "moved_at"),
        places.where_moved,
    ),
    "set_aside": _Drawer(SetAside, ("tracker_id", "day", "reason", "count"), set_aside.added),
    "events": _Drawer(
        Event, ("at", "kind", "actor_id", "unit_id", "person_id", "trip_id", "subject", "data")
    ),
}
_TRACKERS = cast(sa.Table, Tracker.__table__)
_HEARD: dict[str, sa.types.TypeEngine[Any]] = {
    "heard_id": sa.Integer(),
    "heard_at": UtcDateTime(),
    "heard_battery": sa.Double(),
    "heard_charging": sa.Boolean(),
}


def _hear(told: Mapping[str, sa.ColumnElement[Any]]) -> sa.Update:
    """The UPDATE that notes when a phone was heard, and its battery where that is news."""
    heard = sa.update(_TRACKERS).where(_TRACKERS.c.id == told["heard_id"])
    return heard.values(
        last_seen_at=told["heard_at"],
        battery=sa.func.coalesce(told["heard_battery"], _TRACKERS.c.battery),
        charging=sa.func.coalesce(told["heard_charging"], _TRACKERS.c.charging),
    )


@cache
def _at_once(named: Sequence[str]) -> sa.Executable:
    """One statement that keeps rows of these kinds, for PostgreSQL."""
    kept = [_at_once_of(name).cte(f"kept_{name}") for name in named]
    return sa.select(sa.literal_column("1")).add_cte(*kept)


def _at_once_of(name: str) -> Insert | sa.Update:
    """The part of it that keeps those of one kind."""
    if name == "heard":
        return _hear(dict(json_rows(name, list(starmap(sa.column, _HEARD.items()))).c))
    return _DRAWERS[name].insert(name)


@cache
def _one_by_one(name: str) -> sa.Executable:
    """What keeps one row of a kind, for SQLite."""
    if name == "heard":
        return _hear({each: sa.bindparam(each, type_=kind) for each, kind in _HEARD.items()})
    return _DRAWERS[name].clause(sqlite.insert(_DRAWERS[name].table))


@cache
def _crossed(dialect: str) -> sa.Executable:
    """What keeps crossings, and tells their ids: one for SQLite, any for PostgreSQL."""
    one = sqlite.insert(_CROSSED.table)
    insert = one if dialect == "sqlite" else _CROSSED.insert("crossings")
    return insert.returning(_CROSSED.table.c.id, _CROSSED.table.c.entered)
