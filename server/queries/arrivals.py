"""Arrivals 到达: planned stops that a person's own track says they reached, for them to confirm as check-ins.

A proposal is a reading of their track and nothing more: it is kept nowhere, shown to nobody else, and makes no
check-in by itself.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.geo import stay, track
from server.geo.datum import Datum
from server.models.checkins import Checkin
from server.queries import stops, tracks, trips
from server.queries.stops import Reached
from server.queries.tracks import Whose
from server.rules import checkins as rules
from server.rules.access import Actor


def proposed(actor: Actor, trip_id: int) -> dict[str, Any]:
    """The actor's own proposals on a trip, by time: `{now, items}`; none for stops they have checked in at.

    Nor without their consent: the position of such a check-in could not be kept. `NotFound` for whom is not on it.
    """
    mine = tracks.whose(actor, "arrival.read", trip_id, None)
    consent = trips.active_consent(trip_id, actor.person_id)
    found = [] if consent is None else _reached(mine)
    items = [
        _proposal(mine, each)
        for each in found
        if consent and each.stay.from_s >= consent.given_at.timestamp()
    ]
    return {"now": clock.now(), "items": items}


def _reached(mine: Whose) -> list[Reached]:
    """The stops of a trip that a track reached and its person has not checked in at."""
    done = _arrived(mine)
    open_ = [stop for stop in stops.planned(mine.trip_id) if stop.id not in done]
    return stops.reached(stay.stays(track.clean(tracks.of(mine))), open_) if open_ else []


def _arrived(mine: Whose) -> set[int | None]:
    """The stops at which a person has checked in on arriving."""
    statement = sa.select(Checkin.stop_id).where(
        Checkin.trip_id == mine.trip_id, Checkin.person_id == mine.person_id, Checkin.kind == "arrive"
    )
    return set(db.session.execute(statement).scalars())


def _proposal(mine: Whose, found: Reached) -> dict[str, Any]:
    """One arrival as it is proposed, with the check-in that would confirm it (all but its id and made-at)."""
    began, verdict = found.stay, found.verdict
    arrived_at = datetime.fromtimestamp(began.from_s, UTC)
    zh, en = rules.words(
        verdict.outcome.value,
        "",
        edge_m=verdict.edge_m,
        accuracy_m=verdict.accuracy_m,
        assumed=False,
        place=found.stop.name,
    )
    return {
        "stop": {"id": found.stop.id, "name": found.stop.name},
        "arrived_at": arrived_at,
        "left_at": datetime.fromtimestamp(began.to_s, UTC),
        "verdict": {"outcome": verdict.outcome.value, "edge_m": verdict.edge_m, "zh": zh, "en": en},
        "checkin": {
            "kind": "arrive",
            "trip_id": mine.trip_id,
            "stop_id": found.stop.id,
            "lng": began.lng,
            "lat": began.lat,
            "datum": Datum.WGS84.value,
            "accuracy_m": began.accuracy_m,
            "accuracy_source": "other",
            "fixed_at": arrived_at,
        },
    }
