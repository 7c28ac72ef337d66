"""Areas as documents: the list, one area with its versions, and boundaries as GeoJSON for maps.

Areas are county-wide: who may see areas sees all of them. ‘Now’ is the clock's; the version shown is the one in
force now, or the last published of an area that has none in force.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from typing import Any

import numpy as np
import orjson
import shapely
import sqlalchemy as sa
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.errors import NotFound
from server.geo.polygon import Mend
from server.models.areas import KINDS, Area, AreaGeneration, AreaVersion
from server.models.people import Person
from server.rules import access, areas
from server.rules.access import Actor

MAP_DIGITS = 6
"""Decimals of a degree on maps: a tenth of a metre (RFC 7946, 11.2)."""

EXACT_DIGITS = 9
"""Decimals of a degree where one boundary is asked for: a tenth of a millimetre."""

DEGREE_M = 111_320.0
SRID = 4326

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which areas: `bbox` is west, south, east, north in WGS-84 degrees; `name` is a part of the name.

    `simplify_m` thins boundaries for drawing: no line moves by more than about so many metres.
    """

    kind: str | None = None
    name: str | None = None
    parent_id: int | None = None
    area_id: int | None = None
    bbox: Box | None = None
    simplify_m: float | None = None


def listed(actor: Actor | None, wanted: Wanted) -> dict[str, Any]:
    """Every area that is wanted, retired ones too, from county to site, then by code; None is the system."""
    if actor is not None:
        access.ensure_holds(actor, "area.read")
    rows = db.session.execute(_shown().where(*_conditions(wanted)))
    return {"items": [_item(row) for row in rows]}


def one(actor: Actor, area_id: int) -> dict[str, Any]:
    """One area with all its versions, newest first; `NotFound` when there is none."""
    access.ensure_holds(actor, "area.read")
    row = db.session.execute(_shown().where(Area.id == area_id)).one_or_none()
    if row is None:
        raise NotFound
    return _item(row) | {"versions": _history(area_id)}


def feature(actor: Actor, area_id: int, number: int | None = None) -> bytes:
    """One boundary as a GeoJSON feature: the version of this number, or the one shown; `NotFound`."""
    access.ensure_holds(actor, "area.read")
    statement = _shown() if number is None else _versions().where(AreaVersion.number == number)
    rows = db.session.execute(statement.where(Area.id == area_id).add_columns(_BOUNDARY)).all()
    if not rows:
        raise NotFound
    return next(_features(rows, EXACT_DIGITS, None))


def collection(actor: Actor, wanted: Wanted) -> bytes:
    """The boundaries in force now as a GeoJSON feature collection, from county to site, then by code."""
    access.ensure_holds(actor, "area.read")
    not_retired = sa.or_(Area.retired_from.is_(None), Area.retired_from > clock.now())
    statement = (
        _versions()
        .where(AreaVersion.number == _number_in_force(), not_retired, *_conditions(wanted))
        .add_columns(_BOUNDARY)
    )
    features = _features(db.session.execute(statement).all(), MAP_DIGITS, wanted.simplify_m)
    return b'{"type":"FeatureCollection","features":[' + b",".join(features) + b"]}"


def in_force(kind: str) -> list[tuple[Any, BaseGeometry]]:
    """The areas of a kind in force now with their boundaries, in the order of their codes."""
    not_retired = sa.or_(Area.retired_from.is_(None), Area.retired_from > clock.now())
    statement = _versions().where(AreaVersion.number == _number_in_force(), not_retired, Area.kind == kind)
    rows = db.session.execute(statement.add_columns(_BOUNDARY)).all()
    return list(zip(rows, shapely.from_wkb([row.boundary for row in rows]), strict=True))


def shape_of(area_id: int, number: int) -> BaseGeometry | None:
    """The boundary of one version; None where there is none."""
    statement = sa.select(_BOUNDARY).where(AreaVersion.area_id == area_id, AreaVersion.number == number)
    wkb = db.session.scalar(statement)
    return None if wkb is None else shapely.from_wkb(wkb)


def tag(actor: Actor, wanted: Wanted) -> str:
    """A word that changes whenever `collection` may: by publication, and when a version's time comes."""
    access.ensure_holds(actor, "area.read")
    now = clock.now()
    counts = sa.select(
        sa.select(AreaGeneration.number).scalar_subquery(),
        sa.select(sa.func.count()).where(AreaVersion.valid_from <= now).scalar_subquery(),
        sa.select(sa.func.count()).where(Area.retired_from <= now).scalar_subquery(),
    )
    state = (*db.session.execute(counts).one(), *astuple(wanted))
    return hashlib.sha256(repr(state).encode()).hexdigest()[:24]


# ── which ───────────────────────────────────────────────────────────────────────────────────────────────

Statement = sa.Select[*tuple[Any, ...]]
Row = sa.Row[*tuple[Any, ...]]


def _versions() -> Statement:
    """Versions with their areas, in the order in which areas are told; the name is the version's own."""
    return (
        sa.select(
            Area.id,
            Area.code,
            AreaVersion.name,
            Area.kind,
            Area.parent_id,
            Area.households,
            AreaVersion.number,
            AreaVersion.valid_from,
            Area.retired_from,
            AreaVersion.area_m2,
        )
        .join(AreaVersion, AreaVersion.area_id == Area.id)
        .order_by(sa.case(_ORDER, value=Area.kind), Area.code)
    )


