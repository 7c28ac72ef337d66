"""Crossings: where people on duty entered and left areas, kept true to all their fixes in whatever order they came.

Fixes that come in order are folded into the track's standing; for late ones a window is read and done again
(`geo.fence` says why that is enough). The caller's verb holds the person (`queries.positions.people_held`).
"""

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server.config import Settings
from server.db import db
from server.express import Line, OnFoot
from server.geo import fence
from server.geo.fence import Evidence, Hysteresis
from server.held import held
from server.models.positions import Crossing, Standing
from server.queries import positions as reads
from server.queries.areas import Snapshot
from server.rules import positions as rules
from server.services import events, keeping
from server.services.keeping import Sheet

Array = NDArray[np.float64]
Row = dict[str, Any]

RULE = Hysteresis()


@dataclass(frozen=True, slots=True)
class Whose:
    """A person on a duty, and of which unit they are on it."""

    person_id: int
    trip_id: int
    unit_id: int


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What n fixes of one person say: `at_s`, `accuracy_m` (n,), `lnglat` (n, 2), and m pairs of a row and an area
    that its disc touches, and whether it lies wholly in it.
    """

    at_s: Array
    lnglat: Array
    accuracy_m: Array
    row: NDArray[np.intp]
    area: NDArray[np.int64]
    inside: NDArray[np.bool_]

    def evidence(self) -> Evidence:
        """The same as evidence: one fix an instant, as `geo.track` chooses it, by time."""
        lng, lat = self.lnglat.T
        order = np.lexsort((lat, lng, self.accuracy_m, self.at_s))
        chosen = order[np.diff(self.at_s[order], prepend=math.nan) != 0.0]
        place = np.full(len(self.at_s), -1, dtype=np.intp)
        place[chosen] = np.arange(len(chosen))
        fix = place[self.row]
        told = fix >= 0
        code = np.where(self.inside[told], fence.INSIDE, fence.UNCERTAIN).astype(np.int8)
        return Evidence(self.at_s[chosen], fix[told], self.area[told], code)


@dataclass(frozen=True, slots=True)
class Follower:
    """What follows tracks over edges: the way to the database, the areas, and the sheet for what comes of it."""

    line: Line
    snapshot: Snapshot
    sheet: Sheet


def follow(by: Follower, whose: Whose, standing: fence.Standing | None, told: Told) -> None:
    """Take in new fixes of a person, which are stored already: the crossings they make, and where the track stands."""
    before, evidence = standing or fence.Standing(), told.evidence()
    if evidence.at_s[0] > before.until_s:
        after, added = fence.advance(before, evidence, RULE)
        _add(by, whose, added)
    else:
        after = _amend(by, whose, before, evidence)
    if standing is None:
        _record(by, "track.begun", whose, whose.person_id)
    by.sheet.standings.append(_standing(whose, after))


def further(
    by: Follower, whose: Whose, standing: fence.Standing | None, at_s: Array, areas: Iterable[bytes]
) -> bool:
    """Take in new fixes of a person, (n,) instants with their packed areas, where they say nothing new; otherwise
    nothing is done, and they are to be followed.
    """
    if standing is None:
        return False
    said = (_said(each, by.snapshot.area_of) for each in set(areas))
    after = fence.further(standing, float(at_s.min()), float(at_s.max()), said, RULE)
    if after is not None:
        by.sheet.standings.append(_standing(whose, after))
    return after is not None


def _said(packed: bytes, area_of: Mapping[int, int]) -> tuple[set[int], set[int]]:
    """The areas that a disc lies wholly in, and those it touches."""
    versions = rules.versions(packed)
    within = {area_of[version] for version in versions if version > 0}
    return within, {area_of[abs(version)] for version in versions}


def anew(whose: Whose, snapshot: Snapshot) -> None:
    """Find the crossings of a person on a duty again from the fixes that remain, as after some were erased; within the
    caller's verb.

    Where the oldest have expired, whoever was in an area then has not entered it with the first fix that is left.
    """
    by = Follower(OnFoot(), snapshot, Sheet())
    told = _kept(by, whose, -math.inf, math.inf)
    known = reads.crossings(by.line, whose.person_id, whose.trip_id)
    stood = reads.standing(by.line, whose.person_id, whose.trip_id) or fence.Standing()
    before = fence.Standing(inside=fence.outset(stood, known))
    after, found = fence.advance(before, told.evidence(), RULE)
    _drop(by, whose, (known[each] for each in known if each not in found))
    _add(by, whose, [each for each in found if each not in known])
    if len(told.at_s):
        by.sheet.standings.append(_standing(whose, after))
    else:
        _forget(whose)
    keeping.keep(by.line, by.sheet)


PARTS = 8
"""In so many windows late fixes are looked at apart; what is scattered more widely is read as a whole."""


def _amend(by: Follower, whose: Whose, standing: fence.Standing, evidence: Evidence) -> fence.Standing:
    """Do the windows again that late fixes touch, and fold in those that are not late."""
    until_s = standing.until_s
    for late in evidence.between(-math.inf, until_s).parts(2 * RULE.memory_s, PARTS):
        standing = _amend_window(by, whose, standing, late)
        if standing.until_s > until_s:
            return standing
    after, added = fence.advance(
        standing, evidence.between(math.nextafter(until_s, math.inf), math.inf), RULE
    )
    _add(by, whose, added)
    return after


def _amend_window(by: Follower, whose: Whose, standing: fence.Standing, late: Evidence) -> fence.Standing:
    """Do one window again, or all that follows it where that changes: then the standing is of all that is kept."""
    span = fence.window(standing, float(late.at_s[0]), float(late.at_s[-1]), RULE)
    known = reads.crossings(by.line, whose.person_id, whose.trip_id)
    amended = None
    while amended is None:
        told = _kept(by, whose, span.from_s, span.read_to_s)
        amended = fence.amend(standing, list(known), told.evidence(), span, RULE)
        span = span.rest()
    _drop(by, whose, (known[each] for each in amended.dropped))
    _add(by, whose, amended.added)
    return amended.standing


def _kept(by: Follower, whose: Whose, from_s: float, to_s: float) -> Told:
    """What the kept fixes of a person say, each by the areas it was matched with when it came."""
    kept = reads.kept(by.line, whose.person_id, whose.trip_id, from_s=from_s, to_s=to_s)
    row, version, inside = rules.unpacked(kept.areas)
    area = np.array([by.snapshot.area_of[each] for each in version.tolist()], dtype=np.int64)
    return Told(kept.at_s, kept.lnglat, used_m(kept.accuracy_m), row, area, inside)


def used_m(accuracy_m: Array) -> Array:
    """The accuracies that fixes are judged with: the configured one where none is known."""
    return np.where(np.isnan(accuracy_m), float(held(Settings).default_accuracy_m), accuracy_m)


# ── keeping ─────────────────────────────────────────────────────────────────────────────────────────────


def _add(by: Follower, whose: Whose, added: Collection[fence.Crossing]) -> None:
    """Keep crossings, each by the area's version of its time, and record that they were found."""
    if not added:
        return
    rows = [_row(whose, crossing, by.snapshot) for crossing in added]
    for crossing_id, entered in keeping.insert_crossings(by.line, rows):
        _record(by, "crossing.found", whose, crossing_id, entered=entered)


