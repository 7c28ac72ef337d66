"""Places on the move: what trackers have changed since the last look, told while anybody listens.

A place is a state, not an event: it has no number, and of one person only the newest counts. So what waits for a
reader is bounded by people, not by time.

When a place was heard of (`moved_at`) is given before its transaction commits, so each look reads again what was heard
of up to `USUAL` before the last one, each tenth up to `OVERLAP`, and tells what it has not told yet. Places that came
with a check-in are told with its event.
"""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
import sqlalchemy as sa

from server import clock
from server.db import UtcDateTime
from server.live.frames import Sight

OVERLAP = timedelta(seconds=60)
"""Longer than any transaction that moves a place, and than clocks of hosts differ."""

USUAL = timedelta(seconds=2)
"""Longer than almost any such transaction."""

THOROUGH = 10
"""Each look of so many goes back by the whole overlap."""

PAGE = 500
"""How many places are loaded at once."""

PERMISSION = "place.read"


Heard = tuple[datetime, datetime | None]
"""Which of a person's places it is: of when, and when we heard of it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a person on a duty is now, as JSON, and the path of the unit they are of."""

    person_id: int
    trip_id: int
    path: str
    heard: Heard
    item: bytes


@dataclass(frozen=True, slots=True)
class Shown:
    """What a reader gets of some moves: the message (empty: nothing), and whose positions, on which trip, it tells."""

    message: bytes = b""
    looks_at: frozenset[tuple[int, int | None]] = frozenset()


NOTHING = Shown()


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Where people are who have moved, by person, as of one instant; shared by all readers of a process."""

    places: Mapping[int, Place]
    now: datetime
    _made: dict[tuple[object, str], Shown] = field(default_factory=dict, repr=False)

    def then(self, later: "Moves") -> "Moves":
        """These and later ones: of each person the newest."""
        return Moves({**self.places, **later.places}, later.now)

    def without(self, people: Collection[int]) -> "Moves":
        """All but these people's."""
        if self.places.keys().isdisjoint(people):
            return self
        return Moves({key: place for key, place in self.places.items() if key not in people}, self.now)

    def seen(self, sight: Sight) -> Shown:
        """What a reader gets of it; made once for all with the same scope. Nothing before they have said why."""
        if not sight.reasoned:
            return NOTHING
        key = (sight.scopes[PERMISSION].paths, sight.below)
        if key not in self._made:
            self._made[key] = self._show(sight)
        return self._made[key]

    def _show(self, sight: Sight) -> Shown:
        """One message of all that lies in a reader's scope, and in what they asked for."""
        scope = sight.scopes[PERMISSION]
        found = [
            each
            for each in self.places.values()
            if each.path.startswith(sight.below) and scope.covers(each.path)
        ]
        if not found:
            return NOTHING
        items = b",".join(each.item for each in found)
        now = orjson.dumps(self.now, option=orjson.OPT_UTC_Z)
        message = b'event: place\ndata: {"now":%b,"items":[%b]}\n\n' % (now, items)
        return Shown(message, frozenset((each.person_id, each.trip_id) for each in found))


Load = Callable[[Sequence[int]], list[Place]]

_last = sa.table(
    "last_places",
    sa.column("person_id"),
    sa.column("at", UtcDateTime()),
    sa.column("moved_at", UtcDateTime()),
    sa.column("checkin_id"),
)


class Watch:
    """One process's looks at the last places: what it told before, and when it looks again.

    `load` makes places of people's ids, as they are when it is asked: they may have moved on since the look, and who
    is nowhere any more has none.
    """

    def __init__(self, load: Load, *, every_s: float) -> None:
        self._load, self._every_s = load, every_s
        self._looked_at: datetime | None = None
        self._told: dict[int, Heard] = {}
        self._looks = 0
        self._due_s = 0.0

    @property
    def due_in_s(self) -> float:
        """In how many seconds the next look is due."""
        return max(0.0, self._due_s - time.monotonic())

    def rest(self) -> None:
        """Nobody listens: forget. Whoever comes next hears of all who have moved within `OVERLAP` once more."""
        self._looked_at, self._told, self._looks = None, {}, 0

    def look(self, connection: sa.Connection) -> Moves | None:
        """Who has moved since the last look, and where they are now; None when nobody has."""
        self._due_s = time.monotonic() + self._every_s
        now, thorough = clock.now(), self._looks % THOROUGH == 0
        with connection.begin():
            heard = self._heard(connection, (self._looked_at or now) - (OVERLAP if thorough else USUAL))
        places = self._places([who for who, which in heard.items() if self._told.get(who) != which])
        before = {} if thorough else self._told
        self._told = before | heard | {place.person_id: place.heard for place in places}
        self._looked_at, self._looks = now, self._looks + 1
        return Moves({place.person_id: place for place in places}, now) if places else None

    def _places(self, moved: Sequence[int]) -> list[Place]:
        """Where these people are now, page by page."""
        pages = (moved[start : start + PAGE] for start in range(0, len(moved), PAGE))
        return [place for page in pages for place in self._load(page)]

    @staticmethod
    def _heard(connection: sa.Connection, since: datetime) -> dict[int, Heard]:
        """By person: of when the place is that a tracker told after `since`, and when we heard of it."""
        statement = sa.select(_last.c.person_id, _last.c.at, _last.c.moved_at).where(
            _last.c.moved_at > since, _last.c.checkin_id.is_(None)
        )
        return {person_id: (at, moved_at) for person_id, at, moved_at in connection.execute(statement)}
