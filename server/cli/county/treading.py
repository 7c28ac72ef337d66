"""The way somebody took along the line of a patrol: a fix every half minute, with detours and short cuts. Pure."""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Final

from server.cli.county.fixes import moved
from server.ingest import fixes
from server.ingest.fixes import Fix, Fixes

EVERY_S: Final = 30.0
SETS_OUT_M: Final = 180.0
DETOURS_M: Final = (0.0, 0.0, 12.0, 40.0, 65.0)
"""How far from the straight line somebody comes between two checkpoints; now and then too far to be on the route."""

JITTER_M: Final = 3.0
ACCURACY_M: Final = (4.0, 14.0)

Place = tuple[float, float]
"""Longitude and latitude."""

Call = tuple[datetime, Place]
"""When somebody came by where."""


def along(calls: Sequence[Call], begins: datetime, chance: random.Random) -> Fixes:
    """The fixes of a walk that begins nearby and comes by these places in their order, as a phone delivers them."""
    first = moved(calls[0][1], chance.uniform(-SETS_OUT_M, SETS_OUT_M), chance.uniform(0, SETS_OUT_M))
    stations = [(begins, first), *calls]
    found = [
        fix
        for here, there in pairwise(stations)
        for fix in _leg(here, there, chance.choice(DETOURS_M), chance)
    ]
    return fixes.gather(dict(enumerate(found)), {}, source="traccar", unknown_keys=Counter())


def _leg(here: Call, there: Call, detour_m: float, chance: random.Random) -> Iterator[Fix]:
    """The fixes from one place to the next, bowing out to the north-east by so many metres half way."""
    took_s = (there[0] - here[0]).total_seconds()
    for step in range(1, int(took_s / EVERY_S)):
        part = step * EVERY_S / took_s
        straight = tuple(a + (b - a) * part for a, b in zip(here[1], there[1], strict=True))
        aside = detour_m * math.sin(math.pi * part)
        lng, lat = moved(
            (straight[0], straight[1]),
            aside + chance.gauss(0, JITTER_M),
            aside + chance.gauss(0, JITTER_M),
        )
        yield Fix(
            lng=round(lng, 6),
            lat=round(lat, 6),
            fixed_at_s=here[0].timestamp() + step * EVERY_S,
            accuracy_m=round(chance.uniform(*ACCURACY_M), 1),
        )
