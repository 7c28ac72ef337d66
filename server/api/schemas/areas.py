"""Shapes of areas: what a list, a map and an import ask for, and the documents that come back."""

from typing import Any

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields, validate

from server.api.schemas.fields import Id, Instant, Shape, Text, datum, one_of
from server.geo.datum import Datum
from server.models.areas import KINDS
from server.queries.boundaries import Box, Wanted

_NO_BOX = "应为 西,南,东,北 四个经纬度 / Must be west,south,east,north in degrees"


class BoxAsked(fields.Field[Box]):
    """A box as `west,south,east,north` in WGS-84 degrees."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Box:
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError as error:
            raise ma.ValidationError(_NO_BOX) from error
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ma.ValidationError(_NO_BOX)
        return west, south, east, north


def _metres_asked(most: int) -> fields.Float:
    """Metres above zero, as an address writes them."""
    said = f"应为 0 到 {most} 的米数 / Must be metres, above 0 and at most {most}"
    return fields.Float(
        validate=validate.Range(0, most, min_inclusive=False, error=said),
        error_messages={"invalid": said, "special": said, "too_large": said},
    )


class AreasAsked(ma.Schema):
    """Which areas: by kind, part of the name, or parent."""

    kind = one_of(KINDS)
    name = Text(120)
    parent_id = Id()

    @ma.post_load
    def wanted(self, told: dict[str, Any], **_: Any) -> Wanted:
        """The question as the queries take it."""
        return Wanted(**told)


class MapAsked(AreasAsked):
    """Which areas on a map: also by id or within a box, thinned for drawing where `simplify_m` says so."""

    area_id = Id(data_key="id")
    bbox = BoxAsked(metadata={"type": "string", "example": "116.2,39.8,116.6,40.1"})
    simplify_m = _metres_asked(10_000)


class VersionAsked(ma.Schema):
    """One version of an area's boundary; the one in force now when none is named."""

    version = Id()


