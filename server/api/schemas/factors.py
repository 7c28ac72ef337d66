"""Shapes of the second factor."""

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.accounts import Secret
from server.api.schemas.fields import Shape, Text, Uuid, one_of
from server.rules.access import ROLES


class PasswordAgain(Shape):
    """One's password, said again."""

    password = Secret(required=True)


class CodeIn(Shape):
    """A code: six digits of the app, or a recovery code."""

    code = Text(64, least=1, required=True)


class FactorIn(PasswordAgain):
    """Both."""

    code = Text(64, least=1, required=True)


class SecondStep(Shape):
    """The second step of signing in: the ticket of the first, a code, the device."""

    ticket = Secret(4096, required=True)
    code = Text(64, least=1, required=True)
    device_name = Text(120, least=1, required=True)
    device_id = Uuid(allow_none=True, load_default=None)


class HalfOut(ma.Schema):
    """The password was right; a code of the second factor is asked for."""

    ticket = fields.String()


class FactorOut(ma.Schema):
    """One's own second factor."""

    on = fields.Boolean()
    since = fields.AwareDateTime(allow_none=True)
    codes_left = fields.Integer()
    needed = fields.List(one_of(ROLES))
    due_at = fields.AwareDateTime(allow_none=True)
    asleep = fields.Boolean()
    now = fields.AwareDateTime()


class BegunOut(ma.Schema):
    """What the app takes: the seed, its address, and that as a picture (SVG)."""

    seed = fields.String()
    address = fields.String()
    qr = fields.String()


class CodesOut(ma.Schema):
    """The recovery codes, told once."""

    codes = fields.List(fields.String())
