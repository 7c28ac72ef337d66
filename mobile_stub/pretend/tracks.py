"""Track files in: GPX, GeoLife .plt and GeoJSON text → a Track of WGS-84 points in time order.

Readers are pure functions of the text. Whatever cannot be read raises TrackError, which says where.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.parsers import expat

from mobile_stub.pretend import ground


class TrackError(Exception):
    """A track that cannot be walked; the message names the line, point or feature at fault."""


@dataclass(frozen=True)
class Point:
    """One place of a track: WGS-84 degrees, and when it was passed if the file says so."""

    lng: float
    lat: float
    at: datetime | None = None


@dataclass(frozen=True)
class Step:
    """One place of a walk: WGS-84 degrees, and how many seconds after setting out."""

    lng: float
    lat: float
    after_s: float


Track = tuple[Point, ...]
Walk = tuple[Step, ...]


def read(path: Path) -> Track:
    """Read a track file by its ending; raises TrackError, naming the file, when it is not one."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise TrackError(f"{path.name}: not a track file; known endings: {', '.join(sorted(READERS))}")
    try:
        return reader(path.read_text(encoding="utf-8-sig"))
    except OSError as trouble:
        raise TrackError(f"{path.name}: {trouble.strerror}") from trouble
    except UnicodeDecodeError as trouble:
        raise TrackError(f"{path.name}: not UTF-8 text (byte {trouble.start})") from trouble
    except TrackError as trouble:
        raise TrackError(f"{path.name}: {trouble}") from trouble


def read_plt(text: str) -> Track:
    """Read a GeoLife .plt: six header lines, then lat,lng,0,altitude,days,date,time in GMT."""
    lines = text.splitlines()
    if len(lines) < 6 or not lines[0].startswith("Geolife"):
        raise TrackError("line 1: a .plt file begins with 'Geolife trajectory' and five more header lines")
    numbered = enumerate(lines[6:], start=7)
    return _checked(_plt_point(number, line) for number, line in numbered if line.strip())


def read_gpx(text: str) -> Track:
    """Read a GPX file: its track points, or its route points when it has no track."""
    reader = _Gpx()
    try:
        reader.parser.Parse(text, True)
    except expat.ExpatError as trouble:
        fault = expat.ErrorString(trouble.code)
        raise TrackError(f"line {trouble.lineno}: not well-formed XML ({fault})") from trouble
    return _checked(reader.points["trkpt"] or reader.points["rtept"])


def read_geojson(text: str) -> Track:
    """Read GeoJSON: lines (times in properties.coordTimes or .times) or points (properties.time)."""
    try:
        document = json.loads(text)
    except json.JSONDecodeError as trouble:
        raise TrackError(f"line {trouble.lineno}: not JSON ({trouble.msg})") from trouble
    features = enumerate(_features(document), start=1)
    return _checked(point for number, feature in features for point in _feature_points(number, feature))


def timed(track: Track, *, pace_mps: float) -> Walk:
    """Give each point its seconds after the first: by the file's times, else at an even pace in m/s."""
    walk, after_s, before = [], 0.0, track[0]
    for point in track:
        after_s += _lasted(before, point, pace_mps)
        walk.append(Step(point.lng, point.lat, after_s))
        before = point
    return tuple(walk)


def filled(walk: Walk, *, gap_m: float) -> Walk:
    """Put steps between those more than `gap_m` metres apart, evenly on the straight line between them."""
    return walk[:1] + tuple(step for here, there in pairwise(walk) for step in _between(here, there, gap_m))


def _between(here: Step, there: Step, gap_m: float) -> Iterator[Step]:
    apart_m = ground.metres(lng=here.lng, lat=here.lat, to_lng=there.lng, to_lat=there.lat)
    parts = max(1, math.ceil(apart_m / gap_m))
    for part in range(1, parts + 1):
        share = part / parts
        yield Step(
            lng=here.lng + share * (there.lng - here.lng),
            lat=here.lat + share * (there.lat - here.lat),
            after_s=here.after_s + share * (there.after_s - here.after_s),
        )


def _lasted(before: Point, point: Point, pace_mps: float) -> float:
    if before.at is not None and point.at is not None:
        return (point.at - before.at).total_seconds()
    return ground.metres(lng=before.lng, lat=before.lat, to_lng=point.lng, to_lat=point.lat) / pace_mps


def _checked(points: Iterable[Point]) -> Track:
    """In order of time; refuses less than two points, and times on some points only."""
    track = tuple(points)
    if len(track) < 2:
        raise TrackError(f"a track needs at least two points; this file has {len(track)}")
    untimed = [number for number, point in enumerate(track, start=1) if point.at is None]
    if untimed and len(untimed) < len(track):
        raise TrackError(f"point {untimed[0]}: has no time though other points have one")
    return tuple(sorted(track, key=lambda point: point.at.timestamp() if point.at else 0.0))


