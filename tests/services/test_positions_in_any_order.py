"""Whatever order fixes come in, however they are cut and repeated: the same rows, crossings, standings, last places."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server import clock
from server.db import db
from server.geo.datum import Datum
from server.held import held
from server.ingest.fixes import Fix
from server.queries.areas import Snapshots
from server.services import areas, consents, crossings, positions, tracks, trips
from server.services.crossings import Whose
from server.transaction import transaction
from tests import people
from tests import trips as journeys
from tests.positions import fixes, phone, rows, walked
from tests.support.boundary_files import WEST, WHOLE, geojson

BEGUN = datetime(2026, 9, 1, 1, tzinfo=UTC)
OVER = BEGUN + timedelta(hours=6)
CHANGED = BEGUN + timedelta(hours=2)
"""When the village lost its east."""

MADE = ("fixes", "crossings", "standings", "last_places", "set_aside")


class Day:
    """A cadre with two phones, on two duties with a pause between, in a village that changes its shape."""

    def __init__(self, app: Flask) -> None:
        folk = people.county(app)
        with clock.at(BEGUN - timedelta(days=1)):
            _village(folk.administrator.actor, WHOLE, BEGUN - timedelta(days=1))
            _village(folk.administrator.actor, WEST, CHANGED)
        for start_h, end_h in ((0.0, 3.0), (3.5, 5.5)):
            with clock.at(BEGUN + timedelta(hours=start_h)):
                trip = journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
            with clock.at(BEGUN + timedelta(hours=end_h)):
                trips.complete(folk.cadre.actor, trip["id"])
        with clock.at(BEGUN + timedelta(hours=5.75)):
            journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
            refused = journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")
            consents.withdraw(folk.cadre.actor, refused["id"])
        self.phones = [phone(folk.cadre, "one"), phone(folk.cadre, "two", kind="owntracks")]

    def run(self, deliveries: Sequence[tuple[int, list[Fix]]], *, together: bool = False) -> dict[str, Any]:
        """What is left after these deliveries (phone, fixes), one by one or all at once, from nothing."""
        for table in MADE:
            db.session.execute(sa.text(f"DELETE FROM {table}"))
        db.session.commit()
        with clock.at(OVER):
            told = [self.phones[which].delivery(fixes(batch)) for which, batch in deliveries]
            for each in [told] if together else [[one] for one in told]:
                positions.accept(each)
        return {
            "fixes": rows("fixes", "tracker_id", "at", "trip_id", "lng", "lat", "fingerprint", "areas"),
            "crossings": rows("crossings", "trip_id", "area_id", "version", "at", "entered"),
            "standings": rows("standings", "trip_id", "until", "CAST(state AS text)"),
            "last_places": rows("last_places", "person_id", "trip_id", "lng", "lat", "accuracy_m", "at"),
        }


def _village(actor: Any, shape: Any, valid_from: datetime) -> None:
    told: dict[str, Any] = {
        "kind": "village",
        "datum": Datum.WGS84,
        "code_field": "code",
        "name_field": "name",
    }
    areas.import_file(actor, geojson({"01": shape}), "villages.geojson", valid_from=valid_from, **told)


def way(seed: int) -> list[tuple[int, Fix]]:
    """Two phones' fixes along a way that crosses the village's edges over six hours, in the order of time.

    Some instants of one phone are told twice, with another place.
    """
    random = np.random.default_rng(seed)
    told = []
    for which in (0, 1):
        at_s = np.sort(random.choice(np.arange(0, 6 * 3600, 15), 90, replace=False)) + BEGUN.timestamp()
        along = 120.0 + 0.25 * np.abs(((at_s - BEGUN.timestamp()) / 5400.0) % 2.0 - 1.0)
        lng = along + random.normal(0.0, 0.0003, 90)
        accuracy_m = random.choice([5.0, 30.0, 400.0, np.nan], 90, p=[0.5, 0.3, 0.15, 0.05])
        told += [
            (which, Fix(lng=x, lat=30.1, fixed_at_s=t, accuracy_m=a))
            for x, t, a in zip(lng.tolist(), at_s.tolist(), accuracy_m.tolist(), strict=True)
        ]
    contradicted = [(which, fix._replace(lng=fix.lng + 0.002)) for which, fix in told[::9]]
    return sorted(told + contradicted, key=lambda each: (each[1].fixed_at_s, each[0], each[1].lng))


def cut(told: Sequence[tuple[int, Fix]], ends: Sequence[int]) -> list[tuple[int, list[Fix]]]:
    """Deliveries made of stretches, each phone's on its own."""
    stretches = [told[begin:end] for begin, end in zip([0, *ends], [*ends, len(told)], strict=True)]
    each = [(which, [fix for sent, fix in told if sent == which]) for told in stretches for which in (0, 1)]
    return [(which, batch) for which, batch in each if batch]


