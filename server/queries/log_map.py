"""The visit log as a map draws it: few check-ins each by itself, many gathered in cells of a grid.

A cell says how many there are and where, never whose; it stands in the middle of its square, and tells no more than the
square does.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.db import db
from server.errors import ReasonNeeded
from server.models.checkins import CheckinDetail
from server.queries import checkins, log, looks
from server.queries.log import Filter
from server.rules.access import Actor

MOST = 20_000
"""The newest so many are drawn."""

MOST_ITEMS = 400
"""So many are drawn each by itself; more become cells."""

CELLS = 28
"""Into so many columns, and rows, what is drawn is cut."""

NARROWEST_DEG = 1e-6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Frame:
    """What the map shows, in degrees of WGS-84."""

    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0


def drawn(actor: Actor, wanted: Filter, frame: Frame) -> dict[str, Any]:
    """What to draw: `{items, cells, cut}`; `ReasonNeeded` for others' before this sitting has said why."""
    own = log.only_own(actor, wanted)
    if not own and not looks.may_see_positions(actor, trip_id=wanted.trip_id):
        raise ReasonNeeded
    within = (
        CheckinDetail.lng.between(frame.west, frame.east),
        CheckinDetail.lat.between(frame.south, frame.north),
    )
    rows = db.session.execute(log.places(actor, wanted).where(*within).limit(MOST + 1)).all()
    cut, rows = len(rows) > MOST, rows[:MOST]
    if len(rows) <= MOST_ITEMS:
        found = checkins.documents([row.id for row in rows])
        return {"items": checkins.as_seen_by(actor, list(found.values())), "cells": [], "cut": cut}
    places = np.array([(row.lng, row.lat) for row in rows])
    counted = own or wanted.person_id is None
    return {"items": [], "cells": cells(places, counted=counted), "cut": cut}


def cells(places: Floats, *, counted: bool = True) -> list[dict[str, Any]]:
    """Places (n, 2) gathered in a grid over all of them: `[{lng, lat, count}]`, from west to east; `counted` or not."""
    low, high = places.min(axis=0), places.max(axis=0)
    size = np.maximum((high - low) / CELLS, NARROWEST_DEG)
    square = np.minimum(((places - low) / size).astype(np.int64), CELLS - 1)
    keys, count = np.unique(square, axis=0, return_counts=True)
    at = (low + (keys + 0.5) * size).tolist()
    return [
        {"lng": round(lng, 6), "lat": round(lat, 6), "count": found if counted else None}
        for (lng, lat), found in zip(at, count.tolist(), strict=True)
    ]
