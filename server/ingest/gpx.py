"""A track that a phone kept for itself, as GPX 1.0 or 1.1 → its fixes, piece by piece, as long as the file may be.

OsmAnd, GPSLogger and many others write one, and so does our own export, whose words for what GPX has none are read too.
GPX is WGS-84; a speed is in m/s. Waypoints and routes are no fixes: nobody need have been there.

Source: topografix.com/GPX/1/1, and the extensions of these apps.
"""

import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator
from typing import IO, Final

from server.ingest import fixes, readings
from server.ingest.fixes import Fix, Fixes, SetAside
from server.ingest.readings import NotRead

SOURCE: Final = "gpx"
PIECE: Final = fixes.MAX_FIXES

Point = dict[str, str]
"""What a point of a track says, by name without its namespace."""

_UNITS: Final = {
    "ele": ("altitude_m", 1.0),
    "accuracy": ("accuracy_m", 1.0),
    "accuracy_m": ("accuracy_m", 1.0),
    "speed": ("speed_mps", 1.0),
    "speed_mps": ("speed_mps", 1.0),
    "course": ("heading_deg", 1.0),
    "heading_deg": ("heading_deg", 1.0),
    "battery": ("battery", 1.0),
}
_HEAD: Final = 65_536


def read(file: IO[bytes]) -> Iterator[Fixes]:
    """The fixes of a file that can be sought in, `PIECE` points at the most at a time.

    A file that is torn, as that of a phone whose battery went, yields what is whole of it, and then raises
    `Unreadable`; so does at once what is no GPX or declares entities.
    """
    head = file.read(_HEAD)
    if b"<gpx" not in head or b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise fixes.unreadable("not_gpx")
    file.seek(0)
    piece: list[Point] = []
    torn = False
    try:
        for point in _points(file):
            piece.append(point)
            if len(piece) == PIECE:
                yield _piece(piece)
                piece = []
    except ET.ParseError:
        torn = True
    if piece:
        yield _piece(piece)
    if torn:
        raise fixes.unreadable("torn")


def _points(file: IO[bytes]) -> Iterator[Point]:
    """What each point of a track says; `ParseError` where the file is torn."""
    segment: ET.Element | None = None
    for event, element in ET.iterparse(file, ("start", "end")):  # noqa: S314  no entities: `read` looked
        tag = _tag(element)
        if event == "start" and tag == "trkseg":
            segment = element
        elif event == "end" and tag == "trkpt":
            yield {_tag(each): each.text or "" for each in element.iter()} | dict(element.attrib)
            if segment is not None:
                segment.clear()


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _piece(points: list[Point]) -> Fixes:
    unknown: Counter[str] = Counter()
    found, dropped = fixes.each(points, lambda point: _fix(point, unknown))
    return fixes.gather(found, dropped, source=SOURCE, unknown_keys=unknown, time_needed=True)


def _fix(point: Point, unknown: Counter[str]) -> Fix:
    """The fix of one point; without a time, or with one that is none, it is dropped."""
    told = {key: value.strip() for key, value in point.items()}
    try:
        lng, lat = readings.number(told.get("lon")), readings.number(told.get("lat"))
        fixed_at_s = readings.instant_s(told.get("time"))
    except NotRead:
        raise SetAside(fixes.Reason.UNREADABLE_ITEM) from None
    return Fix(
        lng=lng,
        lat=lat,
        fixed_at_s=fixed_at_s,
        charging=-1,
        mock=readings.truth(told.get("mock")) == 1,
        note=readings.remark(told.get("cmt")),
        **readings.measured(told, _UNITS, unknown),
    )
