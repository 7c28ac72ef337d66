"""Frames: what one event says to the readers of the stream, made once and shared, and what each reader sees of it."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from server.rules.access import Scope

EVERYBODY = 0
"""In `Frame.rights`: the event may have changed what anybody sees."""


@dataclass(frozen=True, slots=True)
class Part:
    """One message, as it goes on the wire: `whole`, and `withheld` for a reader who has not said why they look.

    `withheld` is None where nothing is left to tell without the position. Seen by readers whose `permission` covers
    the unit at `path`, by the people it is about (`own`), or by everybody (`for_all`). `shows` is whose position it
    tells, on which trip. `tells` is what an erasure takes it back by.
    """

    permission: str
    path: str
    own: frozenset[int]
    whole: bytes
    withheld: bytes | None = None
    shows: tuple[int, int | None] | None = None
    tells: Hashable = None
    for_all: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything the event `number` says, and whose rights it may have changed (ids of people, or `EVERYBODY`).

    `moved` are the people whose place it tells, or that they have none any more. `erased` is what is gone with
    it, as parts `tell` it: frames before it say no such thing any more. One that is `unmade` has no parts because
    nobody who listened might have seen any: whoever comes later reads its event from the database.
    """

    number: int
    parts: tuple[Part, ...] = ()
    rights: frozenset[int] = frozenset()
    moved: frozenset[int] = frozenset()
    erased: frozenset[Hashable] = frozenset()
    unmade: bool = False

    def without(self, erased: Collection[Hashable]) -> "Frame":
        """The same without the parts that tell what is gone."""
        kept = tuple(part for part in self.parts if part.tells is None or part.tells not in erased)
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

    `below` narrows to the subtree of a unit path; empty for no narrowing. `group` is what it has in common with other
    readers' who may see the same, but for what is their own.
    """

    person_id: int
    scopes: Mapping[str, Scope]
    reasoned: bool
    below: str = ""
    group: Hashable = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Found once: each page asks for it."""
        paths = tuple((name, scope.paths) for name, scope in self.scopes.items())
        object.__setattr__(self, "group", (self.below, paths))

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

    def might_see(self, frame: Frame) -> bool:
        """Whether a frame says anything to readers of this group, beside what is about them."""
        return EVERYBODY in frame.rights or any(
            part.for_all or self.reaches(part.permission, part.path) for part in frame.parts
        )

    def reaches(self, permission: str, path: str) -> bool:
        """Whether the unit at `path` lies in what was asked for and in the scope of a permission."""
        return path.startswith(self.below) and self.scopes[permission].covers(path)


@dataclass(frozen=True, slots=True)
class Audience:
    """All who listen: a sight of each group, and who they are; `anybody` where one is not known yet."""

    groups: Sequence[Sight] = ()
    people: frozenset[int] = frozenset()
    anybody: bool = False

    @classmethod
    def of(cls, sights: Iterable[Sight | None]) -> "Audience":
        """Who listens, by what each may see; None is one of whom nobody knows that yet."""
        found = list(sights)
        known = [sight for sight in found if sight is not None]
        groups = {sight.group: sight for sight in known}
        people = frozenset(sight.person_id for sight in known)
        return cls(tuple(groups.values()), people, anybody=len(known) < len(found))

    def might_see(self, permission: str, path: str, person_id: int | None) -> bool:
        """Whether any of them might see what is told by this permission of the unit at `path`, about a person."""
        if self.anybody or person_id in self.people:
            return True
        return any(sight.reaches(permission, path) for sight in self.groups)


ANYBODY = Audience(anybody=True)
"""Who may see everything, for all we know."""


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Frames that are handed out at once, all there are up to `number`; what they say to whom is found once for all
    readers of a group. So what nobody watches costs nobody anything, however many streams are open.
    """

    number: int
    frames: Sequence[Frame]
    moved: frozenset[int]
    _about: Mapping[int, Sequence[Frame]] = field(repr=False)
    _of_group: dict[Hashable, Sequence[Frame]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, number: int, frames: Sequence[Frame]) -> "Page":
        """A page of these frames, in the order of their numbers."""
        about: dict[int, list[Frame]] = {}
        for frame in frames:
            for person_id in frame.rights.union(*(part.own for part in frame.parts)):
                about.setdefault(person_id, []).append(frame)
        return cls(number, frames, frozenset().union(*(frame.moved for frame in frames)), about)

    def for_(self, sight: Sight | None) -> Sequence[Frame]:
        """The frames that may say something to a reader; all of them while nobody knows what they may see."""
        if sight is None:
            return self.frames
        group = sight.group
        if group not in self._of_group:
            self._of_group[group] = [frame for frame in self.frames if sight.might_see(frame)]
        seen, mine = self._of_group[group], self._about.get(sight.person_id, ())
        if not mine:
            return seen
        return sorted({frame.number: frame for frame in (*seen, *mine)}.values(), key=_number)


def _number(frame: Frame) -> int:
    return frame.number
