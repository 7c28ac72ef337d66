"""Check-ins: keep one, or many.

What happens to check-ins is `_keep`: gather the evidence · look at each · store them. What is said of one is
`_look_at`, from top to bottom: was it here before · is it on a duty of its person's · by which clock · may its position
be kept · does it lie in its stop · in which areas · is it odd.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock, log, meters
from server.config import Settings
from server.db import Ask, ask_in_session, db, is_locked
from server.errors import (
    BadInput,
    Broken,
    CheckinConflict,
    CheckinRefused,
    PasswordMustChange,
    Problem,
    SessionEnded,
)
from server.express import express
from server.gather import Gatherer
from server.geo import datum, verdict
from server.geo.datum import Datum
from server.held import held
from server.queries import checkins as reads
from server.queries import evidence
from server.queries.areas import Snapshot, Snapshots
from server.queries.evidence import Arrival, Evidence, Kept, Stop
from server.rules import access, photos, reviews, signals
from server.rules import checkins as rules
from server.rules.access import Actor
from server.rules.checkins import Duty, Times, Told
from server.rules.signals import Fix
from server.services import filing
from server.services.filing import Found, Judged
from server.services.places import Position
from server.transaction import transaction, verb

logger = logging.getLogger("guatu.checkins")

MOST_TOGETHER = 64
"""How many check-ins are kept in one transaction at the most."""

PAUSE_S = 0.001
"""A check-in waits so long for another one: two together cost little more than one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one check-in: its document, and whether it is new (or was kept before)."""

    document: dict[str, Any]
    fresh: bool


def make(actor: Actor, told: Told) -> Answer:
    """Keep one check-in; sent again, the first record is the answer. `CheckinConflict` stores and reveals nothing.

    `SessionEnded` where the actor's session is over by the time it is kept. Those that arrive at one instant are kept
    together; each is answered once it is committed.
    """
    access.ensure(actor, "checkin.make", path=actor.unit_path, own=True)
    with _counted(), meters.QUEUE.track_inprogress(), meters.VERDICT.time():
        end = held(Gathered).do(Arrival(actor, told, clock.now()))
    _count([end])
    return end


def make_many(actor: Actor, batch: Sequence[Told]) -> list[Answer | Problem]:
    """Keep each good check-in of a batch and name each bad one, in the batch's order."""
    access.ensure(actor, "checkin.make", path=actor.unit_path, own=True)
    received_at = clock.now()
    ends = _make_batch([Arrival(actor, told, received_at) for told in batch])
    _count(ends)
    return ends


@contextmanager
def _counted() -> Iterator[None]:
    """Count a check-in that is refused."""
    try:
        yield
    except Problem as problem:
        _count([problem])
        raise


def _count(ends: Sequence[Answer | Problem]) -> None:
    """Count what became of check-ins."""
    for end in ends:
        became = "refused" if isinstance(end, Problem) else "kept" if end.fresh else "again"
        meters.CHECKINS.labels(became).inc()


class Gathered(Gatherer[Arrival, Answer]):
    """Where the check-ins of a process queue to be kept together."""

    def __init__(self) -> None:
        super().__init__(_make_together, _make_alone, most=MOST_TOGETHER, pause_s=PAUSE_S)


def _make_together(arrivals: Sequence[Arrival]) -> list[Answer | Problem | None]:
    """Keep those that arrived at one instant, without waiting for anybody's locks; None for who must come alone.

    A person's second check-in is judged by their first, so it comes alone, after it. So does one whose id is there.
    """
    chosen = _of_different_people(arrivals)
    if held(Settings).on_sqlite:
        with transaction():
            ends = _keep(chosen, wait=False)
    else:
        with express() as line:
            ends = _keep(chosen, wait=False, ask=line.ask, tell=line.tell)
    became = dict(zip(map(id, chosen), ends, strict=True))
    return [became.get(id(arrival)) for arrival in arrivals]


@verb
def _make_alone(arrival: Arrival) -> Answer:
    """Keep one, however long it takes to come by the locks."""
    end = _keep_one(arrival)
    if isinstance(end, Problem):
        raise end
    return end


@verb
def _make_batch(batch: Sequence[Arrival]) -> list[Answer | Problem]:
    """Keep the batch of one person, one after the other."""
    return [_keep_or_say(arrival) for arrival in batch]


