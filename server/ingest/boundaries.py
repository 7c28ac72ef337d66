"""Boundary files: bytes of GeoJSON, GeoPackage, zipped Shapefile, KML or KMZ → named areas in WGS-84.

A file that cannot be read raises `BoundaryFileError`. A file that can be read yields its good features and a
refusal, with the feature's number, for everything that is wrong with the others: all at once, so that whoever
mends the file mends it once. Whether one refusal refuses the whole file is the caller's decision.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyproj
from numpy.typing import NDArray
from pyproj.exceptions import CRSError
from shapely.geometry import MultiPolygon

from server.geo import polygon
from server.geo.datum import Datum
from server.geo.polygon import GeometryError, Mend, Mended
from server.ingest import boundary_files
from server.ingest.boundary_files import Row, Table
from server.ingest.boundary_limits import BoundaryFileError, Limits

__all__ = ["BoundaryFile", "BoundaryFileError", "Feature", "Limits", "Refusal", "read"]

Array = NDArray[np.float64]

DEFAULT_LIMITS: Final = Limits()

MOST_HOUSEHOLDS: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Feature:
    """An area as it may be stored: its number in the file from 1, a valid WGS-84 geometry, and every mend.

    `households` is None where the file does not say, or was not asked.
    """

    number: int
    code: str | None
    name: str
    geometry: MultiPolygon
    repairs: tuple[Mend, ...]
    households: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing wrong with one feature: a stable code, and sentences that leave the number to the caller."""

    number: int
    code: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class BoundaryFile:
    """What a file holds: good features in its order, and all refusals by the feature's number."""

    features: list[Feature]
    refusals: list[Refusal]


@dataclass(frozen=True, slots=True)
class _Plan:
    """How the rows of one file are read."""

    name_field: str
    code_field: str | None
    households_field: str | None
    datum: Datum
    unproject: Callable[[Array], Array] | None
    limits: Limits


def read(
    data: bytes,
    filename: str,
    *,
    datum: Datum,
    name_field: str,
    code_field: str | None = None,
    households_field: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> BoundaryFile:
    """Read a boundary file whose coordinates were taken in `datum`; what it is, is known by its content.

    The fields name the attributes to take, in capitals or not. Raises `BoundaryFileError`,
    whose `reason` is a key of `boundary_limits.REASONS`, where no single feature is to blame.
    """
    table = boundary_files.table(data, filename, limits)
    if not table.rows:
        raise BoundaryFileError("no_features")
    plan = _Plan(
        name_field=_field(table, name_field),
        code_field=None if code_field is None else _field(table, code_field),
        households_field=None if households_field is None else _field(table, households_field),
        datum=datum,
        unproject=_unproject(table.crs, datum),
        limits=limits,
    )
    return _read_rows(table.rows, plan)


def _read_rows(rows: list[Row], plan: _Plan) -> BoundaryFile:
    features: list[Feature] = []
    refusals: list[Refusal] = []
    first_with: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        name, name_faults = _name(row, plan)
        code, code_faults = _code(row, plan, first_with)
        households, household_faults = _households(row, plan)
        shape, shape_faults = _geometry(row, plan)
        faults = (*name_faults, *code_faults, *household_faults, *shape_faults)
        refusals += [Refusal(number, *fault) for fault in faults]
        if code is not None:
            first_with.setdefault(code, number)
        if shape is not None and not faults:
            features.append(Feature(number, code, name, shape.multipolygon, shape.repairs, households))
    return BoundaryFile(features, refusals)


# ── names and codes ─────────────────────────────────────────────────────────────────────────────────────

Faults = list[tuple[str, str, str]]


def _field(table: Table, wanted: str) -> str:
    """The field of that name, or the only one that differs from it in capitals alone."""
    alike = [field for field in table.fields if field.casefold() == wanted.casefold()]
    if wanted in table.fields:
        return wanted
    if len(alike) != 1:
        available = "、".join(table.fields[:40]) or "—"
        raise BoundaryFileError("field_missing", field=wanted[:40], available=available[:800])
    return alike[0]


def _name(row: Row, plan: _Plan) -> tuple[str, Faults]:
    name = _text(row.attributes.get(plan.name_field))
    return name, _faults("name", name, plan.limits.max_name_chars)


def _code(row: Row, plan: _Plan, first_with: dict[str, int]) -> tuple[str | None, Faults]:
    if plan.code_field is None:
        return None, []
    code = _text(row.attributes.get(plan.code_field))
    faults = _faults("code", code, plan.limits.max_code_chars)
    if not faults and code in first_with:
        faults.append(_fault("code_repeated", code=code, first=first_with[code]))
    return code, faults


def _households(row: Row, plan: _Plan) -> tuple[int | None, Faults]:
    if plan.households_field is None:
        return None, []
    told = _text(row.attributes.get(plan.households_field))
    if not told:
        return None, []
    if not (told.isascii() and told.isdigit() and int(told) <= MOST_HOUSEHOLDS):
        return None, [_fault("households_odd", told=told[:20], most=MOST_HOUSEHOLDS)]
    return int(told), []


def _text(value: Any) -> str:
    """An attribute as text: whole numbers lose their point; what is missing, or no text at all, is empty."""
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, dict | list) or value != value:  # noqa: PLR0124  NaN
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _faults(what: str, text: str, max_chars: int) -> Faults:
    if not text:
        return [_fault(f"{what}_empty")]
    if len(text) > max_chars:
        return [_fault(f"{what}_too_long", limit=max_chars)]
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in text):
        return [_fault(f"{what}_unprintable")]
    return []


