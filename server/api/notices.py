"""Notices 提醒: what concerns the reader, how much of it is unread, and marking it as read."""

from typing import Any

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.notices import NoticesAsked, NoticesOut, ReadUptoIn, UnreadOut
from server.gate import guard
from server.queries import notices as reads
from server.services import notices

doors = Doors("notices", __name__, description="提醒 · What concerns the reader")


@doors.get("/notices")
@guard("notice.read")
@doors.arguments(NoticesAsked, location="query")
@doors.response(200, NoticesOut)
def listed(asked: dict[str, Any]) -> Response:
    """本人的提醒 · The reader's own notices, newest first."""
    return answer(reads.listed(gate.actor(), **asked))


@doors.get("/notices/unread")
@guard("notice.read")
@doors.response(200, UnreadOut)
def unread() -> Response:
    """未读提醒数 · How many the reader has not read."""
    return answer(reads.unread(gate.actor()))


@doors.post("/notices/read")
@guard("notice.mark")
@doors.arguments(ReadUptoIn)
@doors.response(200, UnreadOut)
def read_upto(told: dict[str, Any]) -> Response:
    """全部标为已读 · Mark all up to one as read."""
    return answer(notices.mark(gate.actor(), upto=told["upto"]))


@doors.post("/notices/<int:notice_id>/read")
@guard("notice.mark")
@doors.response(200, UnreadOut)
def read_one(notice_id: int) -> Response:
    """标为已读 · Mark one as read; done again, it changes nothing."""
    return answer(notices.mark(gate.actor(), notice_id=notice_id))
