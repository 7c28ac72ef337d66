"""Which areas a point lies in and what an area's boundary is: from memory, by the version in force then.

One `Snapshots` is held by the application. A snapshot is never changed; when something was published,
which the generation's number says, the next one to ask makes a new snapshot of what the database holds.
Versions are never edited, so a boundary once read is kept, and only new ones are fetched.
"""

import math
import threading
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter

import numpy as np
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray
from shapely.geometry import MultiPolygon

from server.db import db
from server.geo import measure
from server.geo.index import AreaIndex
from server.geo.verdict import Edges
from server.models.areas import KINDS, Area, AreaGeneration, AreaVersion
from server.rules import areas as rules

Array = NDArray[np.float64]
Positions = NDArray[np.intp]

_AT_A_TIME = 1_000
"""Boundaries read at a time, so that a large county is not held twice while it is read."""

_ORDER = {kind: position for position, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class AreaHit:
    """An area that a point lies in, by the version (number, row id) in force at the point's time."""

    area_id: int
    version: int
    kind: str
    code: str
    name: str
    version_id: int


@dataclass(frozen=True, slots=True, eq=False)
class Boundary:
    """The boundary of an area by the version in force, ready for `verdict.judge`."""

    area_id: int
    version: int
    version_id: int
    name: str
    edges: Edges


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """All versions of all areas as of one generation; immutable, shared by threads.

    `hits[i]` says whose the boundary at position i of `index` is; positions go from county to site, then
    by code. `boundaries` holds every version's multipolygon by its row's id, `area_of` whose version it is.
    """

    generation: int
    hits: tuple[AreaHit, ...]
    index: AreaIndex[int]
    boundaries: dict[int, MultiPolygon]
    area_of: dict[int, int]
    _positions: dict[int, list[int]]

    def at(self, *, lng: float, lat: float, at: datetime) -> list[AreaHit]:
        """The areas a WGS-84 point lies in at an instant, from county to site, then by code."""
        return [self.hits[position] for position in self.index.at(lng=lng, lat=lat, at_s=at.timestamp())]

    def at_many(self, lnglat: Array, at_s: Array) -> tuple[Positions, Positions]:
        """All pairs (row of `lnglat`, position in `hits`), as two arrays, rows ascending.

        `lnglat` is (n, 2) in WGS-84, `at_s` (n,) seconds since the epoch: each point by its own time.
        """
        return self.index.at_many(lnglat, at_s=at_s)

    def discs_many(
        self, lnglat: Array, radius_m: Array, at_s: Array
    ) -> tuple[Positions, Positions, NDArray[np.bool_]]:
        """All pairs (row, position in `hits`) of a disc and an area it touches, and whether it lies wholly in it.

        n discs around (n, 2) WGS-84 points, radii (n,) in metres, each by its own time, (n,) seconds since the epoch.
        """
        return self.index.discs_many(lnglat, radius_m, at_s=at_s)

    def version(self, area_id: int, *, at_s: float) -> int | None:
        """The number of an area's version in force at an instant (seconds since the epoch); None where it has none."""
        for position in self._positions.get(area_id, ()):
            if self.index.is_in_force(position, at_s):
                return self.hits[position].version
        return None

    def boundary(self, area_id: int, *, at: datetime) -> Boundary | None:
        """The boundary of an area in force at an instant; None where it has none then."""
        at_s = at.timestamp()
        for position in self._positions.get(area_id, ()):
            if self.index.is_in_force(position, at_s):
                hit = self.hits[position]
                return Boundary(area_id, hit.version, hit.version_id, hit.name, self.index.edges(position))
        return None

    def area_m2(self, boundary: Boundary) -> float:
        """How many square metres lie within a boundary."""
        return measure.area_m2(self.boundaries[boundary.version_id])


class Snapshots:
    """Holds the newest snapshot and renews it when something was published since."""

    def __init__(self) -> None:
        self._held = _snapshot(-1, [], {}, {})
        self._loading = threading.Lock()

    def current(self, generation: int | None = None) -> Snapshot:
        """The snapshot of all that is published; one small SELECT unless the caller read the generation.

        Reads through the session of the caller: not to be asked between publishing and the commit.
        """
        newest = read_generation() if generation is None else generation
        if self._held.generation >= newest:
            return self._held
        with self._loading:
            if self._held.generation < newest:
                self._held = _load(self._held)
            return self._held


def read_generation() -> int:
    """The number of publications so far."""
    return db.session.execute(sa.select(AreaGeneration.number)).scalar_one()


def _load(before: Snapshot) -> Snapshot:
    """A snapshot of what the database holds; boundaries that `before` has are not read again."""
    generation = read_generation()  # first: versions committed from here on only make the snapshot newer
    rows = list(db.session.execute(_versions()))
    new = [row[0] for row in rows if row[0] not in before.boundaries]
    whose = {row[0]: row[1] for row in rows}
    return _snapshot(generation, _lives(rows), before.boundaries | _boundaries(new), whose)


Row = sa.Row[int, int, int, str, str, str, datetime, datetime | None]


@dataclass(frozen=True, slots=True)
class _Life:
    """One version and the seconds since the epoch between which it is in force."""

    hit: AreaHit
    from_s: float
    until_s: float


def _versions() -> sa.Select[int, int, int, str, str, str, datetime, datetime | None]:
    """Every version of every area without its boundary, each area's in the order of their numbers."""
    return (
        sa.select(
            AreaVersion.id,
            AreaVersion.area_id,
            AreaVersion.number,
            Area.kind,
            Area.code,
            AreaVersion.name,
            AreaVersion.valid_from,
            Area.retired_from,
        )
        .join(Area, Area.id == AreaVersion.area_id)
        .order_by(AreaVersion.area_id, AreaVersion.number)
    )


def _lives(rows: list[Row]) -> list[_Life]:
    """The versions that are ever in force, from county to site, then by code and number."""
    found: list[_Life] = []
    for _, versions in groupby(rows, key=lambda row: row[1]):
        found += _lives_of_one(list(versions))
    found.sort(key=lambda life: (_ORDER[life.hit.kind], life.hit.code, life.hit.version))
    return found


def _lives_of_one(rows: list[Row]) -> list[_Life]:
    """The versions of one area that are ever in force."""
    retired_from = rows[0][7]
    from_s = [row[6].timestamp() for row in rows]
    until_s = rules.in_force_until_s(from_s, math.inf if retired_from is None else retired_from.timestamp())
    return [
        _Life(AreaHit(row[1], row[2], row[3], row[4], row[5], row[0]), begins, ends)
        for row, begins, ends in zip(rows, from_s, until_s, strict=True)
        if begins < ends
    ]


def _boundaries(version_ids: list[int]) -> dict[int, MultiPolygon]:
    """The boundaries of new versions by their row's id, read in one statement."""
    if not version_ids:
        return {}
    binary = sa.func.ST_AsBinary(AreaVersion.boundary, type_=sa.LargeBinary())
    statement = sa.select(AreaVersion.id, binary).where(AreaVersion.id >= min(version_ids))
    found: dict[int, MultiPolygon] = {}
    for rows in db.session.execute(statement, execution_options={"yield_per": _AT_A_TIME}).partitions():
        ids, wkb = zip(*rows, strict=True)
        found |= zip(ids, shapely.from_wkb(wkb), strict=True)
    return found


def _snapshot(
    generation: int, lives: list[_Life], boundaries: dict[int, MultiPolygon], area_of: dict[int, int]
) -> Snapshot:
    """A snapshot of these versions, which are in the order that answers have."""
    index = AreaIndex.build(
        [boundaries[life.hit.version_id] for life in lives],
        [life.hit.version_id for life in lives],
        valid_from_s=np.array([life.from_s for life in lives], float),
        valid_until_s=np.array([life.until_s for life in lives], float),
    )
    positions: dict[int, list[int]] = {}
    for position, life in enumerate(lives):
        positions.setdefault(life.hit.area_id, []).append(position)
    hits = tuple(map(attrgetter("hit"), lives))
    return Snapshot(generation, hits, index, boundaries, area_of, positions)
