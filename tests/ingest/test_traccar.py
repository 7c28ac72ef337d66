"""Traccar Client's three forms and those who write like it, as they are and as they should not be."""

import json
import math
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.errors import Unreadable
from server.ingest import traccar
from server.ingest.fixes import Envelope, Reason
from tests.ingest.payloads import (
    FIXED_AT_S,
    LAT,
    LNG,
    anything_in_json,
    check,
    document,
    epoch_s,
    expected,
    samples,
)

PLACE = {"id": "s3cret", "lat": "29.802137", "lon": "119.691241", "timestamp": "1765000810"}
FORM = "application/x-www-form-urlencoded"
KEYS = {
    *PLACE,
    "location",
    "coords",
    "latitude",
    "longitude",
    "battery",
    "level",
    "device_id",
    "alarm",
    "extras",
}


def decode(sample: Path) -> Envelope:
    """A sample through the part of the request that its suffix names."""
    content = sample.read_bytes().rstrip(b"\n")
    if sample.suffix == ".query":
        return traccar.decode(query=content)
    return traccar.decode(body=content, content_type=FORM if sample.suffix == ".form" else "application/json")


def asked(**change: str) -> Envelope:
    return traccar.decode(query=urlencode(PLACE | change).encode())


def reason(envelope: Envelope) -> Reason:
    (dropped,) = envelope.fixes.dropped.values()
    return dropped


# ── every form ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sample", samples("traccar"), ids=lambda sample: sample.name)
def test_a_message_becomes_the_fix_beside_it(sample: Path) -> None:
    wanted, envelope = expected(sample), decode(sample)
    check(envelope.fixes, wanted)
    assert (envelope.kind, envelope.sender.secret) == (wanted["kind"], wanted["secret"])
    assert envelope.fixes.source == "traccar"


@pytest.mark.parametrize("sample", samples("traccar"), ids=lambda sample: sample.name)
def test_every_message_is_answered_200_with_nothing_in_it(sample: Path) -> None:
    answer = decode(sample).answer
    assert (answer.status, answer.body) == (200, b"")


def test_query_form_and_both_together_say_the_same() -> None:
    whole = urlencode(PLACE).encode()
    first, rest = whole.split(b"&", 1)
    ways = [{"query": whole}, {"body": whole, "content_type": FORM}, {"query": first, "body": rest}]
    told = [traccar.decode(**way) for way in ways]  # type: ignore[arg-type]  # the two of one type come by name
    assert {envelope.sender.secret for envelope in told} == {"s3cret"}
    assert [list(envelope.fixes.lat) for envelope in told] == [[29.802137]] * 3


def test_json_is_known_by_its_first_letter_when_the_header_says_something_else() -> None:
    body = json.dumps(
        {"device_id": "s3cret", "location": {"coords": {"latitude": 1, "longitude": 2}}}
    ).encode()
    assert list(traccar.decode(body=body, content_type=FORM).fixes.lng) == [2.0]
    assert list(traccar.decode(body=b"\xef\xbb\xbf" + body, content_type=FORM).fixes.lng) == [2.0]


def test_broken_json_of_9_is_read_from_what_it_repeats_for_old_servers() -> None:
    body = (
        b'{"location":{"timestamp":"2026-09-01T02:00:00.000Z","coords":{"latitude":29.6,"longitude":118.5,"altitude":},'
        b'"extras":{},"_":"&id=s3cret&lat=29.6&lon=118.5&timestamp=2026-09-01T02:00:00.000Z&"},"device_id":"s3cret"}'
    )
    told = traccar.decode(body=body, content_type="application/json")
    assert (told.sender.secret, list(told.fixes.lng), list(told.fixes.lat)) == ("s3cret", [118.5], [29.6])
    assert told.fixes.fixed_at_s[0] == 1788228000.0
    whole = body.replace(b',"altitude":', b"").replace(b',"device_id":"s3cret"', b"")
    assert traccar.decode(body=whole).sender.secret == "s3cret"


