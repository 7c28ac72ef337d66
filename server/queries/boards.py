"""Boards 榜 of a month: each unit right below the county by results, with the rows that made each number.

Reckoned from the events alone, at each reading, by the rule in force in that month. No row of it is of a person.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.boards import BoardRule, BoardTarget
from server.models.events import Event
from server.models.matters import Matter, MatterCategory
from server.models.people import Person
from server.models.units import Unit
from server.queries import units as tree
from server.rules import access, boards, matters, outcomes
from server.rules.access import Actor
from server.rules.boards import MEASURES, Measured, Rule, Share, Standing
from server.rules.bulletins import Covered, covered
from server.rules.events import KINDS
from server.rules.outcomes import Happening, Outcome

Document = dict[str, Any]
Rows = Mapping[tuple[int, str], list[Document]]

MATTER_EVENTS = tuple(kind for kind in KINDS if kind.startswith("matter.") and kind != "matter.answered")


def read(actor: Actor, name: str) -> Document:
    """The board of a month for who may see the whole county's; `NotFound` for anything but a month."""
    access.ensure_holds(actor, "board.read")
    period = covered(name)
    if period.span != "month":
        raise NotFound
    return compiled(period) | {"period": told_period(period), "over": clock.now() >= period.ends_at}


def compiled(period: Covered) -> Document:
    """A month's board: `{rule, measures, units}`. Unscoped, for whoever may see it or draws a bulletin from it."""
    told, rule = rule_for(period.first)
    below = compared(period)
    homes = homes_of(below)
    rows = _rows(period, homes)
    people = people_of(period, homes)
    measured = [_measured(unit.id, people.get(unit.id, 0), rows) for unit in below]
    standings = boards.standings(measured, rule)
    return {
        "rule": told,
        "measures": [_measure(name, rule) for name in MEASURES],
        "units": [
            _unit(unit, of, standing, rows)
            for unit, of, standing in zip(below, measured, standings, strict=True)
        ],
    }


def told_period(period: Covered) -> Document:
    """A period as it is told."""
    zh, en = period.words
    return {
        "span": period.span,
        "name": period.name,
        "first": period.first,
        "last": period.last,
        "words": {"zh": zh, "en": en},
    }


# ── rules ───────────────────────────────────────────────────────────────────────────────────────────────


def rules() -> Document:
    """Every rule there was, the newest first: `{items, measures}`."""
    rows = db.session.scalars(sa.select(BoardRule).order_by(BoardRule.valid_from.desc(), BoardRule.id.desc()))
    return {
        "items": [told_rule(row) for row in rows],
        "measures": [_measure(name, Rule()) for name in MEASURES],
    }


def rule_for(month: date) -> tuple[Document, Rule]:
    """The rule in force in a month, as it is told and as it is used; the usual one where nobody made any."""
    statement = sa.select(BoardRule).where(BoardRule.valid_from <= month)
    row = db.session.scalars(
        statement.order_by(BoardRule.valid_from.desc(), BoardRule.id.desc()).limit(1)
    ).first()
    if row is None:
        usual = Rule()
        told = {"id": None, "valid_from": None, "weights": dict(usual.weights), "reason": "", "made_at": None}
        return told | {"least_people": usual.least_people, "listed": usual.listed}, usual
    return told_rule(row), Rule(row.weights, row.least_people, row.listed)


def told_rule(row: BoardRule) -> Document:
    """A rule as it is told."""
    return {
        "id": row.id,
        "valid_from": row.valid_from,
        "weights": row.weights,
        "least_people": row.least_people,
        "listed": row.listed,
        "reason": row.reason,
        "made_at": row.made_at,
    }


def targets(month: date) -> dict[int, BoardTarget]:
    """The target of each unit in force in a month, by unit: those of that year, the last one made."""
    of_year = sa.and_(BoardTarget.valid_from >= month.replace(month=1), BoardTarget.valid_from <= month)
    rows = db.session.scalars(
        sa.select(BoardTarget).where(of_year).order_by(BoardTarget.valid_from, BoardTarget.id)
    )
    return {row.unit_id: row for row in rows}


def told_target(row: BoardTarget) -> Document:
    """A target as it is told, in 万元."""
    return {
        "id": row.id,
        "unit_id": row.unit_id,
        "valid_from": row.valid_from,
        "signed": str(row.signed),
        "landed": str(row.landed),
    }


