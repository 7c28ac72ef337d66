"""Trips and check-ins by name, for tests that need one that exists already."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

from server import clock
from server.rules.checkins import Told
from server.services import consents, trips
from server.services.trips import Plan, StopPlan
from tests.people import Someone

FACTORY: dict[str, Any] = {"lng": 118.502, "lat": 29.601}
"""Where the stop of `planned` is: a circle of 300 m around it."""


def plan(**changed: Any) -> Plan:
    """A day trip to one factory."""
    today = clock.day_of(clock.now())
    facts: dict[str, Any] = {
        "title": "赴临江考察装备企业",
        "aim": "洽谈配套项目",
        "destination": "临江市",
        "chain": "高端装备",
        "starts_on": today,
        "ends_on": today + timedelta(days=1),
        "stops": [StopPlan(name="临江一厂", radius_m=300, **FACTORY)],
    }
    return Plan(**(facts | changed))


def planned(by: Someone, **changed: Any) -> dict[str, Any]:
    """A draft."""
    return trips.plan(by.actor, plan(**changed))


def approved(by: Someone, approver: Someone, **changed: Any) -> dict[str, Any]:
    """A trip that may start."""
    trip = planned(by, **changed)
    trips.submit(by.actor, trip["id"])
    return trips.approve(approver.actor, trip["id"])


def under_way(
    by: Someone, approver: Someone, *, consenting: Sequence[Someone] | None = None, **changed: Any
) -> dict[str, Any]:
    """A trip that has started, its planner (or those named) consenting to what it asks."""
    trip = approved(by, approver, **changed)
    for person in [by] if consenting is None else consenting:
        consents.give(person.actor, trip["id"], trip["tracking"])
    return trips.start(by.actor, trip["id"])


def told(trip: dict[str, Any] | None = None, **changed: Any) -> Told:
    """A check-in on arriving at the trip's first stop, right in its middle, fixed this moment."""
    now = clock.now()
    facts: dict[str, Any] = {
        "id": uuid4(),
        "kind": "arrive",
        "made_at": now,
        "fixed_at": now,
        "sent_at": now,
        "accuracy_m": 15.0,
        "accuracy_source": "browser",
        **FACTORY,
    }
    if trip is not None:
        facts |= {"trip_id": trip["id"], "stop_id": trip["stops"][0]["id"]}
    return Told(**(facts | changed))