def test_a_list_of_whole_messages_is_read_one_by_one() -> None:
    nested = {
        "device_id": "s3cret",
        "location": [{"coords": {"latitude": 1, "longitude": lng}} for lng in (2, 3)],
    }
    body = json.dumps([nested, {"device_id": "s3cret", "lat": 1, "lon": 4}, 7]).encode()
    told = traccar.decode(body=body)
    assert (list(told.fixes.lng), told.sender.secret) == ([2.0, 3.0, 4.0], "s3cret")
    assert told.fixes.dropped == {3: Reason.UNREADABLE_ITEM}


@settings(max_examples=40)
@given(
    lng=LNG,
    lat=LAT,
    at=FIXED_AT_S.filter(lambda second: second < 2**31),
    speed_mps=st.floats(0.0, 90.0),
    heading=st.floats(0.0, 360.0),
    percent=st.integers(0, 100),
)
def test_the_three_forms_of_one_fix_are_one_fix(
    lng: float, lat: float, at: int, speed_mps: float, heading: float, percent: int
) -> None:
    flat = {
        "id": "x",
        "timestamp": at,
        "lat": lat,
        "lon": lng,
        "speed": speed_mps / 1852 * 3600,
        "bearing": heading,
    }
    flat |= {"altitude": 12.5, "accuracy": 8.25, "batt": percent}
    coords = {"latitude": lat, "longitude": lng, "accuracy": 8.25, "speed": speed_mps, "heading": heading}
    when = np.datetime_as_string(np.datetime64(at, "s"), timezone="UTC")
    battery = {"level": percent / 100}
    nested = {"timestamp": when, "coords": coords | {"altitude": 12.5}, "battery": battery}
    queried = traccar.decode(query=urlencode(flat).encode()).fixes
    posted = traccar.decode(body=urlencode(flat).encode(), content_type=FORM).fixes
    wrapped = traccar.decode(body=json.dumps({"location": nested, "device_id": "x"}).encode()).fixes
    assert document(queried, 0) == document(posted, 0)
    assert document(queried, 0) == pytest.approx(document(wrapped, 0))
    assert (queried.lng[0], queried.lat[0], queried.fixed_at_s[0]) == (lng, lat, at)
    assert queried.speed_mps[0] == pytest.approx(speed_mps)


# ── times ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said",
    ["1765000810", "1765000810000", "2025-12-06T06:00:10Z", "2025-12-06T06:00:10.000Z", "2025-12-06T14:00:10+08:00",
     "2025-12-06T14:00:10+0800", "2025-12-06 06:00:10", "2025-12-06T06:00:10", " 1765000810 ", "1765000810.0"],
)  # fmt: skip
def test_a_timestamp_is_read_in_every_form(said: str) -> None:
    assert list(asked(timestamp=said).fixes.fixed_at_s) == [1765000810.0]


@pytest.mark.parametrize("said", ["2025-12-06T14:00:10+08:00", "2025-12-06T14:00:10.000+0800"])
def test_a_plus_sign_that_was_not_escaped_is_still_a_plus_sign(said: str) -> None:
    query = f"id=x&lat=1&lon=2&timestamp={said}"
    assert list(traccar.decode(query=query.encode()).fixes.fixed_at_s) == [1765000810.0]


def test_milliseconds_begin_where_seconds_would_be_2038() -> None:
    assert asked(timestamp=str(2**31 - 1)).fixes.fixed_at_s[0] == 2**31 - 1
    assert asked(timestamp=str(2**31)).fixes.fixed_at_s[0] == 2**31 / 1000
    assert asked(timestamp="2039-01-01T00:00:00Z").fixes.fixed_at_s[0] == epoch_s("2039-01-01T00:00:00Z")