class ImportIn(Shape):
    """How a boundary file is to be understood; empty answers of a form count as not given."""

    kind = one_of(KINDS, required=True)
    datum = datum(required=True)
    name_field = Text(64, least=1, required=True)
    code_field = Text(64)
    households_field = Text(64)
    parent_code = Text(64)
    valid_from = Instant()
    csrf_token = fields.String(load_only=True, metadata={"description": "网页表单自带 · sent by pages"})

    @ma.pre_load
    def given(self, told: Any, **_: Any) -> dict[str, Any]:
        """Only what was filled in."""
        return {key: value for key, value in told.items() if value != ""}

    @ma.post_load
    def as_asked(self, told: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The answers under the names that the verb gives them."""
        told.pop("csrf_token", None)
        return told | {"datum": Datum(told["datum"])}


class ImportFile(Shape):
    """The file: GeoJSON, GeoPackage, zipped Shapefile, KML or KMZ."""

    file = Upload(required=True, error_messages={"required": "请选择文件 / Choose a file"})


class PreviewIn(ImportIn):
    """The same questions; the datum may still be open."""

    datum = datum(load_default=Datum.WGS84.value)


class KindAsked(ma.Schema):
    """Areas of which kind."""

    kind = one_of(KINDS, load_default="grid")


class VersionsAsked(ma.Schema):
    """Which two versions to hold against each other."""

    old = Id(required=True)
    new = Id(required=True)


class AreaChanges(Shape):
    """What is said of an area beside its boundary."""

    households = fields.Integer(
        strict=True,
        required=True,
        allow_none=True,
        validate=validate.Range(0, 1_000_000, error="应在 0 到 1000000 之间 / Must be between 0 and 1000000"),
    )


class RetireIn(Shape):
    """From when on an area is no longer in force; now when not said."""

    from_ = Instant(data_key="from", allow_none=True, load_default=None)


class AreaOut(ma.Schema):
    """An area with the version in force now, or the last one where none is."""

    id = Id()
    code = fields.String()
    name = fields.String()
    kind = one_of(KINDS)
    parent_id = Id(allow_none=True)
    version = fields.Integer()
    valid_from = fields.AwareDateTime()
    retired_at = fields.AwareDateTime(allow_none=True)
    area_km2 = fields.Float()
    households = fields.Integer(allow_none=True)
    households_are = fields.String(allow_none=True, metadata={"description": "few, many"})


class SentenceOut(ma.Schema):
    """Something said in both languages, with its stable code."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class PublisherOut(ma.Schema):
    """Who published a version."""

    id = Id()
    name = fields.String()


class VersionOut(ma.Schema):
    """A version in an area's history; published by nobody is by the system itself."""

    number = fields.Integer()
    name = fields.String()
    valid_from = fields.AwareDateTime()
    published_at = fields.AwareDateTime()
    published_by = fields.Nested(PublisherOut, allow_none=True)
    datum = datum()
    repairs = fields.List(fields.Nested(SentenceOut))
    area_km2 = fields.Float()


class AreaWithVersionsOut(AreaOut):
    """An area with all its versions, newest first."""

    versions = fields.List(fields.Nested(VersionOut))


class AreasOut(ma.Schema):
    """Areas, from county to site, then by code."""

    items = fields.List(fields.Nested(AreaOut))


class MendOut(SentenceOut):
    """What was mended, and in which feature of the file, counted from 1."""

    feature = fields.Integer()


class ImportOut(ma.Schema):
    """What an import did."""

    created = fields.Integer()
    changed = fields.Integer()
    unchanged = fields.Integer()
    counted = fields.Integer(
        metadata={"description": "户数有变化的区域数 · areas with another number of households"}
    )
    mended = fields.List(fields.Nested(MendOut))


class ReadingOut(ma.Schema):
    """A file read in one datum: what share lies in the areas above, how far areas of the same code are off, shapes."""

    datum = fields.String()
    inside_share = fields.Float(allow_none=True)
    off_m = fields.Float(allow_none=True)
    shapes = fields.Dict(metadata={"description": "GeoJSON"})


class PreviewOut(ImportOut):
    """What an import would do, what it would refuse, and the file in each datum."""

    features = fields.Integer()
    parent_code = fields.String(allow_none=True)
    refused = fields.Dict(keys=fields.String(), values=fields.List(fields.Nested(SentenceOut)))
    readings = fields.List(fields.Nested(ReadingOut))


class PartOut(ma.Schema):
    """A part of the ground."""

    area_m2 = fields.Float()
    geometry = fields.Dict(metadata={"description": "GeoJSON"})


class CutIn(Shape):
    """A shape as GeoJSON, and the line that cuts it, both in WGS-84."""

    shape = fields.Dict(
        required=True, error_messages={"invalid": "应为 GeoJSON 图形 / Must be a GeoJSON geometry"}
    )
    line = fields.List(
        fields.List(fields.Float(error_messages={"invalid": "应为经纬度 / Must be degrees"})),
        required=True,
        validate=validate.Length(
            2, 200, error="切分线应有 2 到 200 个点 / The line must have 2 to 200 points"
        ),
    )


class PiecesOut(ma.Schema):
    """Pieces, the largest first."""

    items = fields.List(fields.Nested(PartOut))


class JointOut(PartOut):
    """A part that two areas claim (`overlap`), or that none does of the one named (`gap`)."""

    kind = fields.String()
    areas = fields.List(fields.Nested(PublisherOut))


class JointsOut(ma.Schema):
    """The largest overlaps and gaps, and how many there are."""

    items = fields.List(fields.Nested(JointOut))
    overlaps = fields.Integer()
    gaps = fields.Integer()


class DifferenceOut(ma.Schema):
    """What a version gained and lost against another."""

    gained = fields.Nested(PartOut)
    lost = fields.Nested(PartOut)
