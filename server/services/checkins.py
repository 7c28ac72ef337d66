"""Check-ins: keep one, or many.

What happens to a check-in is `_keep`, from top to bottom: was it here before · whose duty · which clock · may its
position be kept · where is that · does it lie in its stop · is it odd · store it, record it, say so.
"""

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server import clock, log
from server.config import Settings
from server.db import db, is_locked, upsert
from server.errors import BadInput, Broken, CheckinConflict, Problem
from server.geo import datum, verdict
from server.geo.datum import Datum
from server.held import held
from server.models.checkins import Checkin, CheckinArea, CheckinDetail, Visit
from server.queries import checkins as reads
from server.queries import evidence
from server.queries.areas import AreaHit, Snapshot, Snapshots
from server.queries.evidence import Stop
from server.rules import access, signals
from server.rules import checkins as rules
from server.rules.access import Actor
from server.rules.checkins import Duty, Times, Told
from server.rules.signals import Fix
from server.services import events, places
from server.services.places import Position
from server.transaction import verb

logger = logging.getLogger("guatu.checkins")


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one check-in: its document, and whether it is new (or was kept before)."""

    document: dict[str, Any]
    fresh: bool


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict as it is stored; `why` says what kept it from being given."""

    outcome: str
    why: str = ""
    edge_m: float | None = None
    version: int | None = None


def make(actor: Actor, told: Told) -> Answer:
    """Keep one check-in; sent again, the first record is the answer. `CheckinConflict` stores and reveals nothing."""
    return _make(actor, told, clock.now())


def make_many(actor: Actor, batch: Sequence[Told]) -> list[Answer | Problem]:
    """Keep each good check-in of a batch and name each bad one, in the batch's order."""
    return _make_many(actor, batch, clock.now())


@verb
def _make(actor: Actor, told: Told, received_at: datetime) -> Answer:
    """Keep one that was received at an instant: before it had to wait for others who write."""
    access.ensure(actor, "checkin.make", path=actor.unit_path, own=True)
    fresh = _keep(actor, told, received_at)
    return Answer(reads.documents([told.id])[told.id], fresh)


