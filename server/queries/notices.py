"""Notices as their person reads them: the newest first, each in a sentence that is made when it is read."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import ColumnElement

from server import clock
from server.db import db
from server.models.bulletins import Bulletin
from server.models.campaigns import Campaign
from server.models.checkins import Checkin
from server.models.flags import Flag
from server.models.matters import Matter, MatterCategory
from server.models.notices import Notice, NoticeMark
from server.models.patrols import Patrol
from server.models.people import Person
from server.models.projects import Project
from server.models.trips import Trip
from server.queries import pages
from server.rules import notice_kinds
from server.rules.access import Actor
from server.rules.flags import COLOUR_WORDS

_Actor, _About = aliased(Person), aliased(Person)
_Flagged = aliased(Project)

_UNCATEGORISED = {"complaint": ("投诉", "complaint"), "suggestion": ("建议", "suggestion")}


def listed(
    actor: Actor, *, unread: bool = False, cursor: str | None = None, limit: int = 50
) -> dict[str, Any]:
    """What the actor is told, newest first: `{items, next}`; `unread` alone where asked."""
    statement = _told().where(*_mine(actor), *([Notice.was_read.is_(False)] if unread else []))
    statement = statement.order_by(Notice.shows_at.desc(), Notice.id.desc())
    if cursor:
        keys = pages.keys_of(cursor, pages.instant, pages.row_id)
        statement = statement.where(sa.tuple_(Notice.shows_at, Notice.id) < sa.tuple_(*map(sa.literal, keys)))
    rows = db.session.execute(statement.limit(limit + 1)).all()
    last = rows[limit - 1].Notice if len(rows) > limit else None
    after = None if last is None else pages.cursor_of(last.shows_at, last.id)
    return {"items": _documents(rows[:limit]), "next": after}


def unread(actor: Actor) -> dict[str, Any]:
    """How much the actor has not read: `{unread, urgent}`, `newest` being the last notice there is."""
    mine = sa.select(
        sa.func.count().filter(Notice.was_read.is_(False)),
        sa.func.count().filter(Notice.was_read.is_(False), Notice.urgent),
        sa.func.coalesce(sa.func.max(Notice.id), 0),
    ).where(*_mine(actor))
    count, urgent, newest = db.session.execute(mine).one()
    return {"unread": count, "urgent": urgent, "newest": newest}


def _mine(actor: Actor) -> list[ColumnElement[bool]]:
    """The actor's own, once they are to be told."""
    return [Notice.person_id == actor.person_id, Notice.shows_at <= clock.now()]


def _told() -> sa.Select[*tuple[Any, ...]]:
    """Notices with what their sentences name, as of now."""
    return (
        sa.select(
            Notice,
            _Actor.name.label("actor"),
            _About.name.label("person"),
            Trip.title.label("trip"),
            Matter.kind.label("matter_kind"),
            Matter.place,
            MatterCategory.name.label("category"),
            Flag.colour,
            sa.func.coalesce(Project.name, _Flagged.name).label("project"),
            Campaign.name.label("campaign"),
            Bulletin.title.label("bulletin"),
            Patrol.title.label("patrol"),
            Patrol.opens_at.label("opens_at"),
        )
        .outerjoin(_Actor, _Actor.id == Notice.actor_id)
        .outerjoin(_About, _About.id == Notice.about_id)
        .outerjoin(Trip, Trip.id == Notice.trip_id)
        .outerjoin(Matter, _is_of("matter", Matter.id))
        .outerjoin(MatterCategory, MatterCategory.id == Matter.category_id)
        .outerjoin(Flag, _is_of("flag", Flag.id))
        .outerjoin(_Flagged, _Flagged.id == Flag.project_id)
        .outerjoin(Project, _is_of("project", Project.id))
        .outerjoin(Campaign, _is_of("campaign", Campaign.id))
        .outerjoin(Bulletin, _is_of("bulletin", Bulletin.id))
        .outerjoin(Patrol, _is_of("patrol", Patrol.id))
    )


