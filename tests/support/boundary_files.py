"""Boundary files for tests, made of squares: GeoJSON, GeoPackage, KML, and Shapefiles as Chinese offices zip them."""

import io
import json
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from shapely.geometry import Polygon, mapping
from shapely.geometry.base import BaseGeometry

WHOLE = shapely.box(120.0, 30.0, 120.2, 30.2)
WEST = shapely.box(120.0, 30.0, 120.1, 30.2)
FAR = shapely.box(121.0, 30.0, 121.1, 30.1)
HERE = {"lng": 120.15, "lat": 30.1}
"""In the eastern half of `WHOLE`, not in `WEST`."""

BOW_TIE = Polygon([(120, 30), (120.1, 30.1), (120.1, 30), (120, 30.1)])

Shapes = Mapping[str, BaseGeometry | None]


def geojson(shapes: Shapes, **names: str) -> bytes:
    """Areas by their codes; each has its code for a name but where `names` gives one."""
    features = [_feature(code, names.get(code, code), shape) for code, shape in shapes.items()]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _feature(code: str, name: str, shape: BaseGeometry | None) -> dict[str, Any]:
    geometry = None if shape is None else mapping(shape)
    return {"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry}


def geopackage(shapes: Shapes) -> bytes:
    """The same as a GeoPackage."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "areas.gpkg"
        _write(file, shapes, driver="GPKG")
        return file.read_bytes()


def shapefile(shapes: Shapes, *, encoding: str = "GBK") -> bytes:
    """The same as a Shapefile in a zip, its names in `encoding`."""
    packed = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(packed, "w") as archive:
        _write(Path(folder) / "areas.shp", shapes, driver="ESRI Shapefile", encoding=encoding)
        for file in Path(folder).iterdir():
            archive.write(file, file.name)
    return packed.getvalue()


def kml(shapes: Shapes) -> bytes:
    """The same as KML; the code is an extended datum."""
    placemarks = "".join(_placemark(code, shape) for code, shape in shapes.items() if shape is not None)
    return f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{placemarks}</Document></kml>'.encode()


def _placemark(code: str, shape: BaseGeometry) -> str:
    ring = " ".join(f"{lng},{lat}" for lng, lat in shapely.get_coordinates(shape))
    return (
        f"<Placemark><name>{code}</name>"
        f'<ExtendedData><Data name="code"><value>{code}</value></Data></ExtendedData><Polygon><outerBoundaryIs>'
        f"<LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon></Placemark>"
    )


def _write(file: Path, shapes: Shapes, **options: Any) -> None:
    codes = np.array(list(shapes), dtype=object)
    pyogrio.raw.write(
        file,
        shapely.to_wkb(np.array(list(shapes.values()), dtype=object)),
        [codes, codes],
        ["code", "name"],
        geometry_type="Polygon",
        crs="EPSG:4326",
        **options,
    )
