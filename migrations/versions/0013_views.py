"""Views of the visit log and chosen columns; the log by when it was received, by company, and by signals."""

import sqlalchemy as sa
from alembic import op

from server.db import JSON, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "views",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("filters", JSON, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.Column("saved_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_views_person_id_people")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_views")),
        sa.UniqueConstraint("person_id", "name", name=op.f("uq_views_person_id_name")),
    )
    op.create_table(
        "chosen_columns",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("columns", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_chosen_columns_person_id_people")
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_chosen_columns")),
    )
    op.create_index("ix_checkins_received_at_id", "checkins", ["received_at", "id"], unique=False)
    odd = sa.text("signals <> '[]'")
    op.create_index(
        "ix_checkins_odd",
        "checkins",
        ["happened_at", "id"],
        unique=False,
        postgresql_where=odd,
        sqlite_where=odd,
    )
    op.create_index("ix_visits_enterprise", "visits", ["enterprise"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_visits_enterprise", table_name="visits")
    op.drop_index("ix_checkins_odd", table_name="checkins")
    op.drop_index("ix_checkins_received_at_id", table_name="checkins")
    op.drop_table("chosen_columns")
    op.drop_table("views")
