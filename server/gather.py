"""Gathering: what many ask for at one instant is done together, in one transaction, and each is answered after it.

Callers queue. The first one leads: it takes who is waiting, does their items in its own thread (or greenlet) and
application context, answers them, and hands the lead to the next in the queue. While one group is being committed the
next gathers by itself; it goes once a pause has brought nobody else, which is short where several are there already.

A group that fails is nobody's fault but one's. So none of it is believed: each caller wakes up, does its own item
alone in a transaction of its own, and meets its own failure there. The same happens when a leader is killed.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Generic, TypeVar

import psycopg
import sqlalchemy as sa

from server import transaction
from server.errors import Busy, Problem

Item = TypeVar("Item")
End = TypeVar("End")

logger = logging.getLogger("guatu.gather")

PAUSES_S = 0.025
"""However many keep coming, a group goes after this."""


class _Place(Generic[Item, End]):
    """One caller in the queue: its item, what became of it (empty: nothing yet), and the bell that wakes it."""

    __slots__ = ("bell", "ends", "item", "leads")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.ends: list[End | Problem] = []
        self.leads = False
        self.bell = threading.Event()


class Gatherer(Generic[Item, End]):
    """The queue before one verb of one process. Held by the application, under a type of its own for each door.

    One who is alone waits `pause_s` for another; several let those be served who are about to come. `together` does up
    to `most` items in one transaction of its own and gives, in their order, what became of each: its end, the `Problem`
    that is its answer, or None for one that is better done alone. It should not wait for locks that others hold: while
    it waits, so does everybody. `alone` does one item patiently. Both must let the same item come twice: after a lost
    connection nobody knows whether a group was kept.
    """

    def __init__(
        self,
        together: Callable[[Sequence[Item]], Sequence[End | Problem | None]],
        alone: Callable[[Item], End],
        *,
        most: int,
        pause_s: float,
    ) -> None:
        self._together, self._alone, self._most, self._pause_s = together, alone, most, pause_s
        self._waiting: deque[_Place[Item, End]] = deque()
        self._led = False
        self._lock = threading.Lock()

    @property
    def waiting(self) -> int:
        """How many wait for the group after the present one."""
        return len(self._waiting)

    def do(self, item: Item) -> End:
        """What became of `item`, once it is committed; raises its own failure. `Busy` after `transaction.WAIT_S`.

        Within a verb it is done as part of that one.
        """
        if transaction.is_open():
            return self._alone(item)
        with self._place(item) as mine:
            if not mine.bell.wait(transaction.WAIT_S):
                raise Busy(retry_after_s=5)
            if mine.leads:
                self._lead()
        for end in mine.ends:
            if isinstance(end, Problem):
                raise end
            return end
        return self._alone(item)

    @contextmanager
    def _place(self, item: Item) -> Iterator[_Place[Item, End]]:
        """A place in the queue; whoever leaves it, in whatever way, hands on the lead if it was theirs."""
        mine = _Place[Item, End](item)
        try:
            with self._lock:
                self._waiting.append(mine)
                if not self._led:
                    self._appoint()
            yield mine
        finally:
            with self._lock:
                if mine in self._waiting:
                    self._waiting.remove(mine)
                if mine.leads:
                    self._appoint()

    def _appoint(self) -> None:
        """Let the first in the queue lead; nobody does while it is empty. Under the lock."""
        self._led = bool(self._waiting)
        if self._led:
            self._waiting[0].leads = True
            self._waiting[0].bell.set()

    def _lead(self) -> None:
        """Do the first of the queue together, and wake them all: a place without an end then is on its own."""
        self._let_come()
        with self._lock:
            group = [self._waiting.popleft() for _ in range(min(self._most, len(self._waiting)))]
        try:
            ends = self._ends([place.item for place in group])
            for place, end in zip(group, ends, strict=False):
                if end is not None:
                    place.ends.append(end)
        finally:
            for place in group:
                place.bell.set()

    def _let_come(self) -> None:
        """Let whoever is about to queue do so: a pause for who is alone, then turns as long as each brings another."""
        come, until_s = 0, time.monotonic() + PAUSES_S
        while come < len(self._waiting) < self._most and time.monotonic() < until_s:
            come = len(self._waiting)
            time.sleep(self._pause_s if come == 1 else 0.0)

    def _ends(self, items: Sequence[Item]) -> Sequence[End | Problem | None]:
        """What became of each: of none where the group failed, `Busy` of each where it could not even begin."""
        try:
            return self._together(items)
        except Busy as busy:
            return [Busy(retry_after_s=busy.retry_after_s) for _ in items]
        except Exception as error:
            ours = not isinstance(error, sa.exc.SQLAlchemyError | psycopg.Error | Problem)
            logger.warning(
                "a group of %d failed (%s): each is tried alone",
                len(items),
                type(error).__name__,
                exc_info=error if ours else None,
            )
            return []
