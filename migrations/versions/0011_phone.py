"""A plan sent twice is one trip; what is answered to complaints and suggestions."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("trips", sa.Column("told_id", sa.Uuid(), nullable=True))
    op.add_column("trips", sa.Column("told_digest", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_trips_told_id"), "trips", ["told_id"], unique=True)
    op.create_table(
        "matter_answers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["people.id"], name=op.f("fk_matter_answers_by_id_people")),
        sa.ForeignKeyConstraint(
            ["matter_id"], ["matters.id"], name=op.f("fk_matter_answers_matter_id_matters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matter_answers")),
    )
    op.create_index(op.f("ix_matter_answers_matter_id"), "matter_answers", ["matter_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_matter_answers_matter_id"), table_name="matter_answers")
    op.drop_table("matter_answers")
    op.drop_index(op.f("ix_trips_told_id"), table_name="trips")
    op.drop_column("trips", "told_digest")
    op.drop_column("trips", "told_id")
