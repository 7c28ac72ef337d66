"""Their phones and what was found in their tracks, for the copy of all that is held about one person."""

import sqlalchemy as sa

from server.models.positions import Crossing, Standing
from server.models.silences import Silence
from server.models.trackers import SetAside, Tracker
from server.queries.rows import Pages, columns, mine_of, rows
from server.rules.access import Actor


def standings(actor: Actor) -> Pages:
    """Where their tracks stand."""
    return mine_of(Standing, Standing.trip_id, Standing.person_id == actor.person_id, leave={"person_id"})


def crossings(actor: Actor) -> Pages:
    """Where their tracks entered and left areas."""
    return mine_of(Crossing, Crossing.id, Crossing.person_id == actor.person_id, leave={"person_id"})


def silences(actor: Actor) -> Pages:
    """When nothing came of their phones on safety and emergency duties."""
    return mine_of(Silence, Silence.id, Silence.person_id == actor.person_id, leave={"person_id"})


def trackers(actor: Actor) -> Pages:
    """Their phones, without the secrets."""
    secrets = {"person_id", "secret_hash", "sealed_key"}
    return mine_of(Tracker, Tracker.id, Tracker.person_id == actor.person_id, leave=secrets)


def set_aside(actor: Actor) -> Pages:
    """How many positions of their phones were not kept, by day and reason."""
    wanted = sa.select(*columns(SetAside)).join(Tracker, Tracker.id == SetAside.tracker_id)
    mine = wanted.where(Tracker.person_id == actor.person_id)
    yield rows(mine.order_by(SetAside.tracker_id, SetAside.day, SetAside.reason))
