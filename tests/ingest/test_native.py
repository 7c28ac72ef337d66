"""The server's own batches: rows and columns, packed and plain, good items beside bad ones, and hostile bodies."""

import gzip
import json
import logging
import math
import re
import time
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Unreadable
from server.geo.datum import Datum
from server.ingest import native
from server.ingest.fixes import MAX_FIXES, MEASURES, UNREADABLE, Reason
from server.ingest.native import MAX_BYTES
from tests.ingest.payloads import FIXED_AT_S, LAT, LNG, anything_in_json, check, epoch_s, expected, samples

PLACE = {"lng": 119.691241, "lat": 29.802137, "fixed_at": 1765000810}
KEYS = {"sent_at", "datum", "items", "columns", "charging", "mock", "note", "fixed_at", *MEASURES}

ITEMS = st.lists(
    st.fixed_dictionaries(
        {"lng": LNG, "lat": LAT, "fixed_at": FIXED_AT_S},
        optional={
            "accuracy_m": st.none() | st.floats(0.1, 5_000.0),
            "altitude_m": st.none() | st.floats(-400.0, 9_000.0),
            "speed_mps": st.none() | st.floats(0.0, 90.0),
            "heading_deg": st.none() | st.integers(0, 360),
            "battery": st.none() | st.floats(0.0, 1.0),
            "charging": st.none() | st.booleans(),
            "mock": st.booleans(),
            "note": st.none() | st.sampled_from(["茶厂", "gate 3"]),
        },
    ),
    max_size=12,
)


def body(*items: Any, **more: Any) -> bytes:
    return json.dumps({"items": list(items), **more}).encode()


def refused(content: bytes, encoding: str = "") -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        native.decode(content, encoding=encoding)
    return caught.value


# ── what is said is what is kept ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sample", samples("native"), ids=lambda sample: sample.stem)
def test_a_batch_becomes_the_fixes_beside_it(sample: Path) -> None:
    wanted, batch = expected(sample), native.decode(sample.read_bytes())
    check(batch.fixes, wanted)
    assert batch.sent_at_s == epoch_s(wanted["sent_at"])
    assert batch.fixes.datum == Datum(wanted["datum"])
    assert batch.fixes.source == "native"


def test_a_bad_item_is_named_by_its_row_and_reason() -> None:
    batch = native.decode(body(PLACE, {"lng": 1.0}, {**PLACE, "lat": "north"}, PLACE)).fixes
    assert batch.dropped == {1: Reason.NO_POSITION, 2: Reason.UNREADABLE_ITEM}
    assert list(batch.row) == [0, 3]


@settings(max_examples=40)
@given(ITEMS)
def test_rows_and_columns_say_the_same(items: list[dict[str, Any]]) -> None:
    names = sorted({name for item in items for name in item})
    columns = {name: [item.get(name) for item in items] for name in names}
    rows = native.decode(json.dumps({"items": items}).encode()).fixes
    cols = native.decode(json.dumps({"columns": columns}).encode()).fixes
    for name in (*MEASURES, "row", "charging", "mock"):
        np.testing.assert_array_equal(getattr(rows, name), getattr(cols, name))
    assert (rows.note, rows.dropped) == (cols.note, cols.dropped)


@settings(max_examples=40)
@given(ITEMS)
def test_every_value_comes_back_as_it_was_sent(items: list[dict[str, Any]]) -> None:
    batch = native.decode(body(*items)).fixes
    assert len(batch) == len(items)
    for at, item in enumerate(items):
        for name in MEASURES:
            sent = item.get(name.removesuffix("_s") if name == "fixed_at_s" else name)
            kept = float(getattr(batch, name)[at])
            assert kept == sent if sent is not None else math.isnan(kept)
        assert batch.note[at] == item.get("note")
        assert batch.charging[at] == {True: 1, False: 0, None: -1}[item.get("charging")]


@pytest.mark.parametrize(
    "said",
    [1765000810, 1765000810.0, "1765000810", "2025-12-06T06:00:10Z", "2025-12-06T14:00:10+08:00",
     "2025-12-06T06:00:10", "2025-12-06 06:00:10", "2025-12-06T06:00:10.000Z", "2025-12-06t06:00:10z"],
)  # fmt: skip
def test_a_time_may_be_seconds_or_iso_8601(said: Any) -> None:
    assert list(native.decode(body({**PLACE, "fixed_at": said})).fixes.fixed_at_s) == [1765000810.0]


