"""Exports: others' positions leave only with a reason, and every export is recorded."""

from collections.abc import Callable, Iterator
from typing import Any

from server.db import db
from server.errors import ReasonNeeded
from server.queries import checkins, log, looks, tracks, trips
from server.queries import events as recorded
from server.queries.events import Filter as EventsFilter
from server.queries.log import NEWEST, Filter, Order
from server.queries.looks import Filter as LooksFilter
from server.queries.tracks import Whose
from server.rules import access
from server.rules.access import Actor
from server.rules.events import KINDS
from server.services import events
from server.services import looks as opened
from server.transaction import verb

Pages = Iterator[list[dict[str, Any]]]


WITH_POSITIONS = frozenset({"geojson", "gpx"})
"""The forms that hold coordinates; tables hold none."""


@verb
def begin(actor: Actor, wanted: Filter, *, form: str) -> None:
    """Record that an export begins; `ReasonNeeded` for one with positions before a reason was said."""
    said = looks.may_see_positions(actor, trip_id=wanted.trip_id) or log.only_own(actor, wanted)
    if form in WITH_POSITIONS and not said:
        raise ReasonNeeded
    events.record(
        "checkin.exported",
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        person_id=wanted.person_id,
        trip_id=wanted.trip_id,
        form=form,
    )


def rows(actor: Actor, wanted: Filter) -> int | None:
    """How many rows an export will have; not told where it is of one other person."""
    if wanted.person_id is not None and wanted.trip_id is None and not log.only_own(actor, wanted):
        return None
    return log.count(actor, wanted)


@verb
def begin_track(actor: Actor, trip_id: int, person_id: int | None, *, form: str) -> Whose:
    """Record that a track leaves in full, and the look at it; whose it is.

    `NotFound` for one that is not the actor's to take, `ReasonNeeded` for another's before a reason was said.
    """
    theirs = tracks.whose(actor, "track.export", trip_id, person_id)
    opened.track_opened(actor, theirs.person_id, theirs.trip_id, door="export")
    events.record(
        "track.exported",
        actor_id=actor.person_id,
        unit_id=theirs.unit_id,
        person_id=theirs.person_id,
        trip_id=theirs.trip_id,
        subject=theirs.person_id,
        form=form,
    )
    return theirs


@verb
def begin_review(actor: Actor, trip_id: int, person_id: int | None) -> dict[str, Any]:
    """Record that a trip's review leaves; `{trip, checkins, track}` as the actor may see them, without positions.

    With `person_id`, what their track says of times and distance is in it: `ReasonNeeded` for another's before a reason
    was said for this trip.
    """
    access.ensure_holds(actor, "trip.export")
    trip = trips.get(actor, trip_id)
    track = None if person_id is None else _track(actor, trip_id, person_id)
    found = [each for page in log.pages_of(actor, Filter(trip_id=trip_id)) for each in page]
    events.record(
        "trip.exported",
        actor_id=actor.person_id,
        unit_id=trip.unit_id,
        person_id=person_id,
        trip_id=trip_id,
        subject=trip_id,
        form="docx",
    )
    return {"trip": trips.document(actor, trip), "checkins": found[::-1], "track": track}


def _track(actor: Actor, trip_id: int, person_id: int) -> dict[str, Any]:
    """What a track says, the look at it kept."""
    theirs = tracks.whose(actor, "track.read", trip_id, person_id)
    opened.track_opened(actor, theirs.person_id, theirs.trip_id, door="export")
    return tracks.drawn(theirs, zoom=0.0)


def pages(actor: Actor, wanted: Filter, *, order: Order = NEWEST) -> Pages:
    """The check-ins of an export, a page at a time, each look at a position kept before it leaves."""
    for page in log.pages_of(actor, wanted, order=order):
        opened.opened(actor, checkins.subjects(page), door="export")
        yield _let_go(page)


def without_positions(actor: Actor, wanted: Filter, *, order: Order = NEWEST) -> Pages:
    """The same for formats that hold no coordinate: nobody's position is opened."""
    return map(_let_go, log.pages_of(actor, wanted, order=order))


def _let_go(page: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A page that was read: however slowly it is taken, it holds no database connection."""
    db.session.rollback()
    return page


# ── the record ──────────────────────────────────────────────────────────────────────────────────────────


@verb
def begin_events(actor: Actor, wanted: EventsFilter) -> None:
    """Record that an export of what was done begins."""
    _record_export("event.exported", actor, wanted.person_id, wanted.trip_id)


@verb
def begin_looks(actor: Actor, wanted: LooksFilter) -> None:
    """Record that an export of the record of looks begins."""
    _record_export("look.exported", actor, wanted.subject_id, wanted.trip_id)


def events_of(actor: Actor, wanted: EventsFilter) -> Pages:
    """The events of an export, a page at a time, each with the words of its kind."""
    for page in _all(lambda **which: recorded.listed(actor, wanted, **which)):
        yield [row | {"words": _words(row["kind"])} for row in page]


def _words(kind: str) -> tuple[str, str]:
    """The words of a kind of event; its code where it is another release's."""
    return (KINDS[kind].zh, KINDS[kind].en) if kind in KINDS else (kind, kind)


def looks_of(actor: Actor, wanted: LooksFilter) -> Pages:
    """The looks of an export, a page at a time."""
    return _all(lambda **which: looks.listed(actor, wanted, **which))


def _record_export(kind: str, actor: Actor, person_id: int | None, trip_id: int | None) -> None:
    """The event of an export of the record."""
    events.record(
        kind,
        actor_id=actor.person_id,
        unit_id=actor.unit_id,
        person_id=person_id,
        trip_id=trip_id,
        form="csv",
    )


def _all(listed: Callable[..., dict[str, Any]]) -> Pages:
    """Every page of a list, to its end."""
    cursor: str | None = None
    while True:
        found = listed(cursor=cursor, limit=log.EXPORT_PAGE)
        yield _let_go(found["items"])
        cursor = found["next"]
        if cursor is None:
            return
