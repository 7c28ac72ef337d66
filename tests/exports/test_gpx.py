from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from server.exports import gpx

AT = datetime(2026, 9, 1, 8, tzinfo=UTC)
SPACE = {"": gpx.SPACE, "guatu": gpx.OURS}


def fix(after_s: float = 0.0, **facts: Any) -> dict[str, Any]:
    told: dict[str, Any] = {
        "phone": 1, "at": AT + timedelta(seconds=after_s), "lng": 118.5, "lat": 29.6, "accuracy_m": 10.0,
        "altitude_m": None, "speed_mps": None, "heading_deg": None, "battery": None, "mock": False,
        "fixed_at": AT, "received_at": AT, "datum": "GCJ-02", "note": None,
    }  # fmt: skip
    return told | facts


def written(*pages: list[dict[str, Any]], person: str = "陈晓", title: str = "赴苏州招商") -> Element:
    document = b"".join(gpx.write(pages, person=person, title=title, gap_s=900.0))
    return ElementTree.fromstring(document)  # noqa: S314  our own document


def test_a_gap_begins_a_segment_and_another_phone_a_track_wherever_a_page_ends() -> None:
    root = written([fix(), fix(900)], [], [fix(1801)], [fix(1802), fix(5, phone=2)])
    shape = [
        [len(segment) for segment in track.findall("trkseg", SPACE)] for track in root.findall("trk", SPACE)
    ]
    assert shape == [[2, 2], [1]]


def test_a_fix_says_all_that_was_told_in_the_order_the_schema_wants_and_nothing_of_what_was_not() -> None:
    point = written([fix(altitude_m=12.5, note="到了")]).find("trk/trkseg/trkpt", SPACE)
    assert point is not None
    assert [child.tag.partition("}")[2] for child in point] == ["ele", "time", "cmt", "extensions"]
    more = {child.tag.partition("}")[2]: child.text for child in point.find("extensions", SPACE) or []}
    assert more == {
        "accuracy_m": "10.0",
        "mock": "false",
        "datum": "GCJ-02",
        "fixed_at": "2026-09-01T08:00:00Z",
        "received_at": "2026-09-01T08:00:00Z",
    }


@pytest.mark.parametrize("name", ["<b>&amp;]]>", "𠮷😀", "\"'", "一\u0000\u000b\ufffe二\ud800"])
def test_any_name_leaves_a_document_that_can_be_read_and_loses_only_what_xml_cannot_hold(name: str) -> None:
    root = written([fix()], person=name, title="")
    kept = "".join(char for char in name if char not in "\u0000\u000b\ufffe\ud800")
    assert root.findtext("metadata/name", namespaces=SPACE) == f"{kept} · "


def test_a_track_of_nothing_is_a_document_all_the_same() -> None:
    assert written().findall("trk", SPACE) == written([]).findall("trk", SPACE) == []


@pytest.mark.parametrize(
    ("lng", "told"),
    [(-0.00000004, "-0.00000004"), (118.0, "118"), (118.502345678, "118.502345678"), (0.0, "0")],
)
def test_degrees_have_no_exponent(lng: float, told: str) -> None:
    point = written([fix(lng=lng)]).find("trk/trkseg/trkpt", SPACE)
    assert point is not None
    assert point.get("lon") == told
