"""GeoPackage and Shapefile through pyogrio, GDAL's reader; loaded where such a file has come and nowhere else."""

import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyogrio
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from server.ingest.boundary_limits import BoundaryFileError, Limits

Found = tuple[dict[str, Any], bytes]
"""A feature: its attributes, and its shape as WKB."""

_NO_NETWORK: Final = {"CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}", "OGR_SQLITE_ALLOW_EXTERNAL_ACCESS": "NO"}


def layer(
    path: Path, kind: str, encoding: str | None, limits: Limits
) -> tuple[list[str], list[Found], str | None]:
    """The one layer of areas in a file: the names of its fields, its features, its coordinate system.

    Raises `BoundaryFileError`.
    """
    pyogrio.set_gdal_config_options(_NO_NETWORK)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # GDAL's remarks; what matters is found afterwards
        try:
            return _read(path, encoding, limits)
        except UnicodeDecodeError as failure:
            raise BoundaryFileError("encoding") from failure
        except (DataSourceError, DataLayerError) as failure:
            raise BoundaryFileError("damaged", format=kind) from failure


def _read(path: Path, encoding: str | None, limits: Limits) -> tuple[list[str], list[Found], str | None]:
    name = _layer_of_areas(pyogrio.list_layers(path))
    meta, _, shapes, columns = pyogrio.raw.read(
        path, layer=name, encoding=encoding, max_features=limits.max_features + 1
    )
    if len(shapes) > limits.max_features:
        raise BoundaryFileError("too_many_features", limit=limits.max_features)
    fields = [str(field) for field in meta["fields"]]
    records = zip(*columns, strict=True) if columns else ((),) * len(shapes)
    found = [
        (dict(zip(fields, record, strict=True)), made) for record, made in zip(records, shapes, strict=True)
    ]
    return fields, found, meta["crs"]


def _layer_of_areas(layers: NDArray[np.object_]) -> str:
    """The name of the one layer that can hold areas; `layers` is (n, 2) of name and geometry type or None."""
    names = [
        str(name)
        for name, kind in layers
        if kind is not None and not str(kind).removeprefix("Multi").startswith(("Point", "Line"))
    ]
    if len(names) > 1:
        raise BoundaryFileError("several_layers", names="、".join(names[:8]))
    if not names:
        raise BoundaryFileError("no_layer")
    return names[0]
