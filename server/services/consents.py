"""Consent for one duty: given by the person, a record of its own, withdrawn at once whenever they like."""

from typing import Any

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import ConsentRefused, NotFound
from server.held import held
from server.models.checkins import LastPlace
from server.models.trips import Consent, Trip, TripMember
from server.queries import positions
from server.queries import trips as reads
from server.rules import consents
from server.rules.access import Actor
from server.services import events
from server.transaction import verb


def read(actor: Actor, trip_id: int) -> dict[str, Any]:
    """The actor's consent for a trip they are on, with the words it is about."""
    return _document(_trip(actor, trip_id), reads.active_consent(trip_id, actor.person_id))


@verb
def give(actor: Actor, trip_id: int, level: str) -> dict[str, Any]:
    """Consent to `level`; given again it stays the record it is, another level replaces it by a new one."""
    trip = _trip_held(actor, trip_id)
    consents.ensure_level(level, tracking=trip.tracking)
    if trip.state in {"completed", "cancelled"}:
        raise ConsentRefused(why_zh="行程已结束", why_en="the trip is over")
    current = reads.active_consent(trip_id, actor.person_id, to_change=True)
    if current is not None and current.level == level:
        return _document(trip, current)
    if current is not None:
        _end(actor, trip, current)
        if current.level == "track":
            _off_the_map(trip, actor.person_id)
    version = consents.CURRENT_WORDS if current is None else current.words
    return _document(trip, _begin(actor, trip, level, version))


@verb
def withdraw(actor: Actor, trip_id: int) -> dict[str, Any]:
    """Withdraw: from now on no position is kept, whatever its time. Withdrawn twice is withdrawn."""
    trip = _trip_held(actor, trip_id)
    current = reads.active_consent(trip_id, actor.person_id, to_change=True)
    if current is not None:
        _end(actor, trip, current)
        _off_the_map(trip, actor.person_id)
    return _document(trip, None)


def withdraw_all_of(person_id: int, *, actor_id: int) -> None:
    """End every consent of somebody who leaves: no position of theirs is kept any more. Within a verb."""
    positions.people_held({person_id})
    open_ones = sa.select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    for consent in db.session.scalars(open_ones.order_by(Consent.id).with_for_update()):
        consent.withdrawn_at = clock.now()
        events.record(
            "consent.withdrawn",
            actor_id=actor_id,
            unit_id=db.session.get_one(TripMember, (consent.trip_id, person_id)).unit_id,
            person_id=person_id,
            trip_id=consent.trip_id,
            subject=consent.id,
            level=consent.level,
        )


def _trip(actor: Actor, trip_id: int) -> Trip:
    """A trip the actor is a member of; `NotFound` otherwise."""
    trip = reads.get(actor, trip_id)
    if not reads.is_member(trip_id, actor.person_id):
        raise NotFound
    return trip


def _trip_held(actor: Actor, trip_id: int) -> Trip:
    """The same, with the actor's membership locked: consent and withdrawal follow one another, never cross."""
    trip = _trip(actor, trip_id)
    mine = (trip_id, actor.person_id)
    if db.session.get(TripMember, mine, with_for_update=True, populate_existing=True) is None:
        raise NotFound
    return trip


def _begin(actor: Actor, trip: Trip, level: str, version: str) -> Consent:
    """A new consent to the words of that version, recorded."""
    consent = Consent(
        trip_id=trip.id,
        person_id=actor.person_id,
        level=level,
        words=version,
        session_id=actor.session_id,
        given_at=clock.now(),
    )
    db.session.add(consent)
    db.session.flush()
    _record("consent.given", actor, trip, consent)
    return consent


def _end(actor: Actor, trip: Trip, consent: Consent) -> None:
    """Withdraw a consent, recorded."""
    consent.withdrawn_at = clock.now()
    _record("consent.withdrawn", actor, trip, consent)


def _off_the_map(trip: Trip, person_id: int) -> None:
    """The last place of a person who agrees to less goes.

    Their track is held: a batch of positions either came before, or finds the consent as it is now.
    """
    positions.people_held({person_id})
    db.session.execute(
        sa.delete(LastPlace).where(LastPlace.trip_id == trip.id, LastPlace.person_id == person_id)
    )


def _record(kind: str, actor: Actor, trip: Trip, consent: Consent) -> None:
    """One event about a consent, of the unit the person is on the trip of."""
    events.record(
        kind,
        actor_id=actor.person_id,
        unit_id=db.session.get_one(TripMember, (trip.id, actor.person_id)).unit_id,
        person_id=actor.person_id,
        trip_id=trip.id,
        subject=consent.id,
        level=consent.level,
    )


def _words(asks: str, version: str) -> tuple[str, str]:
    """The words of a version, and for how long what is agreed to is kept, Chinese and English."""
    settings = held(Settings)
    kept = consents.kept(asks, checkin_days=settings.checkin_days, position_days=settings.position_days)
    zh, en = (f"{words}\n{days}" for words, days in zip(consents.words(asks, version), kept, strict=True))
    return zh, en


def _document(trip: Trip, consent: Consent | None) -> dict[str, Any]:
    """How things stand, with the words for what this trip asks: those agreed to, else the present ones."""
    asks = trip.tracking if trip.tracking != "none" else None
    version = consents.CURRENT_WORDS if consent is None else consent.words
    zh, en = _words(asks, version) if asks else ("本次行程不记录位置。", "This trip records no positions.")
    return {
        "asks": asks,
        "level": None if consent is None else consent.level,
        "given_at": None if consent is None else consent.given_at,
        "withdrawn_at": None,
        "words_zh": zh,
        "words_en": en,
    }
