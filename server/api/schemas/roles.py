"""Shapes of roles: what each may do."""

import marshmallow as ma
from marshmallow import fields

from server.rules.access import ROLES


class RoleNamedOut(ma.Schema):
    """A role by its code, in both languages."""

    code = fields.String(validate=ma.validate.OneOf(ROLES))
    zh = fields.String()
    en = fields.String()


class PermissionOut(ma.Schema):
    """A permission: who holds it over their unit's subtree, whether all do over oneself, whether only at the county."""

    name = fields.String()
    zh = fields.String()
    en = fields.String()
    roles = fields.List(fields.String())
    own = fields.Boolean()
    at_root = fields.Boolean()


class RolesOut(ma.Schema):
    """Every role, every permission, and the pairs of roles that one person does not hold over the same units."""

    roles = fields.List(fields.Nested(RoleNamedOut))
    permissions = fields.List(fields.Nested(PermissionOut))
    apart = fields.List(fields.List(fields.String()))
