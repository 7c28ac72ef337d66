"""Bulletins 通报: those published, for everybody; drafts for whoever deals with them; what a new one would say."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import orjson
import sqlalchemy as sa

from server.db import db
from server.errors import NotFound
from server.models.bulletins import Bulletin
from server.models.units import Unit
from server.queries import boards, bulletin_trips, pages
from server.rules import access, bulletins
from server.rules import boards as rules
from server.rules.access import Actor
from server.rules.bulletins import PERMISSIONS, Covered, canonical, covered

Document = dict[str, Any]

DEALING = ("bulletin.draft", "bulletin.approve")
"""Whoever may do one of these sees what is not published yet."""


# ── who reads which ─────────────────────────────────────────────────────────────────────────────────────


def get(actor: Actor, bulletin_id: int, *, to_change: bool = False) -> Bulletin:
    """A bulletin the actor may read; `NotFound` otherwise. `to_change` locks its row until the verb is over."""
    statement = sa.select(Bulletin).where(Bulletin.id == bulletin_id, _readable(actor))
    if to_change:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalars(statement).first()
    if found is None:
        raise NotFound
    return found


def deals(actor: Actor) -> bool:
    """Whether the actor deals with bulletins that are not published."""
    return any(access.holds(actor, permission) for permission in DEALING)


def _readable(actor: Actor) -> sa.ColumnElement[bool]:
    """The bulletins the actor may read."""
    return sa.true() if deals(actor) else Bulletin.state == "published"


def listed(actor: Actor, *, kind: str | None = None, cursor: str | None = None, limit: int = 50) -> Document:
    """The bulletins the actor may read, newest first: `{items, next}`."""
    statement = sa.select(Bulletin).where(_readable(actor), Bulletin.state != "dropped")
    if kind:
        statement = statement.where(Bulletin.kind == kind)
    if cursor:
        statement = statement.where(Bulletin.id < pages.keys_of(cursor, pages.row_id)[0])
    rows = list(db.session.scalars(statement.order_by(Bulletin.id.desc()).limit(limit + 1)))
    after = pages.cursor_of(rows[limit - 1].id) if len(rows) > limit else None
    return {"items": [_summary(row) for row in rows[:limit]], "next": after}


def document(actor: Actor, row: Bulletin) -> Document:
    """One bulletin whole, and which steps the actor may take now. For who may read it."""
    return _summary(row) | {
        "opening": row.opening,
        "note": row.note,
        "reason": row.reason,
        "data": row.data,
        "returned_because": row.returned_because if row.state == "drafted" else "",
        "drawn_at": row.drawn_at,
        "seal": row.seal,
        "whole": None if row.seal is None else bulletins.seal(content(row)) == row.seal,
        "county": _county(),
        "may": _may(actor, row),
    }


def _summary(row: Bulletin) -> Document:
    """A bulletin as a list tells it."""
    return {
        "id": row.id,
        "kind": row.kind,
        "period": boards.told_period(covered(row.period)),
        "edition": row.edition,
        "state": row.state,
        "revision": row.revision,
        "title": row.title,
        "number": row.number,
        "published_at": row.published_at,
        "corrects": _named(row.corrects_id),
        "corrected_by": _named(_corrected_by(row.id)),
    }


def _named(bulletin_id: int | None) -> Document | None:
    """Another bulletin by its number."""
    if bulletin_id is None:
        return None
    return {"id": bulletin_id, "number": db.session.get_one(Bulletin, bulletin_id).number}


def _corrected_by(bulletin_id: int) -> int | None:
    """The published bulletin that corrects this one."""
    statement = sa.select(Bulletin.id).where(
        Bulletin.corrects_id == bulletin_id, Bulletin.state == "published"
    )
    return db.session.scalar(statement.limit(1))


def _county() -> str:
    """The county's name, which signs."""
    return db.session.scalar(sa.select(Unit.name).where(Unit.parent_id.is_(None))) or ""


def _may(actor: Actor, row: Bulletin) -> list[str]:
    """The steps the actor may take now."""
    return [
        name
        for name in bulletins.allowed(row.state)
        if access.holds(actor, PERMISSIONS[name])
        and not (name == "approve" and actor.person_id in makers(row))
    ]


def makers(row: Bulletin) -> set[int | None]:
    """Who drafted or edited a bulletin, and so does not approve it."""
    return {row.drafted_by, row.edited_by}


def content(row: Bulletin) -> Document:
    """All that a bulletin says: what its seal is of."""
    return {
        "kind": row.kind,
        "period": row.period,
        "edition": row.edition,
        "title": row.title,
        "number": row.number,
        "opening": row.opening,
        "note": row.note,
        "corrects": row.corrects_id,
        "reason": row.reason,
        "data": row.data,
    }


# ── what a new one says ─────────────────────────────────────────────────────────────────────────────────


