"""Positions 定位点: a signed-in phone's own batches."""

from typing import Any

import marshmallow as ma
from flask import Response, request
from marshmallow import fields

from server import clock, gate
from server.api.doors import Doors, answer, received
from server.gate import guard
from server.held import held
from server.ingest import native
from server.services import positions, trackers
from server.services.batch import Delivery

doors = Doors("positions", __name__, description="定位点 · Positions")

_EXAMPLE: dict[str, Any] = {
    "sent_at": 1788228900.0,
    "datum": "WGS-84",
    "columns": {"lng": [118.502], "lat": [29.601], "fixed_at": [1788228899.0], "accuracy_m": [12.0]},
}


class TakenOut(ma.Schema):
    """How many fixes of the batch are kept (now or since before), and how many are not, by reason."""

    kept = fields.Integer()
    set_aside = fields.Dict(keys=fields.String(), values=fields.Integer())


@doors.post("/positions")
@guard("position.send", looks_again=True)
@doors.response(200, TakenOut)
@doors.body("Up to 2,000 fixes as `items` or, at half the cost, as `columns`; gzip is taken.", _EXAMPLE)
def send() -> Response:
    """发送定位点 · Send what this phone measured; kept only on duty and with consent."""
    received_at = (
        clock.now()
    )  # before a body that is slow to come in, which would pass for a clock that is off
    actor = gate.actor()
    batch = native.decode(received(request), encoding=request.content_encoding or "")
    delivery = Delivery(
        batch.fixes,
        received_at=received_at,
        tracker_id=held(trackers.Phones).of(actor),
        session_id=actor.session_id,
        sent_at_s=batch.sent_at_s,
    )
    became = positions.deliver(delivery)
    return answer({"kept": became.kept, "set_aside": became.set_aside})
