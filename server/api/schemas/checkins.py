"""Shapes of check-ins: what a phone tells, and the record it gets back."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import (
    Amount,
    Day,
    Id,
    Instant,
    Number,
    Shape,
    Switch,
    Text,
    Uuid,
    datum,
    ensure_on_the_globe,
    lat,
    lng,
    one_of,
)
from server.api.schemas.trips import NamedOut
from server.geo.datum import Datum
from server.rules import amounts
from server.rules.checkins import (
    ACCURACY_SOURCES,
    KINDS,
    OUTCOMES,
    VISIT_KINDS,
    Told,
    VisitTold,
)
from server.rules.photos import MOST

photo_range = validate.Range(0, MOST, error=f"应为 0–{MOST} / Must be 0 to {MOST}")


class VisitIn(Shape):
    """Whom we met."""

    kind = one_of(VISIT_KINDS, required=True)
    enterprise = Text(120, load_default="")
    contact = Text(64, load_default="")
    contact_post = Text(64, load_default="")
    topic = Text(2000, load_default="")
    outcome = Text(2000, load_default="")
    amount = Amount(allow_none=True)
    amount_unit = one_of(("", *amounts.UNITS), load_default="")
    next_step = Text(1000, load_default="")
    next_on = Day(allow_none=True)

    @ma.validates_schema
    def amount_says_its_unit(self, told: dict[str, Any], **_: Any) -> None:
        """An amount without a unit says nothing."""
        if told.get("amount") is not None and not told["amount_unit"]:
            raise ma.ValidationError("金额须注明单位 / An amount needs its unit", "amount_unit")

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> VisitTold:
        """The visit as the service takes it."""
        return VisitTold(**told)


class CheckinIn(Shape):
    """A check-in as a phone tells it; a position is both `lng` and `lat`, in `datum`, or neither."""

    id = Uuid(required=True)
    trip_id = Id(allow_none=True)
    stop_id = Id(allow_none=True)
    kind = one_of(KINDS, required=True)
    lng = lng(allow_none=True)
    lat = lat(allow_none=True)
    datum = datum(load_default=Datum.WGS84.value)
    accuracy_m = Number(-1.0, 1e8, allow_none=True)
    accuracy_source = one_of(ACCURACY_SOURCES, load_default="other")
    fixed_at = Instant(allow_none=True)
    made_at = Instant(required=True)
    sent_at = Instant(allow_none=True)
    mock = Switch(load_default=False)
    note = Text(2000, load_default="")
    consent = Switch(load_default=False)
    visit = fields.Nested(VisitIn, allow_none=True)
    photo_count = fields.Integer(load_default=0, strict=True, validate=photo_range)

    @ma.validates_schema
    def holds_together(self, told: dict[str, Any], **_: Any) -> None:
        """Half a position is none, and a stop belongs to a trip."""
        if (told.get("lng") is None) != (told.get("lat") is None):
            raise ma.ValidationError("经纬度须同时给出 / Both lng and lat, or neither", "lng")
        if told.get("stop_id") is not None and told.get("trip_id") is None:
            raise ma.ValidationError("行程点须属于一次行程 / A stop needs its trip", "trip_id")
        ensure_on_the_globe(told)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Told:
        """The check-in as the service takes it."""
        return Told(**told)


class BatchIn(Shape):
    """Many check-ins; each is read by itself, so that a bad one takes nothing with it."""

    items = fields.List(fields.Raw(allow_none=True), required=True)


class PositionOut(ma.Schema):
    """A position in WGS-84, and as it came."""

    lng = fields.Float()
    lat = fields.Float()
    datum = fields.String()
    raw_lng = fields.Float()
    raw_lat = fields.Float()
    accuracy_m = fields.Float(allow_none=True)
    accuracy_source = fields.String(allow_none=True)


class AgainstOut(ma.Schema):
    """What a position was judged against."""

    kind = fields.String()
    id = Id()
    name = fields.String()
    area_id = Id(allow_none=True)
    version = fields.Integer(allow_none=True)


class VerdictOut(ma.Schema):
    """A verdict with its evidence: signed metres to the edge (positive inside), the accuracy used."""

    outcome = one_of(OUTCOMES)
    edge_m = fields.Float(allow_none=True)
    accuracy_used_m = fields.Float(allow_none=True)
    accuracy_assumed = fields.Boolean()
    against = fields.Nested(AgainstOut, allow_none=True)
    why = fields.String(allow_none=True)
    zh = fields.String()
    en = fields.String()


class AreaOut(ma.Schema):
    """An area a check-in lay in, by its version then."""

    id = Id()
    code = fields.String()
    name = fields.String()
    kind = fields.String()
    version = fields.Integer()


class SignalOut(ma.Schema):
    """A reason to look twice."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()
    evidence = fields.Dict()


