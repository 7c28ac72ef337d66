"""Households are opened with a reason; a patrol called off stays off; names are one to a unit, not to the county."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

EXPANDS = (
    "what was unique in the county is unique in each unit: the release before writes nothing that is refused"
)


def upgrade() -> None:
    op.create_table(
        "household_looks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("reader_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["household_id"], ["households.id"], name=op.f("fk_household_looks_household_id_households")
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["people.id"], name=op.f("fk_household_looks_reader_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household_looks")),
        sa.UniqueConstraint(
            "session_id", "household_id", name=op.f("uq_household_looks_session_id_household_id")
        ),
    )
    for column in ("reader_id", "household_id"):
        op.create_index(op.f(f"ix_household_looks_{column}"), "household_looks", [column], unique=False)
    op.add_column("patrols", sa.Column("cancelled_at", UtcDateTime(), nullable=True))
    for table in ("projects", "campaigns"):
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_name"), type_="unique")
            batch.create_unique_constraint(op.f(f"uq_{table}_unit_id_name"), ["unit_id", "name"])


def downgrade() -> None:
    for table in ("projects", "campaigns"):
        op.execute(
            f"UPDATE {table} SET name = substr(name, 1, 50) || ' #' || id WHERE EXISTS "  # noqa: S608 - of our own names
            f"(SELECT 1 FROM {table} other WHERE other.name = {table}.name AND other.id < {table}.id)"
        )
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(f"uq_{table}_unit_id_name"), type_="unique")
            batch.create_unique_constraint(op.f(f"uq_{table}_name"), ["name"])
    op.drop_column("patrols", "cancelled_at")
    op.drop_table("household_looks")
