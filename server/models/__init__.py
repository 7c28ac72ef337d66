"""Tables: one file per noun, typed columns, no behaviour."""

from server.models import (
    areas,
    checkins,
    events,
    logs,
    looks,
    matters,
    people,
    photos,
    positions,
    reviews,
    sessions,
    silences,
    sweeps,
    trackers,
    trips,
    units,
)

__all__ = [
    "areas",
    "checkins",
    "events",
    "logs",
    "looks",
    "matters",
    "people",
    "photos",
    "positions",
    "reviews",
    "sessions",
    "silences",
    "sweeps",
    "trackers",
    "trips",
    "units",
]
