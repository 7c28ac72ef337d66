"""The shape of what a stream is asked for; what it answers is in the decision record on the stream."""

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import MOST_ID, Id


class StreamAsked(ma.Schema):
    """From after which event on (a reader that cannot send `Last-Event-ID`), and below which unit."""

    after = fields.Integer(
        validate=validate.Range(0, MOST_ID, error="应为事件编号 / Must be an event number")
    )
    unit_id = Id()