def _row(whose: Whose, crossing: fence.Crossing, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "person_id": whose.person_id,
        "trip_id": whose.trip_id,
        "area_id": crossing.area,
        "version": snapshot.version(crossing.area, at_s=crossing.at_s) or 0,
        "at": datetime.fromtimestamp(crossing.at_s, UTC),
        "entered": crossing.entered,
    }


_DROP = sa.delete(Crossing.__table__).where(Crossing.__table__.c.id == sa.bindparam("crossing_id"))  # type: ignore[arg-type]  # a table


def _drop(by: Follower, whose: Whose, crossing_ids: Iterable[int]) -> None:
    """Take back crossings that late fixes showed to be none."""
    for crossing_id in crossing_ids:
        by.line.put(_DROP, {"crossing_id": crossing_id})
        _record(by, "crossing.dropped", whose, crossing_id)


def _standing(whose: Whose, standing: fence.Standing) -> Row:
    """The row of where a track stands."""
    return {
        "person_id": whose.person_id,
        "trip_id": whose.trip_id,
        "until": datetime.fromtimestamp(standing.until_s, UTC),
        "state": {
            "inside": sorted(standing.inside),
            "begun": [[each.area, each.since_s, each.last_s] for each in standing.begun],
        },
    }


def _forget(whose: Whose) -> None:
    """There is no track any more."""
    gone = sa.delete(Standing).where(Standing.person_id == whose.person_id, Standing.trip_id == whose.trip_id)
    db.session.execute(gone)


def _record(by: Follower, kind: str, whose: Whose, subject: int, **data: Any) -> None:
    """An event about a person's track: never where."""
    ids = whose.unit_id, whose.person_id, whose.trip_id, subject
    by.sheet.events.append(events.row(kind, None, *ids, data))
