"""Areas: when a version is in force, what makes a new one, and which kind of area lies in which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from server.geo.polygon import Mend

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)
"""What an area's first version is valid from when nobody says: before anything the system is told of."""

PARENT_KINDS = {
    "township": "county",
    "village": "township",
    "grid": "village",
    "park": "county",
    "destination": "county",
    "site": "county",
}
"""The kind of area that an area's parent is; a county has none."""


def in_force_until_s(valid_from_s: Sequence[float], retired_from_s: float) -> list[float]:
    """Until when each version of one area is in force, in seconds since the epoch; infinite for ever.

    `valid_from_s` are in the order of the versions' numbers. What is published later wins from its
    valid-from on, and nothing is in force once the area is retired. A version that ends before it begins
    never was in force.
    """
    until_s: list[float] = []
    ends_s = retired_from_s
    for from_s in reversed(valid_from_s):
        until_s.append(ends_s)
        ends_s = min(ends_s, from_s)
    return until_s[::-1]


@dataclass(frozen=True, slots=True)
class Draft:
    """One area of a file, ready to be published: `wkb` is WGS-84, `digest` tells one boundary from another.

    `households` is None where the file does not say: what was known stays.
    """

    feature: int
    code: str
    name: str
    wkb: bytes
    digest: str
    area_m2: float
    repairs: tuple[Mend, ...]
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """An area that is there already, with the number, name, digest and validity of its last published version."""

    area_id: int
    parent_id: int | None
    retired: bool
    number: int
    name: str
    digest: str
    valid_from: datetime


@dataclass(frozen=True, slots=True)
class Changes:
    """What publishing drafts means: areas to make, versions to add, areas to move to another parent, the rest."""

    new: tuple[Draft, ...]
    news: tuple[tuple[Draft, Known], ...]
    moved: tuple[int, ...]
    retired: tuple[Draft, ...]
    unchanged: int

    def counts(self) -> dict[str, int]:
        """How many areas are created, changed, unchanged."""
        changed = {area.area_id for _, area in self.news} | set(self.moved)
        return {"created": len(self.new), "changed": len(changed), "unchanged": self.unchanged}


def compare(
    drafts: Sequence[Draft],
    known: Mapping[str, Known],
    *,
    parent_id: int | None,
    valid_from: datetime | None,
) -> Changes:
    """What is new, what is news and what stays, of drafts against the areas of their kind by code.

    A parent of None leaves areas where they are.
    """
    old = [(draft, known[draft.code]) for draft in drafts if draft.code in known]
    news = [(draft, area) for draft, area in old if _is_news(draft, area, valid_from)]
    moved = [area.area_id for _, area in old if parent_id not in (None, area.parent_id)]
    touched = {area.area_id for _, area in news} | set(moved)
    return Changes(
        new=tuple(draft for draft in drafts if draft.code not in known),
        news=tuple(news),
        moved=tuple(moved),
        retired=tuple(draft for draft, area in old if area.retired),
        unchanged=len(old) - len(touched),
    )


def _is_news(draft: Draft, area: Known, valid_from: datetime | None) -> bool:
    """Whether a draft makes a version: another boundary or name, or the same from an earlier instant."""
    if (draft.name, draft.digest) != (area.name, area.digest):
        return True
    return valid_from is not None and valid_from < area.valid_from


HOUSEHOLDS = (50, 100)
"""How many households a grid usually has, both included. Source: what counties publish of their grids."""


def households_are(kind: str, households: int | None) -> str | None:
    """`few` or `many` where a grid has fewer or more households than is usual; None for all others."""
    if kind != "grid" or households is None or HOUSEHOLDS[0] <= households <= HOUSEHOLDS[1]:
        return None
    return "few" if households < HOUSEHOLDS[0] else "many"