def _is_of(noun: str, id_: sa.orm.InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether a notice is of this thing of a noun; compared as numbers, so that an index finds it."""
    kinds = [kind.name for kind in notice_kinds.KINDS.values() if kind.about == noun]
    number = sa.case((Notice.kind.in_(kinds), Notice.subject), else_=None)
    return id_ == sa.cast(number, sa.Integer)


def _documents(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Notices as documents; the days of the check-ins they speak of in one statement."""
    ids = [UUID(row.Notice.subject) for row in rows if row.Notice.kind.startswith("checkin.")]
    statement = sa.select(Checkin.id, Checkin.happened_at).where(Checkin.id.in_(ids))
    happened = {str(checkin_id): at for checkin_id, at in db.session.execute(statement)} if ids else {}
    return [_document(row, happened.get(row.Notice.subject)) for row in rows]


def _document(row: Any, happened_at: datetime | None) -> dict[str, Any]:
    """One notice: when it was told, its sentence in both languages and what it leads to."""
    notice: Notice = row.Notice
    kind = notice_kinds.KINDS[notice.kind]
    zh, en = _facts(row, happened_at, 0), _facts(row, happened_at, 1)
    return {
        "id": notice.id,
        "kind": notice.kind,
        "at": notice.shows_at,
        "words": {"zh": kind.words.zh.format(**zh), "en": kind.words.en.format(**en)},
        "about": {"noun": kind.about, "id": notice.subject, "trip_id": notice.trip_id},
        "urgent": notice.urgent,
        "read": notice.was_read,
    }


def _facts(row: Any, happened_at: datetime | None, language: int) -> dict[str, str]:
    """What fills a sentence's places, in Chinese (0) or English (1); the system has no name."""
    there, opens = (
        None if at is None else at.astimezone(clock.SHANGHAI) for at in (happened_at, row.opens_at)
    )
    months = ("{0.month}月{0.day}日", "{0:%d %b}")
    return {
        "actor": row.actor or ("系统", "the system")[language],
        "person": row.person or ("有人", "somebody")[language],
        "trip": row.trip or "",
        "day": "" if there is None else months[language].format(there),
        "opens": "" if opens is None else f"{months[language].format(opens)} {opens:%H:%M}",
        "matter": _matter(row, language),
        "project": row.project or "",
        "flag": COLOUR_WORDS[row.colour][language] if row.colour else "",
        "campaign": row.campaign or "",
        "bulletin": row.bulletin or "",
        "patrol": row.patrol or "",
    }


def _matter(row: Any, language: int) -> str:
    """A matter by its number, category and place, never by its words."""
    if row.matter_kind in _UNCATEGORISED:
        return _UNCATEGORISED[row.matter_kind][language]
    told = "、".join(part for part in (row.category, row.place) if part)
    return (f"事项 {row.Notice.subject}（{told}）", f"matter {row.Notice.subject} ({told})")[language]


# ── for the sweep ───────────────────────────────────────────────────────────────────────────────────────


def unread_once(person_ids: Iterable[int]) -> set[tuple[int, str, str, date]]:
    """What these people have not read of what is told once: `(person, kind, subject, day)`."""
    statement = sa.select(Notice.person_id, Notice.kind, Notice.subject, Notice.at).where(
        Notice.person_id.in_(sorted(set(person_ids))),
        Notice.was_read.is_(False),
        Notice.kind.in_(notice_kinds.ONCE),
    )
    found = db.session.execute(statement)
    return {(row.person_id, row.kind, row.subject, clock.day_of(row.at)) for row in found}


def marked() -> int:
    """The number of the last event of which notices were made; 0 before the first. Held until the verb is over."""
    statement = sa.select(NoticeMark.upto).where(NoticeMark.id == 1).with_for_update()
    return db.session.execute(statement).scalar_one_or_none() or 0
