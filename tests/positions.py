"""Phones that send positions, for tests: a tracker of somebody's, and what it delivers."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import numpy as np
import sqlalchemy as sa

from server import clock
from server.db import db
from server.geo.datum import Datum
from server.ingest import fixes as decoded
from server.ingest.fixes import Fix, Fixes
from server.models.trackers import Tracker
from server.rules import trackers
from server.services import positions
from server.services.batch import Delivery
from server.services.positions import Accepted
from server.transaction import transaction
from tests.people import Someone


@dataclass(frozen=True, slots=True)
class Phone:
    """A tracker and its secret."""

    id: int
    secret: str

    @property
    def secret_hash(self) -> str:
        """The secret as the server keeps it."""
        return trackers.digest(self.secret)

    def delivery(self, fixes: Fixes, **facts: Any) -> Delivery:
        """One delivery of it, received now where nothing else is said."""
        told: dict[str, Any] = {"received_at": clock.now(), "secret_hash": self.secret_hash}
        return Delivery(fixes, **told | facts)

    def deliver(self, fixes: Fixes, **facts: Any) -> Accepted:
        """Deliver, and hear what became of it."""
        became = positions.accept([self.delivery(fixes, **facts)])[0]
        assert isinstance(became, Accepted), became
        return became


def phone(owner: Someone, secret: str = "", kind: str = "traccar") -> Phone:
    """A new tracker of theirs."""
    secret = secret or f"geheim-{owner.id}-{kind}"
    with transaction() as session:
        made = Tracker(
            person_id=owner.id,
            kind=kind,
            name="测试手机",
            secret_hash=trackers.digest(secret),
            created_at=clock.now(),
        )
        session.add(made)
        session.flush()
        return Phone(made.id, secret)


def fixes(told: Sequence[Fix], *, source: str = "traccar", datum: Datum = Datum.WGS84) -> Fixes:
    """Fixes as a decoder yields them."""
    made = decoded.gather(dict(enumerate(told)), {}, source=source, unknown_keys=Counter())
    return replace(made, datum=datum)


def fix(at: datetime | None, *, lng: float, lat: float, accuracy_m: float = 10.0, **facts: Any) -> Fix:
    """One fix."""
    at_s = math.nan if at is None else at.timestamp()
    return Fix(lng=lng, lat=lat, fixed_at_s=at_s, accuracy_m=accuracy_m, **facts)


def rows(table: str, *columns: str) -> list[tuple[Any, ...]]:
    """What a table holds, sorted."""
    db.session.rollback()
    found = db.session.execute(sa.text(f"SELECT {', '.join(columns)} FROM {table}")).all()
    return sorted(tuple(row) for row in found)


def walked(start_s: float, lnglat: Sequence[tuple[float, float]], every_s: float = 10.0) -> list[Fix]:
    """A fix each few seconds along places."""
    times = start_s + every_s * np.arange(len(lnglat))
    return [
        Fix(lng=lng, lat=lat, fixed_at_s=float(at), accuracy_m=8.0)
        for at, (lng, lat) in zip(times, lnglat, strict=True)
    ]
