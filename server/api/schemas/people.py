"""Shapes of people and their roles."""

from typing import Any

import marshmallow as ma
from marshmallow import fields

from server.api.schemas.accounts import RoleOut, Secret, UnitOut
from server.api.schemas.fields import Id, Shape, Switch, Text, at_most, limit, one_of
from server.api.schemas.invitations import InvitationOut
from server.rules.access import ROLES
from server.services.people import NewPerson, Role


class PeopleAsked(ma.Schema):
    """Which people: of a unit and those below, part of a name, those who left."""

    unit_id = Id()
    person_id = Id()
    q = Text(64)
    left = Switch()
    limit = limit()
    cursor = Text(200)


class CompanionsAsked(ma.Schema):
    """Part of a name."""

    q = Text(64, least=1, required=True)


class CompanionOut(ma.Schema):
    """A colleague by name and unit."""

    id = Id()
    name = fields.String()
    unit = fields.Nested(ma.Schema.from_dict({"id": Id(), "name": fields.String()}, name="UnitNamed"))


class CompanionsOut(ma.Schema):
    """Colleagues found."""

    items = fields.List(fields.Nested(CompanionOut))


class PersonIn(Shape):
    """An account to be made; without a password a random one is made and told once."""

    username = Text(64, least=2, required=True)
    name = Text(64, least=1, required=True)
    post = Text(64, load_default="")
    unit_id = Id(required=True)
    password = Secret(allow_none=True, load_default=None)
    invite = Switch(
        load_default=False,
        metadata={"description": "改发一次性邀请链接 · make a one-time link instead of a first password"},
    )

    @ma.validates_schema
    def one_way_in(self, told: dict[str, Any], **_: Any) -> None:
        """A password that was given leaves nothing to set by a link."""
        if told["invite"] and told["password"] is not None:
            raise ma.ValidationError("给了密码就不用邀请 / Either a password or a link", "invite")

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> NewPerson:
        """The account as the service takes it."""
        return NewPerson(**told)


class PersonChanges(Shape):
    """What is to change; what is not named stays."""

    name = Text(64, least=1)
    post = Text(64)
    unit_id = Id()
    roles_move = Switch(
        metadata={"description": "原单位上的角色随之移到新单位 · roles over the old unit move along"}
    )
    left = Switch()


class RoleIn(Shape):
    """A role over a unit."""

    role = one_of(ROLES, required=True)
    unit_id = Id(required=True)

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> Role:
        """The role as the service takes it."""
        return Role(**told)


class RolesIn(Shape):
    """All the roles a person is to hold."""

    roles = fields.List(fields.Nested(RoleIn), required=True, validate=at_most(40))


class ResetIn(Shape):
    """A password for another; without it a random one is made and told once."""

    password = Secret(allow_none=True, load_default=None)


class FirstPasswordOut(ma.Schema):
    """The random password, told once; null when it was given."""

    password = fields.String(allow_none=True)


class PersonOut(ma.Schema):
    """A person; the user name, and whether they have a second factor, is told to those who keep the account only."""

    id = Id()
    username = fields.String(allow_none=True)
    name = fields.String()
    post = fields.String()
    unit = fields.Nested(UnitOut)
    roles = fields.List(fields.Nested(RoleOut))
    must_change_password = fields.Boolean()
    second_factor = fields.Boolean(allow_none=True)
    created_at = fields.AwareDateTime()
    left_at = fields.AwareDateTime(allow_none=True)


class NewPersonOut(PersonOut):
    """A person just made, with the random password or the link, told once."""

    password = fields.String(allow_none=True)
    invitation = fields.Nested(InvitationOut, allow_none=True)


class PeopleOut(ma.Schema):
    """A page of people."""

    items = fields.List(fields.Nested(PersonOut))
    next = fields.String(allow_none=True)
