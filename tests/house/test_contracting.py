"""Expand, then contract: no migration takes away what the release before still needs without saying so."""

import pytest

from server.db import MIGRATIONS
from tests.house import contracting

FIRST_HELD = "0025"
"""From here on. Before it nobody served: the first release was not out."""

CONTRACTING = {
    "a column": 'op.drop_column("trips", "title")',
    "a table": 'op.drop_table("views")',
    "a name": 'op.rename_table("views", "sights")',
    "a column's name": 'op.alter_column("trips", "title", new_column_name="name")',
    "a column's type": 'op.alter_column("trips", "title", type_=sa.Text())',
    "room for nothing": 'op.alter_column("trips", "title", nullable=False)',
    "room for rows that do not tell it": 'op.add_column("trips", sa.Column("x", sa.Integer(), nullable=False))',
    "room for values": 'op.create_check_constraint("kind", "trips", "kind <> 7")',
    "a column, by SQL": 'op.execute("ALTER TABLE trips DROP COLUMN title")',
    "a table from phones": 'op.create_index("ix_events_x", "events", ["x"])',
}
EXPANDING = (
    'op.create_table("new", sa.Column("id", sa.Integer(), primary_key=True, nullable=False))',
    'op.add_column("trips", sa.Column("x", sa.Integer(), nullable=True))',
    'op.add_column("trips", sa.Column("x", sa.Integer(), server_default="0", nullable=False))',
    'op.alter_column("trips", "title", nullable=True)',
    'op.create_index("ix_events_x", "events", ["x"], postgresql_concurrently=True)',
    'op.create_index("ix_units_x", "units", ["x"])',
    'op.drop_index("ix_units_x", table_name="units")',
)
DOWN = "def downgrade():\n    op.drop_table('new')\n"


def upgrade(line: str) -> str:
    """A migration that does this, and takes a table away on its way down."""
    return f"def upgrade():\n    {line}\n\n\n{DOWN}"


@pytest.mark.parametrize("line", CONTRACTING.values(), ids=CONTRACTING.keys())
def test_what_takes_something_away_is_found(line: str) -> None:
    assert contracting.found(upgrade(line))


@pytest.mark.parametrize("line", EXPANDING)
def test_what_only_adds_is_not(line: str) -> None:
    assert contracting.found(upgrade(line)) == []


def test_a_migration_that_contracts_bears_its_mark_and_one_that_bears_it_contracts() -> None:
    held = [file for file in sorted((MIGRATIONS / "versions").glob("*.py")) if file.name >= FIRST_HELD]
    assert held
    for file in held:
        source = file.read_text("utf-8")
        takes, mark = contracting.found(source), contracting.mark(source)
        assert bool(takes) == bool(mark), (
            f"{file.name} takes away {takes}: make it a release later than its expansion and say "
            f'CONTRACTS = "<the oldest migration that still serves>", or EXPANDS = "<why it takes nothing>"'
        )
