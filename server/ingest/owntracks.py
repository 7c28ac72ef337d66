"""OwnTracks over HTTP: headers → who sends, body → its fixes.

A body is one JSON message with a `_type`, a list of them, or nothing at all. `location` and `transition` say where
the phone is; a `waypoint` says where a region lies, which is somewhere else; the others say nothing of a place.
A message may be sealed in `encrypted`. Speed is in km/h, battery in per cent.

Source: the project's booklet (JSON, HTTP, encryption) and its JSON schema.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qs

import orjson
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

from server.ingest import fixes, readings
from server.ingest.fixes import Answer, Envelope, Fix, Reason, Sender, SetAside
from server.ingest.readings import KMH_PER_MPS, PERCENT, NotRead

SOURCE: Final = "owntracks"
ANSWER: Final = Answer(200, b"[]", "application/json")
"""The body must be a list of messages, here always an empty one; anything else, and Android sends again."""

NOBODY: Final = Sender()

_UNITS: Final = {
    "acc": ("accuracy_m", 1.0),
    "alt": ("altitude_m", 1.0),
    "vel": ("speed_mps", KMH_PER_MPS),
    "cog": ("heading_deg", 1.0),
    "batt": ("battery", PERCENT),
}
_CHARGING: Final = {1: 0, 2: 1, 3: 1}  # unplugged, charging, full; Android calls a full phone charging, too

_PLACELESS: Final = frozenset({
    "waypoint", "waypoints", "lwt", "card", "status", "steps", "cmd", "beacon", "configuration", "request", "dump",
})  # fmt: skip
_KNOWN: Final = frozenset(_UNITS) | {
    "_type", "_id", "lat", "lon", "tst", "tid", "bs", "created_at", "vac", "rad", "t", "m", "conn", "topic", "p",
    "inregions", "inrids", "SSID", "BSSID", "poi", "tag", "image", "imagename", "motionactivities", "source",
    "event", "desc", "wtst", "rid",
}  # fmt: skip


# ── who ─────────────────────────────────────────────────────────────────────────────────────────────────


def sender(headers: Mapping[str, str], query: bytes = b"") -> Sender:
    """Who sends: the name and secret of `Authorization: Basic`, the device of `X-Limit-D` or `?d=`; a name may also
    stand in `X-Limit-U` or `?u=`. What is not there or cannot be read is None.
    """
    told = {name.lower(): value for name, value in headers.items()}
    asked = parse_qs(query.decode("utf-8", "replace"))
    name, secret = _basic(told.get("authorization", ""))
    return Sender(
        secret=secret or None,
        user=name or told.get("x-limit-u") or asked.get("u", [None])[0],
        device=told.get("x-limit-d") or asked.get("d", [None])[0],
    )


def _basic(header: str) -> tuple[str, str]:
    """Name and password, both empty when there are none; the name ends at the first colon."""
    scheme, _, packed = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    whole = packed.strip().rstrip("=")
    try:
        said = base64.b64decode(whole + "=" * (-len(whole) % 4), validate=True)
    except ValueError:
        return "", ""
    name, _, secret = said.partition(b":")
    return _text(name), _text(secret)


def _text(said: bytes) -> str:
    """UTF-8 as browsers write it, or else Latin-1, in which Android's library writes names and secrets."""
    try:
        return said.decode("utf-8")
    except UnicodeDecodeError:
        return said.decode("latin-1")


# ── what ────────────────────────────────────────────────────────────────────────────────────────────────


def decode(body: bytes, *, sender: Sender = NOBODY, key: str | None = None) -> Envelope:
    """Read one request, sealed messages with the device's `key`.

    The envelope's kind is the message's `_type`, `unknown`, `empty`, or `several`; what was in a sealed message that
    opened, else `encrypted`. Raises `Unreadable` when the body is neither empty nor JSON messages, or holds
    more of them than an honest phone sends at once.
    """
    items = [_opened(each, key) for each in _messages(body)]
    unknown: Counter[str] = Counter()
    found, dropped = fixes.each(items, lambda item: _fix(item, unknown))
    return Envelope(
        kind=_kinds(items),
        sender=sender,
        fixes=fixes.gather(found, dropped, source=SOURCE, unknown_keys=unknown, time_needed=True),
        answer=ANSWER,
    )


