"""What is sealed in the database, as it lies there."""

import sqlalchemy as sa

from server.db import db
from server.models.factors import SecondFactor
from server.models.hooks import Hook
from server.models.trackers import Tracker


def newest() -> list[str]:
    """The last text of each kind, by its number: a seed of a second factor, a key of messages, a robot's address."""
    statements = (
        sa.select(SecondFactor.sealed_seed).order_by(SecondFactor.person_id.desc()),
        sa.select(Tracker.sealed_key).where(Tracker.sealed_key.is_not(None)).order_by(Tracker.id.desc()),
        sa.select(Hook.sealed_address).order_by(Hook.id.desc()),
    )
    return [text for each in statements for text in db.session.scalars(each.limit(1)) if text]