@pytest.mark.parametrize("left_out", [{}, {"timestamp": ""}])
def test_a_fix_without_a_timestamp_is_kept_without_one(left_out: dict[str, str]) -> None:
    place = {key: value for key, value in PLACE.items() if key != "timestamp"}
    envelope = traccar.decode(query=urlencode(place | left_out).encode())
    assert [math.isnan(at) for at in envelope.fixes.fixed_at_s] == [True]


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("yesterday", Reason.UNREADABLE_ITEM),
        ("2025-12-06", Reason.UNREADABLE_ITEM),
        ("2025-02-30T00:00:00Z", Reason.UNREADABLE_ITEM),
        ("2025-12-06T06:00:10+99:99", Reason.UNREADABLE_ITEM),
        ("NaN", Reason.UNREADABLE_ITEM),
        ("0", Reason.IMPOSSIBLE_TIME),
        ("-5", Reason.IMPOSSIBLE_TIME),
        ("9" * 30, Reason.IMPOSSIBLE_TIME),
        ("0001-01-01T00:00:00+23:00", Reason.IMPOSSIBLE_TIME),
    ],
)
def test_a_timestamp_that_is_none_is_not_taken_for_now(said: str, why: Reason) -> None:
    assert reason(asked(timestamp=said)) == why


# ── places ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "said", ["29,8", "NaN", "Infinity", "north", "0x1D", "2_9", "２９", "--1", "%zz", "\0"]
)
def test_a_place_that_is_no_number_drops_the_item_and_says_so(said: str) -> None:
    envelope = asked(lat=said)
    assert (len(envelope.fixes), reason(envelope)) == (0, Reason.UNREADABLE_ITEM)
    assert envelope.answer.status == 200


@pytest.mark.parametrize(
    "change", [{"lat": "90.1"}, {"lat": "-91"}, {"lon": "180.5"}, {"lat": "1e999"}, {"lon": "9" * 400}]
)
def test_a_place_off_the_earth_drops_the_item(change: dict[str, str]) -> None:
    assert reason(asked(**change)) == Reason.IMPOSSIBLE_COORDINATES


@pytest.mark.parametrize("said", [{"lat": ""}, {"lon": ""}, {"lat": "", "lon": ""}])
def test_half_a_place_is_no_place(said: dict[str, str]) -> None:
    assert reason(asked(**said)) == Reason.NO_POSITION


@pytest.mark.parametrize("said", ["29.8", "29.8,119.6,0", "29,8,119,6", "29.8;119.6", "north,east"])
def test_a_location_in_one_that_is_no_pair_drops_the_item(said: str) -> None:
    assert (
        reason(traccar.decode(query=urlencode({"id": "x", "location": said}).encode()))
        == Reason.UNREADABLE_ITEM
    )


def test_a_place_may_be_said_twice_but_not_in_two_ways() -> None:
    assert len(asked(location="29.802137,119.691241").fixes) == 1
    assert reason(asked(location="29.802137,119.7")) == Reason.UNREADABLE_ITEM


@pytest.mark.parametrize("key", ["lat", "lon", "timestamp"])
def test_a_parameter_that_contradicts_itself_drops_the_item(key: str) -> None:
    query = urlencode([*PLACE.items(), (key, PLACE[key]), (key, "7")]).encode()
    assert reason(traccar.decode(query=query)) == Reason.UNREADABLE_ITEM


def test_the_same_said_twice_is_said_once() -> None:
    assert len(traccar.decode(query=urlencode([*PLACE.items(), *PLACE.items()]).encode()).fixes) == 1


# ── the rest of a fix ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("said", ["fast", "1,5", "NaN"])
def test_a_speed_that_is_none_is_unknown_and_counted(said: str) -> None:
    fixes = asked(speed=said).fixes
    assert math.isnan(fixes.speed_mps[0])
    assert fixes.unknown_keys == {"speed": 1}


def test_a_speed_that_contradicts_itself_is_unknown_and_counted() -> None:
    fixes = traccar.decode(query=urlencode([*PLACE.items(), ("speed", "1"), ("speed", "2")]).encode()).fixes
    assert math.isnan(fixes.speed_mps[0])
    assert fixes.unknown_keys == {"speed": 1}


