"""A county to measure in: areas like many real boundaries, people on duty, each with a phone that is signed in."""

import math
import random
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import orjson
from flask import Flask

from bench.load import Phone
from server import clock
from server.geo.datum import Datum
from server.services import areas, consents, trips
from server.services.trips import StopPlan
from tests import people
from tests.people import Someone
from tests.positions import phone
from tests.trips import plan

WEST, SOUTH = 118.0, 29.0
CELL_DEG = 0.01
"""Areas stand in a square of cells of about a kilometre; each reaches a little into its neighbours'."""

REACH = 0.55
STOP_RADIUS_M = 300


def import_areas(app: Flask, count: int, *, vertices: int = 200) -> None:
    """Publish so many areas through the real import."""
    _publish(app, list(_features(count, vertices)))


def change_area(app: Flask, number: int, *, among: int, vertices: int = 200) -> None:
    """Publish one of so many areas anew, a little larger."""
    _publish(app, [_feature(number, _side(among), vertices, reach=REACH * 1.05)])


def _publish(app: Flask, features: list[dict[str, Any]]) -> None:
    """Import a file of grids."""
    file = orjson.dumps({"type": "FeatureCollection", "features": features})
    with app.app_context():
        areas.import_file(
            None,
            file,
            "areas.geojson",
            kind="grid",
            datum=Datum.WGS84,
            name_field="name",
            code_field="code",
        )


def _side(count: int) -> int:
    """How many areas stand in a row of the square."""
    return math.ceil(math.sqrt(count))


def _features(count: int, vertices: int) -> Iterator[dict[str, Any]]:
    """Areas in a square, in rows from the south-west."""
    for number in range(count):
        yield _feature(number, _side(count), vertices, reach=REACH)


def _feature(number: int, side: int, vertices: int, *, reach: float) -> dict[str, Any]:
    """One area: a wavy ring around the middle of its cell."""
    lng, lat = centre(number, side)
    chance = random.Random(number)
    waves, phase = chance.randint(5, 12), chance.uniform(0, math.tau)
    ring = []
    for corner in range(vertices - 1):
        angle = math.tau * corner / (vertices - 1)
        radius = CELL_DEG * reach * (1 + 0.08 * math.sin(waves * angle + phase))
        ring.append([round(lng + radius * math.cos(angle), 7), round(lat + radius * math.sin(angle), 7)])
    return {
        "type": "Feature",
        "properties": {"name": f"网格{number}", "code": f"g{number}"},
        "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
    }


def centre(number: int, side: int) -> tuple[float, float]:
    """The middle of a cell."""
    return WEST + CELL_DEG * (number % side + 0.5), SOUTH + CELL_DEG * (number // side + 0.5)


def settle(
    app: Flask,
    phones: int,
    *,
    among: int,
    tracking: str = "checkins",
    since: timedelta = timedelta(minutes=5),
) -> tuple[Phone, ...]:
    """So many people on duty, each at a stop in an area of its own (`among` so many areas), each signed in and with a
    tracker; on a duty of this level `since` so long ago.
    """
    with app.app_context(), clock.at(clock.now() - since):
        folk = people.county(app)
        return tuple(_on_duty(number, folk, among, tracking) for number in range(phones))


def _on_duty(number: int, folk: people.County, among: int, tracking: str) -> Phone:
    """One person on a duty of their own."""
    lng, lat = centre(number * 37 % among, _side(among))
    who = people.person(f"外勤{number}", folk.township_a, ("cadre", folk.township_a))
    stop = StopPlan(name="厂", lng=lng, lat=lat, radius_m=STOP_RADIUS_M)
    trip = _under_way(who, folk.supervisor_a, stop, tracking)
    token, secret = who.tokens().access_token, phone(who, f"bench-{number}").secret
    stop_id, since_s = trip["stops"][0]["id"], clock.now().timestamp() + 1.0
    return Phone(token, trip["id"], stop_id, lng, lat, secret, since_s)


def _under_way(who: Someone, supervisor: Someone, stop: StopPlan, tracking: str) -> dict[str, Any]:
    """A trip that has started, its one member consenting."""
    trip = trips.plan(who.actor, plan(stops=[stop], tracking=tracking))
    trips.submit(who.actor, trip["id"])
    trips.approve(supervisor.actor, trip["id"])
    consents.give(who.actor, trip["id"], trip["tracking"])
    return trips.start(who.actor, trip["id"])