def _shown() -> Statement:
    """Each area with the version that is shown for it."""
    last = sa.select(sa.func.max(_other.number)).where(_other.area_id == Area.id).scalar_subquery()
    return _versions().where(AreaVersion.number == sa.func.coalesce(_number_in_force(), last))


_ORDER = {kind: position for position, kind in enumerate(KINDS)}
_other = sa.orm.aliased(AreaVersion)


def _number_in_force() -> sa.ScalarSelect[int]:
    """The number of an area's version in force now: of those whose time has come, the last published."""
    return (
        sa.select(sa.func.max(_other.number))
        .where(_other.area_id == Area.id, _other.valid_from <= clock.now())
        .scalar_subquery()
    )


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    """What makes an area wanted."""
    if wanted.kind is not None:
        yield Area.kind == wanted.kind
    if wanted.name:
        yield AreaVersion.name.icontains(wanted.name, autoescape=True)
    if wanted.parent_id is not None:
        yield Area.parent_id == wanted.parent_id
    if wanted.area_id is not None:
        yield Area.id == wanted.area_id
    if wanted.bbox is not None:
        yield from _touching(wanted.bbox)


def _touching(bbox: Box) -> Iterator[ColumnElement[bool]]:
    """The boundaries that touch a box, found through the database's spatial index."""
    if db.engine.dialect.name == "sqlite":
        frame = sa.func.BuildMbr(*bbox, SRID)
        yield AreaVersion.id.in_(
            sa.select(sa.column("rowid"))
            .select_from(sa.table("SpatialIndex"))
            .where(
                sa.column("f_table_name") == AreaVersion.__tablename__,
                sa.column("f_geometry_column") == "boundary",
                sa.column("search_frame") == frame,
            )
        )
    else:
        frame = sa.func.ST_MakeEnvelope(*bbox, SRID)
    yield sa.func.ST_Intersects(AreaVersion.boundary, frame) == sa.true()


# ── as documents ────────────────────────────────────────────────────────────────────────────────────────


_BOUNDARY = sa.func.ST_AsBinary(AreaVersion.boundary, type_=sa.LargeBinary()).label("boundary")


def _features(rows: Sequence[Row], digits: int, simplify_m: float | None) -> Iterator[bytes]:
    """Rows of `_versions` with their boundaries as GeoJSON features, rounded to so many decimals."""
    shapes = shapely.from_wkb([row.boundary for row in rows])
    if simplify_m:
        shapes = shapely.simplify(shapes, simplify_m / DEGREE_M, preserve_topology=True)
    rounded = shapely.transform(shapes, lambda lnglat: np.round(lnglat, digits))
    for row, shape in zip(rows, rounded, strict=True):
        yield orjson.dumps(
            {"type": "Feature", "id": row.id, "properties": _properties(row), "geometry": _geometry(shape)},
            option=orjson.OPT_UTC_Z | orjson.OPT_SERIALIZE_NUMPY,
        )


def _geometry(shape: Polygon | MultiPolygon) -> dict[str, Any]:
    """A boundary as a GeoJSON multipolygon (thinning makes single ones of some); rings stay (n, 2) arrays."""
    polygons = [shapely.get_rings(polygon) for polygon in shapely.get_parts(shape)]
    rings = [[shapely.get_coordinates(ring) for ring in polygon] for polygon in polygons]
    return {"type": "MultiPolygon", "coordinates": rings}


def _properties(row: Row) -> dict[str, Any]:
    """What a map shows of an area."""
    return {
        "id": row.id,
        "code": row.code,
        "name": row.name,
        "kind": row.kind,
        "parent_id": row.parent_id,
        "version": row.number,
        "valid_from": row.valid_from,
    }


def _item(row: Row) -> dict[str, Any]:
    """An area in the list."""
    return _properties(row) | {
        "retired_at": row.retired_from,
        "area_km2": _km2(row.area_m2),
        "households": row.households,
        "households_are": areas.households_are(row.kind, row.households),
    }


def _history(area_id: int) -> list[dict[str, Any]]:
    """All versions of an area, newest first: when, by whom, and what was mended."""
    statement = (
        sa.select(
            AreaVersion.number,
            AreaVersion.name,
            AreaVersion.valid_from,
            AreaVersion.published_at,
            AreaVersion.source_datum,
            AreaVersion.repairs,
            AreaVersion.area_m2,
            Person.id.label("person_id"),
            Person.name.label("person_name"),
        )
        .outerjoin(Person, Person.id == AreaVersion.published_by)
        .where(AreaVersion.area_id == area_id)
        .order_by(AreaVersion.number.desc())
    )
    return [_version(row) for row in db.session.execute(statement)]


def _version(row: Row) -> dict[str, Any]:
    """A version in an area's history; nobody is named where the system published it."""
    return {
        "number": row.number,
        "name": row.name,
        "valid_from": row.valid_from,
        "published_at": row.published_at,
        "published_by": None if row.person_id is None else {"id": row.person_id, "name": row.person_name},
        "datum": row.source_datum,
        "repairs": [{"code": code, "zh": Mend(code).zh, "en": Mend(code).en} for code in row.repairs],
        "area_km2": _km2(row.area_m2),
    }


def _km2(area_m2: float) -> float:
    """Square kilometres to the square metre."""
    return round(area_m2 / 1e6, 6)
