"""Categories of matters with their terms."""

from typing import Any

import sqlalchemy as sa

from server.db import db
from server.models.matters import MatterCategory
from server.rules.working_calendar import Term

TERMS = ("answer", "solve", "escalate")


def listed(*, retired: bool = False) -> dict[str, Any]:
    """All categories in their order: `{items}`; those no longer used only where asked for."""
    statement = sa.select(MatterCategory).order_by(MatterCategory.position, MatterCategory.id)
    if not retired:
        statement = statement.where(MatterCategory.retired_at.is_(None))
    return {"items": [document(row) for row in db.session.scalars(statement)]}


def of_kind(kind: str) -> int | None:
    """The category in use that matters of a kind are put into unless another is told."""
    wanted = sa.select(MatterCategory.id).where(
        MatterCategory.kind == kind, MatterCategory.retired_at.is_(None)
    )
    return db.session.scalars(wanted.order_by(MatterCategory.id).limit(1)).one_or_none()


def document(row: MatterCategory) -> dict[str, Any]:
    """One category with its terms as `{amount, unit}`; `escalate` is None where nothing is handed up by itself."""
    return {
        "id": row.id,
        "parent_id": row.parent_id,
        "name": row.name,
        "position": row.position,
        "planned": row.planned,
        "kind": row.kind,
        "retired": row.retired_at is not None,
    } | {name: _told(term(row, name)) for name in TERMS}


def term(row: MatterCategory, name: str) -> Term | None:
    """One of a category's terms: `answer`, `solve` or `escalate`."""
    amount, unit = getattr(row, f"{name}_amount"), getattr(row, f"{name}_unit")
    return None if amount is None else Term(amount, unit)


def _told(term: Term | None) -> dict[str, Any] | None:
    """A term as it is told."""
    return None if term is None else {"amount": term.amount, "unit": term.unit}