def test_a_time_without_a_zone_is_utc_wherever_the_server_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "Asia/Shanghai")
        time.tzset()
        batch = native.decode(body({**PLACE, "fixed_at": "2025-12-06T06:00:10"})).fixes
    time.tzset()
    assert list(batch.fixed_at_s) == [1765000810.0]


@pytest.mark.parametrize(
    ("key", "said"),
    [("accuracy_m", 0), ("accuracy_m", -1), ("speed_mps", -1), ("heading_deg", -1), ("heading_deg", 361),
     ("battery", -1), ("battery", 1.01), ("altitude_m", 1e300), ("accuracy_m", None), ("speed_mps", "")],
)  # fmt: skip
def test_what_no_phone_can_have_measured_is_unknown(key: str, said: Any) -> None:
    batch = native.decode(body({**PLACE, key: said})).fixes
    assert math.isnan(getattr(batch, key)[0])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"lat": None}, Reason.NO_POSITION),
        ({"lat": True}, Reason.UNREADABLE_ITEM),
        ({"lat": "29,8"}, Reason.UNREADABLE_ITEM),
        ({"lat": [29.8]}, Reason.UNREADABLE_ITEM),
        ({"lat": 90.000001}, Reason.IMPOSSIBLE_COORDINATES),
        ({"lng": -180.000001}, Reason.IMPOSSIBLE_COORDINATES),
        ({"lng": 1e308}, Reason.IMPOSSIBLE_COORDINATES),
        ({"fixed_at": None}, Reason.NO_TIME),
        ({"fixed_at": 0}, Reason.IMPOSSIBLE_TIME),
        ({"fixed_at": 1e18}, Reason.IMPOSSIBLE_TIME),
        ({"fixed_at": 253_402_300_799}, Reason.IMPOSSIBLE_TIME),
        ({"fixed_at": "2025-13-06T06:00:10Z"}, Reason.UNREADABLE_ITEM),
        ({"fixed_at": "2025-12-06"}, Reason.UNREADABLE_ITEM),
    ],
)
def test_an_item_without_a_possible_place_and_time_is_dropped(change: dict[str, Any], reason: Reason) -> None:
    assert native.decode(body(PLACE, {**PLACE, **change})).fixes.dropped == {1: reason}


@pytest.mark.parametrize(
    ("worthless", "reason"),
    [
        ("NaN", Reason.NO_POSITION),
        ("Infinity", Reason.IMPOSSIBLE_COORDINATES),
        ("1e999", Reason.IMPOSSIBLE_COORDINATES),
        ("1" * 400 + ', "note": NaN', Reason.IMPOSSIBLE_COORDINATES),
        ('"\\ud83d"', Reason.UNREADABLE_ITEM),
    ],
)
def test_a_value_that_json_has_not_spoils_its_item_only(worthless: str, reason: Reason) -> None:
    content = f'{{"items": [{json.dumps(PLACE)}, {{"lng": 1, "lat": {worthless}, "fixed_at": 5}}]}}'
    assert native.decode(content.encode()).fixes.dropped == {1: reason}


def test_half_an_emoji_in_a_note_is_left_out() -> None:
    assert native.decode(body({**PLACE, "note": "茶厂\ud83d"})).fixes.note == ["茶厂"]


def test_a_note_holds_nothing_that_a_database_refuses_and_no_more_than_200_characters() -> None:
    (note,) = native.decode(body({**PLACE, "note": "a\0b\n" + "茶" * 500})).fixes.note
    assert note == "ab" + "茶" * 198


def test_a_batch_without_a_datum_is_in_wgs_84_and_without_a_time_of_sending_says_so() -> None:
    batch = native.decode(body(PLACE))
    assert batch.fixes.datum is Datum.WGS84
    assert math.isnan(batch.sent_at_s)


def test_an_empty_batch_is_a_batch() -> None:
    assert len(native.decode(body()).fixes) == len(native.decode(b'{"columns": {}}').fixes) == 0


# ── packed ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_packed_batch_is_the_batch() -> None:
    packed = gzip.compress(body(*[PLACE] * MAX_FIXES))
    assert len(native.decode(packed, encoding="gzip").fixes) == MAX_FIXES


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = gzip.compress(b" " * (8 * MAX_BYTES))
    tracemalloc.start()
    try:
        refusal = refused(bomb, "gzip")
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "2048 KB" in refusal.sentence_en
    assert peak_bytes < 3 * MAX_BYTES


