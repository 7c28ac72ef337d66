"""Check-ins as their readers may see them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.models.areas import Area
from server.models.checkins import Checkin, CheckinDetail, Visit
from server.models.people import Person
from server.models.reviews import Review
from server.models.trips import Trip, TripStop
from server.models.units import Unit
from server.queries import looks, photos, supplements
from server.rules import access, logs, signals
from server.rules import checkins as rules
from server.rules.access import Actor

Row = Mapping[str, Any]
"""A check-in by the names of its columns, with the names it is told with."""


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


def expired(since: datetime | None, before: datetime, *, most: int) -> Sequence[UUID]:
    """Check-ins that arrived from an instant on and before another and are not blanked, oldest first. Unscoped."""
    statement = (
        sa.select(Checkin.id)
        .join(CheckinDetail, CheckinDetail.checkin_id == Checkin.id)
        .where(Checkin.received_at < before, CheckinDetail.erased_at.is_(None))
        .order_by(Checkin.received_at, Checkin.id)
        .limit(most)
    )
    if since is not None:
        statement = statement.where(Checkin.received_at >= since)
    return db.session.execute(statement).scalars().all()


def documents(ids: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    """The whole documents of these check-ins by id, in the order asked for. Unscoped: the caller has scoped."""
    if not ids:
        return {}
    found = db.session.execute(_WHOLE.where(_checkins.c.id.in_(ids))).mappings()
    rows = {row["id"]: dict[str, Any](row) for row in found}
    reviews, taken, added = _reviews(ids), photos.of(ids), supplements.of(ids)
    return {
        checkin_id: document(
            rows[checkin_id],
            reviews.get(checkin_id, []),
            taken.get(checkin_id, []),
            added.get(checkin_id),
        )
        for checkin_id in ids
        if checkin_id in rows
    }


_checkins, _details = cast(sa.Table, Checkin.__table__), cast(sa.Table, CheckinDetail.__table__)
_visits = cast(sa.Table, Visit.__table__)

# A check-in with everything it is told with, as plain columns; those of a visit are called `visit_…`.
_WHOLE = (
    sa.select(
        *_checkins.c,
        *(column for column in _details.c if column.name != "checkin_id"),
        *(column.label(f"visit_{column.name}") for column in _visits.c),
        Person.name.label("person"),
        Unit.name.label("unit"),
        Trip.title.label("trip"),
        TripStop.name.label("stop"),
        TripStop.area_id.label("stop_area_id"),
        Area.name.label("stop_area"),
    )
    .join_from(_checkins, _details, _details.c.checkin_id == _checkins.c.id)
    .join(Person, Person.id == _checkins.c.person_id)
    .join(Unit, Unit.id == _checkins.c.unit_id)
    .outerjoin(_visits, _visits.c.checkin_id == _checkins.c.id)
    .outerjoin(Trip, Trip.id == _checkins.c.trip_id)
    .outerjoin(TripStop, TripStop.id == _checkins.c.stop_id)
    .outerjoin(Area, Area.id == TripStop.area_id)
)


def _reviews(ids: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    """The reviews of check-ins, oldest first."""
    statement = (
        sa.select(Review, Person.name)
        .outerjoin(Person, Person.id == Review.by_id)
        .where(Review.checkin_id.in_(ids))
        .order_by(Review.id)
    )
    found: dict[UUID, list[dict[str, Any]]] = {}
    for review, name in db.session.execute(statement):
        by = None if review.by_id is None else {"id": review.by_id, "name": name}
        told = {"id": review.id, "kind": review.kind, "by": by, "note": review.note, "at": review.at}
        found.setdefault(review.checkin_id, []).append(told)
    return found


def document(
    row: Row,
    reviews: Sequence[dict[str, Any]] = (),
    taken: Sequence[dict[str, Any]] = (),
    supplement: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One check-in as it is told: of a row as `_WHOLE` reads it, or as it was stored just now.

    `photo_count` is how many photos its phone told of, `photos` are those that have arrived. `visit` is whom they met
    as told with it, `supplement` what was added since, `met` both as one (None where neither says anything).
    """
    visit = None if row["visit_kind"] is None else _visit(row)
    return {
        "id": row["id"],
        "person": {"id": row["person_id"], "name": row["person"]},
        "unit": {"id": row["unit_id"], "name": row["unit"]},
        "trip": None if row["trip_id"] is None else {"id": row["trip_id"], "title": row["trip"]},
        "stop": None if row["stop_id"] is None else {"id": row["stop_id"], "name": row["stop"]},
        "kind": row["kind"],
        "ad_hoc": row["trip_id"] is None,
        "fixed_at": row["fixed_at"],
        "made_at": row["made_at"],
        "sent_at": row["sent_at"],
        "received_at": row["received_at"],
        "happened_at": row["happened_at"],
        "skew_s": row["skew_s"],
        "position": _position(row),
        "position_withheld": _why_withheld(row),
        "verdict": _verdict(row),
        "areas": row["areas"],
        "window": row["timing"],
        "window_s": row["timing_s"],
        "signals": [signals.described(signal) for signal in row["signals"]],
        "note": row["note"],
        "visit": visit,
        "supplement": supplement,
        "met": met(visit, supplement),
        "photo_count": row["photo_count"],
        "photos": list(taken),
        "reviews": list(reviews),
    }


