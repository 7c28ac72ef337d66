"""Photos 照片: taken in by parts that may be repeated; thumbnails and stamped copies; the original for evidence."""

from typing import Any
from uuid import UUID

from flask import Response, request

from server import gate
from server.api.doors import Doors, answer, received
from server.api.schemas.photos import PartAsked, PhotoIn, PhotoOut
from server.errors import UnsupportedMediaType
from server.gate import guard
from server.rules.photos import PART_BYTES
from server.services import photos
from server.services.photos import Told

BYTES = "application/octet-stream"
JPEG = "image/jpeg"

doors = Doors("photos", __name__, description="照片 · Photos")


@doors.put("/photos/<uuid:photo_id>")
@guard("photo.send")
@doors.arguments(PhotoIn)
@doors.response(200, PhotoOut)
def begin(told: dict[str, Any], photo_id: UUID) -> Response:
    """声明照片 · Announce a photo of a check-in; the answer says how many of its bytes are here already."""
    return answer(photos.begin(gate.actor(), Told(id=photo_id, **told)))


@doors.patch("/photos/<uuid:photo_id>")
@guard("photo.send")
@doors.bytes(f"照片的一段，最多 {PART_BYTES // 1024} KB · A part of it, {PART_BYTES // 1024} KB at most")
@doors.arguments(PartAsked, location="query")
@doors.response(200, PhotoOut)
def send(asked: dict[str, int], photo_id: UUID) -> Response:
    """上传一段 · Send a part that begins at `offset`: go on where the answer says. All here, it is checked and kept."""
    request.max_content_length = PART_BYTES
    if request.mimetype != BYTES:
        raise UnsupportedMediaType
    return answer(photos.send(gate.actor(), photo_id, received(request), offset=asked["offset"]))


@doors.get("/photos/<uuid:photo_id>")
@guard("photo.send")
@doors.response(200, PhotoOut)
def one(photo_id: UUID) -> Response:
    """上传进度 · How much of a photo of one's own is here."""
    return answer(photos.how_far(gate.actor(), photo_id))


@doors.delete("/photos/<uuid:photo_id>")
@guard("photo.erase")
@doors.response(200, PhotoOut)
def erase(photo_id: UUID) -> Response:
    """删除自己的照片 · Erase a photo of one's own for good; that there was one stays said."""
    return answer(photos.erase(gate.actor(), photo_id))


@doors.get("/photos/<uuid:photo_id>/thumb")
@guard("photo.read")
@doors.response(200, content_type=JPEG)
def thumb(photo_id: UUID) -> Response:
    """缩略图 · A thumbnail, without metadata."""
    return _picture(photos.thumb(gate.actor(), photo_id), JPEG, f"{photo_id}-thumb")


@doors.get("/photos/<uuid:photo_id>/stamped")
@guard("photo.read")
@doors.response(200, content_type=JPEG)
def stamped(photo_id: UUID) -> Response:
    """加印照片 · The photo without metadata, stamped with the server's time, person, duty, place and verdict."""
    return _picture(photos.stamped(gate.actor(), photo_id), JPEG, f"{photo_id}-stamped")


@doors.get("/photos/<uuid:photo_id>/original")
@guard("photo.open")
@doors.response(200, content_type="image/*")
def original(photo_id: UUID) -> Response:
    """照片原件 · The file as it came; another's opens once this sitting has said why, and each opening is recorded."""
    content, form = photos.original(gate.actor(), photo_id)
    response = _picture(content, f"image/{form}", f"{photo_id}-original", disposition="attachment")
    response.headers["Cache-Control"] = "no-store"
    return response


def _picture(content: bytes, mimetype: str, name: str, *, disposition: str = "inline") -> Response:
    """A picture for its reader's browser alone, which asks each time whether they may still see it.

    Whatever else the file may be to a browser, it is never more than a picture.
    """
    ending = mimetype.removeprefix("image/").replace("jpeg", "jpg")
    response = Response(content, mimetype=mimetype)
    response.set_etag(name)
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Content-Disposition"] = f'{disposition}; filename="guatu-{name}.{ending}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.make_conditional(request)
    return response
