"""Reviews 复核: which check-ins are worth a look, what follows which word, and when a query nobody pursues lapses."""

import math
from datetime import datetime, timedelta

KINDS = ("accept", "query", "answer", "lapse")
"""What is appended to a check-in: a supervisor's word, the person's answer, or that a query came to nothing."""

STANDS = ("look", "answer", "reply")
"""What a check-in waits for: a first look, the person's answer, or a look at that answer."""

AFTER = {"query": "answer", "answer": "reply"}
"""What a check-in waits for after a word; after any other it waits for nothing."""

HONEST_M = 1_000.0
"""A disc larger than this radius is no small stop's honest uncertainty: phones in the street do better."""


def worth_a_look(*, outcome: str, odd: bool, accuracy_m: float | None, size_m: float | None) -> bool:
    """Whether a check-in goes into the queue: it has a signal (`odd`), or the verdict on it is uncertain.

    But not where nothing is odd and the uncertainty says more about the stop than about the person: its disc, of
    radius `accuracy_m`, is larger than the stop, whose area is that of a disc of radius `size_m` (its tolerance
    included). From such a place nobody could have been judged inside. What is certain needs no judging: a check-in
    outside its stop says so on its trip's page.
    """
    if odd:
        return True
    return outcome == "uncertain" and not _is_honest(accuracy_m or math.inf, size_m or math.inf)


def _is_honest(accuracy_m: float, size_m: float) -> bool:
    """Whether a disc is larger than a stop, and of a size that phones honestly have."""
    return size_m < accuracy_m <= HONEST_M


def radius_of(area_m2: float) -> float:
    """The radius in metres of a disc of this area."""
    return math.sqrt(area_m2 / math.pi)


def lapses_before(now: datetime, days: int) -> datetime:
    """Queries whose last word is older than this lapse."""
    return now - timedelta(days=days)
