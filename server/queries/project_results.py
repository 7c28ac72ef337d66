"""What projects came to in a month, for boards: read from their events alone."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.events import Event
from server.models.projects import Project
from server.rules import project_results
from server.rules.boards import Share
from server.rules.bulletins import Covered
from server.rules.project_results import Result, Told
from server.rules.projects import STAGE_WORDS

Document = dict[str, Any]

PROJECT_EVENTS = (
    "project.created",
    "project.edited",
    "project.planned",
    "project.advanced",
    "project.retracted",
    "project.invested",
    "project.stopped",
    "project.resumed",
)


def rows(period: Covered) -> Iterator[tuple[int, str, Share, Document]]:
    """What counts in a month: the unit, the measure, how much, the project as a number opens it."""
    now = clock.now()
    found = project_results.in_month(
        _told(period),
        first=period.first,
        begins_at=period.begins_at,
        until=min(period.ends_at, now),
        today=min(period.last, clock.day_of(now)),
        over=now >= period.ends_at,
    )
    names: Mapping[int, str] = dict(db.session.execute(sa.select(Project.id, Project.name)).all())
    for each in found:
        yield each.unit_id, each.measure, Share(each.got, each.of), _row(each, names)


def _row(result: Result, names: Mapping[int, str]) -> Document:
    """A project by its name, with the stage and the days that count."""
    zh, en = STAGE_WORDS.get(result.stage, ("", ""))
    return {
        "project": result.project_id,
        "name": names.get(result.project_id, ""),
        "stage": {"zh": zh, "en": en},
        "at": result.on,
        "due_at": result.due_on,
        "amount": result.amount,
        "kept": result.got > 0,
    }


def _told(period: Covered) -> list[Told]:
    """The events of projects up to the end of a period."""
    wanted = sa.select(Event).where(Event.kind.in_(PROJECT_EVENTS), Event.at < period.ends_at)
    return [_event(event) for event in db.session.scalars(wanted.order_by(Event.number))]


def _event(event: Event) -> Told:
    """An event of a project as the rules follow it."""
    assert event.unit_id is not None, "events of projects name the unit that answers for them"
    data = event.data
    amount = (Decimal(data["amount"]), str(data["amount_unit"])) if "amount" in data else None
    return Told(
        event.number,
        event.at,
        event.kind,
        int(event.subject),
        event.unit_id,
        amount,
        days={stage: on and date.fromisoformat(on) for stage, on in data.get("days", {}).items()},
        money={half: told and Decimal(told) for half, told in data.get("money", {}).items()},
        stage=data.get("stage", ""),
        on=date.fromisoformat(data["on"]) if "on" in data else None,
        half=data.get("half", ""),
        done=Decimal(data["done"]) if "done" in data else None,
    )
