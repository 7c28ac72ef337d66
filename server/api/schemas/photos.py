"""Shapes of photos: what a phone announces, and how far one has come."""

from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import Id, Shape, Text, Uuid
from server.rules.photos import MOST

MOST_BYTES = 2**31 - 1
_DIGEST = validate.Regexp(
    r"^[0-9a-f]{64}\Z", error="应为 64 位小写十六进制 SHA-256 / Must be a SHA-256 in 64 lower-case hex digits"
)
_PLACE = validate.Range(1, MOST, error=f"应为 1–{MOST} / Must be 1 to {MOST}")
_OFFSET = validate.Range(0, MOST_BYTES, error="应为字节位置 / Must be a position in bytes")


class PhotoIn(Shape):
    """A photo announced: of which check-in, or of which report or step on a matter (its `told_as`), the how-many-th of
    its photos, its size in bytes and its SHA-256.
    """

    checkin_id = Uuid(allow_none=True, load_default=None)
    proof_id = Uuid(allow_none=True, load_default=None)
    number = fields.Integer(required=True, strict=True, validate=_PLACE)
    size = Id(required=True)
    sha256 = Text(64, required=True, validate=_DIGEST)

    @ma.validates_schema
    def is_of_one(self, told: dict[str, Any], **_: Any) -> None:
        """It is of a check-in or of a matter, and of one of them."""
        if (told.get("checkin_id") is None) == (told.get("proof_id") is None):
            raise ma.ValidationError("签到与事项须写一个 / Name a check-in or a matter's proof", "checkin_id")


class PartAsked(ma.Schema):
    """Where a part begins."""

    offset = fields.Integer(required=True, validate=_OFFSET)


class PhotoOut(ma.Schema):
    """How far a photo has come."""

    id = fields.UUID()
    checkin_id = fields.UUID(allow_none=True)
    proof_id = fields.UUID(allow_none=True)
    number = fields.Integer()
    size = fields.Integer()
    received = fields.Integer()
    kept = fields.Boolean()
    erased = fields.Boolean()
