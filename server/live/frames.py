"""Frames: what one event says to the readers of the stream, made once and shared, and what each reader sees of it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from server.rules.access import Scope

EVERYBODY = 0
"""In `Frame.rights`: the event may have changed what anybody sees."""

CROSSINGS = "crossing.read"
"""The permission of parts that tell crossings."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message, as it goes on the wire: `whole`, and `withheld` for a reader who has not said why they look.

    `withheld` is None where nothing is left to tell without the position. Seen by readers whose `permission` covers
    the unit at `path`, by the people it is about (`own`), or by everybody (`for_all`). `shows` is whose position it
    tells, on which trip.
    """

    permission: str
    path: str
    own: frozenset[int]
    whole: bytes
    withheld: bytes | None = None
    shows: tuple[int, int | None] | None = None
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything the event `number` says, and whose rights it may have changed (ids of people, or `EVERYBODY`).

    `moved` are the people whose place it tells, or that they have none any more. `erased` is whose tracks, on which
    trip, are gone with it: frames before it tell no crossing of theirs any more.
    """

    number: int
    parts: tuple[Part, ...] = ()
    rights: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()
    erased: frozenset[tuple[int, int | None]] = frozenset()

    def without(self, erased: Collection[tuple[int, int | None]]) -> "Frame":
        """The same without the crossings of these tracks."""
        kept = tuple(
            part for part in self.parts if not (part.permission == CROSSINGS and part.shows in erased)
        )
        return self if len(kept) == len(self.parts) else replace(self, parts=kept)

    def concerns(self, person_id: int) -> bool:
        """Whether the event may have changed what this person sees."""
        return bool(self.rights & {person_id, EVERYBODY})


@dataclass(frozen=True, slots=True)
class Seen:
    """What a reader gets of a part: the message, and whose position it tells them (None: nobody else's)."""

    message: bytes
    looks_at: tuple[int, int | None] | None


@dataclass(frozen=True, slots=True)
class Sight:
    """What one reader may see, as of one moment: a scope for each permission, and whether they said why they look.

    `below` narrows to the subtree of a unit path; empty for no narrowing.
    """

    person_id: int
    scopes: Mapping[str, Scope]
    reasoned: bool
    below: str = ""

    def of(self, part: Part) -> Seen | None:
        """What the reader gets of `part`; None for nothing."""
        if not part.for_all and not self._covers(part):
            return None
        if part.shows is None or part.shows[0] == self.person_id:
            return Seen(part.whole, None)
        if self.reasoned:
            return Seen(part.whole, part.shows)
        return None if part.withheld is None else Seen(part.withheld, None)

    def _covers(self, part: Part) -> bool:
        """Whether the part lies in what was asked for and in the scope of its permission."""
        scope = self.scopes[part.permission]
        own = scope.person_id is not None and scope.person_id in part.own
        return part.path.startswith(self.below) and (own or scope.covers(part.path))