@verb
def _make_many(actor: Actor, batch: Sequence[Told], received_at: datetime) -> list[Answer | Problem]:
    """Keep a batch that was received at an instant."""
    access.ensure(actor, "checkin.make", path=actor.unit_path, own=True)
    kept = [_keep_or_say(actor, told, received_at) for told in batch]
    documents = reads.documents([told.id for told in batch])
    return [
        became if isinstance(became, Problem) else Answer(documents[told.id], became)
        for told, became in zip(batch, kept, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """All that was found out about a check-in before it is stored."""

    actor: Actor
    told: Told
    times: Times
    duty: Duty | None
    stop: Stop | None
    position: Position | None
    withheld: str
    judged: Judged
    areas: list[AreaHit]
    odd: list[dict[str, Any]]

    @property
    def unit_id(self) -> int:
        """Of which unit the person was: on a duty the one they are on it of, otherwise their own now."""
        return self.actor.unit_id if self.duty is None else self.duty.unit_id


# ── one check-in, from top to bottom ────────────────────────────────────────────────────────────────────


def _keep(actor: Actor, told: Told, received_at: datetime) -> bool:
    """Keep a check-in; True when it is new, False when this very one was kept before."""
    if _was_kept(actor, told):
        return False
    duty = evidence.duty(actor.person_id, told.trip_id)
    stop = evidence.stop(told.trip_id, told.stop_id)
    times = _times(told, received_at)
    position, withheld = _position(told, times, duty)
    snapshot = held(Snapshots).current()
    found = Found(
        actor=actor,
        told=told,
        times=times,
        duty=duty,
        stop=stop,
        position=position,
        withheld=withheld,
        judged=_judge(position, withheld, stop, snapshot),
        areas=[] if position is None else snapshot.at(lng=position.lng, lat=position.lat, at=position.at),
        odd=_odd(actor, told, times, position, duty),
    )
    if not _store(found):
        return not _was_kept(actor, told)
    _store_parts(found)
    _record(found)
    if position is not None and told.trip_id is not None:
        places.remember(actor.person_id, told.id, position, trip_id=told.trip_id, unit_id=found.unit_id)
    return True


def _keep_or_say(actor: Actor, told: Told, received_at: datetime) -> bool | Problem:
    """One of a batch: what cannot be kept is named, and takes nothing else with it.

    But for a database that is away, or a deadlock with another batch: then all of it is to be sent again.
    """
    try:
        with db.session.begin_nested():
            return _keep(actor, told, received_at)
    except Problem as problem:
        return problem
    except (sa.exc.DBAPIError, ValueError) as error:
        if is_locked(error) or (isinstance(error, sa.exc.DBAPIError) and error.connection_invalidated):
            raise
        logger.exception("a check-in of a batch could not be kept")
        return Broken(request_id=log.request_id.get())


def _was_kept(actor: Actor, told: Told) -> bool:
    """Whether this very check-in is there already; `CheckinConflict` when its id is taken by another."""
    kept = evidence.kept(told.id)
    if kept is None:
        return False
    same = kept.digest is None or kept.digest == rules.digest(told, with_position=kept.has_position)
    if kept.person_id != actor.person_id or not same:
        raise CheckinConflict
    return True


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
    if stop.area_id is None:
        circle = {
            "centre_lng": stop.lng or 0.0,
            "centre_lat": stop.lat or 0.0,
            "radius_m": stop.radius_m or 0.0,
        }
        found = verdict.judge_circle(**circle, **disc, tolerance_m=stop.tolerance_m)
        return Judged(found.outcome.value, edge_m=found.edge_m)
    boundary = snapshot.boundary(stop.area_id, at=position.at)
    if boundary is None:
        return Judged("not_judged", "no_boundary")
    found = verdict.judge(boundary.edges, **disc, tolerance_m=stop.tolerance_m)
    return Judged(found.outcome.value, edge_m=found.edge_m, version=boundary.version)


def _odd(
    actor: Actor, told: Told, times: Times, position: Position | None, duty: Duty | None
) -> list[dict[str, Any]]:
    """The signals of a check-in."""
    settings = held(Settings)
    seen = signals.Seen(
        fix=None if position is None else _fix(position),
        last=None if position is None else evidence.last_fix(actor.person_id),
        same_before=0 if position is None else _same_before(actor, told),
        given_accuracy_m=told.accuracy_m,
        mock=told.mock,
        skew_s=times.skew_s,
        fix_age_s=_age_s(told),
        device_owner_id=evidence.device_owner(actor),
        person_id=actor.person_id,
        made_at=times.happened_at,
        started_at=None if duty is None else duty.started_at,
        ended_at=None if duty is None else duty.ended_at,
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


def _same_before(actor: Actor, told: Told) -> int:
    """How often the person gave these very coordinates of late."""
    if told.lng is None or told.lat is None:
        return 0
    return evidence.same_coordinates(actor.person_id, lng=told.lng, lat=told.lat, raw_at=told.fixed_at)


def _age_s(told: Told) -> float | None:
    """How old the fix was when the check-in was made, both by the phone's own clock."""
    return None if told.fixed_at is None else (told.made_at - told.fixed_at).total_seconds()


# ── storing ─────────────────────────────────────────────────────────────────────────────────────────────


def _row(found: Found) -> dict[str, Any]:
    """The row of the fact: ids, times, verdict, areas, signals; nothing personal."""
    told, actor, times, judged = found.told, found.actor, found.times, found.judged
    return {
        "id": told.id,
        "person_id": actor.person_id,
        "unit_id": found.unit_id,
        "session_id": actor.session_id,
        "trip_id": told.trip_id,
        "stop_id": told.stop_id,
        "kind": told.kind,
        "fixed_at": told.fixed_at,
        "made_at": told.made_at,
        "sent_at": told.sent_at,
        "received_at": times.received_at,
        "happened_at": times.happened_at,
        "skew_s": times.skew_s,
        "withheld": found.withheld,
        "outcome": judged.outcome,
        "why": judged.why,
        "edge_m": judged.edge_m,
        "against_version": judged.version,
        "areas": [_area(hit) for hit in found.areas],
        "signals": found.odd,
        **_accuracy(found.position),
        **_timing(times, found.stop),
    }


def _accuracy(position: Position | None) -> dict[str, Any]:
    """Whether there is a position, and the accuracy in metres it was judged with."""
    if position is None:
        return {"has_position": False, "accuracy_used_m": None, "accuracy_assumed": False}
    return {
        "has_position": True,
        "accuracy_used_m": position.accuracy.used_m,
        "accuracy_assumed": position.accuracy.assumed,
    }


def _timing(times: Times, stop: Stop | None) -> dict[str, Any]:
    """Early, on time or late against the stop's window."""
    if stop is None:
        return {"timing": None, "timing_s": None}
    grace_s = held(Settings).window_grace_minutes * 60.0
    timing = rules.timing(times.happened_at, stop.planned_from, stop.planned_to, grace_s=grace_s)
    return {
        "timing": None if timing is None else timing.word,
        "timing_s": None if timing is None else timing.by_s,
    }


def _area(hit: AreaHit) -> dict[str, Any]:
    """An area as a check-in remembers it: by name and version, as of then."""
    return {"id": hit.area_id, "code": hit.code, "name": hit.name, "kind": hit.kind, "version": hit.version}


def _store(found: Found) -> bool:
    """Insert the fact; False when its id was taken in the meantime."""
    statement = upsert(Checkin).values(_row(found)).on_conflict_do_nothing(index_elements=["id"])
    return db.session.execute(statement.returning(Checkin.id)).one_or_none() is not None


def _store_parts(found: Found) -> None:
    """Insert the personal part, the areas, and whom they met."""
    told = found.told
    db.session.execute(sa.insert(CheckinDetail), [_detail(told, found.position)])
    if found.areas:
        rows = [
            {"checkin_id": told.id, "area_id": hit.area_id, "version": hit.version} for hit in found.areas
        ]
        db.session.execute(sa.insert(CheckinArea), rows)
    if told.visit is not None:
        db.session.execute(sa.insert(Visit), [{"checkin_id": told.id} | asdict(told.visit)])


def _detail(told: Told, position: Position | None) -> dict[str, Any]:
    """The row of the personal part; a position that may not be kept leaves no trace in it, not even a digest."""
    return {
        "checkin_id": told.id,
        "digest": rules.digest(told, with_position=position is not None),
        "lng": None if position is None else position.lng,
        "lat": None if position is None else position.lat,
        "at": None if position is None else position.at,
        "raw_lng": None if position is None else told.lng,
        "raw_lat": None if position is None else told.lat,
        "datum": None if position is None else told.datum,
        "accuracy_m": None if position is None else told.accuracy_m,
        "accuracy_source": None if position is None else told.accuracy_source,
        "note": told.note,
    }


def _record(found: Found) -> None:
    """The event of a check-in: ids and plain facts, no coordinate and no word of the person's."""
    told, actor = found.told, found.actor
    events.record(
        "checkin.made",
        actor_id=actor.person_id,
        unit_id=found.unit_id,
        person_id=actor.person_id,
        trip_id=told.trip_id,
        subject=told.id,
        kind_of=told.kind,
        outcome=found.judged.outcome,
        signals=[signal["code"] for signal in found.odd],
    )


def ensure_batch(size: int) -> None:
    """`BadInput` for a batch that is empty or longer than the door takes."""
    if not 0 < size <= rules.BATCH_MOST:
        fields = {
            "items": [{"zh": f"一次 1 到 {rules.BATCH_MOST} 条", "en": f"1 to {rules.BATCH_MOST} at once"}]
        }
        raise BadInput(fields=fields)
