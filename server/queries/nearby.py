"""Matters near a place: those that may be the same thing, those around one, and all that are open, for the map.

What is reported may be known already: of the same category, at the same place (200 m, or by the same words), within
seven days. Who reports is told of what their own unit answers for, without its words where they may not read them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.geo import measure
from server.geo.datum import Datum, convert_point
from server.models.matters import Matter
from server.queries import matters as reads
from server.rules import matters
from server.rules.access import Actor

ALIKE_M, ALIKE_DAYS = 200.0, 7
AROUND_M, MOST, ON_MAP = 1000.0, 10, 500


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody is about to report: its category, and its place in words or as coordinates in a datum."""

    category_id: int
    place: str = ""
    lng: float | None = None
    lat: float | None = None
    datum: str = Datum.WGS84


@dataclass(frozen=True, slots=True)
class _Here:
    """A place to look around: in words, in WGS-84, or both; and when."""

    place: str
    lng: float | None
    lat: float | None
    at: datetime


def alike(actor: Actor, matter_id: int) -> dict[str, Any]:
    """Open matters the actor may read that may be the same as one: `{items}`, the nearest in time first."""
    matter = reads.get(actor, matter_id)
    here = _of(matter)
    wanted = (reads.readable(actor), Matter.id != matter.id, Matter.category_id == matter.category_id)
    found = [
        row for row in _open(*wanted, _in_days(here), _near(here, ALIKE_M)) if _is_same(here, row.Matter)
    ]
    found.sort(key=lambda row: abs(row.Matter.reported_at - matter.reported_at))
    return {"items": reads.summaries(found[:MOST])}


def around(actor: Actor, matter_id: int) -> dict[str, Any]:
    """Open matters the actor may read within a kilometre of one: `{items}`, the nearest first, each with its metres,
    and whether it may be the same.
    """
    matter = reads.get(actor, matter_id)
    here = _of(matter)
    found = _open(reads.readable(actor), Matter.id != matter.id, _near(here, AROUND_M))
    apart = sorted(_apart(here, found), key=lambda pair: (pair[0] is None, pair[0], pair[1].Matter.id))[:MOST]
    told = reads.summaries([row for _, row in apart])
    same = {item["id"] for item in alike(actor, matter_id)["items"]}
    return {
        "items": [
            item | {"metres": metres, "alike": item["id"] in same}
            for item, (metres, _) in zip(told, apart, strict=True)
        ]
    }


def known(actor: Actor, asked: Asked) -> dict[str, Any]:
    """What may be the same as that which the actor is about to report: `{items}`, the newest first."""
    here = _asked(asked)
    own = Matter.holder_id == reads.holder_for(actor.unit_id, confidential=False).id
    wanted = (sa.or_(own, reads.readable(actor)), Matter.category_id == asked.category_id)
    found = [
        row for row in _open(*wanted, _in_days(here), _near(here, ALIKE_M)) if _is_same(here, row.Matter)
    ]
    seen = set(_readable(actor, [row.Matter.id for row in found]))
    return {"items": [_told(here, row.Matter, row.Matter.id in seen) for row in found[:MOST]]}


def placed(actor: Actor, *, unit_id: int | None = None) -> dict[str, Any]:
    """Every open matter (with a unit) that has a place and the actor may read, the newest of many: `{items, cut}`."""
    within = [] if unit_id is None else [reads.with_unit(unit_id)]
    found = _open(reads.readable(actor), Matter.lng.is_not(None), *within, most=ON_MAP + 1)
    return {"items": reads.summaries(found[:ON_MAP]), "cut": len(found) > ON_MAP}


def _open(*conditions: ColumnElement[bool], most: int = 200) -> Sequence[Any]:
    """The open matters to be solved that fulfil conditions, the newest first."""
    to_solve = (Matter.state.in_(matters.OPEN), Matter.kind.not_in(matters.CONFIDENTIAL), *conditions)
    return db.session.execute(reads.rows().where(*to_solve).order_by(Matter.id.desc()).limit(most)).all()


def _of(matter: Matter) -> _Here:
    """Where and when a matter is."""
    return _Here(matter.place, matter.lng, matter.lat, matter.reported_at)


def _asked(asked: Asked) -> _Here:
    """Where what is about to be reported is, now."""
    lng, lat = asked.lng, asked.lat
    if lng is not None and lat is not None:
        lng, lat = convert_point(lng=lng, lat=lat, source=Datum(asked.datum), target=Datum.WGS84)
    return _Here(asked.place, lng, lat, clock.now())


def _in_days(here: _Here) -> ColumnElement[bool]:
    """Reported within some days of then."""
    about = timedelta(days=ALIKE_DAYS)
    return Matter.reported_at.between(here.at - about, here.at + about)


def _near(here: _Here, radius_m: float) -> ColumnElement[bool]:
    """At a place of the same words, or in the box around the point."""
    conditions: list[ColumnElement[bool]] = []
    if here.place.strip():
        conditions.append(Matter.place == here.place)
    if here.lng is not None and here.lat is not None:
        west, south, east, north = measure.box_around(lng=here.lng, lat=here.lat, radius_m=radius_m)
        conditions.append(sa.and_(Matter.lng.between(west, east), Matter.lat.between(south, north)))
    return sa.or_(sa.false(), *conditions)


def _is_same(here: _Here, matter: Matter) -> bool:
    """Whether a matter lies so near that it may be the same; where one has no coordinates, by its words."""
    metres = _metres(here, matter)
    return here.place == matter.place if metres is None else metres <= ALIKE_M


def _apart(here: _Here, found: Iterable[Any]) -> list[tuple[float | None, Any]]:
    """Those that are really within reach, each with its metres (None: the same words)."""
    pairs = [(_metres(here, row.Matter), row) for row in found]
    return [pair for pair in pairs if pair[0] is None or pair[0] <= AROUND_M]


def _metres(here: _Here, matter: Matter) -> float | None:
    """How far a matter is from a place; None where one of them has no coordinates."""
    if here.lng is None or here.lat is None or matter.lng is None or matter.lat is None:
        return None
    apart = measure.distance_m(lng=here.lng, lat=here.lat, to_lng=matter.lng, to_lat=matter.lat)
    return round(apart, 1)


def _readable(actor: Actor, matter_ids: Sequence[int]) -> Sequence[int]:
    """Those of the matters that the actor may read."""
    return db.session.scalars(
        sa.select(Matter.id).where(Matter.id.in_(matter_ids), reads.readable(actor))
    ).all()


def _told(here: _Here, matter: Matter, readable: bool) -> dict[str, Any]:
    """A matter that is known already; its words and place only to who may read it."""
    return {
        "id": matter.id,
        "state": matter.state,
        "reported_at": matter.reported_at,
        "metres": _metres(here, matter),
        "readable": readable,
        "text": matter.text if readable else None,
        "place": matter.place if readable else None,
    }
