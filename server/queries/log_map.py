"""The visit log as a map draws it: few check-ins each by itself, many gathered in cells of a grid.

A cell says how many there are and where, never whose; it stands in the middle of its square, and tells no more than the
square does.
"""

from collections.abc import Sequence
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

CROWD = 3
"""Fewer people than so many in a cell can be told apart: that they were looked at is kept."""

Floats = NDArray[np.float64]
Subject = tuple[int, int | None]
"""A person, and the trip that their check-in is of."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the map shows, in degrees of WGS-84."""

    west: float = -180.0
    south: float = -90.0
    east: float = 180.0
    north: float = 90.0


def drawn(actor: Actor, wanted: Filter, frame: Frame) -> tuple[dict[str, Any], list[Subject]]:
    """What to draw, `{items, cells, cut}`, and whose positions that shows, which the caller keeps as looks.

    `ReasonNeeded` for others' before this sitting has said why.
    """
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
        items = checkins.as_seen_by(actor, list(found.values()))
        return {"items": items, "cells": [], "cut": cut}, checkins.subjects(items)
    places = np.array([(row.lng, row.lat) for row in rows])
    counted = own or wanted.person_id is None
    drawn = {"items": [], "cells": cells(places, counted=counted), "cut": cut}
    return drawn, told_apart(places, [(row.person_id, row.trip_id) for row in rows])


def told_apart(places: Floats, whose: Sequence[Subject]) -> list[Subject]:
    """Who can be told from the cells of these places: those in a cell of fewer than three people."""
    square = (_squares(places) @ (CELLS, 1)).tolist()
    people: dict[int, set[int]] = {}
    for cell, (person_id, _) in zip(square, whose, strict=True):
        people.setdefault(cell, set()).add(person_id)
    few = {cell for cell, there in people.items() if len(there) < CROWD}
    return sorted(
        {each for cell, each in zip(square, whose, strict=True) if cell in few},
        key=lambda each: (each[0], each[1] or 0),
    )


def _squares(places: Floats) -> NDArray[np.int64]:
    """The column and row (n, 2) of the grid over all of these places that each lies in."""
    low, size = _grid(places)
    return np.minimum(((places - low) / size).astype(np.int64), CELLS - 1)


def _grid(places: Floats) -> tuple[Floats, Floats]:
    """Where the grid over these places begins, and how large a square of it is, in degrees."""
    low, high = places.min(axis=0), places.max(axis=0)
    return low, np.maximum((high - low) / CELLS, NARROWEST_DEG)


def cells(places: Floats, *, counted: bool = True) -> list[dict[str, Any]]:
    """Places (n, 2) gathered in a grid over all of them: `[{lng, lat, count}]`, from west to east; `counted` or not."""
    low, size = _grid(places)
    keys, count = np.unique(_squares(places), axis=0, return_counts=True)
    at = (low + (keys + 0.5) * size).tolist()
    return [
        {"lng": round(lng, 6), "lat": round(lat, 6), "count": found if counted else None}
        for (lng, lat), found in zip(at, count.tolist(), strict=True)
    ]
