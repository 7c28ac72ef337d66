"""Shapes of tracks: whose there are, a track for drawing with its stays, moves and gaps, crossings, arrivals."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Number, limit, one_of
from server.api.schemas.trips import NamedOut
from server.geo.datum import Datum
from server.models.areas import KINDS

_POINT = {"description": "[lng, lat, epoch s], WGS-84"}


class WhoseAsked(ma.Schema):
    """Of which member of the trip; oneself where nobody is named."""

    person_id = Id()


class LatestAsked(ma.Schema):
    """Of which unit's subtree, and how many."""

    unit_id = Id()
    limit = limit(load_default=30)


class TrackAsked(WhoseAsked):
    """And for which zoom of a map (256-pixel tiles)."""

    zoom = Number(0.0, 22.0, in_address=True, load_default=14.0)


class TrackedOut(ma.Schema):
    """A member of whom a track is kept, and the unit they are on the trip of."""

    person = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)


class TracksOut(ma.Schema):
    """Members whose tracks the reader may open, in the order of units; why this sitting does, once it has said."""

    items = fields.List(fields.Nested(TrackedOut))
    reason = fields.String(allow_none=True)


class SpanOut(ma.Schema):
    """From when to when, in seconds too."""

    from_ = fields.AwareDateTime(data_key="from", attribute="from")
    to = fields.AwareDateTime()
    duration_s = fields.Integer()


class GapOut(SpanOut):
    """Where nothing was measured: between which two places."""

    line = fields.List(fields.List(fields.Float()), metadata={"description": "[[lng, lat], [lng, lat]]"})


class StopReachedOut(NamedOut):
    """A planned stop that a stay may have been the arrival at: a reading of the track, not a check-in."""

    outcome = one_of(("inside", "uncertain"))


class StayOut(SpanOut):
    """A place where somebody stayed; 95 % of its fixes lie within `radius_m` metres of its middle (WGS-84)."""

    lng = fields.Float()
    lat = fields.Float()
    radius_m = fields.Integer()
    accuracy_m = fields.Integer()
    unmeasured_s = fields.Integer()
    stop = fields.Nested(StopReachedOut, allow_none=True)


class MoveOut(SpanOut):
    """A move between two stays: metres surely covered, seconds of it that were not measured."""

    length_m = fields.Integer()
    unmeasured_s = fields.Integer()


class TrackOut(ma.Schema):
    """A cleaned, thinned track; `length_m` is what is surely covered, gaps (`unmeasured_s`) left out."""

    person = fields.Nested(NamedOut)
    fixes = fields.Integer()
    from_ = fields.AwareDateTime(data_key="from", attribute="from", allow_none=True)
    to = fields.AwareDateTime(allow_none=True)
    length_m = fields.Integer()
    duration_s = fields.Integer()
    unmeasured_s = fields.Integer()
    pieces = fields.List(fields.List(fields.List(fields.Float(), metadata=_POINT)))
    gaps = fields.List(fields.Nested(GapOut))
    stays = fields.List(fields.Nested(StayOut))
    moves = fields.List(fields.Nested(MoveOut))


class CrossedOut(NamedOut):
    """The area that was entered or left, by its version of then."""

    kind = one_of(KINDS)
    version = fields.Integer()


class CrossingOut(ma.Schema):
    """An area was entered, or left."""

    id = Id()
    at = fields.AwareDateTime()
    entered = fields.Boolean()
    area = fields.Nested(CrossedOut)


class CrossingsOut(ma.Schema):
    """When areas were entered and left, by time."""

    items = fields.List(fields.Nested(CrossingOut))


class PassingOut(CrossingOut):
    """Who on duty entered an area, or left it."""

    person = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    trip = fields.Dict()


class PassingsOut(ma.Schema):
    """The latest crossings of people on duty, newest first."""

    items = fields.List(fields.Nested(PassingOut))


class ProposedVerdictOut(ma.Schema):
    """What the verdict on the check-in would be, and in words."""

    outcome = one_of(("inside", "uncertain"))
    edge_m = fields.Float()
    zh = fields.String()
    en = fields.String()


class ProposedCheckinOut(ma.Schema):
    """The check-in that would confirm an arrival: all that `POST /checkins` takes but its `id` and `made_at`."""

    kind = one_of(("arrive",))
    trip_id = Id()
    stop_id = Id()
    lng = fields.Float()
    lat = fields.Float()
    datum = one_of((Datum.WGS84.value,))
    accuracy_m = fields.Float()
    accuracy_source = one_of(("other",))
    fixed_at = fields.AwareDateTime(metadata={"description": "服务器时钟 · on the server's clock"})


class ArrivalOut(ma.Schema):
    """A planned stop that the track says was reached, from when to when; to be confirmed by its person or left."""

    stop = fields.Nested(NamedOut)
    arrived_at = fields.AwareDateTime()
    left_at = fields.AwareDateTime()
    verdict = fields.Nested(ProposedVerdictOut)
    checkin = fields.Nested(ProposedCheckinOut)


class ArrivalsOut(ma.Schema):
    """Proposals by time, and what the server's clock shows."""

    now = fields.AwareDateTime()
    items = fields.List(fields.Nested(ArrivalOut))


class ErasedOut(ma.Schema):
    """That it is gone; whether more of this trip will be kept, and how to stop that."""

    trip_id = Id()
    goes_on = fields.Boolean()
    words_zh = fields.String()
    words_en = fields.String()
