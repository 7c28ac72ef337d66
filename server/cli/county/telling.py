"""Notices of the demo county: people were told of the last days, and have read all but the newest."""

from datetime import datetime, timedelta
from typing import Final

import sqlalchemy as sa

from server.config import Settings
from server.db import db
from server.held import held
from server.models.events import Event
from server.models.notices import Notice, NoticeMark
from server.rules import notices as rules
from server.services import notices

TOLD_OF: Final = timedelta(days=4)
UNREAD: Final = timedelta(hours=20)


def tell(now: datetime) -> None:
    """Make the notices of the last days. Within no verb: the record has to be settled."""
    first = sa.select(sa.func.coalesce(sa.func.min(Event.number), 1)).where(Event.at >= now - TOLD_OF)
    db.session.execute(sa.update(NoticeMark).values(upto=first.scalar_subquery() - 1))
    db.session.commit()
    notices.tell()
    for notice in db.session.scalars(sa.select(Notice)):
        quiet = held(Settings).quiet_hours
        notice.shows_at = notice.at if notice.urgent else rules.shows_at(quiet, notice.at)
        notice.was_read = notice.at < now - UNREAD
    db.session.commit()


def of_passwords() -> None:
    """Make the notices of passwords set from the command line, as read: whoever has the password was told just now."""
    notices.tell()
    theirs = (Notice.kind == "password.reset") & Notice.actor_id.is_(None)
    db.session.execute(sa.update(Notice).where(theirs).values(was_read=True))
    db.session.commit()
