"""What is told of the demo county before any database hears of it: names, codes, people, trips, positions."""

import json
import random
from collections import Counter
from datetime import UTC, date, datetime

import pytest
import shapely

from server.cli.county import fixes, names, phones, places, roster, rounds, trips
from server.cli.county.journey import workday
from server.cli.county.phones import Moment
from server.cli.county.trips import Met, Spot, TripTold
from server.geo import measure, verdict
from server.rules import areas, people
from server.rules.access import ROLES

GROUND = places.everywhere()
TOLD = (*trips.ALL, *trips.UNDER_WAY)
NINE = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)


def test_every_area_has_a_name_and_a_code_of_its_own() -> None:
    assert len({place.name for place in GROUND}) == len(GROUND)
    assert len({place.code for place in GROUND}) == len(GROUND)
    assert all(shapely.is_valid([place.shape for place in GROUND]))


def test_parents_are_of_the_right_kind_and_come_first() -> None:
    seen: dict[str, str] = {}
    for place in GROUND:
        if place.parent_code is not None:
            assert seen[place.parent_code] == areas.PARENT_KINDS[place.kind]
        seen[place.code] = place.kind


def test_codes_are_twelve_digits_of_no_real_province_and_a_grids_is_its_villages_and_a_sequence() -> None:
    for place in GROUND:
        if place.kind in ("county", "township", "village"):
            assert len(place.code) == 12
            assert place.code.startswith("99")
        if place.kind == "grid":
            assert place.code[:12] == place.parent_code
            assert place.code[12:].isdecimal()


def test_files_of_areas_hold_each_area_once_under_its_parent() -> None:
    found = []
    for kind, parent_code, data in places.files(GROUND):
        codes = {feature["properties"]["code"] for feature in json.loads(data)["features"]}
        assert codes == {p.code for p in GROUND if (p.kind, p.parent_code) == (kind, parent_code)}
        found += sorted(codes)
    assert len(found) == len(GROUND)


def test_sites_lie_in_their_parks_and_a_park_that_grew_holds_what_it_was() -> None:
    parks = [place for place in GROUND if place.kind == "park"]
    for site in (place for place in GROUND if place.kind == "site"):
        assert sum(park.shape.contains(site.shape) for park in parks) == 1
    bigger = places.grown(parks[0], 120)
    assert bigger.shape.is_valid
    assert bigger.shape.area > 1.05 * parks[0].shape.area
    assert parks[0].shape.difference(bigger.shape).area < 0.01 * parks[0].shape.area


def test_units_come_after_the_unit_above_them() -> None:
    seen = {names.COUNTY_CODE}
    for unit in roster.units(GROUND):
        assert unit.parent_code in seen
        seen.add(unit.code)


def test_people_have_user_names_of_their_own_and_roles_over_units_that_are_there() -> None:
    everybody = roster.people(GROUND)
    codes = {names.COUNTY_CODE, *(unit.code for unit in roster.units(GROUND))}
    assert 100 <= len(everybody) <= 140
    assert len({person.username for person in everybody}) == len(everybody)
    assert len({person.name for person in everybody}) == len(everybody)
    assert all(people.is_username(person.username) for person in everybody)
    assert {code for person in everybody for _, code in person.roles} <= codes
    assert {role for person in everybody for role, _ in person.roles} == set(ROLES) - {"administrator"}


def test_the_same_people_are_told_every_time() -> None:
    assert roster.people(GROUND) == roster.people(GROUND)


@pytest.mark.parametrize("told", TOLD, ids=lambda told: told.title)
def test_a_trip_goes_to_places_and_takes_people_that_are_there(told: TripTold) -> None:
    known = places.by_name(GROUND)
    seats = Counter(person.unit_code for person in roster.people(GROUND))
    assert max(told.team) < seats[told.office]
    assert set(told.refusing) <= set(range(len(told.team)))
    for stop in told.stops:
        assert (stop.at.area if isinstance(stop.at, Spot) else stop.at) in known
        assert stop.day < told.days
        assert stop.hours[0] < stop.hours[1]
    assert bool(told.basis) == (told.purpose != "ordinary")


def test_a_working_day_is_never_at_the_weekend() -> None:
    sunday = date(2026, 11, 22)
    assert workday(sunday, 0) == sunday
    assert workday(sunday, -1) == date(2026, 11, 20)
    assert workday(sunday, 1) == date(2026, 11, 23)
    assert workday(date(2026, 11, 23), -6) == date(2026, 11, 13)


@pytest.mark.parametrize("how", ["inside", "uncertain", "outside"])
def test_a_fix_comes_out_as_it_was_told(how: str) -> None:
    chance = random.Random(how)
    site = places.by_name(GROUND)[names.SITES[0]].shape
    for _ in range(50):
        fix = fixes.at_stop(site, how, chance)
        found = verdict.judge(site, lng=fix.lng, lat=fix.lat, accuracy_m=fix.accuracy_m)
        assert found.outcome.value == how


def test_a_disc_is_as_wide_as_it_was_asked_for() -> None:
    spot = fixes.disc((120.7, 31.3), 150)
    west, _, east, _ = spot.bounds
    assert apart_m((west, 31.3), (east, 31.3)) == pytest.approx(300, rel=0.01)


def test_who_did_not_consent_tells_no_position() -> None:
    moment = Moment("arrive", NINE, fixes.disc((118.5, 29.6), 100), "inside")
    told = phones.told(moment, phone=0, consented=False, chance=random.Random(1))
    assert (told.lng, told.lat, told.fixed_at) == (None, None, None)
    assert phones.told(moment, phone=0, consented=True, chance=random.Random(1)).lng is not None


def test_each_phone_emits_its_datum() -> None:
    moment = Moment("arrive", NINE, fixes.disc((118.5, 29.6), 100), "inside")
    told = [phones.told(moment, phone=phone, consented=True, chance=random.Random(1)) for phone in range(3)]
    assert [each.datum for each in told] == ["WGS-84", "GCJ-02", "WGS-84"]
    assert abs((told[1].lng or 0) - (told[0].lng or 0)) > 0.002


def test_a_visit_on_the_wire_is_plain_json() -> None:
    met = Met("outbound", "顾总", "副总经理", "扩建", "愿意来", "1.2", "亿元", "发资料", 7)
    wire = phones.on_the_wire(met, "澜祺精工", NINE)
    assert json.loads(json.dumps(wire)) == wire
    assert wire is not None
    assert (wire["amount"], wire["next_on"], wire["enterprise"]) == ("1.2", "2026-11-27", "澜祺精工")
    assert phones.on_the_wire(None, "", NINE) is None


def test_a_track_loiters_at_every_place_and_is_walked_the_same_again() -> None:
    stops = [(118.5, 29.6), (118.51, 29.6), (118.51, 29.61)]
    way = rounds.track(stops, seed=4)
    assert way == rounds.track(stops, seed=4)
    for number, place in enumerate(stops):
        assert max(apart_m(place, loitering) for loitering in way[5 * number : 5 * number + 4]) < 60


def apart_m(here: tuple[float, float], there: tuple[float, float]) -> float:
    return measure.distance_m(lng=here[0], lat=here[1], to_lng=there[0], to_lat=there[1])
