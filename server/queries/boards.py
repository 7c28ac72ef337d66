"""Boards 榜 of a month: each unit right below the county by results, with the rows that made each number.

Reckoned from the events alone, at each reading, by the rule in force in that month. No row of it is of a person.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import NotFound
from server.models.boards import BoardRule, BoardTarget
from server.models.units import Unit
from server.queries import matter_outcomes, past_units, project_results
from server.queries import units as tree
from server.rules import access, amounts, boards
from server.rules import project_results as results
from server.rules.access import Actor
from server.rules.boards import MEASURES, Measured, Rule, Share, Standing
from server.rules.bulletins import Covered, covered

Document = dict[str, Any]


@dataclass(slots=True)
class Counted:
    """What counts for a unit by a measure: so much of so much, and the rows that make it."""

    share: Share = field(default_factory=Share)
    rows: list[Document] = field(default_factory=list)

    def add(self, share: Share, row: Document) -> None:
        """One more row."""
        self.share = Share(self.share.got + share.got, self.share.of + share.of)
        self.rows.append(row)


Counts = dict[tuple[int, str], Counted]


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
    then = past_units.at_end_of(period)
    counted = _counted(period, then.homes)
    measured = [_measured(unit.id, then.people.get(unit.id, 0), counted) for unit in then.below]
    standings = boards.standings(measured, rule)
    return {
        "rule": told,
        "measures": [_measure(name, rule) for name in MEASURES],
        "units": [
            _unit(unit, of, standing, counted)
            for unit, of, standing in zip(then.below, measured, standings, strict=True)
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
    """Every rule there was, the newest first, and the targets in force now: `{items, measures, targets}`."""
    rows = db.session.scalars(sa.select(BoardRule).order_by(BoardRule.valid_from.desc(), BoardRule.id.desc()))
    return {
        "targets": _targets_now(),
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


def _targets_now() -> list[Document]:
    """The targets in force in this month, with their units' names, in unit order."""
    now = targets(clock.month_of(clock.now()))
    found = db.session.scalars(sa.select(Unit).where(Unit.id.in_(sorted(now))))
    return [told_target(now[unit.id]) | {"unit": unit.name} for unit in tree.in_tree_order(list(found))]


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
        "unit": of.unit,
    }


# ── what came of matters and projects ───────────────────────────────────────────────────────────────────


def _counted(period: Covered, homes: Mapping[int, int]) -> Counts:
    """What counts, by the unit it counts for and by measure."""
    found: Counts = defaultdict(Counted)
    for home, measure, row in matter_outcomes.rows(period, homes):
        found[home, measure].add(Share(Fraction(row["kept"]), Fraction(1)), row)
    for unit_id, measure, share, row in project_results.rows(period):
        if unit_id in homes:
            found[homes[unit_id], measure].add(share, row)
    for unit_id, of in targets(period.first).items():
        for measure in ("signed", "landed"):
            due = results.target(getattr(of, measure), period.last.month)
            found[unit_id, measure].share = Share(found[unit_id, measure].share.got, due)
    return found


# ── how they are told ───────────────────────────────────────────────────────────────────────────────────


def _measured(unit_id: int, people: int, counted: Counts) -> Measured:
    """A unit's share of each measure."""
    return Measured(unit_id, people, {name: _of(counted, unit_id, name).share for name in MEASURES})


def _of(counted: Counts, unit_id: int, name: str) -> Counted:
    """What counts for a unit by a measure; nothing where nothing does."""
    return counted.get((unit_id, name)) or Counted()


def _unit(unit: Unit, measured: Measured, standing: Standing, counted: Counts) -> Document:
    """A unit with where it stands; of one that is too small no number is told."""
    numbers = {
        name: _number(share, MEASURES[name].unit) | {"rows": _of(counted, unit.id, name).rows}
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


def _number(share: Share, unit: str) -> Document:
    """A share as it is told: so much of so much, and per cent; what has a unit is an amount, as text."""
    part = share.part
    return {
        "got": _told(share.got) if unit else int(share.got),
        "of": _told(share.of) if unit else int(share.of),
        "unit": unit,
        "part": None if part is None else str(boards.rounded(part)),
    }


def _told(amount: Fraction) -> str:
    """An amount with two decimals at most."""
    exact = (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{amounts.plain(exact):f}"
