"""Looking at a boundary file before it is published: what would be mended, refused and changed, in each datum.

The datum of a file is nowhere in it. Read three ways and laid over what is there already, the right one is seen.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from server.geo import measure
from server.geo.datum import Datum
from server.ingest import boundaries as files
from server.ingest.boundaries import BoundaryFile, BoundaryFileError, Feature
from server.queries import boundaries
from server.rules import access
from server.rules import areas as rules
from server.rules.access import Actor
from server.rules.areas import PARENT_KINDS
from server.services import areas

READINGS = (Datum.WGS84, Datum.GCJ02, Datum.BD09)
"""The three ways a coordinate may be meant; CGCS2000 is WGS-84 here."""

THINNED_M = 5.0


def preview(  # noqa: PLR0913  the questions of the import form, each by its name
    actor: Actor,
    data: bytes,
    filename: str,
    *,
    kind: str,
    name_field: str,
    datum: Datum = Datum.WGS84,
    code_field: str | None = None,
    households_field: str | None = None,
    parent_code: str | None = None,
    valid_from: datetime | None = None,
) -> dict[str, Any]:
    """What publishing this file would do, and how it lies in each datum. Nothing is kept.

    `BoundaryFileError` for a file that cannot be read; what is wrong with single features is told, not raised.
    """
    access.ensure_holds(actor, "area.import")
    fields = {
        "name_field": name_field,
        "code_field": code_field or name_field,
        "households_field": households_field,
    }
    read = dict(_read_each(data, filename, fields, datum))
    file = read[_same(datum)]
    drafts = [areas.draft(feature) for feature in file.features]
    known = areas.known(kind)
    changes = rules.compare(drafts, known, parent_id=None, valid_from=valid_from)
    refusals = areas.by_feature(file.refusals) | {
        areas.feature_word(draft.feature): [areas.RETIRED] for draft in changes.retired
    }
    return {
        **changes.counts(),
        "features": len(file.features),
        "parent_code": parent_code,
        "mended": areas.mends(drafts),
        "refused": refusals,
        "readings": _readings(read, kind),
    }


def _same(datum: Datum) -> Datum:
    """The reading that a datum is."""
    return Datum.WGS84 if datum is Datum.CGCS2000 else datum


def _read_each(
    data: bytes, filename: str, fields: Mapping[str, Any], chosen: Datum
) -> Iterator[tuple[Datum, BoundaryFile]]:
    """The file in each datum it can be in: a projected one is in none but WGS-84."""
    for datum in READINGS:
        told = chosen if datum is _same(chosen) else datum
        try:
            yield datum, files.read(data, filename, datum=told, limits=areas.limits(), **fields)
        except BoundaryFileError:
            if told is chosen:
                raise


def _readings(read: Mapping[Datum, BoundaryFile], kind: str) -> list[dict[str, Any]]:
    """How the file lies in each datum, beside what is there."""
    there = {row.code: shape for row, shape in boundaries.in_force(kind)}
    above = [shape for _, shape in boundaries.in_force(PARENT_KINDS.get(kind, "county"))]
    around = shapely.union_all(above) if above else None
    return [_reading(datum, file.features, there, around) for datum, file in read.items()]


def _reading(
    datum: Datum, features: Sequence[Feature], there: Mapping[str, BaseGeometry], around: BaseGeometry | None
) -> dict[str, Any]:
    """One reading: its shapes thinned for a map, what share of it lies where it should, how far off it is."""
    return {
        "datum": datum.value,
        "inside_share": _inside_share(features, around),
        "off_m": _off_m(features, there),
        "shapes": {"type": "FeatureCollection", "features": [_drawn(feature) for feature in features]},
    }


def _inside_share(features: Sequence[Feature], around: BaseGeometry | None) -> float | None:
    """The share of it that lies in the areas above its kind; None where there are none."""
    whole = shapely.union_all([feature.geometry for feature in features])
    if around is None or not whole.area:
        return None
    return round(float(shapely.intersection(whole, around).area / whole.area), 4)


def _off_m(features: Sequence[Feature], there: Mapping[str, BaseGeometry]) -> float | None:
    """How far areas of the same code lie from where they are now, the median in metres; None where there are none."""
    pairs = [
        (feature.geometry.centroid, there[code].centroid)
        for feature in features
        if (code := feature.code or feature.name) in there
    ]
    if not pairs:
        return None
    here, now = (np.array([[point.x, point.y] for point in points]) for points in zip(*pairs, strict=True))
    return round(float(np.median(measure.distances_m(here, now))), 1)


def _drawn(feature: Feature) -> dict[str, Any]:
    """A feature for the map."""
    thin = shapely.simplify(feature.geometry, THINNED_M / boundaries.DEGREE_M, preserve_topology=True)
    rounded = shapely.transform(thin, lambda lnglat: np.round(lnglat, boundaries.MAP_DIGITS))
    return {
        "type": "Feature",
        "properties": {"name": feature.name, "number": feature.number},
        "geometry": shapely.geometry.mapping(rounded),
    }
