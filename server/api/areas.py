"""Areas 区域: lists, boundaries for maps, import of boundary files, retirement."""

import gzip
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Response, request

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.areas import (
    AreaChanges,
    AreasAsked,
    AreasOut,
    AreaWithVersionsOut,
    CutIn,
    DifferenceOut,
    ImportFile,
    ImportIn,
    ImportOut,
    JointsOut,
    KindAsked,
    MapAsked,
    PiecesOut,
    PreviewIn,
    PreviewOut,
    RetireIn,
    VersionAsked,
    VersionsAsked,
)
from server.config import Settings
from server.gate import guard
from server.held import held
from server.queries import boundaries, boundary_checks
from server.queries.boundaries import Wanted
from server.services import area_previews, areas

P = ParamSpec("P")
R = TypeVar("R")

GEOJSON = "application/geo+json"
FORM_BYTES = 64 * 1024
"""What the answers beside the file and the form's own lines may take."""

SMALL_BYTES = 1_000
"""Below this, packing an answer does not pay."""

doors = Doors("areas", __name__, description="区域 · Areas")


def takes_a_file(view: Callable[P, R]) -> Callable[P, R]:
    """Let this door read a body as large as a boundary file may be; stands below `guard`, above `arguments`."""

    @wraps(view)
    def larger(*args: P.args, **kwargs: P.kwargs) -> R:
        request.max_content_length = held(Settings).upload_mb * 2**20 + FORM_BYTES
        return view(*args, **kwargs)

    return larger


@doors.get("/areas")
@guard("area.read")
@doors.arguments(AreasAsked, location="query")
@doors.response(200, AreasOut)
def listed(wanted: Wanted) -> Response:
    """区域列表 · The areas, retired ones too."""
    return answer(boundaries.listed(gate.actor(), wanted))


@doors.get("/areas.geojson")
@guard("area.read")
@doors.arguments(MapAsked, location="query")
@doors.response(200, content_type=GEOJSON)
@doors.alt_response(304, description="没有变化 · nothing changed since")
def on_map(wanted: Wanted) -> Response:
    """地图上的区域 · The boundaries in force now, with an ETag."""
    actor = gate.actor()
    tag = boundaries.tag(actor, wanted)
    known = request.if_none_match.contains_weak(tag)
    response = Response(status=304) if known else _geojson(boundaries.collection(actor, wanted))
    response.set_etag(tag, weak=True)
    return response


@doors.get("/areas/<int:area_id>")
@guard("area.read")
@doors.response(200, AreaWithVersionsOut)
def one(area_id: int) -> Response:
    """一个区域 · One area with all its versions."""
    return answer(boundaries.one(gate.actor(), area_id))


@doors.get("/areas/<int:area_id>.geojson")
@guard("area.read")
@doors.arguments(VersionAsked, location="query")
@doors.response(200, content_type=GEOJSON)
def boundary(asked: dict[str, Any], area_id: int) -> Response:
    """一个区域的边界 · One boundary, of the version asked for or in force now."""
    return _geojson(boundaries.feature(gate.actor(), area_id, asked.get("version")))


@doors.post("/areas/imports")
@guard("area.import")
@takes_a_file
@doors.arguments(ImportIn, location="form")
@doors.arguments(ImportFile, location="files")
@doors.response(201, ImportOut)
def import_file(told: dict[str, Any], files: dict[str, Any]) -> Response:
    """导入边界文件 · Publish a boundary file, whole or not at all."""
    file = files["file"]
    return answer(areas.import_file(gate.actor(), file.read(), file.filename or "", **told), 201)


@doors.post("/areas/previews")
@guard("area.import")
@takes_a_file
@doors.arguments(PreviewIn, location="form")
@doors.arguments(ImportFile, location="files")
@doors.response(200, PreviewOut)
def preview(told: dict[str, Any], files: dict[str, Any]) -> Response:
    """预览边界文件 · What importing this file would do, and how it lies in each datum; nothing is kept."""
    file = files["file"]
    return answer(area_previews.preview(gate.actor(), file.read(), file.filename or "", **told))


@doors.post("/areas/pieces")
@guard("area.import")
@doors.arguments(CutIn)
@doors.response(200, PiecesOut)
def pieces(told: dict[str, Any]) -> Response:
    """切分区域 · The pieces into which a line cuts a drawn shape; nothing is kept."""
    return answer(boundary_checks.pieces(gate.actor(), told["shape"], told["line"]))


@doors.get("/areas/joints")
@guard("area.read")
@doors.arguments(KindAsked, location="query")
@doors.response(200, JointsOut)
def joints(asked: dict[str, str]) -> Response:
    """重叠与空隙 · What two areas of a kind claim, and what none does."""
    return answer(boundary_checks.joints_of(gate.actor(), asked["kind"]))


@doors.get("/areas/<int:area_id>/difference")
@guard("area.read")
@doors.arguments(VersionsAsked, location="query")
@doors.response(200, DifferenceOut)
def difference(asked: dict[str, int], area_id: int) -> Response:
    """两版之差 · What one version gained and lost against another."""
    return answer(boundary_checks.difference(gate.actor(), area_id, asked["old"], asked["new"]))


@doors.patch("/areas/<int:area_id>")
@guard("area.update")
@doors.arguments(AreaChanges)
@doors.response(200, AreaWithVersionsOut)
def update(told: dict[str, Any], area_id: int) -> Response:
    """填写户数 · Say how many households an area has."""
    return answer(areas.update(gate.actor(), area_id, told["households"]))


@doors.post("/areas/<int:area_id>/retire")
@guard("area.retire")
@doors.arguments(RetireIn)
@doors.response(200, AreaWithVersionsOut)
def retire(told: dict[str, Any], area_id: int) -> Response:
    """停用区域 · Retire an area; it is never deleted."""
    return answer(areas.retire(gate.actor(), area_id, told["from_"]))


def _geojson(body: bytes) -> Response:
    """A GeoJSON response, packed where the reader takes it so; to be asked for again each time."""
    packed = len(body) > SMALL_BYTES and request.accept_encodings["gzip"] > 0
    response = Response(gzip.compress(body, 1) if packed else body, mimetype=GEOJSON)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding, Authorization, Cookie"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