def _position(row: Row) -> dict[str, Any] | None:
    """Where, in WGS-84, and as it came."""
    if row["lng"] is None:
        return None
    names = ("lng", "lat", "datum", "raw_lng", "raw_lat", "accuracy_m", "accuracy_source")
    return {name: row[name] for name in names}


def _why_withheld(row: Row) -> str | None:
    """Why there is no position, where there is none."""
    if row["erased_at"] is not None:
        return "erased"
    return row["withheld"] or None


def _verdict(row: Row) -> dict[str, Any]:
    """The verdict with its evidence and its words."""
    zh, en = rules.words(
        row["outcome"],
        row["why"],
        edge_m=row["edge_m"],
        accuracy_m=row["accuracy_used_m"],
        assumed=row["accuracy_assumed"],
        place=row["stop_area"] or row["stop"] or "",
    )
    return {
        "outcome": row["outcome"],
        "edge_m": row["edge_m"],
        "accuracy_used_m": row["accuracy_used_m"],
        "accuracy_assumed": row["accuracy_assumed"],
        "against": _against(row),
        "why": row["why"] or None,
        "zh": zh,
        "en": en,
    }


def _against(row: Row) -> dict[str, Any] | None:
    """What the position was judged against."""
    if row["stop_id"] is None:
        return None
    return {
        "kind": "stop",
        "id": row["stop_id"],
        "name": row["stop"],
        "area_id": row["stop_area_id"],
        "version": row["against_version"],
    }


def met(visit: dict[str, Any] | None, supplement: dict[str, Any] | None) -> dict[str, Any] | None:
    """Whom they met in the end: as told with the check-in, and as added since; the same is not said twice."""
    told, added = visit or NOBODY, supplement or {}
    texts = {name: logs.both(told[name], added.get(name, "")) for name in logs.MET_TEXTS}
    return told | texts if visit is not None or any(texts.values()) else None


def _visit(row: Row) -> dict[str, Any]:
    """Whom we met."""
    amount = row["visit_amount"]
    return {
        "kind": row["visit_kind"],
        "enterprise": row["visit_enterprise"],
        "contact": row["visit_contact"],
        "contact_post": row["visit_contact_post"],
        "topic": row["visit_topic"],
        "outcome": row["visit_outcome"],
        "amount": None if amount is None else format(amount.normalize(), "f"),
        "amount_unit": row["visit_amount_unit"],
        "next_step": row["visit_next_step"],
        "next_on": row["visit_next_on"],
    }


NOBODY: dict[str, Any] = {
    "kind": None,
    "enterprise": "",
    "contact": "",
    "contact_post": "",
    "topic": "",
    "outcome": "",
    "amount": None,
    "amount_unit": "",
    "next_step": "",
    "next_on": None,
}
