"""Traccar Client and whoever speaks like it: one request → its sender and its fixes.

Three forms are in the field. Up to 7.9 everything stands in the URL's query and the body is empty; 9.x posts nested
JSON; from 10.0 on the body is a form. Forms and flat JSON say speed in knots and battery in percent, nested JSON says
metres per second and 0..1. OsmAnd, GPSLogger and older clients write the first form with other names. Like Traccar's
own server this takes GET and POST, both names of a thing, and keys it does not know.

Sources: the apps' own senders, and the published description of the OsmAnd protocol.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final
from urllib.parse import parse_qsl, unquote_plus

from server.errors import Unreadable
from server.ingest import fixes, readings
from server.ingest.fixes import Answer, Envelope, Fix, Reason, Sender, SetAside
from server.ingest.readings import KNOTS_PER_MPS, PERCENT, NotRead

SOURCE: Final = "traccar"
ANSWER: Final = Answer(200, b"", "text/plain")
"""All three forms take this as sent; two of them read nothing but the status."""

_REPEATED: Final = b'"&id='
_BOM: Final = b"\xef\xbb\xbf"
_MILLIS_FROM: Final = 2.0**31
_MAX_FIELDS: Final = 200
_PLACE: Final = frozenset({"lat", "lon", "location"})
_NAMES: Final = frozenset({"id", "deviceid", "device_id"})
_NAMED: Final = re.compile(rb"""(?:^|[&?{,])\s*"?(?:id|deviceid|device_id)(?:=|"\s*:\s*")([^&"\s]{1,200})""")
_DECIDES: Final = _PLACE | {"timestamp", "valid"}

Told = tuple[object, Callable[[object], Fix]]
"""One item of a message, and how it is read."""

_FLAT: Final = {
    "accuracy": ("accuracy_m", 1.0),
    "altitude": ("altitude_m", 1.0),
    "speed": ("speed_mps", KNOTS_PER_MPS),
    "heading": ("heading_deg", 1.0),
    "bearing": ("heading_deg", 1.0),
    "batt": ("battery", PERCENT),
}
_COORDS: Final = {
    "accuracy": ("accuracy_m", 1.0),
    "altitude": ("altitude_m", 1.0),
    "speed": ("speed_mps", 1.0),
    "heading": ("heading_deg", 1.0),
}
_BATTERY: Final = {"level": ("battery", 1.0)}

_KNOWN_FLAT: Final = _DECIDES | _NAMES | frozenset(_FLAT) | {
    "charge", "mock", "alarm", "notificationToken", "hdop", "cell", "wifi", "driverUniqueId",
}  # fmt: skip
_KNOWN_ROOT: Final = frozenset({"location", "device_id"})
_KNOWN_LOCATION: Final = frozenset({
    "timestamp", "coords", "battery", "mock", "alarm", "extras", "is_moving", "odometer", "event", "activity", "uuid",
    "age", "geofence", "is_heartbeat", "_",
})  # fmt: skip
_KNOWN_COORDS: Final = frozenset(_COORDS) | {
    "latitude", "longitude", "speed_accuracy", "heading_accuracy", "altitude_accuracy", "ellipsoidal_altitude", "floor",
}  # fmt: skip


def decode(*, query: bytes = b"", body: bytes = b"", content_type: str = "") -> Envelope:
    """Read one request: `query` is what follows the question mark, both still percent-encoded.

    The envelope's kind is `position`, `heartbeat` or `token` (no place in it), or `several`. Its sender has no secret
    when the message names none or two. A fix without a timestamp keeps NaN. Raises `Unreadable` for broken JSON, JSON
    that is no message, more than 200 parameters, and more locations than an honest phone sends at once.
    """
    if body.removeprefix(_BOM).lstrip()[:1] in (b"{", b"[") or (
        body and content_type.startswith("application/json")
    ):
        return _from_json_or_repeated(body)
    return _from_form(_pairs(b"&".join(filter(None, (query, body)))))


def _from_json_or_repeated(body: bytes) -> Envelope:
    """JSON; or, where it is broken or names nobody, what 9.x repeats in it in the first form, for old servers."""
    try:
        envelope = _from_json(body)
    except Unreadable:
        if _REPEATED not in body:
            raise
        return _from_form(_pairs(body))
    return envelope if envelope.sender.secret else replace(envelope, sender=named(body=body))


def named(*, query: bytes = b"", body: bytes = b"") -> Sender:
    """Whom a request names of which nothing else can be read: the one identifier that stands in it as such."""
    said = {unquote_plus(found.decode("utf-8", "replace")) for found in _NAMED.findall(query + b"&" + body)}
    return _sender(said)


# ── query and form ──────────────────────────────────────────────────────────────────────────────────────


def _pairs(text: bytes) -> list[tuple[str, str]]:
    """The parameters in order, repeated ones too; what is no UTF-8 or no percent code is left as it stands."""
    try:
        return parse_qsl(
            text.decode("utf-8", "replace"),
            keep_blank_values=True,
            errors="replace",
            max_num_fields=_MAX_FIELDS,
        )
    except ValueError:
        raise fixes.unreadable("too_many_fields") from None


def _from_form(pairs: list[tuple[str, str]]) -> Envelope:
    message, torn = _settled(pairs)
    unknown = Counter(key for key in torn if key in _FLAT)

    def read(item: object) -> Fix:
        if torn & _DECIDES:
            raise SetAside(Reason.UNREADABLE_ITEM)
        return _flat(item, unknown)

    return _envelope([(message, read)], [value for key, value in pairs if key in _NAMES], unknown)


def _settled(pairs: list[tuple[str, str]]) -> tuple[dict[str, object], set[str]]:
    """Each parameter once, and which were said twice in two ways: these say nothing. `cell` and `wifi` may."""
    message: dict[str, object] = {}
    torn: set[str] = set()
    for key, value in pairs:
        if message.setdefault(key, value) != value:
            torn.add(key)
    return message | dict.fromkeys(torn), torn


# ── JSON ────────────────────────────────────────────────────────────────────────────────────────────────


def _from_json(body: bytes) -> Envelope:
    """Nested as 9.x sends it, one location or a list of them; or flat with the form's keys; one message or a list."""
    said = fixes.loaded(body)
    unknown: Counter[str] = Counter()
    messages = said if isinstance(said, list) else [said]
    told = [each for message in messages for each in _told(message, unknown)]
    return _envelope(told, _names(said), unknown)


