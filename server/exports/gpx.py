"""Tracks and check-ins as GPX 1.1 (topografix.com/GPX/1/1): a track for each phone, a segment for each span without a
gap; a waypoint for each check-in that has a position. GPX is WGS-84, and the file says so.

Written as it is read, page by page: a library that builds the whole document holds a month of fixes in memory.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape

from server.exports import xml

SPACE = "http://www.topografix.com/GPX/1/1"
OURS = "urn:guatu:fix:1"
"""The namespace of what a fix has and GPX has no word for: metres, metres a second, shares, and how it was told."""

_MORE = ("accuracy_m", "speed_mps", "heading_deg", "battery", "mock", "datum", "fixed_at", "received_at")

Fix = dict[str, Any]
Checkin = dict[str, Any]


def write(pages: Iterable[list[Fix]], *, person: str, title: str, gap_s: float) -> Iterator[bytes]:
    """A person's fixes on a trip, a page at a time, phone by phone and by time; a new segment after `gap_s` seconds."""
    yield _head(f"{person} · {title}").encode()
    before: Fix | None = None
    for page in pages:
        written = []
        for fix in page:
            written.append(_between(before, fix, gap_s) + _point(fix))
            before = fix
        yield "".join(written).encode()
    yield (("" if before is None else "</trkseg></trk>\n") + "</gpx>\n").encode()


def write_checkins(pages: Iterable[list[Checkin]], *, title: str) -> Iterator[bytes]:
    """The check-ins that have a position, as waypoints, a page at a time."""
    yield _head(title).encode()
    for page in pages:
        yield "".join(_waypoint(checkin) for checkin in page if checkin["position"]).encode()
    yield b"</gpx>\n"


def text(told: Any) -> str:
    """Text or a value as XML holds it: reserved characters escaped, what XML 1.0 cannot hold left out."""
    if isinstance(told, datetime):
        return told.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(told, bool):
        return str(told).lower()
    return escape(xml.held(str(told)))


def _head(name: str) -> str:
    """The beginning of the document."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator="Guatu" xmlns="{SPACE}" xmlns:guatu="{OURS}">\n'
        f"<metadata><name>{text(name)}</name><desc>WGS-84</desc></metadata>\n"
    )


def _between(before: Fix | None, fix: Fix, gap_s: float) -> str:
    """What stands between two fixes: nothing, a new segment, or a new track."""
    if before is None or before["phone"] != fix["phone"]:
        ended = "" if before is None else "</trkseg></trk>\n"
        return f"{ended}<trk><number>{fix['phone']}</number><trkseg>\n"
    gap = (fix["at"] - before["at"]).total_seconds() > gap_s
    return "</trkseg><trkseg>\n" if gap else ""


def _point(fix: Fix) -> str:
    """One fix, its parts in the order that the schema wants."""
    more = "".join(_element(f"guatu:{name}", fix[name]) for name in _MORE)
    return (
        f'<trkpt lat="{_degrees(fix["lat"])}" lon="{_degrees(fix["lng"])}">'
        f"{_element('ele', fix['altitude_m'])}{_element('time', fix['at'])}{_element('cmt', fix['note'])}"
        f"<extensions>{more}</extensions></trkpt>\n"
    )


def _waypoint(checkin: Checkin) -> str:
    """One check-in: who, where they went, whom they met, how it was judged; the datum it was told in."""
    position, met, stop = checkin["position"], checkin["met"] or {}, checkin["stop"] or {}
    said = (
        stop.get("name"),
        met.get("enterprise"),
        checkin["verdict"]["zh"],
        met.get("outcome"),
        checkin["note"],
    )
    more = {
        "accuracy_m": position["accuracy_m"],
        "datum": position["datum"],
        "received_at": checkin["received_at"],
    }
    told = "".join(_element(f"guatu:{name}", value) for name, value in more.items())
    return (
        f'<wpt lat="{_degrees(position["lat"])}" lon="{_degrees(position["lng"])}">'
        f"{_element('time', checkin['happened_at'])}{_element('name', checkin['person']['name'])}"
        f"{_element('desc', ' · '.join(filter(None, said)))}{_element('type', checkin['kind'])}"
        f"<extensions>{told}</extensions></wpt>\n"
    )


def _degrees(value: float) -> str:
    """Degrees as GPX wants them: decimal, never with an exponent, to a tenth of a millimetre."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _element(name: str, told: Any) -> str:
    """An element; nothing where nothing is known."""
    return "" if told is None else f"<{name}>{text(told)}</{name}>"
