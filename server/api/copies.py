"""Copies 副本: all that is held about oneself, as one download."""

from flask import Response, stream_with_context

from server import clock, gate
from server.api.doors import Doors
from server.exports import archive
from server.gate import guard
from server.services import copies

doors = Doors("copies", __name__, description="本人资料副本 · A copy of all that is held about oneself")


@doors.get("/me/copy")
@guard("copy.take")
@doors.response(200, content_type="application/zip")
def take() -> Response:
    """下载本人全部资料 · All that is held about the reader, as a zip with a README; recorded, and not too often."""
    actor = gate.actor()
    copies.begin(actor)
    now = clock.now()
    written = archive.write(copies.files(actor), at=now)
    response = Response(stream_with_context(written), mimetype="application/zip")
    name = f"guatu-{actor.person_id}-{clock.day_of(now).isoformat()}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response
