"""Work that takes long goes aside: a few at a time, and never in the way of other requests."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from gevent import get_hub, monkey

from server.errors import Busy

R = TypeVar("R")


class Seats:
    """So many places for one kind of slow work in a process; who waits too long for one is told to come back."""

    def __init__(self, count: int, *, patience_s: float) -> None:
        """At most `count` at once."""
        self._free = threading.BoundedSemaphore(count)
        self._patience_s = patience_s

    def do(self, work: Callable[[], R]) -> R:
        """Do work that lets go of Python's lock; `Busy` when no place comes free in time.

        Under threads this thread simply does it. Under gevent all requests share one thread, which must not be held:
        the work goes to the hub's pool of real threads. It asks no database there, and no application.
        """
        with self._seat():
            if monkey.is_module_patched("threading"):
                done: R = get_hub().threadpool.apply(work)
                return done
            return work()

    @contextmanager
    def _seat(self) -> Iterator[None]:
        """One of the places."""
        if not self._free.acquire(timeout=self._patience_s):
            raise Busy(retry_after_s=5)
        try:
            yield
        finally:
            self._free.release()
