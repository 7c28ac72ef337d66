"""What the stream says: frames of events, what a reader sees of them, and what one who was away has missed.

Frames are made once for all readers, so nothing here is scoped; `sight` is the scope, and the hub's readers apply it.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.live import sse, tail
from server.live.frames import ANYBODY, EVERYBODY, Audience, Frame, Part, Sight
from server.live.places import Place
from server.live.tail import Happened
from server.models.trips import Trip, TripMember
from server.models.units import Unit
from server.queries import checkins, crossings, places, sessions, silences
from server.rules import access
from server.rules.access import Actor

CHECKIN = frozenset(
    {
        "checkin.made",
        "checkin.reviewed",
        "checkin.answered",
        "checkin.erased",
        "checkin.expired",
        "review.lapsed",
        "photo.sent",
        "photo.erased",
        "photo.expired",
    }
)
TRIP = frozenset(
    f"trip.{step}"
    for step in (
        "planned",
        "edited",
        "submitted",
        "approved",
        "returned",
        "started",
        "completed",
        "cancelled",
        "lapsed",
    )
)
SILENCE = frozenset({"silence.raised", "silence.ended"})
AREAS = frozenset({"area.published", "area.retired"})
CROSSING = frozenset({"crossing.found", "crossing.dropped"})
GONE = frozenset({"track.erased", "track.expired", "consent.withdrawn"})
"""After these, nobody is shown the crossings of the event's person on its trip any more."""

MOVING = frozenset({"checkin.made", "checkin.erased", "consent.withdrawn", "track.erased", "person.updated"})
"""After these, the event's person is somewhere else on the map, or nowhere."""

ENDING = frozenset({"trip.completed", "trip.cancelled", "trip.lapsed"})
"""After these, nobody on the trip is on the map for it any more."""

RIGHTS = frozenset(
    {
        "session.ended",
        "person.updated",
        "person.granted",
        "password.reset",
        "password.changed",
        "look.reasoned",
    }
)
"""After these, what a person sees may have changed: the event's person, or else its actor."""

RIGHTS_OF_ALL = frozenset({"unit.updated"})

SCOPED_BY = ("checkin.read", "trip.read", "place.read", "crossing.read", "area.read", "silence.read")


@dataclass(frozen=True, slots=True)
class _Material:
    """All that a page of events needs to be told: documents by id, who moved with which event, paths of units."""

    checkins: Mapping[UUID, dict[str, Any]]
    trips: Mapping[int, dict[str, Any]]
    silences: Mapping[int, dict[str, Any]]
    crossings: Mapping[int, dict[str, Any]]
    moved: Mapping[int, Mapping[int, int]]
    places: Mapping[int, dict[str, Any]]
    paths: Mapping[int, str]


def frames(happened: Sequence[Happened], audience: Audience = ANYBODY) -> list[Frame]:
    """The frames of events in their order; events that nobody is told of have none.

    What changes often is told once: a person's place with their last event of the page, areas with the last one. A
    check-in that nobody in the audience might see stays unmade: it is what happens most.
    """
    unseen = _unseen(happened, audience)
    material = _gather([event for event in happened if event.number not in unseen])
    areas = max((event.number for event in happened if event.kind in AREAS), default=None)
    made = []
    for event in happened:
        if event.number in unseen:
            made.append(Frame(event.number, moved=_whose(event), unmade=True))
            continue
        parts = [part for told in _PARTS for part in told(event, material)]
        if event.number == areas:
            parts.append(_areas(event.number))
        if parts or _rights(event) or _erased(event):
            moved = frozenset(material.moved.get(event.number, ()))
            made.append(Frame(event.number, tuple(parts), _rights(event), moved, _erased(event)))
    return made


def _unseen(happened: Sequence[Happened], audience: Audience) -> frozenset[int]:
    """The numbers of check-ins of which nobody might see the document or the place."""
    made = [] if audience.anybody else [event for event in happened if event.kind == "checkin.made"]
    paths = _paths({event.unit_id for event in made if event.unit_id})
    return frozenset(
        event.number
        for event in made
        if event.unit_id in paths
        and not any(
            audience.might_see(permission, paths[event.unit_id], event.person_id)
            for permission in ("checkin.read", "place.read")
        )
    )


def _whose(event: Happened) -> frozenset[int]:
    """The person an event is about."""
    return frozenset() if event.person_id is None else frozenset({event.person_id})


def _erased(event: Happened) -> frozenset[Hashable]:
    """What earlier frames told and is gone with an event: crossings and places of a track, a check-in and its place."""
    if event.kind == "track.erased":
        return frozenset({(event.person_id, event.trip_id), _place_of(event.person_id)})
    if event.kind in {"checkin.erased", "checkin.expired"}:
        return frozenset({UUID(event.subject), _place_of(event.person_id)})
    return frozenset()


def _place_of(person_id: int | None) -> Hashable:
    """What parts that tell a person's place are known by."""
    return ("place", person_id)


