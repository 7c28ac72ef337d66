"""A phone's tokens: the access token it shows with every request, the refresh token it uses once."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from server import clock
from server.config import Settings
from server.db import db
from server.errors import SessionEnded
from server.held import held
from server.models.sessions import RefreshToken, SignInSession
from server.queries import sessions as reads
from server.rules.access import Actor
from server.services import events, sessions
from server.services.keys import Ring
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a phone holds after signing in or refreshing."""

    actor: Actor
    session_id: UUID
    access_token: str = field(repr=False)
    access_expires_at: datetime
    refresh_token: str = field(repr=False)


def refresh(token: str) -> Tokens:
    """New tokens for a refresh token, which is used up by it. `SessionEnded` when it is not good (any more).

    One that was used already ends its session: either this sender or the one before has stolen it. Of two senders
    at the same instant one is first; the other one ends the session.
    """
    renewed = _renew(sessions.digest(token))
    if renewed is None:
        raise SessionEnded
    return of_session(*renewed)


@verb
def _renew(digest: str) -> tuple[UUID, str] | None:
    """Use the token up and make the next one; None when it cannot be used."""
    session_id = db.session.scalar(
        sa.update(RefreshToken)
        .where(RefreshToken.token_hash == digest, RefreshToken.used_at.is_(None))
        .values(used_at=clock.now())
        .returning(RefreshToken.session_id)
    )
    if session_id is None:
        _end_replayed(digest)
        return None
    if reads.by_id(session_id) is None:
        return None
    db.session.execute(
        sa.update(SignInSession).where(SignInSession.id == session_id).values(last_used_at=clock.now())
    )
    return session_id, issue(session_id)


def _end_replayed(digest: str) -> None:
    """End the session whose used refresh token came again, and record that; nothing for a token never given."""
    of_token = sa.select(RefreshToken.session_id).where(RefreshToken.token_hash == digest)
    for session_id, person_id, unit_id in sessions.end_where("replayed", SignInSession.id.in_(of_token)):
        events.record(
            "session.replayed", actor_id=None, unit_id=unit_id, person_id=person_id, subject=session_id
        )


def issue(session_id: UUID) -> str:
    """A fresh refresh token of the session, kept by its digest. Within a verb."""
    token = sessions.new_secret()
    db.session.execute(
        sa.insert(RefreshToken).values(
            token_hash=sessions.digest(token), session_id=session_id, issued_at=clock.now(), used_at=None
        )
    )
    return token


def of_session(session_id: UUID, refresh_token: str) -> Tokens:
    """What the phone of a session gets: this refresh token, and an access token signed now."""
    standing = sessions.standing_of(session_id)
    now = clock.now().replace(microsecond=0)
    expires_at = min(now + timedelta(seconds=held(Settings).access_token_s), standing.expires_at)
    claims = {
        "sub": str(standing.actor.person_id),
        "sid": str(session_id),
        "iat": int(now.timestamp()),
        "exp": int(expires_at.timestamp()),
    }
    return Tokens(standing.actor, session_id, held(Ring).sign(claims), expires_at, refresh_token)
