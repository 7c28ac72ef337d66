"""Crossings: where people on duty entered and left areas, kept true to all their fixes in whatever order they came.

Fixes that come in order are folded into the track's standing; for late ones a window is read and done again
(`geo.fence` says why that is enough). The caller's verb holds the person (`queries.positions.people_held`).
"""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from server.config import Settings
from server.db import JSON, UtcDateTime, db
from server.geo import fence
from server.geo.fence import Evidence, Hysteresis
from server.held import held
from server.models.positions import Crossing, Standing
from server.queries import positions as reads
from server.queries.areas import Snapshot
from server.rules import positions as rules
from server.services import events

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


def follow(whose: Whose, standing: fence.Standing | None, told: Told, snapshot: Snapshot) -> Row:
    """Take in new fixes of a person, which are stored already, and keep the crossings they make.

    Where the track stands now comes back, to be kept (`stand`).
    """
    before, evidence = standing or fence.Standing(), told.evidence()
    if evidence.at_s[0] > before.until_s:
        after, added = fence.advance(before, evidence, RULE)
        _add(whose, added, snapshot)
    else:
        after = _amend(whose, before, evidence, snapshot)
    if standing is None:
        _record("track.begun", whose, whose.person_id)
    return _standing(whose, after)


def anew(whose: Whose, snapshot: Snapshot) -> None:
    """Find the crossings of a person on a duty again from the fixes that remain, as after some were erased."""
    told = _kept(whose, -math.inf, math.inf, snapshot)
    known = reads.crossings(whose.person_id, whose.trip_id, to_s=math.inf)
    after, found = fence.advance(fence.Standing(), told.evidence(), RULE)
    _drop(whose, (known[each] for each in known if each not in found))
    _add(whose, [each for each in found if each not in known], snapshot)
    if len(told.at_s):
        stand([_standing(whose, after)])
    else:
        _forget(whose)


def _amend(whose: Whose, standing: fence.Standing, evidence: Evidence, snapshot: Snapshot) -> fence.Standing:
    """Do the window again that late fixes touch, or all that follows it where that changes."""
    span = fence.window(standing, float(evidence.at_s[0]), float(evidence.at_s[-1]), RULE)
    known = reads.crossings(whose.person_id, whose.trip_id, to_s=math.inf)
    amended = None
    while amended is None:
        told = _kept(whose, span.from_s, span.read_to_s, snapshot)
        amended = fence.amend(standing, list(known), told.evidence(), span, RULE)
        span = span.rest()
    _drop(whose, (known[each] for each in amended.dropped))
    _add(whose, amended.added, snapshot)
    return amended.standing


def _kept(whose: Whose, from_s: float, to_s: float, snapshot: Snapshot) -> Told:
    """What the kept fixes of a person say, each by the areas it was matched with when it came."""
    kept = reads.kept(whose.person_id, whose.trip_id, from_s=from_s, to_s=to_s)
    row, version, inside = rules.unpacked(kept.areas)
    area = np.array([snapshot.area_of[each] for each in version.tolist()], dtype=np.int64)
    return Told(kept.at_s, kept.lnglat, used_m(kept.accuracy_m), row, area, inside)


def used_m(accuracy_m: Array) -> Array:
    """The accuracies that fixes are judged with: the configured one where none is known."""
    return np.where(np.isnan(accuracy_m), float(held(Settings).default_accuracy_m), accuracy_m)


# ── keeping ─────────────────────────────────────────────────────────────────────────────────────────────


def _add(whose: Whose, added: Collection[fence.Crossing], snapshot: Snapshot) -> None:
    """Keep crossings, each by the area's version of its time, and record that they were found."""
    if not added:
        return
    rows = [_row(whose, crossing, snapshot) for crossing in added]
    statement = sa.insert(Crossing).returning(Crossing.id, Crossing.entered)
    for crossing_id, entered in db.session.execute(statement, rows).all():
        _record("crossing.found", whose, crossing_id, entered=entered)


def _row(whose: Whose, crossing: fence.Crossing, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "person_id": whose.person_id,
        "trip_id": whose.trip_id,
        "area_id": crossing.area,
        "version": snapshot.version(crossing.area, at_s=crossing.at_s) or 0,
        "at": datetime.fromtimestamp(crossing.at_s, UTC),
        "entered": crossing.entered,
    }


def _drop(whose: Whose, crossing_ids: Iterable[int]) -> None:
    """Take back crossings that late fixes showed to be none."""
    dropped = list(crossing_ids)
    if not dropped:
        return
    db.session.execute(sa.delete(Crossing).where(Crossing.id.in_(dropped)))
    for crossing_id in dropped:
        _record("crossing.dropped", whose, crossing_id)


_STAND = sa.text(
    "INSERT INTO standings (person_id, trip_id, until, state) VALUES (:person_id, :trip_id, :until, :state) "
    "ON CONFLICT (person_id, trip_id) DO UPDATE SET until = excluded.until, state = excluded.state"
).bindparams(sa.bindparam("until", type_=UtcDateTime()), sa.bindparam("state", type_=JSON))


def stand(rows: list[Row]) -> None:
    """Keep where tracks stand, within the caller's verb."""
    db.session.connection().execute(_STAND, rows)


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


def _record(kind: str, whose: Whose, subject: int, **data: Any) -> None:
    """An event about a person's track: never where."""
    events.record(
        kind,
        actor_id=None,
        unit_id=whose.unit_id,
        person_id=whose.person_id,
        trip_id=whose.trip_id,
        subject=subject,
        **data,
    )
