"""A batch of positions on its way through the pipeline: many deliveries of many phones in columns."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

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

    With a `session_id` it is kept only while that session stands.
    `sent_at_s` is when the phone sent it by its own clock, in seconds since the epoch; NaN where it did not say.
    """

    fixes: Fixes
    received_at: datetime
    tracker_id: int | None = None
    secret_hash: str | None = None
    session_id: UUID | None = None
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
        if rows.dtype == np.bool_ and rows.all():
            return self
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


_MEASURES = ("accuracy_m", "altitude_m", "speed_mps", "heading_deg", "battery")


def gather(deliveries: Sequence[Delivery], aside: Aside) -> Batch:
    """One batch of what was delivered, in WGS-84 and on our clock; what the decoders dropped is counted."""
    for place, delivery in enumerate(deliveries):
        aside.update({(place, reason.value): n for reason, n in delivery.fixes.set_aside.items()})
    told = _joined(deliveries)
    received_us = _each(deliveries, [round(one.received_at.timestamp() * MICROS) for one in deliveries])
    fixed_at_s = np.concatenate([one.fixes.fixed_at_s for one in deliveries])
    untimed = np.isnan(fixed_at_s)
    fixed_us = np.where(untimed, received_us, np.round(fixed_at_s * MICROS)).astype(np.int64)
    shift_us = _each(deliveries, [_shift_us(one) for one in deliveries])
    notes = [note for one in deliveries for note in one.fixes.note]
    return Batch(
        {name: told[name] for name in (*_MEASURES, "charging", "mock")}
        | _in_wgs84(deliveries, told["lng"], told["lat"])
        | {
            "delivery": _each(deliveries, range(len(deliveries))),
            "at_us": fixed_us + np.where(untimed, 0, shift_us),
            "fixed_us": fixed_us,
            "received_us": received_us,
            "untimed": untimed,
            "clocked": _each(deliveries, [not math.isnan(one.sent_at_s) for one in deliveries]),
            "note": np.array([*notes, None], dtype=object)[:-1],
            "fingerprint": rules.fingerprints(list(told.values()), notes),
        }
    )


def _joined(deliveries: Sequence[Delivery]) -> dict[str, Column]:
    """What the phones measured, in the order in which it is fingerprinted."""
    names = ("lng", "lat", *_MEASURES, "charging", "mock")
    return {name: np.concatenate([getattr(one.fixes, name) for one in deliveries]) for name in names}


def _each(deliveries: Sequence[Delivery], values: Iterable[Any]) -> Column:
    """A value of each delivery, for each of its fixes."""
    return np.repeat(np.array(list(values)), [len(one.fixes) for one in deliveries])


def _in_wgs84(deliveries: Sequence[Delivery], lng: Array, lat: Array) -> dict[str, Column]:
    """Where fixes were, and in which datum they came."""
    lnglat, datums = np.column_stack((lng, lat)), _each(deliveries, [one.fixes.datum for one in deliveries])
    for source in {one.fixes.datum for one in deliveries} - {Datum.WGS84}:
        rows = datums == source
        lnglat[rows] = datum.convert(lnglat[rows], source=source, target=Datum.WGS84)
    return {"lng": lnglat[:, 0], "lat": lnglat[:, 1], "datum": datums.astype(object)}


def _shift_us(delivery: Delivery) -> int:
    """By how many microseconds the phone's clock is behind ours; 0 where it did not say, or is right enough."""
    skew_s = delivery.received_at.timestamp() - delivery.sent_at_s
    return round(skew_s * MICROS) if abs(skew_s) > SKEW_IGNORED_S else 0