@pytest.mark.parametrize(
    ("said", "charging"), [("true", 1), ("1", 1), ("false", 0), ("0", 0), ("maybe", -1), ("", -1)]
)
def test_charging_is_yes_no_or_unknown(said: str, charging: int) -> None:
    assert list(asked(charge=said).fixes.charging) == [charging]


def test_an_accuracy_of_zero_is_unknown_and_not_perfect_and_not_mock() -> None:
    fixes = asked(accuracy="0.0").fixes
    assert math.isnan(fixes.accuracy_m[0])
    assert not fixes.mock[0]


def test_an_alarm_is_kept_as_words_without_what_a_database_refuses() -> None:
    assert asked(alarm="sos\0\n" + "!" * 900).fixes.note == ["alarm: sos" + "!" * 197]


@pytest.mark.parametrize("key", ["alarm", "imei", "battery_health"])
def test_a_key_that_no_one_knows_does_not_hinder(key: str) -> None:
    assert list(asked(**{key: "x"}).fixes.lat) == [29.802137]


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("query", "secret"),
    [
        (b"id=abc", "abc"),
        (b"deviceid=abc", "abc"),
        (b"id=abc&deviceid=abc", "abc"),
        (b"id=abc&deviceid=def", None),
        (b"id=abc&id=def", None),
        (b"id=", None),
        (b"", None),
        (b"lat=1&lon=2", None),
        (b"id=a%00b", None),
    ],
)
def test_a_message_names_one_sender_or_none(query: bytes, secret: str | None) -> None:
    assert traccar.decode(query=query).sender.secret == secret


def test_an_identifier_that_was_pasted_with_what_stood_around_it_is_the_same() -> None:
    assert asked(id=" s3cret\n").sender.secret == "s3cret"


def test_a_list_of_two_senders_has_none() -> None:
    body = json.dumps([{"id": "a", "lat": 1, "lon": 2}, {"id": "b", "lat": 1, "lon": 2}]).encode()
    assert traccar.decode(body=body).sender.secret is None


def test_a_log_line_holds_neither_the_secret_nor_the_place() -> None:
    said = repr(asked())
    assert "s3cret" not in said
    assert "29.8" not in said


# ── anything ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("body", [b"{", b"[1,", b'{"location":', b"[" * 50_000])
def test_broken_json_is_the_one_thing_that_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        traccar.decode(body=body, content_type="application/json")


def test_more_parameters_than_any_phone_sends_are_refused() -> None:
    with pytest.raises(Unreadable, match="parameters"):
        traccar.decode(query=b"&".join(b"a%d=1" % at for at in range(500)))


@settings(max_examples=40)
@given(
    query=st.binary(max_size=100),
    body=st.binary(max_size=100),
    kind=st.sampled_from(["", FORM, "application/json"]),
)
def test_any_bytes_are_read_or_refused(query: bytes, body: bytes, kind: str) -> None:
    try:
        envelope = traccar.decode(query=query, body=body, content_type=kind)
    except Unreadable:
        return
    assert envelope.answer.status == 200


@settings(max_examples=40)
@given(st.dictionaries(st.sampled_from(sorted(KEYS)), st.text(max_size=12), max_size=8))
def test_any_parameters_yield_a_possible_fix_or_a_reason(parameters: dict[str, str]) -> None:
    fixes = traccar.decode(query=urlencode(parameters, errors="replace").encode()).fixes
    assert len(fixes) + len(fixes.dropped) == 1
    assert (np.abs(fixes.lat) <= 90).all()


@settings(max_examples=40)
@given(anything_in_json(KEYS))
def test_any_json_is_read_or_refused(said: Any) -> None:
    for content in (said, [said], {"location": said}, {"location": {"coords": said, "battery": said}}):
        try:
            envelope = traccar.decode(body=json.dumps(content).encode(), content_type="application/json")
        except Unreadable:
            continue
        assert (np.abs(envelope.fixes.lat) <= 90).all()