@pytest.fixture
def day(app: Flask) -> Day:
    return Day(app)


@given(
    seed=st.integers(0, 3),
    ends=st.lists(st.integers(1, 179), max_size=8, unique=True).map(sorted),
    again=st.lists(st.integers(0, 17), max_size=4),
    order=st.randoms(use_true_random=False),
    shuffled=st.booleans(),
    together=st.booleans(),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_order_of_arrival_does_not_matter(
    day: Day, seed: int, ends: list[int], again: list[int], order: Any, shuffled: bool, together: bool
) -> None:
    told = way(seed)
    expected = day.run(cut(told, list(range(20, 180, 20))))
    assert len(expected["crossings"]) >= 3
    assert {row[2] for row in expected["crossings"]} == {1, 2}
    if shuffled:
        order.shuffle(told)
    deliveries = cut(told, ends)
    deliveries += [deliveries[n] for n in again if n < len(deliveries)]
    order.shuffle(deliveries)
    assert day.run(deliveries, together=together) == expected


def test_one_by_one_backwards_is_the_same_as_all_at_once(day: Day) -> None:
    told = way(7)
    backwards = [(which, [fix]) for which, fix in reversed(told)]
    assert day.run(backwards) == day.run(cut(told, []))


def test_late_fixes_hours_apart_and_new_ones_in_one_delivery_are_the_same_as_in_order(day: Day) -> None:
    told = way(5)
    late, rest = (
        [each for n, each in enumerate(told) if n % 20 < 2],
        [each for n, each in enumerate(told) if n % 20 >= 2],
    )
    both = [(which, [fix for sent, fix in late + rest[-9:] if sent == which]) for which in (0, 1)]
    assert day.run([*cut(rest[:-9], []), *both]) == day.run(cut(told, []))


def test_what_is_left_of_a_track_whose_beginning_has_expired_is_not_entered_anew(app: Flask) -> None:
    folk = people.county(app)
    with clock.at(BEGUN - timedelta(days=1)):
        _village(folk.administrator.actor, WHOLE, BEGUN - timedelta(days=1))
    with clock.at(BEGUN):
        trip_id = journeys.under_way(folk.cadre, folk.supervisor_a, tracking="track")["id"]
    mine, hour_s = phone(folk.cadre), 3600.0
    with clock.at(OVER):
        mine.deliver(fixes(walked(BEGUN.timestamp(), [(120.05, 30.1)] * 180, every_s=60.0)))
        assert len(rows("crossings", "at")) == 1
        tracks.expire(folk.cadre.id, trip_id, BEGUN + timedelta(hours=1))
        mine.deliver(
            fixes(walked(BEGUN.timestamp() + 1.5 * hour_s + 7.0, [(120.05, 30.1)] * 3, every_s=60.0))
        )
        with transaction():
            whose = Whose(folk.cadre.id, trip_id, folk.township_a)
            crossings.anew(whose, held(Snapshots).current())
    assert rows("crossings", "at") == []
    [(state,)] = rows("standings", "CAST(state AS text)")
    assert json.loads(state)["inside"] != []