def _plt_point(number: int, line: str) -> Point:
    fields = line.split(",")
    if len(fields) < 7:
        raise TrackError(f"line {number}: 7 fields expected, {len(fields)} found")
    where = f"line {number}"
    return _point(where, fields[1], fields[0], f"{fields[5].strip()}T{fields[6].strip()}")


def _point(where: str, lng: Any, lat: Any, at: Any = None) -> Point:
    """A point from raw values; raises TrackError beginning with `where` when they are not one."""
    try:
        east, north = float(lng), float(lat)
    except (TypeError, ValueError) as trouble:
        raise TrackError(f"{where}: longitude {lng!r}, latitude {lat!r} are not numbers") from trouble
    if not (abs(east) <= 180 and abs(north) <= 90):
        raise TrackError(f"{where}: longitude {lng}, latitude {lat} are not on the Earth")
    return Point(east, north, None if at is None else _instant(where, at))


def _instant(where: str, text: Any) -> datetime:
    """An ISO-8601 instant; one without a zone is UTC, as GPX and GeoLife have it."""
    try:
        instant = datetime.fromisoformat(text.strip())
    except (AttributeError, ValueError) as trouble:
        raise TrackError(f"{where}: time {text!r} is not ISO 8601") from trouble
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


class _Gpx:
    """Holds the state of one pass over a GPX file: the point being read and the text of its time."""

    def __init__(self) -> None:
        self.points: dict[str, list[Point]] = {"trkpt": [], "rtept": []}
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._opened
        self.parser.EndElementHandler = self._closed
        self.parser.CharacterDataHandler = self._said
        self._attributes: dict[str, str] | None = None
        self._where = ""
        self._time: str | None = None
        self._in_time = False

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        if tag in self.points:
            self._attributes, self._time = attributes, None
            self._where = f"line {self.parser.CurrentLineNumber}"
        self._in_time = tag == "time" and self._attributes is not None

    def _said(self, text: str) -> None:
        if self._in_time:
            self._time = (self._time or "") + text

    def _closed(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        self._in_time = False
        if tag in self.points and self._attributes is not None:
            lng, lat = self._attributes.get("lon"), self._attributes.get("lat")
            self.points[tag].append(_point(self._where, lng, lat, self._time))
            self._attributes = None


def _features(document: Any) -> list[Any]:
    """Whatever GeoJSON it is, as a list of features."""
    kind = document.get("type") if isinstance(document, dict) else None
    if kind == "FeatureCollection" and isinstance(document.get("features"), list):
        return list(document["features"])
    if kind == "Feature":
        return [document]
    if kind in ("LineString", "MultiLineString", "Point"):
        return [{"type": "Feature", "properties": {}, "geometry": document}]
    raise TrackError("not GeoJSON: a FeatureCollection, Feature, LineString or Point was expected")


def _feature_points(number: int, feature: Any) -> Iterator[Point]:
    """The points of one feature, each knowing its place in the file for complaints."""
    properties, geometry = _parts(number, feature)
    times = _times(properties)
    for index, position in enumerate(_positions(number, geometry)):
        where = f"feature {number}, point {index + 1}"
        if not isinstance(position, list) or len(position) < 2:
            raise TrackError(f"{where}: {position!r} is not a [longitude, latitude]")
        yield _point(where, position[0], position[1], times[index] if index < len(times) else None)


def _parts(number: int, feature: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    geometry = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(geometry, dict):
        raise TrackError(f"feature {number}: has no geometry")
    properties = feature.get("properties")
    return properties if isinstance(properties, dict) else {}, geometry


def _positions(number: int, geometry: dict[str, Any]) -> list[Any]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("LineString", "MultiLineString", "Point") or not isinstance(coordinates, list):
        raise TrackError(f"feature {number}: a LineString or Point was expected, not {kind}")
    if kind == "Point":
        return [coordinates]
    if kind == "LineString":
        return coordinates
    return [position for line in coordinates for position in line]


def _times(properties: dict[str, Any]) -> list[Any]:
    """The times of a feature: one for a point, one per position for a line, or none."""
    for name in ("coordTimes", "times"):
        if isinstance(properties.get(name), list):
            return list(properties[name])
    single = properties.get("time", properties.get("timestamp"))
    return [] if single is None else [single]


READERS: dict[str, Callable[[str], Track]] = {
    ".gpx": read_gpx,
    ".plt": read_plt,
    ".geojson": read_geojson,
    ".json": read_geojson,
}
