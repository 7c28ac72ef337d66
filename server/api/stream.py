"""The stream 实时消息: what happens, as it happens, to whom it may be told, over Server-Sent Events.

A stream holds no database connection while it waits: it borrows one for a moment to look its reader up anew, to
keep a look, or to fetch a page that its reader missed.
"""

import logging
import math
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, Response, current_app, request

from server import gate
from server.api.doors import Doors
from server.api.schemas.stream import StreamAsked
from server.config import Settings
from server.db import db
from server.errors import BadInput, Problem, SignInNeeded
from server.gate import guard
from server.held import held
from server.live import sse
from server.live.frames import Audience, Frame, Sight
from server.live.hub import Hub, Load, Reader
from server.live.places import Load as Find
from server.live.places import Moves, Place, Watch
from server.live.tail import Happened
from server.queries import stream as reads
from server.rules.access import Actor
from server.services import looks

logger = logging.getLogger("guatu.stream")

doors = Doors("stream", __name__, description="实时消息 · What happens, as it happens")

RECHECK_S = 30.0
"""How old a reader's rights may be. A change of them is itself an event and comes at once; this is for what is none,
such as a session that runs out."""

LOOKS_EVERY_S = 1.0
"""At most how often a stream writes down whose positions it shows for the first time."""

STALL_S = 5.0
"""From how many seconds on readers are told that the stream stands still."""


HELD_BYTES = 64 * 1024
"""So much of what is told to one reader lies on its way in the system at the most."""

PATIENT_BEATS = 2
"""A reader who in the time of so many heartbeats does not take a piece they are told is let go of."""


@doors.get("/stream")
@guard("stream.read")
@doors.arguments(StreamAsked, location="query")
@doors.response(200, content_type="text/event-stream")
def stream(asked: dict[str, int]) -> Response:
    """实时消息 · Check-ins, trips, places and areas as they change; resumes with `Last-Event-ID`."""
    actor, settings, hub = gate.actor(), held(Settings), held(Hub)
    if actor.session_id is None:
        raise SignInNeeded
    below = reads.path_of(asked["unit_id"]) if "unit_id" in asked else ""
    watch = Watch(_finder(_app()), every_s=settings.stream_places_ms / 1000)
    hub.wake(db.engine, _loader(_app()), poll_s=settings.stream_poll_ms / 1000, watch=watch)
    db.session.remove()
    _bound(settings.stream_heartbeat_s)
    reader = hub.join(actor.session_id, after=_after(asked), most=settings.streams_per_session)
    telling = Telling(_app(), hub, reader, actor.session_id, below, settings.stream_heartbeat_s)
    response = Response(telling.lines(), mimetype="text/event-stream", headers=sse.HEADERS)
    response.call_on_close(lambda: hub.leave(reader))
    return response


def _bound(heartbeat_s: int) -> None:
    """Let a reader on a line that takes next to nothing hold neither memory nor a place for ever.

    They are cut; their browser comes back, and hears the rest or, after very much, loads everything anew.
    """
    line = request.environ.get("gunicorn.socket")
    if line is not None:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, HELD_BYTES)
        line.settimeout(PATIENT_BEATS * heartbeat_s)


def _after(asked: dict[str, int]) -> int | None:
    """The event after which to go on: what a browser sends when it comes back, else what the address says."""
    told = request.headers.get("Last-Event-ID", "").strip()
    if not told:
        return asked.get("after")
    if not (told.isascii() and told.isdigit() and len(told) <= 18):
        raise BadInput(fields={"Last-Event-ID": [{"zh": "应为事件编号", "en": "Must be an event number"}]})
    return int(told)


def _app() -> Flask:
    """The application itself, for after the request."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # werkzeug's documented way
    return app


def _loader(app: Flask) -> Load:
    """What makes frames of events for the hub, with a database session of its own for each page."""

    def load(happened: Sequence[Happened], audience: Audience) -> list[Frame]:
        with app.app_context():
            return reads.frames(happened, audience)

    return load


def _finder(app: Flask) -> Find:
    """What finds people's places for the hub, with a database session of its own for each page."""

    def find(person_ids: Sequence[int]) -> list[Place]:
        with app.app_context():
            return reads.places_of(person_ids)

    return find


class Sights:
    """What the readers of a process may see, as they were last looked up: when one is due, all are, by one
    statement.
    """

    def __init__(self) -> None:
        self._found: dict[UUID, tuple[float, Actor, Sight]] = {}
        self._looking = threading.Lock()

    def of(self, session_id: UUID, hub: Hub, *, not_before_s: float) -> tuple[float, Actor, Sight] | None:
        """When (monotonic s) a session's person was looked up, who they are, what they may see; None when it is over.

        What was found before `not_before_s` is looked up anew: at infinity that of this one alone, as of now.
        """
        with self._looking:
            found = self._found.get(session_id)
            if found is None or found[0] <= not_before_s:
                others = set() if not_before_s == math.inf else hub.sittings
                self._look_up({session_id, *(each for each in others if isinstance(each, UUID))})
            return self._found.get(session_id)

    def _look_up(self, session_ids: set[UUID]) -> None:
        """Look these up; when all are, who listens no more is forgotten."""
        now_s = time.monotonic()
        found = {each: (now_s, *told) for each, told in reads.sights(sorted(session_ids)).items()}
        kept = self._found if len(session_ids) == 1 else {}
        self._found = {each: told for each, told in kept.items() if each not in session_ids} | found


class _SessionOver(Exception):
    """The reader's session has ended; so does the stream."""


