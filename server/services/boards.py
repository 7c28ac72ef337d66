"""Ruling the boards: weights, the least people of a unit that is compared, and targets; each from a month on."""

from datetime import date
from decimal import Decimal
from typing import Any

from server import clock
from server.db import db
from server.models.boards import BoardRule, BoardTarget
from server.models.units import Unit
from server.queries import boards as reads
from server.queries import bulletins
from server.rules import access, boards
from server.rules.access import Actor
from server.rules.boards import Rule
from server.rules.bulletins import covered
from server.services import events
from server.transaction import verb


@verb
def change(actor: Actor, rule: Rule, *, valid_from: date, reason: str) -> dict[str, Any]:
    """Make a rule from a month on; what was published keeps its own. `BoardRefused` where it cannot be."""
    access.ensure_holds(actor, "board.change")
    boards.check(rule, valid_from=valid_from)
    _ensure_unpublished(valid_from)
    row = BoardRule(
        valid_from=valid_from,
        weights=dict(rule.weights),
        least_people=rule.least_people,
        listed=rule.listed,
        reason=reason,
        made_by=actor.person_id,
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    facts: dict[str, Any] = {
        "weights": dict(rule.weights),
        "least_people": rule.least_people,
        "listed": rule.listed,
    }
    _record(actor, row.id, valid_from, what="rule", **facts)
    return reads.told_rule(row)


@verb
def aim(actor: Actor, unit_id: int, *, valid_from: date, signed: Decimal, landed: Decimal) -> dict[str, Any]:
    """Say what a unit means to sign and to see landed in a year (万元), from a month of it on. `BoardRefused`."""
    access.ensure_holds(actor, "board.change")
    if db.session.get(Unit, unit_id) is None:
        boards.refuse("没有这个单位", "there is no such unit")
    if valid_from.day != 1:
        boards.refuse("目标从某月 1 日起生效", "a target begins on the first of a month")
    _ensure_unpublished(valid_from)
    row = BoardTarget(
        unit_id=unit_id,
        valid_from=valid_from,
        signed=signed,
        landed=landed,
        made_by=actor.person_id,
        made_at=clock.now(),
    )
    db.session.add(row)
    db.session.flush()
    _record(actor, row.id, valid_from, unit_id=unit_id, what="target", signed=str(signed), landed=str(landed))
    return reads.told_target(row)


def _ensure_unpublished(valid_from: date) -> None:
    """`BoardRefused` for a month that is published, or one before it: nobody is measured anew."""
    published = bulletins.last_published_month()
    if published is not None and f"{valid_from:%Y-%m}" <= published:
        zh, en = covered(published).words
        boards.refuse(
            f"{zh}的通报已发布，规则和目标只能从以后的月份起改",
            f"the bulletin of {en} is published; rules and targets change from a later month on",
        )


def _record(actor: Actor, row_id: int, valid_from: date, unit_id: int | None = None, **facts: Any) -> None:
    """An event about a rule or a target, with what it says: the record alone tells how a board was made."""
    events.record(
        "board.changed",
        actor_id=actor.person_id,
        unit_id=unit_id or actor.unit_id,
        subject=row_id,
        valid_from=valid_from.isoformat(),
        **facts,
    )
