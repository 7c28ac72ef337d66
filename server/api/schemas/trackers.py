"""Shapes of trackers: what is added, the list of one's own, what sets an app up, and what was set aside."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id, Shape, Switch, Text, limit, one_of
from server.models.trackers import KINDS
from server.rules.positions import SET_ASIDE
from server.rules.trackers import APPS, NAME_LENGTH


class TrackerIn(Shape):
    """A tracker app to add. `sealed`: OwnTracks' messages are encrypted with a key of their own."""

    kind = one_of(tuple(APPS), required=True)
    name = Text(NAME_LENGTH, least=1, required=True)
    sealed = Switch(load_default=True)


class TrackerNameIn(Shape):
    """What its owner calls a tracker."""

    name = Text(NAME_LENGTH, least=1, required=True)


class TrackerOut(ma.Schema):
    """One of one's own trackers. `battery` is 0 to 1; null where the phone never said."""

    id = Id()
    kind = one_of(KINDS)
    name = fields.String()
    created_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)
    last_seen_at = fields.AwareDateTime(allow_none=True)
    battery = fields.Float(allow_none=True)
    charging = fields.Boolean(allow_none=True)
    sealed = fields.Boolean()


class TrackersOut(ma.Schema):
    """One's trackers, the live ones first."""

    items = fields.List(fields.Nested(TrackerOut))


class TypedOut(ma.Schema):
    """One field of an app's settings."""

    zh = fields.String()
    en = fields.String()
    value = fields.String()


class SetupOut(ma.Schema):
    """What sets an app up; `qr` is an SVG document."""

    link = fields.String()
    qr = fields.String()
    typed = fields.List(fields.Nested(TypedOut))


class AddedOut(ma.Schema):
    """A tracker just added, with what is told this once."""

    tracker = fields.Nested(TrackerOut)
    secret = fields.String()
    key = fields.String(allow_none=True)
    setup = fields.Nested(SetupOut)


class RevokedOut(ma.Schema):
    """How many trackers were live, and are no more."""

    revoked = fields.Integer()


class DaysAsked(ma.Schema):
    """Which days."""

    cursor = Text(200)
    limit = limit(load_default=31)


class ReasonCountOut(ma.Schema):
    """How many positions were not kept for one reason."""

    reason = one_of(tuple(SET_ASIDE))
    zh = fields.String()
    en = fields.String()
    count = fields.Integer()


class SetAsideDayOut(ma.Schema):
    """One day (Asia/Shanghai); approximate, as one message may have come twice."""

    day = fields.Date()
    count = fields.Integer()
    reasons = fields.List(fields.Nested(ReasonCountOut))


class SetAsideOut(ma.Schema):
    """The days, the newest first."""

    items = fields.List(fields.Nested(SetAsideDayOut))
    next = fields.String(allow_none=True)
