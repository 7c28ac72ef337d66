"""Shapes of what a matter or a trip belongs to."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.trips import NamedOut


class BelongingOut(ma.Schema):
    """The projects and campaigns that it is linked to and the reader may read."""

    projects = fields.List(fields.Nested(NamedOut))
    campaigns = fields.List(fields.Nested(NamedOut))
