"""What came of matters in a month, for boards: read from their events alone, never their words nor who had them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.models.events import Event
from server.models.matters import Matter, MatterCategory
from server.rules import matters, outcomes
from server.rules.boards import MEASURES
from server.rules.bulletins import Covered
from server.rules.events import KINDS
from server.rules.outcomes import Happening, Outcome

Document = dict[str, Any]

MATTER_EVENTS = tuple(kind for kind in KINDS if kind.startswith("matter.") and kind != "matter.answered")


def rows(period: Covered, homes: Mapping[int, int]) -> Iterator[tuple[int, str, Document]]:
    """What counts in a month: the unit it counts for, which `homes` names for each unit, the measure, and the matter
    as a number opens it.
    """
    found = outcomes.of_matters(_happenings(period), until=min(period.ends_at, clock.now()))
    within = [each for each in found if each.at >= period.begins_at]
    counted = [each for each in within if each.what in MEASURES] + outcomes.lasting(within)
    names = _categories({each.matter_id for each in counted})
    for home, each in outcomes.once(counted, homes):
        yield home, each.what, _row(each, names)


def _row(outcome: Outcome, names: Mapping[int, str]) -> Document:
    """A matter by its number and its category."""
    return {
        "matter": outcome.matter_id,
        "name": names.get(outcome.matter_id, ""),
        "at": outcome.at,
        "due_at": outcome.due_at,
        "kept": outcome.kept,
    }


def _happenings(period: Covered) -> list[Happening]:
    """The events of every matter that may count in a period: one that something befell since, or that was due in it."""
    since = sa.select(Event.subject).where(Event.kind.in_(MATTER_EVENTS), Event.at >= period.begins_at)
    waits = sa.select(sa.cast(Matter.id, sa.String)).where(
        Matter.state.in_(matters.OPEN), Matter.due_at >= period.begins_at, Matter.due_at < period.ends_at
    )
    wanted = sa.select(Event).where(
        Event.kind.in_(MATTER_EVENTS),
        Event.at < period.ends_at,
        sa.or_(Event.subject.in_(since), Event.subject.in_(waits)),
    )
    told = db.session.scalars(wanted.order_by(Event.number))
    return [_happening(event) for event in told if "holder" in event.data]


def _happening(event: Event) -> Happening:
    """An event of a matter as the rules follow it."""
    due_at = event.data["due_at"]
    return Happening(
        event.number,
        event.at,
        event.kind,
        int(event.subject),
        event.data["assigned"] or event.data["holder"],
        datetime.fromisoformat(due_at) if due_at else None,
    )


def _categories(matter_ids: Iterable[int]) -> dict[int, str]:
    """The names of the categories of matters."""
    statement = (
        sa.select(Matter.id, MatterCategory.name)
        .join(MatterCategory, MatterCategory.id == Matter.category_id)
        .where(Matter.id.in_(sorted(matter_ids)))
    )
    return dict(db.session.execute(statement).all())
