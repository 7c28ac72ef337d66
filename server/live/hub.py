"""The hub: one tail per process, its frames handed to every reader of that process.

The tail runs in a thread of its own (a greenlet under gevent) with a connection of its own, from the first reader
on. A frame is made once and shared. A reader that does not keep up is told to load everything anew; nobody waits
for it. In the same thread, and only while anybody listens, it looks who has moved (`live.places`): so what it reads of
a place is never handed out after the event that ends it.

A frame of what nobody who listens might see is not made. Whoever joins while a page is being loaded, or comes back from
before such a frame, reads up to there from the database.
"""

import logging
import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from server import meters
from server.live import tail
from server.live.frames import Audience, Frame, Page, Sight
from server.live.places import NOTHING, Moves, Watch
from server.live.tail import Happened, Horizon

logger = logging.getLogger("guatu.live")

RING = 5_000
"""How many frames are kept for readers who come back, and how far behind a replay may begin."""

QUEUE = 1_000
"""How many frames may wait for one reader."""

OPENING_S = 2.0
"""How long a reader who comes first waits for the tail to know where it stands."""

BACKOFF_S = (0.25, 0.5, 1.0, 2.0, 5.0)
"""Waits between tries while the database is away; the last one repeats."""

AWAY = (sa.exc.OperationalError, sa.exc.InterfaceError)
"""What says that the database is away; any other failure is of one row, and keeps no other from being told."""

Load = Callable[[Sequence[Happened], Audience], list[Frame]]


@dataclass(slots=True)
class Taken:
    """What waited for a reader, to be told in this order: up to which number frames were lost, the frames, who is
    somewhere else since, why it ends. Then they stand at `upto`, or where they did (None).
    """

    lost: int | None = None
    frames: list[Frame] = field(default_factory=list)
    moves: Moves | None = None
    ended: str = ""
    upto: int | None = field(default=None, compare=False)


class Reader:
    """One open stream's queue: bounded, filled by the hub, emptied by `take`.

    `seen` is the number up to which everything was put in, says nothing to this reader, or lies before what they asked
    for. `missed` is the range (after, upto] that only the database still has.
    """

    def __init__(self, sitting: Hashable, after: int | None) -> None:
        self.sitting, self.after = sitting, after
        self.seen = 0
        self.placed = False
        self.missed: tuple[int, int] | None = None
        self.sight: Sight | None = None
        self._waiting = Taken()
        self._lock, self._bell = threading.Lock(), threading.Event()

    def place(self, seen: int, kept: Iterable[Frame] = ()) -> None:
        """Begin after `seen`, with what the ring kept of it."""
        later = [frame for frame in kept if frame.number > seen]
        self._put(later)
        self.placed, self.seen = True, later[-1].number if later else seen

    def push(self, page: Page) -> None:
        """Put in what is new to this reader and may say something to them, by what they may see (`sight`, as of when
        they were last looked up); when too much waits already, drop it all and say so.

        A change of what they may see is always put in, and has them load everything anew: what came between that and
        their being looked up is among what they load.
        """
        new = [frame for frame in page.for_(self.sight) if frame.number > self.seen]
        if len(self._waiting.frames) + len(new) > QUEUE:
            self.lose(page.number)
            return
        self._forget(page.moved)
        self._put(new)
        self.seen = max(
            self.seen, page.number
        )  # only now: who takes in between has been told all up to the old one

    def move(self, moves: Moves) -> None:
        """Put in who is somewhere else now; of whom that waits already, only the newest is kept."""
        with self._lock:
            waits = self._waiting.moves
            if waits is None and self.sight is not None and moves.seen(self.sight) is NOTHING:
                return
            self._waiting.moves = moves if waits is None else waits.then(moves)
        self._bell.set()

    def lose(self, seen: int) -> None:
        """Forget what waits: the reader must load everything anew, and goes on after `seen`."""
        with self._lock:
            self._waiting = Taken(lost=seen)
        self.placed, self.seen, self.missed = True, seen, None
        self._bell.set()

    def end(self, because: str) -> None:
        """Let the stream close, and say why."""
        with self._lock:
            self._waiting.ended = because
        self._bell.set()

    def take(self, timeout_s: float) -> Taken:
        """What waits, as soon as anything does; empty after `timeout_s`."""
        self._bell.wait(timeout_s)
        with self._lock:
            self._bell.clear()
            taken, self._waiting = self._waiting, Taken(ended=self._waiting.ended)
            taken.upto = self.seen if self.placed else None
        return taken

    def _put(self, frames: list[Frame]) -> None:
        """Append, and ring."""
        if frames:
            with self._lock:
                self._waiting.frames += frames
            self._bell.set()

    def _forget(self, moved: frozenset[int]) -> None:
        """A place that waits is older than what a frame tells of the same person."""
        with self._lock:
            if moved and self._waiting.moves is not None:
                self._waiting.moves = self._waiting.moves.without(moved)


