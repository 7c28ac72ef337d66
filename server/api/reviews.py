"""Reviews 复核: the queue, the evidence, a supervisor's word and the person's answer."""

from typing import Any
from uuid import UUID

from flask import Response

from server import gate
from server.api.doors import Doors, answer
from server.api.schemas.checkins import CheckinOut
from server.api.schemas.reviews import AnswerIn, EvidenceOut, QueueAsked, QueueOut, ReviewIn
from server.gate import guard
from server.queries import checkins
from server.queries import reviews as reads
from server.services import looks, reviews

doors = Doors("reviews", __name__, description="复核 · Reviews")


@doors.get("/reviews")
@guard("review.read")
@doors.arguments(QueueAsked, location="query")
@doors.response(200, QueueOut)
def queue(asked: dict[str, Any]) -> Response:
    """复核队列 · Check-ins that wait for a word, by duty, the oldest first."""
    return answer(reads.page(gate.actor(), **asked))


@doors.get("/checkins/<uuid:checkin_id>/evidence")
@guard("checkin.read")
@doors.response(200, EvidenceOut)
def evidence(checkin_id: UUID) -> Response:
    """判定依据 · What a check-in was judged by, for drawing."""
    actor = gate.actor()
    found = reads.evidence(actor, checkin_id)
    shown = [found["checkin"], *([found["last"]] if found["last"] else [])]
    looks.opened(actor, checkins.subjects(shown), door="checkin")
    return answer(found)


@doors.post("/checkins/<uuid:checkin_id>/reviews")
@guard("checkin.review")
@doors.arguments(ReviewIn)
@doors.response(201, CheckinOut)
def review(told: dict[str, Any], checkin_id: UUID) -> Response:
    """复核 · Accept or query a check-in."""
    return answer(reviews.review(gate.actor(), checkin_id, **told), 201)


@doors.post("/checkins/<uuid:checkin_id>/answers")
@guard("checkin.answer")
@doors.arguments(AnswerIn)
@doors.response(201, CheckinOut)
def answered(told: dict[str, str], checkin_id: UUID) -> Response:
    """答复复核 · Answer a query on one's own check-in."""
    return answer(reviews.answer(gate.actor(), checkin_id, told["note"]), 201)
