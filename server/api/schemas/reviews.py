"""Shapes of reviews: a supervisor's word, the person's answer, the queue, and the evidence on one check-in."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.checkins import CheckinOut
from server.api.schemas.fields import MOST_ID, Id, Shape, Text, limit, one_of
from server.api.schemas.trips import NamedOut
from server.rules.reviews import STANDS

PARTS = ("open", "asked", "mine")


class After(fields.Integer):
    """The id of the last word that was read; 0 where there was none."""

    default_error_messages = {"invalid": "应为编号 / Must be an id", "null": "不能为空 / Must not be null"}

    def __init__(self) -> None:
        """May be left out."""
        bounds = ma.validate.Range(0, MOST_ID, error="应为编号 / Must be an id")
        super().__init__(strict=True, validate=bounds)


class ReviewIn(Shape):
    """A supervisor's word on a check-in; `after` is the last word they had read."""

    kind = one_of(("accept", "query"), required=True)
    note = Text(1000, load_default="")
    after = After()


class AnswerIn(Shape):
    """The person's answer."""

    note = Text(1000, least=1, required=True)


class QueueAsked(ma.Schema):
    """Which part: what waits for us (`open`), for its person's answer (`asked`), for my answer (`mine`)."""

    part = one_of(PARTS, load_default="open")
    trip_id = Id()
    unit_id = Id()
    cursor = Text(200)
    limit = limit(load_default=50)


class DutyOut(ma.Schema):
    """A duty on which check-ins wait; None outside any duty."""

    trip = fields.Dict(allow_none=True)
    unit = fields.Nested(NamedOut, allow_none=True)
    waiting = fields.Integer()
    oldest_at = fields.AwareDateTime()


class WaitingOut(ma.Schema):
    """A check-in, what it waits for and since when."""

    stand = one_of(STANDS)
    since = fields.AwareDateTime()
    checkin = fields.Nested(CheckinOut)


class QueueOut(ma.Schema):
    """A page of the queue, by duty, the oldest first; how many wait in all, and on each duty of the page."""

    total = fields.Integer()
    duties = fields.List(fields.Nested(DutyOut))
    items = fields.List(fields.Nested(WaitingOut))
    next = fields.String(allow_none=True)


class AgainstOut(ma.Schema):
    """What a check-in was judged against: a circle (WGS-84), or an area by version; the tolerance in metres."""

    name = fields.String()
    lng = fields.Float(allow_none=True)
    lat = fields.Float(allow_none=True)
    radius_m = fields.Float(allow_none=True)
    area_id = Id(allow_none=True)
    version = fields.Integer(allow_none=True)
    tolerance_m = fields.Float()


class WayOut(ma.Schema):
    """From the last known position to this one: metres, seconds, the least speed their discs allow, the limit."""

    distance_m = fields.Float()
    seconds = fields.Integer()
    least_mps = fields.Float(allow_none=True)
    limit_mps = fields.Float()


class EvidenceOut(ma.Schema):
    """A check-in with what it was judged by."""

    checkin = fields.Nested(CheckinOut)
    against = fields.Nested(AgainstOut, allow_none=True)
    last = fields.Nested(CheckinOut, allow_none=True)
    way = fields.Nested(WayOut, allow_none=True)