class Hub:
    """The streams of one process: readers, the ring of recent frames, and the tail that feeds both."""

    def __init__(self) -> None:
        self._readers: list[Reader] = []
        self._ring: deque[Frame] = deque()
        self._floor = self._coming = 0
        self._position: int | None = None
        self._read_upto = 0
        self._horizon = Horizon()
        self._away_since_s: float | None = None
        self._lock = threading.RLock()
        self._ready, self._stop = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def number(self) -> int | None:
        """The number of the last event handed out; None while the tail does not know yet."""
        return self._position

    @property
    def lag_s(self) -> float:
        """For how many seconds readers may have been waiting: for somebody's long transaction, or the database."""
        now_s = time.monotonic()
        away_s = 0.0 if self._away_since_s is None else now_s - self._away_since_s
        return max(away_s, self._horizon.waiting_s(now_s))

    @property
    def streams(self) -> int:
        """How many streams are open in this process."""
        return len(self._readers)

    @property
    def sittings(self) -> set[Hashable]:
        """Whose streams are open in this process."""
        with self._lock:
            return {reader.sitting for reader in self._readers}

    def wake(self, engine: sa.Engine, load: Load, *, poll_s: float, watch: Watch | None = None) -> None:
        """Start the tail of this process, unless it runs. `load` makes frames of events, in their order, for those who
        listen.

        `watch` looks who has moved; without it, only events move anybody.
        """
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._stop.clear()
                self._thread = threading.Thread(
                    target=self._run, args=(engine, load, poll_s, watch), name="guatu-tail", daemon=True
                )
                self._thread.start()

    def rest(self) -> None:
        """Stop the tail and wait till it has; readers stay, and go on when it is woken."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        self._thread = None

    def join(self, sitting: Hashable, *, after: int | None, most: int) -> Reader:
        """Open a stream of a sitting, from after the event numbered `after` on (None: from now on).

        A sitting has `most` streams at once: its oldest one is ended for a new one.
        """
        self._ready.wait(OPENING_S)
        reader = Reader(sitting, after)
        with self._lock:
            if self._position is not None:
                self._place(reader, max(self._position, self._coming))
            siblings = [other for other in self._readers if other.sitting == sitting]
            for oldest in siblings[: max(0, len(siblings) + 1 - most)]:
                oldest.end("too_many_streams")
                self._readers.remove(oldest)
            self._readers.append(reader)
        return reader

    def leave(self, reader: Reader) -> None:
        """A stream was closed."""
        with self._lock:
            if reader in self._readers:
                self._readers.remove(reader)

    def _place(self, reader: Reader, position: int) -> None:
        """Let a reader begin where they asked to: from the ring, before it from the database, else all anew.

        A page that is being loaded counts as handed out: it is made for those who were there before.
        """
        after = position if reader.after is None else reader.after
        floor = max(self._floor, self._coming)
        if after >= floor:
            reader.place(after, self._ring)
        elif floor - after <= RING:
            reader.place(floor, self._ring)
            reader.missed = (after, floor)
        else:
            reader.lose(position)

    def _run(self, engine: sa.Engine, load: Load, poll_s: float, watch: Watch | None) -> None:
        """The tail's life: follow; when the database goes away, wait, longer each time, and follow again."""
        tries = 0
        while not self._stop.is_set():
            try:
                with tail.follow(engine) as connection:
                    while not self._stop.is_set():
                        self._step(connection, load)
                        due_in_s = math.inf if watch is None else self._look(connection, watch)
                        tries = 0
                        self._back()
                        meters.LAG.set(self.lag_s)
                        self._stop.wait(min(poll_s, due_in_s))
            except Exception as error:  # noqa: BLE001 - whatever it is, it is logged and tried again
                self._away(error)
                meters.LAG.set(self.lag_s)
                self._stop.wait(BACKOFF_S[min(tries, len(BACKOFF_S) - 1)])
                tries += 1

    def _step(self, connection: sa.Connection, load: Load) -> None:
        """Once: see how far reading is safe, then hand out what is new, page by page."""
        ahead = [reader for reader in self._readers if reader.placed and reader.seen > (self._position or 0)]
        with connection.begin():
            self._horizon = tail.advance(connection, self._horizon)
        self._ensure_same_history(ahead)
        if self._position is None:
            self._begin(connection)
            return
        while happened := self._page(connection):
            number = happened[-1].number
            self._hand_out(number, self._frames(happened, load, self._audience(number)))

    def _audience(self, coming: int) -> Audience:
        """Who listens now, as the page up to `coming` is to be loaded for them."""
        with self._lock:
            self._coming = coming
            return Audience.of(reader.sight for reader in self._readers)

    def _look(self, connection: sa.Connection, watch: Watch) -> float:
        """Hand out who has moved, when it is time to look; in how many seconds it is time again."""
        readers = [reader for reader in self._readers if reader.placed]
        if not readers:
            watch.rest()
            return math.inf
        if watch.due_in_s == 0.0 and (moves := self._moves(connection, watch)) is not None:
            for reader in readers:
                reader.move(moves)
        return watch.due_in_s

    def _moves(self, connection: sa.Connection, watch: Watch) -> Moves | None:
        """Who has moved; a failure that is not the database's is logged, and keeps no event from being told."""
        try:
            return watch.look(connection)
        except AWAY:
            raise
        except Exception:
            logger.exception("who has moved cannot be told")
            return None

    def _page(self, connection: sa.Connection) -> list[Happened]:
        """The next events that are safe to read; when too far behind, everybody starts anew from the newest."""
        after, upto = max(self._position or 0, self._read_upto), self._horizon.settled
        if upto <= after:
            return []
        with connection.begin():
            if upto - after > RING:
                self._restart(tail.newest(connection, upto=upto))
                happened = []
            else:
                happened = tail.read(connection, after=after, upto=upto)
        if len(happened) < tail.PAGE:
            self._read_upto = upto
        return happened

    def _begin(self, connection: sa.Connection) -> None:
        """Take up the position: the last event of the settled past. Readers who waited for it are placed now."""
        if self._horizon.mark is not None:
            return
        with connection.begin():
            position = tail.newest(connection, upto=self._horizon.settled)
        with self._lock:
            self._position = self._floor = position
            self._coming, self._read_upto = 0, self._horizon.settled
            for reader in self._readers:
                if reader.after is None or reader.placed:
                    reader.lose(position)
                else:
                    self._place(reader, position)
        self._ready.set()

    def _ensure_same_history(self, ahead: list[Reader]) -> None:
        """A reader who stands beyond the last number given out comes from another history: they start anew.

        When the tail itself does, the database was replaced (an older copy restored), and so does everybody.
        """
        given = self._horizon.given
        if self._position is not None and given < self._position:
            logger.warning("the events begin anew at %d: everybody loads everything again", given)
            self._position, self._read_upto, self._horizon = None, 0, Horizon()
            self._ready.clear()
            self._ring.clear()
            return
        for reader in ahead:
            if reader.seen > given:
                reader.lose(self._position or 0)

    def _restart(self, position: int) -> None:
        """Skip to `position`: too much happened while the tail was away."""
        with self._lock:
            self._ring.clear()
            self._position = self._floor = position
            self._coming = 0
            for reader in self._readers:
                reader.lose(position)

    def _hand_out(self, number: int, frames: list[Frame]) -> None:
        """Keep frames in the ring, push them to every reader, and move to `number`. What was erased is kept no more."""
        erased = {whose for frame in frames for whose in frame.erased}
        with self._lock:
            if erased:
                self._ring = deque(frame.without(erased) for frame in self._ring)
            self._keep(frames)
            page = Page.of(number, frames)
            for reader in self._readers:
                if reader.placed:
                    reader.push(page)
            self._position, self._coming = number, 0

    def _keep(self, frames: list[Frame]) -> None:
        """Keep frames in the ring, which begins anew after one that is unmade; within the lock."""
        for frame in frames:
            if frame.unmade:
                self._ring.clear()
                self._floor = frame.number
            elif frame.parts:
                self._ring.append(frame)
        while len(self._ring) > RING:
            self._floor = self._ring.popleft().number

    def _frames(self, happened: list[Happened], load: Load, audience: Audience) -> list[Frame]:
        """The frames of a page of events; one that cannot be told is left out and logged, never the others."""
        try:
            return load(happened, audience)
        except AWAY:
            raise
        except Exception:
            if len(happened) == 1:
                logger.exception("event %d cannot be told", happened[0].number)
                return []
        return [frame for each in happened for frame in self._frames([each], load, audience)]

    def _away(self, error: Exception) -> None:
        """The database is away: say so once, and believe nothing but events that were read.

        Numbers given out and lost in a crash are given out again; what was read had been committed.
        """
        self._horizon, self._read_upto = Horizon(), 0
        if self._away_since_s is None:
            self._away_since_s = time.monotonic()
            ours = not isinstance(error, sa.exc.SQLAlchemyError | OSError)
            logger.warning(
                "the stream stands still: %s", type(error).__name__, exc_info=error if ours else None
            )

    def _back(self) -> None:
        """The database answers again."""
        if self._away_since_s is not None:
            logger.warning("the stream goes on after %.1f s", time.monotonic() - self._away_since_s)
            self._away_since_s = None