def places_of(person_ids: Sequence[int]) -> list[Place]:
    """Where these people are now, for those who watch the map."""
    return [
        Place(row.person_id, row.trip_id, row.path, (row.at, row.moved_at), sse.data_of(item))
        for row, item in places.moved(person_ids)
    ]


def missed(after: int, upto: int) -> tuple[list[Frame], int]:
    """A page of frames of settled events numbered above `after` up to `upto`, and the number it reaches."""
    happened = tail.read(db.session.connection(), after=after, upto=upto)
    reached = happened[-1].number if len(happened) == tail.PAGE else upto
    return frames(happened), reached


def sights(session_ids: Sequence[UUID]) -> dict[UUID, tuple[Actor, Sight]]:
    """Who the persons of sessions are and what they may see of the stream now, by one statement; none of a session that
    is over.
    """
    standing = [each for each in sessions.by_ids(session_ids) if each is not None]
    return {
        each.session_id: (each.actor, _sight(each.actor))
        for each in standing
        if not each.actor.must_change_password
    }


def _sight(actor: Actor) -> Sight:
    """What a person may see of the stream."""
    scopes = {permission: access.scope(actor, permission) for permission in SCOPED_BY}
    return Sight(actor.person_id, scopes, reasoned=bool(actor.map_reason))


def path_of(unit_id: int) -> str:
    """The path of a unit to narrow a stream to; `NotFound` when there is none."""
    path = db.session.execute(sa.select(Unit.path).where(Unit.id == unit_id)).scalar_one_or_none()
    if path is None:
        raise NotFound
    return path


# ── parts ───────────────────────────────────────────────────────────────────────────────────────────────


def _of_checkin(event: Happened, material: _Material) -> Iterator[Part]:
    """The check-in an event is about, as it stands now."""
    document = material.checkins.get(UUID(event.subject)) if event.kind in CHECKIN else None
    if document is None:
        return
    whole = {"number": event.number, "checkin": document}
    hidden = {"number": event.number, "checkin": checkins.withheld(document)}
    shown = checkins.subjects([document])
    yield Part(
        permission="checkin.read",
        path=material.paths[document["unit"]["id"]],
        own=frozenset({document["person"]["id"]}),
        whole=sse.message("checkin", whole),
        withheld=sse.message("checkin", hidden),
        shows=shown[0] if shown else None,
        tells=UUID(event.subject),
    )


def _of_trip(event: Happened, material: _Material) -> Iterator[Part]:
    """The trip an event is about, as it stands now."""
    trip = material.trips.get(event.trip_id or 0)
    if trip is None or event.kind not in TRIP:
        return
    told = {key: trip[key] for key in ("id", "title", "state", "unit", "revision")}
    yield Part(
        permission="trip.read",
        path=material.paths[trip["unit"]["id"]],
        own=trip["people"],
        whole=sse.message("trip", {"number": event.number, "trip": told}),
    )


def _of_crossing(event: Happened, material: _Material) -> Iterator[Part]:
    """That somebody on duty entered or left an area, as its row stands now; or that it was none after all."""
    if event.kind not in CROSSING or not (event.person_id and event.unit_id):
        return
    crossing_id, path, own = int(event.subject), material.paths[event.unit_id], frozenset({event.person_id})
    found = material.crossings.get(crossing_id)
    if event.kind == "crossing.dropped":
        dropped = sse.message("crossing", {"number": event.number, "dropped": crossing_id})
        yield Part("crossing.read", path, own, dropped)
    elif found is not None:
        whole = sse.message("crossing", {"number": event.number, "crossing": found})
        whose = (event.person_id, event.trip_id)
        yield Part("crossing.read", path, own, whole, shows=whose, tells=whose)


def _of_gone_crossings(event: Happened, material: _Material) -> Iterator[Part]:
    """That a person's crossings on a trip are gone, for pages that show them."""
    if event.kind not in GONE or not (event.person_id and event.unit_id):
        return
    gone = {"person_id": event.person_id, "trip_id": event.trip_id}
    told = sse.message("crossing", {"number": event.number, "gone": gone})
    yield Part("crossing.read", material.paths[event.unit_id], frozenset({event.person_id}), told)


def _of_places(event: Happened, material: _Material) -> Iterator[Part]:
    """Where those who moved with this event are now, or that the map shows them no longer."""
    for person_id, unit_id in material.moved.get(event.number, {}).items():
        item = material.places.get(person_id)
        if item is None:
            yield _place(material.paths[unit_id], {"gone": [person_id]}, None)
        else:
            path = material.paths[item["unit"]["id"]]
            yield _place(path, {"items": [item]}, (person_id, item["trip"]["id"]))


def _of_silence(event: Happened, material: _Material) -> Iterator[Part]:
    """The silence of a phone that an event is about, as it stands now: no position, so no reason is asked."""
    silence = material.silences.get(int(event.subject)) if event.kind in SILENCE else None
    if silence is None:
        return
    yield Part(
        permission="silence.read",
        path=material.paths[silence["unit"]["id"]],
        own=frozenset({silence["person"]["id"]}),
        whole=sse.message("silence", {"number": event.number, "silence": silence}),
    )


