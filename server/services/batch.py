"""A batch of positions on its way through the pipeline: many deliveries of many phones in columns."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from server.geo import datum
from server.geo.datum import Datum
from server.ingest.fixes import Fixes
from server.rules import positions as rules
from server.rules.checkins import SKEW_IGNORED_S

Array = NDArray[np.float64]
Column = NDArray[Any]
Mask = NDArray[np.bool_]

MICROS = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Delivery:
    """What one phone sent at once, and when it came. It is named by its tracker's id, or by its secret's SHA-256.

    `sent_at_s` is when the phone sent it by its own clock, in seconds since the epoch; NaN where it did not say.
    """

    fixes: Fixes
    received_at: datetime
    tracker_id: int | None = None
    secret_hash: str | None = None
    sent_at_s: float = math.nan


Aside = Counter[tuple[int, str]]
"""How many fixes of a delivery (its place in the batch) were set aside, and why."""


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Batch:
    """n fixes in columns (n,), by name.

    `delivery` is which one each came with; `at_us`, `fixed_us`, `received_us` are microseconds since the epoch on our
    clock, by the phone and at receipt; `lng`, `lat` are WGS-84; `untimed` is whether the phone gave no time, `clocked`
    whether it said when it sent them, so that its clock may have been corrected.
    """

    columns: dict[str, Column]

    def __getitem__(self, name: str) -> Column:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.columns["delivery"])

    def __repr__(self) -> str:  # a log line or an error report must not hold a position
        return f"<a batch of {len(self)} fixes>"

    @property
    def at_s(self) -> Array:
        """When each was, in seconds since the epoch."""
        return self["at_us"] / MICROS

    @property
    def lnglat(self) -> Array:
        """Where each was, (n, 2)."""
        return np.column_stack((self["lng"], self["lat"]))

    def take(self, rows: Column) -> "Batch":
        """The batch of these rows, by number or by mask."""
        return Batch({name: column[rows] for name, column in self.columns.items()})

    def having(self, **columns: Column) -> "Batch":
        """The batch with these columns new or in place of others."""
        return Batch(self.columns | columns)

    def without(self, unwanted: Mask, reason: str, aside: Aside) -> "Batch":
        """The batch without these rows, which are counted as set aside."""
        if not unwanted.any():
            return self
        for delivery in self["delivery"][unwanted].tolist():
            aside[delivery, reason] += 1
        return self.take(~unwanted)


def gather(deliveries: Sequence[Delivery], aside: Aside) -> Batch:
    """One batch of what was delivered, in WGS-84 and on our clock; what the decoders dropped is counted."""
    parts = []
    for place, delivery in enumerate(deliveries):
        aside.update({(place, reason.value): n for reason, n in delivery.fixes.set_aside.items()})
        parts.append(_columns(place, delivery))
    return Batch({name: np.concatenate([part[name] for part in parts]) for name in parts[0]})


def _columns(place: int, delivery: Delivery) -> dict[str, Column]:
    """The columns of one delivery."""
    fixes, n = delivery.fixes, len(delivery.fixes)
    received_s = delivery.received_at.timestamp()
    untimed = np.isnan(fixes.fixed_at_s)
    fixed_us = np.round(np.where(untimed, received_s, fixes.fixed_at_s) * MICROS).astype(np.int64)
    lnglat = datum.convert(np.column_stack((fixes.lng, fixes.lat)), source=fixes.datum, target=Datum.WGS84)
    measures = {
        name: getattr(fixes, name)
        for name in ("accuracy_m", "altitude_m", "speed_mps", "heading_deg", "battery")
    }
    told = (fixes.lng, fixes.lat, *measures.values(), fixes.charging, fixes.mock)
    return measures | {
        "delivery": np.full(n, place),
        "at_us": fixed_us + np.where(untimed, 0, _shift_us(delivery)),
        "fixed_us": fixed_us,
        "received_us": np.full(n, round(received_s * MICROS)),
        "untimed": untimed,
        "clocked": np.full(n, not math.isnan(delivery.sent_at_s)),
        "lng": lnglat[:, 0],
        "lat": lnglat[:, 1],
        "datum": np.full(n, fixes.datum.value, dtype=object),
        "charging": fixes.charging,
        "mock": fixes.mock,
        "note": np.array([*fixes.note, None], dtype=object)[:-1],
        "fingerprint": rules.fingerprints(told, fixes.note),
    }


def _shift_us(delivery: Delivery) -> int:
    """By how many microseconds the phone's clock is behind ours; 0 where it did not say, or is right enough."""
    skew_s = delivery.received_at.timestamp() - delivery.sent_at_s
    return round(skew_s * MICROS) if abs(skew_s) > SKEW_IGNORED_S else 0
