"""Matters by name, for tests: categories to report them in."""

from typing import Any

from server.db import db
from server.models.matters import MatterCategory
from server.transaction import transaction

ORDINARY: dict[str, Any] = {
    "name": "一般事项",
    "position": 0,
    "answer_amount": 3,
    "answer_unit": "days",
    "solve_amount": 7,
    "solve_unit": "days",
    "escalate_amount": 1,
    "escalate_unit": "working_days",
    "planned": False,
}


def category(**changed: Any) -> int:
    """A category: three days to answer, seven to solve. Its id."""
    row = MatterCategory(**ORDINARY | changed)
    with transaction():
        db.session.add(row)
    return row.id


def ordinary() -> int:
    """The ordinary category."""
    return category()


def complex_one() -> int:
    """One that is handled by a plan, within a month."""
    return category(name="复杂事项", position=1, solve_amount=1, solve_unit="months", planned=True)
