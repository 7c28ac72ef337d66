"""Check-ins as their readers may see them."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.models.areas import Area
from server.models.checkins import Checkin, CheckinDetail, Review, Visit
from server.models.people import Person
from server.models.trips import Trip, TripStop
from server.models.units import Unit
from server.queries import looks
from server.rules import access, signals
from server.rules import checkins as rules
from server.rules.access import Actor


def get(actor: Actor, checkin_id: UUID) -> dict[str, Any]:
    """One check-in the actor may read, as they may see it; `NotFound` otherwise."""
    ensure_readable(actor, checkin_id)
    return as_seen_by(actor, list(documents([checkin_id]).values()))[0]


def ensure_readable(actor: Actor, checkin_id: UUID, *, permission: str = "checkin.read") -> None:
    """`NotFound` unless the actor may read the check-in; `Forbidden` where they may, but lack `permission`."""
    statement = (
        sa.select(Checkin.person_id, Unit.path)
        .join(Unit, Unit.id == Checkin.unit_id)
        .where(Checkin.id == checkin_id)
    )
    row = db.session.execute(statement).one_or_none()
    if row is None:
        raise NotFound
    own = row.person_id == actor.person_id
    access.ensure_seen(actor, "checkin.read", path=row.path, own=own)
    access.ensure(actor, permission, path=row.path, own=own)


def as_seen_by(actor: Actor, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Documents with others' positions withheld until the reader has said why they look."""
    allowed: dict[int | None, bool] = {}
    told = []
    for document in found:
        trip_id = None if document["trip"] is None else document["trip"]["id"]
        if trip_id not in allowed:
            allowed[trip_id] = looks.may_see_positions(actor, trip_id=trip_id)
        own = document["person"]["id"] == actor.person_id
        told.append(document if own or allowed[trip_id] else withheld(document))
    return told


def withheld(document: dict[str, Any]) -> dict[str, Any]:
    """A document without its position, saying that a reason opens it."""
    if document["position"] is None:
        return document
    return document | {"position": None, "position_withheld": "reason_needed"}


def subjects(found: Iterable[dict[str, Any]]) -> list[tuple[int, int | None]]:
    """Whose positions these documents show: (person, trip) of each that has one."""
    return [
        (document["person"]["id"], None if document["trip"] is None else document["trip"]["id"])
        for document in found
        if document["position"] is not None
    ]


def documents(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The whole documents of these check-ins by id, in the order asked for. Unscoped: the caller has scoped."""
    rows = {row.Checkin.id: row for row in db.session.execute(_whole().where(Checkin.id.in_(ids)))}
    reviews = _reviews(ids)
    return {
        checkin_id: _document(rows[checkin_id], reviews.get(checkin_id, []))
        for checkin_id in ids
        if checkin_id in rows
    }


def _whole() -> sa.Select[*tuple[Any, ...]]:
    """A check-in with everything it is told with."""
    return (
        sa.select(
            Checkin,
            CheckinDetail,
            Visit,
            Person.name.label("person"),
            Unit.name.label("unit"),
            Trip.title.label("trip"),
            TripStop.name.label("stop"),
            TripStop.area_id.label("stop_area_id"),
            Area.name.label("stop_area"),
        )
        .join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
        .join(Person, Person.id == Checkin.person_id)
        .join(Unit, Unit.id == Checkin.unit_id)
        .outerjoin(Visit, Visit.checkin_id == Checkin.id)
        .outerjoin(Trip, Trip.id == Checkin.trip_id)
        .outerjoin(TripStop, TripStop.id == Checkin.stop_id)
        .outerjoin(Area, Area.id == TripStop.area_id)
        .execution_options(populate_existing=True)
    )


def _reviews(ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The reviews of check-ins, oldest first."""
    statement = (
        sa.select(Review, Person.name)
        .join(Person, Person.id == Review.by_id)
        .where(Review.checkin_id.in_(ids))
        .order_by(Review.id)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for review, name in db.session.execute(statement):
        by = {"id": review.by_id, "name": name}
        told = {"id": review.id, "kind": review.kind, "by": by, "note": review.note, "at": review.at}
        found.setdefault(review.checkin_id, []).append(told)
    return found


def _document(row: Any, reviews: list[dict[str, Any]]) -> dict[str, Any]:
    """One check-in as it is told."""
    checkin, detail = row.Checkin, row.CheckinDetail
    return {
        "id": checkin.id,
        "person": {"id": checkin.person_id, "name": row.person},
        "unit": {"id": checkin.unit_id, "name": row.unit},
        "trip": None if checkin.trip_id is None else {"id": checkin.trip_id, "title": row.trip},
        "stop": None if checkin.stop_id is None else {"id": checkin.stop_id, "name": row.stop},
        "kind": checkin.kind,
        "ad_hoc": checkin.trip_id is None,
        "fixed_at": checkin.fixed_at,
        "made_at": checkin.made_at,
        "sent_at": checkin.sent_at,
        "received_at": checkin.received_at,
        "happened_at": checkin.happened_at,
        "skew_s": checkin.skew_s,
        "position": _position(detail),
        "position_withheld": _why_withheld(checkin, detail),
        "verdict": _verdict(row),
        "areas": checkin.areas,
        "window": checkin.timing,
        "window_s": checkin.timing_s,
        "signals": [signals.described(signal) for signal in checkin.signals],
        "note": detail.note,
        "visit": None if row.Visit is None else _visit(row.Visit),
        "reviews": reviews,
    }


def _position(detail: CheckinDetail) -> dict[str, Any] | None:
    """Where, in WGS-84, and as it came."""
    if detail.lng is None:
        return None
    return {
        "lng": detail.lng,
        "lat": detail.lat,
        "datum": detail.datum,
        "raw_lng": detail.raw_lng,
        "raw_lat": detail.raw_lat,
        "accuracy_m": detail.accuracy_m,
        "accuracy_source": detail.accuracy_source,
    }


def _why_withheld(checkin: Checkin, detail: CheckinDetail) -> str | None:
    """Why there is no position, where there is none."""
    if detail.erased_at is not None:
        return "erased"
    return checkin.withheld or None


def _verdict(row: Any) -> dict[str, Any]:
    """The verdict with its evidence and its words."""
    checkin = row.Checkin
    zh, en = rules.words(
        checkin.outcome,
        checkin.why,
        edge_m=checkin.edge_m,
        accuracy_m=checkin.accuracy_used_m,
        assumed=checkin.accuracy_assumed,
        place=row.stop_area or row.stop or "",
    )
    return {
        "outcome": checkin.outcome,
        "edge_m": checkin.edge_m,
        "accuracy_used_m": checkin.accuracy_used_m,
        "accuracy_assumed": checkin.accuracy_assumed,
        "against": _against(row),
        "why": checkin.why or None,
        "zh": zh,
        "en": en,
    }


def _against(row: Any) -> dict[str, Any] | None:
    """What the position was judged against."""
    if row.Checkin.stop_id is None:
        return None
    return {
        "kind": "stop",
        "id": row.Checkin.stop_id,
        "name": row.stop,
        "area_id": row.stop_area_id,
        "version": row.Checkin.against_version,
    }


def _visit(visit: Visit) -> dict[str, Any]:
    """Whom we met."""
    return {
        "kind": visit.kind,
        "enterprise": visit.enterprise,
        "contact": visit.contact,
        "contact_post": visit.contact_post,
        "topic": visit.topic,
        "outcome": visit.outcome,
        "amount": None if visit.amount is None else format(visit.amount.normalize(), "f"),
        "amount_unit": visit.amount_unit,
        "next_step": visit.next_step,
        "next_on": visit.next_on,
    }