def _fault(what: str, **facts: Any) -> tuple[str, str, str]:
    zh, en = _FAULTS[what]
    return what, zh.format(**facts), en.format(**facts)


_FAULTS: Final = {
    "name_empty": ("没有名称。", "It has no name."),
    "name_too_long": ("名称太长，最多 {limit} 个字。", "Its name is too long: at most {limit} characters."),
    "name_unprintable": ("名称里有无法显示的控制字符。", "Its name holds control characters."),
    "code_empty": ("没有编码。", "It has no code."),
    "code_too_long": ("编码太长，最多 {limit} 个字符。", "Its code is too long: at most {limit} characters."),
    "code_unprintable": ("编码里有无法显示的控制字符。", "Its code holds control characters."),
    "households_odd": (
        "户数“{told}”不是 0 到 {most} 的整数。",
        "Its number of households, “{told}”, is not a whole number from 0 to {most}.",
    ),
    "code_repeated": (
        "编码 {code} 与第 {first} 个区域重复。",
        "Its code {code} is that of area number {first} already.",
    ),
}


# ── shapes ──────────────────────────────────────────────────────────────────────────────────────────────


def _geometry(row: Row, plan: _Plan) -> tuple[Mended | None, Faults]:
    """The row's area in WGS-84 with all mends, or what is wrong with it."""
    try:
        if isinstance(row.shape, GeometryError):
            raise row.shape
        mended = polygon.to_multipolygon(
            row.shape, max_vertices=plan.limits.max_vertices, unproject=plan.unproject
        )
        moved = polygon.convert_datum(mended.multipolygon, source=plan.datum)
    except GeometryError as failure:
        return None, [(failure.code, failure.zh, failure.en)]
    repairs = dict.fromkeys((*row.mends, *mended.repairs, *moved.repairs))
    return Mended(moved.multipolygon, tuple(repairs)), []


def _unproject(declared: str | None, datum: Datum) -> Callable[[Array], Array] | None:
    """How to get from the file's plane coordinates to longitude and latitude; none where it has those.

    A file that declares nothing, or WGS-84 or CGCS2000 longitudes and latitudes, is taken to be in `datum`:
    files in GCJ-02 and BD-09, for which there is no official name, declare WGS-84 too.
    """
    if declared is None:
        return None
    crs = _crs(declared)
    geographic = crs.geodetic_crs
    if geographic is None or not _is_wgs84_or_cgcs2000(geographic):
        raise BoundaryFileError("crs_other", crs=crs.name)
    if crs.is_geographic:
        return None
    if datum not in (Datum.WGS84, Datum.CGCS2000):
        raise BoundaryFileError("crs_projected", crs=crs.name, datum=datum.value)
    transformer = pyproj.Transformer.from_crs(crs, geographic, always_xy=True)
    return lambda plane: np.column_stack(transformer.transform(plane[:, 0], plane[:, 1]))


def _crs(declared: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(declared)
    except CRSError as failure:
        raise BoundaryFileError("crs_unknown", crs=declared[:80]) from failure


def _is_wgs84_or_cgcs2000(geographic: pyproj.CRS) -> bool:
    datum_name = "" if geographic.datum is None else geographic.datum.name
    return geographic.name.startswith(("WGS 84", "China Geodetic Coordinate System 2000")) or datum_name in (
        "World Geodetic System 1984",
        "China 2000",
    )
