"""Shapes of invitations."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.accounts import Secret
from server.api.schemas.fields import Shape


class SecretIn(Shape):
    """The secret of a link: what stands behind its `#`."""

    secret = Secret(required=True)


class AcceptIn(SecretIn):
    """The secret, and the password one wants."""

    password = Secret(required=True)


class InvitationOut(ma.Schema):
    """A link's secret, told once, and until when it may be used."""

    secret = fields.String()
    expires_at = fields.AwareDateTime()


class InvitedOut(ma.Schema):
    """For whom a link is."""

    name = fields.String()
    username = fields.String()
    unit = fields.String()
    expires_at = fields.AwareDateTime()
