"""Boundary files in every format, whole, faulty and hostile."""

import io
import json
import math
import socket
import struct
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from shapely.geometry import MultiPolygon, Point, Polygon, box, mapping

from server.geo import measure, polygon
from server.geo.datum import Datum
from server.geo.polygon import Mend
from server.ingest import boundaries
from server.ingest.boundaries import BoundaryFile, BoundaryFileError, Limits
from server.ingest.boundary_limits import REASONS

SQUARE = box(120.0, 30.0, 120.1, 30.1)
PIERCED = Polygon(SQUARE.exterior.coords, [box(120.04, 30.04, 120.06, 30.06).exterior.coords[::-1]])
FAR = box(121.0, 30.0, 121.1, 30.1)
NAMES = ["云栖镇", "桐洲岛"]


def read(data: bytes, filename: str = "boundaries", **more: Any) -> BoundaryFile:
    fields = {"name_field": "名称", "code_field": "代码", "datum": Datum.WGS84}
    return boundaries.read(data, filename, **fields | more)


def refused(data: bytes, filename: str = "boundaries", **more: Any) -> BoundaryFileError:
    with pytest.raises(BoundaryFileError) as caught:
        read(data, filename, **more)
    assert caught.value.code == "boundary_file_refused"
    assert caught.value.sentence_zh.endswith("。")
    return caught.value


def feature(geometry: Any, **properties: Any) -> dict[str, Any]:
    shape = mapping(geometry) if isinstance(geometry, Polygon | MultiPolygon | Point) else geometry
    return {"type": "Feature", "properties": properties, "geometry": shape}


def geojson(*features: Any, **members: Any) -> bytes:
    document = {"type": "FeatureCollection", **members, "features": list(features)}
    return json.dumps(document, ensure_ascii=False).encode()


def good(number: int = 1, geometry: Any = SQUARE) -> dict[str, Any]:
    return feature(geometry, 名称=f"第{number}村", 代码=f"33010200{number}")