def _measure(name: str, rule: Rule) -> Document:
    """A measure with its words and what it weighs."""
    of = MEASURES[name]
    return {
        "name": name,
        "words": {"zh": of.zh, "en": of.en},
        "means": {"zh": of.means_zh, "en": of.means_en},
        "weight": rule.weights.get(name, 0),
    }


# ── units ───────────────────────────────────────────────────────────────────────────────────────────────


def compared(period: Covered) -> list[Unit]:
    """The units right below the county that were there in a period, in tree order."""
    root = sa.select(Unit.id).where(Unit.parent_id.is_(None)).scalar_subquery()
    there = sa.or_(Unit.retired_at.is_(None), Unit.retired_at >= period.begins_at)
    found = db.session.scalars(sa.select(Unit).where(Unit.parent_id == root, there))
    return tree.in_tree_order(list(found))


def homes_of(below: Iterable[Unit]) -> dict[int, int]:
    """Which of these units each unit counts for: the one it is or lies below."""
    heads = {unit.path: unit.id for unit in below}
    paths = db.session.execute(sa.select(Unit.id, Unit.path))
    found = ((unit_id, heads.get("/".join(path.split("/")[:3]) + "/")) for unit_id, path in paths)
    return {unit_id: home for unit_id, home in found if home is not None}


def people_of(period: Covered, homes: Mapping[int, int]) -> dict[int, int]:
    """How many people each unit had when the period was over, or has now: only to tell which are too small."""
    by = min(period.ends_at, clock.now())
    there = sa.and_(Person.created_at < by, sa.or_(Person.left_at.is_(None), Person.left_at >= by))
    counts = sa.select(Person.unit_id, sa.func.count()).where(there).group_by(Person.unit_id)
    found: dict[int, int] = defaultdict(int)
    for unit_id, count in db.session.execute(counts):
        found[homes.get(unit_id, 0)] += count
    return found


# ── what came of matters ────────────────────────────────────────────────────────────────────────────────


def _rows(period: Covered, homes: Mapping[int, int]) -> Rows:
    """What counts, by unit and measure, by its instant."""
    found = outcomes.of_matters(_happenings(period), until=min(period.ends_at, clock.now()))
    within = [each for each in found if each.at >= period.begins_at]
    counted = [each for each in within if each.what in MEASURES] + outcomes.lasting(within)
    names = _categories({each.matter_id for each in counted})
    rows: dict[tuple[int, str], list[Document]] = defaultdict(list)
    for each in sorted(counted, key=lambda each: (each.at, each.matter_id)):
        if each.unit_id in homes:
            rows[homes[each.unit_id], each.what].append(_row(each, names))
    return rows


def _row(outcome: Outcome, names: Mapping[int, str]) -> Document:
    """A matter as a number opens it: never its words, nor who had it."""
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
    rows = db.session.scalars(wanted.order_by(Event.number))
    return [_happening(event) for event in rows if "holder" in event.data]


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


# ── how they are told ───────────────────────────────────────────────────────────────────────────────────


def _measured(unit_id: int, people: int, rows: Rows) -> Measured:
    """A unit's share of each measure."""
    return Measured(unit_id, people, {name: _share(rows.get((unit_id, name), ())) for name in MEASURES})


def _share(rows: Sequence[Document]) -> Share:
    """How many of the rows were kept."""
    return Share(Fraction(sum(row["kept"] for row in rows)), Fraction(len(rows)))


def _unit(unit: Unit, measured: Measured, standing: Standing, rows: Rows) -> Document:
    """A unit with where it stands; of one that is too small no number is told."""
    numbers = {
        name: _number(share) | {"rows": rows.get((unit.id, name), [])}
        for name, share in measured.shares.items()
    }
    return {
        "unit": {"id": unit.id, "name": unit.name, "kind": unit.kind},
        "numbers": {} if standing.why == "small" else numbers,
        "score": None if standing.score is None else str(standing.score),
        "rank": standing.rank,
        "listed": standing.listed,
        "why": standing.why,
    }


def _number(share: Share) -> Document:
    """A share as it is told: so much of so much, and per cent."""
    part = share.part
    return {
        "got": int(share.got),
        "of": int(share.of),
        "part": None if part is None else str(boards.rounded(part)),
    }
