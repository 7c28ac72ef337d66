"""One's own identities at the county's sign-in provider."""

from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.identities import Identity
from server.rules.access import Actor


def listed(actor: Actor) -> dict[str, Any]:
    """The actor's own: `{items: [{id, issuer, name, linked_at, used_at}]}`."""
    rows = db.session.execute(
        sa.select(Identity.id, Identity.issuer, Identity.name, Identity.linked_at, Identity.used_at)
        .where(Identity.person_id == actor.person_id)
        .order_by(Identity.id)
    ).mappings()
    return {"items": [dict(row) for row in rows]}
