"""Turns: how fast one sender is served, so that one who floods the server takes nothing from the others.

Each sender has so many requests a second, and some seconds' worth at once. Who is a little faster waits in line, which
slows down an honest phone that hands in an hour one by one and refuses it nothing; who is faster than a line can take
is told to come again, before anything is looked up. A sender is a credential: a token, a cookie, a tracker's secret.
"""

import math
import threading
import time
from collections.abc import Callable
from hashlib import blake2b

from server.errors import TooFast

AT_ONCE_S = 8.0
"""So many seconds' worth may come at once: a page with all its parts, a phone out of a tunnel."""

PATIENCE_S = 5.0
"""Longer than this nobody waits in line."""

REMEMBERED = 20_000
"""Of so many senders a process keeps in mind how fast they were."""


class Turns:
    """The lines of one process. Held by the application."""

    def __init__(self, per_s: int, now_s: Callable[[], float] = time.monotonic) -> None:
        """So many requests a second for each sender, by a clock that only goes on."""
        self._each_s, self._now_s = 1.0 / per_s, now_s
        self._next: dict[bytes, float] = {}
        self._lock = threading.Lock()

    def take(self, credential: str) -> None:
        """Wait for the sender's turn; `TooFast` where that would take too long, and then it costs no turn."""
        wait_s = self.wait_s(credential)
        if wait_s > PATIENCE_S:
            raise TooFast(retry_after_s=math.ceil(wait_s))
        if wait_s > 0:
            time.sleep(wait_s)

    def wait_s(self, credential: str) -> float:
        """In how many seconds the sender's turn comes. Up to `PATIENCE_S` it is taken, beyond it is not."""
        who, now_s = blake2b(credential.encode(), digest_size=16).digest(), self._now_s()
        with self._lock:
            due_s = max(now_s, self._next.get(who, 0.0)) + self._each_s
            wait_s = due_s - AT_ONCE_S - now_s
            if wait_s <= PATIENCE_S:
                self._remember(who, due_s, now_s)
        return wait_s

    def _remember(self, who: bytes, due_s: float, now_s: float) -> None:
        """Note until when a sender has used up its time; those that owe none are forgotten when there are many."""
        if len(self._next) >= REMEMBERED:
            self._next = {each: until_s for each, until_s in self._next.items() if until_s > now_s}
        self._next[who] = due_s
