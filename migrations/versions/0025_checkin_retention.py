"""Up to when a step of the sweep has done its work; logs found by their day until they are blanked; what contracted."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

NOT_BLANKED = sa.text("erased_at IS NULL")


def upgrade() -> None:
    op.add_column("sweeps", sa.Column("upto", UtcDateTime(), nullable=True))
    op.create_index(
        "ix_log_days_kept",
        "log_days",
        ["day", "id"],
        unique=False,
        postgresql_where=NOT_BLANKED,
        sqlite_where=NOT_BLANKED,
    )

    op.create_table(
        "contractions",
        sa.Column("migration", sa.String(length=32), nullable=False),
        sa.Column("oldest", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("migration", name=op.f("pk_contractions")),
    )


def downgrade() -> None:
    op.drop_table("contractions")
    op.drop_index("ix_log_days_kept", table_name="log_days")
    op.drop_column("sweeps", "upto")
