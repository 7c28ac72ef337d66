"""Tracks 轨迹: one person's way on one duty; another's opens once this sitting has said why, and is recorded."""

from collections.abc import Iterator
from typing import Any

from flask import Response, stream_with_context

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.tracks import (
    ArrivalsOut,
    CrossingsOut,
    ErasedOut,
    LatestAsked,
    PassingsOut,
    TrackAsked,
    TrackOut,
    TracksOut,
    WhoseAsked,
)
from server.exports import geojson, gpx
from server.gate import guard
from server.queries import arrivals as proposals
from server.queries import crossings as passing
from server.queries import tracks as reads
from server.queries.tracks import Whose
from server.services import exports, looks, tracks

doors = Doors("tracks", __name__, description="轨迹 · Tracks")


@doors.get("/trips/<int:trip_id>/tracks")
@guard("track.read")
@doors.response(200, TracksOut)
def listed(trip_id: int) -> Response:
    """有轨迹的成员 · The members of a trip whose tracks the reader may open, and why this sitting opens them."""
    actor = gate.actor()
    return answer({"items": reads.people(actor, trip_id), "reason": reads.reason(actor, trip_id)})


@doors.get("/crossings")
@guard("crossing.read")
@doors.arguments(LatestAsked, location="query")
@doors.response(200, PassingsOut)
def latest(asked: dict[str, Any]) -> Response:
    """最新进出 · The latest crossings of people on duty, once this sitting has said why it looks."""
    actor = gate.actor()
    found = passing.latest(actor, **asked)
    looks.opened(actor, passing.subjects(found), door="map")
    return answer({"items": found})


@doors.get("/trips/<int:trip_id>/track")
@guard("track.read")
@doors.arguments(TrackAsked, location="query")
@doors.response(200, TrackOut)
def drawn(asked: dict[str, Any], trip_id: int) -> Response:
    """轨迹 · A person's track on a trip, for drawing, with its stays, moves and gaps."""
    theirs = _opened("track.read", trip_id, asked.get("person_id"))
    return answer(reads.drawn(theirs, zoom=asked["zoom"]))


@doors.delete("/trips/<int:trip_id>/track")
@guard("track.erase")
@doors.response(200, ErasedOut)
def erase(trip_id: int) -> Response:
    """删除自己的轨迹 · Erase one's own track of a trip, at once and for good."""
    return answer(tracks.erase(gate.actor(), trip_id))


@doors.get("/trips/<int:trip_id>/crossings")
@guard("crossing.read")
@doors.arguments(WhoseAsked, location="query")
@doors.response(200, CrossingsOut)
def crossings(asked: dict[str, Any], trip_id: int) -> Response:
    """进出区域 · When a person on a trip entered and left areas."""
    theirs = _opened("crossing.read", trip_id, asked.get("person_id"))
    return answer({"items": reads.crossings(theirs)})


@doors.get("/trips/<int:trip_id>/track.gpx")
@guard("track.export")
@doors.arguments(WhoseAsked, location="query")
@doors.response(200, content_type="application/gpx+xml")
def as_gpx(asked: dict[str, Any], trip_id: int) -> Response:
    """导出轨迹(GPX) · Every kept fix of a person on a trip, uncleaned, as GPX 1.1."""
    theirs = exports.begin_track(gate.actor(), trip_id, asked.get("person_id"), form="gpx")
    written = gpx.write(reads.pages(theirs), person=theirs.name, title=theirs.title, gap_s=reads.GAP_S)
    return _file(written, theirs, "application/gpx+xml", "gpx")


@doors.get("/trips/<int:trip_id>/track.geojson")
@guard("track.export")
@doors.arguments(WhoseAsked, location="query")
@doors.response(200, content_type="application/geo+json")
def as_geojson(asked: dict[str, Any], trip_id: int) -> Response:
    """导出轨迹(GeoJSON) · Every kept fix of a person on a trip, uncleaned, as points."""
    theirs = exports.begin_track(gate.actor(), trip_id, asked.get("person_id"), form="geojson")
    written = geojson.write_fixes(reads.pages(theirs), person=theirs.name, title=theirs.title)
    return _file(written, theirs, "application/geo+json", "geojson")


@doors.get("/trips/<int:trip_id>/arrivals")
@guard("arrival.read")
@doors.response(200, ArrivalsOut)
def arrivals(trip_id: int) -> Response:
    """到达提议 · Planned stops the reader seems to have reached without checking in: theirs to confirm or to leave.

    Nothing is made of them here. To confirm one, send its `checkin` to `POST /checkins` with an `id` and `made_at`
    as for any other. `fixed_at` is on the server's clock, which shows `now`: a phone whose own clock differs adds the
    difference, as its clock is corrected when the check-in comes. The position is then older than the check-in, and
    the record says so.
    """
    return answer(proposals.proposed(gate.actor(), trip_id))


def _opened(permission: str, trip_id: int, person_id: int | None) -> Whose:
    """Whose track this is, the look at it kept; `ReasonNeeded` before this sitting has said why."""
    actor = gate.actor()
    theirs = reads.whose(actor, permission, trip_id, person_id)
    looks.track_opened(actor, theirs.person_id, theirs.trip_id, door="trip")
    return theirs


def _file(chunks: Iterator[bytes], theirs: Whose, mimetype: str, ending: str) -> Response:
    """A streamed download named by ids, for no cache."""
    response = Response(stream_with_context(chunks), mimetype=mimetype)
    name = f"guatu-trip-{theirs.trip_id}-{theirs.person_id}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
