"""Check-ins 签到: the phones' door, one or many at once; the record."""

from typing import Any
from uuid import UUID

import marshmallow as ma
from flask import Response

from server import gate
from server.api.doors import Doors, answer, flat
from server.api.schemas.checkins import BatchIn, BatchOut, CheckinIn, CheckinOut
from server.errors import BadInput, Problem
from server.gate import guard
from server.queries import checkins as reads
from server.rules.checkins import Told
from server.services import checkins, details, looks

doors = Doors("checkins", __name__, description="签到 · Check-ins")

_shape = CheckinIn()


@doors.post("/checkins")
@guard("checkin.make", looks_again=True)
@doors.arguments(CheckinIn)
@doors.response(201, CheckinOut)
@doors.alt_response(200, schema=CheckinOut, description="已保存过 · kept before")
def make(told: Told) -> Response:
    """签到 · Check in; the same again is answered with the first record."""
    made = checkins.make(gate.actor(), told)
    return answer(made.document, 201 if made.fresh else 200)


@doors.post("/checkins/batch")
@guard("checkin.make")
@doors.arguments(BatchIn)
@doors.response(200, BatchOut)
def make_many(batch: dict[str, Any]) -> Response:
    """批量签到 · Up to 500 check-ins, each with its own answer."""
    items = batch["items"]
    checkins.ensure_batch(len(items))
    read = [_read(item) for item in items]
    good = [item for item in read if isinstance(item, Told)]
    made = iter(checkins.make_many(gate.actor(), good))
    became = [next(made) if isinstance(item, Told) else item for item in read]
    return answer({"items": [_became(told, end) for told, end in zip(items, became, strict=True)]})


@doors.get("/checkins/<uuid:checkin_id>")
@guard("checkin.read")
@doors.response(200, CheckinOut)
def one(checkin_id: UUID) -> Response:
    """一次签到 · One check-in."""
    actor = gate.actor()
    document = reads.get(actor, checkin_id)
    looks.opened(actor, reads.subjects([document]), door="checkin")
    return answer(document)


@doors.delete("/checkins/<uuid:checkin_id>/detail")
@guard("checkin.erase")
@doors.response(200, CheckinOut)
def erase(checkin_id: UUID) -> Response:
    """清除自己签到的个人内容 · Blank one's own check-in for good, photos too; that there was one stays."""
    return answer(details.erase(gate.actor(), checkin_id))


def _read(item: Any) -> Told | Problem:
    """One item of a batch: a check-in, or what is wrong with it."""
    try:
        told: Told = _shape.load(item)
    except ma.ValidationError as error:
        return BadInput(fields=flat(error.messages))
    return told


def _became(item: Any, end: checkins.Answer | Problem) -> dict[str, Any]:
    """The answer to one item of a batch."""
    said = item.get("id") if isinstance(item, dict) else None
    checkin_id = said if isinstance(said, str) else None
    if isinstance(end, Problem):
        return {"id": checkin_id, "status": end.status, "problem": end.document()}
    return {"id": checkin_id, "status": 201 if end.fresh else 200, "checkin": end.document}
