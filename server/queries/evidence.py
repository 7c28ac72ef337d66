"""What is needed to judge a check-in: what is kept already, the duty, the stop, what the person's phone said before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import CheckinRefused
from server.models.checkins import Checkin, CheckinDetail
from server.models.sessions import SignInSession
from server.models.trips import Consent, Trip, TripMember, TripStop
from server.rules.access import Actor
from server.rules.checkins import Duty
from server.rules.signals import Fix

DEVICE_MEMORY = timedelta(days=30)
"""A phone that somebody else was signed in on within this time is another person's device."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A check-in that is there already: whose it is, and the digest of what its phone told (None: erased)."""

    person_id: int
    has_position: bool
    digest: str | None


def kept(checkin_id: UUID) -> Kept | None:
    """What is kept under an id."""
    statement = (
        sa.select(Checkin.person_id, Checkin.has_position, CheckinDetail.digest)
        .join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
        .where(Checkin.id == checkin_id)
    )
    row = db.session.execute(statement).one_or_none()
    return None if row is None else Kept(*row)


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop to be judged against: an area, or a point (WGS-84) with a radius in metres."""

    id: int
    name: str
    area_id: int | None
    lng: float | None
    lat: float | None
    radius_m: float | None
    tolerance_m: float
    planned_from: datetime | None
    planned_to: datetime | None


def duty(person_id: int, trip_id: int | None) -> Duty | None:
    """The duty a check-in names; None for none, `CheckinRefused` for one that its person is not on.

    The trip's and the consent's rows stay as they are until the verb is over: an end or a withdrawal waits.
    """
    if trip_id is None:
        return None
    row = db.session.execute(_duty(person_id, trip_id)).one_or_none()
    if row is None:
        raise CheckinRefused(why_zh="您不在这次行程中", why_en="you are not on this trip")
    return Duty(**row._mapping, consented_at=_consented_at(person_id, trip_id))


def _duty(person_id: int, trip_id: int) -> sa.Select[*tuple[Any, ...]]:
    """A trip that a person is on, and of which unit they are on it."""
    return (
        sa.select(
            TripMember.unit_id,
            Trip.tracking,
            Trip.started_at,
            Trip.start_known_at.label("known_at"),
            Trip.ended_at,
        )
        .join(TripMember, TripMember.trip_id == Trip.id)
        .where(Trip.id == trip_id, TripMember.person_id == person_id)
        .with_for_update(read=True, of=Trip)
    )


def _consented_at(person_id: int, trip_id: int) -> datetime | None:
    """Since when a person has agreed, without having withdrawn."""
    statement = (
        sa.select(Consent.given_at)
        .where(Consent.trip_id == trip_id, Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
        .with_for_update(read=True)
    )
    return db.session.execute(statement).scalars().first()


def stop(trip_id: int | None, stop_id: int | None) -> Stop | None:
    """The stop a check-in names; None for none, `CheckinRefused` for one that is not its trip's."""
    if stop_id is None:
        return None
    columns = [getattr(TripStop, name) for name in Stop.__dataclass_fields__]
    statement = sa.select(*columns).where(TripStop.id == stop_id, TripStop.trip_id == trip_id)
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise CheckinRefused(why_zh="这次行程没有这个行程点", why_en="this trip has no such stop")
    return Stop(*row)


def last_fix(person_id: int) -> Fix | None:
    """The person's latest kept position among their check-ins."""
    statement = (
        sa.select(CheckinDetail.lng, CheckinDetail.lat, Checkin.accuracy_used_m, CheckinDetail.at)
        .join(Checkin, Checkin.id == CheckinDetail.checkin_id)
        .where(Checkin.person_id == person_id, Checkin.has_position, CheckinDetail.lng.is_not(None))
        .order_by(CheckinDetail.at.desc())
        .limit(1)
    )
    row = db.session.execute(statement).one_or_none()
    return None if row is None else Fix(row.lng, row.lat, row.accuracy_used_m or 0.0, row.at)


def same_coordinates(person_id: int, *, lng: float, lat: float, raw_at: datetime | None) -> int:
    """How many of the person's latest 20 positions are these very coordinates, from another fix than this one.

    A fix that does not say when it was made (`raw_at` None) is another one each time.
    """
    latest = (
        sa.select(CheckinDetail.raw_lng, CheckinDetail.raw_lat, Checkin.fixed_at)
        .join(Checkin, Checkin.id == CheckinDetail.checkin_id)
        .where(Checkin.person_id == person_id, Checkin.has_position)
        .order_by(Checkin.happened_at.desc())
        .limit(20)
    )
    rows = db.session.execute(latest)
    return sum(
        row.raw_lng == lng and row.raw_lat == lat and (raw_at is None or row.fixed_at != raw_at)
        for row in rows
    )


def device_owner(actor: Actor) -> int | None:
    """Who else was signed in on the actor's device of late; None when nobody was, or the device is not known."""
    if actor.session_id is None:
        return None
    mine = sa.select(SignInSession.device_id).where(SignInSession.id == actor.session_id).scalar_subquery()
    statement = sa.select(SignInSession.person_id).where(
        SignInSession.device_id == mine,
        SignInSession.person_id != actor.person_id,
        SignInSession.last_used_at > clock.now() - DEVICE_MEMORY,
    )
    return db.session.execute(statement.limit(1)).scalar_one_or_none()
