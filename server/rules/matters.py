"""Matters: to whom a complaint is told."""

from dataclasses import replace

from server.rules import access
from server.rules.access import PERMISSIONS, Actor, Scope


def complaints(actor: Actor) -> Scope:
    """Whose complaints the actor may read: by no role that opens tracks, since one may be about being watched."""
    watching = PERMISSIONS["track.read"].roles
    apart = replace(actor, grants=tuple(grant for grant in actor.grants if grant.role not in watching))
    return access.scope(apart, "matter.read")