class Telling:
    """One open stream: tells its reader what they may see, and ends when their session does."""

    def __init__(
        self, app: Flask, hub: Hub, reader: Reader, session_id: UUID, below: str, beat_s: float
    ) -> None:
        self._app, self._hub, self._reader = app, hub, reader
        self._session_id, self._below, self._beat_s = session_id, below, beat_s
        self._actor: Actor
        self._sight: Sight
        self._looked_up_at, self._kept_at = -math.inf, -LOOKS_EVERY_S
        self._shown: set[tuple[int, int | None]] = set()
        self._stands_at = reader.seen if reader.placed and reader.after is None else reader.after
        self._told_at = 0.0
        self._stalled = False

    def lines(self) -> Iterator[bytes]:
        """The bytes of the stream, until its reader goes, or their session ends.

        When the database fails under it, it is cut: the browser comes back and resumes where it stood.
        """
        try:
            yield self._noted(sse.opening(self._stands_at))
            self._recheck()
            yield from self._missed()
            yield from self._live()
        except _SessionOver:
            yield _ended("session_ended")
        except (sa.exc.SQLAlchemyError, Problem) as error:
            logger.warning("a stream was cut: %s", type(error).__name__)

    def _missed(self) -> Iterator[bytes]:
        """What happened while the reader was away, as far as only the database still knows it."""
        if self._reader.missed is None:
            return
        after, upto = self._reader.missed
        while after < upto:
            with self._app.app_context():
                frames, after = reads.missed(after, upto)
            yield from self._told(frames)
            self._stands_at = after

    def _live(self) -> Iterator[bytes]:
        """What happens from now on; a heartbeat where nothing does."""
        while True:
            taken = self._reader.take(max(0.0, self._told_at + self._beat_s - time.monotonic()))
            if taken.lost is not None:
                yield self._noted(self._resync(taken.lost))
            yield from self._told(taken.frames)
            yield from self._moved(taken.moves)
            if taken.ended:
                yield _ended(taken.ended)
                return
            if taken.upto is not None:
                self._stands_at = taken.upto
            if time.monotonic() - self._told_at >= self._beat_s:
                yield self._noted(self._beat())

    def _told(self, frames: Sequence[Frame]) -> Iterator[bytes]:
        """What the reader may see of these frames, as one piece; nothing where that is nothing."""
        if not frames:
            return
        self._recheck()
        told, shown = [], set()
        for frame in frames:
            if frame.concerns(self._actor.person_id) and self._sees_otherwise():
                told.append(_anew(frame.number))
            seen = [found for part in frame.parts if (found := self._sight.of(part)) is not None]
            if seen:
                told.append(sse.numbered([found.message for found in seen], frame.number))
                shown |= {found.looks_at for found in seen if found.looks_at is not None}
        self._keep_looks(shown - self._shown)
        self._stands_at = frames[-1].number
        if told:
            yield self._noted(b"".join(told))

    def _moved(self, moves: Moves | None) -> Iterator[bytes]:
        """Who is somewhere else now, as far as the reader may see. Not noted: a heartbeat is due all the same."""
        if moves is None:
            return
        self._recheck()
        shown = moves.seen(self._sight)
        self._keep_looks(set(shown.looks_at - self._shown))
        if shown.message:
            yield shown.message

    def _recheck(self) -> None:
        """Look the reader up anew when that was long ago."""
        if time.monotonic() - self._looked_up_at > RECHECK_S:
            first = self._looked_up_at == -math.inf
            self._look_up(not_before_s=math.inf if first else time.monotonic() - RECHECK_S)

    def _look_up(self, *, not_before_s: float = math.inf) -> None:
        """Who the reader is and what they may see, as of now or not before a moment; `_SessionOver` when that is
        nothing.
        """
        with self._app.app_context():
            found = held(Sights).of(self._session_id, self._hub, not_before_s=not_before_s)
        if found is None:
            raise _SessionOver
        self._looked_up_at, self._actor, sight = found
        self._sight = self._reader.sight = replace(sight, below=self._below)

    def _sees_otherwise(self) -> bool:
        """Look the reader up anew; whether they may see something else than before, so that what they hold is old."""
        before = self._sight
        self._look_up()
        return self._sight != before

    def _keep_looks(self, shown: set[tuple[int, int | None]]) -> None:
        """Write down whose positions are shown for the first time, before they are."""
        if not shown:
            return
        time.sleep(max(0.0, self._kept_at + LOOKS_EVERY_S - time.monotonic()))
        with self._app.app_context():
            looks.opened(self._actor, sorted(shown, key=str), door="map")
        self._shown |= shown
        self._kept_at = time.monotonic()

    def _resync(self, number: int) -> bytes:
        """Frames up to `number` were lost, or the reader comes from too long ago: load everything anew."""
        self._look_up()
        self._stands_at = number
        return _anew(number)

    def _beat(self) -> bytes:
        """A heartbeat, with the news that the stream stands still, or goes on again."""
        lag_s = self._hub.lag_s
        if lag_s < STALL_S:
            with suppress(sa.exc.SQLAlchemyError):
                self._recheck()
        news = b""
        if self._stalled or lag_s >= STALL_S:
            news = sse.message("stall", {"lag_s": round(lag_s if lag_s >= STALL_S else 0.0, 1)}) + b"\n"
        self._stalled = lag_s >= STALL_S
        return news + sse.beat(self._stands_at)

    def _noted(self, line: bytes) -> bytes:
        """The bytes, with a note of when they were sent."""
        self._told_at = time.monotonic()
        return line


def _anew(number: int) -> bytes:
    """Load everything anew: it is as of the event `number`, or later."""
    return sse.numbered([sse.message("resync", {"number": number})], number)


def _ended(because: str) -> bytes:
    """The end: `session_ended`, or `too_many_streams` of one session."""
    data: dict[str, Any] = {"because": because}
    return sse.message("ended", data) + b"\n"
