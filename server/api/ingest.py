"""The doors of the phones' own tracker apps: Traccar Client and whoever speaks like it, OwnTracks over HTTP.

Their queues delete what was answered 2xx, and block on (or delete) what was answered 4xx. So a message we merely do
not want is a success, dropped and counted; 401 says only that the phone may not send; 503 that it should come back.
They bring a secret of their own in place of a session: `docs/wire.md` says what each app loses on each answer.
"""

from flask import Blueprint, Response, request

from server import clock
from server.api.doors import received
from server.errors import TrackerUnknown, Unreadable
from server.gate import public, take_turn
from server.ingest import owntracks, packing, traccar
from server.ingest.fixes import Answer, Envelope, Reason, Sender
from server.ingest.fixes import nothing as no_fixes
from server.queries import trackers as reads
from server.rules import trackers as rules
from server.services import positions, trackers
from server.services.batch import Delivery

doors = Blueprint("ingest", __name__)

TRACCAR_BYTES = 2 * 2**20
"""A message of Traccar Client, unpacked, is far smaller."""

OWNTRACKS_BYTES = 12 * 2**20
"""An OwnTracks message may carry a picture; an honest one is smaller."""


@doors.route("/traccar", methods=["GET", "POST"], strict_slashes=False)
@public
def from_traccar() -> Response:
    """Traccar Client in its three wire forms, OsmAnd, GPSLogger."""
    query, body = request.query_string, received(request)
    try:
        body = _plain(body, TRACCAR_BYTES)
        envelope = traccar.decode(query=query, body=body, content_type=request.content_type or "")
    except Unreadable:
        envelope = _unreadable(traccar.named(query=query, body=body), traccar.SOURCE, traccar.ANSWER)
    take_turn(envelope.sender.secret or "")
    return _taken(envelope)


@doors.post("/owntracks", strict_slashes=False)
@public
def from_owntracks() -> Response:
    """OwnTracks, in the clear or sealed with its own key."""
    request.max_content_length = OWNTRACKS_BYTES
    sender = owntracks.sender(dict(request.headers), request.query_string)
    body = received(request)
    take_turn(sender.secret or "")
    try:
        body = _plain(body, OWNTRACKS_BYTES)
        envelope = owntracks.decode(body, sender=sender, key=_key(sender, body))
    except Unreadable:
        envelope = _unreadable(sender, owntracks.SOURCE, owntracks.ANSWER)
    return _taken(envelope)


def _plain(body: bytes, most: int) -> bytes:
    """The body, unpacked where it came packed. Raises `Unreadable`."""
    encoding = request.content_encoding
    return packing.unpacked(body, encoding, most=most) if encoding else body


def _key(sender: Sender, body: bytes) -> str | None:
    """The key of a sealed message."""
    if b'"encrypted"' not in body or sender.secret is None:
        return None
    known = reads.of_secret(sender.secret)
    return None if known is None else trackers.opened_key(known.sealed_key)


def _unreadable(sender: Sender, source: str, answer: Answer) -> Envelope:
    """A message of which nothing can be read: its sender would send it for ever, so it counts as dropped."""
    return Envelope("unreadable", sender, no_fixes(source, {0: Reason.UNREADABLE_ITEM}), answer)


def _taken(envelope: Envelope) -> Response:
    """Take in what a message says; the app hears that it is kept once it is committed."""
    if envelope.sender.secret is None:
        raise TrackerUnknown
    secret_hash = rules.digest(envelope.sender.secret)
    positions.deliver(Delivery(envelope.fixes, received_at=clock.now(), secret_hash=secret_hash))
    answer = envelope.answer
    return Response(answer.body, answer.status, content_type=answer.content_type)
