"""Boundary files of every format as one table: rows of attributes with a shape each, as the file has them.

GeoJSON and KML are read here and not by GDAL: it would rename the Chinese fields of a KML, and what is only
parsed cannot make the server open another file or address. GeoPackage and Shapefile go through pyogrio, from
a private folder that is always removed.
"""

import codecs
import json
import re
import tempfile
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import GeometryCollection, LineString, Point, Polygon, shape
from shapely.geometry.base import BaseGeometry

from server.geo import polygon
from server.geo.polygon import GeometryError, Mend
from server.ingest import archives
from server.ingest.boundary_limits import BoundaryFileError, Limits

Json = Any
Files = dict[str, bytes]


@dataclass(frozen=True, slots=True)
class Row:
    """One feature: its attributes, its shape (or why it has none), and what was mended on the way."""

    attributes: Mapping[str, Any]
    shape: BaseGeometry | bytes | GeometryError | None
    mends: tuple[Mend, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All features of a file, the names of their attributes, and the coordinate system the file declares."""

    rows: list[Row]
    fields: list[str]
    crs: str | None


def table(data: bytes, filename: str, limits: Limits) -> Table:
    """Read a file by what is in it; its name serves the messages only. Raises `BoundaryFileError`."""
    if len(data) > limits.max_bytes:
        raise BoundaryFileError(
            "too_large", size_mb=-(-len(data) // 2**20), limit_mb=limits.max_bytes // 2**20
        )
    files = archives.unpacked(data, limits) if data.startswith(b"PK") else {"": data}
    main = next(iter(files.values()))
    for starts_like, read in _READERS:
        if starts_like(main):
            return read(files, main, limits)
    raise BoundaryFileError("unknown_format", filename=filename[-80:])


# ── GeoJSON (RFC 7946, and the `crs` of its predecessor) ────────────────────────────────────────────────


def _geojson(_files: Files, main: bytes, limits: Limits) -> Table:
    document = _json(main)
    features = _features(document)
    if len(features) > limits.max_features:
        raise BoundaryFileError("too_many_features", limit=limits.max_features)
    return _tabled([_geojson_row(feature, limits) for feature in features], _geojson_crs(document))


def _json(main: bytes) -> Json:
    try:
        return json.loads(_text(main))
    except (ValueError, RecursionError) as failure:
        raise BoundaryFileError("damaged", format="GeoJSON") from failure


def _text(main: bytes) -> str:
    try:
        return main.decode("utf-8-sig")
    except UnicodeDecodeError as failure:
        raise BoundaryFileError("encoding") from failure


def _features(document: Json) -> list[Json]:
    kind = document.get("type")
    features = [document] if kind == "Feature" else document.get("features")
    if kind not in ("Feature", "FeatureCollection") or not isinstance(features, list):
        raise BoundaryFileError("damaged", format="GeoJSON")
    return features


def _geojson_row(feature: Json, limits: Limits) -> Row:
    if not isinstance(feature, dict):
        return Row({}, _unreadable())
    properties = feature.get("properties")
    geometry, mends = _geojson_shape(feature.get("geometry"), limits)
    return Row(properties if isinstance(properties, dict) else {}, geometry, mends)


def _geojson_shape(
    geometry: Json, limits: Limits
) -> tuple[BaseGeometry | GeometryError | None, tuple[Mend, ...]]:
    if geometry is None:
        return None, ()
    try:
        polygon.ensure_count(sum(map(len, _geojson_rings(geometry))), limits.max_vertices)
        with np.errstate(invalid="ignore"):  # a NaN is found and named later
            made = shape(geometry)
        is_open = any(ring[0] != ring[-1] for ring in _geojson_rings(geometry) if ring)
    except GeometryError as failure:
        return failure, ()
    except _MALFORMED:
        return _unreadable(), ()
    return made, (Mend.RING_CLOSED,) if is_open else ()


def _geojson_rings(geometry: Json) -> Iterator[Json]:
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for part in geometry["coordinates"]:
            yield from part
    for part in geometry.get("geometries", ()):
        yield from _geojson_rings(part)


def _geojson_crs(document: Json) -> str | None:
    """The name in an old-style `crs` member; a link to one is not followed."""
    crs = document.get("crs")
    if crs is None:
        return None
    try:
        if crs["type"] == "name":
            return str(crs["properties"]["name"])
    except (TypeError, KeyError) as failure:
        raise BoundaryFileError("crs_unknown", crs=str(crs)[:80]) from failure
    raise BoundaryFileError("external_reference", what="crs")


def _unreadable() -> GeometryError:
    return GeometryError("unreadable", "图形数据已损坏，无法读取。", "The shape is damaged.")


_MALFORMED: Final = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    shapely.errors.ShapelyError,
)


# ── KML and KMZ ─────────────────────────────────────────────────────────────────────────────────────────


def _kml(_files: Files, main: bytes, limits: Limits) -> Table:
    root = _xml(main)
    if any(_tag(element) == "NetworkLink" for element in root.iter()):
        raise BoundaryFileError("external_reference", what="NetworkLink")
    placemarks = [element for element in root.iter() if _tag(element) == "Placemark"]
    if len(placemarks) > limits.max_features:
        raise BoundaryFileError("too_many_features", limit=limits.max_features)
    return _tabled([_kml_row(placemark) for placemark in placemarks], None)


def _xml(main: bytes) -> ET.Element:
    """The root of a document that declares no entities, in UTF-8 or the encoding it names."""
    declared = re.match(rb"""(?:\xef\xbb\xbf)?\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""", main)
    try:
        text = main.decode(declared[1].decode() if declared else "utf-8-sig").lstrip("\ufeff")
    except (UnicodeDecodeError, LookupError) as failure:
        raise BoundaryFileError("encoding") from failure
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise BoundaryFileError("external_reference", what="DOCTYPE")
    try:
        return ET.fromstring(re.sub(r"^\s*<\?xml.*?\?>", "", text, flags=re.DOTALL))  # noqa: S314  see above
    except ET.ParseError as failure:
        raise BoundaryFileError("damaged", format="KML") from failure


def _kml_row(placemark: ET.Element) -> Row:
    attributes = {_tag(child): child.text for child in placemark if _tag(child) in ("name", "description")}
    for element in placemark.iter():
        if _tag(element) == "Data":
            attributes[element.get("name", "")] = _below(element, "value").text
        elif _tag(element) == "SimpleData":
            attributes[element.get("name", "")] = element.text
    mends: list[Mend] = []
    try:
        shapes = [
            _KML_SHAPES[_tag(each)](each, mends) for each in placemark.iter() if _tag(each) in _KML_SHAPES
        ]
    except _MALFORMED:
        return Row(attributes, _unreadable())
    return Row(attributes, GeometryCollection(shapes) if shapes else None, tuple(mends))


def _kml_polygon(element: ET.Element, mends: list[Mend]) -> BaseGeometry:
    boundaries = [child for child in element if _tag(child).endswith("BoundaryIs")]
    outer = [_kml_line(each) for each in boundaries if _tag(each) == "outerBoundaryIs"]
    holes = [_kml_line(each) for each in boundaries if _tag(each) == "innerBoundaryIs"]
    if any(not np.array_equal(ring[0], ring[-1]) for ring in (*outer, *holes)):
        mends[:] = [Mend.RING_CLOSED]
    return Polygon(outer[0], holes)


def _kml_line(element: ET.Element) -> NDArray[np.float64]:
    """The positions (n, 2) of the first `coordinates` below an element, heights left out."""
    text = _below(element, "coordinates").text or ""
    return np.array([position.split(",")[:2] for position in text.split()], dtype=np.float64)


_KML_SHAPES: Final[Mapping[str, Callable[[ET.Element, list[Mend]], BaseGeometry]]] = {
    "Polygon": _kml_polygon,
    "Point": lambda element, _: Point(_kml_line(element)[0]),
    "LineString": lambda element, _: LineString(_kml_line(element)),
}


def _tag(element: ET.Element) -> str:
    """The element's name without its namespace: files of all KML versions are about."""
    return str(element.tag).rpartition("}")[2]


def _below(element: ET.Element, tag: str) -> ET.Element:
    """The first element of that name below another, or an empty one."""
    return next((each for each in element.iter() if _tag(each) == tag), ET.Element(tag))


# ── GeoPackage and Shapefile ────────────────────────────────────────────────────────────────────────────


def _geopackage(_files: Files, main: bytes, limits: Limits) -> Table:
    if main[68:72] not in (b"GPKG", b"GP10", b"GP11"):  # another kind of SQLite file
        raise BoundaryFileError("damaged", format="GeoPackage")
    return _through_gdal({".gpkg": main}, "GeoPackage", None, limits)


def _shapefile(files: Files, _main: bytes, limits: Limits) -> Table:
    missing = [suffix for suffix in (".shx", ".dbf") if suffix not in files]
    if missing:
        raise BoundaryFileError("shapefile_incomplete", missing=" ".join(missing))
    encoding = _dbf_encoding(files[".dbf"], files.get(".cpg", b""))
    return _through_gdal(files, "Shapefile", encoding, limits)


def _dbf_encoding(dbf: bytes, cpg: bytes) -> str:
    """The encoding of names and values: what the .cpg says, what the file's own byte says, or the likelier."""
    said = cpg.decode("ascii", "ignore").strip().lower()
    if said in ("65001", "utf8", "utf-8"):
        return "UTF-8"
    if dbf[29:30] == b"\x4d" or any(each in said for each in ("936", "gbk", "gb2312", "gb18030")):
        return "GB18030"
    try:
        return codecs.lookup(said).name
    except LookupError:
        return _likelier_encoding(dbf[32:])


def _likelier_encoding(text: bytes) -> str:
    """UTF-8 or GB18030, by which of them reads the text with fewer faults; a tie that shows no Chinese is GB18030.

    (A few characters of GBK happen to be well-formed UTF-8 for letters nobody here writes.)
    """
    as_utf8, as_gbk = text.decode("utf-8", "replace"), text.decode("gb18030", "replace")
    if as_utf8.count("\ufffd") > as_gbk.count("\ufffd"):
        return "GB18030"
    plain = text.isascii() or re.search("[\u4e00-\u9fff]", as_utf8)
    return "UTF-8" if plain else "GB18030"


def _through_gdal(files: Files, kind: str, encoding: str | None, limits: Limits) -> Table:
    """Write the files to a private folder under a name of ours and read the one layer of areas in them."""
    from server.ingest import gdal  # noqa: PLC0415  # thirty megabytes in each process, which hardly one ever needs

    with tempfile.TemporaryDirectory(prefix="guatu-boundaries-") as folder:
        for suffix, content in files.items():
            Path(folder, "boundaries").with_suffix(suffix).write_bytes(content)
        path = Path(folder, "boundaries").with_suffix(next(iter(files)))
        fields, rows, crs = gdal.layer(path, kind, encoding, limits)
    return Table([Row(attributes, made) for attributes, made in rows], fields, crs)


# ── which is which ──────────────────────────────────────────────────────────────────────────────────────


def _tabled(rows: list[Row], crs: str | None) -> Table:
    """Rows that bring their own attributes, with the names of all of them in the order they appear."""
    fields = dict.fromkeys(field for row in rows for field in row.attributes)
    return Table(rows, [str(field) for field in fields], crs)


def _begins(main: bytes) -> bytes:
    return main[:1_000].removeprefix(codecs.BOM_UTF8).lstrip()


_READERS: Final[list[tuple[Callable[[bytes], bool], Callable[[Files, bytes, Limits], Table]]]] = [
    (lambda main: main.startswith(b"SQLite format 3\0"), _geopackage),
    (lambda main: main.startswith(b"\x00\x00\x27\x0a"), _shapefile),
    (lambda main: _begins(main).startswith(b"{"), _geojson),
    (lambda main: _begins(main).startswith(b"<"), _kml),
]