def _of_different_people(arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Those of whose person, and under whose id, none came before."""
    chosen: list[Arrival] = []
    seen: set[int | UUID] = set()
    for arrival in arrivals:
        keys: set[int | UUID] = {arrival.actor.person_id, arrival.told.id}
        if seen.isdisjoint(keys):
            chosen.append(arrival)
        seen |= keys
    return chosen


# ── check-ins, from top to bottom ───────────────────────────────────────────────────────────────────────


def _keep(
    arrivals: Sequence[Arrival], *, wait: bool, ask: Ask = ask_in_session, tell: Ask = ask_in_session
) -> list[Answer | Problem | None]:
    """Keep check-ins of different people under different ids; None for each whose id is there, or was just taken."""
    known = evidence.gather(arrivals, wait=wait, ask=ask)
    snapshot = held(Snapshots).current(max(each.generation for each in known))
    found = [_look_at(*each, snapshot) for each in zip(arrivals, known, strict=True)]
    documents = _store([each for each in found if isinstance(each, Found)], tell)
    return [
        end if isinstance(end, Problem) else _answer(documents.get(arrival.told.id))
        for arrival, end in zip(arrivals, found, strict=True)
    ]


def _answer(document: dict[str, Any] | None) -> Answer | None:
    """The answer with a document that is new."""
    return None if document is None else Answer(document, fresh=True)


def _keep_one(arrival: Arrival) -> Answer | Problem:
    """Keep one; when it is there already, or somebody took its id this very moment, the first record is the answer."""
    [end] = _keep([arrival], wait=True)
    if end is None:
        [end] = _keep([arrival], wait=True)  # who took the id has committed: now it is seen whose it is
    if end is None:
        return Answer(reads.documents([arrival.told.id])[arrival.told.id], fresh=False)
    return end


def _look_at(arrival: Arrival, known: Evidence, snapshot: Snapshot) -> Found | Problem | None:
    """All there is to say about a check-in; None when it was kept before, a problem when it is refused."""
    actor, told = arrival.actor, arrival.told
    if not known.stands:
        return SessionEnded()
    if known.must_change_password:
        return PasswordMustChange()
    if known.kept is not None:
        return None if _is_same(arrival, known.kept) else CheckinConflict()
    if (refusal := _refusal(told, known)) is not None:
        return refusal
    times = _times(told, arrival.received_at)
    position, withheld = _position(told, times, known.duty)
    return Found(
        actor=actor,
        told=told,
        known=known,
        times=times,
        position=position,
        withheld=withheld,
        judged=_judge(position, withheld, known.stop, snapshot),
        areas=[] if position is None else snapshot.at(lng=position.lng, lat=position.lat, at=position.at),
        odd=_odd(actor, told, times, position, known),
    )


def _keep_or_say(arrival: Arrival) -> Answer | Problem:
    """One of a batch: what cannot be kept is named, and takes nothing else with it.

    But for a database that is away, or a deadlock with another batch: then all of it is to be sent again.
    """
    try:
        with db.session.begin_nested():
            return _keep_one(arrival)
    except Problem as problem:
        return problem
    except (sa.exc.DBAPIError, ValueError) as error:
        if is_locked(error) or (isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated):
            raise
        logger.exception("a check-in of a batch could not be kept")
        return Broken(request_id=log.request_id.get())


def _is_same(arrival: Arrival, kept: Kept) -> bool:
    """Whether what is kept under its id is this very check-in, of the same person and with the same content."""
    same = kept.digest is None or kept.digest == rules.digest(arrival.told, with_position=kept.has_position)
    return same and kept.person_id == arrival.actor.person_id


def _refusal(told: Told, known: Evidence) -> CheckinRefused | None:
    """Why a check-in cannot be what it says: its person is not on the trip, or the trip has no such stop."""
    if told.trip_id is not None and known.duty is None:
        return CheckinRefused(why_zh="您不在这次行程中", why_en="you are not on this trip")
    if told.stop_id is not None and known.stop is None:
        return CheckinRefused(why_zh="这次行程没有这个行程点", why_en="this trip has no such stop")
    return None


def _times(told: Told, received_at: datetime) -> Times:
    """The four times of a check-in on our clock; a position without its own time is of when it was made."""
    fixed_at = told.fixed_at if told.fixed_at is not None or told.lng is None else told.made_at
    return rules.times(fixed_at=fixed_at, made_at=told.made_at, sent_at=told.sent_at, received_at=received_at)


def _position(told: Told, times: Times, duty: Duty | None) -> tuple[Position | None, str]:
    """The position in WGS-84 where it may be kept, otherwise the word for why not."""
    fixed_at = None if told.lng is None else times.fix_happened_at
    why = rules.why_no_position(fixed_at, duty, ad_hoc_consent=told.consent)
    if why or told.lng is None or told.lat is None or fixed_at is None:
        return None, why
    lng, lat = datum.convert_point(lng=told.lng, lat=told.lat, source=Datum(told.datum), target=Datum.WGS84)
    accuracy = rules.accuracy(told.accuracy_m, default_m=held(Settings).default_accuracy_m)
    return Position(lng, lat, accuracy, fixed_at), ""


def _judge(position: Position | None, withheld: str, stop: Stop | None, snapshot: Snapshot) -> Judged:
    """The verdict against the stop: its area by the version in force at the fix's time, or its circle."""
    if position is None:
        return Judged("not_judged", withheld)
    if stop is None:
        return Judged("not_judged", "no_stop")
    disc = {"lng": position.lng, "lat": position.lat, "accuracy_m": position.accuracy.used_m}
    if stop.area_id is not None:
        return _judge_in_area(stop, stop.area_id, disc, snapshot, position.at)
    circle = {
        "centre_lng": stop.lng or 0.0,
        "centre_lat": stop.lat or 0.0,
        "radius_m": stop.radius_m or 0.0,
    }
    found = verdict.judge_circle(**circle, **disc, tolerance_m=stop.tolerance_m)
    return Judged(found.outcome.value, edge_m=found.edge_m, size_m=circle["radius_m"] + stop.tolerance_m)


def _judge_in_area(
    stop: Stop, area_id: int, disc: dict[str, float], snapshot: Snapshot, at: datetime
) -> Judged:
    """The verdict against the area of a stop; how large that is, is looked at where it matters."""
    boundary = snapshot.boundary(area_id, at=at)
    if boundary is None:
        return Judged("not_judged", "no_boundary")
    found = verdict.judge(boundary.edges, **disc, tolerance_m=stop.tolerance_m)
    uncertain = found.outcome is verdict.Outcome.UNCERTAIN
    size_m = reviews.radius_of(snapshot.area_m2(boundary)) + stop.tolerance_m if uncertain else None
    return Judged(found.outcome.value, edge_m=found.edge_m, version=boundary.version, size_m=size_m)


def _odd(
    actor: Actor, told: Told, times: Times, position: Position | None, known: Evidence
) -> list[dict[str, Any]]:
    """The signals of a check-in."""
    settings, duty = held(Settings), known.duty
    seen = signals.Seen(
        fix=None if position is None else _fix(position),
        last=None if position is None else known.last,
        same_before=0 if position is None else known.same_before,
        given_accuracy_m=told.accuracy_m,
        mock=told.mock,
        skew_s=times.skew_s,
        fix_age_s=_age_s(told),
        device_owner_id=known.device_owner_id,
        person_id=actor.person_id,
        made_at=times.happened_at,
        started_at=None if duty is None else duty.started_at,
        ended_at=None if duty is None else duty.ended_at,
        photo_missing=duty is not None
        and photos.is_missing(required=duty.photos_required, kind=told.kind, count=told.photo_count),
    )
    limits = signals.Limits(
        stale_fix_s=settings.stale_fix_s,
        clock_skew_s=settings.clock_skew_s,
        impossible_speed_mps=settings.impossible_speed_mps,
    )
    return signals.find(seen, limits)


def _fix(position: Position) -> Fix:
    """The position as a fix."""
    return Fix(position.lng, position.lat, position.accuracy.used_m, position.at)


def _age_s(told: Told) -> float | None:
    """How old the fix was when the check-in was made, both by the phone's own clock."""
    return None if told.fixed_at is None else (told.made_at - told.fixed_at).total_seconds()


def _store(found: Sequence[Found], tell: Ask) -> dict[UUID, dict[str, Any]]:
    """Store check-ins with all that belongs to them; the documents of those whose id was free, by id."""
    return filing.file(found, tell=tell) if found else {}


def ensure_batch(size: int) -> None:
    """`BadInput` for a batch that is empty or longer than the door takes."""
    if not 0 < size <= rules.BATCH_MOST:
        fields = {
            "items": [{"zh": f"一次 1 到 {rules.BATCH_MOST} 条", "en": f"1 to {rules.BATCH_MOST} at once"}]
        }
        raise BadInput(fields=fields)
