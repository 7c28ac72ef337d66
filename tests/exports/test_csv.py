import csv as reader
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest

from server.exports import csv, geojson

ROW: dict[str, Any] = {
    "id": UUID(int=5),
    "person": {"id": 1, "name": "王𠮷"},
    "unit": {"id": 2, "name": "投资促进局"},
    "trip": {"id": 3, "title": "赴苏州招商"},
    "stop": None,
    "kind": "visit",
    "happened_at": datetime(2026, 3, 1, 17, 30, tzinfo=UTC),
    "verdict": {"outcome": "inside", "edge_m": -12.345, "accuracy_used_m": 18.0},
    "areas": [{"name": "云岭县"}, {"name": "青溪镇"}],
    "window": "late",
    "signals": [{"code": "clock_skew", "zh": "手机时钟不准"}],
    "supplement": None,
    "met": {
        "kind": "outbound", "enterprise": "=HYPERLINK(0)", "contact": "李工", "contact_post": "经理",
        "topic": "+1", "outcome": "", "amount": "1.5", "amount_unit": "亿元", "next_step": "", "next_on": None,
    },
    "note": "第一行\n第二行 😀",
    "position": {"lng": 118.5, "lat": 29.5, "datum": "GCJ-02"},
}  # fmt: skip


def table() -> list[list[str]]:
    text = b"".join(csv.write([[ROW]])).decode()
    assert text.startswith("\ufeff")
    return list(reader.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_rare_characters_and_line_breaks_survive() -> None:
    _, cells = table()
    assert cells[1] == "王𠮷"
    assert "第一行\n第二行 😀" in cells


def test_a_check_in_outside_any_trip_is_marked_so() -> None:
    assert table()[1][3] == "赴苏州招商"
    alone = b"".join(csv.write([[ROW | {"trip": None}]])).decode()
    assert "赴苏州招商" not in alone
    assert ",行程外," in alone


def test_instants_are_the_countys_own_time() -> None:
    assert table()[1][0] == "2026-03-02 01:30:00"


def test_a_formula_is_only_text_and_a_number_is_still_a_number() -> None:
    _, cells = table()
    assert "'=HYPERLINK(0)" in cells
    assert "'+1" in cells
    assert "-12.3" in cells


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", " =1", "＝1"])
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert csv.harmless(cell) == "'" + cell


def test_a_file_says_nothing_of_coordinates() -> None:
    assert "118.5" not in b"".join(csv.write([[ROW]])).decode()


def test_geojson_is_one_valid_collection_whatever_the_pages() -> None:
    told = orjson.loads(b"".join(geojson.write([[ROW], [], [ROW | {"position": None}]])))
    assert told["type"] == "FeatureCollection"
    assert [feature["geometry"] for feature in told["features"]] == [
        {"type": "Point", "coordinates": [118.5, 29.5]},
        None,
    ]
    assert told["features"][0]["properties"]["person"] == "王𠮷"
