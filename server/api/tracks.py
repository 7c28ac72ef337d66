"""Tracks 轨迹: one person's way on one duty; another's opens once this sitting has said why, and is recorded."""

from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields, validate

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.fields import Id
from server.gate import guard
from server.queries import tracks as reads
from server.queries.tracks import Whose
from server.services import looks

doors = Doors("tracks", __name__, description="轨迹 · Tracks")


class WhoseAsked(ma.Schema):
    """Of which member of the trip; oneself where nobody is named."""

    person_id = Id()


class TrackAsked(WhoseAsked):
    """And for which zoom of a map (256-pixel tiles)."""

    zoom = fields.Float(load_default=14.0, validate=validate.Range(0.0, 22.0))


class TrackOut(ma.Schema):
    """A cleaned, thinned track: pieces of `[lng, lat, epoch seconds]` in WGS-84; metres and seconds."""

    fixes = fields.Integer()
    from_ = fields.AwareDateTime(data_key="from", allow_none=True)
    to = fields.AwareDateTime(allow_none=True)
    length_m = fields.Integer()
    duration_s = fields.Integer()
    pieces = fields.List(fields.List(fields.List(fields.Float())))
    stays = fields.List(fields.Dict())


class CrossingsOut(ma.Schema):
    """When areas were entered and left, by time."""

    items = fields.List(fields.Dict())


@doors.get("/trips/<int:trip_id>/track")
@guard("track.read")
@doors.arguments(TrackAsked, location="query")
@doors.response(200, TrackOut)
def drawn(asked: dict[str, Any], trip_id: int) -> Response:
    """轨迹 · A person's track on a trip, for drawing."""
    theirs = _opened("track.read", trip_id, asked.get("person_id"))
    return answer(reads.drawn(theirs, zoom=asked["zoom"]))


@doors.get("/trips/<int:trip_id>/crossings")
@guard("crossing.read")
@doors.arguments(WhoseAsked, location="query")
@doors.response(200, CrossingsOut)
def crossings(asked: dict[str, Any], trip_id: int) -> Response:
    """进出区域 · When a person on a trip entered and left areas."""
    theirs = _opened("crossing.read", trip_id, asked.get("person_id"))
    return answer({"items": reads.crossings(theirs)})


def _opened(permission: str, trip_id: int, person_id: int | None) -> Whose:
    """Whose track this is, the look at it kept; `ReasonNeeded` before this sitting has said why."""
    actor = gate.actor()
    theirs = reads.whose(actor, permission, trip_id, person_id)
    looks.opened(actor, [(theirs.person_id, theirs.trip_id)], door="trip")
    return theirs
