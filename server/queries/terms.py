"""Days that have come: matters overdue, commitments soon due or past their day, households due for a visit.

Nothing happens on such a day, so no event says it. Each is a fact with its instant, told once. Unscoped, for the sweep.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.projects import Project, ProjectCommitment
from server.queries import households, matters
from server.queries.concerned import Fact
from server.rules import notice_kinds, notices

Come = tuple[Fact, datetime]


def come(*, since: datetime) -> list[Come]:
    """Every day that has come and still stands; those from before `since` were told of and are forgotten."""
    today = clock.day_of(clock.now())
    found = [*_matters(), *_commitments(today), *_households(today)]
    return [(fact, at) for fact, at in found if at >= since]


def _matters() -> Iterator[Come]:
    """The open matters whose term is over."""
    for one in matters.overdue():
        if one.due_at is not None:
            yield Fact(notice_kinds.OVERDUE, unit_id=one.holder_id, subject=str(one.id)), one.due_at


def _commitments(today: date) -> Iterator[Come]:
    """Commitments that nobody has settled, a week before their day and when it is over; none of a stopped project."""
    near = today + timedelta(days=notices.SOON_DAYS)
    wanted = (
        sa.select(ProjectCommitment)
        .join(Project, Project.id == ProjectCommitment.project_id)
        .where(ProjectCommitment.kept.is_(None), ProjectCommitment.due_on <= near)
        .where(Project.stopped_on.is_(None))
        .order_by(ProjectCommitment.id)
    )
    for each in db.session.scalars(wanted):
        over = each.due_on < today
        soon_on = each.due_on - timedelta(days=notices.SOON_DAYS)
        if over:
            yield _of(each, notice_kinds.PAST_DUE), clock.day_ends_at(each.due_on)
        elif clock.day_of(each.made_at) < soon_on:
            yield _of(each, notice_kinds.DUE_SOON), clock.day_starts_at(soon_on)


def _of(each: ProjectCommitment, kind: str) -> Fact:
    """A commitment as a fact: of its project, for the unit that made it."""
    subject, term = str(each.project_id), f"commitment {each.id}"
    return Fact(kind, unit_id=each.unit_id, person_id=each.made_by, subject=subject, term=term)


def _households(today: date) -> Iterator[Come]:
    """The members who have households due for a visit, each told once for the last day on which one fell due."""
    for member_id, due_on in households.last_due(today).items():
        fact = Fact(notice_kinds.VISIT_DUE, person_id=member_id, term="households")
        yield fact, clock.day_starts_at(due_on)
