"""Shapes of identities at the county's sign-in provider."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.fields import Id


class IdentityOut(ma.Schema):
    """One of them."""

    id = Id()
    issuer = fields.String()
    name = fields.String()
    linked_at = fields.AwareDateTime()
    used_at = fields.AwareDateTime(allow_none=True)


class IdentitiesOut(ma.Schema):
    """All of one's own."""

    items = fields.List(fields.Nested(IdentityOut))


class WayOut(ma.Schema):
    """Where the browser goes next."""

    url = fields.String()
