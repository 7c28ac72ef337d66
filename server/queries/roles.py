"""Roles as read: the table of `rules.access`, as it decides."""

from typing import Any

from server.rules.access import APART, PERMISSIONS, ROLE_WORDS, ROLES, Permission


def table() -> dict[str, Any]:
    """Every role, and every permission with the roles that hold it."""
    return {
        "roles": [{"code": role, "zh": ROLE_WORDS[role][0], "en": ROLE_WORDS[role][1]} for role in ROLES],
        "permissions": [_told(permission) for permission in PERMISSIONS.values()],
        "apart": [list(pair) for pair in APART],
    }


def _told(permission: Permission) -> dict[str, Any]:
    """One permission."""
    return {
        "name": permission.name,
        "zh": permission.zh,
        "en": permission.en,
        "roles": [role for role in ROLES if role in permission.roles],
        "own": permission.own,
        "at_root": permission.at_root,
    }
