"""Last places of people on duty."""

from typing import Any

import marshmallow as ma
from flask import Response
from marshmallow import fields

from server import clock, gate
from server.api.doors import Doors, answer
from server.api.schemas.fields import Id
from server.api.schemas.trips import NamedOut
from server.gate import guard
from server.queries import places
from server.services import looks

doors = Doors("places", __name__, description="在岗位置 · Places of people on duty")


class PlacesAsked(ma.Schema):
    """Of which unit's subtree."""

    unit_id = Id()


class PlaceOut(ma.Schema):
    """A person's last place, its age in seconds and accuracy in metres."""

    person = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    trip = fields.Dict()
    position = fields.Dict()
    at = fields.AwareDateTime()
    age_s = fields.Integer()
    checkin_id = fields.UUID(allow_none=True)
    verdict = fields.String(allow_none=True)


class PlacesOut(ma.Schema):
    """Last places, newest first, and the server's time."""

    items = fields.List(fields.Nested(PlaceOut))
    now = fields.AwareDateTime()


@doors.get("/places")
@guard("place.read")
@doors.arguments(PlacesAsked, location="query")
@doors.response(200, PlacesOut)
def on_duty(asked: dict[str, Any]) -> Response:
    """在岗人员的最新位置 · Where people on duty are, once this sitting has said why it looks."""
    actor = gate.actor()
    found = places.on_duty(actor, **asked)
    looks.opened(actor, places.subjects(found), door="map")
    return answer({"items": found, "now": clock.now()})