def zipped(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def written(
    folder: Path, suffix: str, *, encoding: str = "UTF-8", crs: str | None = "EPSG:4490", shapes: Any = None
) -> dict[str, bytes]:
    """Two areas written by GDAL, as name → bytes of each file it made."""
    shapes = np.array([PIERCED, FAR]) if shapes is None else shapes
    columns = [np.array(NAMES, dtype=object), np.array([330102, 330103])]
    extra = {"encoding": encoding} if suffix == ".shp" else {"layer": "areas"}
    path = folder / suffix.strip(".") / f"areas{suffix}"
    path.parent.mkdir()
    pyogrio.raw.write(
        path, shapely.to_wkb(shapes), columns, ["名称", "代码"], crs=crs, geometry_type="Unknown", **extra
    )
    return {each.name: each.read_bytes() for each in path.parent.iterdir()}


def kml(body: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    text = f'{head}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    return text.encode()


PLACEMARK = """
<Folder><Placemark><name>云栖镇</name>
<ExtendedData><Data name="代码"><value>330102</value></Data></ExtendedData>
<MultiGeometry><Polygon><outerBoundaryIs><LinearRing><coordinates>
120,30,5 120.1,30,5 120.1,30.1,5 120,30.1,5 120,30,5</coordinates></LinearRing></outerBoundaryIs>
<innerBoundaryIs><LinearRing><coordinates>120.04,30.04 120.04,30.06 120.06,30.06 120.04,30.04</coordinates>
</LinearRing></innerBoundaryIs></Polygon><Point><coordinates>120.05,30.05,0</coordinates></Point></MultiGeometry>
</Placemark></Folder>
"""


@pytest.fixture(autouse=True)
def nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After every test, whatever its file was, no temporary folder is left."""
    private = tmp_path / "private"
    private.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(private))
    yield
    assert list(private.iterdir()) == []


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that waits for somebody to call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


# ── the real files ──────────────────────────────────────────────────────────────────────────────────────


def test_the_real_files_import_whole_and_every_area_is_the_one_it_should_be(shared_data: Path) -> None:
    count = 0
    for path in sorted((shared_data / "areas").glob("*.gcj02.geojson")):
        content = path.read_bytes()
        made = read(content, path.name, datum=Datum.GCJ02, name_field="name", code_field="code")
        assert made.refusals == []
        for kept, raw in zip(made.features, json.loads(content)["features"], strict=True):
            assert (kept.name, kept.code) == (raw["properties"]["name"], raw["properties"]["code"])
            expected_m2 = measure.area_m2(_moved_one_by_one(raw["geometry"]["coordinates"]))
            assert measure.area_m2(kept.geometry) == pytest.approx(expected_m2, rel=1e-4)
        count += len(made.features)
    assert count == 119


def _moved_one_by_one(parts: list[list[list[list[float]]]]) -> MultiPolygon:
    moved = [[[_wgs84(lng, lat) for lng, lat in ring] for ring in part] for part in parts]
    return MultiPolygon([Polygon(part[0], part[1:]) for part in moved])


def _wgs84(lng: float, lat: float) -> tuple[float, float]:
    """GCJ-02 to WGS-84 by the published formula and two corrections, which leave a few centimetres."""
    at_lng, at_lat = lng, lat
    for _ in range(2):
        to_lng, to_lat = _gcj02(at_lng, at_lat)
        at_lng, at_lat = at_lng + lng - to_lng, at_lat + lat - to_lat
    return at_lng, at_lat


def _gcj02(lng: float, lat: float) -> tuple[float, float]:
    x, y, pi, sin = lng - 105.0, lat - 35.0, math.pi, math.sin
    both = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + both
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + both
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    magic = 1.0 - 0.00669342162296594323 * sin(lat / 180.0 * pi) ** 2
    north = north * 180.0 / ((6378245.0 * (1.0 - 0.00669342162296594323)) / (magic * math.sqrt(magic)) * pi)
    east = east * 180.0 / (6378245.0 / math.sqrt(magic) * math.cos(lat / 180.0 * pi) * pi)
    return lng + east, lat + north


# ── every format ────────────────────────────────────────────────────────────────────────────────────────


def test_geojson_is_read_with_or_without_a_byte_order_mark() -> None:
    for mark in (b"", b"\xef\xbb\xbf"):
        made = read(mark + geojson(good(1, PIERCED), good(2, FAR)))
        assert [(each.number, each.name, each.code) for each in made.features] == [
            (1, "第1村", "330102001"),
            (2, "第2村", "330102002"),
        ]
        assert made.features[0].geometry.equals(MultiPolygon([PIERCED]))
        assert made.features[0].repairs == ()


def test_a_single_geojson_feature_is_a_file_of_one() -> None:
    assert len(read(json.dumps(good()).encode()).features) == 1


def test_a_geopackage_is_read(tmp_path: Path) -> None:
    (content,) = written(tmp_path, ".gpkg").values()
    made = read(content)
    assert [(each.name, each.code) for each in made.features] == [("云栖镇", "330102"), ("桐洲岛", "330103")]
    assert made.features[0].geometry.equals(MultiPolygon([PIERCED]))


@pytest.mark.parametrize("encoding", ["UTF-8", "GBK"])
@pytest.mark.parametrize("with_cpg", [True, False])
def test_a_zipped_shapefile_is_read_in_either_encoding(tmp_path: Path, encoding: str, with_cpg: bool) -> None:
    files = written(tmp_path, ".shp", encoding=encoding)
    if not with_cpg:
        del files["areas.cpg"]
    made = read(zipped({f"某县/{name}": content for name, content in files.items()}))
    assert [(each.name, each.code) for each in made.features] == [("云栖镇", "330102"), ("桐洲岛", "330103")]
    assert made.features[0].geometry.equals(MultiPolygon([PIERCED]))


@pytest.mark.parametrize("said", [b"936", b"GB2312", b"OEM 936", b"ANSI 936"])
def test_a_cpg_may_say_gbk_in_many_words(tmp_path: Path, said: bytes) -> None:
    files = written(tmp_path, ".shp", encoding="GBK") | {"areas.cpg": said}
    assert read(zipped(files)).features[0].name == "云栖镇"


def one_name_in_gbk(folder: Path, name: str) -> dict[str, bytes]:
    """A Shapefile in GBK that does not say so, with nothing but this name to tell it by."""
    path = folder / "areas.shp"
    columns = [np.array([name], dtype=object)]
    pyogrio.raw.write(
        path,
        shapely.to_wkb(np.array([SQUARE])),
        columns,
        ["name"],
        crs=None,
        geometry_type="Polygon",
        encoding="GBK",
    )
    return {each.name: each.read_bytes() for each in folder.glob("areas.*") if each.suffix != ".cpg"}


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("name", ["一", "云栖镇", "Yunqi"])
def test_few_characters_of_gbk_are_told_from_utf8(tmp_path: Path, name: str) -> None:
    files = one_name_in_gbk(tmp_path, name)
    assert read(zipped(files), name_field="name", code_field=None).features[0].name == name


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_a_shapefile_that_names_its_code_page_is_believed(tmp_path: Path) -> None:
    looks_like_utf8 = "云栖".encode().decode("gbk")
    files = one_name_in_gbk(tmp_path, looks_like_utf8)
    assert read(zipped(files), name_field="name", code_field=None).features[0].name == "云栖"
    files["areas.dbf"] = files["areas.dbf"][:29] + b"\x4d" + files["areas.dbf"][30:]
    assert read(zipped(files), name_field="name", code_field=None).features[0].name == looks_like_utf8


def test_a_cpg_that_lies_is_an_encoding_problem(tmp_path: Path) -> None:
    files = written(tmp_path, ".shp", encoding="GBK") | {"areas.cpg": b"UTF-8"}
    assert refused(zipped(files)).reason == "encoding"


def test_kml_is_read_with_its_chinese_fields_and_says_what_it_dropped() -> None:
    (made,) = read(kml(PLACEMARK), name_field="Name").features
    assert (made.name, made.code) == ("云栖镇", "330102")
    assert made.repairs == (Mend.NOT_AREA_DROPPED,)
    assert not made.geometry.covers(Point(120.05, 30.055))
    assert made.geometry.bounds == (120.0, 30.0, 120.1, 30.1)


def test_kml_in_gbk_is_read_as_it_declares() -> None:
    head = '<?xml version="1.0" encoding="GBK"?>'
    content = kml(PLACEMARK, head).decode().encode("gbk")
    assert read(content, name_field="name").features[0].name == "云栖镇"


def test_kmz_is_read_and_its_pictures_are_left_alone() -> None:
    content = zipped({"doc.kml": kml(PLACEMARK), "files/icon.png": b"\x89PNG", "files/other.kml": b"<kml/>"})
    assert read(content, name_field="name").features[0].name == "云栖镇"


def test_fields_of_a_kml_schema_are_fields_too() -> None:
    simple = PLACEMARK.replace(
        '<Data name="代码"><value>330102</value></Data>',
        '<SchemaData schemaUrl="#s"><SimpleData name="代码">330109</SimpleData></SchemaData>',
    )
    assert read(kml(simple), name_field="name").features[0].code == "330109"


def test_a_zipped_geojson_is_read_and_litter_beside_it_is_not() -> None:
    files = {
        "__MACOSX/._a.geojson": b"\0\5",
        ".DS_Store": b"x",
        "说明.txt": b"x",
        "a.geojson": geojson(good()),
    }
    assert len(read(zipped(files)).features) == 1


def test_without_a_code_field_areas_have_no_codes() -> None:
    made = read(geojson(feature(SQUARE, 名称="甲"), feature(FAR, 名称="乙")), code_field=None)
    assert [each.code for each in made.features] == [None, None]


# ── datums and coordinate systems ───────────────────────────────────────────────────────────────────────


def test_the_declared_datum_moves_every_vertex() -> None:
    (made,) = read(geojson(good()), datum=Datum.BD09).features
    moved_m = measure.distance_m(
        lng=120.0, lat=30.0, to_lng=made.geometry.bounds[0], to_lat=made.geometry.bounds[1]
    )
    assert 1_000.0 < moved_m < 1_500.0


def test_projected_coordinates_are_turned_into_longitude_and_latitude(tmp_path: Path) -> None:
    project = pyproj.Transformer.from_crs("EPSG:4490", "EPSG:4549", always_xy=True)
    plane = shapely.transform(
        np.array([PIERCED, FAR]), lambda lnglat: np.column_stack(project.transform(*lnglat.T))
    )
    for suffix in (".gpkg", ".shp"):
        files = written(tmp_path, suffix, crs="EPSG:4549", shapes=plane)
        content = zipped(files) if suffix == ".shp" else files["areas.gpkg"]
        made = read(content, datum=Datum.CGCS2000)
        assert made.features[0].geometry.bounds == pytest.approx(PIERCED.bounds, abs=1e-9)
        for disguised in (Datum.GCJ02, Datum.BD09):
            assert refused(content, datum=disguised).reason == "crs_projected"


def test_wgs84_with_its_empty_shift_spelt_out_is_wgs84(tmp_path: Path) -> None:
    spelt_out = (
        'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563],TOWGS84[0,0,0,0,0,0,0]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    )
    files = written(tmp_path, ".shp") | {"areas.prj": spelt_out.encode()}
    assert read(zipped(files)).features[0].geometry.bounds == PIERCED.bounds


def test_a_file_that_declares_nothing_is_taken_at_its_word(tmp_path: Path) -> None:
    files = written(tmp_path, ".shp")
    del files["areas.prj"]
    assert read(zipped(files), datum=Datum.GCJ02).features[0].geometry.bounds != PIERCED.bounds
    assert read(zipped(files)).features[0].geometry.bounds == PIERCED.bounds


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4490"])
def test_wgs84_and_cgcs2000_by_any_name_are_taken_as_they_are(name: str) -> None:
    content = geojson(good(), crs={"type": "name", "properties": {"name": name}})
    assert read(content).features[0].geometry.bounds == SQUARE.bounds


@pytest.mark.parametrize(
    ("crs", "reason"),
    [
        ({"type": "name", "properties": {"name": "EPSG:4610"}}, "crs_other"),
        ({"type": "name", "properties": {"name": "EPSG:4214"}}, "crs_other"),
        ({"type": "name", "properties": {"name": "EPSG:4479"}}, "crs_projected"),
        ({"type": "name", "properties": {"name": "the village's own"}}, "crs_unknown"),
        ({"type": "name"}, "crs_unknown"),
        ("EPSG:4326", "crs_unknown"),
    ],
)
def test_other_coordinate_systems_are_refused(crs: Any, reason: str) -> None:
    assert refused(geojson(good(), crs=crs), datum=Datum.GCJ02).reason == reason


# ── features at fault ───────────────────────────────────────────────────────────────────────────────────


def test_everything_wrong_is_said_at_once_with_each_features_number() -> None:
    content = geojson(
        good(1),
        feature(None, 名称="没有图形", 代码="2"),
        feature(SQUARE, 名称="空\0字节", 代码="3"),
        feature(SQUARE, 名称="  ", 代码="330102001"),
        feature({"type": "Point", "coordinates": [120.0, 30.0]}, 名称="点", 代码="5"),
        feature(SQUARE, 名称="长" * 121),
        feature(box(30.0, 120.0, 31.0, 121.0), 名称="颠倒", 代码="7"),
        "not a feature",
        good(9, FAR),
    )
    made = read(content)
    assert [each.number for each in made.features] == [1, 9]
    assert [(each.number, each.code) for each in made.refusals] == [
        (2, "empty"),
        (3, "name_unprintable"),
        (4, "name_empty"),
        (4, "code_repeated"),
        (5, "not_polygon"),
        (6, "name_too_long"),
        (6, "code_empty"),
        (7, "absurd_coordinates"),
        (8, "name_empty"),
        (8, "code_empty"),
        (8, "unreadable"),
    ]
    assert all(each.zh.endswith("。") and each.en.endswith((".", "?")) for each in made.refusals)
    assert "第 1 个" in made.refusals[3].zh


@pytest.mark.parametrize(
    "coordinates",
    [
        None,
        5,
        [[120.0, 30.0]],
        [[["a", 30.0], [121.0, 30.0], [121.0, 31.0], [120.0, 30.0]]],
        [[[120.0], [121.0, 30.0], [121.0, 31.0]]],
        [[[120.0, 30.0], [121.0, 30.0]]],
        [[[120.0, 30.0], [10**400, 30.0], [121.0, 31.0], [120.0, 30.0]]],
        {"a": 1},
    ],
)
def test_coordinates_that_make_no_sense_are_refused_by_number(coordinates: Any) -> None:
    made = read(geojson(good(1), good(2, {"type": "Polygon", "coordinates": coordinates})))
    assert [each.number for each in made.features] == [1]
    assert [each.number for each in made.refusals] == [2]


def test_a_nan_is_refused_by_number() -> None:
    content = geojson(good(1, MultiPolygon([FAR])), good(2)).replace(b"30.1", b"NaN", 5)
    assert {(each.number, each.code) for each in read(content).refusals} == {
        (1, "not_finite"),
        (2, "not_finite"),
    }


def test_an_open_ring_is_closed_and_a_bow_tie_is_mended_and_both_are_said() -> None:
    bow = {"type": "Polygon", "coordinates": [[[120.0, 30.0], [121.0, 31.0], [121.0, 30.0], [120.0, 31.0]]]}
    made = read(geojson(good(1, bow)))
    assert made.features[0].repairs == (Mend.RING_CLOSED, Mend.SELF_INTERSECTION)


def test_an_open_ring_of_a_kml_is_closed_and_said() -> None:
    opened = PLACEMARK.replace("120,30.1,5 120,30,5<", "120,30.1,5<")
    assert Mend.RING_CLOSED in read(kml(opened), name_field="name").features[0].repairs


def test_a_polygon_of_too_many_vertices_is_refused_by_number() -> None:
    turns = np.linspace(0.0, 2.0 * math.pi, 1_001)
    ring = np.column_stack((120.0 + np.cos(turns), 30.0 + np.sin(turns))).round(5).tolist()
    content = geojson(good(1, {"type": "Polygon", "coordinates": [ring]}), good(2))
    made = read(content, limits=Limits(max_vertices=1_000))
    assert [(each.number, each.code) for each in made.refusals] == [(1, "too_many_vertices")]


def test_numbers_as_codes_lose_no_digit_and_gain_no_point() -> None:
    made = read(geojson(feature(SQUARE, 名称="甲", 代码=330102.0), feature(FAR, 名称=7, 代码=33010200001)))
    assert [(each.name, each.code) for each in made.features] == [("甲", "330102"), ("7", "33010200001")]


def test_null_shapes_of_a_shapefile_are_refused_by_number(tmp_path: Path) -> None:
    files = written(tmp_path, ".shp", shapes=np.array([PIERCED, None]))
    made = read(zipped(files))
    assert [(each.number, each.code) for each in made.refusals] == [(2, "empty")]


# ── files at fault ──────────────────────────────────────────────────────────────────────────────────────


def test_a_missing_field_is_answered_with_those_there_are() -> None:
    for wrong in ({"name_field": "镇名"}, {"code_field": "编码"}):
        problem = refused(geojson(good()), **wrong)
        assert problem.reason == "field_missing"
        assert "名称、代码" in problem.sentence_zh


def test_a_field_is_found_in_other_capitals_unless_two_are_meant() -> None:
    assert (
        read(geojson(feature(SQUARE, NAME="甲")), name_field="name", code_field=None).features[0].name == "甲"
    )
    both = geojson(feature(SQUARE, NAME="甲", Name="乙"))
    assert read(both, name_field="Name", code_field=None).features[0].name == "乙"
    assert refused(both, name_field="name", code_field=None).reason == "field_missing"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "unknown_format"),
        (b"name,code\n1,2\n", "unknown_format"),
        (b"%PDF-1.7", "unknown_format"),
        (b"{", "damaged"),
        (b'{"type": "Topology", "objects": {}}', "damaged"),
        (
            b'{"type": "gdal_streamed_alg", "command_line": "gdal vector pipeline read /etc/passwd"}',
            "damaged",
        ),
        (b'{"type": "FeatureCollection", "features": 5}', "damaged"),
        (b'{"type": "FeatureCollection", "features": []}', "no_features"),
        ('{"type": "FeatureCollection", "x": "某县"}'.encode("gbk"), "encoding"),
        (b"<kml>", "damaged"),
        (b'<?xml version="1.0" encoding="klingon"?><kml/>', "encoding"),
        (b"<kml><Document/></kml>", "no_features"),
        (b"SQLite format 3\0" + bytes(200), "damaged"),
        (b"SQLite format 3\0" + bytes(52) + b"GPKG" + bytes(200), "damaged"),
        (b"PK\x03\x04 and then nothing", "damaged"),
        (b"PK\x05\x06" + bytes(18), "archive_contents"),
        (b"\x00\x00\x27\x0a" + bytes(96), "shapefile_incomplete"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(content: bytes, reason: str) -> None:
    assert refused(content, "镇界.dat").reason == reason


@pytest.mark.parametrize("missing", [".shx", ".dbf"])
def test_an_incomplete_shapefile_is_told_what_it_lacks(tmp_path: Path, missing: str) -> None:
    files = written(tmp_path, ".shp")
    del files[f"areas{missing}"]
    problem = refused(zipped(files))
    assert (problem.reason, missing in problem.sentence_zh) == ("shapefile_incomplete", True)


def test_damaged_insides_of_good_formats_are_refused(tmp_path: Path) -> None:
    (package,) = written(tmp_path, ".gpkg").values()
    assert refused(package[:5_000]).reason == "damaged"
    files = written(tmp_path, ".shp")
    assert refused(zipped(files | {"areas.shp": files["areas.shp"][:60]})).reason == "damaged"


def test_several_layers_of_areas_are_not_guessed_between(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    for layer in ("镇", "村"):
        shapes = shapely.to_wkb(np.array([SQUARE]))
        names = [np.array(["甲"], dtype=object)]
        pyogrio.raw.write(
            path, shapes, names, ["名称"], layer=layer, crs="EPSG:4490", geometry_type="Polygon", append=True
        )
    problem = refused(path.read_bytes(), code_field=None)
    assert (problem.reason, "镇、村" in problem.sentence_zh) == ("several_layers", True)


def test_a_layer_of_points_beside_the_areas_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    for layer, shape in (("标注", Point(120.0, 30.0)), ("镇", SQUARE)):
        pyogrio.raw.write(
            path,
            shapely.to_wkb(np.array([shape])),
            [np.array([layer], dtype=object)],
            ["名称"],
            layer=layer,
            crs="EPSG:4490",
            geometry_type=shape.geom_type,
            append=True,
        )
    assert [each.name for each in read(path.read_bytes(), code_field=None).features] == ["镇"]
    only_points = written(tmp_path, ".gpkg", shapes=np.array([Point(1.0, 2.0), Point(3.0, 4.0)]))
    assert {each.code for each in read(only_points["areas.gpkg"]).refusals} == {"not_polygon"}


def test_limits_hold_for_every_format(tmp_path: Path) -> None:
    shapefile = zipped(written(tmp_path, ".shp"))
    (package,) = written(tmp_path, ".gpkg").values()
    for content in (geojson(good(1), good(2, FAR)), shapefile, package, kml(PLACEMARK * 2)):
        name = "名称" if not content.startswith(b"<") else "name"
        assert refused(content, name_field=name, limits=Limits(max_features=1)).reason == "too_many_features"
        assert refused(content, name_field=name, limits=Limits(max_bytes=100)).reason == "too_large"
        few = read(content, name_field=name, limits=Limits(max_vertices=4))
        assert {each.code for each in few.refusals} >= {"too_many_vertices"}


# ── hostile files ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_json_nested_without_end_is_refused(opening: bytes) -> None:
    assert refused(b'{"type":"FeatureCollection","features":' + opening * 200_000).reason == "damaged"


def test_xml_nested_without_end_is_refused() -> None:
    assert refused(b"<kml>" + b"<Folder>" * 200_000).reason == "damaged"
    assert (
        refused(b"<kml>" + b"<Folder>" * 100_000 + b"</Folder>" * 100_000 + b"</kml>").reason == "no_features"
    )


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY file SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_kml_that_declares_entities_is_refused_unparsed(head: str) -> None:
    assert refused(kml(PLACEMARK, head)).reason == "external_reference"


def test_a_kml_in_utf16_cannot_smuggle_entities_in() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE kml [<!ENTITY a "b">]><kml/>'
    assert refused(text.encode("utf-16")).reason in ("unknown_format", "external_reference", "encoding")


def test_what_lies_elsewhere_is_refused_and_not_fetched(listener: socket.socket, tmp_path: Path) -> None:
    written(tmp_path, ".gpkg")
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    link = f"<NetworkLink><Link><href>{address}.kml</href></Link></NetworkLink>"
    style = f"<styleUrl>{address}.kml#s</styleUrl></Placemark>"
    linked_crs = {"type": "link", "properties": {"href": address}}
    assert refused(kml(link + PLACEMARK)).reason == "external_reference"
    assert refused(geojson(good(), crs=linked_crs)).reason == "external_reference"
    assert refused(kml("", f'<!DOCTYPE kml SYSTEM "{address}.dtd">')).reason == "external_reference"
    assert len(read(kml(PLACEMARK.replace("</Placemark>", style)), name_field="name").features) == 1
    assert len(read(geojson(good()), f"/vsicurl/{address}.geojson").features) == 1
    assert read((tmp_path / "gpkg/areas.gpkg").read_bytes()).refusals == []
    pyogrio.set_gdal_config_options({"GDAL_HTTP_TIMEOUT": "2"})  # should it call after all, it does not wait
    with pytest.raises(pyogrio.errors.DataSourceError):  # once anything was read, GDAL fetches nothing more
        pyogrio.read_info(f"/vsicurl/{address}.geojson")
    with pytest.raises(BlockingIOError):
        listener.accept()


@pytest.mark.parametrize(
    "filename", ["../../etc/passwd", "GPKG:/etc/passwd:x", "/vsizip/a.zip", "a\0.zip", ""]
)
def test_the_files_name_opens_nothing(filename: str) -> None:
    assert len(read(geojson(good()), filename).features) == 1
    assert refused(b"nothing", filename).reason == "unknown_format"


@pytest.mark.parametrize("name", ["../a.geojson", "/etc/a.geojson", "x/../../a.geojson", "c:\\a.geojson"])
def test_paths_that_climb_out_of_an_archive_are_refused(name: str) -> None:
    assert refused(zipped({name: geojson(good())})).reason == "archive_unsafe"


@pytest.mark.parametrize("name", ["inner.zip", "inner.kmz", "inner.rar", "inner.7z"])
def test_an_archive_in_an_archive_is_refused(name: str) -> None:
    assert refused(zipped({"a.geojson": geojson(good()), name: b"PK"})).reason == "archive_nested"


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    nothing_often = zipped({"a.geojson": bytes(20 * 2**20)})
    assert refused(nothing_often).reason == "archive_too_large"
    loose = {"a.geojson": np.random.default_rng(1).integers(0, 16, 3_000_000, dtype=np.uint8).tobytes()}
    assert refused(zipped(loose)).reason == "unknown_format"
    assert refused(zipped(loose), limits=Limits(max_unpacked_bytes=2_000_000)).reason == "archive_too_large"
    crowd = zipped({f"{number}.txt": b"" for number in range(300)})
    assert refused(crowd).reason == "archive_too_large"


def test_an_archive_that_understates_a_size_is_damaged() -> None:
    content = bytearray(zipped({"a.geojson": geojson(good())}))
    directory = content.rindex(b"PK\x01\x02")
    content[directory + 24 : directory + 28] = struct.pack("<I", 10)
    assert refused(bytes(content)).reason == "damaged"


def test_an_encrypted_archive_is_refused() -> None:
    content = bytearray(zipped({"a.geojson": geojson(good())}))
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    assert refused(bytes(content)).reason == "archive_encrypted"


def test_an_archive_of_two_sets_or_of_none_is_refused_by_name() -> None:
    two = refused(zipped({"东.geojson": geojson(good()), "西.geojson": geojson(good())}))
    assert (two.reason, "东.geojson、西.geojson" in two.sentence_zh) == ("archive_contents", True)
    assert refused(zipped({"a.txt": b""})).reason == "archive_contents"


@pytest.mark.parametrize("reason", REASONS)
def test_every_reason_is_a_clause_in_both_languages(reason: str) -> None:
    zh, en = REASONS[reason]
    assert not zh.endswith("。")
    assert not en.endswith(".")
    assert zh.count("{") == en.count("{")


def test_a_file_that_folds_under_its_datum_still_gives_valid_areas() -> None:
    thin = {
        "type": "Polygon",
        "coordinates": [[[120.0, 30.0], [120.3, 30.3], [120.6, 30.0], [120.3, 30.2999]]],
    }
    (made,) = read(geojson(good(1, thin)), datum=Datum.GCJ02).features
    assert made.geometry.is_valid
    assert polygon.to_multipolygon(made.geometry).repairs == ()