def _place(path: str, told: dict[str, Any], shows: tuple[int, int | None] | None) -> Part:
    """One place, for those who watch the map; a place that is gone shows nobody's position."""
    tells = None if shows is None else _place_of(shows[0])
    return Part("place.read", path, frozenset(), sse.message("place", told), None, shows, tells)


_PARTS = (_of_checkin, _of_trip, _of_crossing, _of_gone_crossings, _of_places, _of_silence)
"""What an event may say, in the order it is told."""


def _areas(number: int) -> Part:
    """That areas have changed; everybody may see areas."""
    return Part("area.read", "", frozenset(), sse.message("areas", {"number": number}), for_all=True)


def _rights(event: Happened) -> frozenset[int]:
    """Whose rights an event may have changed."""
    if event.kind in RIGHTS_OF_ALL:
        return frozenset({EVERYBODY})
    if event.kind not in RIGHTS:
        return frozenset()
    person_id = event.actor_id if event.person_id is None else event.person_id
    return frozenset() if person_id is None else frozenset({person_id})


# ── material ────────────────────────────────────────────────────────────────────────────────────────────


def _gather(happened: Sequence[Happened]) -> _Material:
    """Fetch all that a page of events mentions: a handful of statements, however long the page."""
    ids = {UUID(event.subject) for event in happened if event.kind in CHECKIN}
    found = checkins.documents(sorted(ids)) if ids else {}
    trips = _trips({event.trip_id for event in happened if event.kind in TRIP and event.trip_id})
    silent = silences.documents({int(event.subject) for event in happened if event.kind in SILENCE})
    crossed = crossings.told({int(each.subject) for each in happened if each.kind == "crossing.found"})
    moved = _moved(happened)
    people = {person_id: unit_id for each in moved.values() for person_id, unit_id in each.items()}
    items = {item["person"]["id"]: item for item in places.items(sorted(people))} if people else {}
    told = (*found.values(), *trips.values(), *items.values(), *silent.values())
    units = {document["unit"]["id"] for document in told}
    units |= {event.unit_id for event in happened if event.kind in CROSSING | GONE and event.unit_id}
    return _Material(found, trips, silent, crossed, moved, items, _paths(units | set(people.values())))


def _moved(happened: Sequence[Happened]) -> dict[int, dict[int, int]]:
    """Whose place may have changed with each event, by number: person → unit they are of.

    A person stands only under their last event.
    """
    on_trips = _travellers({event.trip_id for event in happened if event.kind in ENDING and event.trip_id})
    last: dict[int, tuple[int, int]] = {}
    for event in happened:
        if event.kind in MOVING and event.person_id and event.unit_id and _on_duty(event):
            last[event.person_id] = (event.number, event.unit_id)
        elif event.kind in ENDING:
            travellers = on_trips.get(event.trip_id or 0, {})
            last |= {person_id: (event.number, unit_id) for person_id, unit_id in travellers.items()}
    moved: dict[int, dict[int, int]] = {}
    for person_id, (number, unit_id) in last.items():
        moved.setdefault(number, {})[person_id] = unit_id
    return moved


def _on_duty(event: Happened) -> bool:
    """Whether it is of a duty, or of the person as such, who may have left."""
    return event.trip_id is not None or event.kind == "person.updated"


def _trips(trip_ids: set[int]) -> dict[int, dict[str, Any]]:
    """Trips as the stream tells them, and `people`: all whose own each is."""
    if not trip_ids:
        return {}
    statement = sa.select(Trip, Unit.name).join(Unit, Unit.id == Trip.unit_id).where(Trip.id.in_(trip_ids))
    statement = statement.execution_options(populate_existing=True)
    travellers = _travellers(trip_ids)
    return {
        trip.id: {
            "id": trip.id,
            "title": trip.title,
            "state": trip.state,
            "unit": {"id": trip.unit_id, "name": unit},
            "revision": trip.revision,
            "people": frozenset({trip.planner_id, trip.leader_id, *travellers.get(trip.id, ())}),
        }
        for trip, unit in db.session.execute(statement)
    }


def _travellers(trip_ids: set[int]) -> dict[int, dict[int, int]]:
    """The members of trips: trip → person → unit they travel for."""
    statement = sa.select(TripMember.trip_id, TripMember.person_id, TripMember.unit_id)
    found: dict[int, dict[int, int]] = {}
    if trip_ids:
        for trip_id, person_id, unit_id in db.session.execute(
            statement.where(TripMember.trip_id.in_(trip_ids))
        ):
            found.setdefault(trip_id, {})[person_id] = unit_id
    return found


def _paths(unit_ids: set[int]) -> dict[int, str]:
    """The paths of units by id."""
    if not unit_ids:
        return {}
    return {
        row.id: row.path
        for row in db.session.execute(sa.select(Unit.id, Unit.path).where(Unit.id.in_(unit_ids)))
    }
