"""Keeping the categories of matters and their terms; what is open in a category runs by its terms as they are now."""

from dataclasses import dataclass
from typing import Any, NoReturn

import sqlalchemy as sa

from server import clock
from server.db import db
from server.errors import CategoryRefused, NotFound
from server.models.matters import MatterCategory
from server.queries import categories as reads
from server.rules import access
from server.rules.access import Actor
from server.rules.working_calendar import MOST, UNIT_WORDS, Term
from server.services import events, matters
from server.transaction import verb


@dataclass(frozen=True, slots=True)
class CategoryTold:
    """A category as an administrator tells it; without `escalate` nothing is handed up by itself.

    Matters of `kind` are put into it unless another category is told.
    """

    name: str
    answer: Term
    solve: Term
    escalate: Term | None = None
    parent_id: int | None = None
    position: int = 0
    planned: bool = False
    kind: str | None = None
    retired: bool = False


@verb
def create(actor: Actor, told: CategoryTold) -> dict[str, Any]:
    """Make a category; `CategoryRefused` where it does not hold together."""
    access.ensure_holds(actor, "category.change")
    row = MatterCategory()
    _lay_out(row, told, own_id=None)
    db.session.add(row)
    db.session.flush()
    events.record("category.created", actor_id=actor.person_id, subject=row.id)
    return reads.document(row)


@verb
def update(actor: Actor, category_id: int, told: CategoryTold) -> dict[str, Any]:
    """Replace what a category says; what is open in it is reckoned anew."""
    access.ensure_holds(actor, "category.change")
    row = db.session.get(MatterCategory, category_id, with_for_update=True)
    if row is None:
        raise NotFound
    _lay_out(row, told, own_id=row.id)
    db.session.flush()
    events.record("category.updated", actor_id=actor.person_id, subject=row.id)
    matters.reckon(category_id=row.id)
    return reads.document(row)


def _lay_out(row: MatterCategory, told: CategoryTold, *, own_id: int | None) -> None:
    """Write what is told into the row."""
    _check(told, own_id)
    for name in ("name", "parent_id", "position", "planned", "kind"):
        setattr(row, name, getattr(told, name))
    for name in reads.TERMS:
        term = getattr(told, name)
        setattr(row, f"{name}_amount", term and term.amount)
        setattr(row, f"{name}_unit", term and term.unit)
    row.retired_at = (row.retired_at or clock.now()) if told.retired else None


def _check(told: CategoryTold, own_id: int | None) -> None:
    """`CategoryRefused` for a term that is too long, a name or a kind twice, or a tree that bites its tail."""
    for term in filter(None, (told.answer, told.solve, told.escalate)):
        if term.amount > MOST[term.unit]:
            zh, en = UNIT_WORDS[term.unit]
            _refuse(f"时限最长 {MOST[term.unit]} {zh}", f"a term is at most {MOST[term.unit]} {en}")
    same = sa.select(MatterCategory.id).where(MatterCategory.name == told.name)
    if db.session.scalar(same.limit(1)) not in {None, own_id}:
        _refuse("名称已被使用", "the name is taken")
    if told.kind is not None and not told.retired and reads.of_kind(told.kind) not in {None, own_id}:
        _refuse("已有另一类别用于这种事项", "another category is for that kind of matters")
    _check_above(own_id, told.parent_id)


def _check_above(own_id: int | None, parent_id: int | None) -> None:
    """`CategoryRefused` unless the category above exists and is not below this one."""
    while parent_id is not None:
        above = db.session.get(MatterCategory, parent_id)
        if above is None or above.id == own_id:
            _refuse("上级类别不存在或位于其下", "there is no such category above, or it lies below")
        parent_id = above.parent_id


def _refuse(zh: str, en: str) -> NoReturn:
    """Raise `CategoryRefused` with its reason in both languages."""
    raise CategoryRefused(why_zh=zh, why_en=en)
