"""Tracks as they are copied: of which duties there is one, and every fix that is kept, with all that is kept of it."""

from datetime import datetime

import numpy as np
import sqlalchemy as sa

from server.db import db
from server.models.positions import Fix, Standing
from server.models.trips import Trip
from server.queries.rows import PAGE, Pages, Row, columns, rows
from server.queries.tracks import Whose
from server.rules.access import Actor


def tracked(actor: Actor) -> list[Whose]:
    """The duties of which a track of theirs is kept, also those they were taken off since."""
    statement = (
        sa.select(Trip.id, Trip.unit_id, Trip.title, Trip.started_at, Trip.ended_at)
        .join(Standing, Standing.trip_id == Trip.id)
        .where(Standing.person_id == actor.person_id)
        .order_by(Trip.id)
    )
    found = db.session.execute(statement).all()
    db.session.rollback()
    return [
        Whose(actor.person_id, row.id, row.unit_id, actor.name, row.title, row.started_at, row.ended_at)
        for row in found
    ]


def fixes(theirs: Whose) -> Pages:
    """Every kept fix of a duty, by time and phone, with all that is kept of it."""
    since, until = theirs.span
    page = _fixes(theirs, since, until, sa.true())
    while page:
        yield [row | {"areas": _versions(row["areas"])} for row in page]
        last = page[-1]
        later = sa.or_(Fix.at > last["at"], Fix.tracker_id > last["tracker_id"])
        page = _fixes(theirs, last["at"], until, later)


def _fixes(theirs: Whose, since: datetime, until: datetime, later: sa.ColumnElement[bool]) -> list[Row]:
    """A page of them from an instant on: the index is entered there, not at the beginning of the duty."""
    wanted = sa.select(*columns(Fix, leave={"person_id", "fingerprint"})).where(
        Fix.person_id == theirs.person_id, Fix.trip_id == theirs.trip_id, Fix.at.between(since, until), later
    )
    return rows(wanted.order_by(Fix.at, Fix.tracker_id).limit(PAGE))


def _versions(packed: bytes) -> str:
    """The area versions a fix lies in, by their numbers; `~` before one across whose edge it lies."""
    signed = np.frombuffer(packed, dtype="<i4").tolist()
    return " ".join(str(version) if version > 0 else f"~{-version}" for version in signed)


# ── what is read ────────────────────────────────────────────────────────────────────────────────────────
