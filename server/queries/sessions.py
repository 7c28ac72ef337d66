"""Sessions as they stand: who is behind one, in a single statement of plain rows, and the list of one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db, glance, one_of
from server.held import held
from server.models.factors import SecondFactor
from server.models.people import Person, RoleGrant
from server.models.sessions import SignInSession
from server.models.units import Unit
from server.rules import factors
from server.rules.access import Actor, Grant
from server.rules.factors import Given

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Standing:
    """A session that was not ended, with the person behind it as they are now."""

    actor: Actor
    session_id: UUID
    kind: str
    last_used_at: datetime
    expires_at: datetime


_sessions, _people, _grants = SignInSession.__table__, Person.__table__, RoleGrant.__table__
_factors = SecondFactor.__table__
_own, _over = Unit.__table__.alias("own"), Unit.__table__.alias("over")

# Asked with every request: built once, one statement, plain columns of tables. A row for each role the person holds.
_STANDING = (
    sa.select(
        _sessions.c.id,
        _sessions.c.kind,
        _sessions.c.last_used_at,
        _sessions.c.expires_at,
        _sessions.c.map_reason,
        _people.c.id.label("person_id"),
        _people.c.name,
        _people.c.unit_id,
        _people.c.must_change_password,
        _own.c.path.label("unit_path"),
        _grants.c.role,
        _grants.c.given_at,
        _factors.c.confirmed_at.label("factor_at"),
        _over.c.path.label("over_path"),
    )
    .select_from(
        _sessions.join(_people, _people.c.id == _sessions.c.person_id)
        .join(_own, _own.c.id == _people.c.unit_id)
        .outerjoin(_grants, _grants.c.person_id == _people.c.id)
        .outerjoin(_over, _over.c.id == _grants.c.unit_id)
        .outerjoin(_factors, _factors.c.person_id == _people.c.id)
    )
    .where(_sessions.c.ended_at.is_(None), _people.c.left_at.is_(None))
)
_BY_ID = _STANDING.where(_sessions.c.id == sa.bindparam("id"))
_BY_IDS = {
    dialect: _STANDING.where(one_of(dialect, _sessions.c.id, "ids")) for dialect in ("postgresql", "sqlite")
}
_NOT_ENDED = {
    dialect: sa.select(
        _sessions.c.id,
        _sessions.c.kind,
        _sessions.c.last_used_at,
        _sessions.c.expires_at,
        _people.c.must_change_password,
    )
    .select_from(_sessions.join(_people, _people.c.id == _sessions.c.person_id))
    .where(
        one_of(dialect, _sessions.c.id, "ids"), _sessions.c.ended_at.is_(None), _people.c.left_at.is_(None)
    )
    for dialect in ("postgresql", "sqlite")
}
_BY_COOKIE = _STANDING.where(_sessions.c.cookie_hash == sa.bindparam("cookie_hash"))


def by_id(session_id: UUID) -> Standing | None:
    """The session as it stands; None when it was ended, never was, has run out, or its person has left."""
    return _standing(db.session.connection().execute(_BY_ID, {"id": session_id}).all())


def by_ids(session_ids: Sequence[UUID]) -> list[Standing | None]:
    """Several sessions as they stand, in the order asked for, of one statement outside of any transaction."""
    with glance() as connection:
        rows = connection.execute(_BY_IDS[connection.dialect.name], {"ids": list(set(session_ids))}).all()
    of_session: dict[UUID, list[Any]] = {}
    for row in rows:
        of_session.setdefault(row.id, []).append(row)
    return [_standing(of_session.get(session_id)) for session_id in session_ids]


def by_cookie(cookie_hash: str) -> Standing | None:
    """The browser session whose cookie has this SHA-256, likewise."""
    return _standing(db.session.connection().execute(_BY_COOKIE, {"cookie_hash": cookie_hash}).all())


def standing_of(session_ids: list[UUID]) -> tuple[sa.Executable, dict[str, Any]]:
    """What to ask to know which of these sessions stand, for a verb that asks other things with it."""
    return _NOT_ENDED[db.engine.dialect.name], {"ids": session_ids}


def standing(rows: Sequence[Any]) -> dict[UUID, bool]:
    """The sessions that stand out of the answer, and whether their person must set another password first."""
    return {
        row.id: bool(row.must_change_password)
        for row in rows
        if not has_run_out(row.kind, row.last_used_at, row.expires_at)
    }


def has_run_out(kind: str, last_used_at: datetime, expires_at: datetime) -> bool:
    """Whether a session has run out by now: by age, or (a browser's) by rest."""
    now = clock.now()
    return expires_at <= now or (kind == "browser" and last_used_at + idle() <= now)


def idle() -> timedelta:
    """How long a browser session may rest."""
    return timedelta(minutes=held(Settings).browser_idle_minutes)


def _standing(rows: Any) -> Standing | None:
    """One session from its rows."""
    if not rows:
        return None
    row = rows[0]
    awake, asleep, due_at = _parted(rows)
    actor = Actor(
        person_id=row.person_id,
        name=row.name,
        unit_id=row.unit_id,
        unit_path=row.unit_path,
        grants=awake,
        session_id=row.id,
        map_reason=row.map_reason,
        must_change_password=row.must_change_password,
        asleep=asleep,
        factor_due_at=due_at,
    )
    found = Standing(actor, row.id, row.kind, row.last_used_at, row.expires_at)
    return None if has_run_out(found.kind, found.last_used_at, found.expires_at) else found


def _parted(rows: Sequence[Any]) -> tuple[tuple[Grant, ...], tuple[Grant, ...], datetime | None]:
    """The roles that may be used, those that sleep for want of a second factor, and when the next falls asleep."""
    told, now = held(Settings).second_factor, clock.now()
    roles = [each for each in rows if each.role is not None]
    if not told or rows[0].factor_at is not None:
        return tuple(Grant(each.role, each.over_path) for each in roles), (), None
    given = [
        (Grant(each.role, each.over_path), Given(each.role, each.given_at or LONG_AGO)) for each in roles
    ]
    awake = tuple(grant for grant, since in given if not factors.sleeps(since, told, now))
    asleep = tuple(grant for grant, since in given if factors.sleeps(since, told, now))
    due = [at for _, since in given if (at := factors.due_at(since, told)) is not None and at > now]
    return awake, asleep, min(due, default=None)


def listed(actor: Actor) -> dict[str, Any]:
    """The actor's own sessions that still stand, the last used first: `{items: […]}`."""
    now = clock.now()
    rows = db.session.execute(
        sa.select(
            SignInSession.id,
            SignInSession.device_name,
            SignInSession.kind,
            SignInSession.created_at,
            SignInSession.last_used_at,
            SignInSession.expires_at,
        )
        .where(
            SignInSession.person_id == actor.person_id,
            SignInSession.ended_at.is_(None),
            SignInSession.expires_at > now,
            sa.or_(SignInSession.kind == "app", SignInSession.last_used_at > now - idle()),
        )
        .order_by(SignInSession.last_used_at.desc(), SignInSession.id)
    ).mappings()
    return {"items": [dict(row) | {"current": row["id"] == actor.session_id} for row in rows]}