def last(kind: str, period: str) -> Bulletin | None:
    """The last bulletin of a kind and period that was not dropped, locked."""
    wanted = sa.select(Bulletin).where(
        Bulletin.kind == kind, Bulletin.period == period, Bulletin.state != "dropped"
    )
    return db.session.scalars(wanted.order_by(Bulletin.edition.desc()).limit(1).with_for_update()).first()


def next_edition(kind: str, period: str) -> int:
    """The number of the next one of a kind and period, dropped ones counted."""
    most = sa.select(sa.func.max(Bulletin.edition)).where(Bulletin.kind == kind, Bulletin.period == period)
    return (db.session.scalar(most) or 0) + 1


def last_published_month() -> str | None:
    """The latest month that a bulletin was published of."""
    statement = sa.select(sa.func.max(Bulletin.period)).where(
        Bulletin.state == "published", Bulletin.period.like("____-__")
    )
    return db.session.scalar(statement)


def drawn(kind: str, period: Covered) -> Document:
    """The numbers of a bulletin as JSON keeps them: a month's from what happened, longer ones from published months."""
    if period.span != "month":
        data = _rolled_up(kind, period)
    else:
        data = boards.compiled(period) if kind == "boards" else bulletin_trips.compiled(period)
    kept: Document = orjson.loads(canonical(data))
    return kept


def _rolled_up(kind: str, period: Covered) -> Document:
    """A quarter or year from the last published bulletin of each of its months; which months have none is told."""
    published = {month.name: _published(kind, month.name) for month in period.months}
    found = {name: row for name, row in published.items() if row is not None}
    if not found:
        bulletins.refuse(
            "本期还没有已发布的月度通报", "no month of it has a published bulletin to be made from"
        )
    return {
        "months": [
            {"month": name, "bulletin": None if row is None else {"id": row.id, "number": row.number}}
            for name, row in published.items()
        ],
        "units": _boards_of(found) if kind == "boards" else _trips_of(found),
    }


def _published(kind: str, month: str) -> Bulletin | None:
    """The last published bulletin of a month: a correction stands for what it corrects."""
    wanted = sa.select(Bulletin).where(
        Bulletin.kind == kind, Bulletin.period == month, Bulletin.state == "published"
    )
    return db.session.scalars(wanted.order_by(Bulletin.edition.desc()).limit(1)).first()


def _by_unit(found: Mapping[str, Bulletin]) -> tuple[dict[int, Document], dict[int, dict[str, Document]]]:
    """The units that the months name, in the order of the last month that names them; their row of each month."""
    names: dict[int, Document] = {}
    rows: dict[int, dict[str, Document]] = defaultdict(dict)
    for month, bulletin in reversed(list(found.items())):
        for row in bulletin.data["units"]:
            names.setdefault(row["unit"]["id"], row["unit"])
            rows[row["unit"]["id"]][month] = row
    return names, rows


def _boards_of(found: Mapping[str, Bulletin]) -> list[Document]:
    """Each unit's mean of its published scores, every month by its own rule; ranked as a month is."""
    names, rows = _by_unit(found)
    scores = {unit_id: {month: row["score"] for month, row in of.items()} for unit_id, of in rows.items()}
    means = {unit_id: _mean(of) for unit_id, of in scores.items()}
    listed = min(row.data["rule"]["listed"] for row in found.values())
    standings = rules.ranked(
        {unit_id: (mean, "" if mean is not None else _why(rows[unit_id])) for unit_id, mean in means.items()},
        listed=listed,
    )
    return [
        {
            "unit": names[each.unit_id],
            "months": scores[each.unit_id],
            "score": None if each.score is None else str(each.score),
            "rank": each.rank,
            "listed": each.listed,
            "why": each.why,
        }
        for each in standings
    ]


def _mean(scores: Mapping[str, str | None]) -> Decimal | None:
    """The mean of the scores there are."""
    told = [Fraction(score) for score in scores.values() if score is not None]
    return rules.rounded(sum(told, Fraction(0)) / len(told) / 100) if told else None


def _why(rows: Mapping[str, Document]) -> str:
    """Why a unit was in no order in any month: too small in each, or nothing due."""
    return "small" if all(row["why"] == "small" for row in rows.values()) else "nothing_due"


def _trips_of(found: Mapping[str, Bulletin]) -> list[Document]:
    """Each unit's months, and on how many days anybody was out: people are counted anew each month, never added up."""
    names, rows = _by_unit(found)
    return [
        {
            "unit": names[unit_id],
            "months": {month: _told_trips(row) for month, row in rows[unit_id].items()},
            "days": sum(row["stated"]["days"] for row in rows[unit_id].values() if row["stated"]),
            "out": any(row["out"] for row in rows[unit_id].values()),
            "why": "small" if all(row["why"] for row in rows[unit_id].values()) else "",
        }
        for unit_id in names
    ]


def _told_trips(row: Document) -> Document:
    """A month of a unit in a longer bulletin."""
    stated = row["stated"] or {}
    return {"out": row["out"], "why": row["why"], "people": stated.get("people"), "days": stated.get("days")}
