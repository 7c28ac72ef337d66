"""A county with its people and areas, and browsers that are signed in."""

import json
from collections.abc import Callable

import pytest
import shapely
from flask import Flask
from flask.testing import FlaskClient

from server.db import db
from server.gate import COOKIE
from server.geo.datum import Datum
from server.models.people import Person
from server.services import areas, sessions
from server.services.sessions import Device
from server.transaction import transaction
from tests.people import County, Someone, county

SignedIn = Callable[[Someone], FlaskClient]

COUNTY = shapely.box(118.40, 29.50, 118.60, 29.70)
EAST = shapely.box(118.50, 29.50, 118.60, 29.70)
WEST = shapely.box(118.40, 29.50, 118.50, 29.70)


@pytest.fixture
def people(app: Flask) -> County:
    """Everybody, in an otherwise empty county."""
    return county(app)


@pytest.fixture
def land(app: Flask) -> None:
    """A square county of two townships."""
    publish("county", {"青溪县": COUNTY})
    publish("township", {"东河镇": EAST, "西岭镇": WEST})


def publish(kind: str, shapes: dict[str, shapely.Polygon]) -> None:
    """Areas of a kind, by name."""
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": shapely.geometry.mapping(shape)}
        for name, shape in shapes.items()
    ]
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    areas.import_file(None, data, f"{kind}.geojson", kind=kind, datum=Datum.WGS84, name_field="name")


def cookie_of(who: Someone) -> str:
    """The cookie of a new browser session of theirs, opened without the slow look at the password."""
    secret = sessions.new_secret()
    with transaction():
        person = db.session.get_one(Person, who.id)
        sessions.begin(person, Device("browser", "Firefox", None), cookie=sessions.digest(secret))
    return secret


@pytest.fixture
def signed_in(app: Flask) -> SignedIn:
    """A browser of its own without scripts, signed in as somebody."""

    def browser(who: Someone) -> FlaskClient:
        client = app.test_client()
        client.set_cookie(COOKIE, cookie_of(who))
        return client

    return browser
