"""Shapes of files of evidence: the file that comes in, and what is told of one."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask_smorest.fields import Upload
from marshmallow import fields

from server.api.schemas.fields import Shape, Uuid, one_of
from server.api.schemas.trips import NamedOut
from server.rules.evidence_files import FORMS


class EvidenceUploadIn(Shape):
    """The id that the page gives the file, so that it may be sent again."""

    id = Uuid(required=True)
    csrf_token = fields.String(load_only=True, metadata={"description": "网页表单自带 · sent by pages"})

    @ma.post_load
    def told(self, told: dict[str, Any], **_: Any) -> UUID:
        """Without what the gate has read."""
        return told["id"]  # type: ignore[no-any-return]  # a Uuid field reads UUIDs


class EvidenceUpload(Shape):
    """The file: PDF, a picture, or a Word or Excel document."""

    file = Upload(required=True, error_messages={"required": "请选择文件 / Choose a file"})


class EvidenceFileOut(ma.Schema):
    """A file of evidence; of an erased one only that it was there."""

    id = fields.UUID()
    name = fields.String()
    form = one_of(FORMS)
    size = fields.Integer(metadata={"description": "字节 · in bytes"})
    by = fields.Nested(NamedOut)
    at = fields.AwareDateTime()
    erased = fields.Boolean()
    may_erase = fields.Boolean()
