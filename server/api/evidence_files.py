"""Files of evidence 佐证材料: put to a piece of evidence, opened, erased."""

from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, send_file

from server import gate
from server.api.areas import takes_a_file
from server.api.doors import Doors, answer
from server.api.schemas.evidence_files import EvidenceUpload, EvidenceUploadIn
from server.api.schemas.projects import ProjectInFullOut
from server.gate import guard
from server.rules.evidence_files import MIME
from server.services import evidence_files
from server.services.evidence_files import FileTold

doors = Doors("evidence_files", __name__, description="佐证材料 · Files of evidence")


@doors.post("/projects/<int:project_id>/evidence/<int:evidence_id>/files")
@guard("evidence.send")
@takes_a_file
@doors.arguments(EvidenceUploadIn, location="form")
@doors.arguments(EvidenceUpload, location="files")
@doors.response(201, ProjectInFullOut)
def attach(told: UUID, given: dict[str, Any], project_id: int, evidence_id: int) -> Response:
    """上传佐证材料 · Put a file to a piece of evidence; the same sent again is the same."""
    file = given["file"]
    sent = FileTold(told, file.filename or "", file.read())
    return answer(evidence_files.attach(gate.actor(), project_id, evidence_id, sent), 201)


@doors.get("/evidence-files/<uuid:file_id>")
@guard("evidence.read")
@doors.response(200, content_type="application/octet-stream")
def content(file_id: UUID) -> Response:
    """下载佐证材料 · A file, for whoever may read its project; it is saved, never shown by the browser itself."""
    file, found = evidence_files.content(gate.actor(), file_id)
    response = send_file(BytesIO(found), MIME[file.form], as_attachment=True, download_name=file.name)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@doors.delete("/evidence-files/<uuid:file_id>")
@guard("evidence.erase")
@doors.response(200, ProjectInFullOut)
def erase(file_id: UUID) -> Response:
    """删除佐证材料 · Erase a file for good; that there was one stays said."""
    return answer(evidence_files.erase(gate.actor(), file_id))
