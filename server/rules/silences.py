"""Silences: from when on a phone that is expected to speak has been silent, as arithmetic on plain values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PURPOSES: Final = ("safety", "emergency")
"""Only on such duties is a phone expected to speak. On an ordinary one a silent phone is nobody's business."""


@dataclass(frozen=True, slots=True)
class Expected:
    """A member of a duty under way at level `track`, who agrees to it: since when their phone may be expected.

    `known_at` is when the server heard of the duty's start, `consented_at` since when they agree, `heard_at` when the
    latest fix that is kept of them came in (None: none has).
    """

    trip_id: int
    person_id: int
    unit_id: int
    purpose: str
    known_at: datetime
    consented_at: datetime
    heard_at: datetime | None

    @property
    def key(self) -> tuple[int, int]:
        """Which trip's member this is: trip and person."""
        return self.trip_id, self.person_id


def since(member: Expected, *, now: datetime, after_s: float) -> datetime | None:
    """Since when a member's phone is silent; None while it is not, and always on duties of other purposes.

    It is once nothing was heard for longer than `after_s`, counted from the last fix that came, from consent or from
    the start of the duty, whichever is latest.
    """
    if member.purpose not in PURPOSES:
        return None
    begun = max(filter(None, (member.known_at, member.consented_at, member.heard_at)))
    return begun if now - begun > timedelta(seconds=after_s) else None
