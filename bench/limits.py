"""The application with the limits beside it, for the measurements alone; nothing of this is in the product.

* `/bench/hello` does nothing: what Flask, gunicorn and our own hooks cost.
* `/bench/checkins` is a check-in with everything but the database: token, schema, datum, verdict against the stop,
  areas, signals, the rows as they would be stored, the document as the answer. What the database would have said of a
  phone is read once and remembered.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from flask import Flask, Response, request

from server import clock, processes
from server.api.doors import Doors, answer
from server.api.schemas.checkins import CheckinIn, CheckinOut
from server.app import create_app
from server.express import OnFoot
from server.gate import public
from server.held import held
from server.ingest import traccar
from server.queries import evidence, sessions
from server.queries import positions as reads
from server.queries.areas import Snapshots
from server.queries.evidence import Arrival, Evidence
from server.queries.positions import Duties, Sender
from server.rules import access, trackers
from server.rules.access import Actor
from server.rules.checkins import Told
from server.services import batch as batches
from server.services import checkins, filing, keeping, positions
from server.services.batch import Delivery
from server.services.crossings import Follower
from server.services.filing import Found
from server.services.keeping import Sheet
from server.services.keys import Ring
from server.transaction import transaction

doors = Doors("limits", __name__, description="Limits to measure against.")

_actors: dict[str, Actor] = {}
_known: dict[int, Evidence] = {}


@doors.get("/bench/hello")
@public
def hello() -> Response:
    """Nothing at all."""
    return answer({"status": "ok"})


@doors.post("/bench/checkins")
@public
@doors.arguments(CheckinIn)
@doors.response(201, CheckinOut)
def without_database(told: Told) -> Response:
    """A check-in that is not kept."""
    token = request.headers["Authorization"].partition(" ")[2]
    claims = held(Ring).verify(token)
    actor = _actors.get(token)
    if actor is None:
        standing = sessions.by_id(claims.session_id)
        assert standing is not None
        actor = _actors[token] = standing.actor
    access.ensure_holds(actor, "checkin.make")
    access.ensure(actor, "checkin.make", path=actor.unit_path, own=True)
    arrival = Arrival(actor, told, clock.now())
    known = _known.get(actor.person_id) or _remember(arrival)
    found = checkins._look_at(arrival, known, held(Snapshots).current(known.generation))
    assert isinstance(found, Found)
    return answer(filing.document(found, filing.sheet(found)), 201)


@doors.post("/bench/traccar")
@public
def fix_without_database() -> Response:
    """A fix that is not kept: read, put on our clock, matched, assigned, followed over edges, written as columns."""
    envelope = traccar.decode(body=request.get_data(), content_type=request.content_type or "")
    secret_hash = trackers.digest(envelope.sender.secret or "")
    known = _tracked.get(secret_hash) or _track(secret_hash)
    delivery = Delivery(envelope.fixes, received_at=clock.now(), secret_hash=secret_hash)
    batch = positions._sent(batches.gather([delivery], Counter()), [known.sender])
    batch = positions._on_duty(positions._once(batch), known.duties, Counter())
    snapshot = held(Snapshots).current(known.duties.generation)
    touched = positions._match(batch, snapshot)
    areas = np.array([*touched.packed(len(batch)), None], dtype=object)[:-1]
    batch = batch.having(areas=areas)
    keeping.encoded(batch)
    by = Follower(OnFoot(), snapshot, Sheet())
    stretches = positions._stretches(batch, known.duties)
    positions._cross(by, batch, touched, stretches)
    positions._move(by, batch, stretches)
    return Response(envelope.answer.body, envelope.answer.status)


@dataclass(frozen=True, slots=True)
class Tracked:
    """What the database says of a tracker."""

    sender: Sender
    duties: Duties


_tracked: dict[str, Tracked] = {}


def _track(secret_hash: str) -> Tracked:
    """What the database says of a tracker, read once."""
    since = clock.now() - timedelta(days=1)
    with transaction():
        known = reads.gather(OnFoot(), [], [secret_hash], [], since=since, spans=(), patient=True)
    _tracked[secret_hash] = Tracked(known.senders[0], known.duties)
    return _tracked[secret_hash]


def _remember(arrival: Arrival) -> Evidence:
    """What the database says of a phone, read once."""
    with transaction():
        _known[arrival.actor.person_id] = evidence.gather([arrival], wait=True)[0]
    return _known[arrival.actor.person_id]


def application() -> Flask:
    """The application and its limits, loaded as `wsgi` loads it."""
    with processes.loading():
        app = create_app()
        app.register_blueprint(doors)
        return app