def test_a_batch_may_unpack_to_the_limit_and_not_a_byte_more() -> None:
    fits = body(PLACE).ljust(MAX_BYTES)
    assert len(native.decode(gzip.compress(fits), encoding="gzip").fixes) == 1
    assert "unpacks" in refused(gzip.compress(fits + b" "), "gzip").sentence_en
    assert "unpacks" in refused(fits + b" ").sentence_en


@pytest.mark.parametrize(
    "damage", [b"", b"{}", gzip.compress(b"{}", mtime=0)[:-4], gzip.compress(b"{}", mtime=0) + b"more"]
)
def test_damaged_gzip_is_refused(damage: bytes) -> None:
    assert "damaged" in refused(damage, "gzip").sentence_en


def test_another_packing_is_refused_by_name() -> None:
    assert "packed" in refused(body(PLACE), "br").sentence_en


# ── nothing can be read ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no message"),
        (b"7", "no message"),
        (b"{}", "items or columns"),
        (b'{"items": 7}', "items or columns"),
        (b'{"items": [], "columns": {}}', "items or columns"),
        (b'{"columns": {"lng": [1], "lat": [1, 2]}}', "differ"),
        (b'{"columns": {"lng": 1}}', "differ"),
        (b'{"items": [], "datum": "Xian80"}', "datum"),
        (b'{"items": [], "sent_at": "soon"}', "sent_at"),
        (b'{"items": [], "sent_at": -5}', "sent_at"),
        (b'{"items": [], "sent_at": 1e999}', "sent_at"),
        (json.dumps({"items": [{}] * (MAX_FIXES + 1)}).encode(), "2000"),
        (json.dumps({"columns": {"lng": [0] * (MAX_FIXES + 1)}}).encode(), "2000"),
    ],
)
def test_a_body_of_which_nothing_can_be_read_is_refused_with_its_reason(content: bytes, why: str) -> None:
    assert why in refused(content).sentence_en


@pytest.mark.parametrize("encoding", ["", "gzip"])
@settings(max_examples=40)
@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(encoding: str, content: bytes) -> None:
    try:
        batch = native.decode(content, encoding=encoding)
    except Unreadable:
        return
    assert len(batch.fixes) <= MAX_FIXES


@settings(max_examples=40)
@given(anything_in_json(KEYS))
def test_any_json_is_read_or_refused(said: Any) -> None:
    for content in (
        said,
        {"items": said},
        {"items": [said]},
        {"columns": said},
        {"columns": {"lng": [said]}},
    ):
        try:
            batch = native.decode(json.dumps(content).encode())
        except Unreadable:
            continue
        assert np.isfinite(batch.fixes.lng).all()
        assert np.isfinite(batch.fixes.fixed_at_s).all()


# ── nothing gets out ────────────────────────────────────────────────────────────────────────────────────


def test_keys_that_nobody_knows_are_counted_and_cannot_flood_the_count() -> None:
    batch = native.decode(body(*({**PLACE, f"key{at}": 1, "29.802137,119.691241": 1} for at in range(100))))
    assert len(batch.fixes) == 100
    assert len(batch.fixes.unknown_keys) <= 33
    assert sum(batch.fixes.unknown_keys.values()) == 200
    assert not any("29.8" in key for key in batch.fixes.unknown_keys)


def test_a_log_line_of_a_batch_holds_no_position(caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("test").warning("%r", native.decode(body(PLACE)))
    assert "119.69" not in caplog.text
    assert "1 fixes from native" in caplog.text


def test_a_refusal_holds_nothing_of_the_body() -> None:
    refusal = refused(b'{"lng": 119.691241')
    assert "119.69" not in repr((refusal, refusal.__cause__, refusal.facts, refusal.document()))
    assert refusal.__suppress_context__


def test_every_refusal_is_said_in_both_languages_with_the_same_facts() -> None:
    for zh, en in UNREADABLE.values():
        assert re.search(r"[\u4e00-\u9fff]", zh)
        assert not re.search(r"[\u4e00-\u9fff]", en)
        assert re.findall(r"{\w+}", zh) == re.findall(r"{\w+}", en)