def _messages(body: bytes) -> list[object]:
    if not body.strip():
        return []
    said = fixes.loaded(body)
    return said if isinstance(said, list) else [said]


def _kinds(items: list[object]) -> str:
    return _kind(items[0]) if len(items) == 1 else "several" if items else "empty"


def _kind(item: object) -> str:
    kind = item.get("_type") if isinstance(item, dict) else None
    known = isinstance(kind, str) and (kind in _PLACELESS or kind in _READ or kind == "encrypted")
    return str(kind) if known else "unknown"


def _fix(item: object, unknown: Counter[str]) -> Fix:
    kind = _kind(item)
    if kind == "encrypted":
        raise SetAside(Reason.NOT_OPENED)
    if kind in _PLACELESS:
        raise SetAside(Reason.NOT_A_POSITION)
    if kind not in _READ or not isinstance(item, dict):
        raise SetAside(Reason.UNKNOWN_KIND if isinstance(item, dict) else Reason.UNREADABLE_ITEM)
    readings.tally(item, _KNOWN, unknown)
    return _located(item, _READ[kind](item), unknown)


def _located(message: dict[str, Any], note: str | None, unknown: Counter[str]) -> Fix:
    """The fix of a location or a transition. −1 in `vel`, `cog` or `batt` is an iPhone that does not know."""
    try:
        lng, lat = readings.number(message.get("lon")), readings.number(message.get("lat"))
        fixed_at_s = readings.instant_s(message.get("tst"))
    except NotRead:
        raise SetAside(Reason.UNREADABLE_ITEM) from None
    battery_status = message.get("bs")
    return Fix(
        lng=lng,
        lat=lat,
        fixed_at_s=fixed_at_s,
        charging=_CHARGING.get(battery_status, -1) if isinstance(battery_status, int) else -1,
        mock=False,
        note=note,
        **readings.measured(message, _UNITS, unknown),
    )


def _of_location(message: dict[str, Any]) -> str | None:
    """What its owner attached: the name of a place, a tag, and that there was a picture (which is not kept)."""
    picture = message.get("imagename") or bool(message.get("image"))
    return readings.remarks(poi=message.get("poi"), tag=message.get("tag"), image=picture)


def _of_transition(message: dict[str, Any]) -> str | None:
    """`enter: …` or `leave: …` with the name of the region."""
    event = message.get("event")
    return readings.remarks(**{event: message.get("desc") or True}) if event in ("enter", "leave") else None


_READ: Final = {"location": _of_location, "transition": _of_transition}


# ── sealed ──────────────────────────────────────────────────────────────────────────────────────────────


def _opened(item: object, key: str | None) -> object:
    """The message inside a sealed one; the sealed one itself when it does not open or holds no message."""
    if key is None or not isinstance(item, dict) or item.get("_type") != "encrypted":
        return item
    plain = open_box(item.get("data"), key)
    try:
        inside = orjson.loads(plain or b"")
    except orjson.JSONDecodeError:
        return item
    return inside if isinstance(inside, dict) else item


def open_box(data: object, key: str) -> bytes | None:
    """What is sealed in `data`, base64 of a nonce of 24 bytes and libsodium's secretbox; None if `key` does not open
    it. A key is cut or filled with zero bytes to 32, as the apps do.
    """
    if not isinstance(data, str):
        return None
    box = SecretBox(key.encode()[: SecretBox.KEY_SIZE].ljust(SecretBox.KEY_SIZE, b"\0"))
    try:
        return box.decrypt(base64.b64decode(data))
    except (binascii.Error, ValueError, CryptoError):
        return None