def _told(message: object, unknown: Counter[str]) -> list[Told]:
    """What a message tells, item by item: its locations, or itself."""
    if not isinstance(message, dict) or not isinstance(message.get("location"), dict | list):
        return [(message, lambda item: _flat(item, unknown))]
    readings.tally(message, _KNOWN_ROOT, unknown)
    said = message["location"]
    return [
        (each, lambda item: _nested(item, unknown)) for each in (said if isinstance(said, list) else [said])
    ]


def _names(said: Any) -> list[object]:
    messages = said if isinstance(said, list) else [said]
    return [each[key] for each in messages if isinstance(each, dict) for key in _NAMES & each.keys()]


def _nested(location: object, unknown: Counter[str]) -> Fix:
    """One location of 9.x: m/s, battery 0..1, −1 for what is not known; `_` says it all again for old servers."""
    if not isinstance(location, dict):
        raise SetAside(Reason.UNREADABLE_ITEM)
    readings.tally(location, _KNOWN_LOCATION, unknown)
    coords, battery, extras = (_part(location, key) for key in ("coords", "battery", "extras"))
    readings.tally(coords, _KNOWN_COORDS, unknown)
    lat, lng = _both(coords.get("latitude"), coords.get("longitude"))
    return Fix(
        lng=lng,
        lat=lat,
        fixed_at_s=_instant_s(location),
        charging=readings.truth(battery.get("is_charging")),
        mock=readings.truth(location.get("mock")) == 1,
        note=readings.remarks(alarm=location.get("alarm") or extras.get("alarm")),
        **readings.measured(coords, _COORDS, unknown),
        **readings.measured(battery, _BATTERY, unknown),
    )


def _part(message: Mapping[str, Any], key: str) -> dict[str, Any]:
    part = message.get(key)
    return part if isinstance(part, dict) else {}


# ── both ────────────────────────────────────────────────────────────────────────────────────────────────


def _flat(message: object, unknown: Counter[str]) -> Fix:
    """One message with the form's keys: knots, per cent, `charge` and `mock` only where they are true."""
    if not isinstance(message, dict):
        raise SetAside(Reason.UNREADABLE_ITEM)
    readings.tally(message, _KNOWN_FLAT, unknown)
    if readings.truth(message.get("valid")) == 0:
        raise SetAside(Reason.NO_POSITION)
    lat, lng = _place(message)
    return Fix(
        lng=lng,
        lat=lat,
        fixed_at_s=_instant_s(message),
        charging=readings.truth(message.get("charge")),
        mock=readings.truth(message.get("mock")) == 1,
        note=readings.remarks(alarm=message.get("alarm")),
        **readings.measured(message, _FLAT, unknown),
    )


def _place(message: Mapping[str, Any]) -> tuple[float, float]:
    """Latitude and longitude, from `lat` and `lon` or from `location=lat,lon`; both may only say the same."""
    apart = message.get("lat"), message.get("lon")
    together = message.get("location") or None
    if together is None:
        return _both(*apart)
    joined = together.split(",") if isinstance(together, str) else []
    if len(joined) != 2 or (apart != (None, None) and _both(*apart) != _both(*joined)):
        raise SetAside(Reason.UNREADABLE_ITEM)
    return _both(*joined)


def _both(lat: object, lng: object) -> tuple[float, float]:
    try:
        return readings.number(lat), readings.number(lng)
    except NotRead:
        raise SetAside(Reason.UNREADABLE_ITEM) from None


def _instant_s(message: Mapping[str, Any]) -> float:
    try:
        return readings.instant_s(message.get("timestamp"), millis_from=_MILLIS_FROM)
    except NotRead:
        raise SetAside(Reason.UNREADABLE_ITEM) from None


def _envelope(told: Sequence[Told], names: Iterable[object], unknown: Counter[str]) -> Envelope:
    found, dropped = fixes.each(told, _read)
    return Envelope(
        kind=_kind(told[0][0]) if len(told) == 1 else "several",
        sender=_sender(names),
        fixes=fixes.gather(found, dropped, source=SOURCE, unknown_keys=unknown),
        answer=ANSWER,
    )


def _read(told: Told) -> Fix:
    item, read = told
    return read(item)


def _kind(item: object) -> str:
    if not isinstance(item, dict) or "coords" in item or _PLACE & item.keys():
        return "position"
    return "token" if "notificationToken" in item else "heartbeat"


def _sender(names: Iterable[object]) -> Sender:
    """The one identifier that all messages of a request name; it is the device's secret."""
    said = {str(name).strip() for name in names if isinstance(name, str | int)} - {""}
    secret = said.pop() if len(said) == 1 else ""
    return Sender(secret=secret if secret and secret.isprintable() else None)
