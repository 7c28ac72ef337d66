"""What a phone of the demo county tells at a stop: a check-in as the service takes it. Pure."""

import random
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

from shapely.geometry import MultiPolygon, Polygon

from server import clock
from server.cli.county import fixes
from server.cli.county.trips import Met
from server.geo import datum
from server.geo.datum import Datum
from server.rules.checkins import Told, VisitTold

STALE = timedelta(minutes=12)
PHONES = ((Datum.WGS84, "browser"), (Datum.GCJ02, "android"), (Datum.WGS84, "ios"))
"""What phones emit, one after another: a browser, an office app on Android, an iPhone."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One check-in to come: what kind, when, where, how it comes out (`StopTold.how`), and what is said.

    `met` is whom they met, `host` of which enterprise.
    """

    kind: str
    when: datetime
    shape: Polygon | MultiPolygon
    how: str
    note: str = ""
    met: Met | None = None
    host: str = ""


def told(moment: Moment, *, phone: int, consented: bool, chance: random.Random) -> Told:
    """The check-in of a moment by one of the `PHONES`; who did not consent tells no position."""
    fixed_ago = STALE if moment.how == "stale" else timedelta(seconds=chance.uniform(2, 20))
    source, said_by = PHONES[phone % len(PHONES)]
    fix = fixes.at_stop(moment.shape, moment.how, chance)
    lng, lat = datum.convert_point(lng=fix.lng, lat=fix.lat, source=Datum.WGS84, target=source)
    plain = Told(
        id=uuid4(),
        kind=moment.kind,
        made_at=moment.when,
        note=moment.note,
        mock=moment.how == "mock",
        visit=None if moment.met is None else _visit(moment.met, moment.host, moment.when),
    )
    if not consented or moment.how == "unplaced":
        return plain
    return replace(
        plain,
        lng=round(lng, 7),
        lat=round(lat, 7),
        datum=source.value,
        accuracy_m=fix.accuracy_m,
        accuracy_source=said_by,
        fixed_at=moment.when - fixed_ago,
    )


def on_the_wire(met: Met | None, host: str, when: datetime) -> dict[str, Any] | None:
    """A visit as the wire has it: what a pretend phone will tell, JSON."""
    if met is None:
        return None
    visit = asdict(_visit(met, host, when))
    return visit | {"amount": met.amount, "next_on": visit["next_on"] and visit["next_on"].isoformat()}


def _visit(met: Met, enterprise: str, when: datetime) -> VisitTold:
    """Whom we met, with the next step's day counted from the visit."""
    days = met.next_in_days
    return VisitTold(
        kind=met.kind,
        enterprise=enterprise,
        contact=met.contact,
        contact_post=met.post,
        topic=met.topic,
        outcome=met.outcome,
        amount=None if met.amount is None else Decimal(met.amount),
        amount_unit=met.unit,
        next_step=met.next_step,
        next_on=None if days is None else clock.day_of(when) + timedelta(days=days),
    )
