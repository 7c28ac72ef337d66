"""Files of positions: the track that a phone kept for itself, brought in as if the phone had sent it late.

Every step of the pipeline holds for it: duty, consent, retention. A piece is a transaction of its own: whatever
interrupts it leaves whole pieces, and the same file again adds what is missing and doubles nothing.
"""

from collections.abc import Iterable, Iterator

from server import clock
from server.ingest.fixes import Fixes
from server.problem import Problem
from server.queries.trackers import Live
from server.services import events, positions
from server.services.batch import Delivery
from server.services.positions import Accepted
from server.transaction import verb


def bring_in(tracker: Live, pieces: Iterable[Fixes]) -> Iterator[Accepted]:
    """Take in a file, piece by piece; what became of each, once it is committed. The record says first whose it was.

    Raises `TrackerUnknown` when the tracker is revoked meanwhile, and whatever reading the file raises.
    """
    _record(tracker)
    for fixes in pieces:
        (became,) = positions.accept([Delivery(fixes, received_at=clock.now(), tracker_id=tracker.id)])
        if isinstance(became, Problem):
            raise became
        yield became


@verb
def _record(tracker: Live) -> None:
    """The event: to whose tracker, never where nor how much."""
    events.record(
        "position.imported",
        actor_id=None,
        unit_id=tracker.unit_id,
        person_id=tracker.person_id,
        subject=tracker.id,
    )
