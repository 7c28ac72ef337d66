"""Reports of one thing: proposed before they are sent and afterwards, merged; what is near, and what is on the map."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from server import clock
from server.geo.datum import Datum, convert_point
from tests import people
from tests.api.test_matter_steps import FOUND, URL, Desk
from tests.matters import complex_one, ordinary
from tests.people import County


@pytest.fixture
def folk(app: Flask) -> County:
    return people.county(app)


@pytest.fixture
def desk(client: FlaskClient, folk: County) -> Desk:
    return Desk(client, folk, ordinary())


def asked(desk: Desk, who: str, address: str, **query: Any) -> list[dict[str, Any]]:
    """The items that somebody is told."""
    answer = desk.client.get(f"{URL}/{address}", query_string=query, headers=desk.signed[who])
    assert answer.status_code == 200, answer.get_json()
    return list(answer.get_json()["items"])


def test_reports_of_one_thing_are_found_by_place_or_by_its_words_and_merged(desk: Desk) -> None:
    first, category = desk.matter["id"], desk.matter["category"]["id"]
    told = FOUND | {"category_id": category}
    desk.report("grid_member", told | {"lng": 118.52})  # two kilometres away
    desk.report("grid_member", told | {"lng": None, "lat": None, "place": "别处"})
    by_words = desk.report("grid_member", told | {"lng": None, "lat": None})
    desk.matter = desk.report("grid_member", told | {"lng": 118.501, "place": "村口"})
    alike = asked(desk, "supervisor_a", f"{desk.matter['id']}/alike")
    assert [item["id"] for item in alike] == [first]
    assert [item["id"] for item in asked(desk, "supervisor_a", f"{first}/alike")] == [
        by_words["id"],
        desk.matter["id"],
    ]
    desk.does("supervisor_a", "route", "merge", into_id=first)
    assert (desk.matter["state"], desk.matter["merged_into"]) == ("merged", first)
    into = desk.client.get(f"{URL}/{first}", headers=desk.signed["supervisor_a"]).get_json()
    assert into["merged"] == [desk.matter["id"]]
    assert [item["id"] for item in asked(desk, "supervisor_a", f"{first}/alike")] == [by_words["id"]]


def test_whoever_reports_is_told_of_what_their_unit_knows_already_and_reads_no_words_of_others(
    desk: Desk,
) -> None:
    category, first = desk.matter["category"]["id"], desk.matter["id"]
    lng, lat = convert_point(lng=118.5005, lat=29.6, source=Datum.WGS84, target=Datum.GCJ02)
    here = {"category_id": category, "lng": lng, "lat": lat, "datum": "GCJ-02"}
    [own] = asked(desk, "grid_member", "known", **here)
    assert (own["id"], own["text"], own["readable"]) == (first, FOUND["text"], True)
    assert 40 < own["metres"] < 60
    desk.report(
        "cadre", FOUND | {"category_id": category}
    )  # of the township, whose people may not read the village's
    assert [item["id"] for item in asked(desk, "grid_member", "known", **here)] == [first]
    assert asked(desk, "cadre_b", "known", **here) == []
    assert asked(desk, "grid_member", "known", **here | {"category_id": complex_one()}) == []
    assert asked(desk, "grid_member", "known", **here | {"lng": lng + 0.01}) == []
    with clock.at(clock.now() + timedelta(days=8)):
        desk.sign_in()
        assert asked(desk, "grid_member", "known", **here) == []


def test_a_colleagues_report_is_told_without_its_words(desk: Desk, folk: County) -> None:
    neighbour = people.person("邻格网格员", folk.grid_a, ("grid_member", folk.grid_a))
    headers = neighbour.sign_in(desk.client)
    query = {"category_id": desk.matter["category"]["id"], "place": FOUND["place"]}
    [told] = desk.client.get(f"{URL}/known", query_string=query, headers=headers).get_json()["items"]
    assert told["id"] == desk.matter["id"]
    assert (told["readable"], told["text"], told["place"]) == (False, None, None)


def test_what_lies_near_is_told_with_its_metres_and_what_has_a_place_is_on_the_map(desk: Desk) -> None:
    category = desk.matter["category"]["id"]
    near = desk.report("grid_member", FOUND | {"category_id": category, "lng": 118.505, "place": "桥头"})
    desk.report("grid_member", FOUND | {"category_id": category, "lng": 118.6, "place": "远处"})
    desk.report("grid_member", FOUND | {"category_id": category, "lng": None, "lat": None, "place": "村委会"})
    [around] = asked(desk, "supervisor_a", f"{desk.matter['id']}/around")
    assert (around["id"], around["alike"]) == (near["id"], False)
    assert 480 < around["metres"] < 490
    assert len(asked(desk, "supervisor_a", "placed")) == 3
    assert asked(desk, "supervisor_b", "placed") == asked(desk, "administrator", "placed") == []
    assert (
        desk.client.get(f"{URL}/{near['id']}/around", headers=desk.signed["supervisor_b"]).status_code == 404
    )
