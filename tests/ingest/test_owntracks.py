"""OwnTracks' messages, sealed and open, and what only looks like one."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.secret import SecretBox

from server.errors import Unreadable
from server.ingest import owntracks
from server.ingest.fixes import Reason, Sender
from tests.ingest.payloads import FIXED_AT_S, LAT, LNG, anything_in_json, check, document, expected, samples

PLACE = {"_type": "location", "lat": 29.8, "lon": 119.69, "tst": 1765000810, "tid": "lh"}
KEYS = {*PLACE, "data", "acc", "vel", "batt", "bs", "event", "desc", "poi", "image", "imagename"}
TYPES = st.sampled_from(["location", "transition", "waypoint", "encrypted", "lwt", "else", 7, None])


def sealed(content: Any, key: str) -> dict[str, str]:
    """A message as the apps seal it: the key filled with zero bytes to 32, or cut there."""
    box = SecretBox(key.encode()[:32] + bytes(32 - len(key.encode()[:32])))
    return {
        "_type": "encrypted",
        "data": base64.b64encode(bytes(box.encrypt(json.dumps(content).encode()))).decode(),
    }


def reasons(message: Any, key: str | None = None) -> list[Reason]:
    return list(owntracks.decode(json.dumps(message).encode(), key=key).fixes.dropped.values())


# ── every kind of message ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("sample", samples("owntracks"), ids=lambda sample: sample.stem)
def test_a_message_becomes_the_fix_beside_it(sample: Path) -> None:
    wanted = expected(sample)
    envelope = owntracks.decode(sample.read_bytes(), key=wanted.get("key"))
    check(envelope.fixes, wanted)
    assert envelope.kind == wanted["kind"]
    assert envelope.fixes.source == "owntracks"


@pytest.mark.parametrize("sample", samples("owntracks"), ids=lambda sample: sample.stem)
def test_every_message_is_answered_with_an_empty_list(sample: Path) -> None:
    answer = owntracks.decode(sample.read_bytes()).answer
    assert (answer.status, json.loads(answer.body), answer.content_type) == (200, [], "application/json")


def test_more_messages_than_an_honest_phone_sends_at_once_are_not_read_one_by_one() -> None:
    assert len(owntracks.decode(json.dumps([PLACE] * 2_000).encode()).fixes) == 2_000
    with pytest.raises(Unreadable):
        owntracks.decode(json.dumps([PLACE] * 2_001).encode())


def test_the_place_of_a_waypoint_is_not_where_the_phone_is() -> None:
    assert reasons({**PLACE, "_type": "waypoint"}) == [Reason.NOT_A_POSITION]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"lat": None}, Reason.NO_POSITION),
        ({"lat": "29,8"}, Reason.UNREADABLE_ITEM),
        ({"lat": False}, Reason.UNREADABLE_ITEM),
        ({"lat": 948}, Reason.IMPOSSIBLE_COORDINATES),
        ({"tst": None}, Reason.NO_TIME),
        ({"tst": 0}, Reason.IMPOSSIBLE_TIME),
        ({"tst": 1765000810000}, Reason.IMPOSSIBLE_TIME),
        ({"tst": "now"}, Reason.UNREADABLE_ITEM),
        ({"_type": "hello"}, Reason.UNKNOWN_KIND),
        ({"_type": ["location"]}, Reason.UNKNOWN_KIND),
    ],
)
def test_a_location_without_a_possible_place_and_time_is_dropped(
    change: dict[str, Any], reason: Reason
) -> None:
    assert reasons([PLACE, {**PLACE, **change}]) == [reason]


@settings(max_examples=40)
@given(
    lng=LNG,
    lat=LAT,
    tst=FIXED_AT_S,
    vel=st.integers(0, 300),
    batt=st.integers(0, 100),
    bs=st.sampled_from([0, 1, 2, 3]),
)
def test_speed_comes_in_km_h_and_battery_in_per_cent(
    lng: float, lat: float, tst: int, vel: int, batt: int, bs: int
) -> None:
    message = {"_type": "location", "lon": lng, "lat": lat, "tst": tst, "vel": vel, "batt": batt, "bs": bs}
    fix = document(owntracks.decode(json.dumps(message).encode()).fixes, 0)
    assert (fix["lng"], fix["lat"], fix["fixed_at_s"]) == (lng, lat, tst)
    assert fix["speed_mps"] == pytest.approx(vel * 1000 / 3600)
    assert fix["battery"] == batt / 100
    assert fix["charging"] == [-1, 0, 1, 1][bs]


@pytest.mark.parametrize("bs", [4, -1, "2", None, 2.0, [2]])
def test_a_battery_status_that_is_none_is_unknown(bs: Any) -> None:
    assert list(owntracks.decode(json.dumps({**PLACE, "bs": bs}).encode()).fixes.charging) == [-1]


def test_a_picture_leaves_a_word_and_not_itself() -> None:
    body = json.dumps({**PLACE, "image": "iVBORw0KGgo" * 50_000}).encode()
    assert owntracks.decode(body).fixes.note == ["image"]


def test_a_message_says_nothing_of_wireless_networks_to_those_behind() -> None:
    fixes = owntracks.decode(json.dumps({**PLACE, "SSID": "hotel", "BSSID": "ca:fe"}).encode()).fixes
    assert fixes.note == [None]
    assert not fixes.unknown_keys


# ── sealed ──────────────────────────────────────────────────────────────────────────────────────────────


@settings(max_examples=40)
@given(
    key=st.text(st.characters(exclude_categories=["Cs"]), max_size=48), poi=st.sampled_from(["茶厂", "gate"])
)
def test_a_sealed_message_opens_with_its_own_key_and_no_other(key: str, poi: str) -> None:
    body = json.dumps(sealed({**PLACE, "poi": poi}, key)).encode()
    assert owntracks.decode(body, key=key).fixes.note == [f"poi: {poi}"]
    assert owntracks.decode(body, key=f"!{key}").fixes.dropped == {0: Reason.NOT_OPENED}


def test_a_sealed_message_is_told_by_what_was_in_it() -> None:
    body = json.dumps(sealed({"_type": "lwt", "tst": 1}, "k")).encode()
    assert owntracks.decode(body, key="k").kind == "lwt"
    assert owntracks.decode(body).kind == "encrypted"


@pytest.mark.parametrize("data", [None, 7, "", "AAAA", "not base64!", "YWJjZGUK", "é" * 100, "A" * 96])
def test_what_is_no_box_does_not_open(data: Any) -> None:
    assert owntracks.open_box(data, "k") is None
    assert reasons({"_type": "encrypted", "data": data}, key="k") == [Reason.NOT_OPENED]


def test_a_box_may_be_written_over_several_lines() -> None:
    data = sealed(PLACE, "k")["data"]
    assert owntracks.open_box(f"{data[:60]}\n{data[60:]}\n", "k") == json.dumps(PLACE).encode()


def test_a_box_changed_on_its_way_does_not_open() -> None:
    raw = bytearray(base64.b64decode(sealed(PLACE, "k")["data"]))
    raw[-1] ^= 1
    assert owntracks.open_box(base64.b64encode(bytes(raw)).decode(), "k") is None


@pytest.mark.parametrize("inside", [[], 7, "text", sealed(PLACE, "k")])
def test_a_box_without_a_message_yields_none(inside: Any) -> None:
    assert reasons(sealed(inside, "k"), key="k") == [Reason.NOT_OPENED]


def test_a_name_that_is_no_utf_8_costs_its_letters_and_not_the_fix() -> None:
    body = json.dumps(PLACE | {"poi": "@"}).encode().replace(b"@", "茶厂".encode("gbk"))
    assert len(owntracks.decode(body).fixes) == 1


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


def basic(said: str) -> str:
    return "Basic " + base64.b64encode(said.encode()).decode()


@pytest.mark.parametrize(
    ("headers", "query", "sender"),
    [
        ({"Authorization": basic("lin:pa:ss"), "X-Limit-D": "phone"}, b"", ("pa:ss", "lin", "phone")),
        ({"authorization": basic("林海:密码")}, b"d=phone", ("密码", "林海", "phone")),
        ({"X-Limit-U": "lin", "X-Limit-D": "phone"}, b"u=no&d=no", (None, "lin", "phone")),
        ({}, b"u=lin&d=phone", (None, "lin", "phone")),
        ({"Authorization": "Basic not-base64"}, b"", (None, None, None)),
        ({"Authorization": "Basic /////w=="}, b"", (None, "ÿÿÿÿ", None)),
        ({"Authorization": "Basic Sm9z6Tpnb2Vz"}, b"", ("goes", "José", None)),
        ({"Authorization": basic("li:geheim").rstrip("=")}, b"", ("geheim", "li", None)),
        ({"Authorization": "Bearer eyJ"}, b"", (None, None, None)),
        ({"Authorization": basic("lin")}, b"", (None, "lin", None)),
        ({}, b"\xff%zz&u", (None, None, None)),
    ],
)
def test_who_sends_is_read_from_headers_and_query(
    headers: dict[str, str], query: bytes, sender: tuple[str | None, ...]
) -> None:
    found = owntracks.sender(headers, query)
    assert (found.secret, found.user, found.device) == sender


def test_the_sender_is_kept_with_the_message_and_its_secret_out_of_the_log() -> None:
    sender = Sender(secret="s3cret", user="lin", device="phone")
    envelope = owntracks.decode(b"", sender=sender)
    assert envelope.sender is sender
    assert "s3cret" not in repr(envelope)


# ── anything ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("body", [b"", b" ", b"\n"])
def test_an_empty_body_is_a_message_that_says_nothing(body: bytes) -> None:
    envelope = owntracks.decode(body)
    assert (envelope.kind, len(envelope.fixes), envelope.answer.body) == ("empty", 0, b"[]")


@pytest.mark.parametrize("body", [b"{", b"7", b"hello", b"\xff", b"[" * 50_000])
def test_what_is_no_message_is_refused(body: bytes) -> None:
    with pytest.raises(Unreadable):
        owntracks.decode(body)


@settings(max_examples=40)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        envelope = owntracks.decode(body, key="k")
    except Unreadable:
        return
    assert envelope.answer.body == b"[]"


@settings(max_examples=40)
@given(anything_in_json(KEYS), TYPES)
def test_any_json_is_read_or_refused(said: Any, kind: Any) -> None:
    message = {**said, "_type": kind} if isinstance(said, dict) else said
    for content in (
        message,
        [message],
        {**PLACE, "bs": said, "acc": said},
        {"_type": "encrypted", "data": said},
    ):
        try:
            fixes = owntracks.decode(json.dumps(content).encode(), key="k").fixes
        except Unreadable:
            continue
        assert (np.abs(fixes.lat) <= 90).all()
        assert len(fixes) + len(fixes.dropped) == (len(content) if isinstance(content, list) else 1)


@settings(max_examples=40)
@given(
    st.dictionaries(st.sampled_from(["Authorization", "X-Limit-U"]), st.text(max_size=20)),
    st.binary(max_size=30),
)
def test_any_headers_name_somebody_or_nobody(headers: dict[str, str], query: bytes) -> None:
    assert isinstance(owntracks.sender(headers, query), Sender)
