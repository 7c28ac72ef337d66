"""When each step of the sweep was last done; duties that ended by themselves; tracks found by person and duty."""

import sqlalchemy as sa
from alembic import op

from server.db import UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sweeps",
        sa.Column("step", sa.String(length=24), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("step", name=op.f("pk_sweeps")),
    )
    op.add_column("trips", sa.Column("lapsed_at", UtcDateTime(), nullable=True))
    op.drop_index("ix_fixes_person_id_at", table_name="fixes")
    op.create_index("ix_fixes_person_id_trip_id_at", "fixes", ["person_id", "trip_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_fixes_person_id_trip_id_at", table_name="fixes")
    op.create_index("ix_fixes_person_id_at", "fixes", ["person_id", "at"], unique=False)
    op.drop_column("trips", "lapsed_at")
    op.drop_table("sweeps")