class VisitOut(ma.Schema):
    """Whom they met."""

    kind = one_of(VISIT_KINDS)
    enterprise = fields.String()
    contact = fields.String()
    contact_post = fields.String()
    topic = fields.String()
    outcome = fields.String()
    amount = fields.String(allow_none=True)
    amount_unit = fields.String()
    next_step = fields.String()
    next_on = fields.Date(allow_none=True)


class AddedOut(ma.Schema):
    """What was added to a check-in afterwards."""

    id = fields.UUID()
    at = fields.AwareDateTime()
    enterprise = fields.String()
    contact = fields.String()
    contact_post = fields.String()
    outcome = fields.String()
    next_step = fields.String()


class MetOut(VisitOut):
    """Whom they met in the end, as told and as added since; `kind` is null where it was only added."""

    kind = one_of(VISIT_KINDS, allow_none=True)


class ReviewOut(ma.Schema):
    """One word of a review."""

    id = Id()
    kind = fields.String()
    by = fields.Nested(NamedOut, allow_none=True)
    note = fields.String()
    at = fields.AwareDateTime()


class PhotoOfOut(ma.Schema):
    """A photo that has arrived; its size in pixels, or that it was erased."""

    id = fields.UUID()
    number = fields.Integer()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    kept_at = fields.AwareDateTime()
    erased = fields.Boolean()


class CheckinOut(ma.Schema):
    """A check-in as it is kept."""

    id = fields.UUID()
    person = fields.Nested(NamedOut)
    unit = fields.Nested(NamedOut)
    trip = fields.Nested(
        ma.Schema.from_dict({"id": Id(), "title": fields.String()}, name="TripNamed"), allow_none=True
    )
    stop = fields.Nested(NamedOut, allow_none=True)
    kind = one_of(KINDS)
    ad_hoc = fields.Boolean()
    fixed_at = fields.AwareDateTime(allow_none=True)
    made_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)
    received_at = fields.AwareDateTime()
    happened_at = fields.AwareDateTime()
    skew_s = fields.Float(allow_none=True)
    position = fields.Nested(PositionOut, allow_none=True)
    position_withheld = fields.String(allow_none=True)
    verdict = fields.Nested(VerdictOut)
    areas = fields.List(fields.Nested(AreaOut))
    window = fields.String(allow_none=True)
    window_s = fields.Float(allow_none=True)
    signals = fields.List(fields.Nested(SignalOut))
    note = fields.String()
    visit = fields.Nested(VisitOut, allow_none=True)
    supplement = fields.Nested(AddedOut, allow_none=True)
    met = fields.Nested(MetOut, allow_none=True)
    photo_count = fields.Integer()
    photos = fields.List(fields.Nested(PhotoOfOut))
    reviews = fields.List(fields.Nested(ReviewOut))


class BatchItemOut(ma.Schema):
    """What became of one check-in of a batch."""

    id = fields.String(allow_none=True)
    status = fields.Integer()
    checkin = fields.Nested(CheckinOut)
    problem = fields.Dict()


class BatchOut(ma.Schema):
    """What became of each, in the batch's order."""

    items = fields.List(fields.Nested(BatchItemOut))


class CheckinsOut(ma.Schema):
    """A page of check-ins."""

    items = fields.List(fields.Nested(CheckinOut))
    next = fields.String(allow_none=True)
