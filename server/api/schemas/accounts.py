"""Shapes of signing in: credentials, tokens, oneself, one's devices."""

import marshmallow as ma
from marshmallow import fields, validate

from server.api.schemas.fields import Id, Shape, Text, Uuid, one_of
from server.rules.access import ROLES

_SAID = {
    "required": "必填 / Required",
    "null": "不能为空 / Must not be null",
    "invalid": "应为文字 / Must be text",
}


class Secret(fields.String):
    """A password or a token: taken as it is, never stripped, never sent back in a complaint."""

    def __init__(self, most: int = 512, **kwargs: object) -> None:
        """Between 1 and `most` characters; `load_only` keeps it out of every answer."""
        length = validate.Length(1, most, error=f"应为 1–{most} 个字符 / Must be 1 to {most} characters")
        super().__init__(validate=length, error_messages=_SAID, load_only=True, **kwargs)  # type: ignore[arg-type]  # passed on


class SignIn(Shape):
    """Who signs in, on which device."""

    username = Text(128, least=1, required=True)
    password = Secret(required=True)
    device_name = Text(120, least=1, required=True)
    device_id = Uuid(allow_none=True, load_default=None)


class RefreshIn(Shape):
    """The refresh token, which is used up by this."""

    refresh_token = Secret(required=True)


class PasswordIn(Shape):
    """The present password and the next."""

    old = Secret(required=True)
    new = Secret(required=True)


class UnitOut(ma.Schema):
    """A unit by name."""

    id = Id()
    name = fields.String()


class OwnUnitOut(UnitOut):
    """One's own unit."""

    kind = fields.String()


class RoleOut(ma.Schema):
    """A role over a unit."""

    role = one_of(ROLES)
    unit = fields.Nested(UnitOut)


class MeOut(ma.Schema):
    """One's own account."""

    id = Id()
    username = fields.String()
    name = fields.String()
    post = fields.String()
    unit = fields.Nested(OwnUnitOut)
    roles = fields.List(fields.Nested(RoleOut))
    permissions = fields.List(fields.String())


class TokensOut(ma.Schema):
    """What a phone holds."""

    access_token = fields.String()
    access_expires_at = fields.AwareDateTime()
    refresh_token = fields.String()
    session_id = Uuid()
    must_change_password = fields.Boolean()
    person = fields.Nested(MeOut)


class SessionOut(ma.Schema):
    """One device or browser signed in."""

    id = Uuid()
    device_name = fields.String()
    kind = one_of(("app", "browser"))
    created_at = fields.AwareDateTime()
    last_used_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    current = fields.Boolean()


class SessionsOut(ma.Schema):
    """All of them."""

    items = fields.List(fields.Nested(SessionOut))
