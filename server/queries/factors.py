"""One's own second factor as a document."""

from typing import Any

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.held import held
from server.models.factors import RecoveryCode, SecondFactor
from server.models.people import RoleGrant
from server.rules import factors
from server.rules.access import Actor


def own(actor: Actor) -> dict[str, Any]:
    """The actor's second factor: `{on, since, codes_left, needed, due_at, asleep}`.

    `needed` are those of their roles that need one, `asleep` whether any sleeps now, `due_at` when the next will.
    """
    since = db.session.scalar(
        sa.select(SecondFactor.confirmed_at).where(SecondFactor.person_id == actor.person_id)
    )
    return {
        "on": since is not None,
        "since": since,
        "codes_left": codes_left(actor.person_id),
        "needed": needed(actor.person_id),
        "due_at": actor.factor_due_at,
        "asleep": bool(actor.asleep),
        "now": clock.now(),
    }


def needed(person_id: int) -> list[str]:
    """Which of a person's roles need a second factor, each once, sorted."""
    roles = sa.select(RoleGrant.role).where(RoleGrant.person_id == person_id).distinct()
    return sorted(set(db.session.scalars(roles)) & factors.graces(held(Settings).second_factor).keys())


def codes_left(person_id: int) -> int:
    """How many recovery codes a person has not used yet."""
    unused = RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None)
    count: int = db.session.execute(
        sa.select(sa.func.count()).select_from(RecoveryCode).where(*unused)
    ).scalar_one()
    return count


def on_of(person_ids: set[int]) -> set[int]:
    """Those of these people who have a second factor in use."""
    in_use = SecondFactor.person_id.in_(person_ids), SecondFactor.confirmed_at.is_not(None)
    return set(db.session.scalars(sa.select(SecondFactor.person_id).where(*in_use)))
