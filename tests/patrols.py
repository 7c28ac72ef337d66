"""Patrols by name, for tests that need one: a county with two grids on the map, plans, and walks."""

from datetime import time
from typing import Any
from uuid import uuid4

import orjson
import sqlalchemy as sa

from server import clock
from server.db import db
from server.geo.datum import Datum
from server.models.areas import Area
from server.models.matters import MatterCategory
from server.models.units import Unit
from server.rules.checkins import Told
from server.rules.patrols import Checkpoint, Plan
from server.services import areas, checkins, consents, patrol_plans, trips
from tests.people import County, Someone

POINTS: tuple[dict[str, Any], ...] = ({"lng": 118.502, "lat": 29.601}, {"lng": 118.506, "lat": 29.603})
"""Two checkpoints of `plan`, some 450 m apart, both in the first grid."""


def square(code: str, name: str, lng: float, lat: float) -> dict[str, Any]:
    """A square of a hundredth of a degree as a feature."""
    far_lng, far_lat = lng + 0.01, lat + 0.01
    ring = [[lng, lat], [far_lng, lat], [far_lng, far_lat], [lng, far_lat], [lng, lat]]
    return {
        "type": "Feature",
        "properties": {"name": name, "code": code},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def grids(folk: County) -> dict[str, int]:
    """The two grids of the county on the map, under the codes of their units; area ids by `a` and `b`."""
    return {
        key: one_more_grid(folk, unit_id, lng=lng)
        for key, unit_id, lng in (("a", folk.grid_a, 118.5), ("b", folk.grid_b, 118.52))
    }


def one_more_grid(folk: County, unit_id: int, *, lng: float = 118.54) -> int:
    """A grid on the map under the code of its unit. Its area's id."""
    unit = db.session.get_one(Unit, unit_id)
    data = {"type": "FeatureCollection", "features": [square(unit.code, unit.name, lng, 29.6)]}
    areas.import_file(
        folk.administrator.actor,
        orjson.dumps(data),
        "grid.geojson",
        kind="grid",
        datum=Datum.WGS84,
        name_field="name",
        code_field="code",
    )
    return db.session.scalars(sa.select(Area.id).where(Area.code == unit.code)).one()


def plan(folk: County, **changed: Any) -> Plan:
    """A patrol of two checkpoints each day from today, by the grid member, from eight to six."""
    facts: dict[str, Any] = {
        "title": "柳树村一网格日常巡查",
        "unit_id": folk.grid_a,
        "who": "person",
        "walker_ids": [folk.grid_member.id],
        "rule": "FREQ=DAILY",
        "starts_on": clock.day_of(clock.now()),
        "opens": time(8),
        "closes": time(18),
        "checkpoints": [
            Checkpoint("老桥头", radius_m=100, **POINTS[0]),
            Checkpoint("水塘边", radius_m=100, **POINTS[1]),
        ],
    }
    return Plan(**facts | changed)


def planned(folk: County, **changed: Any) -> dict[str, Any]:
    """The plan, made by the supervisor of the township."""
    return patrol_plans.plan(folk.supervisor_a.actor, plan(folk, **changed))


def a_category() -> int:
    """An ordinary category of matters."""
    made = MatterCategory(
        name="一般事项",
        position=0,
        answer_amount=3,
        answer_unit="days",
        solve_amount=7,
        solve_unit="days",
        planned=False,
    )
    db.session.add(made)
    db.session.commit()
    return made.id


def begun(walker: Someone, patrol: dict[str, Any], *, consent: bool = True) -> None:
    """The walker agrees to what the patrol asks, and sets out."""
    if consent:
        consents.give(walker.actor, patrol["trip_id"], "checkins")
    trips.start(walker.actor, patrol["trip_id"])


def at_point(walker: Someone, patrol: dict[str, Any], number: int, **changed: Any) -> None:
    """A check-in in the middle of a checkpoint, now."""
    now = clock.now()
    point = patrol["points"][number]
    facts: dict[str, Any] = {
        "id": uuid4(),
        "kind": "patrol",
        "trip_id": patrol["trip_id"],
        "stop_id": point["id"],
        "made_at": now,
        "fixed_at": now,
        "sent_at": now,
        "accuracy_m": 8.0,
        "lng": point["lng"],
        "lat": point["lat"],
    }
    checkins.make(walker.actor, Told(**facts | changed))
